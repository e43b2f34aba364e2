//! What presses of the mouse do: everything that they do has a key as well.

use ratatui::layout::Rect;

use super::{
    dispatch,
    effect::Effect,
    input::{Button, Code, Input, Key, Mouse},
    keymap::Action,
    listening,
    model::{Model, Pane, shown},
    screens::{
        calls::{self, Line},
        player::{self, Spot},
    },
    view,
};

/// Rows that a notch of the wheel goes.
const NOTCH: usize = 3;

/// Turns listening to the mouse on or off.
pub(super) fn listen(model: &mut Model, on: bool) {
    model.desk.mouse = on;
    model.desk.effect(Effect::Mouse(on));
    model.desk.say(if on { "mouse-on" } else { "mouse-off" }, &[]);
}

/// Takes presses; those that come although nobody listens are nothing.
pub(super) fn pressed(model: &mut Model, presses: &[Mouse]) {
    if !model.desk.mouse {
        model.dirty = false;
        return;
    }
    for press in presses {
        match press.button {
            Button::WheelUp => wheel(model, Code::Up, Action::Up),
            Button::WheelDown => wheel(model, Code::Down, Action::Down),
            Button::Left => click(model, press.x, press.y),
        }
    }
}

fn wheel(model: &mut Model, code: Code, action: Action) {
    for _ in 0..NOTCH {
        if let Some(mut overlay) = model.overlays.pop() {
            let outcome = overlay.input(&mut model.desk, &Input::Key(Key::plain(code)));
            dispatch::overlay_said(model, overlay, outcome);
        } else if model.desk.up() && !model.calls.query.editing {
            dispatch::run(model, action);
        }
    }
}

fn click(model: &mut Model, x: u16, y: u16) {
    model.desk.notices.seen();
    if !model.desk.up() || !model.overlays.is_empty() {
        return;
    }
    if y == 0 {
        if let Some(action) = view::tab_at(model, x) {
            dispatch::run(model, action);
        }
        return;
    }
    if model.pane == Pane::Player {
        match player::spot(&model.player, &shown(&model.calls), &model.desk, x, y) {
            Some(Spot::Second(second)) => listening::go_to(model, second),
            Some(Spot::Note(note)) => model.player.note = Some(note),
            None => {}
        }
        return;
    }
    if model.pane != Pane::Calls || model.calls.query.editing || model.calls.totals_page.is_some() {
        return;
    }
    let content = Rect::new(0, 1, model.desk.size.0, model.desk.size.1.saturating_sub(3));
    let places = calls::areas(&model.calls, &model.desk, content);
    let inside = |area: Rect| area.contains(ratatui::layout::Position::new(x, y));
    if inside(places.side) {
        if let Some(page) = model.calls.customer.as_deref_mut() {
            page.focused = true;
        }
    } else if inside(places.list) {
        if let Some(page) = model.calls.customer.as_deref_mut() {
            page.focused = false;
        }
        model.calls.facets.focus = false;
        match y - places.list.y {
            0 => heading(model, places.list, x - places.list.x),
            line => row(model, usize::from(line - 1)),
        }
    }
}

/// Orders by a column; where the list is ordered by it already, the other way round.
fn heading(model: &mut Model, list: Rect, x: u16) {
    let Some(kind) = calls::column_at(&model.calls, &model.desk, list.width, x) else { return };
    let order = model.calls.order();
    if kind.sorts().contains(&order.field) {
        dispatch::run(model, Action::SortReverse);
        return;
    }
    match kind.sorts().first() {
        Some(field) => {
            let sort = crate::domain::query::Sort { field: *field, descending: calls::descends_first(*field) };
            calls::set_sort(&mut model.calls, &mut model.desk, sort);
        }
        None => model.desk.say("mouse-no-order", &[]),
    }
}

/// The cursor goes to a row; a second press on it opens the call.
fn row(model: &mut Model, line: usize) {
    let Some(Line::Row(row)) = model.calls.list.lines().nth(line) else { return };
    let id = model.calls.list.row(row).map(|row| row.call.id.clone());
    let here = model.calls.current().map(|call| call.id.clone());
    if id.is_some() && id == here && model.calls.clicked == id {
        dispatch::run(model, Action::Open);
        return;
    }
    if let Some(id) = &id {
        model.calls.list.go_to(id);
        calls::moved(&mut model.calls, &mut model.desk);
    }
    model.calls.clicked = id;
}
