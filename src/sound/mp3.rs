//! MP3 by symphonia: frame-exact positions, exact seeking, and no trust in what the file says of itself.

use std::io::{self, Read, Seek, SeekFrom};

use symphonia::core::{
    codecs::audio::{AudioDecoder, AudioDecoderOptions},
    errors::Error,
    formats::{FormatOptions, FormatReader, SeekMode, SeekTo},
    io::{MediaSource, MediaSourceStream},
    units::Timestamp,
};

use super::{Decoder, SoundError, SoundFacts, Source, guarded, length_words};

/// A frame may need 255 (of low rates) or 511 bytes of the frames before it, and the smallest frames of each have 24 and 96:
/// so many frames before a place everything has settled.
const SETTLE_FRAMES: u64 = 12;
/// Damaged frames in a row after which the rest is given up.
const DAMAGED: usize = 2_000;

/// An MP3 decoder at the file's own rate and channels.
pub(super) struct Mp3 {
    reader: Box<dyn FormatReader>,
    decoder: Box<dyn AudioDecoder>,
    facts: SoundFacts,
    /// Where the sound ends, if an encoder wrote it down exactly (LAME's tag); else the file's end is the sound's.
    end: Option<u64>,
    /// Next frame to hand out.
    at: u64,
    scratch: Vec<i16>,
    broken: bool,
}

impl Mp3 {
    pub(super) fn open(mut source: Box<dyn Source>, length: u64) -> Result<Self, SoundError> {
        let start = skip_tags(&mut *source, length)?;
        let short = missing_share(&mut *source, start, length);
        let stretch = Stretch { source, start, length: length - start, at: u64::MAX };
        guarded(move || Self::try_open(stretch, short))?
    }

    fn try_open(stretch: Stretch, short: Option<f64>) -> Result<Self, SoundError> {
        let stream = MediaSourceStream::new(Box::new(stretch), Default::default());
        let reader = symphonia::default::formats::MpaReader::try_new(stream, FormatOptions::default())
            .map_err(|_| SoundError("no MP3 frames were found in it".to_owned()))?;
        let reader: Box<dyn FormatReader> = Box::new(reader);
        let track = reader.tracks().first().ok_or_else(|| SoundError("no MP3 frames were found in it".to_owned()))?;
        let parameters = track.codec_params.as_ref().and_then(|parameters| parameters.audio());
        let parameters = parameters.ok_or_else(|| SoundError("no MP3 frames were found in it".to_owned()))?;
        let rate = parameters.sample_rate.unwrap_or(0);
        let channels = parameters.channels.as_ref().map_or(0, |channels| channels.count());
        if !(4_000..=192_000).contains(&rate) || !(1..=2).contains(&channels) {
            return Err(SoundError(format!("an MP3 of {rate} Hz and {channels} channels cannot be played")));
        }
        let options = AudioDecoderOptions::default().gapless(false);
        let decoder = symphonia::default::get_codecs()
            .make_audio_decoder(parameters, &options)
            .map_err(|_| SoundError("MPEG audio of layer 1 or 2: not yet".to_owned()))?;
        let said = track.num_frames.unwrap_or(0);
        let end = track.delay.is_some().then_some(said);
        let frames = short.map_or(said, |share| (said as f64 * share) as u64);
        let warning =
            (frames != said).then(|| format!("ends early: {} of {}", length_words(frames, rate), length_words(said, rate)));
        let facts = SoundFacts { format: "mp3".to_owned(), channels: channels as u8, rate, frames, warning };
        Ok(Self { reader, decoder, facts, end, at: 0, scratch: Vec::new(), broken: false })
    }

