//! The mouse: off until somebody wants it, and never needed.

use super::*;
use crate::console::input::{Button, Mouse};

fn press(model: &mut Model, button: Button, x: u16, y: u16) -> Vec<Effect> {
    update::update(model, Msg::Presses(vec![Mouse { button, x, y }]))
}

fn listening() -> Model {
    let mut model = listed("dark", Depth::C256, (80, 24));
    model.layout();
    let effects = keys(&mut model, "gb");
    assert!(effects.contains(&Effect::Mouse(true)), "{effects:?}");
    model
}

#[test]
fn it_is_off_until_it_is_wanted() {
    let mut model = listed("dark", Depth::C256, (80, 24));
    let before = model.calls.list.cursor();
    assert_eq!(press(&mut model, Button::Left, 10, 9), []);
    assert!(!model.dirty && model.calls.list.cursor() == before, "a report that nobody asked for");
    keys(&mut model, ":mouse on");
    assert_eq!(key(&mut model, "Enter"), [Effect::Mouse(true)]);
    keys(&mut model, ":mouse on");
    assert_eq!(key(&mut model, "Enter"), [Effect::Mouse(true)], "on is on");
    keys(&mut model, ":mouse off");
    assert_eq!(key(&mut model, "Enter"), [Effect::Mouse(false)]);
    assert!(!model.desk.mouse);
}

#[test]
fn rows_headings_names_and_the_wheel() {
    let mut model = listening();
    // Header, query, chips, rule, heading: the first row stands on line 5.
    press(&mut model, Button::Left, 10, 9);
    assert_eq!((model.calls.list.cursor(), model.pane), (4, Pane::Calls));
    press(&mut model, Button::Left, 10, 9);
    assert_eq!(model.pane, Pane::Player, "a second press opens");
    key(&mut model, "Esc");
    press(&mut model, Button::WheelDown, 10, 9);
    assert_eq!(model.calls.list.cursor(), 7);
    press(&mut model, Button::WheelUp, 10, 9);
    assert_eq!(model.calls.list.cursor(), 4);
    let heading = text_of(&drawn(&model)).lines().nth(4).expect("a heading").to_owned();
    let x = u16::try_from(heading.chars().take_while(|c| *c != 'L').count()).expect("small");
    let effects = press(&mut model, Button::Left, x, 4);
    assert!(
        effects
            .iter()
            .any(|effect| matches!(effect, Effect::Read { read: Read::Page { query, .. }, .. } if query.sort == "-talk_s")),
        "{heading} {effects:?}"
    );
    let effects = press(&mut model, Button::Left, x, 4);
    assert!(
        effects
            .iter()
            .any(|effect| matches!(effect, Effect::Read { read: Read::Page { query, .. }, .. } if query.sort == "talk_s")),
        "{effects:?}"
    );
    press(&mut model, Button::Left, 9, 0);
    assert!(text_of(&drawn(&model)).contains("Review is not there yet"));
    key(&mut model, "Enter");
    press(&mut model, Button::Left, 2, 0);
    assert_eq!(model.pane, Pane::Calls);
    for (x, y) in [(0, 0), (79, 23), (79, 4), (200, 200), (5, 20)] {
        press(&mut model, Button::Left, x, y);
        drawn(&model);
    }
}

#[test]
fn the_wheel_scrolls_what_lies_on_top() {
    let mut model = listening();
    let before = model.calls.list.cursor();
    keys(&mut model, "C");
    press(&mut model, Button::WheelDown, 1, 1);
    press(&mut model, Button::Left, 10, 9);
    assert_eq!(model.calls.list.cursor(), before);
    assert!(text_of(&drawn(&model)).contains("► ■ NUMBER"), "{}", text_of(&drawn(&model)));
}
