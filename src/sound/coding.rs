//! Sample codings, each to signed 16 bit.

/// How one sample is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Coding {
    U8,
    S8,
    S16Be,
    S24Be,
    S32Be,
    F32Be,
    S16,
    S24,
    S32,
    F32,
    F64,
    ALaw,
    MuLaw,
}

impl Coding {
    /// Bytes a sample.
    pub(super) const fn size(self) -> usize {
        match self {
            Self::U8 | Self::S8 | Self::ALaw | Self::MuLaw => 1,
            Self::S16 | Self::S16Be => 2,
            Self::S24 | Self::S24Be => 3,
            Self::S32 | Self::S32Be | Self::F32 | Self::F32Be => 4,
            Self::F64 => 8,
        }
    }

    /// Its name after the container in [`super::SoundFacts::format`].
    pub(super) const fn name(self) -> &'static str {
        match self {
            Self::U8 | Self::S16 | Self::S24 | Self::S32 => "pcm",
            Self::S8 | Self::S16Be | Self::S24Be | Self::S32Be => "pcm",
            Self::F32 | Self::F64 | Self::F32Be => "float",
            Self::ALaw => "alaw",
            Self::MuLaw => "mulaw",
        }
    }

    /// Appends the samples of `bytes` (a whole number of them).
    pub(super) fn decode(self, bytes: &[u8], samples: &mut Vec<i16>) {
        match self {
            Self::U8 => samples.extend(bytes.iter().map(|&byte| (i16::from(byte) - 128) << 8)),
            Self::S8 => samples.extend(bytes.iter().map(|&byte| i16::from(byte.cast_signed()) << 8)),
            Self::S16Be => samples.extend(bytes.as_chunks().0.iter().map(|&bytes| i16::from_be_bytes(bytes))),
            Self::S24Be => {
                samples.extend(bytes.as_chunks::<3>().0.iter().map(|&[high, middle, _]| i16::from_be_bytes([high, middle])));
            }
            Self::S32Be => {
                samples.extend(bytes.as_chunks::<4>().0.iter().map(|&[high, middle, ..]| i16::from_be_bytes([high, middle])));
            }
            Self::F32Be => {
                samples.extend(bytes.as_chunks().0.iter().map(|&bytes| from_float(f64::from(f32::from_be_bytes(bytes)))));
            }
            Self::S16 => samples.extend(bytes.as_chunks().0.iter().map(|&bytes| i16::from_le_bytes(bytes))),
            Self::S24 => {
                samples.extend(bytes.as_chunks::<3>().0.iter().map(|&[_, middle, high]| i16::from_le_bytes([middle, high])));
            }
            Self::S32 => {
                samples.extend(bytes.as_chunks::<4>().0.iter().map(|&[.., middle, high]| i16::from_le_bytes([middle, high])));
            }
            Self::F32 => {
                samples.extend(bytes.as_chunks().0.iter().map(|&bytes| from_float(f64::from(f32::from_le_bytes(bytes)))));
            }
            Self::F64 => samples.extend(bytes.as_chunks().0.iter().map(|&bytes| from_float(f64::from_le_bytes(bytes)))),
            Self::ALaw => samples.extend(bytes.iter().map(|&byte| A_LAW[usize::from(byte)])),
            Self::MuLaw => samples.extend(bytes.iter().map(|&byte| MU_LAW[usize::from(byte)])),
        }
    }
}

/// Full scale is 1.0; what is more is cut, what is no number is silence.
fn from_float(value: f64) -> i16 {
    (value * 32768.0).round() as i16
}

/// ITU-T G.711, table 1a.
const A_LAW: [i16; 256] = {
    let mut table = [0; 256];
    let mut code = 0;
    while code < 256 {
        let bits = code as u8 ^ 0x55;
        let (exponent, mantissa) = ((bits >> 4) & 7, (bits & 15) as i16);
        let magnitude = if exponent == 0 { (mantissa << 4) + 8 } else { ((mantissa << 4) + 0x108) << (exponent - 1) };
        table[code] = if bits & 0x80 != 0 { magnitude } else { -magnitude };
        code += 1;
    }
    table
};

/// ITU-T G.711, table 2a.
const MU_LAW: [i16; 256] = {
    let mut table = [0; 256];
    let mut code = 0;
    while code < 256 {
        let bits = !(code as u8);
        let magnitude = ((((bits & 15) as i16) << 3) + 0x84) << ((bits >> 4) & 7);
        table[code] = if bits & 0x80 != 0 { 0x84 - magnitude } else { magnitude - 0x84 };
        code += 1;
    }
    table
};

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn laws_have_the_values_of_g711() {
        // Values as sox prints them for these codes.
        assert_eq!([0xd5, 0x55, 0x80, 0x00, 0xaa, 0x2a].map(|code: usize| A_LAW[code]), [8, -8, 5504, -5504, 32256, -32256]);
        assert_eq!([0xff, 0x7f, 0x80, 0x00, 0xef, 0xc0].map(|code: usize| MU_LAW[code]), [0, 0, 32124, -32124, 132, 1884]);
    }

    #[test]
    fn every_coding_reaches_both_ends_and_the_middle() {
        let cases: [(Coding, Vec<u8>); 6] = [
            (Coding::U8, vec![0, 128, 255]),
            (Coding::S16, vec![0, 0x80, 0, 0, 0xff, 0x7f]),
            (Coding::S24, vec![0, 0, 0x80, 0, 0, 0, 0xff, 0xff, 0x7f]),
            (Coding::S32, vec![0, 0, 0, 0x80, 0, 0, 0, 0, 0xff, 0xff, 0xff, 0x7f]),
            (Coding::F32, [-1.5_f32, 0.0, 2.0].iter().flat_map(|value| value.to_le_bytes()).collect()),
            (Coding::F64, [-1.5_f64, f64::NAN, 2.0].iter().flat_map(|value| value.to_le_bytes()).collect()),
        ];
        for (coding, bytes) in cases {
            let mut samples = Vec::new();
            coding.decode(&bytes, &mut samples);
            let top = if coding == Coding::U8 { 0x7f00 } else { i16::MAX };
            assert_eq!(samples, [i16::MIN, 0, top], "{coding:?}");
            assert_eq!(bytes.len(), coding.size() * 3);
        }
    }
}