    /// Decodes until something can be handed out. Frames before `self.at` (settling after a seek, the encoder's delay)
    /// are dropped; a damaged frame is silence of its length, so that what follows keeps its place.
    fn try_read(&mut self, samples: &mut Vec<i16>) -> Result<usize, SoundError> {
        let channels = usize::from(self.facts.channels);
        let mut damaged = 0;
        while damaged < DAMAGED {
            let Some(packet) = self.next_packet()? else { return Ok(0) };
            let start = packet.pts.get();
            let frames = match self.decoder.decode(&packet) {
                Ok(buffer) => {
                    let (found, frames) = (buffer.num_planes().max(1), buffer.frames());
                    buffer.copy_to_vec_interleaved(&mut self.scratch);
                    adapt(&mut self.scratch, found, channels);
                    frames
                }
                Err(Error::DecodeError(_) | Error::ResetRequired) => {
                    let frames = usize::try_from(packet.block_dur().get()).unwrap_or(0).min(1152);
                    self.scratch.clear();
                    self.scratch.resize(frames * channels, 0);
                    damaged += 1;
                    frames
                }
                Err(error) => return Err(SoundError(format!("the sound cannot be read further: {error}"))),
            };
            let next = start.saturating_add(frames as i64);
            let until = self.end.map_or(next, |end| next.min(i64::try_from(end).unwrap_or(i64::MAX)));
            let from = i64::try_from(self.at).unwrap_or(i64::MAX).max(start);
            if until > from {
                let (first, last) = ((from - start) as usize, (until - start) as usize);
                samples.extend_from_slice(&self.scratch[first * channels..last * channels]);
                self.at = until as u64;
                return Ok(last - first);
            }
            if self.end.is_some_and(|end| self.at >= end) {
                return Ok(0);
            }
        }
        Err(SoundError("the rest of this MP3 is damaged".to_owned()))
    }

    fn next_packet(&mut self) -> Result<Option<symphonia::core::packet::Packet>, SoundError> {
        match self.reader.next_packet() {
            Ok(packet) => Ok(packet),
            Err(Error::IoError(error)) if error.kind() == io::ErrorKind::UnexpectedEof => Ok(None),
            Err(error) => Err(SoundError(format!("the sound cannot be read further: {error}"))),
        }
    }

    fn try_seek(&mut self, frame: u64) -> Result<(), SoundError> {
        let per_frame = if self.facts.rate < 32_000 { 576 } else { 1152 };
        let early = frame.saturating_sub(SETTLE_FRAMES * per_frame);
        let ts = Timestamp::new(i64::try_from(early).unwrap_or(i64::MAX));
        // Accurate: by walking frame heads. The coarse way guesses from an average and is wrong for a variable rate.
        let mut sought = self.reader.seek(SeekMode::Accurate, SeekTo::Timestamp { ts, track_id: 0 });
        if matches!(sought, Err(Error::SeekError(_))) {
            // Beyond the end, or only beyond what the file claims: from its last claimed place reading finds out.
            let ts = Timestamp::new(i64::try_from(self.facts.frames.min(early)).unwrap_or(i64::MAX));
            sought = self.reader.seek(SeekMode::Accurate, SeekTo::Timestamp { ts, track_id: 0 });
        }
        match sought {
            Ok(_) => {}
            Err(Error::SeekError(_)) => self.broken = true,
            Err(error) => return Err(SoundError(format!("that place cannot be reached: {error}"))),
        }
        self.decoder.reset();
        self.at = frame;
        Ok(())
    }
}

impl Decoder for Mp3 {
    fn facts(&self) -> &SoundFacts {
        &self.facts
    }

    fn read(&mut self, samples: &mut Vec<i16>) -> Result<usize, SoundError> {
        if self.broken {
            return Ok(0);
        }
        let before = samples.len();
        let result = guarded(|| self.try_read(samples)).flatten();
        if result.is_err() {
            self.broken = true;
            samples.truncate(before);
        }
        result
    }

    fn seek(&mut self, frame: u64) -> Result<(), SoundError> {
        self.broken = false;
        let result = guarded(|| self.try_seek(frame)).flatten();
        self.broken |= result.is_err();
        result
    }

