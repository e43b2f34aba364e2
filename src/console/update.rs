//! Routes messages to the box, the screen, or what is the same everywhere. Synchronous and total: it only changes the
//! model and says what is to be done.

use super::{
    accounts, deck,
    desk::Connection,
    dispatch, ears, edits,
    effect::{Answer, Effect, Read, Slot, Write},
    gate,
    input::{Code, Input, Key},
    keeping,
    keymap::{Action, Resolved},
    line, listening, many,
    memory::Memory,
    message::Msg,
    model::{Model, Pane, Prefix},
    mouse,
    notices::Level,
    screens::{audit, calls},
    searching, taking,
    undo::{How, Undo},
    viewing, work,
};
use crate::client::ClientError;

/// How long a prefix key waits before its box appears: who knows the second key never sees it.
const PREFIX_MS: u64 = 300;

/// Changes the model by what happened; gives what is to be done.
pub fn update(model: &mut Model, msg: Msg) -> Vec<Effect> {
    model.dirty = true;
    if matches!(msg, Msg::Inputs { .. } | Msg::Presses(_)) {
        gate::noticed(model);
    }
    match msg {
        Msg::Inputs { inputs, burst } => inputs_came(model, inputs, burst),
        Msg::Presses(_) if model.gate.is_some() => {}
        Msg::Presses(presses) => mouse::pressed(model, &presses),
        Msg::Resized(columns, rows) => model.desk.size = (columns, rows),
        Msg::Remembered(memory) => remembered(model, *memory),
        Msg::Connected { generation, outcome } => {
            if model.desk.is_current(Slot::Connect, generation) {
                line::connected(model, *outcome);
            }
        }
        Msg::Slow { slot, generation } => slow(model, slot, generation),
        Msg::Kept(kept) => keeping::offered(model, kept),
        Msg::Answered { slot, generation, answer } => answered(model, slot, generation, *answer),
        Msg::Due { slot, generation } => due(model, slot, generation),
        Msg::News { generation, news } => ears::told(model, generation, *news),
        Msg::Written { result: Err(error), number, .. } if line::kept_back(model, number, &error) => {}
        Msg::Written { result: Err(error), number, .. } if keeping::refused(model, number, &error) => {}
        Msg::Written { number, write, result } => {
            let role = model.desk.written(number);
            match result {
                result if matches!(*write, Write::Access(_)) => {
                    if let Write::Access(access) = *write {
                        accounts::written(model, *access, result);
                    }
                }
                result if listening::writes(&write) => listening::written(model, *write, result, role),
                Ok(result) if write.is_of_views() => {
                    if let Some(undo) = viewing::undone_by(&write, &result) {
                        let what = model.desk.setup.texts.get("undo-view");
                        model.desk.undo.keep(role, Undo { what, how: How::Writes(vec![undo]) });
                    }
                    viewing::written(model, &write);
                }
                Err(error) if write.is_of_views() => viewing::refused(model, &error),
                Ok(result) => calls::written(&mut model.calls, &mut model.desk, &write, &result, role),
                Err(error) => edits::refused(model, *write, &error),
            }
        }
        Msg::Task { number, event } => work::told(model, number, event),
        Msg::Sound(event) => listening::told(model, event),
        Msg::SoundFailed { generation, why } => {
            deck::not_loaded(&mut model.desk, generation, &why);
        }
        Msg::AskedToEnd { status } => leave(model, status),
        Msg::Continued => model.desk.effect(Effect::Retake),
        Msg::Trouble(why) => model.desk.tell(Level::Error, why),
    }
    work::go_on(model);
    searching::refresh(model);
    listening::look(model);
    keeping::keep(model);
    if let Some(status) = model.leaving
        && model.desk.pending_writes() == 0
        && model.desk.tasks.open() == 0
        && !model.desk.deck.farewell
    {
        model.desk.effect(Effect::Leave { status });
    }
    model.desk.take_effects()
}

/// What the program begins with: the first frame is already drawn.
pub fn begin(model: &mut Model) -> Vec<Effect> {
    model.desk.effect(Effect::Remember);
    let generation = model.desk.supersede(Slot::Connect);
    model.desk.effect(Effect::Connect { generation });
    model.desk.take_effects()
}

