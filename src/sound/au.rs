//! Sun audio (`.au`, `.snd`): a header of big-endian numbers, then samples.

use super::{Decoder, NO_SOUND, SoundError, SoundFacts, Source, coding::Coding, length_words, pcm::Pcm, riff::read_at};

/// Opens a file that begins with `.snd`.
pub(super) fn open(mut source: Box<dyn Source>, length: u64) -> Result<Box<dyn Decoder>, SoundError> {
    let head = read_at::<24>(&mut *source, 0)?;
    let head = head.ok_or_else(|| SoundError("this Sun audio file ends inside its header".to_owned()))?;
    let word = |at: usize| u32::from_be_bytes([head[at], head[at + 1], head[at + 2], head[at + 3]]);
    let (offset, size, rate, channels) = (u64::from(word(4)).max(24), word(8), word(16), word(20));
    let coding = match word(12) {
        1 => Coding::MuLaw,
        2 => Coding::S8,
        3 => Coding::S16Be,
        4 => Coding::S24Be,
        5 => Coding::S32Be,
        6 => Coding::F32Be,
        27 => Coding::ALaw,
        23 => return Err(SoundError("G.721 in Sun audio cannot be played here".to_owned())),
        24 => return Err(SoundError("G.722 in Sun audio cannot be played here".to_owned())),
        25 | 26 => return Err(SoundError("G.723 in Sun audio cannot be played here".to_owned())),
        other => return Err(SoundError(format!("coding {other} in Sun audio cannot be played here"))),
    };
    if !(4_000..=192_000).contains(&rate) || !(1..=8).contains(&channels) {
        return Err(SoundError(format!("Sun audio of {rate} Hz and {channels} channels cannot be played")));
    }
    let block = coding.size() as u64 * u64::from(channels);
    let here = length.saturating_sub(offset);
    let said = if size == u32::MAX || size == 0 { here } else { u64::from(size) };
    let frames = here.min(said) / block;
    let warning = if frames == 0 {
        Some(NO_SOUND.to_owned())
    } else {
        (said > here).then(|| format!("ends early: {} of {}", length_words(frames, rate), length_words(said / block, rate)))
    };
    let facts = SoundFacts { format: format!("au/{}", coding.name()), channels: channels as u8, rate, frames, warning };
    Ok(Box::new(Pcm::new(source, coding, offset, false, facts)))
}
