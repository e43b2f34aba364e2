//! Live news: one stream on a line, new calls above what is seen, nothing that moves by itself.

use super::{
    line::{breaks, connects, far},
    *,
};
use crate::{
    console::message::News,
    domain::event::{ChangedCallEvent, Event, NewRevision},
};

fn revision(text: &str, calls: u64) -> Answer {
    Answer::Revision(wire::Revision { revision: text.to_owned(), calls: Count { count: calls, exact: true }, indexing: None })
}

fn listens(effects: &[Effect]) -> Option<(u64, Option<String>)> {
    effects.iter().find_map(|effect| match effect {
        Effect::Listen { generation, after } => Some((*generation, after.clone())),
        _ => None,
    })
}

fn told(model: &mut Model, generation: u64, news: News) -> Vec<Effect> {
    update::update(model, Msg::News { generation, news: Box::new(news) })
}

fn asked(model: &mut Model) -> Vec<Effect> {
    model.desk.read(Slot::Revision, 0, Read::Revision(None));
    model.desk.take_effects()
}

/// A far console that listens; the generation of its stream.
fn listening(size: (u16, u16)) -> (Model, u64) {
    let mut model = far("dark", Depth::C256, size);
    model.calls.revision = Some("1".to_owned());
    let effects = asked(&mut model);
    let effects = answer(&mut model, &effects, Slot::Revision, Ok(revision("1", 1_204)));
    assert!(
        !effects.iter().any(|effect| matches!(effect, Effect::Wait { slot: Slot::Revision, .. })),
        "nobody asks again: {effects:?}"
    );
    let (generation, after) = listens(&effects).expect("a stream");
    assert_eq!(after, None);
    (model, generation)
}

fn changed(revision: &str) -> News {
    News::Event(Event::Revision(NewRevision { revision: revision.to_owned() }), Some(format!("db-{revision}")))
}

#[test]
fn a_line_has_one_stream_and_no_polling() {
    let (mut model, stream) = listening((80, 24));
    let opened = told(&mut model, stream, News::Opened);
    assert!(matches!(opened.as_slice(), [Effect::Read { read: Read::Revision(None), .. }]), "{opened:?}");
    let effects = answer(&mut model, &opened, Slot::Revision, Ok(revision("1", 1_204)));
    assert!(effects.is_empty() && !model.dirty, "{effects:?}");
    let effects = told(&mut model, stream, changed("1"));
    assert!(effects.is_empty() && !model.dirty, "what is known already: {effects:?}");
    let first = told(&mut model, stream, changed("2"));
    assert!(matches!(first.as_slice(), [Effect::Wait { slot: Slot::Revision, after_ms: 1_000, .. }]), "{first:?}");
    assert!(told(&mut model, stream, changed("3")).is_empty(), "at most one question a second");
    let generation = generation(&first, Slot::Revision);
    let effects = update::update(&mut model, Msg::Due { slot: Slot::Revision, generation });
    assert!(matches!(effects.as_slice(), [Effect::Read { read: Read::Revision(None), .. }]), "{effects:?}");
}

#[test]
fn calls_that_come_stand_marked_above_and_nothing_moves() {
    let (mut model, stream) = listening((80, 24));
    let before = text_of(&drawn(&model));
    let fresh = wire::CallBody { id: "01JZ".to_owned(), start: at("2026-11-07T13:59:00Z"), ..call(1) };
    let event = Event::Call(ChangedCallEvent { id: fresh.id.clone(), start: fresh.start, new: true });
    told(&mut model, stream, News::Event(event, None));
    model.calls.all = Some(Count { count: 1_204, exact: true });
    let effects = asked(&mut model);
    let effects = answer(&mut model, &effects, Slot::Revision, Ok(revision("2", 1_205)));
    let items = std::iter::once(fresh).chain((0..30).map(call)).collect();
    let page = wire::Page { items, next: None, previous: None, total: None };
    answer(&mut model, &effects, Slot::Fresh, Ok(Answer::Fresh(page)));
    let after = text_of(&drawn(&model));
    let rows = |text: &str| text.lines().skip(4).take(10).map(str::to_owned).collect::<Vec<_>>();
    assert_eq!(rows(&before), rows(&after), "nothing that is seen has moved");
    assert!(after.contains("1 new call"), "{after}");
    keys(&mut model, "gg");
    let screen = text_of(&drawn(&model));
    assert!(screen.lines().any(|line| line.contains("►+") || line.contains("►") && line.contains("14:59")), "{screen}");
    let mut again = model;
    key(&mut again, "j");
    assert!(text_of(&drawn(&again)).lines().any(|line| line.starts_with(" +")), "{}", text_of(&drawn(&again)));
}

