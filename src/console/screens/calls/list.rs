//! The rows that are in memory: a window of pages over a list of any length, reached by cursors at both ends.

use std::collections::{BTreeSet, VecDeque};

use jiff::{civil::Date, tz::TimeZone};

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
    /// The day on which the call began, in the company's zone.
    pub day: Date,
}

/// A line of the list on the screen.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Line {
    /// Heads the rows of a day. The cursor never stands here.
    Day(Date),
    /// A row, by its place in memory.
    Row(usize),
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
    /// Rows of different days are parted by headings.
    headed: bool,
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

    pub fn row(&self, at: usize) -> Option<&Row> {
        self.rows.get(at)
    }

    pub fn call_mut(&mut self, id: &str) -> Option<&mut CallBody> {
        self.rows.iter_mut().map(|row| &mut row.call).find(|call| call.id == id)
    }

    pub fn calls_mut(&mut self) -> impl Iterator<Item = &mut CallBody> {
        self.rows.iter_mut().map(|row| &mut row.call)
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

    /// The cursor of the page behind what is on the screen: reading back from it gives the same rows again, with what came
    /// between them.
    pub fn behind_screen(&self) -> String {
        let wanted = self.cursor + self.height;
        let mut passed = 0;
        for edge in &self.edges {
            passed += edge.rows;
            if wanted < passed {
                return edge.next.clone().unwrap_or_else(|| "end".to_owned());
            }
        }
        self.edges.back().and_then(|edge| edge.next.clone()).unwrap_or_else(|| "end".to_owned())
    }

    /// Ids of the rows below the cursor, as many as are worth looking for.
    pub fn below(&self) -> Vec<String> {
        self.rows.iter().skip(self.cursor + 1).take(KEPT).map(|row| row.call.id.clone()).collect()
    }

    /// Replaces everything by one page, the cursor on `on` if it is there, else on the first row.
    pub fn replace(&mut self, page: Page<CallBody>, after: Option<String>, on: Option<&str>, zone: &TimeZone) {
        self.rows = rows(page.items, zone).collect();
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
    pub fn extend(&mut self, way: Way, page: Page<CallBody>, zone: &TimeZone) {
        let rows: Vec<Row> = rows(page.items, zone).collect();
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

    /// Puts calls that came above the first one, as far as they are not here yet; what is on the screen stays there. Gives their
    /// ids; none where it cannot be told whether others came between.
    pub fn put_above(&mut self, calls: Vec<CallBody>, zone: &TimeZone) -> Option<Vec<String>> {
        let known: BTreeSet<&str> = self.rows.iter().take(PAGE).map(|row| row.call.id.as_str()).collect();
        let first = calls.iter().position(|call| known.contains(call.id.as_str()));
        let count = first.or((known.is_empty() || calls.len() < PAGE).then_some(calls.len()))?;
        let fresh: Vec<Row> = rows(calls.into_iter().take(count).collect(), zone).collect();
        let ids = fresh.iter().map(|row| row.call.id.clone()).collect();
        match self.edges.front_mut() {
            Some(edge) => edge.rows += count,
            None => return None,
        }
        let was_empty = self.rows.is_empty();
        for row in fresh.into_iter().rev() {
            self.rows.push_front(row);
        }
        if !was_empty {
            self.cursor += count;
            self.top += count;
        }
        self.settle();
        Some(ids)
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
        let last = self.rows.len().saturating_sub(1);
        let top = if by > 0 {
            // The last row on the screen becomes the first.
            self.lines().filter_map(Line::row).last().unwrap_or(self.top).min(self.last_top())
        } else {
            self.highest_top(self.top)
        };
        let rows = top.abs_diff(self.top);
        if top == self.top {
            self.cursor = if by > 0 { last } else { 0 };
        } else {
            self.cursor = if by > 0 { (self.cursor + rows).min(last) } else { self.cursor.saturating_sub(rows) };
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

    /// Stretches of rows of one day, as far as they are in memory.
    pub fn days(&self) -> usize {
        let days = self.rows.iter().map(|row| row.day);
        usize::from(!self.rows.is_empty()) + days.clone().zip(days.skip(1)).filter(|(one, next)| one != next).count()
    }

    /// Parts the rows of different days by headings, or no longer; the cursor's row stays on the screen.
    pub fn set_headed(&mut self, headed: bool) {
        if self.headed != headed {
            self.headed = headed;
            self.settle();
        }
    }

    pub const fn is_headed(&self) -> bool {
        self.headed
    }

    /// What stands on the screen, from its first line on. The first row there always has its day above it.
    pub fn lines(&self) -> impl Iterator<Item = Line> {
        let rows = self.rows.range(self.top.min(self.rows.len())..).enumerate();
        let mut day = None;
        rows.flat_map(move |(at, row)| {
            let heading = (self.headed && day != Some(row.day)).then_some(Line::Day(row.day));
            day = Some(row.day);
            heading.into_iter().chain([Line::Row(self.top + at)])
        })
        .take(self.height.max(1))
    }

    /// The line on which the cursor's row stands.
    pub fn line_of_cursor(&self) -> Option<usize> {
        self.lines().position(|line| line == Line::Row(self.cursor))
    }

    /// The first row of a screen that ends with this one.
    fn highest_top(&self, last: usize) -> usize {
        let Some(mut day) = self.rows.get(last).map(|row| row.day) else { return 0 };
        let mut left = self.height.max(1).saturating_sub(1 + usize::from(self.headed));
        let mut top = last;
        while let Some(row) = top.checked_sub(1).and_then(|above| self.rows.get(above)) {
            let needed = 1 + usize::from(self.headed && row.day != day);
            if needed > left {
                break;
            }
            left -= needed;
            day = row.day;
            top -= 1;
        }
        top
    }

    /// The first row of the last screen.
    fn last_top(&self) -> usize {
        self.highest_top(self.rows.len().saturating_sub(1))
    }

    /// Keeps the cursor on the screen.
    fn settle(&mut self) {
        self.cursor = self.cursor.min(self.rows.len().saturating_sub(1));
        self.top = self.top.min(self.cursor).max(self.highest_top(self.cursor)).min(self.last_top());
    }

    /// Puts the cursor's row on a line of the screen, as far as there are rows above it.
    pub fn put_on_line(&mut self, line: usize) {
        self.top = self.cursor;
        while self.top > 0 && self.line_of_cursor().is_some_and(|here| here < line) {
            self.top -= 1;
        }
        if self.line_of_cursor().is_none_or(|here| here > line) && self.top < self.cursor {
            self.top += 1;
        }
        self.settle();
    }

    /// Takes a call out; the next row gets the cursor. False if it is not here.
    pub fn remove(&mut self, id: &str) -> bool {
        let Some(at) = self.rows.iter().position(|row| row.call.id == id) else { return false };
        self.rows.remove(at);
        let mut passed = 0;
        for edge in &mut self.edges {
            passed += edge.rows;
            if at < passed {
                edge.rows -= 1;
                break;
            }
        }
        if at < self.cursor {
            self.cursor -= 1;
        }
        if at < self.top {
            self.top -= 1;
        }
        self.settle();
        true
    }
}

impl Line {
    const fn row(self) -> Option<usize> {
        match self {
            Self::Row(row) => Some(row),
            Self::Day(_) => None,
        }
    }
}

fn rows(calls: Vec<CallBody>, zone: &TimeZone) -> impl Iterator<Item = Row> {
    calls.into_iter().map(|call| Row { day: zone.to_datetime(call.start).date(), call })
}
