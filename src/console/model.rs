//! The whole state of the console.

use jiff::Timestamp;
use ratatui::layout::Rect;

use super::{
    access::AccessWrite,
    desk::{Desk, Setup},
    gate::{Gate, Idle},
    input::Key,
    keymap::Context,
    listening::Sight,
    many::Wanted,
    memory::Memory,
    overlays::Overlay,
    screens::{
        audit::Audit,
        calls::{self, Calls},
        first_run::FirstRun,
        player::{Player, Shown},
        users::Users,
    },
};

/// What the player's screen shows of the call under the list's cursor.
pub fn shown(calls: &Calls) -> Shown<'_> {
    Shown {
        call: calls.current(),
        detail: calls.current_detail(),
        peaks: calls.peaks.as_ref(),
        zoomed: calls.zoomed.as_ref(),
        speech: calls.speech.as_deref(),
        clips: calls.current_clips(),
    }
}

/// Which screen is on.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Pane {
    #[default]
    Calls,
    Player,
    /// Who did what.
    Audit,
    /// People, roles, tokens and sessions.
    Users,
}

impl Pane {
    pub const fn context(self) -> Context {
        match self {
            Self::Calls => Context::Calls,
            Self::Player => Context::Player,
            Self::Audit => Context::Audit,
            Self::Users => Context::Users,
        }
    }

    pub const fn word(self) -> &'static str {
        match self {
            Self::Calls => "calls",
            Self::Player => "player",
            Self::Audit => "audit",
            Self::Users => "users",
        }
    }

    /// The pane whose name is lit in the header.
    pub const fn tab(self) -> &'static str {
        match self {
            Self::Calls | Self::Player => "calls",
            other => other.word(),
        }
    }
}

/// Keys pressed so far of a binding of several.
#[derive(Clone, Debug, Default)]
pub struct Prefix {
    pub keys: Vec<Key>,
    /// The box with what can follow is shown.
    pub shown: bool,
}

/// Everything there is.
#[derive(Debug)]
pub struct Model {
    pub desk: Desk,
    pub pane: Pane,
    pub before: Pane,
    pub calls: Calls,
    pub player: Player,
    /// What was read for the player's screen.
    pub sight: Sight,
    pub audit: Audit,
    pub users: Users,
    pub first_run: FirstRun,
    pub overlays: Vec<Overlay>,
    pub prefix: Prefix,
    /// Ctrl-C was pressed once at the top.
    pub asked_once: bool,
    /// The person leaves as soon as no write is pending; with this status.
    pub leaving: Option<u8>,
    /// The remembered state has been read, or there was none.
    pub remembered: bool,
    /// Changes of accounts that wait for a password shown just now.
    pub again: Vec<AccessWrite>,
    /// An act whose calls are being counted.
    pub wanted: Option<Wanted>,
    /// Acts are being taken back until so many are left.
    pub undo_to: Option<usize>,
    /// What stands between the person and the calls, while it does.
    pub gate: Option<Gate>,
    pub idle: Idle,
    /// A frame is due.
    pub dirty: bool,
}

impl Model {
    pub fn new(setup: Setup, now: Timestamp, size: (u16, u16)) -> Self {
        Self {
            desk: Desk::new(setup, now, size),
            pane: Pane::Calls,
            before: Pane::Calls,
            calls: Calls::default(),
            player: Player::default(),
            sight: Sight::default(),
            audit: Audit::default(),
            users: Users::default(),
            first_run: FirstRun::default(),
            overlays: Vec::new(),
            prefix: Prefix::default(),
            asked_once: false,
            leaving: None,
            remembered: false,
            again: Vec::new(),
            wanted: None,
            undo_to: None,
            gate: None,
            idle: Idle::default(),
            dirty: true,
        }
    }

    /// Where a key is pressed now.
    pub const fn context(&self) -> Context {
        match self.pane {
            Pane::Users if self.users.matrix.is_some() => Context::Matrix,
            Pane::Calls if self.calls.totals_page.is_some() => Context::Totals,
            Pane::Calls if matches!(&self.calls.customer, Some(page) if page.focused) => Context::Customer,
            Pane::Calls if self.calls.facets.focus => Context::Facets,
            pane => pane.context(),
        }
    }

    /// Fits the list's window to the screen's size; what must be read then is asked for.
    pub fn layout(&mut self) {
        calls::want_facets(&mut self.calls, &mut self.desk);
        let content = Rect::new(0, 1, self.desk.size.0, self.desk.size.1.saturating_sub(3));
        let rows = calls::areas(&self.calls, &self.desk, content).list.height.saturating_sub(1);
        if self.calls.list.height != usize::from(rows) {
            self.calls.list.set_height(usize::from(rows));
            if self.desk.up() && self.calls.list.loaded {
                calls::moved(&mut self.calls, &mut self.desk);
            }
        }
    }

    /// What the next start shall find.
    pub fn memory(&self) -> Memory {
        Memory {
            place: self.desk.setup.place.clone(),
            pane: self.pane.word().to_owned(),
            // A query that was refused would greet the person with an error.
            query: if self.calls.query.problem.is_some() { String::new() } else { self.calls.query.applied.clone() },
            sort: self.calls.sort_word(),
            call: self.calls.current().map(|call| call.id.clone()),
            page: self.calls.list.page_of_cursor(),
            history: self.calls.query.history.clone(),
            columns: self.calls.choice.remembered().0,
            columns_wide: self.calls.choice.remembered().1,
            chips: self.calls.chips.memory(),
            facets_hidden: self.calls.facets.hidden,
            take_folder: self.desk.taken.folder.clone(),
            take_names: self.desk.taken.template.clone(),
            take_form: self.desk.taken.form.word().to_owned(),
            take_shown_columns: !self.desk.taken.every_column,
            ..Memory::default()
        }
        .with_hearing(&self.desk.deck)
    }
}
