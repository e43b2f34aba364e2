//! The header of a WAV file. Nothing in it is believed: a PBX that died, a full disk or a stream leaves sizes that are
//! zero, too large or too small, and the sound is there all the same.

use std::io::SeekFrom;

use super::{
    Decoder, NO_SOUND, SoundError, SoundFacts, Source, adpcm,
    blocks::{BlockCodec, Blocks, Stretch, frames_in},
    coding::Coding,
    g722::G722,
    gsm::{self, Gsm},
    length_words,
    pcm::Pcm,
};

/// Chunks looked at before the data; more is no sound file.
const CHUNKS: usize = 1024;

struct Format {
    form: Form,
    channels: u8,
    rate: u32,
}

/// How samples are packed.
enum Form {
    Samples(Coding),
    Blocks(&'static str, Box<dyn BlockCodec>),
}

impl Form {
    fn name(&self) -> &'static str {
        match self {
            Self::Samples(coding) => coding.name(),
            Self::Blocks(name, _) => name,
        }
    }

    fn frames_in(&self, bytes: u64, channels: u8) -> u64 {
        match self {
            Self::Samples(coding) => bytes / (coding.size() as u64 * u64::from(channels)),
            Self::Blocks(_, codec) => frames_in(&**codec, bytes),
        }
    }
}

/// Where the samples lie.
struct Data {
    offset: u64,
    length: u64,
    /// What the header claims, if it claims a length that can be one.
    claimed: Option<u64>,
    warning: Option<&'static str>,
    /// The header was never finished: the writer may still be at work, so reading goes on to whatever the end is by then.
    open_end: bool,
}

/// Opens a WAV file whose `RIFF` and `WAVE` have been seen.
pub(super) fn open(mut source: Box<dyn Source>, length: u64) -> Result<Box<dyn Decoder>, SoundError> {
    let mut format = None;
    let mut long_size = None;
    let mut at = 12;
    for _ in 0..CHUNKS {
        let Some((id, size)) = chunk(&mut *source, at, length)? else { break };
        let body = at + 8;
        match &id {
            b"fmt " => format = Some(read_format(&mut *source, body, u64::from(size).min(length - body))?),
            b"ds64" => long_size = read_at::<8>(&mut *source, body + 8)?.map(u64::from_le_bytes),
            b"data" => {
                let Some(format) = format else {
                    return Err(SoundError("this WAV file has samples but no description of them (fmt chunk)".to_owned()));
                };
                // What a writer into a pipe claims (ffmpeg 0xFFFFFFFF, sox 0x7FFFF000): no length at all.
                let streamed = size >= 0x7fff_0000 && u64::from(size) > length - body;
                let claimed = if streamed { long_size } else { Some(u64::from(size)) };
                let data = find_data(&mut *source, body, claimed, length)?;
                return Ok(assemble(source, format, data));
            }
            _ => {}
        }
        at = body + u64::from(size) + u64::from(size & 1);
    }
    let Some(format) = format else { return Err(SoundError("this WAV file ends inside its header".to_owned())) };
    let data = Data { offset: length, length: 0, claimed: None, warning: None, open_end: true };
    Ok(assemble(source, format, data))
}

fn assemble(source: Box<dyn Source>, format: Format, data: Data) -> Box<dyn Decoder> {
    let Format { form, channels, rate } = format;
    let frames = form.frames_in(data.length, channels);
    let warning = if frames == 0 {
        Some(NO_SOUND.to_owned())
    } else {
        data.claimed
            .map(|claimed| form.frames_in(claimed, channels))
            .filter(|&claimed| claimed != frames)
            .map(|claimed| {
                let (here, said) = (length_words(frames, rate), length_words(claimed, rate));
                if claimed > frames {
                    format!("ends early: {here} of {said}")
                } else {
                    format!("its header says {said}, the file holds {here}")
                }
            })
            .or_else(|| data.warning.map(str::to_owned))
    };
    let facts = SoundFacts { format: format!("wav/{}", form.name()), channels, rate, frames, warning };
    match form {
        Form::Samples(coding) => Box::new(Pcm::new(source, coding, data.offset, data.open_end, facts)),
        Form::Blocks(_, codec) => {
            Box::new(Blocks::new(source, codec, Stretch { offset: data.offset, length: data.length }, facts))
        }
    }
}

/// Clamps the data chunk to the file, or takes the whole rest where the header is plainly unfinished.
fn find_data(source: &mut dyn Source, offset: u64, claimed: Option<u64>, length: u64) -> Result<Data, SoundError> {
    let rest = length.saturating_sub(offset);
    let data = |length, claimed, warning, open_end| Data { offset, length, claimed, warning, open_end };
    let Some(claimed) = claimed else { return Ok(data(rest, None, None, false)) };
    if claimed > rest {
        return Ok(data(rest, Some(claimed), None, false));
    }
    let end = claimed + (claimed & 1);
    let after = rest.saturating_sub(end);
    // Fewer than a chunk's head, or more chunks: the size is right. Anything else is sound that the size forgot.
    if (claimed > 0 && after <= 8) || after == 0 || chunks_reach_end(source, offset + end, length)? {
        return Ok(data(claimed, Some(claimed), None, false));
    }
    if claimed == 0 {
        return Ok(data(rest, None, Some("its header was not finished; the length is the file's"), true));
    }
    Ok(data(rest, Some(claimed), None, false))
}

