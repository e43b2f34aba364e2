//! Saved views: the list of them, and the box in which one is saved or renamed.

mod save;
mod view;

pub use save::{SaveView, Saved};
pub use view::{save_view, view};

use std::collections::BTreeMap;

use crate::{
    console::input::{Code, Input},
    domain::query::{self, QueryContext},
    wire::View,
};

/// The list.
#[derive(Clone, Debug)]
pub struct Views {
    entries: Vec<Entry>,
    at: usize,
    me: String,
    context: QueryContext,
    /// They have been read.
    loaded: bool,
}

/// One view.
#[derive(Clone, Debug, PartialEq)]
struct Entry {
    view: View,
    own: bool,
    /// Why its query is not understood any more.
    problem: Option<String>,
}

/// What a key did to the list.
#[derive(Clone, Debug, PartialEq)]
pub enum Said {
    Nothing,
    Close,
    Apply(View),
    /// The query that runs is saved.
    Save,
    Rename(View),
    Remove(View),
    /// Shared from now on, or no longer.
    Share(View),
    /// It belongs to somebody else.
    NotYours,
}

impl Views {
    /// `me`: whose views come first and may be changed.
    pub fn new(me: String, context: QueryContext) -> Self {
        Self { entries: Vec::new(), at: 0, me, context, loaded: false }
    }

    /// The views as they were read; the cursor stays on its view.
    pub fn learn(&mut self, views: &[View]) {
        let at = self.entries.get(self.at).map(|entry| (entry.view.owner.clone(), entry.view.name.clone()));
        self.loaded = true;
        self.context.views = BTreeMap::new();
        // Of two with one name the own one, which comes first, is meant.
        for view in views {
            self.context.views.entry(view.name.clone()).or_insert_with(|| view.query.clone());
        }
        let mut entries: Vec<Entry> = views.iter().map(|view| self.entry(view)).collect();
        entries.sort_by_key(|entry| !entry.own);
        self.entries = entries;
        let place =
            at.and_then(|at| self.entries.iter().position(|entry| (&entry.view.owner, &entry.view.name) == (&at.0, &at.1)));
        self.at = place.unwrap_or(self.at).min(self.entries.len().saturating_sub(1));
    }

    fn entry(&self, view: &View) -> Entry {
        let mut problem = query::prepare(&view.query, &self.context).err().map(|error| error.message);
        if problem.is_none() && !view.sort.is_empty() {
            problem = query::Sort::parse(&view.sort).err();
        }
        Entry { view: view.clone(), own: view.owner == self.me, problem }
    }

    pub(super) fn input(&mut self, input: &Input) -> Said {
        let Input::Key(key) = input else { return Said::Nothing };
        let last = self.entries.len().saturating_sub(1);
        let entry = self.entries.get(self.at);
        let chosen = |what: fn(View) -> Said| entry.map_or(Said::Nothing, |entry| what(entry.view.clone()));
        let own = |what: fn(View) -> Said| match entry {
            Some(entry) if entry.own => what(entry.view.clone()),
            Some(_) => Said::NotYours,
            None => Said::Nothing,
        };
        match (key.code, key.ctrl) {
            (Code::Esc | Code::Char('q' | 'v'), false) | (Code::Char('c'), true) => return Said::Close,
            (Code::Enter, _) => return chosen(Said::Apply),
            (Code::Char('s'), false) => return Said::Save,
            (Code::Char('r'), false) => return own(Said::Rename),
            (Code::Char('D'), false) => return own(Said::Remove),
            (Code::Char('t'), false) => return own(Said::Share),
            (Code::Down | Code::Char('j'), false) => self.at = (self.at + 1).min(last),
            (Code::Up | Code::Char('k'), false) => self.at = self.at.saturating_sub(1),
            (Code::PageDown, _) => self.at = (self.at + 10).min(last),
            (Code::PageUp, _) => self.at = self.at.saturating_sub(10),
            (Code::Home, _) => self.at = 0,
            (Code::End | Code::Char('G'), false) => self.at = last,
            _ => {}
        }
        Said::Nothing
    }
}
