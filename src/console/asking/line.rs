//! The query line: the one truth of what the list shows.

use crate::{console::widgets::LineInput, domain::query};

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
    /// Where Up and Down stand in the history, and what earlier queries begin with that they go through.
    at: Option<usize>,
    stem: String,
    /// What can stand at the cursor.
    pub offers: Option<Offers>,
    /// Names of customers that were found, and for what.
    pub customers: Option<(String, Vec<String>)>,
}

/// One completion.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Offer {
    pub text: String,
    /// What it means, or how many calls it stands in.
    pub remark: String,
}

/// Completions that Tab goes through.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Offers {
    /// The stretch of the line that they are for.
    pub range: std::ops::Range<usize>,
    pub list: Vec<Offer>,
    /// The one that stands there; none: what was typed.
    pub at: Option<usize>,
}

impl QueryProblem {
    /// What is offered in place of the word that is wrong, and the stretch of the text that it is for.
    pub fn suggestion(&self, text: &str) -> Option<(std::ops::Range<usize>, String)> {
        let (at, length) = self.position?;
        let (_, rest) = self.message.split_once("did you mean \"")?;
        let (meant, after) = rest.rsplit_once("\"?")?;
        // What comes with a later feature would be refused again.
        if after.contains("it comes with") || meant.is_empty() {
            return None;
        }
        // What runs has no blanks around it.
        let start = at + text.len() - text.trim_start().len();
        text.get(start..start + length)?;
        let meant = if meant.contains(char::is_whitespace) { query::quote(meant) } else { meant.to_owned() };
        Some((start..start + length, meant))
    }
}

impl QueryLine {
    pub fn begin(&mut self) {
        self.editing = true;
        self.before = self.applied.clone();
        // What is typed next is a further word, not the end of the last one.
        self.input.set(if self.applied.is_empty() { String::new() } else { format!("{} ", self.applied) });
        self.at = None;
        self.stem.clear();
        self.offers = None;
    }

    /// Something was typed: Up and Down go through what begins with it.
    pub fn typed(&mut self) {
        self.at = None;
        self.input.text().trim_start().clone_into(&mut self.stem);
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
        let fits =
            |at: &usize| self.history.get(*at).is_some_and(|earlier| earlier.starts_with(&self.stem) && *earlier != self.stem);
        let next = match (self.at, back) {
            (at, true) => (0..at.unwrap_or(self.history.len())).rev().find(fits).or(at),
            (Some(at), false) => (at + 1..self.history.len()).find(fits),
            (None, false) => None,
        };
        if next.is_none() && self.at.is_none() {
            return false;
        }
        let text = next.and_then(|at| self.history.get(at)).unwrap_or(&self.stem).clone();
        self.at = next;
        self.input.set(text);
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
