use jiff::{SignedDuration, Timestamp};

use super::*;
use crate::domain::{
    call::{Call, Direction, Leg},
    id::{CallId, RecordingId},
    recording::Copy,
};

fn start() -> Timestamp {
    "2026-11-07T13:21:04Z".parse().expect("instant")
}

fn at(tenths: i64) -> Timestamp {
    start() + SignedDuration::from_millis(tenths * 100)
}

fn event(tenths: i64, kind: TimelineKind, detail: Option<&str>) -> TimelineEvent {
    TimelineEvent { at: at(tenths), kind, party: Some("601".to_owned()), detail: detail.map(str::to_owned) }
}

/// A call of a minute, answered after five seconds, talked to its end; extension 601 has the leg `leg-601`.
fn detail() -> CallDetail {
    let leg = Leg {
        channel: "PJSIP/601-00000001".to_owned(),
        unique_id: "leg-601".to_owned(),
        extension: Some("601".to_owned()),
        number: None,
        start: start(),
        answered: Some(at(50)),
        end: Some(at(600)),
        cause: Some(16),
    };
    let call = Call {
        id: CallId("01JC".to_owned()),
        source_ids: vec!["1.0".to_owned()],
        start: start(),
        start_whole_second: false,
        answered: Some(at(50)),
        end: Some(at(600)),
        direction: Direction::In,
        route: None,
        outcome: Outcome::Answered,
        from: None,
        to: None,
        reached: None,
        customer: None,
        extension: Some("601".to_owned()),
        extensions: vec!["601".to_owned()],
        agent: None,
        group: None,
        projects: Vec::new(),
        queue: None,
        wait: Some(Tenths(50)),
        talk: Some(Tenths(550)),
        talk_at_most: None,
        on_hold: Some(Tenths(0)),
        duration: Some(Tenths(600)),
        cost: None,
        case: None,
        tags: Vec::new(),
        flagged: false,
        has_note: false,
        recordings: Vec::new(),
        legs: 1,
    };
    let timeline = vec![event(0, TimelineKind::Start, None), event(600, TimelineKind::Leave, None)];
    CallDetail {
        call,
        legs: vec![leg],
        timeline,
        notes: Vec::new(),
        history: Vec::new(),
        receipts: Vec::new(),
        taken: Vec::new(),
    }
}

fn recording(mode: Option<RecordingMode>, offset: Option<i64>, length: i64) -> Recording {
    Recording {
        id: RecordingId("01JR".to_owned()),
        mode,
        offset: offset.map(Tenths),
        length: Tenths(length),
        channels: 2,
        format: "wav/pcm".to_owned(),
        bytes: 1,
        sha256: "00".to_owned(),
        state: RecordingState::Stored,
        copies: vec![Copy { place: "internal".to_owned(), state: CopyState::Verified, path: String::new() }],
        leg: Some("leg-601".to_owned()),
    }
}

fn told(detail: &CallDetail) -> Vec<(String, String)> {
    let mut told = why(detail);
    if detail.call.outcome == Outcome::Answered {
        assert_eq!(told.pop().map(|why| why.code).as_deref(), Some("rule-unknown"));
    }
    assert!(told.iter().all(|why| why.text.ends_with('.') && why.text.starts_with(char::is_uppercase)), "{told:?}");
    told.into_iter().map(|why| (why.code, why.text)).collect()
}

fn codes(detail: &CallDetail) -> Vec<String> {
    told(detail).into_iter().map(|(code, _)| code).collect()
}

fn of(recordings: Vec<Recording>) -> CallDetail {
    let mut detail = detail();
    detail.call.recordings = recordings;
    detail
}

