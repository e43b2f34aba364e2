//! What all screens share: who is connected, messages, the generations of reads, pending writes, undo. Screens get it
//! handed in and ask for effects through it.

use std::collections::BTreeMap;

use jiff::{Timestamp, tz::TimeZone};

use super::{
    deck::Deck,
    effect::{Effect, Read, Slot, Write},
    glyphs::Glyphs,
    keymap::Keymap,
    notices::{Level, Notices},
    overlays::Taken,
    tasks::{Role, Tasks},
    texts::Texts,
    theme::Theme,
    undo::UndoStack,
};
use crate::{domain::actor::Permission, wire};

/// What is decided before the first frame and never changes.
#[derive(Clone, Debug)]
pub struct Setup {
    pub texts: Texts,
    pub keymap: Keymap,
    pub theme: Theme,
    pub glyphs: Glyphs,
    /// Bytes are dear: fewer ticks.
    pub remote: bool,
    /// What is being opened, for the first frame.
    pub place: String,
    /// Which ways to begin the program can go by itself; the others show the command to type.
    pub can_demo: bool,
    pub can_import: bool,
    pub can_connect: bool,
}

/// Where the connection stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Connection {
    Connecting,
    Up,
    /// No database yet.
    FirstRun,
    Failed(String),
}

/// Shared state of the console.
#[derive(Debug)]
pub struct Desk {
    pub setup: Setup,
    /// The instant of the message being handled.
    pub now: Timestamp,
    pub size: (u16, u16),
    pub connection: Connection,
    pub who: Option<wire::WhoAmI>,
    /// The company's zone.
    pub zone: TimeZone,
    pub notices: Notices,
    pub deck: Deck,
    /// The mouse is listened to.
    pub mouse: bool,
    pub undo: UndoStack,
    pub tasks: Tasks,
    /// What the boxes of taking out were filled with last.
    pub taken: Taken,
    generations: BTreeMap<Slot, u64>,
    busy: BTreeMap<Slot, u64>,
    writes: BTreeMap<u64, Write>,
    /// Writes that take an act back, or do it again.
    roles: BTreeMap<u64, Role>,
    next_write: u64,
    effects: Vec<Effect>,
}

impl Desk {
    pub fn new(setup: Setup, now: Timestamp, size: (u16, u16)) -> Self {
        Self {
            setup,
            now,
            size,
            connection: Connection::Connecting,
            who: None,
            zone: TimeZone::UTC,
            notices: Notices::default(),
            deck: Deck::default(),
            mouse: false,
            undo: UndoStack::default(),
            tasks: Tasks::default(),
            taken: Taken::default(),
            generations: BTreeMap::new(),
            busy: BTreeMap::new(),
            writes: BTreeMap::new(),
            roles: BTreeMap::new(),
            next_write: 0,
            effects: Vec::new(),
        }
    }

    pub fn up(&self) -> bool {
        self.connection == Connection::Up
    }

    pub fn may(&self, permission: Permission) -> bool {
        self.who.as_ref().is_some_and(|who| who.permissions.contains(&permission))
    }

    /// Starts a read that supersedes the one before it in its slot.
    pub fn read(&mut self, slot: Slot, after_ms: u64, read: Read) {
        let generation = self.supersede(slot);
        self.busy.insert(slot, generation);
        self.effects.push(Effect::Read { slot, generation, after_ms, read });
    }

    /// Asks to be told when a while is over.
    pub fn wait(&mut self, slot: Slot, after_ms: u64) {
        let generation = self.supersede(slot);
        self.effects.push(Effect::Wait { slot, generation, after_ms });
    }

    /// Makes every answer on its way in this slot stale.
    pub fn supersede(&mut self, slot: Slot) -> u64 {
        let generation = self.generations.entry(slot).or_default();
        *generation += 1;
        self.busy.remove(&slot);
        *generation
    }

    /// Whether an answer is the one awaited; a late one is not.
    pub fn is_current(&mut self, slot: Slot, generation: u64) -> bool {
        let current = self.generations.get(&slot) == Some(&generation);
        if current {
            self.busy.remove(&slot);
        }
        current
    }

    pub fn is_busy(&self, slot: Slot) -> bool {
        self.busy.contains_key(&slot)
    }

    /// Starts a change; it is shown as pending until it is answered.
    pub fn write(&mut self, write: Write) {
        self.next_write += 1;
        self.writes.insert(self.next_write, write.clone());
        self.effects.push(Effect::Write { number: self.next_write, write });
    }

    /// A write is answered; tells why it was made.
    pub fn written(&mut self, number: u64) -> Role {
        self.writes.remove(&number);
        self.roles.remove(&number).unwrap_or_default()
    }

    /// Starts a change that takes an act back, or does it again.
    pub fn write_as(&mut self, write: Write, role: Role) {
        self.write(write);
        self.roles.insert(self.next_write, role);
    }

    pub fn pending_writes(&self) -> usize {
        self.writes.len()
    }

    /// Changes on their way that a person made; what is reported of listening is nothing to wait for with open eyes.
    pub fn saving(&self) -> usize {
        self.writes.values().filter(|write| !matches!(write, Write::Receipt { .. })).count()
    }

    pub fn is_pending(&self, call: &str) -> bool {
        self.writes.values().any(|write| write.call() == Some(call))
    }

    pub fn effect(&mut self, effect: Effect) {
        self.effects.push(effect);
    }

    pub fn take_effects(&mut self) -> Vec<Effect> {
        std::mem::take(&mut self.effects)
    }

    /// A message with a text of the catalogue.
    pub fn say(&mut self, id: &str, arguments: &[(&str, &str)]) {
        let text = self.setup.texts.with(id, arguments);
        self.tell(Level::Info, text);
    }

    pub fn warn(&mut self, id: &str, arguments: &[(&str, &str)]) {
        let text = self.setup.texts.with(id, arguments);
        self.tell(Level::Warn, text);
    }

    pub fn fail(&mut self, id: &str, arguments: &[(&str, &str)]) {
        let text = self.setup.texts.with(id, arguments);
        self.tell(Level::Error, text);
    }

    pub fn tell(&mut self, level: Level, text: String) {
        self.notices.push(level, text, self.now);
    }
}
