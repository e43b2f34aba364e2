//! FLAC by symphonia. It believes the lengths of metadata blocks and allocates them, so it never sees any: it is given the
//! one block that describes the sound, and the frames.

use std::io::{self, Read, Seek, SeekFrom};

use symphonia::core::{
    codecs::audio::{AudioDecoder, AudioDecoderOptions},
    errors::Error,
    formats::{FormatOptions, FormatReader, SeekMode, SeekTo},
    io::{MediaSource, MediaSourceStream},
    units::Timestamp,
};

use super::{Decoder, NO_SOUND, SoundError, SoundFacts, Source, guarded, length_words, pcm::read_full, riff::read_at};

/// Metadata blocks looked at; each is passed over by its length.
const BLOCKS: usize = 4096;
/// Damaged frames in a row after which the rest is given up.
const DAMAGED: usize = 500;
/// Bytes at the end in which the last frame begins: several of the largest that encoders write.
const TAIL: u64 = 256 * 1024;

/// A FLAC decoder.
pub(super) struct Flac {
    reader: Box<dyn FormatReader>,
    decoder: Box<dyn AudioDecoder>,
    facts: SoundFacts,
    at: u64,
    scratch: Vec<i16>,
    broken: bool,
}

fn damaged() -> SoundError {
    SoundError("the header of this FLAC file is damaged".to_owned())
}

impl Flac {
    pub(super) fn open(mut source: Box<dyn Source>, length: u64) -> Result<Self, SoundError> {
        let (described, start) = describe(&mut *source, length)?;
        let number = described.iter().skip(10).take(8).fold(0_u64, |number, &byte| number << 8 | u64::from(byte));
        let (rate, channels, claimed) = ((number >> 44) as u32, (number >> 41 & 7) as u8 + 1, number & 0xf_ffff_ffff);
        let largest = u16::from_be_bytes([described[2], described[3]]);
        if !(4_000..=192_000).contains(&rate) {
            return Err(SoundError(format!("a FLAC file of {rate} Hz cannot be played")));
        }
        let end = last_frame(&mut *source, start, length, largest)?;
        let frames = match end {
            _ if start >= length => 0,
            Some(end) if claimed == 0 => end.max,
            // The last frame begins where the sound ends but for itself: nothing is missing.
            Some(end) if end.max >= claimed => claimed,
            Some(end) => end.min,
            None => claimed,
        };
        let warning = if frames == 0 {
            Some(NO_SOUND.to_owned())
        } else {
            (claimed > frames).then(|| format!("ends early: {} of {}", length_words(frames, rate), length_words(claimed, rate)))
        };
        let facts = SoundFacts { format: "flac".to_owned(), channels, rate, frames, warning };
        let mut head = b"fLaC\x80\0\0\x22".to_vec();
        head.extend(described);
        let stream = Framed { source, head, start, length, at: 0 };
        guarded(move || Self::try_open(stream, facts))?
    }

    fn try_open(stream: Framed, facts: SoundFacts) -> Result<Self, SoundError> {
        let stream = MediaSourceStream::new(Box::new(stream), Default::default());
        let reader = symphonia::default::formats::FlacReader::try_new(stream, FormatOptions::default()).map_err(|_| damaged())?;
        let reader: Box<dyn FormatReader> = Box::new(reader);
        let parameters = reader.tracks().first().and_then(|track| track.codec_params.as_ref()?.audio()).ok_or_else(damaged)?;
        let decoder = symphonia::default::get_codecs()
            .make_audio_decoder(parameters, &AudioDecoderOptions::default())
            .map_err(|_| damaged())?;
        Ok(Self { reader, decoder, facts, at: 0, scratch: Vec::new(), broken: false })
    }

