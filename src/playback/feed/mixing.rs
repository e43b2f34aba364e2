//! Sides and balance: which side of the recording comes out of which loudspeaker, and how loud.

use crate::playback::Side;

/// How the first two channels are heard. With one channel there is nothing to choose.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub(super) struct Mixing {
    pub(super) side: Side,
    pub(super) swap: bool,
    /// -1.0 to 1.0. Linear: the farther loudspeaker is turned down, the nearer one left as it is, so that the middle
    /// changes nothing and nothing gets louder.
    pub(super) balance: f32,
}

impl Mixing {
    /// Mixes interleaved frames in place.
    pub(super) fn mix(self, frames: &mut [f32], channels: usize) {
        if channels < 2 || self == Self::default() {
            return;
        }
        let balance = if self.balance.is_finite() { self.balance.clamp(-1.0, 1.0) } else { 0.0 };
        let (left_gain, right_gain) = (1.0 - balance.max(0.0), 1.0 + balance.min(0.0));
        for frame in frames.chunks_exact_mut(channels) {
            let (left, right) = match (self.side, self.swap) {
                (Side::Left, _) => (frame[0], frame[0]),
                (Side::Right, _) => (frame[1], frame[1]),
                (Side::Both, false) => (frame[0], frame[1]),
                (Side::Both, true) => (frame[1], frame[0]),
            };
            frame[0] = left * left_gain;
            frame[1] = right * right_gain;
            if self.side != Side::Both {
                frame[2..].fill(0.0);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_choice_by_its_samples() {
        let mixed = |side, swap, balance| {
            let mut frames = [0.5, -0.25];
            Mixing { side, swap, balance }.mix(&mut frames, 2);
            frames
        };
        assert_eq!(mixed(Side::Both, false, 0.0), [0.5, -0.25]);
        assert_eq!(mixed(Side::Both, true, 0.0), [-0.25, 0.5]);
        assert_eq!(mixed(Side::Left, true, 0.0), [0.5, 0.5]);
        assert_eq!(mixed(Side::Right, false, 0.0), [-0.25, -0.25]);
        assert_eq!(mixed(Side::Both, false, -1.0), [0.5, 0.0]);
        assert_eq!(mixed(Side::Both, false, 1.0), [0.0, -0.25]);
        assert_eq!(mixed(Side::Both, true, 0.5), [-0.125, 0.5]);
        assert_eq!(mixed(Side::Left, false, -0.5), [0.5, 0.25]);
        assert_eq!(mixed(Side::Both, false, f32::NAN), [0.5, -0.25]);
        let mut mono = [0.5, -0.25];
        Mixing { side: Side::Right, swap: true, balance: 1.0 }.mix(&mut mono, 1);
        assert_eq!(mono, [0.5, -0.25]);
    }
}
