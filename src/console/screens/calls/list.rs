//! The rows that are in memory: a window of pages over a list of any length, reached by cursors at both ends.

use std::collections::VecDeque;

use crate::wire::{CallBody, Page};

/// Rows a page.
pub const PAGE: usize = 100;
/// Pages kept; the farthest from the cursor goes first.
const KEPT: usize = 20;
/// Rows from an end at which the next page is fetched.
const AHEAD: usize = 40;

/// One row.
#[derive(Clone, Debug, PartialEq)]
pub struct Row {
    pub call: CallBody,
}

/// Which end a further page is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Way {
    Down,
    Up,
}

/// What is known of a page besides its rows.
#[derive(Clone, Debug, Default, PartialEq)]
struct Edge {
    rows: usize,
    /// The cursor after which it began, if it was reached downwards.
    after: Option<String>,
    next: Option<String>,
    previous: Option<String>,
}

/// The window.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct List {
    rows: VecDeque<Row>,
    edges: VecDeque<Edge>,
    cursor: usize,
    top: usize,
    /// Rows on the screen, as last laid out.
    pub height: usize,
    /// A first page has come.
    pub loaded: bool,
}

impl List {
    pub fn rows(&self) -> impl Iterator<Item = &Row> {
        self.rows.iter()
    }

    pub fn is_empty(&self) -> bool {
        self.rows.is_empty()
    }

    pub const fn cursor(&self) -> usize {
        self.cursor
    }

    /// The first row on the screen.
    pub const fn top(&self) -> usize {
        self.top
    }

    pub fn current(&self) -> Option<&Row> {
        self.rows.get(self.cursor)
    }

    pub fn call_mut(&mut self, id: &str) -> Option<&mut CallBody> {
        self.rows.iter_mut().map(|row| &mut row.call).find(|call| call.id == id)
    }

    pub fn ids(&self, from: usize, to: usize) -> impl Iterator<Item = &str> {
        let (low, high) = (from.min(to), from.max(to));
        self.rows.iter().skip(low).take(high + 1 - low).map(|row| row.call.id.as_str())
    }

    /// The window stands at the first call of the whole list.
    pub fn at_beginning(&self) -> bool {
        self.edges.front().is_none_or(|edge| edge.previous.is_none() || edge.after.is_none())
    }

    /// The cursor after which the page of the current row began.
    pub fn page_of_cursor(&self) -> Option<String> {
        let mut passed = 0;
        for (at, edge) in self.edges.iter().enumerate() {
            passed += edge.rows;
            if self.cursor < passed {
                let before = at.checked_sub(1).and_then(|before| self.edges.get(before)).and_then(|edge| edge.next.clone());
                return before.or_else(|| edge.after.clone());
            }
        }
        None
    }

    /// Replaces everything by one page, the cursor on `on` if it is there, else on the first row.
    pub fn replace(&mut self, page: Page<CallBody>, after: Option<String>, on: Option<&str>) {
        self.rows = page.items.into_iter().map(|call| Row { call }).collect();
        self.edges = VecDeque::from([Edge { rows: self.rows.len(), after, next: page.next, previous: page.previous }]);
        self.cursor = on.and_then(|id| self.rows.iter().position(|row| row.call.id == id)).unwrap_or(0);
        self.top = self.cursor.saturating_sub(self.height / 2);
        self.loaded = true;
        self.settle();
    }

    /// Puts the cursor on the last row, as after a jump to the end.
    pub fn go_to_last(&mut self) {
        self.cursor = self.rows.len().saturating_sub(1);
        self.settle();
    }