/// Leaves once every write is answered.
pub(super) fn leave(model: &mut Model, status: u8) {
    if model.desk.up() {
        deck::farewell(&mut model.desk);
        let memory = model.memory();
        model.desk.effect(Effect::Save(Box::new(memory)));
    }
    work::end_all(&mut model.desk);
    let pending = model.desk.pending_writes();
    if pending > 0 && model.leaving.is_none() {
        let text = model.desk.setup.texts.counted("leaving-waits", pending as u64, &[]);
        model.desk.tell(Level::Info, text);
    }
    // A second wish to leave does not wait any longer.
    if model.leaving.replace(status).is_some() {
        model.desk.effect(Effect::Leave { status });
    }
}

fn remembered(model: &mut Model, memory: Memory) {
    model.remembered = true;
    let heard = memory.clone();
    // What was asked of one database is not asked of another; habits are a person's own.
    let elsewhere = !memory.place.is_empty() && memory.place != model.desk.setup.place;
    let memory = if elsewhere {
        Memory { query: String::new(), sort: String::new(), call: None, page: None, pane: String::new(), ..memory }
    } else {
        memory
    };
    model.calls.query.applied.clone_from(&memory.query);
    model.calls.query.input.set(memory.query);
    model.calls.query.history = memory.history;
    model.calls.set_sort_word(&memory.sort);
    model.calls.choice = calls::Choice::remember((&memory.columns, &memory.columns_wide));
    model.calls.chips = calls::Chips::remembered(memory.chips);
    model.calls.facets.hidden = memory.facets_hidden;
    model.calls.goal.on = memory.call;
    model.calls.goal.after = memory.page;
    if memory.pane == Pane::Player.word() {
        model.pane = Pane::Player;
        model.calls.opened = true;
    }
    model.desk.taken.remember((memory.take_folder, memory.take_names), (&memory.take_form, memory.take_shown_columns));
    heard.hear(&mut model.desk.deck);
    if model.desk.up() {
        calls::begin(&mut model.calls, &mut model.desk);
    }
}

/// An answer of the API.
fn answered(model: &mut Model, slot: Slot, generation: u64, answer: Result<Answer, ClientError>) {
    let (slow, read) = (model.desk.is_slow(), model.desk.asked(slot));
    if !model.desk.is_current(slot, generation) {
        model.dirty = false;
        return;
    }
    if let Err(error) = &answer
        && line::failed(model, slot, read, error)
    {
        return;
    }
    let before = (model.calls.all, model.calls.count, model.calls.new_calls);
    let known = matches!(&answer, Ok(Answer::Detail(detail)) if model.calls.detail.as_ref() == Some(detail));
    match answer {
        Ok(Answer::Survey { calls, unflagged }) => many::surveyed(model, calls, unflagged),
        answer if slot == Slot::People => accounts::answered(model, answer),
        Ok(answer @ (Answer::Outputs(_) | Answer::Collections(_))) => listening::answered(model, answer),
        Ok(answer @ (Answer::Haul(_) | Answer::Folders { .. } | Answer::Target(_))) => {
            taking::answered(model, answer);
        }
        answer if matches!(slot, Slot::Audit | Slot::AuditMore | Slot::AuditCheck | Slot::AuditBeside) => {
            audit::answered(&mut model.audit, &mut model.desk, slot, answer);
        }
        _ if slot == Slot::Probe => {
            model.desk.deck.resumes = false;
            model.dirty = false;
        }
        answer => calls::answered(&mut model.calls, &mut model.desk, slot, answer),
    }
    // Nothing new is nothing to draw.
    if matches!(slot, Slot::Revision | Slot::All) {
        model.dirty = before != (model.calls.all, model.calls.count, model.calls.new_calls);
    } else if known {
        model.dirty = false;
    }
    model.dirty |= slow != model.desk.is_slow();
    dispatch::left_alone(model);
    if slot == Slot::Detail && model.calls.wants_why {
        model.dirty = true;
        dispatch::tell_why(model);
    }
}

/// A read takes long: it is said, and looked whether the server answers at all.
fn slow(model: &mut Model, slot: Slot, generation: u64) {
    model.dirty = model.desk.takes_long(slot, generation);
    if model.dirty && slot != Slot::Probe && !model.desk.is_busy(Slot::Probe) {
        model.desk.read(Slot::Probe, 0, Read::Probe);
    }
}

