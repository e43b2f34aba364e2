//! What is to be done. Effects are values, so that a test can read them; the runner performs them.

use super::{
    access::{AccessWrite, People},
    deck::Hearing,
    gate::Secret,
    memory::Memory,
    screens::calls,
    tasks::{Scope, Task},
};
pub use super::{slot::Slot, unsent::Keeping, values::Values};
use serde::{Deserialize, Serialize};

use crate::{
    client::CallsQuery,
    playback::{Found, Side, SilenceRule, Way},
    wire::{self, NoteDraft},
};

/// One thing to do.
#[derive(Clone, Debug, PartialEq)]
pub enum Effect {
    Remember,
    Connect {
        generation: u64,
    },
    /// From now on it is connected to another place.
    Go(usize),
    SignIn {
        generation: u64,
        user: String,
        password: Secret,
    },
    Begin {
        generation: u64,
        begin: Begin,
    },
    /// Waits, then reads. The wait is part of the slot: typing on supersedes it.
    Read {
        slot: Slot,
        generation: u64,
        after_ms: u64,
        read: Read,
    },
    /// Listens to live news from a place on, until it is superseded or aborted.
    Listen {
        generation: u64,
        after: Option<String>,
    },
    /// Says [`super::message::Msg::Due`] after a while.
    Wait {
        slot: Slot,
        generation: u64,
        after_ms: u64,
    },
    /// `key` makes a note that is sent twice one note; `again`: it was sent before, and its answer never came.
    Write {
        number: u64,
        write: Write,
        key: String,
        again: bool,
    },
    /// Ends a read that nobody waits for any more.
    Abort(Slot),
    /// Changes that are not sent yet are kept for the next start.
    Keep(Box<Keeping>),
    /// What an earlier start left unsent here is looked for.
    AskKept {
        place: String,
        person: String,
    },
    /// Work that takes a while; it reports as [`super::message::Msg::Task`].
    Task {
        number: u64,
        task: Box<Task>,
    },
    /// Ends it at the next safe place.
    EndTask(u64),
    /// Fetches and plays a recording.
    LoadSound {
        generation: u64,
        recording: String,
        name: String,
        at: f64,
        volume: f32,
    },
    /// Fetches a recording that follows what plays, without a gap.
    LoadNext {
        generation: u64,
        recording: String,
        name: String,
    },
    Sound(SoundCommand),
    Save(Box<Memory>),
    /// To the terminal's clipboard (OSC 52).
    Copy(String),
    /// The terminal shall tell of presses of the mouse, or no longer.
    Mouse(bool),
    Suspend,
    /// Everything is drawn anew.
    Redraw,
    /// The terminal may have been left to others: its settings are made ours again, and everything is drawn anew.
    Retake,
    Leave {
        status: u8,
    },
}

/// A read of the API.
#[derive(Clone, Debug, PartialEq)]
pub enum Read {
    /// The first page; with `figures` count and totals follow it as answers of their own.
    Page {
        query: CallsQuery,
        figures: bool,
    },
    /// Count and totals alone.
    Figures(CallsQuery),
    /// A further page at an end of the window.
    More {
        way: calls::Way,
        query: CallsQuery,
    },
    /// The page of `list` that ends with the first call of `near`.
    Jump {
        near: CallsQuery,
        list: CallsQuery,
    },
    Count(CallsQuery),
    Detail(String),
    Peaks {
        recording: String,
        width: usize,
        /// A part of it, in seconds; none: the whole.
        between: Option<wire::Span>,
    },
    /// Who speaks when in a recording.
    Speech(String),
    /// Who one is: it tells whether the server answers at all.
    Probe,
    /// The revision; with one that is known, once there is another.
    Revision(Option<String>),
    /// The newest calls of the query, for those that came.
    Fresh(CallsQuery),
    /// Clips of a call.
    Clips(String),
    /// How many calls these are, and how many of them lack the flag.
    Survey(Scope),
    /// What there is to take out of these calls.
    Haul(Scope),
    /// Folders that begin as a text does.
    Folders(String),
    /// Whether a file is there already.
    Target(String),
    /// What Tab completes with: tags, cases, extensions, groups, projects, views.
    Values,
    /// Names of customers with this part.
    Names(String),
    /// Saved views, one's own and those that others share.
    Views,
    /// Counts by value beside the query `q`: each part asks for some fields (`by`), the parts together for all.
    Facets {
        q: String,
        parts: Vec<CallsQuery>,
    },
    /// Sums, hours and days in one, of the calls of all these queries; no call may be in two of them.
    Summary(Vec<CallsQuery>),
    /// The sums for each value of the one field in `by`; of several queries as above.
    Breakdown(Vec<CallsQuery>),
    /// Everything of an outside number.
    Number(String),
    /// Entries of the audit log.
    Audit(crate::client::AuditQuery),
    /// The check of the whole log.
    AuditCheck,
    /// What there is for sound to come out of, tried one by one.
    Outputs,
    Collections,
    /// Accounts, roles, tokens and sessions; with a name, only what one may know of oneself.
    People {
        only: Option<String>,
    },
}

