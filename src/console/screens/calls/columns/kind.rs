//! What a column can show, and how the rest of the program calls it.

use crate::domain::query::SortField;

/// Makes the kinds with the names that views hold, and the widths that they have unless a person says otherwise.
macro_rules! kinds {
    ($($variant:ident = $name:literal $width:literal),+ $(,)?) => {
        /// What a column shows.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum Kind { $($variant),+ }
        impl Kind {
            pub const ALL: &'static [Self] = &[$(Self::$variant),+];
            /// Its name in views and in the console's memory: the JSON name of its field where one field stands in it.
            pub const fn name(self) -> &'static str { match self { $(Self::$variant => $name),+ } }
            /// Columns it takes unless a person chose another width; the other party takes what is left.
            pub const fn own_width(self) -> u16 { match self { $(Self::$variant => $width),+ } }
        }
    };
}

kinds!(
    Time = "start" 5,
    Way = "way" 2,
    Party = "party" 0,
    Number = "number" 14,
    From = "from" 14,
    To = "to" 14,
    Reached = "reached" 14,
    Customer = "customer" 18,
    Extension = "extension" 6,
    Agent = "agent" 11,
    Group = "group" 10,
    Projects = "projects" 12,
    Direction = "direction" 8,
    Route = "route" 6,
    Outcome = "outcome" 10,
    Queue = "queue" 8,
    Wait = "wait_s" 5,
    Talk = "talk_s" 8,
    OnHold = "on_hold_s" 5,
    Duration = "duration_s" 7,
    Answered = "answered" 8,
    End = "end" 8,
    Cost = "cost" 6,
    Recording = "recordings" 1,
    Mode = "mode" 9,
    Length = "recorded_s" 7,
    Size = "bytes" 6,
    Place = "place" 8,
    Case = "case" 7,
    Tags = "tags" 14,
    Notes = "notes" 1,
    Flag = "flagged" 1,
    Score = "review" 5,
    Legs = "legs" 4,
);

impl Kind {
    /// The kind of a name: a JSON name, or what the query language calls it.
    pub fn named(name: &str) -> Option<Self> {
        let name = crate::domain::column::column_name(name).unwrap_or(name);
        Self::ALL.iter().copied().find(|kind| kind.name() == name)
    }

    /// The part of the catalogue's ids.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Time => "time",
            Self::Wait => "wait",
            Self::Talk => "talk",
            Self::OnHold => "hold",
            Self::Duration => "duration",
            Self::Recording => "recording",
            Self::Length => "length",
            Self::Size => "size",
            Self::Flag => "flag",
            Self::Score => "score",
            other => other.name(),
        }
    }

    /// Fields that stand in it, by the JSON names that exports know.
    pub const fn fields(self) -> &'static [&'static str] {
        match self {
            Self::Way => &["direction", "outcome"],
            Self::Party => &["customer"],
            Self::Number => &["from", "to"],
            // What has no field of its own in a table of calls.
            Self::Place | Self::Notes | Self::Score => &[],
            Self::Time => &["start"],
            Self::From => &["from"],
            Self::To => &["to"],
            Self::Reached => &["reached"],
            Self::Customer => &["customer"],
            Self::Extension => &["extension"],
            Self::Agent => &["agent"],
            Self::Group => &["group"],
            Self::Projects => &["projects"],
            Self::Direction => &["direction"],
            Self::Route => &["route"],
            Self::Outcome => &["outcome"],
            Self::Queue => &["queue"],
            Self::Wait => &["wait_s"],
            Self::Talk => &["talk_s"],
            Self::OnHold => &["on_hold_s"],
            Self::Duration => &["duration_s"],
            Self::Answered => &["answered"],
            Self::End => &["end"],
            Self::Cost => &["cost"],
            Self::Recording => &["recordings"],
            Self::Mode => &["mode"],
            Self::Length => &["recorded_s"],
            Self::Size => &["bytes"],
            Self::Case => &["case"],
            Self::Tags => &["tags"],
            Self::Flag => &["flagged"],
            Self::Legs => &["legs"],
        }
    }

    pub const fn is_right(self) -> bool {
        matches!(
            self,
            Self::Talk
                | Self::Wait
                | Self::OnHold
                | Self::Duration
                | Self::Cost
                | Self::Size
                | Self::Length
                | Self::Legs
                | Self::Score
        )
    }

    /// Orders that this column shows; the first is the one that choosing it asks for.
    pub const fn sorts(self) -> &'static [SortField] {
        match self {
            Self::Time => &[SortField::Start],
            Self::Way => &[SortField::Direction],
            Self::Party | Self::Customer => &[SortField::Customer],
            Self::Number => &[SortField::From, SortField::To],
            Self::From => &[SortField::From],
            Self::To => &[SortField::To],
            Self::Reached => &[SortField::Reached],
            Self::Extension => &[SortField::Extension],
            Self::Agent => &[SortField::Agent, SortField::Extension],
            Self::Group => &[SortField::Group],
            Self::Direction => &[SortField::Direction],
            Self::Route => &[SortField::Route],
            Self::Outcome => &[SortField::Outcome],
            Self::Queue => &[SortField::Queue],
            Self::Wait => &[SortField::Wait],
            Self::Talk => &[SortField::Talk],
            Self::OnHold => &[SortField::OnHold],
            Self::Duration => &[SortField::Duration],
            Self::Answered => &[SortField::Answered],
            Self::End => &[SortField::End],
            Self::Recording | Self::Mode => &[SortField::Mode],
            Self::Length => &[SortField::RecordingLength],
            Self::Size => &[SortField::Size],
            Self::Case => &[SortField::Case],
            Self::Flag => &[SortField::Flagged],
            Self::Legs => &[SortField::Legs],
            // Money is ordered once there are tariffs.
            Self::Cost | Self::Place | Self::Tags | Self::Notes | Self::Projects | Self::Score => &[],
        }
    }

    /// What goes first where a screen is too narrow for all: the higher, the sooner. None: it stays.
    pub(super) const fn dispensable(self) -> Option<u8> {
        match self {
            Self::Time | Self::Way | Self::Party | Self::Recording => None,
            Self::Number => Some(1),
            Self::Talk => Some(2),
            Self::Agent => Some(3),
            Self::Case => Some(4),
            Self::Wait => Some(5),
            Self::Queue => Some(6),
            Self::Size => Some(7),
            Self::Cost => Some(8),
            Self::Place => Some(9),
            _ => Some(10),
        }
    }
}
