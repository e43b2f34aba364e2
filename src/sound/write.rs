//! Sound as a WAV file.

use std::io::Write;

use super::{Decoder, SoundError};

/// A headerless or any sound as a WAV file (16-bit PCM at the source's rate and channels). Where the length is only an
/// estimate it is counted first, so that the header is right without going back. Gives the bytes written.
///
/// # Errors
/// When it cannot be read or written.
pub fn write_wav(decoder: &mut dyn Decoder, out: &mut dyn Write) -> Result<u64, SoundError> {
    let (channels, rate) = (decoder.facts().channels, decoder.facts().rate);
    let frames = if decoder.length_is_exact() { decoder.facts().frames } else { count(decoder)? };
    decoder.seek(0)?;
    let unwritable = |error: std::io::Error| SoundError(format!("the WAV file cannot be written: {error}"));
    out.write_all(&wav_header(channels, rate, frames)).map_err(unwritable)?;
    let (mut left, mut samples, mut bytes) = (frames, Vec::new(), Vec::new());
    while left > 0 {
        samples.clear();
        if decoder.read(&mut samples)? == 0 {
            // The file shrank under us: the length promised in the header is kept with silence.
            let missing = left.min(4096) * u64::from(channels);
            samples.resize(usize::try_from(missing).unwrap_or(4096), 0);
        }
        let frames = left.min((samples.len() / usize::from(channels)) as u64);
        bytes.clear();
        let wanted = usize::try_from(frames).unwrap_or(samples.len()) * usize::from(channels);
        samples.iter().take(wanted).for_each(|sample| bytes.extend(sample.to_le_bytes()));
        out.write_all(&bytes).map_err(unwritable)?;
        left -= frames;
    }
    out.flush().map_err(unwritable)?;
    Ok(44 + frames * u64::from(channels) * 2)
}

fn count(decoder: &mut dyn Decoder) -> Result<u64, SoundError> {
    decoder.seek(0)?;
    let (mut frames, mut samples) = (0, Vec::new());
    loop {
        samples.clear();
        match decoder.read(&mut samples) {
            Ok(0) => return Ok(frames),
            Ok(count) => frames += count as u64,
            Err(_) if frames > 0 => return Ok(frames),
            Err(error) => return Err(error),
        }
    }
}

/// The 44 bytes before 16-bit PCM samples. Sizes that do not fit are written as 0xFFFFFFFF, which readers clamp.
pub fn wav_header(channels: u8, rate: u32, frames: u64) -> [u8; 44] {
    let block = u16::from(channels) * 2;
    let size = frames.saturating_mul(u64::from(block));
    let limited = |size: u64| u32::try_from(size).unwrap_or(u32::MAX);
    let mut header = [0; 44];
    let fields: [&[u8]; 13] = [
        b"RIFF",
        &limited(size.saturating_add(36)).to_le_bytes(),
        b"WAVE",
        b"fmt ",
        &16_u32.to_le_bytes(),
        &1_u16.to_le_bytes(),
        &u16::from(channels).to_le_bytes(),
        &rate.to_le_bytes(),
        &rate.saturating_mul(u32::from(block)).to_le_bytes(),
        &block.to_le_bytes(),
        &16_u16.to_le_bytes(),
        b"data",
        &limited(size).to_le_bytes(),
    ];
    let mut rest = header.as_mut_slice();
    for field in fields {
        let (here, later) = std::mem::take(&mut rest).split_at_mut(field.len());
        here.copy_from_slice(field);
        rest = later;
    }
    header
}
