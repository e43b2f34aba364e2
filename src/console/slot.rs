//! Where reads go: each into a slot of its own.

/// Reads share a slot with what supersedes them: the latest wins, the older is aborted and its answer dropped.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Slot {
    /// The first page of a query, and jumps; count and totals follow in the same slot, so that the next query ends them.
    List,
    /// A further page at either end.
    More,
    /// The exact number of all calls.
    All,
    Detail,
    Peaks,
    /// The waveform of a part of a recording.
    Zoomed,
    /// Who speaks when in the recording on the screen.
    Speech,
    Revision,
    /// The stream of live news.
    News,
    /// Calls that came and are put above the list.
    Fresh,
    /// Clips of the call on the screen.
    Clips,
    /// The sound of a recording.
    Sound,
    /// The sound of the one that is to follow.
    NextSound,
    /// The player tells what was heard before somebody leaves.
    Farewell,
    /// What there is for sound to come out of.
    Outputs,
    /// Collections of calls and clips.
    Collections,
    Values,
    /// Names of customers that fit what is typed.
    Names,
    /// Saved views.
    Views,
    /// Counts by value beside the list.
    Facets,
    /// What the totals screen shows.
    Totals,
    /// The number or customer beside the list.
    Customer,
    /// The calls that something is to be done to, counted again.
    Targets,
    /// What would be taken out: calls, recordings, bytes.
    Take,
    /// Folders to complete with, and what is at the place of a file.
    Path,
    /// Accounts, roles, tokens and sessions.
    People,
    /// The box after a prefix key.
    Prefix,
    Connect,
    /// The wait before the line is tried again.
    Retry,
    /// Whether the server answers at all.
    Probe,
    /// The first page of the audit log, and with it the count.
    Audit,
    /// A further page of it.
    AuditMore,
    /// The check of its chain.
    AuditCheck,
    /// What else was done in the session of an entry.
    AuditBeside,
    /// The wait until nobody has been here for long.
    Idle,
}
