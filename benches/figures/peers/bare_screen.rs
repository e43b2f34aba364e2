//! The same list as ratatui alone would draw it: seven columns, three colours in a row, a header, a status line, a full row
//! as the selection, the stock backend. Started as a program of its own in a terminal.

use crossterm::event::{self, Event, KeyCode, KeyEventKind, KeyModifiers};
use ratatui::{
    backend::{Backend, ClearType},
    layout::{Constraint, Layout},
    style::{Color, Modifier, Style},
    text::Span,
    widgets::{Cell, Paragraph, Row, Table, TableState},
};

const ROWS: usize = 10_000;

pub fn run() -> anyhow::Result<()> {
    let mut terminal = ratatui::init();
    let done = show(&mut terminal);
    ratatui::restore();
    done
}

fn show(terminal: &mut ratatui::DefaultTerminal) -> anyhow::Result<()> {
    let (mut selected, mut top) = (0_usize, 0_usize);
    loop {
        terminal.draw(|frame| {
            let [head, list, status] =
                Layout::vertical([Constraint::Length(2), Constraint::Min(1), Constraint::Length(1)]).areas(frame.area());
            let height = usize::from(list.height).saturating_sub(1).max(1);
            top = top.clamp(selected.saturating_sub(height - 1), selected);
            frame.render_widget(Paragraph::new(" Calls  Review  Rules  Storage                          one.db"), head);
            let rows = (top..(top + height).min(ROWS)).map(row);
            let widths = [11, 2, 14, 16, 6, 14, 2].map(Constraint::Length);
            let header = Row::new(["TIME", "", "OTHER PARTY", "NUMBER", "TALK", "AGENT", "R"]);
            let table = Table::new(rows, widths)
                .header(header.style(Style::new().add_modifier(Modifier::BOLD)))
                .row_highlight_style(Style::new().bg(Color::Indexed(237)).add_modifier(Modifier::BOLD));
            let mut state = TableState::new().with_selected(Some(selected - top));
            frame.render_stateful_widget(table, list, &mut state);
            let told = format!(" {} of {ROWS}   Enter open  / filter  ? help", selected + 1);
            frame.render_widget(Paragraph::new(told).style(Style::new().bg(Color::Indexed(236))), status);
        })?;
        let Event::Key(key) = event::read()? else { continue };
        if key.kind == KeyEventKind::Release {
            continue;
        }
        match key.code {
            // Not `clear`, which asks the terminal where its cursor is and waits for the answer.
            KeyCode::Char('l') if key.modifiers.contains(KeyModifiers::CONTROL) => {
                terminal.backend_mut().clear_region(ClearType::All)?;
                terminal.swap_buffers();
            }
            KeyCode::Char('q') => return Ok(()),
            KeyCode::Down => selected = (selected + 1).min(ROWS - 1),
            KeyCode::PageDown => {
                selected = (selected + 20).min(ROWS - 1);
                top = (top + 20).min(ROWS - 1);
            }
            KeyCode::Home => selected = 0,
            KeyCode::End => selected = ROWS - 1,
            _ => {}
        }
    }
}

/// Text that differs from row to row as calls do.
fn row(index: usize) -> Row<'static> {
    let mixed = index.wrapping_mul(2_654_435_761) % 1_000_000_007;
    let (time, minute) = (mixed % 24, mixed / 24 % 60);
    let names = ["Jana Nováková", "", "Autodielňa Široká", "", "Ewa Jankowska", ""];
    let missed = mixed.is_multiple_of(4);
    let talk = if missed { "missed".to_owned() } else { format!("{}:{:02}", mixed % 17, mixed % 60) };
    let grey = Style::new().fg(Color::Indexed(245));
    Row::new([
        Cell::from(Span::styled(format!("10-{:02} {time:02}:{minute:02}", 1 + mixed % 30), grey)),
        Cell::from(if missed { "←×" } else { "→" }),
        Cell::from(names[mixed % 6]),
        Cell::from(Span::styled(format!("+48{:09}", mixed % 1_000_000_000), Style::new().fg(Color::Indexed(110)))),
        Cell::from(Span::styled(talk, Style::new().fg(if missed { Color::Indexed(167) } else { Color::Indexed(108) }))),
        Cell::from(["Beata Pawłowska", "358", "Wojciech Dąb", ""][mixed % 4]),
        Cell::from(Span::styled(if mixed.is_multiple_of(3) { "●" } else { "○" }, grey)),
    ])
}
