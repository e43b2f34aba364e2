//! Where the columns stand on a line: what is chosen, as far as it fits.

use super::{Choice, Chosen, Kind};

/// How much of the date a time needs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TimeForm {
    /// All are of today, or the day stands above them.
    Clock,
    /// All are of this year.
    Day,
    Year,
}

/// A column that was placed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Column {
    pub kind: Kind,
    pub x: u16,
    pub width: u16,
}

/// Columns on a line, and which of the chosen ones found no room.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Laid {
    pub columns: Vec<Column>,
    pub left_out: Vec<Kind>,
}

/// Cells before the first column: gutter, mark, blank.
pub const LEFT: u16 = 3;

/// Columns that a party needs to be told from another.
const LEAST_PARTY: u16 = 8;

/// Widths that spare room is given to where the other party has plenty: what most often wants more.
const GROWING: &[(Kind, u16)] = &[(Kind::Agent, 16), (Kind::Queue, 12), (Kind::Number, 16), (Kind::Case, 10), (Kind::Place, 12)];
/// Columns with which the other party has plenty.
const PLENTY: u16 = 26;

/// Widths where room is scarce: what still tells one from the other.
const fn scarce(kind: Kind) -> u16 {
    match kind {
        Kind::Number => 13,
        Kind::Agent => 10,
        Kind::Queue => 7,
        Kind::Cost => 5,
        Kind::Case => 5,
        Kind::Talk => 7,
        other => other.own_width(),
    }
}

impl TimeForm {
    pub const fn width(self) -> u16 {
        match self {
            Self::Clock => 5,
            Self::Day => 11,
            Self::Year => 14,
        }
    }
}

/// Places the columns of a screen on lines of `width`.
pub fn layout(choice: &Choice, screen: u16, time: TimeForm, width: u16) -> Laid {
    let mut wanted = choice.columns(screen);
    let mut left_out = Vec::new();
    let mut squeezed = false;
    while needed(&wanted, time, squeezed) > width {
        if !squeezed {
            squeezed = true;
            continue;
        }
        let first = wanted.iter().enumerate().filter_map(|(at, chosen)| Some((chosen.kind.dispensable()?, at))).max();
        let Some((_, at)) = first else { break };
        left_out.push(wanted.remove(at).kind);
    }
    let spare = width.saturating_sub(needed(&wanted, time, squeezed));
    let mut columns = Vec::new();
    let mut widths: Vec<u16> = wanted.iter().map(|chosen| own(*chosen, time, squeezed)).collect();
    let party = wanted.iter().position(|chosen| chosen.kind == Kind::Party && chosen.width.is_none());
    let mut spare = match party {
        Some(at) => {
            widths[at] += spare;
            widths[at].saturating_sub(PLENTY)
        }
        None => 0,
    };
    for (kind, most) in GROWING {
        let Some(at) = wanted.iter().position(|chosen| chosen.kind == *kind && chosen.width.is_none()) else { continue };
        let more = most.saturating_sub(widths[at]).min(spare);
        widths[at] += more;
        spare -= more;
        if let Some(party) = party {
            widths[party] -= more;
        }
    }
    let mut x = LEFT;
    for (chosen, columns_of_it) in wanted.iter().zip(widths) {
        columns.push(Column { kind: chosen.kind, x, width: columns_of_it });
        x += columns_of_it + 1;
    }
    Laid { columns, left_out }
}

fn own(chosen: Chosen, time: TimeForm, squeezed: bool) -> u16 {
    match (chosen.width, chosen.kind) {
        (Some(width), kind) if !squeezed || kind == Kind::Time => width,
        (Some(width), kind) => width.min(scarce(kind).max(LEAST_PARTY)),
        (None, Kind::Time) => time.width(),
        (None, Kind::Party) => LEAST_PARTY,
        (None, kind) if squeezed => scarce(kind),
        (None, kind) => kind.own_width(),
    }
}

fn needed(wanted: &[Chosen], time: TimeForm, squeezed: bool) -> u16 {
    let widths: u16 = wanted.iter().map(|chosen| own(*chosen, time, squeezed)).sum();
    let gaps = u16::try_from(wanted.len().saturating_sub(1)).unwrap_or(0);
    LEFT + widths + gaps
}
