//! A line on which bytes are dear: what a key costs, and that nothing is read before the cursor pauses.

use super::*;
use crate::console::screen_writer::{Abilities, ScreenWriter};

/// As a terminal that calls itself `xterm-256color` has them.
const XTERM: Abilities =
    Abilities { scrolls_regions: true, erases_in_colour: true, erases_by_count: true, takes_attributes_away: true };
/// As GNU screen and tmux have them.
const SCREEN: Abilities = Abilities { erases_in_colour: false, erases_by_count: false, ..XTERM };

/// A console on a terminal.
struct Seat {
    model: Model,
    writer: ScreenWriter,
    effects: Vec<Effect>,
}

impl Seat {
    fn new(size: (u16, u16), abilities: Abilities) -> Self {
        let mut model = listed_on(true, "dark", Depth::C256, size);
        model.layout();
        let mut seat = Self { model, writer: ScreenWriter::new(abilities), effects: Vec::new() };
        seat.key("k");
        seat.key("k");
        seat.pause();
        seat
    }

    /// Bytes of the frame that is due.
    fn bytes(&mut self) -> usize {
        let (columns, rows) = self.model.desk.size;
        let mut buffer = Buffer::empty(Rect::new(0, 0, columns, rows));
        let cursor = view::view(&self.model, &mut buffer);
        self.writer.frame(&buffer, cursor).len()
    }

    fn key(&mut self, name: &str) -> usize {
        self.effects.extend(key(&mut self.model, name));
        self.bytes()
    }

    /// The cursor pauses, and what it stands on comes.
    fn pause(&mut self) -> usize {
        let effects = pause(&mut self.model, &self.effects);
        let on = self.model.calls.current().expect("a call").clone();
        let mut detail = detail(2);
        detail.notes.clear();
        detail.call = on;
        answer(&mut self.model, &effects, Slot::Detail, Ok(Answer::Detail(Box::new(detail))));
        self.effects.clear();
        self.bytes()
    }
}

/// The most bytes that each costs: a step, the strip after it, scrolling by one, a page, the whole picture.
fn dearest(size: (u16, u16), abilities: Abilities) -> [usize; 5] {
    let mut seat = Seat::new(size, abilities);
    let mut most = [0; 5];
    let height = seat.model.calls.list.height;
    for _ in 0..height - 1 {
        most[0] = most[0].max(seat.key("j"));
        most[1] = most[1].max(seat.pause());
    }
    most[3] = seat.key("PageDown");
    seat.pause();
    while seat.model.calls.list.cursor() > seat.model.calls.list.top() {
        seat.key("k");
    }
    seat.pause();
    while seat.model.calls.list.top() > 0 {
        most[2] = most[2].max(seat.key("k"));
        most[1] = most[1].max(seat.pause());
    }
    assert_eq!(seat.bytes(), 0, "nothing changed");
    seat.writer.repaint();
    most[4] = seat.bytes();
    most
}

#[test]
fn a_key_costs_no_more_bytes_than_it_did() {
    // What issue and study allow at 80x24: a step 60, the strip 100, scrolling 220, a page 2,000, the picture 2,700.
    // What it costs now is the limit: a change that makes it dearer has to say why.
    let mut dearer = Vec::new();
    for (size, abilities, limits) in [
        ((80, 24), XTERM, [38, 112, 190, 1434, 2532]),
        ((120, 40), XTERM, [38, 110, 247, 398, 5713]),
        ((80, 24), SCREEN, [38, 121, 194, 1443, 3176]),
    ] {
        let costs = dearest(size, abilities);
        if costs.iter().zip(limits).any(|(cost, limit)| *cost > limit) {
            dearer.push(format!("{size:?}: {costs:?}, not {limits:?}"));
        }
    }
    assert!(dearer.is_empty(), "{dearer:#?}");
}

#[test]
fn pictures_of_the_list_on_a_dear_line() {
    for (theme, depth, size) in
        [("dark", Depth::C256, (80, 24)), ("dark", Depth::C256, (120, 40)), ("mono", Depth::None, (80, 24))]
    {
        snapshot(&format!("calls-remote_{theme}_{}x{}", size.0, size.1), &listed_on(true, theme, depth, size));
    }
}

#[test]
fn stepping_reads_nothing_until_it_pauses() {
    for remote in [false, true] {
        let mut model = listed_on(remote, "dark", Depth::C256, (80, 24));
        let effects: Vec<Effect> = (0..9).flat_map(|_| key(&mut model, "j")).collect();
        let [Effect::Wait { slot: Slot::Detail, generation, after_ms: 120 }] = effects.as_slice() else {
            panic!("{effects:?}");
        };
        // The last step was only just now: waiting goes on.
        let due = Msg::Due { slot: Slot::Detail, generation: *generation };
        let effects = update::update(&mut model, due);
        assert!(matches!(effects.as_slice(), [Effect::Wait { slot: Slot::Detail, after_ms: 120, .. }]), "{effects:?}");
        let effects = pause(&mut model, &effects);
        let on = call(11).id;
        assert!(
            matches!(effects.as_slice(), [Effect::Read { read: Read::Detail(id), after_ms: 0, .. }] if *id == on),
            "{effects:?}"
        );
        assert!(!model.dirty, "nothing of that is seen");
    }
}

#[test]
fn on_a_dear_line_the_strip_tells_of_one_call_and_the_waveform_waits_for_enter() {
    let mut model = listed_on(true, "dark", Depth::C256, (80, 24));
    let strip = |model: &Model| text_of(&drawn(model)).lines().skip(19).take(3).collect::<Vec<_>>().join("\n");
    assert!(strip(&model).contains("13:47:04") && strip(&model).contains("asked twice"), "{}", strip(&model));
    let before = strip(&model);
    let effects = key(&mut model, "j");
    assert_eq!(strip(&model), before, "until the cursor has paused");
    let effects = pause(&mut model, &effects);
    let mut next = detail(3);
    next.notes.clear();
    let effects = answer(&mut model, &effects, Slot::Detail, Ok(Answer::Detail(Box::new(next))));
    assert!(strip(&model).contains("13:30:04") && !strip(&model).contains("asked twice"), "{}", strip(&model));
    assert!(effects.is_empty(), "{effects:?}");
    key(&mut model, "k");
    let effects = key(&mut model, "Enter");
    let effects = answer(&mut model, &effects, Slot::Detail, Ok(Answer::Detail(Box::new(detail(2)))));
    assert!(effects.iter().any(|effect| matches!(effect, Effect::Read { read: Read::Peaks { .. }, .. })), "{effects:?}");
}

#[test]
fn on_a_dear_line_the_terminals_cursor_is_the_selection() {
    let mut model = listed_on(true, "dark", Depth::C256, (80, 24));
    let cursor = |model: &Model| view::view(model, &mut Buffer::empty(Rect::new(0, 0, 80, 24)));
    assert_eq!(cursor(&model), Some((0, 7)));
    keys(&mut model, "/x");
    assert_eq!(cursor(&model), Some((4, 1)), "where one types");
    key(&mut model, "Enter");
    key(&mut model, "?");
    assert_eq!(cursor(&listed("dark", Depth::C256, (80, 24))), None);
}
