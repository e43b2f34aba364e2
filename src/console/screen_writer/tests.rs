//! Random screens through our writer and through the plain one of the library, each into a terminal: the same must stand
//! on both, cell by cell.

use proptest::prelude::*;
use ratatui::{
    Terminal, TerminalOptions, Viewport,
    backend::CrosstermBackend,
    buffer::Buffer,
    layout::{Position, Rect},
    style::{Color, Modifier, Style},
};

use super::*;

const ALL: Abilities =
    Abilities { scrolls_regions: true, erases_in_colour: true, erases_by_count: true, takes_attributes_away: true };
const FEW: Abilities =
    Abilities { scrolls_regions: false, erases_in_colour: false, erases_by_count: false, takes_attributes_away: false };
const SCREEN: Abilities = Abilities { erases_in_colour: false, erases_by_count: false, ..ALL };

/// A change of a screen.
#[derive(Clone, Debug)]
enum Edit {
    Text {
        x: u16,
        y: u16,
        text: String,
        style: Style,
    },
    Fill {
        x: u16,
        y: u16,
        width: u16,
        height: u16,
        style: Style,
    },
    /// Rows from `y` on move up or down, within a stretch of rows.
    Move {
        y: u16,
        height: u16,
        by: i16,
    },
    Resize(u16, u16),
    Repaint,
}

fn color() -> impl Strategy<Value = Color> {
    prop_oneof![
        4 => Just(Color::Reset),
        2 => (0u8..3).prop_map(|index| Color::Indexed(index + 231)),
        1 => Just(Color::Rgb(18, 22, 28)),
        1 => prop_oneof![Just(Color::Red), Just(Color::Gray), Just(Color::DarkGray), Just(Color::White), Just(Color::LightBlue)],
    ]
}

fn style() -> impl Strategy<Value = Style> {
    let attribute = prop_oneof![
        5 => Just(Modifier::empty()),
        1 => Just(Modifier::BOLD),
        1 => Just(Modifier::REVERSED),
        1 => Just(Modifier::UNDERLINED),
        1 => Just(Modifier::BOLD | Modifier::ITALIC | Modifier::UNDERLINED),
    ];
    (color(), color(), attribute)
        .prop_map(|(fg, bg, modifier)| Style { fg: Some(fg), bg: Some(bg), ..Style::new() }.add_modifier(modifier))
}

fn edit() -> impl Strategy<Value = Edit> {
    let text = prop_oneof![
        3 => "[a-z ]{1,30}",
        1 => " {1,40}",
        1 => "[─►●日本電気ąé ]{1,12}",
        1 => "[a日e\u{301}ö]{1,9}",
        1 => "(👍|a|日|n\u{303}| ){1,6}",
    ];
    prop_oneof![
        6 => (0u16..40, 0u16..14, text, style()).prop_map(|(x, y, text, style)| Edit::Text { x, y, text, style }),
        2 => (0u16..40, 0u16..14, 1u16..41, 1u16..15, style())
            .prop_map(|(x, y, width, height, style)| Edit::Fill { x, y, width, height, style }),
        3 => (0u16..10, 4u16..14, -3i16..4).prop_map(|(y, height, by)| Edit::Move { y, height, by }),
        1 => (5u16..40, 3u16..14).prop_map(|(columns, rows)| Edit::Resize(columns, rows)),
        1 => Just(Edit::Repaint),
    ]
}

/// What is painted next, as every frame is: from nothing, so that no cell holds half a wide character.
fn apply(buffer: &mut Buffer, edit: &Edit) {
    let area = buffer.area;
    match edit {
        Edit::Text { x, y, text, style } if *x < area.right() && *y < area.bottom() => {
            cut(buffer, *x, *y);
            let (end, _) = buffer.set_stringn(*x, *y, text, usize::from(area.width), *style);
            cut(buffer, end, *y);
        }
        Edit::Fill { x, y, width, height, style } => {
            let part = Rect::new(*x, *y, *width, *height).intersection(area);
            for y in part.top()..part.bottom() {
                cut(buffer, part.left(), y);
                cut(buffer, part.right(), y);
                for x in part.left()..part.right() {
                    buffer[(x, y)].reset();
                }
            }
            buffer.set_style(part, *style);
        }
        Edit::Move { y, height, by } => {
            let before = buffer.clone();
            let stretch = i32::from(*y)..i32::from((y + height).min(area.bottom()));
            for y in stretch.clone() {
                let from = y + i32::from(*by);
                for x in 0..area.width {
                    let to = (x, u16::try_from(y).expect("a row"));
                    if stretch.contains(&from) {
                        buffer[to].clone_from(&before[(x, u16::try_from(from).expect("a row"))]);
                    } else {
                        buffer[to].reset();
                    }
                }
            }
        }
        Edit::Resize(columns, rows) => *buffer = Buffer::empty(Rect::new(0, 0, *columns, *rows)),
        _ => {}
    }
}

/// Where something begins or ends, no half of a wide character stays.
fn cut(buffer: &mut Buffer, x: u16, y: u16) {
    if x > 0 && x < buffer.area.right() && unicode_width::UnicodeWidthStr::width(buffer[(x - 1, y)].symbol()) > 1 {
        buffer[(x - 1, y)].reset();
        buffer[(x, y)].reset();
    }
}

/// The library's way, each frame in full.
fn plainly(columns: u16, rows: u16, buffer: &Buffer, cursor: Option<(u16, u16)>) -> vt100::Parser {
    let mut bytes = Vec::new();
    let viewport = Viewport::Fixed(Rect::new(0, 0, columns, rows));
    let mut terminal =
        Terminal::with_options(CrosstermBackend::new(&mut bytes), TerminalOptions { viewport }).expect("a terminal in memory");
    terminal
        .draw(|frame| {
            frame.buffer_mut().clone_from(buffer);
            if let Some((x, y)) = cursor {
                frame.set_cursor_position(Position { x, y });
            }
        })
        .expect("drawn");
    drop(terminal);
    let mut parser = vt100::Parser::new(rows, columns, 0);
    parser.process(&bytes);
    parser
}

