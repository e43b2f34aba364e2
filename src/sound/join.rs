//! Two recordings of one side each, heard as one of two channels.

use super::{Decoder, SoundError, SoundFacts, length_words};

/// One side and its place against the other.
struct Side {
    decoder: Box<dyn Decoder>,
    /// Silent frames before it begins.
    silence: u64,
    /// Samples decoded ahead.
    ready: Vec<i16>,
    used: usize,
    ended: bool,
}

/// Frames handed out at once.
const FRAMES: usize = 4096;

impl Side {
    /// Fills up to `wanted` samples; fewer at the end only.
    fn fill(&mut self, wanted: usize) -> Result<(), SoundError> {
        self.ready.drain(..self.used);
        self.used = 0;
        while self.ready.len() < wanted && !self.ended {
            if self.silence > 0 {
                let count = usize::try_from(self.silence).unwrap_or(FRAMES).min(wanted - self.ready.len());
                self.ready.resize(self.ready.len() + count, 0);
                self.silence -= count as u64;
            } else {
                self.ended = self.decoder.read(&mut self.ready)? == 0;
            }
        }
        Ok(())
    }

    fn seek(&mut self, frame: u64, offset: u64) -> Result<(), SoundError> {
        self.ready.clear();
        self.used = 0;
        self.ended = false;
        self.silence = offset.saturating_sub(frame);
        self.decoder.seek(frame.saturating_sub(offset))
    }
}

/// A stereo sound made of two mono ones.
struct Joined {
    sides: [Side; 2],
    offsets: [u64; 2],
    facts: SoundFacts,
    exact: bool,
}

/// Joins two sounds of one channel: `left` and `right`, the shorter one filled with silence. `offset` is how many frames the
/// right one begins after the left one (negative: before it).
///
/// # Errors
/// When one has several channels, or their rates differ: they are not the sides of one call.
pub fn join(left: Box<dyn Decoder>, right: Box<dyn Decoder>, offset: i64) -> Result<Box<dyn Decoder>, SoundError> {
    let (one, other) = (left.facts().clone(), right.facts().clone());
    if one.channels != 1 || other.channels != 1 {
        return Err(SoundError(format!(
            "only sounds of one channel can be the sides of one call; these have {} and {}",
            one.channels, other.channels
        )));
    }
    if one.rate != other.rate {
        return Err(SoundError(format!(
            "the sides of one call have the same rate; these have {} and {} Hz",
            one.rate, other.rate
        )));
    }
    let late = offset.unsigned_abs();
    let offsets = if offset < 0 { [late, 0] } else { [0, late] };
    let lengths = [one.frames.saturating_add(offsets[0]), other.frames.saturating_add(offsets[1])];
    let frames = lengths[0].max(lengths[1]);
    let of = |side: &str, facts: &SoundFacts| facts.warning.as_ref().map(|warning| format!("{side}: {warning}"));
    let mut warnings: Vec<String> = [of("left", &one), of("right", &other)].into_iter().flatten().collect();
    // A second is what two files of one call may differ by.
    if lengths[0].abs_diff(lengths[1]) > u64::from(one.rate) && warnings.is_empty() {
        let (short, side) = if lengths[0] < lengths[1] { (lengths[0], "left") } else { (lengths[1], "right") };
        warnings.push(format!("{side} ends after {} of {}", length_words(short, one.rate), length_words(frames, one.rate)));
    }
    let exact = left.length_is_exact() && right.length_is_exact();
    let format = if one.format == other.format { one.format } else { format!("{} and {}", one.format, other.format) };
    let warning = (!warnings.is_empty()).then(|| warnings.join("; "));
    let facts = SoundFacts { format, channels: 2, rate: one.rate, frames, warning };
    let side = |decoder, silence| Side { decoder, silence, ready: Vec::new(), used: 0, ended: false };
    Ok(Box::new(Joined { sides: [side(left, offsets[0]), side(right, offsets[1])], offsets, facts, exact }))
}

impl Decoder for Joined {
    fn facts(&self) -> &SoundFacts {
        &self.facts
    }

    fn read(&mut self, samples: &mut Vec<i16>) -> Result<usize, SoundError> {
        let mut error = None;
        for side in &mut self.sides {
            // One side that breaks off does not silence the other.
            if let Err(why) = side.fill(FRAMES) {
                side.ended = true;
                error = Some(why);
            }
        }
        let [left, right] = &mut self.sides;
        let frames = left.ready.len().max(right.ready.len()).min(FRAMES);
        if frames == 0 {
            return error.map_or(Ok(0), Err);
        }
        for frame in 0..frames {
            let of = |side: &Side| side.ready.get(frame).copied().unwrap_or(0);
            samples.extend([of(left), of(right)]);
        }
        for side in &mut self.sides {
            side.used = frames.min(side.ready.len());
        }
        Ok(frames)
    }

    fn seek(&mut self, frame: u64) -> Result<(), SoundError> {
        for (side, offset) in self.sides.iter_mut().zip(self.offsets) {
            side.seek(frame, offset)?;
        }
        Ok(())
    }

    fn length_is_exact(&self) -> bool {
        self.exact
    }
}