/// Whether what stands at `at` is a chain of chunks up to the end (a last one may be cut).
fn chunks_reach_end(source: &mut dyn Source, mut at: u64, length: u64) -> Result<bool, SoundError> {
    for _ in 0..CHUNKS {
        let Some((id, size)) = chunk(source, at, length)? else { return Ok(true) };
        let known = id.iter().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b' ' | b'_' | b'-'));
        at += 8 + u64::from(size) + u64::from(size & 1);
        if !known || at > length + 1 {
            return Ok(false);
        }
    }
    Ok(false)
}

fn read_format(source: &mut dyn Source, at: u64, size: u64) -> Result<Format, SoundError> {
    let cut = || SoundError("this WAV file ends inside its header".to_owned());
    let head = if size >= 16 { read_at::<16>(source, at)?.ok_or_else(cut)? } else { return Err(cut()) };
    let word = |at: usize| u16::from_le_bytes([head[at], head[at + 1]]);
    let (mut tag, channels, bits) = (word(0), word(2), word(14));
    let rate = u32::from_le_bytes([head[4], head[5], head[6], head[7]]);
    if tag == 0xfffe && size >= 26 {
        tag = u16::from_le_bytes(read_at::<2>(source, at + 24)?.ok_or_else(cut)?);
    }
    if !(4_000..=192_000).contains(&rate) {
        return Err(SoundError(format!("this WAV file claims {rate} samples a second; 4,000 to 192,000 can be played")));
    }
    if !(1..=8).contains(&channels) {
        return Err(SoundError(format!("this WAV file claims {channels} channels; 1 to 8 can be played")));
    }
    let block = usize::from(word(12));
    let form = match (tag, bits) {
        (1, 8) => Form::Samples(Coding::U8),
        (1, 16) => Form::Samples(Coding::S16),
        (1, 24) => Form::Samples(Coding::S24),
        (1, 32) => Form::Samples(Coding::S32),
        (3, 32) => Form::Samples(Coding::F32),
        (3, 64) => Form::Samples(Coding::F64),
        (6, _) => Form::Samples(Coding::ALaw),
        (7, _) => Form::Samples(Coding::MuLaw),
        (0x31 | 0x65 | 0x28f, _) if channels != 1 => {
            return Err(SoundError(format!("{} in WAV with {channels} channels cannot be played", tag_name(tag))));
        }
        (0x31, _) if matches!(block, 0 | gsm::WAV) => Form::Blocks("gsm", Box::new(Gsm::new(true))),
        (0x65 | 0x28f, _) => {
            return Ok(Format { form: Form::Blocks("g722", Box::new(G722::new())), channels: 1, rate: 16_000 });
        }
        (0x11, 4) => Form::Blocks("ima", Box::new(adpcm::Ima { block, channels: channels.into() })),
        (0x02, 4) => Form::Blocks("msadpcm", Box::new(adpcm::Microsoft { block, channels: channels.into() })),
        (1 | 2 | 3 | 0x11, _) => return Err(SoundError(format!("WAV with {bits} bits a sample cannot be played"))),
        (0x31, _) => return Err(SoundError(format!("GSM in WAV comes in blocks of 65 bytes, this file says {block}"))),
        _ => return Err(SoundError(format!("{} in WAV cannot be played here", tag_name(tag)))),
    };
    // A block that holds no frame would be read for ever.
    if let Form::Blocks(name, codec) = &form
        && (block == 0 && tag != 0x31 || codec.frames(codec.bytes()) == 0)
    {
        return Err(SoundError(format!(
            "this WAV file claims blocks of {block} bytes, too few for {name} of {channels} channels"
        )));
    }
    Ok(Format { form, channels: channels as u8, rate })
}

/// Names of registered codings (RFC 2361) that telephone systems write.
fn tag_name(tag: u16) -> String {
    let name = match tag {
        0x02 => "Microsoft ADPCM",
        0x11 => "IMA ADPCM",
        0x31 => "GSM 6.10",
        0x14 | 0x42 | 0x59 => "G.723.1",
        0x40 => "G.721",
        0x41 => "G.728",
        0x45 | 0x64 => "G.726",
        0x65 | 0x28f => "G.722",
        0x83 | 0x133 => "G.729",
        0x50 => "MPEG audio",
        0x55 => "MP3",
        0xff | 0x1610 => "AAC",
        0x161 => "Windows Media",
        0x674f..=0x6771 => "Vorbis",
        0x704f => "Opus",
        0xa109 => "Speex",
        0xf1ac => "FLAC",
        other => return format!("coding 0x{other:04x}"),
    };
    name.to_owned()
}

/// Head of the chunk at `at`, if there is room for one.
fn chunk(source: &mut dyn Source, at: u64, length: u64) -> Result<Option<([u8; 4], u32)>, SoundError> {
    if at.checked_add(8).is_none_or(|end| end > length) {
        return Ok(None);
    }
    Ok(read_at::<8>(source, at)?.map(|[a, b, c, d, size @ ..]| ([a, b, c, d], u32::from_le_bytes(size))))
}

/// Some bytes at a place; `None` where the file has ended.
pub(super) fn read_at<const N: usize>(source: &mut dyn Source, at: u64) -> Result<Option<[u8; N]>, SoundError> {
    let mut bytes = [0; N];
    match source.seek(SeekFrom::Start(at)).and_then(|_| source.read_exact(&mut bytes)) {
        Ok(()) => Ok(Some(bytes)),
        Err(error) if error.kind() == std::io::ErrorKind::UnexpectedEof => Ok(None),
        Err(error) => Err(SoundError(format!("the header cannot be read: {error}"))),
    }
}
