//! Saved views: applied, saved, renamed, shared, removed, and taken back.

use super::*;
use crate::wire::View;

fn view(name: &str, query: &str) -> View {
    View { name: name.to_owned(), query: query.to_owned(), owner: "local:anna".to_owned(), version: 3, ..View::default() }
}

fn known() -> Vec<View> {
    vec![
        View { owner: "bob".to_owned(), shared: true, sort: "-talk_s".to_owned(), ..view("Late", "time:18:00..22:00") },
        View {
            columns: vec!["start".to_owned(), "customer".to_owned(), "talk_s".to_owned()],
            ..view("complaints", "tag:refund -talk:<1m")
        },
        View { shared: true, ..view("gone", "lenght:>2m") },
    ]
}

/// The list of views, read.
fn opened(theme: &str, depth: Depth, size: (u16, u16)) -> Model {
    let mut model = listed(theme, depth, size);
    let effects = keys(&mut model, "v");
    answer(&mut model, &effects, Slot::Views, Ok(Answer::Views(known())));
    model
}

fn written(effects: &[Effect]) -> Vec<Write> {
    let write = |effect: &Effect| match effect {
        Effect::Write { write, .. } => Some(write.clone()),
        _ => None,
    };
    effects.iter().filter_map(write).collect()
}

fn done(model: &mut Model, effects: &[Effect], result: &Result<Written, ClientError>) -> Vec<Effect> {
    let mut followed = Vec::new();
    for effect in effects {
        if let Effect::Write { number, write, .. } = effect {
            let written = Msg::Written { number: *number, write: Box::new(write.clone()), result: result.clone() };
            followed.extend(update::update(model, written));
        }
    }
    followed
}

#[test]
fn ones_own_come_first_and_enter_applies_query_order_and_columns() {
    let mut model = opened("dark", Depth::C256, (80, 24));
    let text = text_of(&drawn(&model));
    let place = |name: &str| text.find(name).unwrap_or_else(|| panic!("{name}\n{text}"));
    assert!(place("complaints") < place("Late") && text.contains("of bob") && text.contains("shared"), "{text}");
    let columns = model.calls.choice.columns(80);
    key(&mut model, "Enter");
    assert_eq!(model.calls.query.applied, "tag:refund -talk:<1m");
    assert_ne!(model.calls.choice.columns(80), columns);
    assert!(model.overlays.is_empty());
    keys(&mut model, "uu");
    assert_eq!((model.calls.query.applied.as_str(), model.calls.choice.columns(80)), ("", columns));
    let mut model = opened("dark", Depth::C256, (80, 24));
    keys(&mut model, "jj");
    let effects = key(&mut model, "Enter");
    let asked = effects.iter().any(|effect| {
        matches!(effect, Effect::Read { read: Read::Page { query, .. }, .. } if query.q == "time:18:00..22:00" && query.sort == "-talk_s")
    });
    assert!(asked, "{effects:?}");
}

#[test]
fn a_view_whose_field_is_gone_says_so_and_loses_nothing() {
    let mut model = opened("dark", Depth::C256, (80, 24));
    assert!(text_of(&drawn(&model)).contains("▲ no field \"lenght:\""), "{}", text_of(&drawn(&model)));
    keys(&mut model, "j");
    let effects = key(&mut model, "Enter");
    let problem = wire::Problem {
        status: 400,
        detail: "no field \"lenght:\"; did you mean \"len:\"?".to_owned(),
        position: Some(0),
        length: Some(7),
        ..wire::Problem::default()
    };
    answer(&mut model, &effects, Slot::List, Err(ClientError::Problem(problem)));
    assert!(text_of(&drawn(&model)).contains("did you mean"));
    assert_eq!(model.calls.list.rows().count(), 30, "what was there stays");
    keys(&mut model, "u");
    assert_eq!(model.calls.query.applied, "");
}

#[test]
fn what_runs_is_saved_under_a_name_and_taken_back() {
    let mut model = listed("dark", Depth::C256, (80, 24));
    keys(&mut model, "/601");
    key(&mut model, "Enter");
    keys(&mut model, "gV");
    key(&mut model, "Enter");
    assert!(text_of(&drawn(&model)).contains("needs a name"));
    keys(&mut model, "mine");
    key(&mut model, "Tab");
    let effects = key(&mut model, "Enter");
    let saved = View { shared: true, owner: String::new(), version: 0, ..view("mine", "601") };
    assert_eq!(written(&effects), [Write::PutView { view: saved.clone(), was: None }]);
    let stored = View { owner: "local:anna".to_owned(), version: 1, ..saved };
    done(&mut model, &effects, &Ok(Written::View(stored.clone())));
    assert!(text_of(&drawn(&model)).contains("Saved: the view mine"));
    assert_eq!(written(&keys(&mut model, "u")), [Write::RemoveView { view: stored }]);
}

