//! How the box is drawn.

use ratatui::layout::Rect;

use super::{Part, Scope, TotalsPage, chart::chart, sums};
use crate::{
    console::{
        desk::Desk,
        screens::calls::{bytes, query_view::long_length},
        theme::Role,
        widgets::{Painter, grouped, width},
    },
    wire::Share,
};

/// Lines from which chart and table stand below each other; else one of them is shown at a time.
const TALL: u16 = 28;
/// Lines that the days keep under a chart on a low screen.
const DAYS: u16 = 7;
/// Lines of the chart where the table stands below it.
const CHART: u16 = 10;

/// Draws the box over the content area.
pub fn view(page: &TotalsPage, desk: &Desk, painter: &mut Painter<'_>, area: Rect) {
    let texts = &desk.setup.texts;
    let title = match page.scope {
        Scope::Filtered => texts.get("totals-title"),
        Scope::Marked(n) => texts.counted("totals-title-marked", n as u64, &[]),
        Scope::MarkedQuery => texts.get("totals-title-all"),
    };
    let remark = match page.scope {
        Scope::Marked(_) => String::new(),
        _ => page.queries.first().filter(|query| !query.is_empty()).cloned().unwrap_or_else(|| texts.get("totals-all-calls")),
    };
    let inside = painter.boxed(area, &title, &shortened(&remark, area.width / 2));
    if inside.height < 6 {
        return;
    }
    if let Some(why) = &page.refused {
        for (line, y) in crate::console::widgets::wrap(why, usize::from(inside.width)).iter().zip(inside.y + 1..inside.bottom()) {
            painter.popup(inside.x, y, inside.width, line, Role::Error);
        }
        return;
    }
    let Some(summary) = &page.summary else {
        painter.popup(inside.x, inside.y + 1, inside.width, &texts.get("totals-reading"), Role::TextMuted);
        return;
    };
    let mut y = sum_lines(summary, desk, painter, Rect::new(inside.x, inside.y, inside.width, 3));
    y += u16::from(inside.height > 14);
    tabs(page, desk, painter, Rect::new(inside.x, y, inside.width, 1));
    y += 1;
    let hint = inside.bottom() - 1;
    let tall = area.height >= TALL;
    if tall {
        chart(&summary.days, desk, painter, Rect::new(inside.x, y + 1, inside.width, CHART));
        y += CHART + 2;
    } else if page.part == Part::Day {
        let lines = hint.saturating_sub(y + DAYS).max(4);
        chart(&summary.days, desk, painter, Rect::new(inside.x, y + 1, inside.width, lines));
        y += lines + 1;
    }
    if hint > y + 1 {
        table(page, desk, painter, Rect::new(inside.x, y, inside.width, hint.saturating_sub(y)));
    }
    painter.popup(inside.x, hint, inside.width, &texts.get("totals-hint"), Role::TextMuted);
}

fn shortened(text: &str, columns: u16) -> String {
    crate::domain::clean::line(text, usize::from(columns))
}

/// The sums on three lines, in columns.
fn sum_lines(summary: &crate::wire::SummaryBody, desk: &Desk, painter: &mut Painter<'_>, area: Rect) -> u16 {
    // Labels of the middle are the longest, numbers of the left.
    let widths = [area.width * 39 / 100, area.width * 35 / 100, area.width - area.width * 74 / 100];
    let labels = [12, 13, 9];
    for (at, (label, value)) in (0u16..).zip(sums::lines(&summary.totals, desk)) {
        let column = usize::from(at / 3).min(2);
        let x = area.x + widths[..column].iter().sum::<u16>();
        let y = area.y + at % 3;
        let end = painter.popup(x, y, labels[column], &label, Role::TextMuted);
        let start = (x + labels[column]).max(end + 1);
        painter.popup(start, y, (x + widths[column]).saturating_sub(start), &value, Role::Popup);
    }
    area.y + 3
}

fn tabs(page: &TotalsPage, desk: &Desk, painter: &mut Painter<'_>, area: Rect) {
    let mut x = area.x;
    for part in Part::ALL {
        let name = desk.setup.texts.get(&format!("totals-part-{}", part.field()));
        let columns = u16::try_from(width(&name)).unwrap_or(8);
        if *part == page.part {
            painter.text(x, area.y, columns + 2, &format!(" {name} "), Role::TabActive);
        } else {
            painter.popup(x + 1, area.y, columns, &name, Role::Popup);
        }
        x += columns + 3;
    }
}

/// A column of the table: where it ends, and what stands in it.
struct Cell {
    word: &'static str,
    columns: u16,
    /// Left out on narrower boxes.
    from: u16,
    value: fn(&Share) -> String,
}

