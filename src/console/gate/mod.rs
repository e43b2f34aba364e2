//! What stands between the person and the calls: the box that asks for a sign-in over the kept screen, and the lock that hides
//! everything until the person is back. The work beneath is kept.

mod view;

pub use view::view;

use jiff::Timestamp;
use zeroize::Zeroizing;

use super::{
    accounts, deck,
    desk::{Connection, Desk},
    effect::{Effect, Slot},
    input::{Code, Input},
    line,
    model::Model,
    update::leave,
    widgets::LineInput,
};

/// A password on its way. Never printed, never kept.
#[derive(Clone, PartialEq, Eq)]
pub struct Secret(Zeroizing<String>);

impl Secret {
    pub fn new(text: String) -> Self {
        Self(Zeroizing::new(text))
    }

    pub fn reveal(&self) -> &str {
        &self.0
    }
}

impl std::fmt::Debug for Secret {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Secret")
    }
}

/// The gate, while it is shut.
#[derive(Clone, Default)]
pub struct Gate {
    /// Everything is hidden since then; none: the box lies over what was read.
    pub locked: Option<Timestamp>,
    /// The server does not know the sign-in any more, and what it said of that.
    pub ended: Option<String>,
    /// An act waits for a password that was shown just now.
    pub for_act: bool,
    /// Enter is enough: who came by file or socket has no password here.
    pub open: bool,
    pub user: LineInput,
    /// The work beneath belongs to this person.
    pub is_bound: bool,
    pub password: Masked,
    pub at_password: bool,
    /// The server is being asked.
    pub working: bool,
    pub problem: Option<String>,
    /// Ctrl-C was pressed once.
    asked_once: bool,
}

impl std::fmt::Debug for Gate {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Gate").field("locked", &self.locked).field("open", &self.open).finish_non_exhaustive()
    }
}

/// A line of which only the length is shown; it is wiped when it goes.
#[derive(Clone, Default)]
pub struct Masked(LineInput);

impl std::ops::Deref for Masked {
    type Target = LineInput;

    fn deref(&self) -> &LineInput {
        &self.0
    }
}

impl std::ops::DerefMut for Masked {
    fn deref_mut(&mut self) -> &mut LineInput {
        &mut self.0
    }
}

impl Drop for Masked {
    fn drop(&mut self) {
        drop(Secret::new(self.0.take()));
    }
}

/// Somebody came over the network and may be asked for a password again.
pub(super) fn signs_in(desk: &Desk) -> bool {
    desk.who.as_ref().is_some_and(|who| who.via == "http")
}

/// The server asks for a sign-in. What was read is for who may read it, which nobody knows now: it is hidden until then.
pub(super) fn ask(model: &mut Model, why: String) {
    if model.desk.who.is_none() {
        model.gate.get_or_insert_with(|| of(&model.desk));
        return;
    }
    deck::pause(&mut model.desk);
    let mut gate = model.gate.take().filter(|gate| !gate.for_act).unwrap_or_else(|| of(&model.desk));
    gate.locked.get_or_insert(model.desk.now);
    gate.ended.get_or_insert(why);
    (gate.open, gate.working) = (false, false);
    model.gate = Some(gate);
    model.prefix = super::model::Prefix::default();
}

/// An act needs a password shown just now; it goes on by itself once that was done.
pub(super) fn ask_for_act(model: &mut Model) {
    if model.gate.is_none() {
        model.gate = Some(Gate { for_act: true, ..of(&model.desk) });
    }
}

fn of(desk: &Desk) -> Gate {
    let known = desk.who.as_ref().map(|who| who.name.clone());
    let user = known.clone().unwrap_or_default();
    Gate { at_password: !user.is_empty(), user: LineInput::new(user), is_bound: known.is_some(), ..Gate::default() }
}

/// Hides everything; sound pauses.
pub(super) fn lock(model: &mut Model) {
    if model.desk.who.is_none() {
        model.desk.say("lock-nothing", &[]);
        return;
    }
    deck::pause(&mut model.desk);
    let open = !signs_in(&model.desk);
    let mut gate = model.gate.take().unwrap_or_else(|| of(&model.desk));
    gate.locked.get_or_insert(model.desk.now);
    gate.open = open;
    model.gate = Some(gate);
    model.prefix = super::model::Prefix::default();
}

