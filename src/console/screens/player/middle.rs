//! The line between the lanes: loop, hold, paused recording, both speaking at once, silence that is left out.

use super::Window;
use crate::{console::theme::Role, wire::Span};

/// Shortest stretch of both speaking that is shown, in seconds.
const OVERLAP_S: f64 = 0.25;

/// What is known of a recording's stretches; seconds.
#[derive(Clone, Debug, Default)]
pub struct Stretches<'a> {
    /// A and B.
    pub repeat: Option<Span>,
    pub hold: &'a [Span],
    pub paused: &'a [Span],
    pub overlap: &'a [Span],
    /// Silence that is not heard.
    pub left_out: Vec<Span>,
}

/// What stands in a column of the line.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Sign {
    #[default]
    Plain,
    Loop,
    Hold,
    Paused,
    Both,
    /// Both speak, inside the loop.
    BothInLoop,
    /// Silence that is left out: the line is broken.
    LeftOut,
}

impl Sign {
    pub const fn character(self) -> char {
        match self {
            Self::Plain => '─',
            Self::Loop => '═',
            Self::Hold => '▬',
            Self::Paused => '░',
            Self::Both => '╫',
            Self::BothInLoop => '╬',
            Self::LeftOut => ' ',
        }
    }

    pub const fn role(self) -> Role {
        match self {
            Self::Plain | Self::LeftOut => Role::Border,
            Self::Loop => Role::Mark,
            Self::Hold | Self::Both | Self::BothInLoop => Role::Warn,
            Self::Paused => Role::TextMuted,
        }
    }
}

/// The signs of a window in so many columns.
pub fn signs(stretches: &Stretches<'_>, window: Window, columns: u16) -> Vec<Sign> {
    (0..columns).map(|column| sign(stretches, window, column, columns)).collect()
}

fn sign(stretches: &Stretches<'_>, window: Window, column: u16, columns: u16) -> Sign {
    let (from, until) = window.covers(column, columns);
    let wide = until - from;
    if wide <= 0.0 {
        return Sign::Plain;
    }
    // Long things take the columns that they mostly fill, and at least the one they begin in.
    let stands = |spans: &[Span]| {
        covered(spans, from, until) * 2.0 > wide || spans.iter().any(|span| window.column(span[0], columns) == Some(column))
    };
    let repeats = stretches.repeat.is_some_and(|[a, b]| match (window.column(a, columns), window.column(b, columns)) {
        _ if b < window.from_s || a > window.until_s => false,
        (first, last) => first.is_none_or(|first| first <= column) && last.is_none_or(|last| column <= last),
    });
    if stands(stretches.paused) {
        Sign::Paused
    } else if stands(stretches.hold) {
        Sign::Hold
    } else if covered(stretches.overlap, from, until) >= (wide / 10.0).max(OVERLAP_S.min(wide / 2.0)) {
        if repeats { Sign::BothInLoop } else { Sign::Both }
    } else if covered(&stretches.left_out, from, until) * 2.0 > wide {
        Sign::LeftOut
    } else if repeats {
        Sign::Loop
    } else {
        Sign::Plain
    }
}

/// Seconds of spans that lie between two seconds. Spans that touch each other count twice; the line does not mind.
fn covered(spans: &[Span], from: f64, until: f64) -> f64 {
    // Spans come in order of time, so far more of them than columns cost little.
    spans.iter().map(|[start, end]| (end.min(until) - start.max(from)).max(0.0)).sum()
}

/// Words for runs of a sign that are wide enough: where they begin, and what they say.
pub fn words(signs: &[Sign], of: impl Fn(Sign) -> Option<String>) -> Vec<(u16, String)> {
    let mut words = Vec::new();
    let mut at = 0;
    for run in signs.chunk_by(|one, other| one == other) {
        if let Some(word) = run.first().and_then(|sign| of(*sign)) {
            let wide = crate::console::widgets::width(&word) + 2;
            if run.len() >= wide + 2 {
                words.push((u16::try_from(at + (run.len() - wide) / 2).unwrap_or(0), format!(" {word} ")));
            }
        }
        at += run.len();
    }
    words
}

#[cfg(test)]
mod tests {
    use super::*;

    fn line(stretches: &Stretches<'_>, window: Window, columns: u16) -> String {
        signs(stretches, window, columns).into_iter().map(Sign::character).collect()
    }

    #[test]
    fn each_thing_has_a_sign_of_its_own() {
        let stretches = Stretches {
            repeat: Some([10.0, 20.0]),
            hold: &[[30.0, 35.0]],
            paused: &[[36.0, 36.2]],
            overlap: &[[4.0, 4.3], [12.0, 13.0], [25.0, 25.05]],
            left_out: vec![[6.0, 8.0]],
        };
        let whole = Window::whole(40.0);
        assert_eq!(line(&stretches, whole, 40), "────╫─  ──══╬════════─────────▬▬▬▬▬─░───");
        let part = Window { from_s: 4.0, until_s: 8.0 };
        assert_eq!(line(&stretches, part, 8), "╫───    ");
        assert_eq!(line(&stretches, Window { from_s: 12.5, until_s: 14.5 }, 8), "╬╬══════", "inside the loop");
        assert_eq!(line(&Stretches::default(), Window::whole(0.0), 5), "─────");
    }

    #[test]
    fn short_overlaps_do_not_fill_a_long_call() {
        let overlap: Vec<Span> = (0..70).map(|at| [f64::from(at) * 10.0, f64::from(at) * 10.0 + 0.4]).collect();
        let stretches = Stretches { overlap: &overlap, ..Stretches::default() };
        assert_eq!(line(&stretches, Window::whole(700.0), 70), "─".repeat(70));
        assert_eq!(line(&stretches, Window { from_s: 10.0, until_s: 12.0 }, 10), "╫╫────────", "shown where one looks closer");
    }

    #[test]
    fn a_word_stands_where_there_is_room_for_it() {
        let signs = [vec![Sign::Plain; 3], vec![Sign::Hold; 11], vec![Sign::Paused; 4]].concat();
        let word = |sign| (sign != Sign::Plain).then(|| "sound".to_owned());
        assert_eq!(words(&signs, word), [(5, " sound ".to_owned())]);
    }
}
