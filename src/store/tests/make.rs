//! Stores and calls for tests.

use jiff::{SignedDuration, Timestamp};

use crate::{
    domain::{
        actor::{Origin, Scope},
        audit::AuditRecord,
        call::{Direction, Leg, Number, Outcome, TimelineEvent, TimelineKind},
        directory::Company,
        fold::FoldedCall,
        length::Tenths,
        list::PageRequest,
        query::{Filter, Sort},
        recording::{Copy, CopyState, INTERNAL, NewRecording, RecordingMode, RecordingState},
    },
    store::{ImportBatch, NewClip, OpenOptions, Store},
};

pub(super) fn options(folder: &tempfile::TempDir) -> OpenOptions {
    let company = Company { zone: "Europe/Warsaw".to_owned(), country_code: Some("48".to_owned()), ..Company::default() };
    OpenOptions {
        path: folder.path().join("a b%.db"),
        create: Some(company),
        read_only: false,
        readers: 2,
        bulk: false,
        keeps_columns: false,
    }
}

pub(super) async fn store() -> (tempfile::TempDir, Store) {
    let folder = tempfile::tempdir().expect("folder");
    let store = Store::open(options(&folder)).await.expect("open");
    (folder, store)
}

pub(super) fn at(text: &str) -> Timestamp {
    text.parse().expect("instant")
}

pub(super) fn number(text: &str) -> Option<Number> {
    Some(Number { raw: text.trim_start_matches('+').to_owned(), canonical: text.to_owned() })
}

pub(super) fn record(did: &'static str) -> AuditRecord {
    AuditRecord {
        who: "local:anna".to_owned(),
        origin: Origin { via: "file".to_owned(), uid: Some(1000), ..Origin::default() },
        did,
        object: None,
        project: None,
        outcome: "done",
        detail: None,
        foreign: Some("+48221234567".to_owned()),
    }
}

/// An incoming answered call of these source ids.
pub(super) fn call(ids: &[&str], start: &str) -> FoldedCall {
    let start = at(start);
    FoldedCall {
        source_ids: ids.iter().map(ToString::to_string).collect(),
        start,
        start_whole_second: false,
        answered: Some(start + SignedDuration::from_millis(4_200)),
        end: Some(start + SignedDuration::from_millis(64_250)),
        direction: Direction::In,
        route: None,
        outcome: Outcome::Answered,
        from: number("+48221234567"),
        to: number("601"),
        reached: number("601"),
        caller_name: Some("Jiří Černý".to_owned()),
        extension: Some("601".to_owned()),
        extensions: vec!["601".to_owned(), "602".to_owned()],
        queue: Some("sales".to_owned()),
        wait: Some(Tenths(42)),
        talk: Some(Tenths(600)),
        talk_at_most: None,
        on_hold: Some(Tenths(0)),
        duration: Some(Tenths(643)),
        leg_count: 2,
        legs: vec![Leg {
            channel: "PJSIP/601-00000001".to_owned(),
            unique_id: ids.first().map_or("", |id| id).to_owned(),
            extension: Some("601".to_owned()),
            number: None,
            start,
            answered: None,
            end: None,
            cause: Some(16),
        }],
        timeline: vec![TimelineEvent { at: start, kind: TimelineKind::Start, party: None, detail: None }],
        records: b"records of the exchange".to_vec(),
    }
}

pub(super) fn recording(name: &str, ids: &[&str]) -> NewRecording {
    let mut sha256 = [0; 32];
    for (index, byte) in name.bytes().enumerate() {
        sha256[index % 32] ^= byte;
    }
    NewRecording {
        source_name: name.to_owned(),
        source_ids: ids.iter().map(ToString::to_string).collect(),
        mode: Some(RecordingMode::Auto),
        started: None,
        leg: None,
        length: Tenths(600),
        channels: 2,
        format: "wav/pcm".to_owned(),
        bytes: 960_044,
        sha256,
        state: RecordingState::Stored,
        copies: vec![Copy { place: INTERNAL.to_owned(), state: CopyState::Verified, path: format!("aa/{name}") }],
        parts: Vec::new(),
    }
}

/// Ten seconds of a recording.
pub(super) fn clip_of(recording: &str, who: &str) -> NewClip {
    NewClip {
        recording: recording.to_owned(),
        from_s: 10.0,
        until_s: 20.0,
        title: Some("good".to_owned()),
        format: "wav/pcm".to_owned(),
        channels: 2,
        bytes: 320_044,
        sha256: [7; 32],
        who: who.to_owned(),
        path: format!("07/{recording}-clip.wav"),
    }
}

pub(super) fn batch(calls: Vec<FoldedCall>, recordings: Vec<NewRecording>) -> ImportBatch {
    ImportBatch::new(calls, recordings, Vec::new())
}

/// The whole list, newest first.
pub(super) async fn all(store: &Store) -> Vec<crate::domain::call::Call> {
    let request = PageRequest { filter: Filter::All, sort: Sort::default(), limit: 500, after: None, backwards: false };
    store.page(Scope::Company, request).await.expect("page").items
}

/// Public ids of everything in pages of `limit`.
pub(super) async fn ids(store: &Store, filter: &Filter, sort: Sort, limit: usize) -> Vec<String> {
    let mut request = PageRequest { filter: filter.clone(), sort, limit, after: None, backwards: false };
    let mut all = Vec::new();
    loop {
        let (ids, next) = store.ids(Scope::Company, request.clone()).await.expect("ids");
        assert!(ids.len() <= limit && (next.is_none() || ids.len() == limit), "{request:?}");
        all.extend(ids.into_iter().map(|id| id.0));
        match next {
            Some(next) => request.after = Some(next),
            None => return all,
        }
    }
}