impl Read {
    /// It asks this machine and no server.
    pub const fn is_of_this_machine(&self) -> bool {
        matches!(self, Self::Folders(_) | Self::Target(_) | Self::Outputs)
    }
}

/// What a read gave.
#[derive(Clone, Debug, PartialEq)]
pub enum Answer {
    Audit(wire::Page<wire::AuditEntry>),
    AuditChecked(Box<wire::AuditReport>),
    Page(wire::Page<wire::CallBody>),
    More {
        way: calls::Way,
        page: wire::Page<wire::CallBody>,
    },
    /// `on`: the call that was looked for; none if there is none.
    Jump {
        page: wire::Page<wire::CallBody>,
        on: Option<String>,
    },
    Count(crate::domain::list::Count),
    Totals(Box<wire::Totals>),
    Detail(Box<wire::CallDetailBody>),
    Peaks(wire::Peaks),
    Speech(Box<wire::Speech>),
    Revision(wire::Revision),
    Fresh(wire::Page<wire::CallBody>),
    Clips {
        call: String,
        clips: Vec<wire::Clip>,
    },
    Survey {
        calls: u64,
        unflagged: u64,
    },
    Haul(Box<Haul>),
    /// The text that they go on from.
    Folders {
        text: String,
        folders: Vec<String>,
    },
    /// True: there is a file that would be replaced. Or why nothing can be written there.
    Target(Result<bool, String>),
    Values(Values),
    Views(Vec<wire::View>),
    Names {
        of: String,
        names: Vec<String>,
    },
    /// With the query they are of.
    Facets {
        q: String,
        facets: wire::Facets,
    },
    Summary(Box<wire::SummaryBody>),
    Breakdown {
        by: String,
        shares: Vec<wire::Share>,
    },
    Number(Box<wire::NumberBody>),
    Outputs(Box<Outputs>),
    Collections(Vec<wire::Collection>),
    People(Box<People>),
    /// The server answers.
    Alive,
}

/// What sound can come out of, and what to do where that is not enough.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Outputs {
    pub found: Vec<Found>,
    pub ways: Vec<Way>,
}

/// A call that something is to be done to, with what undoing needs to know of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Target {
    pub id: String,
    pub tags: Vec<String>,
    pub case: Option<String>,
    pub flagged: bool,
}

impl From<&wire::CallBody> for Target {
    fn from(call: &wire::CallBody) -> Self {
        Self { id: call.id.clone(), tags: call.tags.clone(), case: call.case.clone(), flagged: call.flagged }
    }
}

/// What there is to take out.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Haul {
    pub calls: u64,
    pub recordings: u64,
    pub bytes: u64,
    /// The first few with a recording, for showing names.
    pub first: Vec<wire::CallBody>,
}

