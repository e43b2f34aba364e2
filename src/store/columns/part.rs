//! What a segment keeps, block by block. The order is the format: what is added changes [`super::file::VERSION`].

/// A block of a segment.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u8)]
pub(in crate::store) enum Part {
    // One value a row.
    Second,
    /// Milliseconds and tie, the lower 14 bits of the key.
    Rest,
    /// Hours after the last Monday, 00:00, in the company's zone.
    Hour,
    From,
    To,
    Reached,
    /// Place in the table of parties.
    Party,
    /// Place in the table of kinds.
    Kind,
    Wait,
    Talk,
    TalkAtMost,
    OnHold,
    Duration,
    Cost,
    RecordingCount,
    RecordingBytes,
    RecordingLength,
    Answered,
    End,
    Legs,
    // One value a party: the distinct combinations of whose call it was.
    PartyExtension,
    PartyExtensionSet,
    PartyAgent,
    PartyAgentSet,
    PartyGroup,
    PartyGroupSet,
    PartyProjectSet,
    PartyQueue,
    PartyCalls,
    // One value a kind: the distinct combinations of small facts.
    KindDirection,
    KindRoute,
    KindOutcome,
    KindCurrency,
    KindModes,
    KindFlags,
    KindPlaces,
    KindRecorded,
    KindCalls,
    KindCost,
    KindRated,
    /// Calls of each hour of the week.
    HourCalls,
    /// Sums over all rows: talk, recordings, their bytes, their lengths.
    Sums,
    // Rows by number: the numbers ascending, where the rows of each begin, the rows.
    FromNumbers,
    FromStarts,
    FromRows,
    ToNumbers,
    ToStarts,
    ToRows,
}

/// Blocks of a segment.
pub(in crate::store) const PARTS: usize = Part::ToRows as usize + 1;

/// Hours of a week.
pub(in crate::store) const HOURS: usize = 168;