const CELLS: &[Cell] = &[
    Cell { word: "calls", columns: 10, from: 0, value: |share| grouped(share.totals.calls) },
    Cell { word: "answered", columns: 9, from: 0, value: |share| sums::percent(share.totals.answered, share.totals.calls) },
    Cell { word: "missed", columns: 13, from: 0, value: |share| grouped(share.totals.missed) },
    Cell { word: "talk", columns: 12, from: 0, value: |share| long_length(share.totals.talk_s) },
    Cell { word: "recorded", columns: 12, from: 100, value: |share| long_length(share.totals.recorded_s) },
    Cell { word: "bytes", columns: 10, from: 100, value: |share| bytes(share.totals.bytes) },
    Cell { word: "cost", columns: 14, from: 110, value: |share| sums::cost(&share.totals) },
];

fn table(page: &TotalsPage, desk: &Desk, painter: &mut Painter<'_>, area: Rect) {
    let texts = &desk.setup.texts;
    if area.height < 2 {
        return;
    }
    if !page.shares.contains_key(&page.part) {
        painter.popup(area.x, area.y + 1, area.width, &texts.get("totals-reading"), Role::TextMuted);
        return;
    }
    let cells: Vec<&Cell> = CELLS.iter().filter(|cell| cell.from <= area.width).collect();
    let numbers: u16 = cells.iter().map(|cell| cell.columns).sum();
    let bar = (area.width.saturating_sub(numbers) / 3).clamp(6, 20);
    let name = area.width.saturating_sub(numbers + bar + 3);
    let mut x = area.x + 1 + name + 1 + bar;
    for cell in &cells {
        let mut text = texts.get(&format!("totals-{}", cell.word));
        if cell.word == page.order.word() {
            text.push('▼');
        }
        let start = (x + cell.columns).saturating_sub(u16::try_from(width(&text)).unwrap_or(0));
        painter.popup(start, area.y, cell.columns, &text, Role::TextMuted);
        x += cell.columns;
    }
    painter.popup(area.x + 1, area.y, name, &texts.get(&format!("totals-part-{}", page.part.field())), Role::TextMuted);
    let rows = page.rows();
    let room = usize::from(area.height - 1);
    let top = page.at.saturating_sub(room / 2).min(rows.len().saturating_sub(room));
    let most = rows.iter().map(|share| share.totals.calls).max().unwrap_or(0).max(1);
    for (row, y) in rows.iter().enumerate().skip(top).take(room).zip(area.y + 1..) {
        let (at, share) = row;
        let here = at == page.at;
        let role = |other: Role| if here { Role::CursorRow } else { other };
        if here {
            painter.tint(Rect::new(area.x - 1, y, area.width + 2, 1), Role::CursorRow);
            painter.text(area.x - 1, y, 1, "►", Role::CursorRow);
        }
        let write = |painter: &mut Painter<'_>, x: u16, columns: u16, text: &str, wanted: Role| {
            if here { painter.text(x, y, columns, text, role(wanted)) } else { painter.popup(x, y, columns, text, wanted) }
        };
        write(painter, area.x + 1, name, &label(page.part, share.value.as_deref(), desk), Role::Popup);
        let halves = (share.totals.calls * u64::from(bar) * 2).div_ceil(most);
        let full = usize::try_from(halves / 2).unwrap_or(0);
        let text = format!("{}{}", "█".repeat(full), if halves % 2 == 1 { "▌" } else { "" });
        write(painter, area.x + 2 + name, bar, &text, Role::LaneAgent);
        let mut x = area.x + 1 + name + 1 + bar;
        for cell in &cells {
            let text = (cell.value)(share);
            let start = (x + cell.columns).saturating_sub(u16::try_from(width(&text)).unwrap_or(0));
            write(painter, start, cell.columns, &text, Role::Popup);
            x += cell.columns;
        }
    }
    if rows.is_empty() {
        painter.popup(area.x + 1, area.y + 1, area.width, &texts.get("totals-nothing"), Role::TextMuted);
    } else if rows.len() > room {
        let place = texts.with("list-of", &[("n", &(page.at + 1).to_string()), ("all", &rows.len().to_string())]);
        let start = area.right().saturating_sub(u16::try_from(width(&place)).unwrap_or(0));
        painter.popup(start, area.y - 1, area.width, &place, Role::TextMuted);
    }
}

/// A value as people read it.
fn label(part: Part, value: Option<&str>, desk: &Desk) -> String {
    let texts = &desk.setup.texts;
    match (part, value) {
        (_, None) => texts.get("totals-unknown"),
        (Part::Hour, Some(hour)) => format!("{hour}:00 – {hour}:59"),
        (Part::Weekday, Some(day @ ("mon" | "tue" | "wed" | "thu" | "fri" | "sat" | "sun"))) => {
            texts.get(&format!("weekday-{day}"))
        }
        (Part::Day, Some(day)) => {
            day.parse::<jiff::civil::Date>().map_or_else(|_| day.to_owned(), |day| day.strftime("%a %-d %b %Y").to_string())
        }
        (_, Some(value)) => value.to_owned(),
    }
}