/// A key was pressed, or the line came up: nobody is away.
pub(super) fn noticed(model: &mut Model) {
    let now = model.desk.now;
    model.idle.since = now;
    if let Some(after) = model.desk.setup.lock_after
        && !model.idle.armed
        && signs_in(&model.desk)
        && model.gate.as_ref().is_none_or(|gate| gate.locked.is_none())
    {
        model.idle.armed = true;
        model.desk.wait(Slot::Idle, u64::try_from(after.as_millis()).unwrap_or(u64::MAX));
    }
}

/// The wait is over: nobody pressed a key, or somebody did meanwhile.
pub(super) fn idle(model: &mut Model) {
    model.dirty = false;
    let Some(after) = model.desk.setup.lock_after else { return };
    let since = model.desk.now.duration_since(model.idle.since);
    match u64::try_from((after - since).as_millis()) {
        Ok(rest) if rest > 0 => model.desk.wait(Slot::Idle, rest),
        _ => {
            model.idle.armed = false;
            if model.gate.as_ref().is_none_or(|gate| gate.locked.is_none()) {
                model.dirty = true;
                lock(model);
            }
        }
    }
}

/// Whether nobody is at the keys.
#[derive(Clone, Copy, Debug, Default)]
pub struct Idle {
    since: Timestamp,
    armed: bool,
}

/// A key at the gate.
pub(super) fn input(model: &mut Model, input: &Input) {
    let Some(gate) = &mut model.gate else { return };
    let key = match input {
        Input::Paste(text) => {
            if !gate.working && !gate.open {
                field(gate).paste(text.trim());
            }
            return;
        }
        Input::Key(key) => *key,
    };
    if (key.code, key.ctrl) == (Code::Char('c'), true) {
        if std::mem::replace(&mut gate.asked_once, true) {
            leave(model, 0);
        } else {
            gate.problem = Some(model.desk.setup.texts.get("cancel-again"));
        }
        return;
    }
    gate.asked_once = false;
    gate.problem = None;
    match (key.code, key.ctrl) {
        (Code::Char('l'), true) => model.desk.effect(Effect::Redraw),
        (Code::Enter, _) if gate.open && gate.ended.is_none() => model.gate = None,
        (Code::Char('q'), false) if gate.open => leave(model, 0),
        _ if gate.open => {}
        (Code::Esc, _) if gate.locked.is_none() => {
            if gate.working {
                model.desk.supersede(Slot::Connect);
                model.desk.effect(Effect::Abort(Slot::Connect));
                model.desk.line.signing_in = false;
            }
            model.gate = None;
            accounts::not_again(model);
        }
        _ if gate.working => {}
        (Code::Tab | Code::BackTab | Code::Up | Code::Down, _) if !gate.is_bound => gate.at_password = !gate.at_password,
        (Code::Enter, _) if !gate.at_password => gate.at_password = true,
        (Code::Enter, _) => submit(model),
        _ => {
            field(gate).key(key);
        }
    }
}

fn field(gate: &mut Gate) -> &mut LineInput {
    if gate.at_password { &mut gate.password } else { &mut gate.user }
}

fn submit(model: &mut Model) {
    let Some(gate) = &mut model.gate else { return };
    let user = gate.user.text().trim().to_owned();
    if user.is_empty() || gate.password.text().is_empty() {
        gate.at_password = !user.is_empty();
        return;
    }
    gate.working = true;
    let password = Secret::new(gate.password.take());
    let generation = model.desk.supersede(Slot::Connect);
    model.desk.line.signing_in = true;
    model.desk.effect(Effect::SignIn { generation, user, password });
}

/// The server has spoken; none: it let the person in.
pub(super) fn answered(model: &mut Model, problem: Option<String>) {
    match problem {
        None => model.gate = None,
        Some(problem) => {
            let Some(gate) = &mut model.gate else { return };
            gate.working = false;
            gate.problem = Some(problem);
        }
    }
    noticed(model);
}

/// `r` while signed out: the box again. False where nobody is signed out.
pub(super) fn again(model: &mut Model) -> bool {
    let out = model.desk.connection == Connection::SignedOut;
    if out {
        ask(model, String::new());
    }
    out || line::try_again(&mut model.desk)
}
