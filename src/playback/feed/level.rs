//! Brings the speech of each side to the same level, slowly: what is measured is speech, so that a pause neither turns the
//! gain up nor is lifted itself.

/// Level of speech that both sides are brought to, RMS in dBFS.
pub(super) const TARGET_DB: f32 = -22.0;
/// Most that is added or taken.
pub(super) const MOST_DB: f32 = 18.0;
/// Quieter than this is never speech.
const FLOOR_DB: f32 = -45.0;
/// Speech is so much louder than the noise.
const ABOVE_NOISE_DB: f32 = 6.0;
/// The noise is thought to rise so quickly, in dB a second.
const NOISE_RISE: f32 = 3.0;
/// Speech of this many windows makes a level that can be trusted.
const ENOUGH: u32 = 20;
/// Windows that the level is taken over: three seconds of speech.
const MEMORY: u32 = 300;
/// The gain moves so quickly, in dB a second.
const SLEW: f32 = 6.0;
/// Windows a second.
const WINDOWS: f32 = 100.0;
/// A pause longer than this (in windows) is not lifted with the speech.
const HOLD: u32 = 50;
/// How much of what is added is taken back in a window of pause, and given again in a window of speech.
const CLOSE: f32 = 1.0 / 150.0;
const OPEN: f32 = 1.0 / 12.0;

/// The levels of all sides.
pub(super) struct Level {
    channels: usize,
    /// Frames of a window: 10 ms.
    window: usize,
    /// Frames of the present window so far.
    filled: usize,
    sides: Vec<SideLevel>,
}

struct SideLevel {
    energy: f64,
    noise_db: f32,
    /// Mean power of speech, and the windows it was taken from.
    power: f64,
    windows: u32,
    /// Windows since the last speech.
    pause: u32,
    slow_db: f32,
    /// 0.0 to 1.0: how much of an addition is in force.
    open: f32,
    /// The gain now, and what is added to it with each frame until the window ends.
    gain: f32,
    step: f32,
}

impl SideLevel {
    const fn new() -> Self {
        Self { energy: 0.0, noise_db: -70.0, power: 0.0, windows: 0, pause: 0, slow_db: 0.0, open: 1.0, gain: 1.0, step: 0.0 }
    }

    fn target_db(&self) -> f32 {
        if self.windows < ENOUGH {
            return 0.0;
        }
        (TARGET_DB - decibels(self.power)).clamp(-MOST_DB, MOST_DB)
    }

    /// Takes a whole window.
    fn measure(&mut self, window: usize) {
        let power = self.energy / window as f64;
        self.energy = 0.0;
        let level = decibels(power);
        let speech = level > FLOOR_DB && level > self.noise_db + ABOVE_NOISE_DB;
        if level < self.noise_db {
            self.noise_db += (level.max(-70.0) - self.noise_db) * 0.3;
        } else {
            self.noise_db = (self.noise_db + NOISE_RISE / WINDOWS).min(level);
        }
        if speech {
            self.windows = (self.windows + 1).min(MEMORY);
            self.power += (power - self.power) / f64::from(self.windows);
            self.pause = 0;
            self.open = (self.open + OPEN).min(1.0);
            let most = SLEW / WINDOWS;
            self.slow_db += (self.target_db() - self.slow_db).clamp(-most, most);
        } else {
            self.pause = self.pause.saturating_add(1);
            if self.pause > HOLD {
                self.open = (self.open - CLOSE).max(0.0);
            }
        }
    }

    fn aim(&self) -> f32 {
        let db = if self.slow_db > 0.0 { self.slow_db * self.open } else { self.slow_db };
        10_f32.powf(db / 20.0)
    }
}

fn decibels(power: f64) -> f32 {
    (10.0 * power.max(1e-12).log10()) as f32
}

impl Level {
    pub(super) fn new(rate: u32, channels: usize) -> Self {
        let sides = (0..channels).map(|_| SideLevel::new()).collect();
        Self { channels, window: (rate as usize / 100).max(1), filled: 0, sides }
    }

    /// Nothing is known of any side yet.
    pub(super) fn is_new(&self) -> bool {
        self.sides.iter().all(|side| side.windows == 0)
    }