    fn try_read(&mut self, samples: &mut Vec<i16>) -> Result<usize, SoundError> {
        let channels = usize::from(self.facts.channels);
        let mut damaged = 0;
        while damaged < DAMAGED && self.at < self.facts.frames {
            let packet = match self.reader.next_packet() {
                Ok(Some(packet)) => packet,
                Ok(None) => return Ok(0),
                Err(Error::IoError(error)) if error.kind() == io::ErrorKind::UnexpectedEof => return Ok(0),
                Err(error) => return Err(SoundError(format!("the sound cannot be read further: {error}"))),
            };
            let start = u64::try_from(packet.pts.get()).unwrap_or(0);
            let frames = match self.decoder.decode(&packet) {
                Ok(buffer) if buffer.num_planes() == channels => {
                    buffer.copy_to_vec_interleaved(&mut self.scratch);
                    buffer.frames() as u64
                }
                Ok(_) | Err(Error::DecodeError(_) | Error::ResetRequired | Error::IoError(_)) => {
                    damaged += 1;
                    continue;
                }
                Err(error) => return Err(SoundError(format!("the sound cannot be read further: {error}"))),
            };
            let end = (start + frames).min(self.facts.frames);
            if end <= self.at {
                damaged += usize::from(frames == 0);
                continue;
            }
            // Damaged frames are silence of their length, so that what follows keeps its place.
            let hole = start.saturating_sub(self.at);
            if hole > 60 * u64::from(self.facts.rate) {
                return Ok(0);
            }
            samples.resize(samples.len() + hole as usize * channels, 0);
            self.at += hole;
            let (first, last) = ((self.at - start) as usize, (end - start) as usize);
            samples.extend_from_slice(&self.scratch[first * channels..last * channels]);
            self.at = end;
            return Ok(hole as usize + last - first);
        }
        Ok(0)
    }

    fn try_seek(&mut self, frame: u64) -> Result<(), SoundError> {
        self.at = frame.min(self.facts.frames);
        self.decoder.reset();
        if self.at >= self.facts.frames {
            return Ok(());
        }
        let to = |frame: u64| SeekTo::Timestamp { ts: Timestamp::new(i64::try_from(frame).unwrap_or(i64::MAX)), track_id: 0 };
        match self.reader.seek(SeekMode::Accurate, to(self.at)) {
            Ok(sought) if sought.actual_ts.get() <= i64::try_from(self.at).unwrap_or(i64::MAX) => Ok(()),
            // Damage misleads the search: from the beginning everything is found.
            _ => match self.reader.seek(SeekMode::Accurate, to(0)) {
                Ok(_) => Ok(()),
                Err(error) => Err(SoundError(format!("that place cannot be reached: {error}"))),
            },
        }
    }
}

impl Decoder for Flac {
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
        let result = guarded(|| self.try_seek(frame)).flatten();
        self.broken = result.is_err();
        result
    }
}

/// The block that describes the sound, and where the frames begin.
fn describe(source: &mut dyn Source, length: u64) -> Result<([u8; 34], u64), SoundError> {
    let mut described = None;
    let mut at = 4;
    for _ in 0..BLOCKS {
        let [kind, size @ ..] = read_at::<4>(source, at)?.ok_or_else(damaged)?;
        let size = size.iter().fold(0, |size, &byte| size << 8 | u64::from(byte));
        if at + 4 + size > length {
            return Err(SoundError(format!("this FLAC file ends inside its header: {NO_SOUND}")));
        }
        if kind & 0x7f == 0 && size == 34 && described.is_none() {
            described = read_at::<34>(source, at + 4)?;
        }
        at += 4 + size;
        if kind & 0x80 != 0 {
            return Ok((described.ok_or_else(damaged)?, at));
        }
    }
    Err(damaged())
}

/// Where the last frame begins and, if it is whole, ends.
struct LastFrame {
    min: u64,
    max: u64,
}

/// Looks for the last head of a frame in the tail of the file (RFC 9639, 9.1): its checksum makes chance hits rare, and the
/// frame before it must fit.
fn last_frame(source: &mut dyn Source, start: u64, length: u64, largest: u16) -> Result<Option<LastFrame>, SoundError> {
    let from = length.saturating_sub(TAIL).max(start);
    let mut tail = vec![0; usize::try_from(length.saturating_sub(from)).unwrap_or(0)];
    let got = source
        .seek(SeekFrom::Start(from))
        .and_then(|_| read_full(source, &mut tail))
        .map_err(|error| SoundError(format!("the file cannot be read: {error}")))?;
    tail.truncate(got);
    // A tag of ID3v1 may follow the frames.
    if tail.len() > 128 && tail[tail.len() - 128..].starts_with(b"TAG") {
        tail.truncate(tail.len() - 128);
    }
    let heads = (0..tail.len()).rev().filter_map(|at| Some((at, frame_head(&tail[at..], largest)?)));
    let mut later: Option<(usize, LastFrame)> = None;
    for (at, head) in heads.take(64) {
        match &later {
            Some((_, last)) if head.max == last.min => break,
            _ => later = Some((at, head)),
        }
    }
    Ok(later.map(|(at, last)| if is_whole(&tail[at..]) { last } else { LastFrame { max: last.min, ..last } }))
}

