//! Calls by day as bars. One cell is two levels (half blocks exist in every glyph set).

use jiff::civil::Date;
use ratatui::layout::Rect;

use super::sums::{Unit, bars};
use crate::{
    console::{
        desk::Desk,
        theme::Role,
        widgets::{Painter, grouped, width},
    },
    domain::list::DayCount,
};

/// Widest that a bar is.
const WIDEST: u16 = 6;

/// Draws title, bars, and dates below them.
pub fn chart(days: &[DayCount], desk: &Desk, painter: &mut Painter<'_>, area: Rect) {
    if area.height < 4 || area.width < 20 {
        return;
    }
    let texts = &desk.setup.texts;
    let most = days.iter().map(|day| day.calls).max().unwrap_or(0);
    // Room for the greatest number of a year, so that the chart does not jump with the unit.
    let total: u64 = days.iter().map(|day| day.calls).sum();
    let axis = u16::try_from(width(&grouped(total.max(most)))).unwrap_or(8).min(10) + 1;
    let plot = Rect::new(area.x + axis, area.y + 1, area.width - axis, area.height - 2);
    let (unit, bars) = bars(days, usize::from(plot.width));
    let Some((peak_at, peak)) = bars.iter().max_by_key(|(_, calls)| *calls).copied() else {
        painter.popup(area.x, area.y, area.width, &texts.get("totals-no-days"), Role::TextMuted);
        return;
    };
    let title = texts.with(&format!("totals-by-{}", unit.word()), &[("most", &grouped(peak)), ("when", &when(unit, peak_at))]);
    painter.popup(area.x, area.y, area.width, &title, Role::TextMuted);
    let count = u16::try_from(bars.len()).unwrap_or(u16::MAX).max(1);
    let step = (plot.width / count).clamp(1, WIDEST);
    let bar = if step > 2 { step - 1 } else { step };
    let rows = u64::from(plot.height);
    for (at, (_, calls)) in (0u16..).zip(&bars) {
        let halves = (calls * rows * 2).div_ceil(peak.max(1));
        for row in 0..plot.height {
            let y = plot.bottom() - 1 - row;
            let block = match halves.saturating_sub(u64::from(row) * 2) {
                0 => continue,
                1 => "▄",
                _ => "█",
            };
            painter.popup(plot.x + at * step, y, bar, &block.repeat(usize::from(bar)), Role::LaneAgent);
        }
    }
    let number = |painter: &mut Painter<'_>, y: u16, number: u64| {
        let text = grouped(number);
        let x = plot.x.saturating_sub(u16::try_from(width(&text)).unwrap_or(1) + 1).max(area.x);
        painter.popup(x, y, axis, &text, Role::TextMuted);
    };
    number(painter, plot.y, peak);
    number(painter, plot.bottom() - 1, 0);
    labels(unit, &bars, step, painter, Rect::new(plot.x, plot.bottom(), plot.width, 1));
}

/// As many dates below the bars as there is room for.
fn labels(unit: Unit, bars: &[(Date, u64)], step: u16, painter: &mut Painter<'_>, area: Rect) {
    let mut free = area.x;
    let last = bars.len().saturating_sub(1);
    for (at, (date, _)) in bars.iter().enumerate() {
        let text = label(unit, *date);
        let columns = u16::try_from(width(&text)).unwrap_or(1);
        let x = area.x + u16::try_from(at).unwrap_or(0) * step;
        let fits = x >= free && x + columns <= area.right();
        // Weeks and days are named where a stretch begins that people think in.
        let wanted = match unit {
            Unit::Day => at == 0 || at == last || date.weekday() == jiff::civil::Weekday::Monday || step > 5,
            Unit::Week => at == 0 || date.day() <= 7,
            Unit::Month => at == 0 || date.month() % 3 == 1,
            Unit::Year => true,
        };
        if fits && wanted {
            painter.popup(x, area.y, columns, &text, Role::TextMuted);
            free = x + columns + 2;
        }
    }
}

fn label(unit: Unit, date: Date) -> String {
    let form = match unit {
        Unit::Day | Unit::Week => "%-d %b",
        Unit::Month => "%b %y",
        Unit::Year => "%Y",
    };
    date.strftime(form).to_string()
}

/// The stretch of a bar in words.
fn when(unit: Unit, date: Date) -> String {
    let form = match unit {
        Unit::Day => "%a %-d %b %Y",
        Unit::Week => "%-d %b %Y",
        Unit::Month => "%b %Y",
        Unit::Year => "%Y",
    };
    date.strftime(form).to_string()
}
