//! What a file is: by its first bytes, and by its name only where it has no header.

use std::io::{Read, Seek, SeekFrom};

use super::{Decoder, NO_SOUND, SoundError, Source, au, flac, mp3, raw, riff, stream};

pub(super) fn open(mut source: Box<dyn Source>, length: u64, name: &str) -> Result<Box<dyn Decoder>, SoundError> {
    if length == 0 {
        return Err(SoundError(format!("the file is empty: {NO_SOUND}")));
    }
    let mut head = Vec::new();
    source
        .seek(SeekFrom::Start(0))
        .and_then(|_| source.by_ref().take(64).read_to_end(&mut head))
        .map_err(|error| SoundError(format!("the file cannot be read: {error}")))?;
    let suffix = name.rsplit_once('.').map(|(_, suffix)| suffix.to_ascii_lowercase()).unwrap_or_default();
    let at = |place: usize, text: &[u8]| head.get(place..place + text.len()) == Some(text);
    if (at(0, b"RIFF") || at(0, b"RF64")) && at(8, b"WAVE") {
        return riff::open(source, length);
    }
    if at(0, b".snd") {
        return au::open(source, length);
    }
    if at(0, b"OggS") {
        return Ok(Box::new(stream::Stream::open(source, length)?));
    }
    if at(0, b"fLaC") {
        return Ok(Box::new(flac::Flac::open(source, length)?));
    }
    if let Some(coding) = foreign(&head) {
        return Err(SoundError(format!("{coding}: callreel does not read it")));
    }
    // A tag of version 2 to 4; anything else that begins so may be headerless sound.
    let tagged = at(0, b"ID3") && head.get(3).is_some_and(|version| (2..=4).contains(version));
    if !tagged && let Some(form) = raw::of_suffix(&suffix) {
        return raw::open(source, length, form);
    }
    if let Some(coding) = foreign_suffix(&suffix) {
        return Err(SoundError(format!("{coding}: callreel does not read it")));
    }
    if tagged || mp3::looks_like_frame(&head) || suffix == "mp3" {
        return Ok(Box::new(mp3::Mp3::open(source, length)?));
    }
    let begins: Vec<String> = head.iter().take(4).map(|byte| format!("{byte:02x}")).collect();
    Err(SoundError(format!(
        "this is no sound that callreel knows (WAV, MP3, Ogg Opus and Vorbis, FLAC, Sun audio, or headerless .raw .sln .alaw .ulaw .gsm .g722); it begins with {}",
        begins.join(" ")
    )))
}

/// Codings known by name only. Found before anything decodes: symphonia panics on Speex.
fn foreign(head: &[u8]) -> Option<&'static str> {
    let at = |place: usize, text: &[u8]| head.get(place..place + text.len()) == Some(text);
    let by_content = if at(0, b"RIFX") {
        "big-endian WAV"
    } else if at(0, b"FORM") && (at(8, b"AIFF") || at(8, b"AIFC")) {
        "AIFF"
    } else if at(0, b"caff") {
        "Core Audio"
    } else if at(0, b"#!AMR") {
        "AMR"
    } else if at(0, b"#!iLBC") {
        "iLBC"
    } else if at(4, b"ftyp") {
        "AAC in MP4"
    } else if at(0, &[0x1a, 0x45, 0xdf, 0xa3]) {
        "WebM"
    } else if at(0, &[0x30, 0x26, 0xb2, 0x75]) {
        "Windows Media"
    } else {
        ""
    };
    (!by_content.is_empty()).then_some(by_content)
}

/// Codings without a header, by their suffix.
fn foreign_suffix(suffix: &str) -> Option<&'static str> {
    match suffix {
        "g723" | "g723sf" => Some("G.723.1"),
        "g726" | "g726-16" | "g726-24" | "g726-32" | "g726-40" => Some("G.726"),
        "g729" => Some("G.729"),
        "ilbc" => Some("iLBC"),
        "siren7" => Some("Siren 7"),
        "siren14" => Some("Siren 14"),
        _ => None,
    }
}