    fn length_is_exact(&self) -> bool {
        false
    }
}

/// Makes `wanted` channels of `found`: a file may change between mono and stereo.
fn adapt(samples: &mut Vec<i16>, found: usize, wanted: usize) {
    if found != wanted {
        *samples = samples.chunks_exact(found).flat_map(|frame| (0..wanted).map(|side| frame[side.min(found - 1)])).collect();
    }
}

/// Whether these bytes begin with the head of an MPEG layer III frame.
pub(super) fn looks_like_frame(head: &[u8]) -> bool {
    let &[first, second, third, ..] = head else { return false };
    let (version, layer, bitrate, rate) = (second >> 3 & 3, second >> 1 & 3, third >> 4, third >> 2 & 3);
    first == 0xff && second >> 5 == 7 && version != 1 && layer == 1 && !matches!(bitrate, 0 | 15) && rate != 3
}

/// Where the sound begins: behind any ID3v2 tags, which may hold pictures of any size.
fn skip_tags(source: &mut dyn Source, length: u64) -> Result<u64, SoundError> {
    let mut start = 0;
    let mut head = [0; 10];
    for _ in 0..16 {
        let read = source.seek(SeekFrom::Start(start)).and_then(|_| source.read_exact(&mut head));
        if read.is_err() || !head.starts_with(b"ID3") {
            break;
        }
        let size = head[6..].iter().fold(0, |size, &byte| size << 7 | u64::from(byte & 0x7f));
        start += 10 + size + if head[5] & 0x10 != 0 { 10 } else { 0 };
    }
    if start < length { Ok(start) } else { Err(SoundError("this MP3 ends inside its tags: no sound was written".to_owned())) }
}

/// The share of the file that is there, if its Xing or Info header tells that some is missing.
fn missing_share(source: &mut dyn Source, start: u64, length: u64) -> Option<f64> {
    let mut head = Vec::new();
    source.seek(SeekFrom::Start(start)).ok()?;
    Read::take(&mut *source, 256).read_to_end(&mut head).ok()?;
    let tag = head.windows(4).position(|word| word == b"Xing" || word == b"Info")?;
    let word = |at: usize| Some(u32::from_be_bytes(head.get(tag + at..tag + at + 4)?.try_into().ok()?));
    // Flags: 1 number of frames, 2 number of bytes.
    let said = (word(4)? & 3 == 3).then(|| word(12)).flatten()?;
    let share = (length - start) as f64 / f64::from(said);
    (share < 0.99).then_some(share)
}

/// The part of a source behind its tags.
struct Stretch {
    source: Box<dyn Source>,
    start: u64,
    length: u64,
    /// Place in the stretch; `u64::MAX`: the source stands somewhere else.
    at: u64,
}

impl Read for Stretch {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        if self.at == u64::MAX {
            self.seek(SeekFrom::Start(0))?;
        }
        let count = self.source.read(buffer)?;
        self.at += count as u64;
        Ok(count)
    }
}

impl Seek for Stretch {
    fn seek(&mut self, to: SeekFrom) -> io::Result<u64> {
        let here = if self.at == u64::MAX { 0 } else { self.at };
        let target = match to {
            SeekFrom::Start(place) => Some(place),
            SeekFrom::Current(by) => here.checked_add_signed(by),
            SeekFrom::End(by) => self.length.checked_add_signed(by),
        };
        let target = target.ok_or_else(|| io::Error::from(io::ErrorKind::InvalidInput))?;
        let place = self.start.checked_add(target).ok_or_else(|| io::Error::from(io::ErrorKind::InvalidInput))?;
        self.source.seek(SeekFrom::Start(place))?;
        self.at = target;
        Ok(target)
    }
}

impl MediaSource for Stretch {
    fn is_seekable(&self) -> bool {
        true
    }

    fn byte_len(&self) -> Option<u64> {
        Some(self.length)
    }
}
