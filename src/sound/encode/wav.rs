//! WAV: 16-bit PCM. The sizes in its head are written at the end.

use std::io::SeekFrom;

use super::{Encoder, Output, unwritable};
use crate::sound::{SoundError, wav_header};

pub(super) struct Wav {
    channels: u8,
    rate: u32,
    begin: u64,
    frames: u64,
    bytes: Vec<u8>,
}

impl Wav {
    pub(super) fn begin(channels: u8, rate: u32, out: &mut dyn Output) -> Result<Self, SoundError> {
        let begin = out.stream_position().map_err(unwritable)?;
        out.write_all(&wav_header(channels, rate, 0)).map_err(unwritable)?;
        Ok(Self { channels, rate, begin, frames: 0, bytes: Vec::new() })
    }
}

impl Encoder for Wav {
    fn push(&mut self, samples: &[i16], out: &mut dyn Output) -> Result<(), SoundError> {
        self.frames += samples.len() as u64 / u64::from(self.channels.max(1));
        self.bytes.clear();
        self.bytes.extend(samples.iter().flat_map(|sample| sample.to_le_bytes()));
        out.write_all(&self.bytes).map_err(unwritable)
    }

    fn finish(&mut self, out: &mut dyn Output) -> Result<(), SoundError> {
        out.seek(SeekFrom::Start(self.begin)).map_err(unwritable)?;
        out.write_all(&wav_header(self.channels, self.rate, self.frames)).map_err(unwritable)
    }
}
