//! What follows from who speaks when: overlap, silence, turns, monologues. Pure functions of lists of spans; a list is in
//! order, and its spans neither touch nor overlap.

use super::speech::{SideSpeech, Span, Speech, Turn};

/// Both sides speak at once for this long: overlap. Shorter is a hand-over.
const OVERLAP_S: f64 = 0.25;
/// Nobody speaks for this long: silence. Shorter is a pause for breath.
const SILENCE_S: f64 = 1.5;
/// One side speaks alone for this long: it has the turn. Shorter is a "mhm".
const TURN_S: f64 = 0.4;
/// Computing with seconds must not lose a span that is exactly as long as it must be.
const HAIR_S: f64 = 1e-6;

/// What a voice detector found on one side of a recording.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Detected {
    /// In order, apart from one another.
    pub talk: Vec<Span>,
    /// Level of its speech in dBFS (RMS); none where it never speaks.
    pub level_db: Option<f64>,
    pub noisy: bool,
}

impl Speech {
    /// Draws the conclusions. What is heard during a hold or while recording was paused is nobody's speech, and no silence
    /// either. One side has talk and silence only; of more than two, turns and overlap are those of the first two.
    pub fn of(recording: String, length_s: f64, sides: Vec<Detected>, hold: Vec<Span>, paused: Vec<Span>) -> Self {
        let whole = [[0.0, length_s]];
        let (hold, paused) = (common(&joined(hold), &whole), common(&joined(paused), &whole));
        let away = joined(hold.iter().chain(&paused).copied().collect());
        let talks: Vec<Vec<Span>> =
            sides.iter().map(|side| without(&common(&joined(side.talk.clone()), &whole), &away)).collect();
        let spoken = joined(talks.iter().flatten().copied().collect());
        let silence = at_least(without(&without(&whole, &spoken), &away), SILENCE_S);
        let (overlap, turns) = match talks.as_slice() {
            [ours, theirs, ..] => (at_least(common(ours, theirs), OVERLAP_S), turns(ours, theirs)),
            _ => (Vec::new(), Vec::new()),
        };
        let pairs = talks.len() > 1;
        let breaks = joined(silence.iter().chain(&away).copied().collect());
        let sides = sides
            .into_iter()
            .zip(talks)
            .enumerate()
            .map(|(number, (side, talk))| SideSpeech {
                talk_s: rounded(total(&talk)),
                share: if length_s > 0.0 { (total(&talk) / length_s * 10_000.0).round() / 10_000.0 } else { 0.0 },
                longest_monologue: if pairs { monologue(&talk, number as u8, &turns, &breaks).map(tidy) } else { None },
                level_db: side.level_db.filter(|_| !talk.is_empty()),
                noisy: side.noisy,
                talk: talk.into_iter().map(tidy).collect(),
            })
            .collect();
        Self {
            recording,
            length_s: rounded(length_s),
            sides,
            overlap_s: rounded(total(&overlap)),
            overlap: overlap.into_iter().map(tidy).collect(),
            silence_s: rounded(total(&silence)),
            longest_silence: longest(&silence).map(tidy),
            silence: silence.into_iter().map(tidy).collect(),
            turns: turns.into_iter().map(|turn| Turn { at_s: rounded(turn.at_s), ..turn }).collect(),
            hold: hold.into_iter().map(tidy).collect(),
            paused: paused.into_iter().map(tidy).collect(),
        }
    }
}

/// Milliseconds are as fine as anything here is known.
fn rounded(seconds: f64) -> f64 {
    (seconds * 1000.0).round() / 1000.0
}

fn tidy([from, until]: Span) -> Span {
    [rounded(from), rounded(until)]
}

/// Seconds of all of them.
pub fn total(spans: &[Span]) -> f64 {
    // An empty sum of floats is -0.0.
    spans.iter().map(|[from, until]| until - from).sum::<f64>() + 0.0
}

