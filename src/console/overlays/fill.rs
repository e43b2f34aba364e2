//! A box of a few lines to fill in: an account, a role, a token, a share, a password.

use ratatui::layout::Rect;

use super::{
    Outcome,
    view::{centred, line, popup},
};
use crate::{
    console::{
        desk::Desk,
        input::{Code, Input},
        theme::Role,
        widgets::{LineInput, Painter, width, wrap},
    },
    domain::{clean::fold, id::RecordingId},
    wire::access::ShareItem,
};

/// Columns of the labels.
const LABEL: u16 = 14;
/// What Tab can complete with, as many as are shown.
const OFFERED: usize = 6;

/// What is filled in.
#[derive(Clone, Debug, PartialEq)]
pub enum About {
    NewUser,
    /// The version that was seen, and whether it is locked.
    User {
        name: String,
        version: i64,
        locked: bool,
    },
    NewRole,
    Token,
    Password(String),
    Share(Vec<ShareItem>),
}

/// One line.
#[derive(Clone)]
pub struct Line {
    /// The id of its label; its explanation has the same with `-help`.
    pub id: &'static str,
    pub input: LineInput,
    pub hidden: bool,
    /// What Tab completes with. What holds a `@` completes the part behind one.
    pub offers: Vec<String>,
}

/// The box.
#[derive(Clone, Debug)]
pub struct Fill {
    pub about: About,
    /// What stands in the title: a name, or whose recordings.
    pub whose: String,
    pub lines: Vec<Line>,
    pub at: usize,
    pub problem: Option<String>,
}

impl std::fmt::Debug for Line {
    /// Without what was typed: it may be a password.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Line").field("id", &self.id).finish_non_exhaustive()
    }
}

impl About {
    /// The part of the catalogue's ids.
    const fn word(&self) -> &'static str {
        match self {
            Self::NewUser => "new-user",
            Self::User { .. } => "user",
            Self::NewRole => "new-role",
            Self::Token => "token",
            Self::Password(_) => "password",
            Self::Share(_) => "share",
        }
    }
}

impl Line {
    pub fn new(id: &'static str, text: impl Into<String>, offers: Vec<String>) -> Self {
        Self { id, input: LineInput::new(text), hidden: false, offers }
    }
}

impl Fill {
    pub const fn new(about: About, whose: String, lines: Vec<Line>) -> Self {
        Self { about, whose, lines, at: 0, problem: None }
    }

    /// What stands in a line, without blanks around it.
    pub fn text(&self, id: &str) -> &str {
        self.lines.iter().find(|line| line.id == id).map(|line| line.input.text().trim()).unwrap_or_default()
    }

    /// The values of a line, parted by commas or blanks.
    pub fn list(&self, id: &str) -> Vec<String> {
        let parts = self.text(id).split([',', ' ']).map(str::trim).filter(|part| !part.is_empty());
        parts.map(ToOwned::to_owned).collect()
    }

    /// What fits behind the last comma, where it is not whole yet.
    fn offered(&self) -> Vec<String> {
        let Some(here) = self.lines.get(self.at) else { return Vec::new() };
        let typed = last(here.input.text());
        let (role, behind) = typed.split_once('@').map_or((None, typed), |(role, behind)| (Some(role), behind));
        let wanted = fold(behind);
        let fits = here.offers.iter().filter(|offer| offer.starts_with('@') == role.is_some());
        let fits = fits.filter(|offer| {
            let offer = fold(offer.trim_start_matches('@'));
            offer.starts_with(&wanted) && offer != wanted
        });
        let whole = |offer: &String| role.map_or_else(|| offer.clone(), |role| format!("{role}{offer}"));
        fits.map(whole).take(OFFERED).collect()
    }

