//! The line to a server. While it is away everything that was read stays, what is asked is kept and asked again, changes wait;
//! it is tried again by itself, each time later, and at once by key.

use jiff::{SignedDuration, Timestamp};

use super::{
    accounts, deck,
    desk::{Connection, Desk},
    effect::{Effect, Read, Slot},
    gate,
    message::Connected,
    model::Model,
    notices::Level,
    places,
    screens::calls,
    unsent::Stand,
};
use crate::client::ClientError;

/// First wait before the line is tried again, doubled each time.
const FIRST_MS: u64 = 1_000;
/// The longest of these waits.
const LONGEST_MS: u64 = 30_000;
/// A line that held for so long begins again with the first wait.
const HELD: SignedDuration = SignedDuration::from_secs(20);

/// What is known of the line.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Line {
    /// Something lies between this program and the database that can break.
    pub breaks: bool,
    /// Attempts in a row that led to nothing that lasted.
    attempt: u32,
    up_since: Option<Timestamp>,
    /// An attempt is under way.
    pub trying: bool,
    /// It is a sign-in.
    pub signing_in: bool,
}

/// A line that is away.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Lost {
    pub since: Timestamp,
    pub why: String,
    /// When it is tried again.
    pub next: Timestamp,
}

/// What an error says of the line; none if the server has spoken.
enum Trouble {
    Away(String),
    /// With what the server said.
    SignedOut(String),
}

fn trouble(error: &ClientError) -> Option<Trouble> {
    match error {
        ClientError::Unreachable { why, .. } => Some(Trouble::Away(why.clone())),
        // Something before the server cannot reach it.
        ClientError::Problem(problem) if matches!(problem.status, 502 | 504) => Some(Trouble::Away(problem.detail.clone())),
        ClientError::Problem(problem) if problem.status == 401 => Some(Trouble::SignedOut(problem.detail.clone())),
        ClientError::Problem(_) | ClientError::Answer(_) => None,
    }
}

/// A read failed: true if it was the line, and it will be asked again.
pub(super) fn failed(model: &mut Model, slot: Slot, read: Option<Read>, error: &ClientError) -> bool {
    let Some(trouble) = trouble(error).filter(|_| model.desk.line.breaks) else { return false };
    if let Some(read) = read.filter(|_| slot != Slot::Probe) {
        model.desk.hold(slot, read);
    }
    broke(model, trouble);
    true
}

/// A change failed: true if it was the line, and it waits for the next.
pub(super) fn kept_back(model: &mut Model, number: u64, error: &ClientError) -> bool {
    let Some(trouble) = trouble(error).filter(|_| model.desk.line.breaks) else { return false };
    let waits = model.desk.unsent.get(number).is_some_and(|change| change.write.keeps());
    if waits {
        model.desk.unsent.stand(number, Stand::Waits);
    }
    broke(model, trouble);
    waits
}

fn broke(model: &mut Model, trouble: Trouble) {
    if !model.desk.online() {
        model.dirty = false;
        return;
    }
    model.desk.hold_all();
    match trouble {
        Trouble::Away(why) => lost(&mut model.desk, why),
        Trouble::SignedOut(why) => {
            model.desk.connection = Connection::SignedOut;
            gate::ask(model, why);
        }
    }
}

/// The line is away: it is tried again in a while.
fn lost(desk: &mut Desk, why: String) {
    let now = desk.now;
    if desk.line.up_since.take().is_some_and(|since| now.duration_since(since) >= HELD) {
        desk.line.attempt = 0;
    }
    let since = match &desk.connection {
        Connection::Lost(lost) => lost.since,
        _ => now,
    };
    let wait = FIRST_MS.saturating_mul(1 << desk.line.attempt.min(5)).min(LONGEST_MS);
    // A server that comes back is not asked by everybody at once.
    let wait = wait * (80 + now.subsec_nanosecond().unsigned_abs() as u64 / 1_000 % 41) / 100;
    desk.line.attempt += 1;
    desk.line.trying = false;
    let next = now + SignedDuration::from_millis(wait.cast_signed());
    if !matches!(desk.connection, Connection::Lost(_)) && desk.who.is_some() {
        tracing::info!("the line to {} is lost: {why}", desk.setup.place);
        let text = desk.setup.texts.with("line-lost-told", &[("place", &desk.setup.place), ("why", &why)]);
        desk.notices.record(Level::Warn, text, now);
    }
    desk.connection = Connection::Lost(Lost { since, why: short(&why), next });
    desk.wait(Slot::Retry, wait);
}

/// The innermost cause, without the number of the system's error.
fn short(why: &str) -> String {
    let last = why.rsplit(": ").next().unwrap_or(why);
    let last = last.split(" (os error").next().unwrap_or(last);
    crate::domain::clean::line(last, 80)
}

/// The person does not want to wait, or the wait is over. False where there is nothing to try.
pub(super) fn try_again(desk: &mut Desk) -> bool {
    if desk.line.signing_in {
        return true;
    }
    match desk.connection {
        Connection::Failed(_) => desk.connection = Connection::Connecting,
        Connection::Lost(_) | Connection::OtherVersion(_) => {}
        _ => return false,
    }
    desk.supersede(Slot::Retry);
    desk.line.trying = true;
    let generation = desk.supersede(Slot::Connect);
    desk.effect(Effect::Connect { generation });
    true
}

