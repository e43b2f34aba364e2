//! Two people taking turns.

use fastrand::Rng;

use super::{
    super::chance::{Purpose, stream},
    Person, RATE, Voices,
};

/// What is to be heard. Lengths are tenths of a second from the first word.
#[derive(Clone, Copy, Debug, Default)]
pub struct Scene {
    pub seed: u64,
    pub tenths: i64,
    /// The other party hears music between these.
    pub hold: Option<(i64, i64)>,
    /// They called us: our side speaks first.
    pub incoming: bool,
    /// Numbers of the people heard; any number names somebody.
    pub ours: u64,
    pub theirs: u64,
}

const TENTH: usize = RATE / 10;

/// Interleaved samples of a whole conversation.
pub fn render(voices: &Voices, scene: &Scene) -> Vec<i16> {
    let mut rng = stream(scene.seed, Purpose::Dialogue, 0);
    let frames = usize::try_from(scene.tenths).unwrap_or(0) * TENTH;
    let mut talk = Talk { samples: line_noise(&mut rng, frames), frames, hold: None };
    if let Some((from, until)) = scene.hold {
        let at = |tenths: i64| (usize::try_from(tenths).unwrap_or(0) * TENTH).min(frames);
        talk.play_music(&voices.music, at(from), at(until));
    }
    let people = [pick(&voices.ours, scene.ours), pick(&voices.theirs, scene.theirs)];
    let [Some(ours), Some(theirs)] = people else { return talk.samples };
    let people = [ours, theirs];
    let gains = [0.7 + 0.25 * rng.f32(), 0.45 + 0.4 * rng.f32()];
    let mut side = usize::from(!scene.incoming);
    let mut at = RATE / 4 + rng.usize(0..RATE / 3);
    let mut greeting = true;
    loop {
        let wanted = if greeting { 1 } else { 1 + rng.usize(0..4) };
        let begin = at;
        for _ in 0..wanted {
            let person = people[side];
            let longest = if greeting { 6 } else { person.phrases.len() };
            let phrase = &person.phrases[rng.usize(0..longest.min(person.phrases.len()))];
            at = talk.after_hold(at, phrase.len());
            if !talk.say(side, at, phrase, gains[side]) {
                return talk.samples;
            }
            at += phrase.len() + RATE / 10 + rng.usize(0..RATE / 4);
        }
        if wanted > 1 && rng.u8(0..3) == 0 {
            let murmur = &people[1 - side].murmurs[rng.usize(0..2)];
            let place = talk.after_hold(begin + (at - begin) / 2, murmur.len());
            talk.say(1 - side, place, murmur, gains[1 - side] * 0.4);
        }
        at = if rng.u8(0..5) == 0 { at.saturating_sub(RATE / 3) } else { at + rng.usize(0..RATE / 3) };
        side = 1 - side;
        greeting = false;
    }
}

fn pick(people: &[Person], number: u64) -> Option<&Person> {
    people.get(usize::try_from(number % people.len().max(1) as u64).unwrap_or(0))
}

struct Talk {
    samples: Vec<i16>,
    frames: usize,
    hold: Option<(usize, usize)>,
}

impl Talk {
    /// Adds a phrase to one side; false if the conversation is over before it could be said.
    fn say(&mut self, side: usize, at: usize, phrase: &[i16], gain: f32) -> bool {
        if at + phrase.len() > self.frames {
            return false;
        }
        let gain = (gain * 256.0) as i32;
        for (frame, sample) in self.samples[at * 2..].chunks_exact_mut(2).zip(phrase) {
            frame[side] = frame[side].saturating_add(((i32::from(*sample) * gain) >> 8) as i16);
        }
        true
    }

    /// The same moment, or the end of the hold that a phrase of this length would fall into.
    fn after_hold(&self, at: usize, length: usize) -> usize {
        match self.hold {
            Some((from, until)) if at + length > from && at < until => until + RATE / 2,
            _ => at,
        }
    }

    /// Our side's line carries the music, the other side is silent.
    fn play_music(&mut self, tune: &[i16], from: usize, until: usize) {
        self.hold = Some((from, until));
        let stretch = self.samples.get_mut(from * 2..until * 2).unwrap_or_default();
        for (frame, sample) in stretch.chunks_exact_mut(2).zip(tune.iter().cycle()) {
            frame.copy_from_slice(&[*sample, 0]);
        }
    }
}

/// A line is never quite silent: some steps of noise on both sides.
fn line_noise(rng: &mut Rng, frames: usize) -> Vec<i16> {
    let grain: Vec<i16> = (0..RATE * 2 + 2).map(|_| rng.i16(-9..10)).collect();
    let mut samples = Vec::with_capacity(frames * 2 + grain.len());
    while samples.len() < frames * 2 {
        samples.extend_from_slice(&grain);
    }
    samples.truncate(frames * 2);
    samples
}
