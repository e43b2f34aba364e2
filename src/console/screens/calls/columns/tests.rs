use super::*;

#[test]
fn every_column_has_a_name_that_a_view_may_hold() {
    let allowed = crate::domain::column::of_views();
    for kind in Kind::ALL {
        assert_eq!(Kind::named(kind.name()), Some(*kind));
        assert!(allowed.contains(&kind.name()), "{}", kind.name());
        for field in kind.fields() {
            assert!(crate::domain::column::COLUMNS.contains(field), "{field}");
        }
    }
    assert_eq!(Kind::named("talk"), Some(Kind::Talk), "names of the query language too");
    assert_eq!(Kind::named("nonsense"), None);
}

#[test]
fn a_choice_comes_back_for_each_class_of_screens() {
    let mut choice = Choice::default();
    choice.choose(80, vec![Chosen::own(Kind::Time), Chosen { kind: Kind::Tags, width: Some(20) }]);
    let (narrow, wide) = choice.remembered();
    assert_eq!((narrow.as_slice(), wide.as_slice()), (["start".to_owned(), "tags=20".to_owned()].as_slice(), [].as_slice()));
    assert_eq!(Choice::remember((&narrow, &wide)), choice);
    assert_eq!(choice.columns(120), Class::Wide.columns());
    choice.choose_named(80, &["gone".to_owned()]);
    assert_eq!(choice, Choice::default(), "a column that is gone is no choice");
    choice.choose_named(120, &["talk".to_owned(), "gone".to_owned(), "talk_s=9".to_owned(), "place".to_owned()]);
    assert_eq!(choice.names(120), ["talk_s", "place"]);
    assert_eq!(choice.fields(120), ["talk_s"]);
}

#[test]
fn nothing_stands_outside_its_line_and_what_has_no_room_is_told() {
    for width in 40..220 {
        for time in [TimeForm::Clock, TimeForm::Day, TimeForm::Year] {
            for (screen, choice) in [(80, Choice::default()), (120, Choice::default())] {
                let laid = layout(&choice, screen, time, width);
                let last = laid.columns.last().expect("a column");
                assert!(last.x + last.width <= width, "{width} {time:?}: {laid:?}");
                assert!(laid.columns.windows(2).all(|two| two[0].x + two[0].width < two[1].x), "{laid:?}");
                assert_eq!(laid.columns.len() + laid.left_out.len(), choice.columns(screen).len());
            }
        }
    }
    let kinds = |width| layout(&Choice::default(), 120, TimeForm::Clock, width).columns;
    assert_eq!(kinds(120).len(), 13);
    assert_eq!(kinds(101).len(), 13, "beside the facets too");
}
