//! What stands at a second of the recording: notes, hold, paused recording, the ends of the loop; in the order of time.

use super::Window;
use crate::{
    domain::length::Tenths,
    wire::{CallDetailBody, Speech},
};

/// What a mark is of.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// Index among the call's notes.
    Note(usize),
    Hold,
    Paused,
}

/// One thing at a second.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Mark {
    pub kind: Kind,
    /// None for notes on the whole call.
    pub at_s: Option<f64>,
    /// Until when, for what lasts.
    pub until_s: Option<f64>,
    /// What it is numbered with on the screen: digits, then `+`; none where it has no place.
    pub sign: Option<char>,
}

/// Everything there is, notes on the whole call first.
pub fn of(detail: Option<&CallDetailBody>, speech: Option<&Speech>) -> Vec<Mark> {
    let notes = detail.into_iter().flat_map(|detail| &detail.notes).enumerate();
    let mut marks: Vec<Mark> = notes
        .map(|(number, note)| Mark { kind: Kind::Note(number), at_s: note.at.map(Tenths::seconds), until_s: None, sign: None })
        .collect();
    for (spans, kind) in speech.into_iter().flat_map(|speech| [(&speech.hold, Kind::Hold), (&speech.paused, Kind::Paused)]) {
        marks.extend(spans.iter().map(|[from, until]| Mark { kind, at_s: Some(*from), until_s: Some(*until), sign: None }));
    }
    marks.sort_by(|one, other| one.at_s.unwrap_or(-1.0).total_cmp(&other.at_s.unwrap_or(-1.0)));
    let mut digits = ('1'..='9').chain(std::iter::repeat('+'));
    for mark in marks.iter_mut().filter(|mark| mark.at_s.is_some() && matches!(mark.kind, Kind::Note(_))) {
        mark.sign = digits.next();
    }
    marks
}

/// Notes in the order of time, as indices among the call's notes.
pub fn notes_in_order(detail: &CallDetailBody) -> Vec<usize> {
    let note = |mark: Mark| match mark.kind {
        Kind::Note(number) => Some(number),
        Kind::Hold | Kind::Paused => None,
    };
    of(Some(detail), None).into_iter().filter_map(note).collect()
}

/// The row below the lanes: a sign a column, the ends of the loop before notes, the earlier note before the later.
pub fn row(marks: &[Mark], ab: Option<(f64, Option<f64>)>, window: Window, columns: u16) -> Vec<(u16, char)> {
    let ends = ab.into_iter().flat_map(|(a, b)| [Some((a, 'A')), b.map(|b| (b, 'B'))]).flatten();
    let notes = marks.iter().filter_map(|mark| Some((mark.at_s?, mark.sign?)));
    let mut row: Vec<(u16, char)> = Vec::new();
    for (at, sign) in ends.chain(notes) {
        if let Some(column) = window.column(at, columns)
            && row.iter().all(|(taken, _)| *taken != column)
        {
            row.push((column, sign));
        }
    }
    row
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn marks_stand_where_they_are_and_nothing_hides_the_loop() {
        let note = |at: f64, sign| Mark { kind: Kind::Note(0), at_s: Some(at), until_s: None, sign: Some(sign) };
        let marks = [note(1.0, '1'), note(1.2, '2'), note(5.0, '3'), note(9.9, '4'), note(50.0, '5')];
        let row = row(&marks, Some((5.0, Some(8.0))), Window::whole(10.0), 10);
        assert_eq!(row, [(5, 'A'), (8, 'B'), (1, '1'), (9, '4')]);
    }
}
