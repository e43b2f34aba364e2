use std::io::Cursor;

use super::*;
use crate::sound::{Source, open, wav_header};

/// A WAV file of these interleaved samples, opened.
pub(super) fn opened(channels: u8, rate: u32, samples: &[i16]) -> Box<dyn Decoder> {
    let mut bytes = wav_header(channels, rate, (samples.len() / usize::from(channels)) as u64).to_vec();
    bytes.extend(samples.iter().flat_map(|sample| sample.to_le_bytes()));
    let length = bytes.len() as u64;
    open(Box::new(Cursor::new(bytes)) as Box<dyn Source>, length, "a.wav").unwrap()
}

#[test]
fn a_cut_as_wav_has_the_very_samples() {
    let samples: Vec<i16> = (0..20_000).map(|n| (n * 37 % 30_011) as i16).collect();
    let mut decoder = opened(2, 8000, &samples);
    for (from, until) in [(0, None), (100, Some(4_321)), (9_999, Some(1_000_000)), (5_000, None)] {
        let mut out = Cursor::new(b"before".to_vec());
        out.set_position(6);
        let encoded = encode(&mut *decoder, from, until, Target::Wav, &mut out).unwrap();
        let wanted = &samples[from as usize * 2..until.map_or(20_000, |until| until as usize * 2).min(20_000)];
        assert_eq!((encoded.frames * 2, encoded.ended_early), (wanted.len() as u64, None));
        let file = &out.get_ref()[6..];
        assert_eq!(file.len() as u64, encoded.bytes);
        assert_eq!(file[..44], wav_header(2, 8000, encoded.frames));
        let written: Vec<i16> = file[44..].chunks_exact(2).map(|pair| i16::from_le_bytes([pair[0], pair[1]])).collect();
        assert_eq!(written, wanted);
    }
    assert!(encode(&mut *decoder, 10_000, None, Target::Wav, &mut Cursor::new(Vec::new())).is_err());
    assert!(encode(&mut *decoder, 10, Some(10), Target::Wav, &mut Cursor::new(Vec::new())).is_err());
}