/// One cell as one sees it: text, wide, colours, attributes. A blank shows no foreground, unless it is reversed or
/// underlined.
fn seen(screen: &vt100::Screen, x: u16, y: u16) -> (String, bool, Option<vt100::Color>, vt100::Color, [bool; 5]) {
    let cell = screen.cell(y, x).expect("a cell");
    let text = if cell.contents().is_empty() { " ".to_owned() } else { cell.contents().to_owned() };
    if cell.is_wide_continuation() {
        return (String::new(), false, None, vt100::Color::Default, [false; 5]);
    }
    let bare = text == " " && !cell.inverse() && !cell.underline();
    let attributes = if bare { [false; 5] } else { [cell.bold(), cell.dim(), cell.italic(), cell.underline(), cell.inverse()] };
    (text, cell.is_wide(), (!bare).then(|| cell.fgcolor()), cell.bgcolor(), attributes)
}

fn same(ours: &vt100::Screen, theirs: &vt100::Screen, cursor: Option<(u16, u16)>) -> Result<(), TestCaseError> {
    let (rows, columns) = theirs.size();
    for y in 0..rows {
        for x in 0..columns {
            prop_assert_eq!(seen(ours, x, y), seen(theirs, x, y), "column {}, row {}", x, y);
        }
    }
    prop_assert_eq!(ours.hide_cursor(), cursor.is_none());
    if let Some((x, y)) = cursor {
        prop_assert_eq!(ours.cursor_position(), (y, x));
    }
    Ok(())
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 300, ..ProptestConfig::default() })]

    #[test]
    fn what_stands_on_the_terminal_is_what_was_painted(
        abilities in prop_oneof![Just(ALL), Just(SCREEN), Just(FEW)],
        frames in prop::collection::vec((prop::collection::vec(edit(), 0..5), prop::option::of((0u16..40, 0u16..14))), 1..14),
    ) {
        let mut writer = ScreenWriter::new(abilities);
        let mut buffer = Buffer::empty(Rect::new(0, 0, 40, 14));
        let mut ours = vt100::Parser::new(14, 40, 0);
        ours.process(b"\x1b[?25l\x1b[?7l");
        for (edits, cursor) in frames {
            for edit in &edits {
                apply(&mut buffer, edit);
                match edit {
                    Edit::Resize(columns, rows) => {
                        // This emulator cannot cut a wide character at the new edge.
                        ours.process(b"\x1b[2J");
                        ours.screen_mut().set_size(*rows, *columns);
                        ours.process(b"\x1b[2;2Hrubbish of before");
                        writer.repaint();
                    }
                    Edit::Repaint => {
                        ours.process(b"rubbish \x1b[31;42mof others\x1b[5;5H");
                        writer.repaint();
                    }
                    _ => {}
                }
            }
            let cursor = cursor.filter(|(x, y)| *x < buffer.area.width && *y < buffer.area.height);
            ours.process(&writer.frame(&buffer, cursor));
            let theirs = plainly(buffer.area.width, buffer.area.height, &buffer, cursor);
            same(ours.screen(), theirs.screen(), cursor)?;
            prop_assert_eq!(writer.frame(&buffer, cursor), Vec::<u8>::new(), "the same picture again");
        }
    }
}

#[test]
fn a_list_that_scrolls_costs_a_row() {
    let rows: Vec<String> =
        (0..40).map(|row| format!("  {row:02} a row of a list with some text in it {}", row * 7919)).collect();
    let mut writer = ScreenWriter::new(ALL);
    let area = Rect::new(0, 0, 80, 24);
    let style = Style::new().fg(Color::Indexed(253)).bg(Color::Indexed(233));
    let mut cost = Vec::new();
    let mut moved = 0;
    for top in [0, 1, 2, 1, 0] {
        let mut buffer = Buffer::empty(area);
        buffer.set_style(area, style);
        for (y, row) in (3..18).zip(&rows[top..]) {
            buffer.set_stringn(0, y, row, 80, style);
        }
        let bytes = writer.frame(&buffer, None);
        cost.push(bytes.len());
        let text = String::from_utf8(bytes).expect("UTF-8");
        // Terminals fill what comes in with the background that is set: it must be their own.
        moved += usize::from(text.starts_with("\x1b[m\x1b[4;18r\x1b[") && text.contains("\x1b[r"));
    }
    assert_eq!(moved, 4);
    assert!(cost[1..].iter().all(|bytes| *bytes < 120), "{cost:?}");
}

/// Where terminals differ in what they do, the emulator of the other test is only one of them.
#[test]
fn no_column_is_trusted_behind_the_edge_or_a_cluster() {
    let area = Rect::new(0, 0, 20, 3);
    for text in ["a row of twenty cells", "e\u{301}", "👍"] {
        let mut writer = ScreenWriter::new(ALL);
        writer.frame(&Buffer::empty(area), None);
        let mut buffer = Buffer::empty(area);
        let (end, _) = buffer.set_stringn(0, 0, text, 20, Style::new());
        let bytes = String::from_utf8(writer.frame(&buffer, Some((end % 20, 1)))).expect("UTF-8");
        let last = &text[..text.len().min(20)];
        let (_, behind) = bytes.split_once(last).unwrap_or_else(|| panic!("{bytes:?}"));
        assert!(behind.starts_with('\r') || behind.starts_with("\x1b[2;"), "{bytes:?}");
    }
}
