//! What the recording tells of the talk: shares, silence, monologues, hold, levels; and who heard it.

use super::{Player, Shown, lines, wave::Wave};
use crate::{
    console::desk::Desk,
    domain::length::Tenths,
    wire::{CallDetailBody, SideSpeech, Span, Speech},
};

/// A label, and what it says in parts that are not broken.
pub type Fact = (String, Vec<String>);

/// What is told of the recording that is looked at; the file's own facts follow where the panel stands alone.
pub fn facts(player: &Player, shown: &Shown<'_>, desk: &Desk, panel: bool) -> Vec<Fact> {
    let texts = &desk.setup.texts;
    let Some(wave) = Wave::of(player, shown) else { return Vec::new() };
    let mut facts = wave.speech.map(|speech| of_speech(speech, desk)).unwrap_or_default();
    let recording = wave.recording;
    let heard: Vec<String> = shown.detail.map(|detail| heard_by(detail, &recording.id)).unwrap_or_default();
    if !heard.is_empty() {
        facts.push((texts.get("fact-heard"), heard));
    }
    if panel {
        facts.push((texts.get("fact-file"), vec![lines::format(desk, recording)]));
        let short: String = recording.sha256.chars().take(24).collect();
        let more = if recording.sha256.chars().count() > 24 { " …" } else { "" };
        facts.push(("sha256".to_owned(), vec![format!("{short}{more}")]));
        facts.push((texts.get("fact-stored"), vec![lines::places(desk, recording)]));
    }
    facts
}

fn of_speech(speech: &Speech, desk: &Desk) -> Vec<Fact> {
    let texts = &desk.setup.texts;
    let mut facts = Vec::new();
    let mut fact = |id: &str, parts: Vec<String>| {
        if !parts.is_empty() {
            facts.push((texts.get(id), parts));
        }
    };
    let names = ["lane-agent", "lane-customer"].map(|id| texts.get(id));
    let two = speech.sides.len() > 1;
    let sides: Vec<(&SideSpeech, &str)> =
        speech.sides.iter().zip(&names).map(|(side, name)| (side, if two { name.as_str() } else { "" })).collect();
    let of_side = |name: &str, text: String| if name.is_empty() { text } else { format!("{name} {text}") };
    let share =
        |seconds: f64| format!("{:.0} %", if speech.length_s > 0.0 { 100.0 * seconds.abs() / speech.length_s } else { 0.0 });
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
    let noisy = sides.iter().filter(|(side, _)| side.noisy).map(|(_, name)| of_side(name, String::new()).trim().to_owned());
    let mut noisy: Vec<String> = noisy.filter(|name| !name.is_empty()).collect();
    if sides.iter().any(|(side, _)| side.noisy) {
        noisy.push(texts.get("fact-noisy"));
    }
    fact("lane-noisy", noisy);
    facts
}

/// How much of a recording each person heard, however often; who heard it last comes first.
fn heard_by(detail: &CallDetailBody, recording: &str) -> Vec<String> {
    let mut people: Vec<(&str, Vec<Span>)> = Vec::new();
    for receipt in detail.receipts.iter().filter(|receipt| receipt.recording == recording) {
        let span = [receipt.heard.from_s, receipt.heard.until_s];
        match people.iter_mut().find(|(who, _)| *who == receipt.who) {
            Some((_, spans)) => spans.push(span),
            None => people.push((&receipt.who, vec![span])),
        }
    }
    people.into_iter().map(|(who, spans)| format!("{who} {}", clock(together(spans)))).collect()
}

/// Seconds that spans cover, each counted once.
fn together(mut spans: Vec<Span>) -> f64 {
    spans.sort_by(|one, other| one[0].total_cmp(&other[0]));
    let (mut sum, mut end) = (0.0, f64::MIN);
    for [from, until] in spans {
        sum += (until - from.max(end)).max(0.0);
        end = end.max(until);
    }
    sum
}

fn length(span: Span) -> String {
    clock(span[1] - span[0])
}

fn clock(seconds: f64) -> String {
    Tenths::from_seconds(seconds).clock()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_heard_twice_counts_once() {
        assert!((together(vec![[10.0, 20.0], [0.0, 5.0], [15.0, 25.0], [16.0, 17.0]]) - 20.0).abs() < 1e-9);
        assert!(together(Vec::new()).abs() < 1e-9);
    }
}
