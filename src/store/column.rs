//! The columns of a call that queries test, sort and count by: one name each for SQL and for the column index.

/// A column of the table `call`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(super) enum Column {
    Direction,
    Route,
    Outcome,
    From,
    To,
    Extension,
    ExtensionSet,
    Agent,
    AgentSet,
    Group,
    GroupSet,
    ProjectSet,
    Queue,
    Wait,
    Talk,
    TalkAtMost,
    OnHold,
    Duration,
    Cost,
    RecordingCount,
    RecordingBytes,
    RecordingLength,
    RecordingModes,
    Flags,
    Places,
}

impl Column {
    /// Its name in SQL, of the table under the alias `c`.
    pub(super) const fn sql(self) -> &'static str {
        match self {
            Self::Direction => "c.dir",
            Self::Route => "c.route",
            Self::Outcome => "c.outcome",
            Self::From => "c.from_no",
            Self::To => "c.to_no",
            Self::Extension => "c.ext",
            Self::ExtensionSet => "c.extset",
            Self::Agent => "c.agent",
            Self::AgentSet => "c.agentset",
            Self::Group => "c.grp",
            Self::GroupSet => "c.grpset",
            Self::ProjectSet => "c.projset",
            Self::Queue => "c.queue",
            Self::Wait => "c.wait_ds",
            Self::Talk => "c.talk_ds",
            Self::TalkAtMost => "c.talk_most_ds",
            Self::OnHold => "c.hold_ds",
            Self::Duration => "c.dur_ds",
            Self::Cost => "c.cost",
            Self::RecordingCount => "c.rec_count",
            Self::RecordingBytes => "c.rec_bytes",
            Self::RecordingLength => "c.rec_ds",
            Self::RecordingModes => "c.rec_modes",
            Self::Flags => "c.flags",
            Self::Places => "c.places",
        }
    }
}
