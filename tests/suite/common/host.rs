//! A database of its own for a test: a few dozen made-up calls of one week, some with sound.

use callreel::{
    client::{Client, InProcess},
    domain::{
        actor::Origin,
        audit::AuditRecord,
        call::{Direction, Leg, Number, Outcome, Route, TimelineEvent, TimelineKind},
        directory::{Company, Extension},
        fold::FoldedCall,
        length::Tenths,
        recording::{Copy, CopyState, INTERNAL, NewRecording, RecordingMode, RecordingState},
    },
    host::{Host, OpenRequest},
    store::ImportBatch,
};
use jiff::{SignedDuration, Timestamp};

/// Calls of [`make_test_host`].
pub const CALLS: usize = 48;
/// Every so many calls has a recording.
pub const RECORDED_EVERY: usize = 6;

/// An opened database in a folder that goes with it.
pub struct TestHost {
    pub host: Host,
    pub folder: tempfile::TempDir,
}

impl TestHost {
    /// The in-process client of the local owner.
    pub fn client(&self) -> Client {
        let api = self.host.local_api();
        Client::in_process(InProcess::new(move |request| api(request)))
    }

    pub fn database(&self) -> std::path::PathBuf {
        self.folder.path().join("test.db")
    }
}

/// [`CALLS`] calls, one an hour from Monday 2026-11-02 08:00 in Warsaw on; extensions 101 to 106, of which 101 to 103 are
/// `sales` and the others `support`; each sixth call has a stereo WAV of two seconds, the first of them a `.raw` beside it.
pub async fn make_test_host() -> TestHost {
    make_test_host_of(CALLS).await
}

pub async fn make_test_host_of(calls: usize) -> TestHost {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let company =
        Company { zone: "Europe/Warsaw".to_owned(), country_code: Some("48".to_owned()), national_prefix: None, currency: None };
    let request =
        OpenRequest { create: Some(company), login: "tester".to_owned(), ..OpenRequest::new(folder.path().join("test.db")) };
    let host = Host::open(request).await.expect("a new database");
    for number in 101..=106 {
        let group = if number < 104 { "sales" } else { "support" };
        let extension = Extension {
            number: number.to_string(),
            label: Some(format!("Desk {number}")),
            agent: Some(AGENTS[number - 101].to_owned()),
            group: Some(group.to_owned()),
            projects: vec![group.to_owned()],
            since: None,
        };
        host.store().put_extension(extension, setup("extension.set")).await.expect("extension");
    }
    let recordings = (0..calls.min(CALLS)).step_by(RECORDED_EVERY).flat_map(|index| recordings_of(&host, index)).collect();
    let batch = ImportBatch::new((0..calls).map(call).collect(), recordings, Vec::new());
    let counts = host.store().import(batch).await.expect("import");
    assert_eq!(counts.new_calls, calls as u64);
    assert_eq!(counts.unassigned, 0, "every recording has its call");
    TestHost { host, folder }
}

const AGENTS: [&str; 6] = ["Anna Nowak", "Łukasz Żółć", "Jiří Černý", "Marta Król", "Peter Kováč", "Zoë O'Neill"];

fn setup(did: &'static str) -> AuditRecord {
    AuditRecord {
        who: "test".to_owned(),
        origin: Origin::default(),
        did,
        object: None,
        project: None,
        outcome: "done",
        detail: None,
        foreign: None,
    }
}

/// The linkedid of the call at `index`.
pub fn source_id(index: usize) -> String {
    format!("pbx-{}.{index}", 1_793_000_000 + index * 3_600)
}

fn number(text: &str) -> Number {
    Number { raw: text.to_owned(), canonical: text.to_owned() }
}

