//! What the recording tells of the talk: shares, silence, monologues, hold, levels; and who heard it.

use super::{Player, Shown, lines, wave::Wave};
use crate::{
    console::desk::Desk,
    domain::length::Tenths,
    wire::{SideSpeech, Span, Speech},
};

/// A label and a text a fact; the file's own facts follow where the panel stands alone.
pub fn facts(player: &Player, shown: &Shown<'_>, desk: &Desk, panel: bool) -> Vec<(String, String)> {
    let texts = &desk.setup.texts;
    let Some(wave) = Wave::of(player, shown) else { return Vec::new() };
    let mut facts = wave.speech.map(|speech| of_speech(speech, desk)).unwrap_or_default();
    if panel {
        let recording = wave.recording;
        facts.push((texts.get("fact-file"), lines::format(desk, recording)));
        let short: String = recording.sha256.chars().take(24).collect();
        let more = if recording.sha256.chars().count() > 24 { " …" } else { "" };
        facts.push(("sha256".to_owned(), format!("{short}{more}")));
        facts.push((texts.get("fact-stored"), lines::places(desk, recording)));
    }
    facts
}

fn of_speech(speech: &Speech, desk: &Desk) -> Vec<(String, String)> {
    let texts = &desk.setup.texts;
    let mut facts = Vec::new();
    let mut fact = |id: &str, parts: Vec<String>| {
        if !parts.is_empty() {
            facts.push((texts.get(id), parts.join(" · ")));
        }
    };
    let names = ["lane-agent", "lane-customer"].map(|id| texts.get(id));
    let two = speech.sides.len() > 1;
    let sides: Vec<(&SideSpeech, &str)> =
        speech.sides.iter().zip(&names).map(|(side, name)| (side, if two { name.as_str() } else { "" })).collect();
    let of_side = |name: &str, text: String| if name.is_empty() { text } else { format!("{name} {text}") };
    let share = |seconds: f64| format!("{:.0} %", if speech.length_s > 0.0 { 100.0 * seconds / speech.length_s } else { 0.0 });
    let mut talk: Vec<String> = sides.iter().map(|(side, name)| of_side(name, share(side.talk_s))).collect();
    if two {
        talk.push(texts.with("fact-overlap", &[("share", &share(speech.overlap_s))]));
    }
    fact("fact-talk", talk);
    let mut silence = vec![format!("{} ({})", clock(speech.silence_s), share(speech.silence_s))];
    silence.extend(
        speech.longest_silence.map(|span| texts.with("fact-longest", &[("length", &length(span)), ("at", &clock(span[0]))])),
    );
    fact("fact-silence", silence);
    let monologues = sides.iter().filter_map(|(side, name)| {
        let span = side.longest_monologue?;
        Some(of_side(name, texts.with("fact-length-at", &[("length", &length(span)), ("at", &clock(span[0]))])))
    });
    fact("fact-monologue", monologues.collect());
    let hold: f64 = speech.hold.iter().map(|[from, until]| until - from).sum();
    fact("fact-hold", if hold > 0.0 { vec![format!("{} ({})", clock(hold), share(hold))] } else { Vec::new() });
    let paused: f64 = speech.paused.iter().map(|[from, until]| until - from).sum();
    fact("fact-paused", if paused > 0.0 { vec![clock(paused)] } else { Vec::new() });
    let levels = sides.iter().filter_map(|(side, name)| Some(of_side(name, format!("{:.0} dB", side.level_db?))));
    fact("fact-level", levels.collect());
    let noisy = sides.iter().filter(|(side, _)| side.noisy).map(|(_, name)| (*name).to_owned());
    let noisy: Vec<String> = noisy.filter(|name| !name.is_empty()).collect();
    if sides.iter().any(|(side, _)| side.noisy) {
        let whose = if noisy.is_empty() { String::new() } else { format!("{}: ", noisy.join(", ")) };
        fact("lane-noisy", vec![format!("{whose}{}", texts.get("fact-noisy"))]);
    }
    facts
}

fn length(span: Span) -> String {
    clock(span[1] - span[0])
}

fn clock(seconds: f64) -> String {
    Tenths::from_seconds(seconds).clock()
}
