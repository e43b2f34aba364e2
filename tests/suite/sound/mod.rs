//! Sound that was really played: each test has a PulseAudio of its own with a null sink, and records what arrives there.
//! Without PulseAudio on the machine these tests say so and pass; `.ci/run` installs it.

mod changes;
mod console;
mod fake;
mod formats;
pub mod heard;
mod listening;
pub mod player;
pub mod sink;

use std::path::PathBuf;

/// Sound of `tests/data/sound`.
pub fn sample(name: &str) -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("tests/data/sound").join(name)
}

/// All samples of a file, by our own reader (which has tests of its own against other programs).
pub fn decoded(name: &str) -> (callreel::sound::SoundFacts, Vec<i16>) {
    let file = std::fs::File::open(sample(name)).expect("a sample");
    let length = file.metadata().expect("a sample").len();
    let mut decoder = callreel::sound::open(Box::new(file), length, name).expect("a sample that can be decoded");
    let mut samples = Vec::new();
    while decoder.read(&mut samples).expect("a sample that can be decoded") > 0 {}
    (decoder.facts().clone(), samples)
}