/// An attempt to connect has ended.
pub(super) fn connected(model: &mut Model, outcome: Connected) {
    model.first_run.working = false;
    let desk = &mut model.desk;
    desk.line.trying = false;
    let signed_in = std::mem::take(&mut desk.line.signing_in);
    match outcome {
        Connected::Up { who, zone, over_a_line } => {
            desk.supersede(Slot::Retry);
            let was_up = desk.connection == Connection::Up;
            desk.connection = Connection::Up;
            desk.line.breaks = over_a_line;
            desk.line.up_since = Some(desk.now);
            desk.zone = zone;
            let before = desk.who.replace(who);
            // The work beneath is of the person who did it.
            let first = before.is_none_or(|before| before.name != desk.person());
            if first && model.calls.list.loaded {
                let line = desk.line.clone();
                places::afresh(model);
                model.desk.line = line;
            }
            let desk = &mut model.desk;
            if first {
                let person = desk.person();
                desk.effect(Effect::AskKept { place: places::key(desk), person });
            }
            if signed_in || model.gate.as_ref().is_some_and(|gate| gate.locked.is_none()) {
                gate::answered(model, None);
            }
            gate::noticed(model);
            if signed_in {
                accounts::again(model);
            }
            // Where it was up somebody only showed a password once more.
            let beneath = !first && model.calls.list.loaded;
            if beneath && !was_up {
                back(model);
            } else if !beneath && model.remembered {
                calls::begin(&mut model.calls, &mut model.desk);
            }
        }
        Connected::NothingYet => desk.connection = Connection::FirstRun,
        Connected::Away(why) => {
            if desk.connection == Connection::FirstRun {
                desk.tell(Level::Error, why);
            } else {
                lost(desk, why);
            }
            if signed_in {
                let away = model.desk.setup.texts.get("sign-in-away");
                gate::answered(model, Some(away));
            }
        }
        Connected::SignedOut => {
            desk.connection = Connection::SignedOut;
            gate::ask(model, String::new());
        }
        Connected::NotSignedIn(why) => gate::answered(model, Some(why)),
        Connected::OtherVersion(why) => desk.connection = Connection::OtherVersion(why),
        Connected::Failed(why) => {
            if desk.connection == Connection::FirstRun {
                desk.tell(Level::Error, why);
            } else if desk.who.is_some() {
                lost(desk, why);
            } else {
                desk.connection = Connection::Failed(why);
            }
        }
    }
}

/// The line is back: what was asked is asked again, what waited is sent, and what others did meanwhile is looked for.
fn back(model: &mut Model) {
    let desk = &mut model.desk;
    let waiting: Vec<u64> = desk.unsent.waiting().collect();
    for number in &waiting {
        desk.send(*number);
    }
    desk.ask_again();
    desk.read(Slot::Revision, 0, Read::Revision(None));
    deck::resume(desk);
    model.calls.catches_up = true;
    model.calls.ears.fell_off();
    if waiting.is_empty() {
        desk.say("line-back", &[]);
    } else {
        let text = desk.setup.texts.counted("line-back-sends", waiting.len() as u64, &[]);
        desk.tell(Level::Info, text);
    }
}

/// Signs of the line for the header: only what is out of the ordinary.
pub(super) fn signs(desk: &Desk) -> Vec<String> {
    let texts = &desk.setup.texts;
    let mut signs = Vec::new();
    match &desk.connection {
        Connection::Lost(_) if desk.who.is_some() => signs.push(texts.get("header-lost")),
        Connection::SignedOut => signs.push(texts.get("header-signed-out")),
        Connection::OtherVersion(_) => signs.push(texts.get("header-other-version")),
        _ if desk.is_slow() => signs.push(texts.get("header-slow")),
        _ => {}
    }
    let waiting = desk.unsent.listed().count();
    if waiting > 0 {
        signs.push(texts.counted("header-waiting", waiting as u64, &[]));
    }
    signs
}

/// What stands on the message line while the line is away and nothing else is said.
pub(super) fn told(desk: &Desk, types: bool) -> Option<String> {
    let texts = &desk.setup.texts;
    let clock = |at: Timestamp| desk.zone.to_datetime(at).strftime("%H:%M:%S").to_string();
    match &desk.connection {
        Connection::Lost(lost) if desk.who.is_some() => {
            let (since, next) = (clock(lost.since), clock(lost.next));
            // While somebody types, `r` is a letter.
            let id = if types { "line-lost-typing" } else { "line-lost" };
            Some(texts.with(id, &[("since", &since), ("why", &lost.why), ("next", &next)]))
        }
        Connection::SignedOut if desk.who.is_some() => Some(texts.get("line-signed-out")),
        Connection::OtherVersion(_) if desk.who.is_some() => Some(texts.get("line-other-version")),
        _ if desk.is_slow() => Some(texts.get("line-slow")),
        _ => None,
    }
}
