//! How acts are taken back, and done again. Everything that was done stands on one stack, newest last; what was taken back
//! on another, until something new is done.

use std::sync::Arc;

use super::{
    effect::Write,
    model::Model,
    screens::calls::{self, Choice, Marks},
    tasks::{Part, Role, Task},
    work,
};

/// Acts that are remembered.
const KEPT: usize = 500;

/// One act and its opposite.
#[derive(Clone, Debug, PartialEq)]
pub struct Undo {
    /// What was done, for the message.
    pub what: String,
    pub how: How,
}

/// The way back.
#[derive(Clone, Debug, PartialEq)]
pub enum How {
    Writes(Vec<Write>),
    Query(String),
    Marks(Marks),
    /// The marks of these calls are turned over.
    Toggle(Vec<String>),
    Columns(Choice),
    /// A change of many calls.
    Many(Arc<Vec<Part>>),
}

/// What was done, and what was taken back.
#[derive(Clone, Debug, Default)]
pub struct UndoStack {
    done: Vec<Undo>,
    undone: Vec<Undo>,
}

impl UndoStack {
    /// Something new was done: what was taken back before cannot be done again.
    pub fn push(&mut self, undo: Undo) {
        self.undone.clear();
        self.put_back(undo);
    }

    /// Something was done again.
    fn put_back(&mut self, undo: Undo) {
        if self.done.len() == KEPT {
            self.done.remove(0);
        }
        self.done.push(undo);
    }

    /// Newest last.
    pub fn done(&self) -> &[Undo] {
        &self.done
    }

    pub fn undone(&self) -> &[Undo] {
        &self.undone
    }

    /// Puts the opposite of something where the reason of doing it says.
    pub fn keep(&mut self, role: Role, undo: Undo) {
        match role {
            Role::Act => self.push(undo),
            Role::Undo => self.undone.push(undo),
            Role::Redo => self.put_back(undo),
        }
    }
}

/// Takes the last act back.
pub fn back(model: &mut Model) {
    if waits(model) {
        return;
    }
    match model.desk.undo.done.pop() {
        None => model.desk.say("nothing-to-undo", &[]),
        Some(undo) => {
            model.desk.say("undone", &[("what", &undo.what)]);
            go(model, undo, Role::Undo);
        }
    }
}

/// Does again what was taken back last.
pub fn again(model: &mut Model) {
    if waits(model) {
        return;
    }
    match model.desk.undo.undone.pop() {
        None => model.desk.say("nothing-to-redo", &[]),
        Some(undo) => {
            model.desk.say("redone", &[("what", &undo.what)]);
            go(model, undo, Role::Redo);
        }
    }
}

/// Takes acts back until only so many are left; each once the one before it is through.
pub fn back_to(model: &mut Model, left: usize) {
    model.undo_to = Some(left);
    work::go_on(model);
}

/// The next step of [`back_to`], if nothing is on its way.
pub fn step(model: &mut Model) {
    while let Some(left) = model.undo_to {
        if model.desk.undo.done.len() <= left {
            model.undo_to = None;
        } else if model.desk.pending_writes() > 0 || model.desk.tasks.changing() {
            return;
        } else {
            back(model);
        }
    }
}

/// While many calls are being changed the last act is not known yet.
fn waits(model: &mut Model) -> bool {
    let changing = model.desk.tasks.changing();
    if changing {
        model.desk.say("undo-waits", &[]);
    }
    changing
}

fn go(model: &mut Model, Undo { what, how }: Undo, role: Role) {
    let opposite = match how {
        How::Query(query) => {
            let now = model.calls.query.applied.clone();
            let stack = std::mem::take(&mut model.desk.undo);
            calls::restore_query(&mut model.calls, &mut model.desk, &query);
            model.desk.undo = stack;
            Some(How::Query(now))
        }
        How::Marks(marks) => Some(How::Marks(std::mem::replace(&mut model.calls.marks, marks))),
        How::Toggle(ids) => {
            ids.iter().for_each(|id| model.calls.marks.toggle(id));
            Some(How::Toggle(ids))
        }
        How::Columns(choice) => Some(How::Columns(std::mem::replace(&mut model.calls.choice, choice))),
        How::Writes(writes) => {
            let opposite: Vec<Write> = writes.iter().rev().filter_map(Write::opposite).collect();
            writes.into_iter().for_each(|write| model.desk.write_as(write, role));
            // The opposite of a note is known once it is answered.
            Some(How::Writes(opposite)).filter(|how| *how != How::Writes(Vec::new()))
        }
        How::Many(parts) => {
            work::start(&mut model.desk, what.clone(), Task::Restore(parts), role);
            None
        }
    };
    if let Some(how) = opposite {
        model.desk.undo.keep(role, Undo { what, how });
    }
}