fn due(model: &mut Model, slot: Slot, generation: u64) {
    if !model.desk.is_current(slot, generation) {
        model.dirty = false;
        return;
    }
    if slot == Slot::Prefix {
        model.prefix.shown = !model.prefix.keys.is_empty();
    } else if slot == Slot::Farewell {
        model.desk.deck.farewell = false;
    } else if slot == Slot::Idle {
        gate::idle(model);
    } else if slot == Slot::News {
        model.dirty = false;
        ears::listen(&mut model.calls.ears, &mut model.desk);
    } else if slot == Slot::Retry {
        model.dirty = false;
        line::try_again(&mut model.desk);
    } else {
        model.dirty = false;
        calls::due(&mut model.calls, &mut model.desk, slot);
    }
}

/// Keys that came together. More than anybody types at once is a paste without brackets, or a late answer of the
/// terminal: it is text where text is typed, and nothing anywhere else.
fn inputs_came(model: &mut Model, inputs: Vec<Input>, burst: bool) {
    let count = inputs.len();
    for (at, input) in inputs.into_iter().enumerate() {
        let opens = at == 0 && matches!(&input, Input::Key(key) if opens_a_line(model, *key));
        let printable = matches!(&input, Input::Key(key) if key.writes().is_some());
        if burst && printable && !takes_text(model) && !opens {
            model.desk.warn("burst-dropped", &[("n", &(count - at).to_string())]);
            return;
        }
        one_input(model, &input);
    }
}

fn opens_a_line(model: &Model, key: Key) -> bool {
    let resolved = model.desk.setup.keymap.resolve(model.context(), &[key]);
    matches!(resolved, Resolved::Run(Action::Query | Action::Palette | Action::Help)) && model.prefix.keys.is_empty()
}

/// Characters are text now, and no commands.
pub(super) fn takes_text(model: &Model) -> bool {
    model.gate.is_some()
        || match model.overlays.last() {
            Some(overlay) => overlay.takes_text(),
            None if model.pane == Pane::Audit => model.audit.query.editing,
            None => model.pane == Pane::Calls && model.calls.query.editing,
        }
}

fn one_input(model: &mut Model, input: &Input) {
    if model.gate.is_some() {
        gate::input(model, input);
        return;
    }
    model.desk.notices.seen();
    if let Some(mut overlay) = model.overlays.pop() {
        // A box that opened by itself takes the keys: what was begun before it is over.
        model.prefix = Prefix::default();
        let outcome = overlay.input(&mut model.desk, input);
        dispatch::overlay_said(model, overlay, outcome);
        return;
    }
    if model.pane == Pane::Calls && model.calls.query.editing {
        calls::input(&mut model.calls, &mut model.desk, input);
        return;
    }
    if model.pane == Pane::Audit && model.audit.query.editing {
        audit::input(&mut model.audit, &mut model.desk, input);
        return;
    }
    let key = match input {
        Input::Key(key) => *key,
        Input::Paste(_) => {
            model.desk.say("paste-dropped", &[]);
            return;
        }
    };
    if model.desk.connection == Connection::FirstRun
        && let Some(chosen) = model.first_run.key(key)
    {
        if let Some(chosen) = chosen {
            dispatch::first_run(model, chosen);
        }
        return;
    }
    pressed(model, key);
}

fn pressed(model: &mut Model, key: Key) {
    model.desk.supersede(Slot::Prefix);
    let Prefix { mut keys, .. } = std::mem::take(&mut model.prefix);
    if !keys.is_empty() && key.code == Code::Esc {
        return;
    }
    keys.push(key);
    match model.desk.setup.keymap.resolve(model.context(), &keys) {
        Resolved::Run(action) => dispatch::run(model, action),
        Resolved::Prefix => {
            model.prefix.keys = keys;
            model.desk.wait(Slot::Prefix, PREFIX_MS);
        }
        Resolved::Unknown => {
            let name = keys.iter().map(Key::to_string).collect::<Vec<_>>().join(" ");
            model.desk.say("key-unknown", &[("key", &name)]);
        }
    }
    if !matches!(key, Key { code: Code::Char('c'), ctrl: true, .. }) {
        model.asked_once = false;
    }
}
