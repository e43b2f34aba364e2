//! Sounds like people on the telephone, made from nothing: two sides, turns, pauses, music on hold. Nobody is quoted and no
//! file is shipped.

mod dialogue;
mod music;
mod speech;

pub use dialogue::Scene;

use super::chance::{Purpose, stream};

/// Samples a second of everything here, as telephones have it.
pub const RATE: usize = 8_000;

/// How many different people can be heard on each side.
const VOICES: usize = 6;

/// A person as heard on the telephone: things said, of different lengths.
#[derive(Clone, Debug)]
struct Person {
    phrases: Vec<Vec<i16>>,
    /// "Mhm": what listeners say.
    murmurs: Vec<Vec<i16>>,
}

/// Everybody who can be heard, and the music while they wait. Made once, then spliced into any number of conversations.
#[derive(Clone, Debug)]
pub struct Voices {
    ours: Vec<Person>,
    theirs: Vec<Person>,
    music: Vec<i16>,
}

impl Voices {
    /// Makes all voices of a seed on as many threads as there are sides.
    pub fn new(seed: u64) -> Self {
        let people = |side: u64| -> Vec<Person> { (0..VOICES as u64).map(|number| person(seed, side << 32 | number)).collect() };
        std::thread::scope(|scope| {
            let theirs = scope.spawn(|| people(1));
            let ours = people(0);
            Self { ours, theirs: theirs.join().unwrap_or_else(|_| people(1)), music: music::tune(seed) }
        })
    }

    /// Interleaved samples, left the extension, right the other party.
    pub fn render(&self, scene: &Scene) -> Vec<i16> {
        dialogue::render(self, scene)
    }
}

fn person(seed: u64, number: u64) -> Person {
    let mut rng = stream(seed, Purpose::Voice, number);
    let throat = speech::Throat::new(&mut rng, number.is_multiple_of(2));
    let phrases = [2, 3, 4, 5, 6, 7, 8, 9, 10, 12, 14, 17].map(|syllables| throat.phrase(&mut rng, syllables)).into();
    Person { phrases, murmurs: (0..2).map(|_| throat.phrase(&mut rng, 1)).collect() }
}

/// A WAV file: PCM, 16 bit, stereo, 8 kHz.
pub fn wav(samples: &[i16]) -> Vec<u8> {
    let data = u32::try_from(samples.len() * 2).unwrap_or(u32::MAX);
    let rate = RATE as u32;
    let mut bytes = Vec::with_capacity(samples.len() * 2 + 44);
    bytes.extend_from_slice(b"RIFF");
    bytes.extend_from_slice(&data.saturating_add(36).to_le_bytes());
    bytes.extend_from_slice(b"WAVEfmt \x10\0\0\0\x01\0\x02\0");
    bytes.extend_from_slice(&rate.to_le_bytes());
    bytes.extend_from_slice(&(rate * 4).to_le_bytes());
    bytes.extend_from_slice(b"\x04\0\x10\0data");
    bytes.extend_from_slice(&data.to_le_bytes());
    bytes.extend(samples.iter().flat_map(|sample| sample.to_le_bytes()));
    bytes
}

#[cfg(test)]
mod tests;
