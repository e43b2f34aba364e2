//! The query line: the one truth of what the list shows.

use crate::console::widgets::LineInput;

/// Queries kept for Up and Down.
const HISTORY: usize = 100;

/// What is wrong with the query, as the API says it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct QueryProblem {
    /// Byte offset and length of the word.
    pub position: Option<(usize, usize)>,
    pub message: String,
}

/// The line, what runs, and earlier queries.
#[derive(Clone, Debug, Default)]
pub struct QueryLine {
    pub input: LineInput,
    pub editing: bool,
    /// The text that the list shows or waits for.
    pub applied: String,
    /// What was applied before editing began; Esc goes back to it.
    pub before: String,
    pub problem: Option<QueryProblem>,
    pub history: Vec<String>,
    /// Where Up and Down stand in the history.
    at: Option<usize>,
    /// What Tab offered: the stretch it stands in, the offers, and which one stands there.
    pub offers: Option<Offers>,
}

/// Completions that Tab goes through.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Offers {
    pub range: std::ops::Range<usize>,
    pub words: Vec<String>,
    pub at: usize,
}

impl QueryLine {
    pub fn begin(&mut self) {
        self.editing = true;
        self.before = self.applied.clone();
        // What is typed next is a further word, not the end of the last one.
        self.input.set(if self.applied.is_empty() { String::new() } else { format!("{} ", self.applied) });
        self.at = None;
        self.offers = None;
    }

    /// Ends editing with what is written.
    pub fn commit(&mut self) {
        self.editing = false;
        self.offers = None;
        self.applied = self.input.text().trim().to_owned();
        self.remember();
    }

    /// Ends editing as if nothing had been typed.
    pub fn cancel(&mut self) {
        self.editing = false;
        self.offers = None;
        self.problem = None;
        self.applied = self.before.clone();
        self.input.set(self.applied.clone());
    }

    /// Earlier queries (`back`), or later ones.
    pub fn walk(&mut self, back: bool) -> bool {
        let next = match (self.at, back) {
            (None, true) => self.history.len().checked_sub(1),
            (Some(at), true) => at.checked_sub(1).or(Some(0)),
            (Some(at), false) if at + 1 < self.history.len() => Some(at + 1),
            _ => None,
        };
        let text = next.and_then(|at| self.history.get(at)).cloned();
        if next.is_none() && self.at.is_none() {
            return false;
        }
        self.at = next;
        self.input.set(text.unwrap_or_default());
        true
    }

    fn remember(&mut self) {
        if self.applied.is_empty() {
            return;
        }
        self.history.retain(|earlier| *earlier != self.applied);
        self.history.push(self.applied.clone());
        if self.history.len() > HISTORY {
            self.history.remove(0);
        }
    }
}