#[test]
fn a_view_of_that_name_is_replaced_only_after_a_yes_and_comes_back() {
    let mut model = opened("dark", Depth::C256, (80, 24));
    keys(&mut model, "scomplaints");
    assert!(written(&key(&mut model, "Enter")).is_empty());
    assert!(text_of(&drawn(&model)).contains("already. Replace it?"));
    let effects = keys(&mut model, "y");
    let was = known().remove(1);
    let Some(Write::PutView { view: now, was: Some(before) }) = written(&effects).pop() else { panic!("{effects:?}") };
    assert_eq!((now.version, now.query.as_str(), &before), (3, "", &was));
    let stored = View { version: 4, owner: "local:anna".to_owned(), ..now };
    done(&mut model, &effects, &Ok(Written::View(stored.clone())));
    key(&mut model, "Esc");
    let back = written(&keys(&mut model, "u"));
    assert_eq!(back, [Write::PutView { view: View { version: 4, ..was }, was: Some(stored) }]);
}

#[test]
fn views_are_renamed_shared_and_removed() {
    let mut model = opened("dark", Depth::C256, (80, 24));
    let view = known().remove(1);
    keys(&mut model, "r");
    key(&mut model, "Ctrl-u");
    keys(&mut model, "sorrow");
    let effects = key(&mut model, "Enter");
    assert_eq!(written(&effects), [Write::RenameView { view: view.clone(), to: "sorrow".to_owned() }]);
    let effects = keys(&mut model, "t");
    assert_eq!(written(&effects), [Write::PutView { view: View { shared: true, ..view.clone() }, was: Some(view.clone()) }]);
    assert!(written(&keys(&mut model, "Dn")).is_empty());
    let effects = keys(&mut model, "Dy");
    assert_eq!(written(&effects), [Write::RemoveView { view: view.clone() }]);
    let effects = done(&mut model, &effects, &Ok(Written::Done));
    assert!(effects.iter().any(|effect| matches!(effect, Effect::Read { read: Read::Views, .. })), "{effects:?}");
    key(&mut model, "Esc");
    assert_eq!(written(&keys(&mut model, "u")), [Write::PutView { view: View { version: 0, ..view }, was: None }]);
    let mut model = opened("dark", Depth::C256, (80, 24));
    assert!(written(&keys(&mut model, "jjD")).is_empty());
    assert!(text_of(&drawn(&model)).contains("belongs to somebody else"));
}

#[test]
fn a_conflict_is_explained_and_the_views_are_read_again() {
    let mut model = opened("dark", Depth::C256, (80, 24));
    let effects = keys(&mut model, "t");
    let conflict = wire::Problem { status: 412, ..wire::Problem::default() };
    let effects = done(&mut model, &effects, &Err(ClientError::Problem(conflict)));
    assert!(effects.iter().any(|effect| matches!(effect, Effect::Read { read: Read::Views, .. })), "{effects:?}");
    let mut changed = known();
    changed[1].query = "tag:refund".to_owned();
    answer(&mut model, &effects, Slot::Views, Ok(Answer::Views(changed)));
    let text = text_of(&drawn(&model));
    assert!(text.contains("Somebody else changed the view"), "{text}");
    let effects = keys(&mut model, "t");
    assert!(matches!(written(&effects).as_slice(), [Write::PutView { view, .. }] if view.query == "tag:refund"));
}

#[test]
fn pictures_of_views() {
    for (theme, depth) in [("dark", Depth::C256), ("mono", Depth::None)] {
        for (columns, rows) in [(80, 24), (120, 40)] {
            let name = |screen: &str| format!("{screen}_{theme}_{columns}x{rows}");
            let mut model = opened(theme, depth, (columns, rows));
            snapshot(&name("views"), &model);
            keys(&mut model, "slate calls");
            snapshot(&name("view-save"), &model);
            let mut model = listed(theme, depth, (columns, rows));
            let effects = keys(&mut model, "v");
            answer(&mut model, &effects, Slot::Views, Ok(Answer::Views(Vec::new())));
            snapshot(&name("views-none"), &model);
        }
    }
}
