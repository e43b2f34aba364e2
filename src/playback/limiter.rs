//! The last stage before the output: nothing clips, and what is not too loud passes untouched.

/// How quickly it lets go: most of it within a tenth of a second.
const RELEASE_S: f32 = 0.1;

/// Turns down what would clip, all channels alike; at once, since a clipped sample is heard and a quieter one is not.
pub(super) struct Limiter {
    gain: f32,
    release: f32,
}

impl Limiter {
    pub(super) fn new(rate: u32) -> Self {
        Self { gain: 1.0, release: 1.0 - (-1.0 / (RELEASE_S * rate as f32)).exp() }
    }

    /// One frame.
    pub(super) fn limit(&mut self, frame: &mut [f32]) {
        let peak = frame.iter().fold(0.0_f32, |peak, sample| peak.max(sample.abs()));
        if peak * self.gain > 1.0 {
            self.gain = 1.0 / peak;
        } else if self.gain < 1.0 {
            self.gain += (1.0 - self.gain) * self.release;
            if self.gain > 0.9999 {
                self.gain = 1.0;
            }
            self.gain = if peak * self.gain > 1.0 { 1.0 / peak } else { self.gain };
        }
        if self.gain < 1.0 {
            frame.iter_mut().for_each(|sample| *sample *= self.gain);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn full_scale_passes_untouched_and_more_is_turned_down_for_all_channels() {
        let mut limiter = Limiter::new(8000);
        let mut frame = [-1.0, 0.25];
        limiter.limit(&mut frame);
        assert_eq!(frame, [-1.0, 0.25]);
        let mut loudest = 0.0_f32;
        for n in 0..16_000 {
            let value = (n as f32 * 0.2).sin() * if n < 8000 { 4.0 } else { 0.5 };
            let mut frame = [value, value / 2.0];
            limiter.limit(&mut frame);
            assert!((frame[0] - frame[1] * 2.0).abs() < 1e-6);
            loudest = loudest.max(frame[0].abs());
        }
        assert!((0.99..=1.000_001).contains(&loudest), "{loudest}");
        let mut frame = [0.5, 0.5];
        limiter.limit(&mut frame);
        assert_eq!(frame, [0.5, 0.5], "it lets go again");
    }
}
