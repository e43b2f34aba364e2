//! The entries that are in memory: newest first, further ones by cursor.

use crate::{
    console::asking::QueryLine,
    wire::{AuditEntry, AuditReport, Page},
};

/// Entries from the end at which the next page is fetched.
const AHEAD: usize = 40;

/// The pane's state.
#[derive(Debug, Default)]
pub struct Audit {
    pub query: QueryLine,
    pub(super) rows: Vec<AuditEntry>,
    pub(super) cursor: usize,
    pub(super) next: Option<String>,
    /// A first page has come.
    pub(super) loaded: bool,
    pub(super) total: Option<u64>,
    /// All entries that one may see.
    pub(super) all: Option<u64>,
    /// Why nothing is shown.
    pub(super) refused: Option<String>,
    /// What the last check found, and when it was.
    pub(super) check: Option<(jiff::Timestamp, AuditReport)>,
    /// What was done in a session: its id and its entries.
    pub(super) beside: Option<(String, Vec<AuditEntry>)>,
}

impl Audit {
    pub(super) fn current(&self) -> Option<&AuditEntry> {
        self.rows.get(self.cursor)
    }

    pub(super) fn first_page(&mut self, page: Page<AuditEntry>) {
        let on = self.current().map(|entry| entry.seq);
        self.rows = page.items;
        self.next = page.next;
        self.loaded = true;
        self.refused = None;
        self.total = page.total.or_else(|| self.next.is_none().then_some(self.rows.len() as u64));
        if self.query.applied.is_empty() {
            self.all = self.total;
        }
        self.cursor = on.and_then(|seq| self.rows.iter().position(|entry| entry.seq == seq)).unwrap_or(0);
    }

    pub(super) fn further_page(&mut self, page: Page<AuditEntry>) {
        self.rows.extend(page.items);
        self.next = page.next;
    }

    /// Whether the next page is wanted now.
    pub(super) fn wants_more(&self) -> bool {
        self.next.is_some() && self.cursor + AHEAD >= self.rows.len()
    }

    /// The first entry on a screen of so many lines: the cursor stays in its middle part.
    pub(super) fn top(&self, height: usize) -> usize {
        let half = height / 2;
        self.cursor.saturating_sub(half).min(self.rows.len().saturating_sub(height))
    }
}