/// The call at `index`: directions and outcomes in turn, talk times that all differ.
pub fn call(index: usize) -> FoldedCall {
    let start = "2026-11-02T07:00:00.250Z".parse::<Timestamp>().expect("instant") + SignedDuration::from_hours(index as i64);
    let after = |seconds: i64| start + SignedDuration::from_secs(seconds);
    let extension = (101 + index % 6).to_string();
    let outside = number(&format!("+4822123{:04}", 4000 + index % 10));
    let own = number(&extension);
    let direction = [Direction::Out, Direction::In, Direction::In, Direction::Internal][index % 4];
    let answered = index % 5 != 4;
    let outcome = match (answered, direction) {
        (true, _) => Outcome::Answered,
        (false, Direction::Out) => Outcome::Unanswered,
        (false, _) => Outcome::Missed,
    };
    let talk = if answered { 10 + index as i64 } else { 0 };
    let queue = (direction == Direction::In && index % 4 == 2).then(|| "support".to_owned());
    let (from, to) = match direction {
        Direction::Out => (own, outside),
        Direction::In => (outside, own),
        Direction::Internal => (own, number("106")),
    };
    let event = |at, kind, party: Option<&str>| TimelineEvent { at, kind, party: party.map(ToOwned::to_owned), detail: None };
    FoldedCall {
        source_ids: vec![source_id(index)],
        start,
        start_whole_second: false,
        answered: answered.then(|| after(5)),
        end: Some(after(5 + talk)),
        direction,
        route: (direction == Direction::In).then_some(if queue.is_some() { Route::Queue } else { Route::Direct }),
        outcome,
        reached: answered.then(|| to.clone()),
        from: Some(from),
        to: Some(to),
        caller_name: (direction == Direction::In && index % 8 == 1).then(|| "Müller & Söhne".to_owned()),
        extensions: vec![extension.clone()],
        queue,
        wait: Some(Tenths(50)),
        talk: Some(Tenths(talk * 10)),
        talk_at_most: None,
        on_hold: Some(Tenths(0)),
        duration: Some(Tenths((5 + talk) * 10)),
        leg_count: 2,
        legs: vec![Leg {
            channel: format!("PJSIP/{extension}-{index:08x}"),
            unique_id: source_id(index),
            extension: Some(extension.clone()),
            number: None,
            start,
            answered: answered.then(|| after(5)),
            end: Some(after(5 + talk)),
            cause: Some(16),
        }],
        timeline: vec![event(start, TimelineKind::Start, None), event(after(5 + talk), TimelineKind::End, None)],
        records: format!("record {index}").into_bytes(),
        extension: Some(extension),
    }
}

fn recordings_of(host: &Host, index: usize) -> Vec<NewRecording> {
    let mut made = vec![recording(host, index, "wav", "wav/pcm", &wav(2, index))];
    if index == 0 {
        made.push(recording(host, index, "raw", "raw/s16le", &samples(2, 7)));
    }
    made
}

fn recording(host: &Host, index: usize, suffix: &str, format: &str, bytes: &[u8]) -> NewRecording {
    let name = format!("call-{index}.{suffix}");
    let stored = host.vault().expect("a vault").put_bytes(bytes, &format!("call-{index}"), suffix).expect("bytes");
    NewRecording {
        source_name: name,
        source_ids: vec![source_id(index)],
        mode: Some(RecordingMode::Auto),
        started: None,
        leg: None,
        length: Tenths(20),
        channels: 2,
        format: format.to_owned(),
        bytes: stored.bytes,
        sha256: stored.sha256,
        state: RecordingState::Stored,
        copies: vec![Copy { place: INTERNAL.to_owned(), state: CopyState::Verified, path: stored.path }],
        parts: Vec::new(),
    }
}

/// Interleaved stereo samples at 8 kHz, little-endian: a tone on each side.
pub fn samples(seconds: usize, seed: usize) -> Vec<u8> {
    (0..seconds * 8_000)
        .flat_map(|frame| {
            let side = |hertz: usize| ((frame as f64 * hertz as f64 * std::f64::consts::TAU / 8_000.0).sin() * 8_000.0) as i16;
            [side(300 + seed), side(700 + seed)]
        })
        .flat_map(i16::to_le_bytes)
        .collect()
}

/// A stereo WAV of 16-bit samples at 8 kHz.
pub fn wav(seconds: usize, seed: usize) -> Vec<u8> {
    let data = samples(seconds, seed);
    let mut bytes = b"RIFF".to_vec();
    bytes.extend((36 + data.len() as u32).to_le_bytes());
    bytes.extend(b"WAVEfmt ");
    for (value, width) in [(16_u32, 4), (1, 2), (2, 2), (8_000, 4), (32_000, 4), (4, 2), (16, 2)] {
        bytes.extend(&value.to_le_bytes()[..width]);
    }
    bytes.extend(b"data");
    bytes.extend((data.len() as u32).to_le_bytes());
    bytes.extend(data);
    bytes
}
