//! GSM 06.10 full rate (ETSI EN 300 961): 160 samples of 8 kHz a frame of 260 bits. Bit-identical with libgsm.

use super::blocks::BlockCodec;

/// Samples a frame.
const FRAME: usize = 160;
/// Bytes of a frame in a raw `.gsm` file: a nibble 0xD, then the parameters, highest bit first.
pub(super) const RAW: usize = 33;
/// Bytes of a block in WAV (format 0x31, "wav49"): two frames without the nibble, lowest bit first.
pub(super) const WAV: usize = 65;

/// Gains of the long-term predictor (table 4.3b).
const GAINS: [i16; 4] = [3277, 11469, 21299, 32767];
/// Normalised direct mantissas (table 4.6).
const MANTISSAS: [i16; 8] = [18431, 20479, 22527, 24575, 26623, 28671, 30719, 32767];
/// Log area ratios: smallest code, offset and inverse of the scale (table 4.1).
const RATIOS: [(i16, i16, i16); 8] = [
    (-32, 0, 13107),
    (-32, 0, 13107),
    (-16, 2048, 13107),
    (-16, -2560, 13107),
    (-8, 94, 19223),
    (-8, -1792, 17476),
    (-4, -341, 31454),
    (-4, -1144, 29708),
];
const RATIO_BITS: [u32; 8] = [6, 6, 5, 5, 4, 4, 3, 3];

const fn mult_r(a: i16, b: i16) -> i16 {
    if a == i16::MIN && b == i16::MIN { i16::MAX } else { ((a as i32 * b as i32 + 16384) >> 15) as i16 }
}

/// The coded parameters of one of four sub-frames.
#[derive(Clone, Copy, Default)]
struct Sub {
    lag: i16,
    gain: usize,
    grid: usize,
    largest: i16,
    pulses: [i16; 13],
}

/// Takes numbers of some bits out of bytes.
struct Bits<'a> {
    bytes: &'a [u8],
    at: usize,
    lowest_first: bool,
}

impl Bits<'_> {
    fn take(&mut self, count: u32) -> i16 {
        let mut value = 0;
        for bit in 0..count {
            let byte = self.bytes.get(self.at / 8).copied().unwrap_or(0);
            if self.lowest_first {
                value |= i16::from(byte >> (self.at % 8) & 1) << bit;
            } else {
                value = value << 1 | i16::from(byte >> (7 - self.at % 8) & 1);
            }
            self.at += 1;
        }
        value
    }
}

/// How a coefficient lies between that of the frame before and that of this one.
type Weigh = fn(i16, i16) -> i16;

/// The state of a decoder.
pub(super) struct Gsm {
    packed: bool,
    /// What was reconstructed: 120 samples of the past, then the 40 of the sub-frame.
    past: [i16; 160],
    lag: i16,
    ratios: [i16; 8],
    lattice: [i16; 9],
    emphasis: i16,
}

impl Gsm {
    /// `packed`: blocks as they are in WAV.
    pub(super) const fn new(packed: bool) -> Self {
        Self { packed, past: [0; 160], lag: 40, ratios: [0; 8], lattice: [0; 9], emphasis: 0 }
    }

    fn frame(&mut self, bits: &mut Bits<'_>, samples: &mut Vec<i16>) {
        let codes = RATIO_BITS.map(|count| bits.take(count));
        let mut excitation = [0; FRAME];
        for part in excitation.as_chunks_mut::<40>().0 {
            let sub = Sub {
                lag: bits.take(7),
                gain: bits.take(2) as usize,
                grid: bits.take(2) as usize,
                largest: bits.take(6),
                pulses: [(); 13].map(|()| bits.take(3)),
            };
            self.long_term(&sub, part);
        }
        let ratios = decoded_ratios(&codes);
        let before = std::mem::replace(&mut self.ratios, ratios);
        let mix = |weigh: Weigh| -> [i16; 8] {
            std::array::from_fn(|k| reflection(weigh(before.get(k).copied().unwrap_or(0), ratios.get(k).copied().unwrap_or(0))))
        };
        let stretches: [(usize, usize, Weigh); 4] = [
            (0, 13, |old, new| (old >> 2).saturating_add(new >> 2).saturating_add(old >> 1)),
            (13, 27, |old, new| (old >> 1).saturating_add(new >> 1)),
            (27, 40, |old, new| (old >> 2).saturating_add(new >> 2).saturating_add(new >> 1)),
            (40, FRAME, |_, new| new),
        ];
        for (from, to, weigh) in stretches {
            let coefficients = mix(weigh);
            for &residual in &excitation[from..to] {
                let sound = self.short_term(&coefficients, residual);
                self.emphasis = sound.saturating_add(mult_r(self.emphasis, 28180));
                samples.push(self.emphasis.saturating_add(self.emphasis) & !7);
            }
        }
    }

