//! Everything that a key can do. Everything has a name; keys are only bindings to it.

/// Makes the actions with their names.
macro_rules! actions {
    ($($variant:ident = $name:literal),+ $(,)?) => {
        /// One thing that a person can ask the console to do.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum Action { $($variant),+ }
        impl Action {
            pub const ALL: &'static [Self] = &[$(Self::$variant),+];
            /// Its name in key maps and in the palette.
            pub const fn name(self) -> &'static str { match self { $(Self::$variant => $name),+ } }
        }
    };
}

actions!(
    Down = "move.down",
    Up = "move.up",
    PageDown = "move.page-down",
    PageUp = "move.page-up",
    HalfDown = "move.half-down",
    HalfUp = "move.half-up",
    First = "move.first",
    Last = "move.last",
    Open = "open",
    Back = "back",
    Quit = "quit",
    Query = "query.edit",
    QueryClear = "query.clear",
    Form = "query.form",
    Views = "views",
    SaveView = "view.save",
    Chip1 = "chip.1",
    Chip2 = "chip.2",
    Chip3 = "chip.3",
    Chip4 = "chip.4",
    Chip5 = "chip.5",
    Chip6 = "chip.6",
    Chip7 = "chip.7",
    Chip8 = "chip.8",
    Chip9 = "chip.9",
    Wide = "panels.hide",
    FacetAdd = "facet.toggle",
    FacetExclude = "facet.exclude",
    Columns = "columns.choose",
    Totals = "totals",
    Customer = "customer",
    CustomerCalls = "customer.calls",
    Why = "why",
    Mouse = "mouse",
    TakeRecordings = "take.recordings",
    TakeList = "take.list",
    TakeToDrive = "take.to-drive",
    Share = "share.add",
    Redo = "redo",
    UndoList = "undo.list",
    CopyRow = "copy.row",
    CopyLink = "copy.link",
    CopyPage = "copy.page",
    Palette = "palette",
    Help = "help",
    Messages = "messages",
    Redraw = "redraw",
    Suspend = "suspend",
    Cancel = "cancel",
    Undo = "undo",
    GoCalls = "go.calls",
    GoReview = "go.review",
    GoRules = "go.rules",
    GoStorage = "go.storage",
    GoDrives = "go.drives",
    GoAudit = "go.audit",
    GoUsers = "go.users",
    AuditOthers = "audit.others",
    AuditSession = "audit.session",
    AuditVerify = "audit.verify",
    AuditCall = "audit.call",
    AuditExport = "audit.export",
    GoJobs = "go.jobs",
    GoMissed = "go.missed",
    GoLoad = "go.load",
    GoCosts = "go.costs",
    GoLive = "go.live",
    GoAlarms = "go.alarms",
    GoPlaying = "go.playing",
    GoBack = "go.back",
    GoDate = "go.date",
    Refresh = "list.refresh",
    Sort = "sort.choose",
    SortReverse = "sort.reverse",
    Mark = "mark.toggle",
    MarkRange = "mark.range",
    MarkAll = "mark.all",
    MarkNone = "mark.none",
    NextPart = "part.next",
    PreviousPart = "part.previous",
    Note = "edit.note",
    RemoveNote = "note.remove",
    Tags = "edit.tags",
    Case = "edit.case",
    Flag = "flag",
    CopyId = "copy.id",
    CopyNumber = "copy.number",
    Play = "play",
    MarkHere = "note.mark",
    Comment = "note.comment",
    Collect = "collection.add",
    CollectClip = "collection.add-clip",
    Stop = "play.stop",
    Again = "play.again",
    PlayOn = "play.on",
    Slower = "play.slower",
    Faster = "play.faster",
    NormalSpeed = "play.speed-1",
    Side = "play.side",
    Swap = "play.swap",
    BalanceLeft = "play.balance-left",
    BalanceRight = "play.balance-right",
    BalanceMiddle = "play.balance-middle",
    Normalise = "play.normalise",
    SkipSilence = "play.skip-silence",
    SilenceRule = "play.silence-rule",
    Loop = "play.loop",
    Clip = "play.clip",
    NextTurn = "play.turn-next",
    PreviousTurn = "play.turn-previous",
    LongestSilence = "play.silence-longest",
    NextNote = "play.note-next",
    PreviousNote = "play.note-previous",
    ZoomIn = "play.zoom-in",
    ZoomOut = "play.zoom-out",
    Output = "play.output",
    NextRecording = "recording.next",
    PreviousRecording = "recording.previous",
    Louder = "play.louder",
    Quieter = "play.quieter",
    Seek = "play.seek",
    Back5 = "play.back-5",
    On5 = "play.on-5",
    Back1 = "play.back-1",
    On1 = "play.on-1",
    Back30 = "play.back-30",
    On30 = "play.on-30",
    AccessAdd = "access.add",
    AccessEdit = "access.edit",
    AccessLock = "access.lock",
    AccessRemove = "access.remove",
    AccessMatrix = "access.matrix",
    CellLeft = "cell.left",
    CellRight = "cell.right",
    CellTurn = "cell.turn",
    MatrixApply = "matrix.apply",
    MatrixDiscard = "matrix.discard",
    NextCall = "call.next",
    PreviousCall = "call.previous",
);

impl Action {
    /// The action of a name.
    pub fn named(name: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|action| action.name() == name)
    }

    /// The id of the sentence that says what it does.
    pub fn text(self) -> String {
        format!("action-{}", self.name().replace('.', "-"))
    }

    /// The id of the one or two words beside its key on the hint line.
    pub fn hint(self) -> String {
        format!("hint-{}", self.name().replace('.', "-"))
    }

    /// Panes that other issues bring to life.
    pub const fn not_there_yet(self) -> bool {
        matches!(
            self,
            Self::GoReview
                | Self::GoRules
                | Self::GoStorage
                | Self::GoDrives
                | Self::GoMissed
                | Self::GoLoad
                | Self::GoCosts
                | Self::GoLive
                | Self::GoAlarms
        )
    }
}