#[test]
fn a_stream_that_ends_is_begun_again_later_each_time_and_a_server_without_one_is_asked() {
    let (mut model, mut stream) = listening((80, 24));
    let mut waits = Vec::new();
    for _ in 0..3 {
        let effects = told(&mut model, stream, News::Ended(None));
        let [Effect::Wait { slot: Slot::News, after_ms, generation }] = effects.as_slice() else { panic!("{effects:?}") };
        waits.push(*after_ms);
        let effects = update::update(&mut model, Msg::Due { slot: Slot::News, generation: *generation });
        stream = listens(&effects).expect("again").0;
    }
    assert_eq!(waits, [500, 1_000, 2_000]);
    told(&mut model, stream, changed("2"));
    let effects = told(&mut model, stream, News::Ended(Some(ClientError::Answer("broke off".to_owned()))));
    let [Effect::Wait { after_ms: 500, generation: number, .. }] = effects.as_slice() else { panic!("{effects:?}") };
    let effects = update::update(&mut model, Msg::Due { slot: Slot::News, generation: *number });
    let (stream, after) = listens(&effects).expect("again");
    assert_eq!(after.as_deref(), Some("db-2"), "nothing between is missed");
    let problem = wire::Problem { status: 404, ..wire::Problem::default() };
    let effects = told(&mut model, stream, News::Ended(Some(ClientError::Problem(problem))));
    assert!(effects.iter().any(|effect| matches!(effect, Effect::Wait { slot: Slot::Revision, .. })), "{effects:?}");
    let due = generation(&effects, Slot::Revision);
    let effects = update::update(&mut model, Msg::Due { slot: Slot::Revision, generation: due });
    assert!(effects.iter().any(|effect| matches!(effect, Effect::Read { read: Read::Revision(Some(_)), .. })), "{effects:?}");
}

#[test]
fn a_line_that_breaks_is_noticed_by_the_stream_and_listened_to_once_it_is_back() {
    let (mut model, stream) = listening((80, 24));
    let away = ClientError::Unreachable { place: "there".to_owned(), why: "gone".to_owned() };
    told(&mut model, stream, News::Ended(Some(away)));
    assert!(text_of(&drawn(&model)).contains("× line lost"));
    let effects = key(&mut model, "r");
    let effects = connects(&mut model, &effects);
    let effects = answer(&mut model, &effects, Slot::Revision, Ok(revision("1", 1_204)));
    assert!(listens(&effects).is_some(), "{effects:?}");
    assert!(told(&mut model, stream, changed("9")).is_empty(), "the old stream tells nothing any more");
    let (mut model, _) = listening((80, 24));
    breaks(&mut model);
    let effects = key(&mut model, "r");
    let effects = connects(&mut model, &effects);
    assert!(listens(&answer(&mut model, &effects, Slot::Revision, Ok(revision("1", 1_204)))).is_some());
}

#[test]
fn a_file_is_asked_as_before() {
    let mut model = listed("dark", Depth::C256, (80, 24));
    let effects = asked(&mut model);
    let effects = answer(&mut model, &effects, Slot::Revision, Ok(revision("2", 1_204)));
    assert!(listens(&effects).is_none());
    assert!(
        effects.iter().any(|effect| matches!(effect, Effect::Wait { slot: Slot::Revision, after_ms: 1_000, .. })),
        "{effects:?}"
    );
}