#[test]
fn a_recording_tells_its_mode_and_from_when_on() {
    let (auto, demand) = (Some(RecordingMode::Auto), Some(RecordingMode::OnDemand));
    for (recording, code, text) in [
        (
            recording(auto, Some(51), 549),
            "automatic",
            "Recorded automatically from the first moment of talk, 0:05 into the call.",
        ),
        (
            recording(auto, Some(200), 400),
            "automatic",
            "Recorded automatically, but only from 0:20 on, 0:15 after the talk began.",
        ),
        (recording(auto, Some(0), 600), "automatic", "Recorded automatically from 0:00 on."),
        (recording(auto, None, 600), "automatic", "Recorded automatically; from which moment on is not known."),
        (
            recording(demand, Some(170), 430),
            "on-demand",
            "Recorded on demand: switched on at extension 601 at 0:17, after 0:12 of talk.",
        ),
        (
            recording(demand, None, 430),
            "on-demand",
            "Recorded on demand at extension 601; the moment at which it was switched on is not known.",
        ),
    ] {
        assert_eq!(told(&of(vec![recording])), [(code.to_owned(), text.to_owned())]);
    }
    assert_eq!(codes(&of(vec![recording(None, Some(51), 549)])), ["unknown-mode"]);
    let stranger = Recording { leg: Some("other".to_owned()), ..recording(demand, Some(170), 430) };
    assert_eq!(told(&of(vec![stranger]))[0].1, "Recorded on demand: switched on at 0:17, after 0:12 of talk.");
}

#[test]
fn what_the_exchange_tells_of_a_press_is_told() {
    let mut detail = of(vec![recording(Some(RecordingMode::OnDemand), Some(170), 100)]);
    detail.timeline.insert(1, event(165, TimelineKind::Feature, Some("rec-demand")));
    detail.timeline.insert(2, event(271, TimelineKind::Feature, Some("rec-demand")));
    let told = told(&detail);
    assert!(told[0].1.ends_with("The exchange tells of the feature \"rec-demand\" at 0:16."), "{told:?}");
    assert_eq!(told[1].0, "stopped");
    assert!(told[1].1.ends_with("The last 0:33 are not in it."), "{told:?}");
    detail.call.recordings.clear();
    assert_eq!(codes(&detail), ["no-file", "feature-no-file", "feature-no-file", "no-file-means"]);
}

#[test]
fn an_end_before_the_talk_is_told_with_its_cause_where_there_is_one() {
    let mut detail = of(vec![recording(Some(RecordingMode::Auto), Some(50), 200)]);
    assert_eq!(codes(&detail), ["automatic", "ended-early"]);
    detail.timeline.insert(1, event(252, TimelineKind::Transfer, Some("602")));
    assert_eq!(codes(&detail), ["automatic", "not-after-transfer"]);
    detail.call.recordings.push(recording(Some(RecordingMode::Auto), Some(255), 345));
    let told = told(&detail);
    assert_eq!(told.iter().map(|(code, _)| code.as_str()).collect::<Vec<_>>(), ["automatic", "automatic"], "another goes on");
    assert!(told[1].1.starts_with("Recording 2 of 2: recorded automatically"), "{told:?}");
}

#[test]
fn without_a_recording_nothing_is_claimed_that_the_records_do_not_show() {
    for outcome in Outcome::ALL.iter().filter(|outcome| **outcome != Outcome::Answered) {
        let mut detail = detail();
        detail.call.outcome = *outcome;
        assert_eq!(codes(&detail), ["nobody-talked"], "{outcome}");
    }
    let mut detail = detail();
    assert_eq!(codes(&detail), ["no-file", "no-file-means"]);
    assert!(told(&detail)[0].1.starts_with("There were 0:55 of talk"));
    (detail.call.talk, detail.call.talk_at_most) = (None, Some(Tenths(550)));
    assert!(told(&detail)[0].1.starts_with("There was talk of 0:55 at most"));
    detail.call.talk_at_most = None;
    assert!(told(&detail)[0].1.starts_with("The call was answered"));
}

#[test]
fn what_became_of_the_sound_is_told() {
    for (state, copy, code) in [
        (RecordingState::Stored, CopyState::Verified, None),
        (RecordingState::Stored, CopyState::Damaged, Some("damaged")),
        (RecordingState::Lost, CopyState::Missing, Some("lost")),
        (RecordingState::Lost, CopyState::Damaged, Some("lost")),
        (RecordingState::Deleted, CopyState::Missing, Some("deleted")),
        (RecordingState::Erased, CopyState::Missing, Some("erased")),
        (RecordingState::Pending, CopyState::Unverified, Some("pending")),
    ] {
        let mut one = Recording { state, ..recording(Some(RecordingMode::Auto), Some(50), 550) };
        one.copies[0].state = copy;
        let codes = codes(&of(vec![one]));
        assert_eq!(codes.get(1).map(String::as_str), code, "{state} {copy}");
    }
}
