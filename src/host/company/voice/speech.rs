//! Speech by source and filter: glottal pulses and noise through three moving resonances, syllable by syllable.

use std::f32::consts::{PI, TAU};

use fastrand::Rng;

use super::RATE;

/// F1 to F3 in Hz of a, e, i, o, u, y as a man says them (after Peterson and Barney 1952).
const VOWELS: [[f32; 3]; 6] = [
    [730.0, 1_090.0, 2_440.0],
    [530.0, 1_840.0, 2_480.0],
    [290.0, 2_290.0, 3_010.0],
    [570.0, 840.0, 2_410.0],
    [310.0, 870.0, 2_240.0],
    [440.0, 1_400.0, 2_300.0],
];
const NASAL: [f32; 3] = [270.0, 1_100.0, 2_200.0];
const GLIDE: [f32; 3] = [340.0, 1_300.0, 2_600.0];
const BANDWIDTHS: [f32; 3] = [70.0, 100.0, 150.0];

/// Samples between two changes of the filter.
const STEP: usize = 40;
/// Loudest sample of a phrase.
const PEAK: f32 = 23_000.0;

/// One speaker's organ.
#[derive(Clone, Copy, Debug)]
pub struct Throat {
    /// Hz of the middle of the voice.
    pitch: f32,
    /// Resonances of shorter throats lie higher.
    scale: f32,
    breath: f32,
    /// Seconds of a middling syllable.
    pace: f32,
}

/// A stretch with one aim for pitch, colour and loudness.
struct Sound {
    samples: usize,
    formants: [f32; 3],
    voice: f32,
    /// Loudness of the hiss, and the pitch of it in Hz.
    hiss: (f32, f32),
}

impl Throat {
    pub fn new(rng: &mut Rng, woman: bool) -> Self {
        let between = |rng: &mut Rng, low: f32, high: f32| low + (high - low) * rng.f32();
        Self {
            pitch: if woman { between(rng, 175.0, 235.0) } else { between(rng, 92.0, 138.0) },
            scale: if woman { between(rng, 1.12, 1.2) } else { between(rng, 0.95, 1.05) },
            breath: between(rng, 0.02, 0.08),
            pace: between(rng, 0.15, 0.2),
        }
    }

    /// Something said in one breath; falls in pitch, or rises at the end like a question.
    pub fn phrase(&self, rng: &mut Rng, syllables: usize) -> Vec<i16> {
        let mut sounds = Vec::with_capacity(syllables * 3);
        for number in 0..syllables {
            self.syllable(rng, &mut sounds, number + 1 == syllables);
        }
        let question = syllables > 2 && rng.u8(0..4) == 0;
        let wave = self.voice(rng, &sounds, question);
        let loudest = wave.iter().fold(1e-6f32, |loudest, sample| loudest.max(sample.abs()));
        wave.into_iter().map(|sample| (sample / loudest * PEAK) as i16).collect()
    }

    fn syllable(&self, rng: &mut Rng, sounds: &mut Vec<Sound>, last: bool) {
        let samples = |seconds: f32| (seconds * RATE as f32) as usize;
        let vowel = VOWELS[rng.usize(0..VOWELS.len())].map(|formant| formant * self.scale);
        let quiet = |seconds| Sound { samples: samples(seconds), formants: vowel, voice: 0.0, hiss: (0.0, 2_000.0) };
        match rng.u8(0..8) {
            0 | 1 => {
                let pitch = [2_400.0, 3_300.0, 2_900.0][rng.usize(0..3)];
                sounds.push(Sound { hiss: (0.28, pitch), ..quiet(self.pace * 0.5) });
            }
            2 | 3 => {
                sounds.push(quiet(0.045));
                sounds.push(Sound { hiss: (0.5, 1_500.0 + 1_500.0 * rng.f32()), ..quiet(0.012) });
            }
            4 => sounds.push(Sound { formants: NASAL, voice: 0.35, ..quiet(self.pace * 0.4) }),
            5 | 6 => sounds.push(Sound { formants: GLIDE, voice: 0.5, ..quiet(self.pace * 0.3) }),
            _ => {}
        }
        let long = if last { 1.5 } else { 1.0 };
        let loud = 0.65 + 0.35 * rng.f32();
        sounds.push(Sound { voice: loud, ..quiet(self.pace * (0.5 + 0.35 * rng.f32()) * long) });
        if rng.u8(0..4) == 0 {
            sounds.push(Sound { formants: NASAL, voice: 0.3, ..quiet(self.pace * 0.35) });
        }
        if !last && rng.u8(0..3) == 0 {
            sounds.push(quiet(0.03 + 0.03 * rng.f32()));
        }
        if last {
            sounds.push(quiet(0.06));
        }
    }