    /// Learns the levels from sound that is not heard; the gains are right from the first moment then.
    pub(super) fn learn(&mut self, samples: &[i16]) {
        for frame in samples.chunks_exact(self.channels * self.window) {
            for (number, side) in self.sides.iter_mut().enumerate() {
                let values = frame.iter().skip(number).step_by(self.channels);
                side.energy = values.map(|sample| (f64::from(*sample) / 32768.0).powi(2)).sum();
                side.measure(self.window);
            }
        }
        for side in &mut self.sides {
            side.slow_db = side.target_db();
            side.gain = side.aim();
            side.step = 0.0;
        }
    }

    /// Measures and changes frames.
    pub(super) fn apply(&mut self, frames: &mut [f32]) {
        for frame in frames.chunks_exact_mut(self.channels) {
            for (sample, side) in frame.iter_mut().zip(&mut self.sides) {
                side.energy += f64::from(*sample).powi(2);
                side.gain += side.step;
                *sample *= side.gain;
            }
            self.filled += 1;
            if self.filled == self.window {
                self.filled = 0;
                for side in &mut self.sides {
                    side.measure(self.window);
                    side.step = (side.aim() - side.gain) / self.window as f32;
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const RATE: usize = 8000;

    /// Syllables of 200 ms with pauses of 100 ms at an RMS level, over noise of another.
    fn speech(seconds: usize, db: f32, noise_db: f32) -> Vec<f32> {
        let size = |db: f32| 10_f32.powf(db / 20.0) * std::f32::consts::SQRT_2;
        let value = |n: usize| {
            let voice = if n % 2400 < 1600 { (n as f32 * 0.4).sin() * size(db) } else { 0.0 };
            voice + (n as f32 * 2.1).sin() * size(noise_db)
        };
        (0..seconds * RATE).map(value).collect()
    }

    fn rms_db(samples: &[f32]) -> f32 {
        decibels(samples.iter().map(|sample| f64::from(*sample).powi(2)).sum::<f64>() / samples.len() as f64)
    }

    /// The syllables alone.
    fn voiced(samples: &[f32]) -> Vec<f32> {
        samples.chunks_exact(2400).flat_map(|syllable| syllable[200..1400].iter().copied()).collect()
    }

    #[test]
    fn two_unlike_sides_come_to_one_level_without_pumping() {
        let (loud, quiet) = (speech(24, -12.0, -70.0), speech(24, -36.0, -70.0));
        let mut frames: Vec<f32> = loud.iter().zip(&quiet).flat_map(|(a, b)| [*a, *b]).collect();
        let mut level = Level::new(8000, 2);
        level.apply(&mut frames);
        for side in 0..2 {
            let heard: Vec<f32> = frames.iter().copied().skip(side).step_by(2).collect();
            let late = rms_db(&voiced(&heard[12 * RATE..]));
            assert!((late - TARGET_DB).abs() < 1.5, "side {side}: {late} dB");
            let seconds: Vec<f32> = heard[12 * RATE..].chunks_exact(2400 * 4).map(|part| rms_db(&voiced(part))).collect();
            assert!(seconds.windows(2).all(|pair| (pair[0] - pair[1]).abs() < 0.3), "side {side} pumps: {seconds:?}");
        }
    }

    #[test]
    fn more_than_eighteen_decibels_are_not_added_and_silence_stays() {
        let mut faint = speech(20, -43.0, -75.0);
        Level::new(8000, 1).apply(&mut faint);
        let late = rms_db(&voiced(&faint[15 * RATE..]));
        assert!((late + 25.0).abs() < 1.0, "{late} dB");
        // Noise alone is nobody's speech.
        let noise = speech(20, -120.0, -50.0);
        let mut heard = noise.clone();
        Level::new(8000, 1).apply(&mut heard);
        assert!(heard == noise);
    }

    #[test]
    fn a_pause_after_quiet_speech_is_not_lifted() {
        let mut sound = speech(10, -36.0, -62.0);
        sound.extend(speech(6, -120.0, -62.0));
        let mut level = Level::new(8000, 1);
        level.apply(&mut sound);
        let late = rms_db(&sound[14 * RATE..]);
        assert!((late + 62.0).abs() < 1.0, "{late} dB");
    }

    #[test]
    fn what_was_looked_back_at_is_right_from_the_first_moment() {
        let quiet = speech(4, -32.0, -70.0);
        let before: Vec<i16> = quiet.iter().map(|sample| (sample * 32768.0) as i16).collect();
        let mut level = Level::new(8000, 1);
        assert!(level.is_new());
        level.learn(&before);
        let mut heard = quiet;
        level.apply(&mut heard);
        let first = rms_db(&voiced(&heard[..RATE]));
        assert!((first - TARGET_DB).abs() < 1.0, "{first} dB");
    }
}
