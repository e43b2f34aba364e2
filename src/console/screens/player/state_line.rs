//! The line that tells what plays, where it stands and where the sound comes out.

use ratatui::layout::Rect;

use super::{Player, Shown, wave::Wave};
use crate::{
    console::{
        deck::DeckState,
        desk::Desk,
        theme::Role,
        widgets::{Painter, width},
    },
    domain::length::Tenths,
};

/// Blanks between the parts.
const GAP: usize = 3;

/// Draws the line. What there is no room for is left out: levels first, then volume, loop, output.
pub fn draw(player: &Player, shown: &Shown<'_>, desk: &Desk, painter: &mut Painter<'_>, place: Rect) {
    if place.height == 0 {
        return;
    }
    let texts = &desk.setup.texts;
    let here = shown.call.is_some_and(|call| desk.deck.is_of(&call.id));
    let (glyph, role, state) = state(if here { desk.deck.state } else { DeckState::Empty });
    let mut x = painter.text(place.x, place.y, 1, glyph, role) + 1;
    let room = |x: u16| place.right().saturating_sub(x);
    x = painter.text(x, place.y, room(x), &texts.get(state), Role::Text) + 2;
    x = painter.text(x, place.y, room(x), &clock(player, shown, desk, here), Role::Text);
    let output = output(desk, here);
    let parts = parts(player, shown, desk, here);
    let output_columns = width(&output).min(usize::from(place.width) / 3);
    let kept = kept(usize::from(room(x)), output_columns, &parts.iter().map(|part| width(part)).collect::<Vec<_>>());
    for (part, _) in parts.iter().zip(&kept).filter(|(_, kept)| **kept) {
        x += GAP as u16;
        x = painter.text(x, place.y, room(x), part, Role::TextMuted);
    }
    let columns = u16::try_from(output_columns).unwrap_or(0).min(room(x).saturating_sub(1));
    painter.right(place.right() - columns, place.y, columns, &output, Role::TextMuted);
}

/// Glyph, role and word of a state.
pub const fn state(state: DeckState) -> (&'static str, Role, &'static str) {
    match state {
        DeckState::Empty => ("■", Role::TextMuted, "player-stopped"),
        DeckState::Loading => ("…", Role::Info, "player-loading"),
        DeckState::Playing => ("►", Role::Ok, "player-playing"),
        DeckState::Paused => ("║", Role::Warn, "player-paused"),
        DeckState::Ended => ("■", Role::TextMuted, "player-ended"),
        DeckState::Failed => ("×", Role::Error, "player-failed-short"),
    }
}

/// `4:56 / 12:03   -7:07`, or that there is nothing to play.
fn clock(player: &Player, shown: &Shown<'_>, desk: &Desk, here: bool) -> String {
    let recorded = shown.recording(player).map(|recording| recording.length_s);
    let length = match &desk.deck.loaded {
        Some(loaded) if here => Some(Tenths::from_seconds(loaded.length)),
        _ => recorded,
    };
    let Some(length) = length else { return desk.setup.texts.get("no-recording") };
    let position = if here { Tenths::from_seconds(desk.deck.position) } else { Tenths(0) };
    // Whole seconds, so that what was and what is to come add up.
    let left = Tenths(((length.0 / 10 - position.0 / 10) * 10).max(0));
    format!("{} / {}   -{}", position.clock(), length.clock(), left.clock())
}

/// Loop, volume, levels, as far as there is something to tell; by how much they are missed.
fn parts(player: &Player, shown: &Shown<'_>, desk: &Desk, here: bool) -> Vec<String> {
    let texts = &desk.setup.texts;
    let clock = |seconds: f64| Tenths::from_seconds(seconds).clock();
    let mut parts = Vec::new();
    match desk.deck.ab.filter(|_| here) {
        Some((a, Some(b))) => parts.push(texts.with("loop-ab", &[("a", &clock(a)), ("b", &clock(b))])),
        Some((a, None)) => parts.push(texts.with("loop-a", &[("a", &clock(a))])),
        None => {}
    }
    if (desk.deck.volume - 1.0).abs() >= 0.005 {
        parts.push(texts.with("player-volume", &[("percent", &format!("{:.0}", desk.deck.volume * 100.0))]));
    }
    parts.extend(levels(player, shown, desk));
    parts
}

/// How loud the sides speak.
fn levels(player: &Player, shown: &Shown<'_>, desk: &Desk) -> Option<String> {
    let wave = Wave::of(player, shown)?;
    let speech = wave.speech?;
    let names = if speech.sides.len() > 1 { ["lane-agent", "lane-customer"] } else { ["lane-both", ""] };
    let levels = speech.sides.iter().zip(names).filter_map(|(side, name)| {
        let level = format!("{:.0} dB", side.level_db?);
        Some(format!("{} {level}", desk.setup.texts.get(name)))
    });
    Some(levels.collect::<Vec<_>>().join("  ")).filter(|text| !text.is_empty())
}

fn output(desk: &Desk, here: bool) -> String {
    match (&desk.deck.output, &desk.deck.trouble) {
        (_, Some(_)) if here && desk.deck.state == DeckState::Failed => desk.setup.texts.get("player-silent"),
        (Some(output), _) => desk.setup.texts.with("player-to", &[("output", output)]),
        (None, _) => String::new(),
    }
}

/// Which parts fit into so many columns beside the output; the first are missed most.
fn kept(room: usize, output: usize, parts: &[usize]) -> Vec<bool> {
    let mut left = room.saturating_sub(if output > 0 { output + GAP } else { 0 });
    parts
        .iter()
        .map(|part| {
            let fits = part + GAP <= left;
            left = if fits { left - part - GAP } else { 0 };
            fits
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_missed_least_goes_first() {
        assert_eq!(kept(60, 13, &[18, 12, 30]), [true, true, false]);
        assert_eq!(kept(90, 13, &[18, 12, 30]), [true, true, true]);
        assert_eq!(kept(30, 13, &[18, 5]), [false, false], "nothing overtakes");
        assert_eq!(kept(0, 13, &[1]), [false]);
    }
}
