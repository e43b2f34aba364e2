//! Music on hold: a slow tune of plucked tones, as plain as such music is.

use std::f32::consts::TAU;

use super::{
    super::chance::{Purpose, stream},
    RATE,
};

/// Semitones above the ground note; a pentatonic scale cannot clash.
const SCALE: [i32; 6] = [0, 2, 4, 7, 9, 12];
const GROUND: f32 = 330.0;
const NOTE: usize = RATE * 2 / 5;
const NOTES: usize = 20;

/// Eight seconds that can be played in a circle.
pub fn tune(seed: u64) -> Vec<i16> {
    let mut rng = stream(seed, Purpose::Voice, u64::MAX);
    let mut wave = vec![0.0f32; NOTE * NOTES];
    let length = wave.len();
    for note in 0..NOTES {
        let semitones = SCALE[rng.usize(0..SCALE.len())] - if note % 4 == 0 { 12 } else { 0 };
        let pitch = GROUND * (semitones as f32 / 12.0).exp2();
        for sample in 0..NOTE * 2 {
            let time = sample as f32 / RATE as f32;
            let attack = (time * 60.0).min(1.0);
            let tone = (TAU * pitch * time).sin() + 0.3 * (2.0 * TAU * pitch * time).sin();
            wave[(note * NOTE + sample) % length] += tone * attack * (-3.5 * time).exp();
        }
    }
    wave.into_iter().map(|sample| (sample * 2_600.0) as i16).collect()
}