/// Whether a frame has its checksum at its end (RFC 9639, 9.3): then nothing of it is missing.
fn is_whole(frame: &[u8]) -> bool {
    let sum = frame.iter().fold(0_u16, |sum, &byte| {
        (0..8).fold(sum ^ u16::from(byte) << 8, |sum, _| if sum & 0x8000 == 0 { sum << 1 } else { sum << 1 ^ 0x8005 })
    });
    // The sum of a text with its own sum after it is zero.
    sum == 0
}

fn frame_head(bytes: &[u8], largest: u16) -> Option<LastFrame> {
    let &[0xff, second, third, fourth, ref rest @ ..] = bytes else { return None };
    if second & 0xfe != 0xf8 || fourth & 1 != 0 {
        return None;
    }
    // A number as UTF-8 writes it, but up to seven bytes.
    let &lead = rest.first()?;
    let more = match lead.leading_ones() {
        0 => 0,
        ones @ 2..=7 => ones as usize - 1,
        _ => return None,
    };
    let mut number = u64::from(if more == 0 { lead } else { lead & (0x7f >> (more + 1)) });
    for &byte in rest.get(1..=more)? {
        if byte >> 6 != 2 {
            return None;
        }
        number = number << 6 | u64::from(byte & 0x3f);
    }
    let mut at = 4 + 1 + more;
    let size = match third >> 4 {
        0 => return None,
        1 => 192,
        code @ 2..=5 => 576 << (code - 2),
        6 => u64::from(*bytes.get(at)?) + 1,
        7 => u64::from(u16::from_be_bytes([*bytes.get(at)?, *bytes.get(at + 1)?])) + 1,
        code => 256 << (code - 8),
    };
    at += match third >> 4 {
        6 => 1,
        7 => 2,
        _ => 0,
    };
    at += match third & 15 {
        12 => 1,
        13 | 14 => 2,
        15 => return None,
        _ => 0,
    };
    let sum = bytes
        .get(..at)?
        .iter()
        .fold(0_u8, |sum, &byte| (0..8).fold(sum ^ byte, |sum, _| if sum & 0x80 == 0 { sum << 1 } else { sum << 1 ^ 7 }));
    if sum != *bytes.get(at)? {
        return None;
    }
    let min = if second & 1 == 0 { number.checked_mul(u64::from(largest))? } else { number };
    Some(LastFrame { min, max: min.checked_add(size)? })
}

/// A head made here, then the frames of the file.
struct Framed {
    source: Box<dyn Source>,
    head: Vec<u8>,
    start: u64,
    length: u64,
    at: u64,
}

impl Framed {
    fn total(&self) -> u64 {
        self.head.len() as u64 + (self.length - self.start)
    }
}

impl Read for Framed {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let head = self.head.len() as u64;
        let count = if self.at < head {
            let rest = &self.head[self.at as usize..];
            let count = rest.len().min(buffer.len());
            buffer[..count].copy_from_slice(&rest[..count]);
            count
        } else {
            self.source.seek(SeekFrom::Start(self.start + self.at - head))?;
            self.source.read(buffer)?
        };
        self.at += count as u64;
        Ok(count)
    }
}

impl Seek for Framed {
    fn seek(&mut self, to: SeekFrom) -> io::Result<u64> {
        let target = match to {
            SeekFrom::Start(place) => Some(place),
            SeekFrom::Current(by) => self.at.checked_add_signed(by),
            SeekFrom::End(by) => self.total().checked_add_signed(by),
        };
        let target = target.filter(|&place| place <= 1 << 60).ok_or_else(|| io::Error::from(io::ErrorKind::InvalidInput))?;
        self.at = target;
        Ok(target)
    }
}

impl MediaSource for Framed {
    fn is_seekable(&self) -> bool {
        true
    }

    fn byte_len(&self) -> Option<u64> {
        Some(self.total())
    }
}
