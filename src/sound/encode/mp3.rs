//! MP3 by `rusty_mp3`, with a LAME tag, so that players know the length and cut the encoder's padding off.

use std::io::SeekFrom;

use rusty_mp3::{Mp3Encoder, Mp3EncoderConfig};

use super::{Encoder, Output, rate_for, two_at_most, unwritable};
use crate::sound::{SoundError, resample::Resampler};

/// ISO 11172-3, 13818-3 and MPEG 2.5.
const RATES: [u32; 9] = [8_000, 11_025, 12_000, 16_000, 22_050, 24_000, 32_000, 44_100, 48_000];

pub(super) struct Mp3 {
    encoder: Mp3Encoder,
    resampler: Resampler,
    channels: u8,
    rate: u32,
    begin: u64,
    wave: Vec<f32>,
}

impl Mp3 {
    pub(super) fn begin(channels: u8, from: u32, out: &mut dyn Output) -> Result<Self, SoundError> {
        two_at_most(channels, "MP3")?;
        let rate = rate_for(from, &RATES);
        let sides = u32::from(channels);
        let config = match rate {
            ..=24_000 => Mp3EncoderConfig { bitrate_kbps: 32 * sides, vbr_quality: None },
            // Constant rates of MPEG 1 are kept in memory to the end by the encoder; a variable one of that mean is not.
            _ => Mp3EncoderConfig { bitrate_kbps: 64 * sides, vbr_quality: Some(64.0 * sides as f32) },
        };
        let begin = out.stream_position().map_err(unwritable)?;
        let resampler = Resampler::new(channels, from, rate);
        Ok(Self { encoder: Mp3Encoder::new(config), resampler, channels, rate, begin, wave: Vec::new() })
    }

    fn feed(&mut self, out: &mut dyn Output) -> Result<(), SoundError> {
        self.encoder
            .push_pcm_f32(&self.wave, self.channels.into(), self.rate)
            .map_err(|error| SoundError(format!("it cannot be converted to MP3: {error}")))?;
        self.wave.clear();
        self.drain(out)
    }

    fn drain(&mut self, out: &mut dyn Output) -> Result<(), SoundError> {
        while let Ok(packet) = self.encoder.next_packet() {
            out.write_all(&packet).map_err(unwritable)?;
        }
        Ok(())
    }
}

impl Encoder for Mp3 {
    fn push(&mut self, samples: &[i16], out: &mut dyn Output) -> Result<(), SoundError> {
        self.resampler.push(samples, &mut self.wave);
        self.feed(out)
    }

    fn finish(&mut self, out: &mut dyn Output) -> Result<(), SoundError> {
        self.resampler.finish(&mut self.wave);
        self.feed(out)?;
        self.encoder.finish();
        self.drain(out)?;
        // The tag tells lengths that are known now only; it has the size of the frame that was written first.
        if let Some(tag) = self.encoder.lame_tag_frame() {
            out.seek(SeekFrom::Start(self.begin)).map_err(unwritable)?;
            out.write_all(tag).map_err(unwritable)?;
        }
        Ok(())
    }
}
