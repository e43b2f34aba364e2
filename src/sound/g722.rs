//! G.722 at 64 kbit/s (ITU-T G.722): two ADPCM bands, a byte is two samples of 16 kHz.

use super::blocks::BlockCodec;

/// Bytes taken at once: 10 ms.
const BLOCK: usize = 80;

const LOW_6: [i32; 64] = [
    -136, -136, -136, -136, -24808, -21904, -19008, -16704, -14984, -13512, -12280, -11192, -10232, -9360, -8576, -7856, -7192,
    -6576, -6000, -5456, -4944, -4464, -4008, -3576, -3168, -2776, -2400, -2032, -1688, -1360, -1040, -728, 24808, 21904, 19008,
    16704, 14984, 13512, 12280, 11192, 10232, 9360, 8576, 7856, 7192, 6576, 6000, 5456, 4944, 4464, 4008, 3576, 3168, 2776, 2400,
    2032, 1688, 1360, 1040, 728, 432, 136, -432, -136,
];
const LOW_4: [i32; 16] = [0, -20456, -12896, -8968, -6288, -4240, -2584, -1200, 20456, 12896, 8968, 6288, 4240, 2584, 1200, 0];
const HIGH_2: [i32; 4] = [-7408, -1616, 7408, 1616];
/// How a code moves the logarithm of the step.
const LOW_LOG: [i32; 16] = [-60, 3042, 1198, 538, 334, 172, 58, -30, 3042, 1198, 538, 334, 172, 58, -30, -60];
const HIGH_LOG: [i32; 4] = [798, -214, 798, -214];
const STEPS: [i32; 32] = [
    2048, 2093, 2139, 2186, 2233, 2282, 2332, 2383, 2435, 2489, 2543, 2599, 2656, 2714, 2774, 2834, 2896, 2960, 3025, 3091, 3158,
    3228, 3298, 3371, 3444, 3520, 3597, 3676, 3756, 3838, 3922, 4008,
];
/// Coefficients of the filter that joins the bands.
const JOIN: [i32; 12] = [3, -11, 12, 32, -210, 951, 3876, -805, 362, -156, 53, -11];

fn saturate(value: i32) -> i32 {
    value.clamp(i32::from(i16::MIN), i32::from(i16::MAX))
}

/// The predictor and the step of one band. Index 0 of each history is the newest.
#[derive(Clone, Copy, Default)]
struct Band {
    predicted: i32,
    zeros: i32,
    rebuilt: [i32; 2],
    poles: [i32; 2],
    partial: [i32; 2],
    differences: [i32; 6],
    weights: [i32; 6],
    log: i32,
    step: i32,
}

impl Band {
    fn scale(&mut self, change: i32, most: i32, shift: i32) {
        self.log = (((self.log * 127) >> 7) + change).clamp(0, most);
        let mantissa = STEPS[(self.log >> 6 & 31) as usize];
        let down = shift - (self.log >> 11);
        self.step = if down < 0 { mantissa << -down } else { mantissa >> down } << 2;
    }

    /// Block 4 of the recommendation: rebuilds the signal and adapts both predictors.
    fn adapt(&mut self, difference: i32) {
        let rebuilt = saturate(self.predicted + difference);
        let partial = saturate(self.zeros + difference);
        let same = |other: i32| (partial < 0) == (other < 0);
        let first = saturate(self.poles[0] << 2);
        let second = (if same(self.partial[0]) { -first } else { first }).min(32767) >> 7;
        let second = second + if same(self.partial[1]) { 128 } else { -128 } + ((self.poles[1] * 32512) >> 15);
        let second = second.clamp(-12288, 12288);
        let first = saturate(if same(self.partial[0]) { 192 } else { -192 } + ((self.poles[0] * 32640) >> 15));
        let limit = saturate(15360 - second);
        self.poles = [first.clamp(-limit, limit), second];
        let push = if difference == 0 { 0 } else { 128 };
        for (weight, past) in self.weights.iter_mut().zip(&self.differences) {
            let towards = if (*past < 0) == (difference < 0) { push } else { -push };
            *weight = saturate(towards + ((*weight * 32640) >> 15));
        }
        self.differences.copy_within(..5, 1);
        self.differences[0] = difference;
        self.rebuilt = [rebuilt, self.rebuilt[0]];
        self.partial = [partial, self.partial[0]];
        let by_poles: i32 = self.poles.iter().zip(&self.rebuilt).map(|(pole, past)| (pole * saturate(past << 1)) >> 15).sum();
        let by_zeros: i32 =
            self.weights.iter().zip(&self.differences).map(|(zero, past)| (zero * saturate(past << 1)) >> 15).sum();
        self.zeros = saturate(by_zeros);
        self.predicted = saturate(saturate(by_poles) + self.zeros);
    }
}

/// The state of a decoder.
pub(super) struct G722 {
    low: Band,
    high: Band,
    past: [i32; 24],
}

impl G722 {
    pub(super) fn new() -> Self {
        let band = |step| Band { step, ..Band::default() };
        Self { low: band(32), high: band(8), past: [0; 24] }
    }

    fn pair(&mut self, byte: u8) -> [i16; 2] {
        let code = usize::from(byte & 0x3f);
        let low = (self.low.predicted + ((self.low.step * LOW_6[code]) >> 15)).clamp(-16384, 16383);
        let difference = (self.low.step * LOW_4[code >> 2]) >> 15;
        self.low.scale(LOW_LOG[code >> 2], 18432, 8);
        self.low.adapt(difference);
        let code = usize::from(byte >> 6);
        let difference = (self.high.step * HIGH_2[code]) >> 15;
        let high = (self.high.predicted + difference).clamp(-16384, 16383);
        self.high.scale(HIGH_LOG[code], 22528, 10);
        self.high.adapt(difference);
        self.past.copy_within(2.., 0);
        self.past[22] = low + high;
        self.past[23] = low - high;
        let (mut even, mut odd) = (0, 0);
        for (index, &[first, second]) in self.past.as_chunks::<2>().0.iter().enumerate() {
            odd += first * JOIN[index];
            even += second * JOIN[11 - index];
        }
        [saturate(even >> 11) as i16, saturate(odd >> 11) as i16]
    }
}

impl BlockCodec for G722 {
    fn bytes(&self) -> usize {
        BLOCK
    }

    fn frames(&self, bytes: usize) -> usize {
        bytes.min(BLOCK) * 2
    }

    /// Two seconds: the steps and predictors leak, so that they meet those of an unbroken decode.
    fn settle(&self) -> u64 {
        200
    }

    fn reset(&mut self) {
        *self = Self::new();
    }

    fn decode(&mut self, block: &[u8], samples: &mut Vec<i16>) {
        block.iter().for_each(|&byte| samples.extend(self.pair(byte)));
    }
}
