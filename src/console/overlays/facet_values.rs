//! All values of one facet, narrowed by typing.

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
        widgets::{LineInput, Painter, grouped, width},
    },
    domain::{clean::fold, list::FacetCount, query::edit::Presence},
};

/// One value as it is listed.
#[derive(Clone, Debug, PartialEq)]
pub struct Choice {
    pub count: FacetCount,
    pub label: String,
    pub presence: Presence,
}

/// The list.
#[derive(Clone, Debug)]
pub struct FacetValues {
    pub section: usize,
    pub title: String,
    filter: LineInput,
    at: usize,
    values: Vec<Choice>,
}

impl FacetValues {
    pub fn new(section: usize, title: String, values: Vec<Choice>) -> Self {
        Self { section, title, filter: LineInput::default(), at: 0, values }
    }

    fn shown(&self) -> Vec<&Choice> {
        let wanted = fold(self.filter.text().trim());
        self.values.iter().filter(|choice| fold(&choice.label).contains(&wanted)).collect()
    }

    pub(super) fn input(&mut self, input: &Input) -> Outcome {
        let key = match input {
            Input::Paste(text) => {
                self.filter.paste(text);
                self.at = 0;
                return Outcome::Stay;
            }
            Input::Key(key) => *key,
        };
        let last = self.shown().len().saturating_sub(1);
        match (key.code, key.ctrl) {
            (Code::Esc, _) | (Code::Char('c'), true) => return Outcome::Close,
            (Code::Enter | Code::Tab, _) => {
                return match self.shown().get(self.at) {
                    Some(choice) => Outcome::Facet {
                        section: self.section,
                        value: choice.count.value.clone(),
                        exclude: key.code == Code::Tab,
                    },
                    None => Outcome::Stay,
                };
            }
            _ => super::narrowing::narrow(key, &mut self.filter, &mut self.at, last),
        }
        Outcome::Stay
    }
}

/// Draws the list; gives the place of the cursor.
pub(super) fn view(list: &FacetValues, desk: &Desk, painter: &mut Painter<'_>, area: Rect) -> Option<(u16, u16)> {
    let texts = &desk.setup.texts;
    let shown = list.shown();
    let rows = u16::try_from(list.values.len()).unwrap_or(u16::MAX).saturating_add(4);
    let count = texts.with("list-of", &[("n", &shown.len().to_string()), ("all", &list.values.len().to_string())]);
    let inside = painter.boxed(centred(area, 56, rows), &list.title, &count);
    if inside.height < 3 {
        return None;
    }
    let end = popup(painter, inside.x, inside.y, inside.width, &texts.get("list-filter"), Role::TextMuted);
    let cursor = line(painter, end + 1, inside.y, inside.right().saturating_sub(end + 1), &list.filter);
    let height = usize::from(inside.height - 2);
    let top = list.at.saturating_sub(height.saturating_sub(1));
    for (y, (row, choice)) in (inside.y + 1..inside.bottom() - 1).zip(shown.iter().enumerate().skip(top)) {
        let here = row == list.at;
        let role = if here { Role::CursorRow } else { Role::Popup };
        if here {
            painter.tint(Rect::new(inside.x - 1, y, inside.width + 2, 1), Role::CursorRow);
            painter.text(inside.x - 1, y, 1, "►", Role::CursorRow);
        }
        let sign = match choice.presence {
            Presence::In => "■",
            Presence::Out => "-",
            Presence::No => " ",
        };
        painter.text(inside.x, y, 1, sign, role);
        let number = grouped(choice.count.count);
        let columns = u16::try_from(width(&number)).unwrap_or(0);
        painter.text(inside.x + 2, y, inside.width.saturating_sub(columns + 3), &choice.label, role);
        painter.right(inside.right() - columns, y, columns, &number, role);
    }
    if shown.is_empty() {
        popup(painter, inside.x + 1, inside.y + 1, inside.width, &texts.get("list-nothing"), Role::TextMuted);
    }
    popup(painter, inside.x, inside.bottom() - 1, inside.width, &texts.get("facet-values-hint"), Role::TextMuted);
    Some(cursor)
}
