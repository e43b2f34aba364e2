//! Which made-up calls have recordings, and what their rows say.

use super::{
    Company,
    chance::{Purpose, percent, stream},
    plan::{Plan, Sequel},
    tell::{instant, unique_id},
    voice::{RATE, Scene, Voices, wav},
};
use crate::domain::{
    call::{Direction, Outcome, Route},
    length::Tenths,
    recording::{Copy, CopyState, GENERATED, INTERNAL, NewRecording, RecordingMode, RecordingState},
};
use fastrand::Rng;

/// Recorded share of all calls where nothing else is said.
const SHARE: (u64, u64) = (41, 100);
/// Real bytes of `generate` are short, so that thousands fit: 15.6 s are half a megabyte.
const LONGEST: i64 = 156;
const WAV_HEADER: u64 = 44;
const BYTES_A_TENTH: u64 = RATE as u64 / 10 * 4;

/// What one call gets.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Sound {
    None,
    /// A row at the place `generated`.
    Row,
    /// A row, and bytes in the vault.
    Bytes,
}

/// Draws exactly as many calls as asked for, in one pass over them: answered ones first, the others only if those are too few.
#[derive(Clone, Debug)]
pub struct Draw {
    rng: Rng,
    answered: Urn,
    others: Urn,
    bytes: Urn,
}

/// Selection sampling (Knuth, The Art of Computer Programming 3.4.2, algorithm S).
#[derive(Clone, Copy, Debug)]
struct Urn {
    wanted: u64,
    left: u64,
}

impl Urn {
    fn draw(&mut self, rng: &mut Rng) -> bool {
        let hit = self.wanted > 0 && rng.u64(0..self.left.max(1)) < self.wanted;
        self.left = self.left.saturating_sub(1);
        self.wanted -= u64::from(hit);
        hit
    }
}

impl Draw {
    /// `bytes` calls with real bytes and `rows` more with rows alone; without `rows`, so many that 41 % of the calls have one.
    /// None if the company has fewer calls.
    pub fn new(company: &Company, bytes: u64, rows: Option<u64>) -> Option<Self> {
        let calls = company.shape().calls;
        let rows = rows.unwrap_or_else(|| (calls * SHARE.0 / SHARE.1).saturating_sub(bytes));
        let wanted = bytes.checked_add(rows).filter(|wanted| *wanted <= calls)?;
        let answered = company.plans().filter(|plan| plan.outcome == Outcome::Answered).count() as u64;
        Some(Self {
            rng: stream(company.shape().seed, Purpose::Recording, u64::MAX),
            answered: Urn { wanted: wanted.min(answered), left: answered },
            others: Urn { wanted: wanted.saturating_sub(answered), left: calls - answered },
            bytes: Urn { wanted: bytes, left: wanted },
        })
    }

    /// Asked once for each call, in order.
    pub fn next(&mut self, plan: &Plan) -> Sound {
        let urn = if plan.outcome == Outcome::Answered { &mut self.answered } else { &mut self.others };
        if !urn.draw(&mut self.rng) {
            Sound::None
        } else if self.bytes.draw(&mut self.rng) {
            Sound::Bytes
        } else {
            Sound::Row
        }
    }
}

/// Which stretch of a call was recorded, in tenths from its start.
fn stretch(rng: &mut Rng, plan: &Plan) -> (i64, i64, RecordingMode) {
    if plan.outcome != Outcome::Answered {
        return (0, plan.duration().0.max(10), RecordingMode::Auto);
    }
    let (offset, length) = (plan.before_talk(), plan.conversation());
    if length > 200 && percent(rng, 14.0) {
        let pressed = rng.i64(20..length / 2);
        return (offset + pressed, length - pressed, RecordingMode::OnDemand);
    }
    (offset, length, RecordingMode::Auto)
}

/// The row of a recording without bytes.
pub fn row(seed: u64, plan: &Plan) -> NewRecording {
    let mut rng = stream(seed, Purpose::Recording, plan.index);
    let (offset, length, mode) = stretch(&mut rng, plan);
    let mut sha256 = [0; 32];
    rng.fill(&mut sha256);
    let name = format!("{}.wav", unique_id(plan, 0));
    let copy = Copy { place: GENERATED.to_owned(), state: CopyState::Unverified, path: String::new() };
    let bytes = WAV_HEADER + length.unsigned_abs() * BYTES_A_TENTH;
    recording(plan, name, (offset, length, mode), bytes, sha256, copy)
}

/// Bytes of a recording, before they lie anywhere.
pub struct Made {
    plan: Plan,
    stretch: (i64, i64, RecordingMode),
    /// Name of the file as an exchange would have given it, without suffix.
    pub name: String,
    pub bytes: Vec<u8>,
}

impl Made {
    /// The sound of a call; with `short`, only its beginning.
    pub fn new(company: &Company, voices: &Voices, plan: &Plan, short: bool) -> Self {
        let seed = company.shape().seed;
        let mut rng = stream(seed, Purpose::Recording, plan.index);
        let (offset, length, mode) = stretch(&mut rng, plan);
        let length = if short { length.min(LONGEST) } else { length };
        let hold = (plan.sequel == Sequel::Hold || plan.sequel == Sequel::Attended || plan.sequel == Sequel::Blind).then(|| {
            let from = plan.before_talk() + plan.talk - offset;
            (from.max(0), (from + plan.hold + plan.gap).max(0))
        });
        let seat = plan.main_seat().and_then(|seat| company.staff().seats.get(seat));
        let scene = Scene {
            seed: rng.u64(..),
            tenths: length,
            hold,
            incoming: plan.direction == Direction::In,
            ours: seat.map_or(0, |seat| seat.voice),
            theirs: plan.party.map_or(plan.index, |party| match party {
                super::numbers::Party::Regular(rank) => rank,
                super::numbers::Party::Stranger(index) => index,
            }),
        };
        let name = name(company, plan, mode);
        Self { plan: *plan, stretch: (offset, length, mode), name, bytes: wav(&voices.render(&scene)) }
    }

