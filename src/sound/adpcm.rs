//! ADPCM of WAV files (RFC 2361: 0x11 IMA, 0x02 Microsoft): every block begins anew, so any place is reached exactly.

use super::blocks::BlockCodec;

const INDEX: [i32; 8] = [-1, -1, -1, -1, 2, 4, 6, 8];
const STEPS: [i32; 89] = [
    7, 8, 9, 10, 11, 12, 13, 14, 16, 17, 19, 21, 23, 25, 28, 31, 34, 37, 41, 45, 50, 55, 60, 66, 73, 80, 88, 97, 107, 118, 130,
    143, 157, 173, 190, 209, 230, 253, 279, 307, 337, 371, 408, 449, 494, 544, 598, 658, 724, 796, 876, 963, 1060, 1166, 1282,
    1411, 1552, 1707, 1878, 2066, 2272, 2499, 2749, 3024, 3327, 3660, 4026, 4428, 4871, 5358, 5894, 6484, 7132, 7845, 8630, 9493,
    10442, 11487, 12635, 13899, 15289, 16818, 18500, 20350, 22385, 24623, 27086, 29794, 32767,
];
const ADAPT: [i32; 16] = [230, 230, 230, 230, 307, 409, 512, 614, 768, 614, 512, 409, 307, 230, 230, 230];
const PAIRS: [(i32, i32); 7] = [(256, 0), (512, -256), (0, 0), (192, 64), (240, 0), (460, -208), (392, -232)];

fn saturate(value: i32) -> i32 {
    value.clamp(i32::from(i16::MIN), i32::from(i16::MAX))
}

/// IMA ADPCM: a head of 4 bytes a channel, then 8 samples a channel in turns.
pub(super) struct Ima {
    pub(super) block: usize,
    pub(super) channels: usize,
}

impl BlockCodec for Ima {
    fn bytes(&self) -> usize {
        self.block
    }

    fn frames(&self, bytes: usize) -> usize {
        let bytes = bytes.min(self.block);
        match bytes.checked_sub(4 * self.channels) {
            Some(rest) => 1 + rest / (4 * self.channels) * 8,
            None => 0,
        }
    }

    fn decode(&mut self, block: &[u8], samples: &mut Vec<i16>) {
        let (frames, channels) = (self.frames(block.len()), self.channels);
        let Some((heads, rest)) = block.split_at_checked(4 * channels).filter(|_| frames > 0) else { return };
        let start = samples.len();
        samples.resize(start + frames * channels, 0);
        let out = &mut samples[start..];
        for (side, head) in heads.as_chunks::<4>().0.iter().enumerate() {
            let mut value = i32::from(i16::from_le_bytes([head[0], head[1]]));
            let mut index = i32::from(head[2]).min(88);
            out[side] = value as i16;
            let mut place = channels + side;
            for word in rest.chunks_exact(4 * channels) {
                for nibble in word[4 * side..4 * side + 4].iter().flat_map(|byte| [byte & 15, byte >> 4]) {
                    let step = STEPS[index as usize];
                    let size = i32::from(nibble & 7);
                    let change = ((2 * size + 1) * step) >> 3;
                    value = saturate(if nibble & 8 == 0 { value + change } else { value - change });
                    index = (index + INDEX[size as usize]).clamp(0, 88);
                    out[place] = value as i16;
                    place += channels;
                }
            }
        }
    }
}

/// Microsoft ADPCM: a head of 7 bytes a channel, then nibbles, channel by channel.
pub(super) struct Microsoft {
    pub(super) block: usize,
    pub(super) channels: usize,
}

#[derive(Clone, Copy, Default)]
struct Side {
    pair: (i32, i32),
    step: i32,
    newest: i32,
    older: i32,
}

impl Side {
    fn next(&mut self, nibble: u8) -> i16 {
        let signed = i32::from(nibble) - if nibble & 8 == 0 { 0 } else { 16 };
        let predicted = (self.newest * self.pair.0 + self.older * self.pair.1) / 256;
        let value = saturate(predicted + signed * self.step);
        self.older = std::mem::replace(&mut self.newest, value);
        // The largest step a well-formed file reaches is far below this.
        self.step = ((ADAPT[usize::from(nibble & 15)] * self.step) >> 8).clamp(16, 1 << 20);
        value as i16
    }
}

impl BlockCodec for Microsoft {
    fn bytes(&self) -> usize {
        self.block
    }

    fn frames(&self, bytes: usize) -> usize {
        let bytes = bytes.min(self.block);
        match bytes.checked_sub(7 * self.channels) {
            Some(rest) => 2 + rest * 2 / self.channels,
            None => 0,
        }
    }

    fn decode(&mut self, block: &[u8], samples: &mut Vec<i16>) {
        let channels = self.channels;
        let frames = self.frames(block.len());
        let Some((head, rest)) = block.split_at_checked(7 * channels).filter(|_| frames > 0) else { return };
        let (pairs, words) = head.split_at(channels);
        let word = |index: usize| i32::from(i16::from_le_bytes([words[2 * index], words[2 * index + 1]]));
        let mut sides = [Side::default(); 8];
        for (side, pair) in pairs.iter().enumerate() {
            sides[side] = Side {
                pair: PAIRS[usize::from(*pair).min(6)],
                step: word(side),
                newest: word(channels + side),
                older: word(2 * channels + side),
            };
        }
        sides[..channels].iter().for_each(|side| samples.push(side.older as i16));
        sides[..channels].iter().for_each(|side| samples.push(side.newest as i16));
        let nibbles = rest.iter().flat_map(|byte| [byte >> 4, byte & 15]).take((frames - 2) * channels);
        for (place, nibble) in nibbles.enumerate() {
            let sample = sides[place % channels].next(nibble);
            samples.push(sample);
        }
    }
}
