//! A month from which a day is picked by keys. Weeks begin on Monday.

use jiff::{ToSpan, civil::Date};
use ratatui::layout::Rect;

use super::view::popup;
use crate::console::{
    desk::Desk,
    input::{Code, Key},
    theme::Role,
    widgets::Painter,
};

/// Columns and lines that the days take, with their heading.
pub const SIZE: (u16, u16) = (22, 8);

/// The month around a day.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Calendar {
    pub day: Date,
    today: Date,
}

/// What a key did.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Picked {
    Moved,
    Taken(Date),
    /// None of the calendar's keys.
    No,
}

impl Calendar {
    /// Begins at a day, else today in the company's zone.
    pub fn new(desk: &Desk, day: Option<Date>) -> Self {
        let today = desk.now.to_zoned(desk.zone.clone()).date();
        Self { day: day.unwrap_or(today), today }
    }

    pub const fn today(&self) -> Date {
        self.today
    }

    /// Arrows go by days and weeks, pages by months, `t` to today, Enter takes the day.
    pub fn key(&mut self, key: Key) -> Picked {
        let by = match key.code {
            Code::Left => -1.days(),
            Code::Right => 1.days(),
            Code::Up => -1.weeks(),
            Code::Down => 1.weeks(),
            Code::PageUp => -1.months(),
            Code::PageDown => 1.months(),
            Code::Home => {
                self.day = self.day.first_of_month();
                return Picked::Moved;
            }
            Code::End => {
                self.day = self.day.last_of_month();
                return Picked::Moved;
            }
            Code::Char('t') if !key.ctrl => {
                self.day = self.today;
                return Picked::Moved;
            }
            Code::Enter => return Picked::Taken(self.day),
            _ => return Picked::No,
        };
        self.day = self.day.checked_add(by).ok().filter(|day| (1970..2200).contains(&day.year())).unwrap_or(self.day);
        Picked::Moved
    }
}

/// `November 2026`.
pub fn title(calendar: &Calendar, desk: &Desk) -> String {
    let month = desk.setup.texts.get(&format!("month-{}", calendar.day.month()));
    format!("{month} {}", calendar.day.year())
}

/// Draws the days; today has a dot, the chosen one is lit and stands between arrows.
pub fn days(calendar: &Calendar, desk: &Desk, painter: &mut Painter<'_>, area: Rect) {
    for weekday in 0..7 {
        let name = desk.setup.texts.get(&format!("weekday-{}", weekday + 1));
        popup(painter, area.x + 1 + weekday * 3, area.y, 2, &name, Role::TextMuted);
    }
    let first = calendar.day.first_of_month();
    let offset = i16::from(first.weekday().to_monday_zero_offset());
    for day in 1..=i16::from(first.days_in_month()) {
        let place = u16::try_from(offset + day - 1).unwrap_or(0);
        let (x, y) = (area.x + 1 + place % 7 * 3, area.y + 1 + place / 7);
        if y >= area.bottom() {
            return;
        }
        let text = format!("{day:>2}");
        let chosen = day == i16::from(calendar.day.day());
        if chosen {
            painter.text(x - 1, y, 4, &format!("►{text}◄"), Role::CursorRow);
        } else {
            popup(painter, x, y, 2, &text, Role::Popup);
        }
        let is_today = first.year() == calendar.today.year() && first.month() == calendar.today.month();
        if is_today && day == i16::from(calendar.today.day()) && !chosen {
            popup(painter, x + 2, y, 1, "·", Role::TextMuted);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_walk_over_the_ends_of_months() {
        let day = |text: &str| text.parse::<Date>().expect("a day");
        let mut calendar = Calendar { day: day("2026-01-31"), today: day("2026-11-07") };
        for (key, now) in [
            ("Right", "2026-02-01"),
            ("Left", "2026-01-31"),
            ("PageDown", "2026-02-28"),
            ("Down", "2026-03-07"),
            ("Home", "2026-03-01"),
            ("Up", "2026-02-22"),
            ("End", "2026-02-28"),
            ("t", "2026-11-07"),
        ] {
            assert_eq!(calendar.key(key.parse().expect("a key")), Picked::Moved, "{key}");
            assert_eq!(calendar.day, day(now), "{key}");
        }
        assert_eq!(calendar.key("Enter".parse().expect("a key")), Picked::Taken(day("2026-11-07")));
        assert_eq!(calendar.key("x".parse().expect("a key")), Picked::No);
    }
}
