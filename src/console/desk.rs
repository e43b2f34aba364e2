//! What all screens share: who is connected, messages, the generations of reads, pending writes, undo. Screens get it
//! handed in and ask for effects through it.

use std::collections::{BTreeMap, BTreeSet};

use jiff::{Timestamp, tz::TimeZone};

use super::{
    deck::Deck,
    effect::{Effect, Read, Slot, Write},
    glyphs::Glyphs,
    keymap::Keymap,
    line::{Line, Lost},
    notices::{Level, Notices},
    overlays::Taken,
    places::Place,
    tasks::{Role, Tasks},
    texts::Texts,
    theme::Theme,
    undo::UndoStack,
    unsent::{Stand, Unsent},
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
    /// Where one can go; the first is where one begins.
    pub places: Vec<Place>,
    /// Nobody at the keys for so long locks the screen, where one had to sign in.
    pub lock_after: Option<jiff::SignedDuration>,
    /// Which ways to begin the program can go by itself; the others show the command to type.
    pub can_demo: bool,
    pub can_import: bool,
    pub can_connect: bool,
    /// Tells the changes of this start from those of others.
    pub session: String,
}

/// Where the connection stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Connection {
    Connecting,
    Up,
    /// No database yet.
    FirstRun,
    Failed(String),
    /// The server cannot be reached; it is tried again by itself.
    Lost(Lost),
    /// The server asks for a sign-in.
    SignedOut,
    /// What answers is not a callreel that this one understands.
    OtherVersion(String),
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
    pub line: Line,
    /// Which of the places this is.
    pub at: usize,
    /// Changes that are not answered yet.
    pub unsent: Unsent,
    /// The recording whose waveform was refused: not here, whatever one may elsewhere.
    pub deaf: Option<String>,
    generations: BTreeMap<Slot, u64>,
    busy: BTreeMap<Slot, (u64, Read)>,
    /// Reads that the line failed, or that nobody could send: they are asked again once it is back.
    held: BTreeSet<Slot>,
    /// Reads that take long.
    slow: BTreeSet<Slot>,
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
            line: Line::default(),
            at: 0,
            unsent: Unsent::default(),
            deaf: None,
            generations: BTreeMap::new(),
            busy: BTreeMap::new(),
            held: BTreeSet::new(),
            slow: BTreeSet::new(),
            effects: Vec::new(),
        }
    }

    /// Calls are shown; they may be older than what the server has.
    pub fn up(&self) -> bool {
        match self.connection {
            Connection::Up => true,
            Connection::Lost(_) | Connection::SignedOut | Connection::OtherVersion(_) => self.who.is_some(),
            Connection::Connecting | Connection::FirstRun | Connection::Failed(_) => false,
        }
    }

    /// What is asked is answered.
    pub fn online(&self) -> bool {
        self.connection == Connection::Up
    }

    /// Who one is; empty while nobody was told.
    pub fn person(&self) -> String {
        self.who.as_ref().map(|who| who.name.clone()).unwrap_or_default()
    }

    pub fn may(&self, permission: Permission) -> bool {
        self.who.as_ref().is_some_and(|who| who.permissions.contains(&permission))
    }

    /// Somebody may not listen to this recording.
    pub fn deaf_to(&self, recording: &str) -> bool {
        self.deaf.as_deref() == Some(recording)
    }

    /// Starts a read that supersedes the one before it in its slot.
    pub fn read(&mut self, slot: Slot, after_ms: u64, read: Read) {
        let generation = self.supersede(slot);
        self.busy.insert(slot, (generation, read.clone()));
        if self.who.is_some() && !self.online() && !read.is_of_this_machine() {
            self.held.insert(slot);
            return;
        }
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
        self.held.remove(&slot);
        self.slow.remove(&slot);
        *generation
    }

    /// Whether an answer is the one awaited; a late one is not.
    pub fn is_current(&mut self, slot: Slot, generation: u64) -> bool {
        let current = self.generations.get(&slot) == Some(&generation);
        if current {
            self.busy.remove(&slot);
            self.held.remove(&slot);
            self.slow.remove(&slot);
        }
        current
    }

    pub fn is_busy(&self, slot: Slot) -> bool {
        self.busy.contains_key(&slot)
    }

    /// The read under way in a slot.
    pub fn asked(&self, slot: Slot) -> Option<Read> {
        self.busy.get(&slot).map(|(_, read)| read.clone())
    }

    /// A read was failed by the line: it counts as under way, and is asked again.
    pub fn hold(&mut self, slot: Slot, read: Read) {
        let generation = self.supersede(slot);
        self.busy.insert(slot, (generation, read));
        self.held.insert(slot);
    }

    /// Everything under way is asked again once the line is back.
    pub fn hold_all(&mut self) {
        self.slow.clear();
        self.held.extend(self.busy.iter().filter(|(_, (_, read))| !read.is_of_this_machine()).map(|(slot, _)| *slot));
    }

    /// The line is back.
    pub fn ask_again(&mut self) {
        for slot in std::mem::take(&mut self.held) {
            if let Some((_, read)) = self.busy.get(&slot).cloned() {
                self.read(slot, 0, read);
            }
        }
    }

    /// Nothing that was begun is waited for any more; what waits for another line stays in its file.
    pub fn forget(&mut self) {
        for generation in self.generations.values_mut() {
            *generation += 1;
        }
        self.busy.clear();
        self.held.clear();
        self.slow.clear();
        self.unsent.leave();
        self.undo = UndoStack::default();
        self.line = Line::default();
        self.deck.forget();
    }

    /// A read takes long.
    pub fn takes_long(&mut self, slot: Slot, generation: u64) -> bool {
        self.busy.get(&slot).is_some_and(|(asked, _)| *asked == generation) && self.slow.insert(slot)
    }

    pub fn is_slow(&self) -> bool {
        self.slow.iter().any(|slot| *slot != Slot::Probe)
    }

    /// Nobody waits any more for what takes long; false if nothing does.
    pub fn give_up_waiting(&mut self) -> bool {
        let slow: Vec<Slot> = self.slow.iter().copied().filter(|slot| *slot != Slot::Probe).collect();
        for slot in &slow {
            self.supersede(*slot);
            self.effects.push(Effect::Abort(*slot));
        }
        !slow.is_empty()
    }

    /// Starts a change; it is shown as pending until it is answered.
    pub fn write(&mut self, write: Write) {
        self.write_as(write, Role::Act);
    }

    /// Starts a change that takes an act back, or does it again.
    pub fn write_as(&mut self, write: Write, role: Role) {
        let waits = !self.online() && write.keeps();
        let number = self.unsent.add(write, role, &self.setup.session, self.now);
        if waits {
            self.unsent.stand(number, Stand::Waits);
        } else {
            self.send(number);
        }
    }

    /// Sends a change.
    pub fn send(&mut self, number: u64) {
        if let Some(effect) = self.unsent.sent(number) {
            self.effects.push(effect);
        }
    }

    /// A write is answered; tells why it was made.
    pub fn written(&mut self, number: u64) -> Role {
        self.unsent.remove(number).map(|change| change.role).unwrap_or_default()
    }

    /// Changes on their way.
    pub fn pending_writes(&self) -> usize {
        self.unsent.on_their_way().count()
    }

    /// Changes on their way that a person made; what is reported of listening is nothing to wait for with open eyes.
    pub fn saving(&self) -> usize {
        self.unsent.on_their_way().filter(|change| !matches!(change.write, Write::Receipt { .. })).count()
    }

    pub fn is_pending(&self, call: &str) -> bool {
        self.unsent.of(call).next().is_some()
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
