//! The fields of the form: what there is to fill in, and where it stands.

/// A line that is typed into.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Text {
    When,
    From,
    To,
    Extension,
    Agent,
    Group,
    Queue,
    Project,
    Tag,
    Number,
    Name,
    TalkFrom,
    TalkTo,
    Wait,
    OnHold,
    Size,
    Case,
    Note,
}

/// A box that Space turns.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Tick {
    In,
    Out,
    Internal,
    Answered,
    Missed,
    Unanswered,
    Abandoned,
    Busy,
    Failed,
    Recorded,
    NotRecorded,
    Flagged,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Button {
    Show,
    Save,
    Clear,
    Cancel,
}

/// Something that the cursor can stand on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Stop {
    Text(Text),
    Tick(Tick),
    Button(Button),
}

/// What one piece of the query comes from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Part {
    When,
    Dates,
    Direction,
    Outcome,
    Recorded,
    Flagged,
    Talk,
    /// A field of its own, by the text that is typed for it.
    Own(Text),
}

/// Where a stop stands: row, column of its label, column and width of its own.
#[derive(Clone, Copy, Debug)]
pub struct Place {
    pub stop: Stop,
    pub row: u16,
    pub label: (u16, &'static str),
    pub x: u16,
    pub width: u16,
}

pub const TEXTS: usize = 18;
pub const TICKS: usize = 12;
/// Rows of the form, the buttons with the blank above them included.
pub const ROWS: u16 = 14;

const fn text(text: Text, row: u16, label: (u16, &'static str), x: u16, width: u16) -> Place {
    Place { stop: Stop::Text(text), row, label, x, width }
}

const fn tick(tick: Tick, row: u16, label: &'static str, x: u16, width: u16) -> Place {
    Place { stop: Stop::Tick(tick), row, label: (x + 4, label), x, width }
}

const fn button(button: Button, label: &'static str, x: u16, width: u16) -> Place {
    Place { stop: Stop::Button(button), row: ROWS - 1, label: (x, label), x, width }
}

/// Everything, in the order in which Tab goes.
pub const PLACES: [Place; TEXTS + TICKS + 4] = [
    text(Text::When, 0, (0, "form-when"), 11, 20),
    text(Text::From, 0, (34, "form-from"), 39, 14),
    text(Text::To, 0, (56, "form-to"), 59, 14),
    tick(Tick::In, 1, "form-in", 11, 8),
    tick(Tick::Out, 1, "form-out", 26, 9),
    tick(Tick::Internal, 1, "form-internal", 39, 13),
    tick(Tick::Answered, 2, "form-answered", 11, 13),
    tick(Tick::Missed, 2, "form-missed", 26, 11),
    tick(Tick::Unanswered, 2, "form-unanswered", 39, 15),
    tick(Tick::Abandoned, 3, "form-abandoned", 11, 14),
    tick(Tick::Busy, 3, "form-busy", 26, 9),
    tick(Tick::Failed, 3, "form-failed", 39, 11),
    tick(Tick::Recorded, 4, "form-recorded", 11, 13),
    tick(Tick::NotRecorded, 4, "form-not-recorded", 26, 12),
    tick(Tick::Flagged, 4, "form-flagged", 39, 12),
    text(Text::Extension, 5, (0, "form-extension"), 11, 20),
    text(Text::Agent, 5, (34, "form-agent"), 45, 28),
    text(Text::Group, 6, (0, "form-group"), 11, 20),
    text(Text::Queue, 6, (34, "form-queue"), 45, 28),
    text(Text::Project, 7, (0, "form-project"), 11, 20),
    text(Text::Tag, 7, (34, "form-tag"), 45, 28),
    text(Text::Number, 8, (0, "form-number"), 11, 20),
    text(Text::Name, 8, (34, "form-name"), 45, 28),
    text(Text::Case, 9, (0, "form-case"), 11, 20),
    text(Text::Note, 9, (34, "form-note"), 45, 28),
    text(Text::TalkFrom, 10, (0, "form-talk"), 11, 8),
    text(Text::TalkTo, 10, (20, "form-to"), 23, 8),
    text(Text::Wait, 10, (34, "form-wait"), 45, 8),
    text(Text::OnHold, 11, (0, "form-on-hold"), 11, 8),
    text(Text::Size, 11, (34, "form-size"), 45, 8),
    button(Button::Show, "form-show", 2, 20),
    button(Button::Save, "form-save", 24, 20),
    button(Button::Clear, "form-clear", 46, 11),
    button(Button::Cancel, "form-cancel", 60, 12),
];

impl Text {
    /// The field of the query language, where the text alone makes its term.
    pub const fn field(self) -> Option<&'static str> {
        Some(match self {
            Self::Extension => "ext",
            Self::Agent => "agent",
            Self::Group => "group",
            Self::Queue => "queue",
            Self::Project => "project",
            Self::Tag => "tag",
            Self::Number => "num",
            Self::Name => "name",
            Self::Case => "case",
            Self::Note => "note",
            Self::Wait => "wait",
            Self::OnHold => "on-hold",
            Self::Size => "size",
            Self::When | Self::From | Self::To | Self::TalkFrom | Self::TalkTo => return None,
        })
    }

    pub const fn is_date(self) -> bool {
        matches!(self, Self::When | Self::From | Self::To)
    }

    /// `30s` alone means more than that.
    pub const fn is_least(self) -> bool {
        matches!(self, Self::Wait | Self::OnHold | Self::Size)
    }

    pub const fn part(self) -> Part {
        match self {
            Self::When => Part::When,
            Self::From | Self::To => Part::Dates,
            Self::TalkFrom | Self::TalkTo => Part::Talk,
            other => Part::Own(other),
        }
    }
}

impl Tick {
    pub const DIRECTIONS: [Self; 3] = [Self::In, Self::Out, Self::Internal];
    pub const OUTCOMES: [Self; 6] = [Self::Answered, Self::Missed, Self::Unanswered, Self::Abandoned, Self::Busy, Self::Failed];

    /// Its value in the query language.
    pub const fn word(self) -> &'static str {
        match self {
            Self::In => "in",
            Self::Out => "out",
            Self::Internal => "internal",
            Self::Answered => "answered",
            Self::Missed => "missed",
            Self::Unanswered => "unanswered",
            Self::Abandoned => "abandoned",
            Self::Busy => "busy",
            Self::Failed => "failed",
            Self::Recorded | Self::NotRecorded => "recorded",
            Self::Flagged => "flagged",
        }
    }

    pub const fn part(self) -> Part {
        match self {
            Self::In | Self::Out | Self::Internal => Part::Direction,
            Self::Recorded | Self::NotRecorded => Part::Recorded,
            Self::Flagged => Part::Flagged,
            _ => Part::Outcome,
        }
    }
}
