//! What is not sent yet, one by one, with what may be done about it.

use ratatui::layout::Rect;

use super::{
    Outcome,
    view::{centred, popup},
};
use crate::{
    console::{
        desk::Desk,
        effect::Write,
        input::{Code, Input},
        theme::Role,
        unsent::{Change, Stand},
        widgets::{Painter, fit, width, wrap},
    },
    domain::clean,
};

/// The chosen line.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Pending {
    at: usize,
}

/// What the person said of one of them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Said {
    Send(u64),
    /// All that are not on their way.
    SendAll,
    Drop(u64),
}

/// Lines that the text of the chosen one may take.
const TEXT: usize = 6;

impl Pending {
    pub fn input(&mut self, desk: &Desk, input: &Input) -> Outcome {
        let Input::Key(key) = input else { return Outcome::Stay };
        let count = desk.unsent.listed().count();
        let last = count.saturating_sub(1);
        self.at = self.at.min(last);
        let chosen = desk.unsent.listed().nth(self.at);
        match (key.code, key.ctrl) {
            (Code::Down, _) | (Code::Char('j'), false) => self.at = (self.at + 1).min(last),
            (Code::Up, _) | (Code::Char('k'), false) => self.at = self.at.saturating_sub(1),
            (Code::Home, _) => self.at = 0,
            (Code::End, _) => self.at = last,
            (Code::Esc, _) | (Code::Char('q'), false) | (Code::Char('c'), true) => return Outcome::Close,
            (Code::Char('s') | Code::Enter, _) => {
                return chosen.map_or(Outcome::Close, |(number, _)| Outcome::Pending(Said::Send(number)));
            }
            (Code::Char('S'), _) => return Outcome::Pending(Said::SendAll),
            (Code::Char('D'), _) => return chosen.map_or(Outcome::Close, |(number, _)| Outcome::Pending(Said::Drop(number))),
            (Code::Char('y'), _) => {
                return chosen.map_or(Outcome::Stay, |(_, change)| Outcome::CopyText(text(desk, &change.write)));
            }
            _ => {}
        }
        Outcome::Stay
    }

    pub fn view(self, desk: &Desk, painter: &mut Painter<'_>, area: Rect) {
        let texts = &desk.setup.texts;
        let listed: Vec<&Change> = desk.unsent.listed().map(|(_, change)| change).collect();
        let at = self.at.min(listed.len().saturating_sub(1));
        let wide = area.width.saturating_sub(4).min(90);
        let shown: Vec<String> = listed.get(at).map(|change| below(desk, change, wide)).unwrap_or_default();
        let below = u16::try_from(shown.len()).unwrap_or(0);
        let room = area.height.saturating_sub(below + 6).max(1);
        let rows = u16::try_from(listed.len().max(1)).unwrap_or(u16::MAX).min(room);
        let inside = painter.boxed(centred(area, wide, rows + below + 6), &texts.get("pending-title"), "");
        if inside.height < 4 {
            return;
        }
        if listed.is_empty() {
            popup(painter, inside.x, inside.y, inside.width, &texts.get("pending-none"), Role::TextMuted);
        }
        let top = at.saturating_sub(usize::from(rows.saturating_sub(1)));
        for ((place, change), y) in listed.iter().enumerate().skip(top).take(usize::from(rows)).zip(inside.y..) {
            if place == at {
                popup(painter, inside.x, y, 1, "►", Role::Popup);
            }
            let (sign, word, role) = sign(&change.stand);
            popup(painter, inside.x + 2, y, 1, sign, role);
            let made = desk.zone.to_datetime(change.made).strftime("%d.%m. %H:%M").to_string();
            let state = texts.get(word);
            let columns = usize::from(inside.width).saturating_sub(width(&made) + width(&state) + 8);
            popup(painter, inside.x + 4, y, inside.width - 4, &made, Role::TextMuted);
            let x = inside.x + 5 + u16::try_from(width(&made)).unwrap_or(0);
            popup(painter, x, y, inside.width, &fit(&text(desk, &change.write), columns), Role::Popup);
            let x = inside.right().saturating_sub(u16::try_from(width(&state)).unwrap_or(0));
            popup(painter, x, y, inside.width, &state, role);
        }
        for (line, y) in shown.iter().zip(inside.y + rows + 1..inside.bottom() - 1) {
            popup(painter, inside.x, y, inside.width, line, Role::Popup);
        }
        popup(painter, inside.x, inside.bottom() - 1, inside.width, &texts.get("pending-hint"), Role::TextMuted);
    }
}

const fn sign(stand: &Stand) -> (&'static str, &'static str, Role) {
    match stand {
        Stand::Sent => ("…", "pending-sent", Role::Info),
        Stand::Waits => ("…", "pending-waiting", Role::Info),
        Stand::Offered => ("?", "pending-earlier", Role::Warn),
        Stand::Refused(_) => ("×", "pending-not-taken", Role::Error),
    }
}

/// The whole of the chosen one: its text, and why it was refused.
fn below(desk: &Desk, change: &Change, wide: u16) -> Vec<String> {
    let columns = usize::from(wide.saturating_sub(4));
    let mut lines = wrap(&text(desk, &change.write), columns);
    lines.truncate(TEXT);
    if let Stand::Refused(why) = &change.stand {
        lines.extend(wrap(&desk.setup.texts.with("pending-why", &[("why", &clean::line(why, 200))]), columns));
    }
    lines
}

/// What a change says.
pub fn text(desk: &Desk, write: &Write) -> String {
    let texts = &desk.setup.texts;
    let (id, what) = match write {
        Write::AddNote { draft, .. } if draft.at.is_some() && draft.text.is_empty() => {
            ("pending-mark", draft.at.map(crate::domain::length::Tenths::clock).unwrap_or_default())
        }
        Write::AddNote { draft, .. } => ("pending-note", draft.text.clone()),
        Write::EditNote { draft, .. } => ("pending-note-edited", draft.text.clone()),
        Write::RemoveNote { was, .. } => ("pending-note-removed", was.text.clone()),
        Write::AddTag { tag, .. } => ("pending-tag", tag.clone()),
        Write::RemoveTag { tag, .. } => ("pending-tag-removed", tag.clone()),
        Write::SetCase { case: Some(case), .. } => ("pending-case", case.clone()),
        Write::SetFlag { flagged: true, .. } => ("pending-flag", String::new()),
        Write::SetFlag { .. } => ("pending-flag-removed", String::new()),
        _ => ("pending-case-removed", String::new()),
    };
    texts.with(id, &[("what", &clean::line(&what, 4_000))])
}
