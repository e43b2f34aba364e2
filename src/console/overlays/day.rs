//! The box that asks for a day: a month to pick from, and a line for who would rather type.

use ratatui::layout::Rect;

use super::{
    Outcome, Purpose,
    calendar::{self, Calendar, Picked},
    view::{centred, line, popup},
};
use crate::{
    console::{
        desk::Desk,
        input::{Code, Input},
        theme::Role,
        widgets::{LineInput, Painter},
    },
    domain::query::{self, Filter, Predicate, QueryContext},
};

/// The day and what was typed.
#[derive(Clone, Debug)]
pub struct Day {
    calendar: Calendar,
    input: LineInput,
    context: QueryContext,
    problem: Option<String>,
}

impl Day {
    pub fn new(desk: &Desk, context: QueryContext) -> Self {
        Self { calendar: Calendar::new(desk, None), input: LineInput::default(), context, problem: None }
    }

    pub(super) fn input(&mut self, input: &Input) -> Outcome {
        let key = match input {
            Input::Paste(text) => {
                self.input.paste(text);
                self.follow();
                return Outcome::Stay;
            }
            Input::Key(key) => *key,
        };
        match key.code {
            Code::Esc => return Outcome::Close,
            Code::Char('c') if key.ctrl => return Outcome::Close,
            Code::Enter => return self.enter(),
            Code::Char(_) | Code::Backspace | Code::Delete => {
                if self.input.key(key) == Some(true) {
                    self.follow();
                }
            }
            _ => {
                if self.calendar.key(key) == Picked::Moved {
                    self.input.set("");
                    self.problem = None;
                }
            }
        }
        Outcome::Stay
    }

    fn enter(&mut self) -> Outcome {
        let text = self.input.text().trim();
        if text.is_empty() || text == "t" {
            return Outcome::Submit(Purpose::Date, self.calendar.day.to_string());
        }
        match query::prepare(&format!("date:{text}"), &self.context) {
            Ok(_) => Outcome::Submit(Purpose::Date, text.to_owned()),
            Err(error) => {
                self.problem = Some(error.message);
                Outcome::Stay
            }
        }
    }

    /// The month shows what was typed; `t` alone is today.
    fn follow(&mut self) {
        self.problem = None;
        let text = self.input.text().trim();
        if text == "t" {
            self.calendar.day = self.calendar.today();
            return;
        }
        let Ok(prepared) = query::prepare(&format!("date:{text}"), &self.context) else { return };
        if let Filter::Is(Predicate::Time(range)) = prepared.filter
            && let Some(first) = range.from
        {
            self.calendar.day = first.to_zoned(self.context.zone.clone()).date();
        }
    }
}

/// Draws the box; gives the place of the cursor.
pub(super) fn view(day: &Day, desk: &Desk, painter: &mut Painter<'_>, area: Rect) -> Option<(u16, u16)> {
    let texts = &desk.setup.texts;
    let inside =
        painter.boxed(centred(area, 68, calendar::SIZE.1 + 5), &texts.get("prompt-date"), &calendar::title(&day.calendar, desk));
    if inside.height < 4 {
        return None;
    }
    let cursor = line(painter, inside.x, inside.y, inside.width, &day.input);
    match &day.problem {
        Some(problem) => popup(painter, inside.x, inside.y + 1, inside.width, problem, Role::Error),
        None => popup(painter, inside.x, inside.y + 1, inside.width, &texts.get("prompt-date-help"), Role::TextMuted),
    };
    let days = Rect::new(
        inside.x + inside.width.saturating_sub(calendar::SIZE.0) / 2,
        inside.y + 2,
        calendar::SIZE.0,
        inside.height.saturating_sub(3),
    );
    calendar::days(&day.calendar, desk, painter, days);
    popup(painter, inside.x, inside.bottom() - 1, inside.width, &texts.get("date-hint"), Role::TextMuted);
    Some(cursor)
}