/// In order, with what touches made one.
pub fn joined(mut spans: Vec<Span>) -> Vec<Span> {
    spans.retain(|[from, until]| until > from);
    spans.sort_by(|left, right| left[0].total_cmp(&right[0]));
    let mut joined: Vec<Span> = Vec::with_capacity(spans.len());
    for [from, until] in spans {
        match joined.last_mut() {
            Some(last) if from <= last[1] => last[1] = last[1].max(until),
            _ => joined.push([from, until]),
        }
    }
    joined
}

/// What lies in both.
pub fn common(left: &[Span], right: &[Span]) -> Vec<Span> {
    let (mut left, mut right) = (left.iter().peekable(), right.iter().peekable());
    let mut found = Vec::new();
    while let (Some(one), Some(other)) = (left.peek(), right.peek()) {
        let both = [one[0].max(other[0]), one[1].min(other[1])];
        if both[1] > both[0] {
            found.push(both);
        }
        if one[1] <= other[1] {
            left.next();
        } else {
            right.next();
        }
    }
    found
}

/// What of the first lies in none of the second.
pub fn without(spans: &[Span], holes: &[Span]) -> Vec<Span> {
    let mut left = Vec::with_capacity(spans.len());
    let mut holes = holes.iter().peekable();
    for &[mut from, until] in spans {
        while holes.next_if(|hole| hole[1] <= from).is_some() {}
        // A hole may reach into the next span: it is only looked at here.
        for hole in holes.clone().take_while(|hole| hole[0] < until) {
            if hole[0] > from {
                left.push([from, hole[0]]);
            }
            from = from.max(hole[1]);
        }
        if until > from {
            left.push([from, until]);
        }
    }
    left
}

fn at_least(mut spans: Vec<Span>, seconds: f64) -> Vec<Span> {
    spans.retain(|[from, until]| until - from >= seconds - HAIR_S);
    spans
}

/// The first of the longest.
fn longest(spans: &[Span]) -> Option<Span> {
    let length = |span: &Span| span[1] - span[0];
    spans.iter().copied().reduce(|best, span| if length(&span) > length(&best) + HAIR_S { span } else { best })
}

/// Who has the turn from when on: who speaks alone for long enough. It begins with the first word, also where that was said
/// while the other still spoke.
fn turns(ours: &[Span], theirs: &[Span]) -> Vec<Turn> {
    let alone = |one: &[Span], other: &[Span], side: u8| {
        at_least(without(one, other), TURN_S).into_iter().map(|span| (span, side)).collect::<Vec<_>>()
    };
    let mut alones = alone(ours, theirs, 0);
    alones.extend(alone(theirs, ours, 1));
    alones.sort_by(|left, right| left.0[0].total_cmp(&right.0[0]));
    let mut turns: Vec<Turn> = Vec::new();
    // Up to where the one who has the turn is known to have it.
    let mut held = 0.0;
    for (span, side) in alones {
        if turns.last().is_none_or(|last| last.side != side) {
            let talk = if side == 0 { ours } else { theirs };
            let word = talk.iter().rev().find(|talk| talk[0] <= span[0]).map_or(span[0], |talk| talk[0]);
            turns.push(Turn { at_s: word.max(held), side });
        }
        held = span[1];
    }
    turns
}

/// From the first to the last word of a side while it has the turn, without a break.
fn monologue(talk: &[Span], side: u8, turns: &[Turn], breaks: &[Span]) -> Option<Span> {
    let mut found: Vec<Span> = Vec::new();
    for (number, turn) in turns.iter().enumerate().filter(|(_, turn)| turn.side == side) {
        let end = turns.get(number + 1).map_or(f64::INFINITY, |next| next.at_s);
        for stretch in without(&[[turn.at_s, end]], breaks) {
            let words = common(talk, &[stretch]);
            if let (Some(first), Some(last)) = (words.first(), words.last()) {
                found.push([first[0], last[1]]);
            }
        }
    }
    // Never alone for long enough to have a turn: then its longest word.
    longest(&found).or_else(|| longest(talk))
}

#[cfg(test)]
mod tests;