    fn voice(&self, rng: &mut Rng, sounds: &[Sound], question: bool) -> Vec<f32> {
        let total: usize = sounds.iter().map(|sound| sound.samples).sum();
        let mut wave = Vec::with_capacity(total);
        let mut tract = [Resonance::default(); 3];
        let mut hiss = Resonance::default();
        let (mut formants, mut loud, mut noisy) = ([500.0 * self.scale, 1_500.0, 2_500.0], 0.0f32, 0.0f32);
        let (mut phase, mut rumble) = (0.0f32, 0.0f32);
        for sound in sounds {
            let accent = 1.0 + 0.12 * (rng.f32() - 0.4);
            let mut left = sound.samples;
            hiss.tune(sound.hiss.1, 500.0);
            while left > 0 {
                let count = left.min(STEP);
                left -= count;
                let done = wave.len() as f32 / total.max(1) as f32;
                let melody = if question && done > 0.75 { 0.95 + (done - 0.75) * 1.6 } else { 1.15 - 0.3 * done };
                let jitter = 1.0 + 0.02 * (rng.f32() - 0.5);
                let advance = self.pitch * melody * accent * jitter / RATE as f32;
                for ((formant, aim), (resonance, width)) in
                    formants.iter_mut().zip(sound.formants).zip(tract.iter_mut().zip(BANDWIDTHS))
                {
                    *formant += (aim - *formant) * 0.35;
                    resonance.tune(formant.min(3_700.0), width);
                }
                for _ in 0..count {
                    loud += (sound.voice - loud) * 0.012;
                    noisy += (sound.hiss.0 - noisy) * 0.03;
                    phase += advance;
                    if phase >= 1.0 {
                        phase -= 1.0;
                    }
                    let noise = rng.f32() - 0.5;
                    let source = glottis(phase) * loud + noise * self.breath * loud;
                    let voiced = tract.iter_mut().fold(source, |signal, resonance| resonance.pass(signal));
                    let sample = voiced + hiss.pass(noise * noisy);
                    // Telephones carry nothing below some 200 Hz.
                    rumble += (sample - rumble) * 0.15;
                    wave.push(sample - rumble);
                }
            }
        }
        wave
    }
}

/// Change of the air flow over one period (Klatt's KLGLOTT88): rises, closes sharply, rests.
fn glottis(phase: f32) -> f32 {
    const OPEN: f32 = 0.6;
    if phase >= OPEN {
        return 0.0;
    }
    let place = phase / OPEN;
    2.0 * place - 3.0 * place * place
}

/// A resonance with unity gain at zero.
#[derive(Clone, Copy, Debug, Default)]
struct Resonance {
    gain: f32,
    back: [f32; 2],
    past: [f32; 2],
}

impl Resonance {
    fn tune(&mut self, frequency: f32, bandwidth: f32) {
        let radius = (-PI * bandwidth / RATE as f32).exp();
        self.back = [2.0 * radius * (TAU * frequency / RATE as f32).cos(), -radius * radius];
        self.gain = 1.0 - self.back[0] - self.back[1];
    }

    fn pass(&mut self, signal: f32) -> f32 {
        let sample = self.gain * signal + self.back[0] * self.past[0] + self.back[1] * self.past[1];
        self.past = [sample, self.past[0]];
        sample
    }
}