    /// Adds a page at an end; the call under the cursor stays under it, and on its line.
    pub fn extend(&mut self, way: Way, page: Page<CallBody>) {
        let rows: Vec<Row> = page.items.into_iter().map(|call| Row { call }).collect();
        let edge = Edge { rows: rows.len(), after: None, next: page.next, previous: page.previous };
        match way {
            Way::Down => {
                let after = self.edges.back().and_then(|edge| edge.next.clone());
                self.rows.extend(rows);
                self.edges.push_back(Edge { after, ..edge });
                while self.edges.len() > KEPT {
                    let gone = self.edges.pop_front().map_or(0, |edge| edge.rows);
                    self.rows.drain(..gone);
                    self.cursor = self.cursor.saturating_sub(gone);
                    self.top = self.top.saturating_sub(gone);
                }
            }
            Way::Up => {
                let added = rows.len();
                for row in rows.into_iter().rev() {
                    self.rows.push_front(row);
                }
                self.edges.push_front(edge);
                self.cursor += added;
                self.top += added;
                while self.edges.len() > KEPT {
                    let gone = self.edges.pop_back().map_or(0, |edge| edge.rows);
                    self.rows.truncate(self.rows.len().saturating_sub(gone));
                }
            }
        }
        self.settle();
    }

    /// Nothing more comes at an end: its cursor led to an empty page.
    pub fn seal(&mut self, way: Way) {
        let edge = match way {
            Way::Down => self.edges.back_mut().map(|edge| &mut edge.next),
            Way::Up => self.edges.front_mut().map(|edge| &mut edge.previous),
        };
        if let Some(cursor) = edge {
            *cursor = None;
        }
    }

    /// The end that wants a further page, and the cursor to ask with.
    pub fn wanted(&self) -> Option<(Way, String)> {
        if self.cursor.max(self.top + self.height) + AHEAD >= self.rows.len()
            && let Some(next) = self.edges.back().and_then(|edge| edge.next.clone())
        {
            return Some((Way::Down, next));
        }
        if self.cursor.min(self.top) < AHEAD
            && let Some(previous) = self.edges.front().and_then(|edge| edge.previous.clone())
        {
            return Some((Way::Up, previous));
        }
        None
    }

    /// Moves the cursor; true if it moved.
    pub fn step(&mut self, by: isize) -> bool {
        let before = self.cursor;
        self.cursor = self.cursor.saturating_add_signed(by).min(self.rows.len().saturating_sub(1));
        self.settle();
        self.cursor != before
    }

    /// A whole screen at once: the list moves and the cursor keeps its line.
    pub fn page(&mut self, by: isize) -> bool {
        let before = self.cursor;
        let rows = isize::try_from(self.height.max(2) - 1).unwrap_or(1) * by;
        let last_top = self.rows.len().saturating_sub(self.height);
        let top = self.top.saturating_add_signed(rows).min(last_top);
        if top == self.top {
            self.cursor = if by > 0 { self.rows.len().saturating_sub(1) } else { 0 };
        } else {
            self.cursor = self.cursor.saturating_add_signed(rows).min(self.rows.len().saturating_sub(1));
            self.top = top;
        }
        self.settle();
        self.cursor != before
    }

    pub fn first_loaded(&mut self) {
        self.cursor = 0;
        self.settle();
    }

    /// Puts the cursor on a call that is in memory.
    pub fn go_to(&mut self, id: &str) -> bool {
        let place = self.rows.iter().position(|row| row.call.id == id);
        if let Some(place) = place {
            self.cursor = place;
            self.settle();
        }
        place.is_some()
    }

    pub fn has_page_above(&self) -> bool {
        self.edges.front().is_some_and(|edge| edge.previous.is_some())
    }

    pub fn has_page_below(&self) -> bool {
        self.edges.back().is_some_and(|edge| edge.next.is_some())
    }

    pub fn set_height(&mut self, height: usize) {
        self.height = height;
        self.settle();
    }

    /// Keeps the cursor on the screen.
    fn settle(&mut self) {
        let height = self.height.max(1);
        self.cursor = self.cursor.min(self.rows.len().saturating_sub(1));
        if self.cursor < self.top {
            self.top = self.cursor;
        } else if self.cursor >= self.top + height {
            self.top = self.cursor + 1 - height;
        }
        self.top = self.top.min(self.rows.len().saturating_sub(height));
    }
}
