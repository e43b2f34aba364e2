//! The work of this session: what runs, what waits for its turn, what came of the rest.

use jiff::Timestamp;

use super::{Gathered, Kind, Task};

/// Ended work that is remembered.
const KEPT: usize = 100;

/// Why a change is made.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Role {
    #[default]
    Act,
    /// Takes an act back.
    Undo,
    /// Does again what was taken back.
    Redo,
}

/// Where work stands; ended with words.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum State {
    Waiting,
    Running { done: u64, all: Option<u64> },
    Done(String),
    Cancelled(String),
    Failed(String),
}

/// One piece of work.
#[derive(Clone, Debug)]
pub struct Entry {
    pub number: u64,
    /// What it does, for people.
    pub title: String,
    pub task: Box<Task>,
    pub role: Role,
    pub state: State,
    /// When it was asked for.
    pub at: Timestamp,
    /// What a change did so far.
    pub gathered: Gathered,
}

impl Entry {
    pub const fn is_open(&self) -> bool {
        matches!(self.state, State::Waiting | State::Running { .. })
    }

    pub const fn is_running(&self) -> bool {
        matches!(self.state, State::Running { .. })
    }
}

/// All of it, oldest first.
#[derive(Clone, Debug, Default)]
pub struct Tasks {
    entries: Vec<Entry>,
    next: u64,
}

impl Tasks {
    pub fn add(&mut self, title: String, task: Task, role: Role, at: Timestamp) -> u64 {
        self.next += 1;
        if self.entries.len() >= KEPT
            && let Some(old) = self.entries.iter().position(|entry| !entry.is_open())
        {
            self.entries.remove(old);
        }
        let (state, gathered) = (State::Waiting, Gathered::default());
        self.entries.push(Entry { number: self.next, title, task: Box::new(task), role, state, at, gathered });
        self.next
    }

    /// Oldest first.
    pub fn entries(&self) -> &[Entry] {
        &self.entries
    }

    pub fn get_mut(&mut self, number: u64) -> Option<&mut Entry> {
        self.entries.iter_mut().find(|entry| entry.number == number)
    }

    /// The work whose turn has come is running from now on. Changes wait while single ones are being written, so that all
    /// happens in the order in which it was asked for.
    pub fn start(&mut self, writing: bool) -> Vec<(u64, Box<Task>)> {
        let mut started = Vec::new();
        for at in 0..self.entries.len() {
            let kind = self.entries[at].task.kind();
            let before = self.entries[..at].iter().any(|entry| entry.is_open() && entry.task.kind() == kind);
            let entry = &mut self.entries[at];
            if entry.state == State::Waiting && !before && !(writing && kind == Kind::Change) {
                entry.state = State::Running { done: 0, all: None };
                started.push((entry.number, entry.task.clone()));
            }
        }
        started
    }

    pub fn running(&self) -> impl DoubleEndedIterator<Item = &Entry> {
        self.entries.iter().filter(|entry| entry.is_running())
    }

    pub fn open(&self) -> usize {
        self.entries.iter().filter(|entry| entry.is_open()).count()
    }

    /// Whether calls are being changed, or will be.
    pub fn changing(&self) -> bool {
        self.entries.iter().any(|entry| entry.is_open() && entry.task.kind() == Kind::Change)
    }

    /// Work that waits will not begin.
    pub fn drop_waiting(&mut self, words: &str) {
        for entry in self.entries.iter_mut().filter(|entry| entry.state == State::Waiting) {
            entry.state = State::Cancelled(words.to_owned());
        }
    }
}