    pub(super) fn input(&mut self, input: &Input) -> Outcome {
        let key = match input {
            Input::Paste(text) => {
                if let Some(line) = self.lines.get_mut(self.at) {
                    line.input.paste(text);
                }
                return Outcome::Stay;
            }
            Input::Key(key) => *key,
        };
        let last_line = self.lines.len().saturating_sub(1);
        match (key.code, key.ctrl) {
            (Code::Esc, _) | (Code::Char('c'), true) => return Outcome::Close,
            (Code::Enter, _) => return Outcome::Filled,
            (Code::Tab, _) => {
                let typed = self.lines.get(self.at).map(|line| last(line.input.text()).to_owned()).unwrap_or_default();
                match self.offered().first().filter(|_| !typed.is_empty()) {
                    Some(offer) => self.complete(offer),
                    None => self.at = if self.at == last_line { 0 } else { self.at + 1 },
                }
            }
            (Code::Down, _) => self.at = (self.at + 1).min(last_line),
            (Code::Up, _) => self.at = self.at.saturating_sub(1),
            (Code::BackTab, _) => self.at = self.at.checked_sub(1).unwrap_or(last_line),
            _ => {
                if let Some(line) = self.lines.get_mut(self.at) {
                    line.input.key(key);
                }
                self.problem = None;
            }
        }
        Outcome::Stay
    }

    fn complete(&mut self, offer: &str) {
        if let Some(line) = self.lines.get_mut(self.at) {
            let text = line.input.text();
            let kept = &text[..text.len() - last(text).len()];
            line.input.set(format!("{kept}{offer}"));
        }
    }

    /// Draws the box; gives the place of the cursor.
    pub(super) fn view(&self, desk: &Desk, painter: &mut Painter<'_>, area: Rect) -> (u16, u16) {
        let texts = &desk.setup.texts;
        let columns = 72.min(area.width.saturating_sub(4));
        let inner = usize::from(columns.saturating_sub(4));
        let id = self.lines.get(self.at).map(|line| line.id).unwrap_or_default();
        let (below, role) = match &self.problem {
            Some(problem) => (format!("▲ {problem}"), Role::Error),
            None => (texts.get(&format!("{id}-help")), Role::TextMuted),
        };
        let mut below = wrap(&below, inner);
        let offered = self.offered();
        if self.problem.is_none() && !offered.is_empty() {
            below.truncate(2);
            below.push(offered.join("  "));
        }
        let rows = |count: usize| u16::try_from(count).unwrap_or(u16::MAX);
        let title = texts.with(&format!("fill-{}-title", self.about.word()), &[("whose", &self.whose)]);
        let height = rows(self.lines.len()).saturating_add(rows(below.len().max(3))).saturating_add(5);
        let inside = painter.boxed(centred(area, columns, height), &title, "");
        let mut cursor = (inside.x, inside.y);
        for (row, field) in self.lines.iter().enumerate() {
            let y = inside.y + rows(row);
            if y >= inside.bottom() {
                break;
            }
            let here = row == self.at;
            popup(painter, inside.x, y, LABEL, &texts.get(field.id), if here { Role::Key } else { Role::TextMuted });
            let (x, room) = (inside.x + LABEL, inside.width.saturating_sub(LABEL));
            if field.hidden {
                let stars = LineInput::new("•".repeat(field.input.text().chars().count()));
                let place = line(painter, x, y, room, &stars);
                cursor = if here { place } else { cursor };
            } else if here {
                cursor = line(painter, x, y, room, &field.input);
            } else {
                popup(painter, x, y, room, field.input.text(), Role::Popup);
            }
        }
        let mut y = inside.y + rows(self.lines.len()) + 1;
        for text in &below {
            if y + 1 < inside.bottom() {
                popup(painter, inside.x, y, inside.width, text, role);
                y += 1;
            }
        }
        let hint = texts.get("fill-hint");
        debug_assert!(width(&hint) <= 72, "the hint fits");
        popup(painter, inside.x, inside.bottom().saturating_sub(1), inside.width, &hint, Role::TextMuted);
        cursor
    }
}

/// What is being typed: behind the last comma or blank.
fn last(text: &str) -> &str {
    text.rsplit([',', ' ']).next().unwrap_or_default()
}

/// Recordings as things of a share.
pub fn recordings_shared(ids: impl IntoIterator<Item = RecordingId>) -> Vec<ShareItem> {
    ids.into_iter().map(|id| ShareItem { kind: crate::wire::access::SharedThing::Recording, id: id.0 }).collect()
}