    /// The row, once the bytes lie at `path` of the vault.
    pub fn stored(self, path: String, sha256: [u8; 32]) -> NewRecording {
        let copy = Copy { place: INTERNAL.to_owned(), state: CopyState::Verified, path };
        recording(&self.plan, format!("{}.wav", self.name), self.stretch, self.bytes.len() as u64, sha256, copy)
    }
}

/// `20261107T132104_601_out_auto_pbx-1795219324.17`: start in the company's zone, extension, lane, mode, linkedid.
fn name(company: &Company, plan: &Plan, mode: RecordingMode) -> String {
    let start = company.shape().zone.to_datetime(instant(plan.start, 0)).strftime("%Y%m%dT%H%M%S").to_string();
    let seat = plan.main_seat().and_then(|seat| company.staff().seats.get(seat));
    let lane = match (plan.direction, plan.route) {
        (Direction::In, route) => route.unwrap_or(Route::Direct).word(),
        (direction, _) => direction.word(),
    };
    let mode = if mode == RecordingMode::Auto { "auto" } else { "demand" };
    format!("{start}_{}_{lane}_{mode}_{}", seat.map_or("", |seat| seat.extension.as_str()), unique_id(plan, 0))
}

fn recording(
    plan: &Plan,
    source_name: String,
    (offset, length, mode): (i64, i64, RecordingMode),
    bytes: u64,
    sha256: [u8; 32],
    copy: Copy,
) -> NewRecording {
    NewRecording {
        source_name,
        source_ids: vec![unique_id(plan, 0)],
        mode: Some(mode),
        started: Some(instant(plan.start, offset)),
        leg: None,
        length: Tenths(length),
        channels: 2,
        format: "wav/pcm".to_owned(),
        bytes,
        sha256,
        state: RecordingState::Stored,
        copies: vec![copy],
        parts: Vec::new(),
    }
}

#[cfg(test)]
mod tests {
    use jiff::tz::TimeZone;

    use super::*;
    use crate::host::company::Shape;

    fn company(calls: u64) -> Company {
        let at = |text: &str| text.parse().expect("instant");
        let (since, until) = (at("2026-01-01T00:00:00Z"), at("2026-02-01T00:00:00Z"));
        Company::new(Shape { calls, seed: 3, since, until, zone: TimeZone::UTC, alive: false, lean: true })
    }

    fn drawn(company: &Company, bytes: u64, rows: Option<u64>) -> (usize, usize, usize) {
        let mut draw = Draw::new(company, bytes, rows).expect("enough calls");
        let all: Vec<(Sound, bool)> = company.plans().map(|plan| (draw.next(&plan), plan.outcome == Outcome::Answered)).collect();
        let count = |wanted| all.iter().filter(|(sound, _)| *sound == wanted).count();
        let silent = all.iter().filter(|(sound, answered)| *sound != Sound::None && !answered).count();
        (count(Sound::Bytes), count(Sound::Row), silent)
    }

    #[test]
    fn exactly_as_many_are_drawn_as_asked_for() {
        let company = company(1_000);
        assert_eq!(drawn(&company, 0, None), (0, 410, 0));
        assert_eq!(drawn(&company, 10, None), (10, 400, 0));
        assert_eq!(drawn(&company, 0, Some(0)), (0, 0, 0));
        assert_eq!(drawn(&company, 7, Some(20)), (7, 20, 0));
        let (bytes, rows, silent) = drawn(&company, 600, Some(400));
        assert_eq!((bytes, rows), (600, 400));
        assert!(silent > 100, "too few were answered");
        assert!(Draw::new(&company, 600, Some(401)).is_none());
        assert!(Draw::new(&company, 1, Some(u64::MAX)).is_none());
    }

    #[test]
    fn a_recording_lies_within_its_call() {
        for plan in company(3_000).plans() {
            let made = row(3, &plan);
            let offset = made.started.expect("start").as_millisecond() - plan.start;
            assert!(offset >= 0 && offset + made.length.0 * 100 <= (plan.duration().0.max(10)) * 100, "{plan:?}");
            assert_eq!(made.bytes, 44 + made.length.0.unsigned_abs() * 3_200);
        }
    }

    #[test]
    fn made_bytes_have_the_length_of_the_talk_and_differ() {
        let company = company(400);
        let voices = Voices::new(3);
        let plans: Vec<Plan> = company.plans().filter(|plan| plan.outcome == Outcome::Answered).take(6).collect();
        let mut seen = std::collections::BTreeSet::new();
        for plan in &plans {
            let made = Made::new(&company, &voices, plan, true);
            assert!(made.stretch.1 <= LONGEST);
            assert_eq!(made.bytes.len() as u64, 44 + made.stretch.1.unsigned_abs() * BYTES_A_TENTH);
            assert!(made.name.ends_with(&unique_id(plan, 0)), "{}", made.name);
            seen.insert(made.bytes);
        }
        assert_eq!(seen.len(), plans.len());
    }
}
