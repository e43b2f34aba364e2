//! Pieces of query with a digit each: the digit puts the piece into the line, or takes it out.

use ratatui::layout::Rect;

use super::{Calls, requery::change_query};
use crate::{
    console::{asking::draw_chips, desk::Desk, widgets::Painter},
    domain::{
        clean,
        query::{self, Filter, Predicate, QueryContext, edit},
    },
};

/// What the digits stand for until somebody changes them; each has a short name among the texts.
pub const DEFAULTS: [&str; 9] =
    ["today", "yesterday", "this-week", "talk:>2m", "is:missed,abandoned", "is:recorded", "is:flagged", "has:note", "date:-7d.."];

/// Columns that a chip of one's own may take.
const OWN_COLUMNS: usize = 24;

/// The pieces, `1` first.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Chips {
    own: [Option<String>; 9],
}

impl Chips {
    /// From what was remembered: one text a digit, empty where it is the built-in one.
    pub fn remembered(texts: Vec<String>) -> Self {
        let mut chips = Self::default();
        for (slot, text) in chips.own.iter_mut().zip(texts) {
            *slot = Some(text).filter(|text| !text.trim().is_empty());
        }
        chips
    }

    /// To be remembered; empty where nothing was changed.
    pub fn memory(&self) -> Vec<String> {
        if self.own.iter().all(Option::is_none) {
            return Vec::new();
        }
        self.own.iter().map(|own| own.clone().unwrap_or_default()).collect()
    }

    /// The piece of a place, counted from 0.
    pub fn piece(&self, at: usize) -> &str {
        self.own.get(at).and_then(Option::as_deref).or_else(|| DEFAULTS.get(at).copied()).unwrap_or_default()
    }

    /// What a chip is called: one's own piece by itself.
    fn label(&self, at: usize, desk: &Desk) -> String {
        match self.own.get(at).and_then(Option::as_ref) {
            Some(own) => clean::line(own, OWN_COLUMNS),
            None => desk.setup.texts.get(&format!("chip-{}", at + 1)),
        }
    }
}

/// Puts a chip's piece into the query, or takes it out. Of chips that are dates only the last pressed stays: no call is of
/// two days.
pub fn press(calls: &mut Calls, desk: &mut Desk, at: usize) {
    let piece = calls.chips.piece(at).to_owned();
    let mut text = calls.query.applied.clone();
    if is_date(&piece, desk) && !edit::has(&text, &piece) {
        for other in (0..DEFAULTS.len()).map(|at| calls.chips.piece(at)).filter(|other| *other != piece && is_date(other, desk)) {
            if edit::has(&text, other) {
                text = edit::toggle(&text, other).unwrap_or(text);
            }
        }
    }
    match edit::toggle(&text, &piece) {
        Ok(text) => change_query(calls, desk, &text),
        Err(_) => desk.warn("query-mend-first", &[]),
    }
}

/// Gives a digit another piece; an empty one brings the built-in back.
pub fn set(calls: &mut Calls, desk: &mut Desk, at: usize, piece: &str) {
    let piece = piece.trim();
    let digit = (at + 1).to_string();
    if let Err(error) = query::parse(piece) {
        desk.warn("chip-not-understood", &[("n", &digit), ("why", &error.message)]);
        return;
    }
    let Some(slot) = calls.chips.own.get_mut(at) else { return };
    *slot = (!piece.is_empty() && piece != DEFAULTS[at]).then(|| piece.to_owned());
    desk.say("chip-set", &[("n", &digit), ("piece", calls.chips.piece(at))]);
}

/// What `chip N PIECE` of the palette means: the place, counted from 0, and the piece without its quotes.
pub fn command(line: &str) -> Option<(usize, String)> {
    let rest = line.trim().strip_prefix("chip")?.trim_start();
    let (digit, piece) = rest.split_at_checked(1)?;
    let at = digit.parse::<usize>().ok()?.checked_sub(1)?;
    let piece = piece.strip_prefix(char::is_whitespace).or_else(|| piece.is_empty().then_some(""))?.trim();
    let bare = piece.strip_prefix('"').and_then(|piece| piece.strip_suffix('"')).filter(|bare| !bare.contains('"'));
    Some((at, bare.unwrap_or(piece).to_owned()))
}

/// What a piece of query needs to be understood without the server.
pub fn context(desk: &Desk) -> QueryContext {
    let company = desk.who.as_ref().map(|who| &who.company);
    QueryContext {
        now: desk.now,
        zone: desk.zone.clone(),
        country_code: company.and_then(|company| company.country_code.clone()),
        national_prefix: company.and_then(|company| company.national_prefix.clone()),
        views: std::collections::BTreeMap::new(),
    }
}

/// Whether a piece asks for nothing but a time.
fn is_date(piece: &str, desk: &Desk) -> bool {
    query::prepare(piece, &context(desk)).is_ok_and(|prepared| matches!(prepared.filter, Filter::Is(Predicate::Time(_))))
}

/// ` 1■Today 2□Yesterday …`, cut at a whole chip.
pub fn line(calls: &Calls, desk: &Desk, painter: &mut Painter<'_>, area: Rect) {
    let text = if calls.query.editing { calls.query.input.text() } else { &calls.query.applied };
    let chips = (0..DEFAULTS.len()).map(|at| (calls.chips.label(at, desk), edit::has(text, calls.chips.piece(at))));
    draw_chips(chips, !text.is_empty(), desk, painter, area);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_built_in_piece_is_understood() {
        for piece in DEFAULTS {
            assert!(query::parse(piece).is_ok() && edit::has(piece, piece), "{piece}");
        }
    }

    #[test]
    fn the_palettes_command_is_read() {
        assert_eq!(command("chip 5 \"is:missed\""), Some((4, "is:missed".to_owned())));
        assert_eq!(command("chip 5 agent:\"Anna Nowak\""), Some((4, "agent:\"Anna Nowak\"".to_owned())));
        assert_eq!(command("chip 9"), Some((8, String::new())));
        for not in ["chip", "chip 0 x", "chip x", "chips 5", "chip 55"] {
            assert_eq!(command(not), None, "{not}");
        }
    }
}