    /// 4.3.1 and 4.3.2: the pulses on their grid, and what the past adds.
    fn long_term(&mut self, sub: &Sub, part: &mut [i16; 40]) {
        let mut exponent = if sub.largest > 15 { (sub.largest >> 3) - 1 } else { 0 };
        let mut mantissa = sub.largest - (exponent << 3);
        if mantissa == 0 {
            (exponent, mantissa) = (-4, 7);
        } else {
            while mantissa <= 7 {
                mantissa = mantissa << 1 | 1;
                exponent -= 1;
            }
            mantissa -= 8;
        }
        let shift = 6 - exponent;
        let round = if shift == 0 { 0 } else { 1 << (shift - 1) };
        let mut pulses = [0; 40];
        for (index, &code) in sub.pulses.iter().enumerate() {
            let level = mult_r(MANTISSAS[mantissa as usize & 7], ((code << 1) - 7) << 12);
            pulses[sub.grid + 3 * index] = level.saturating_add(round) >> shift;
        }
        if (40..=120).contains(&sub.lag) {
            self.lag = sub.lag;
        }
        for (index, pulse) in pulses.iter().enumerate() {
            let place = 120 + index;
            let predicted = mult_r(GAINS[sub.gain], self.past[place - self.lag as usize]);
            self.past[place] = pulse.saturating_add(predicted);
        }
        part.copy_from_slice(&self.past[120..]);
        self.past.copy_within(40.., 0);
    }

    fn short_term(&mut self, coefficients: &[i16; 8], residual: i16) -> i16 {
        let mut sound = residual;
        for (index, &coefficient) in coefficients.iter().enumerate().rev() {
            sound = sound.saturating_sub(mult_r(coefficient, self.lattice[index]));
            self.lattice[index + 1] = self.lattice[index].saturating_add(mult_r(coefficient, sound));
        }
        self.lattice[0] = sound;
        sound
    }
}

fn decoded_ratios(codes: &[i16; 8]) -> [i16; 8] {
    let mut ratios = [0; 8];
    for ((ratio, &code), (smallest, offset, scale)) in ratios.iter_mut().zip(codes).zip(RATIOS) {
        let level = ((code + smallest) << 10).saturating_sub(offset << 1);
        let level = mult_r(scale, level);
        *ratio = level.saturating_add(level);
    }
    ratios
}

/// 4.2.9.2: a log area ratio as a coefficient of the lattice.
fn reflection(ratio: i16) -> i16 {
    let size = ratio.saturating_abs();
    let size = if size < 11059 {
        size << 1
    } else if size < 20070 {
        size + 11059
    } else {
        (size >> 2).saturating_add(26112)
    };
    if ratio < 0 { -size } else { size }
}

impl BlockCodec for Gsm {
    fn bytes(&self) -> usize {
        if self.packed { WAV } else { RAW }
    }

    /// A last WAV block may have lost its second frame.
    fn frames(&self, bytes: usize) -> usize {
        match (self.packed, bytes) {
            (true, WAV..) => 2 * FRAME,
            (true, 33..) | (false, RAW..) => FRAME,
            _ => 0,
        }
    }

    /// A second: by then the filters have forgotten where they began.
    fn settle(&self) -> u64 {
        if self.packed { 25 } else { 50 }
    }

    fn reset(&mut self) {
        *self = Self::new(self.packed);
    }

    fn decode(&mut self, block: &[u8], samples: &mut Vec<i16>) {
        let mut bits = Bits { bytes: block, at: 0, lowest_first: self.packed };
        if self.packed {
            for _ in 0..self.frames(block.len()) / FRAME {
                self.frame(&mut bits, samples);
            }
        } else if bits.take(4) == 0xd {
            self.frame(&mut bits, samples);
        } else {
            // No frame: silence of its length, and nothing of it in what follows.
            self.reset();
            samples.resize(samples.len() + FRAME, 0);
        }
    }
}