/// A change. Never aborted, shown as pending, awaited on quit.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "do", rename_all = "kebab-case")]
pub enum Write {
    AddNote {
        call: String,
        draft: NoteDraft,
    },
    /// `was`: what it says now, for undoing.
    EditNote {
        call: String,
        note: String,
        version: i64,
        draft: NoteDraft,
        was: NoteDraft,
    },
    RemoveNote {
        call: String,
        note: String,
        version: i64,
        was: NoteDraft,
    },
    AddTag {
        call: String,
        tag: String,
    },
    RemoveTag {
        call: String,
        tag: String,
    },
    /// `was`: the case before, for undoing.
    SetCase {
        call: String,
        case: Option<String>,
        was: Option<String>,
    },
    SetFlag {
        call: String,
        flagged: bool,
    },
    /// Makes a view, or replaces what it was.
    PutView {
        view: wire::View,
        was: Option<wire::View>,
    },
    RemoveView {
        view: wire::View,
    },
    RenameView {
        view: wire::View,
        to: String,
    },
    /// What was heard of a recording.
    Receipt {
        recording: String,
        draft: wire::ReceiptDraft,
    },
    MakeClip {
        draft: wire::ClipDraft,
    },
    RemoveClip {
        clip: wire::Clip,
    },
    /// Puts calls or clips into a collection; `new`: it is made for them.
    Collect {
        name: String,
        new: bool,
        kind: wire::ItemKind,
        ids: Vec<String>,
    },
    /// Accounts, roles, tokens, sessions, shares; never kept on a disk.
    #[serde(skip)]
    Access(Box<AccessWrite>),
    /// Takes them out again; `last`: the collection goes as well, for it was made for them.
    Uncollect {
        name: String,
        last: bool,
        kind: wire::ItemKind,
        ids: Vec<String>,
    },
}

impl Write {
    /// The call it changes; none: no call.
    pub const fn call(&self) -> Option<&str> {
        Some(match self {
            Self::AddNote { call, .. }
            | Self::EditNote { call, .. }
            | Self::RemoveNote { call, .. }
            | Self::AddTag { call, .. }
            | Self::RemoveTag { call, .. }
            | Self::SetCase { call, .. }
            | Self::SetFlag { call, .. } => call.as_str(),
            Self::PutView { .. }
            | Self::RemoveView { .. }
            | Self::RenameView { .. }
            | Self::Receipt { .. }
            | Self::MakeClip { .. }
            | Self::RemoveClip { .. }
            | Self::Collect { .. }
            | Self::Access(_)
            | Self::Uncollect { .. } => return None,
        })
    }

    /// It waits for a line that is away, and for the next start: an act on one call that is the same however often it arrives.
    pub const fn keeps(&self) -> bool {
        self.call().is_some()
    }

    /// What was written by hand, which must not be lost.
    pub const fn text(&self) -> Option<&NoteDraft> {
        match self {
            Self::AddNote { draft, .. } | Self::EditNote { draft, .. } => Some(draft),
            _ => None,
        }
    }

    /// It changes saved views.
    pub const fn is_of_views(&self) -> bool {
        matches!(self, Self::PutView { .. } | Self::RemoveView { .. } | Self::RenameView { .. })
    }

    /// The change that takes it back; none for notes, whose answer is needed for it.
    pub fn opposite(&self) -> Option<Self> {
        Some(match self.clone() {
            Self::AddTag { call, tag } => Self::RemoveTag { call, tag },
            Self::RemoveTag { call, tag } => Self::AddTag { call, tag },
            Self::SetCase { call, case, was } => Self::SetCase { call, case: was, was: case },
            Self::SetFlag { call, flagged } => Self::SetFlag { call, flagged: !flagged },
            Self::Collect { name, new, kind, ids } => Self::Uncollect { name, last: new, kind, ids },
            Self::Uncollect { name, last, kind, ids } => Self::Collect { name, new: last, kind, ids },
            Self::AddNote { .. }
            | Self::EditNote { .. }
            | Self::RemoveNote { .. }
            | Self::PutView { .. }
            | Self::RemoveView { .. }
            | Self::RenameView { .. }
            | Self::Receipt { .. }
            | Self::MakeClip { .. }
            | Self::Access(_)
            | Self::RemoveClip { .. } => return None,
        })
    }
}

/// What the player is told.
#[derive(Clone, Debug, PartialEq)]
pub enum SoundCommand {
    Play,
    Pause,
    Seek(f64),
    Volume(f32),
    Speed(f32),
    Side(Side),
    Swap(bool),
    Balance(f32),
    Normalise(bool),
    SkipSilence(Option<SilenceRule>),
    /// From A to B, in seconds; none: straight on.
    Loop(Option<(f64, f64)>),
    /// Everything at once, before a sound is loaded.
    Tune {
        volume: f32,
        hearing: Hearing,
    },
    /// Nothing follows.
    NoNext,
    /// As `playback` takes it; none: the one that is found.
    Output(Option<String>),
    Stop,
}

/// A way to begin where there is no database.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Begin {
    Demo,
    Import(String),
    Server(String),
}
