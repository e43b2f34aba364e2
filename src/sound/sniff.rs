//! What a file is: by its first bytes, and by its name only where it has no header.

use std::io::{Read, Seek, SeekFrom};

use super::{Decoder, NO_SOUND, SoundError, Source, mp3, pcm, riff};
use crate::domain::clean;

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
    if matches!(head.get(..4), Some(b"RIFF" | b"RF64")) && head.get(8..12) == Some(b"WAVE") {
        return Ok(Box::new(riff::open(source, length)?));
    }
    if let Some(form) = pcm::raw_of(&suffix) {
        return Ok(Box::new(pcm::Pcm::headerless(source, length, form)));
    }
    if let Some(coding) = foreign(&head, &suffix) {
        return Err(SoundError(format!("{coding}: not yet")));
    }
    if head.starts_with(b"ID3") || mp3::looks_like_frame(&head) || suffix == "mp3" {
        return Ok(Box::new(mp3::Mp3::open(source, length)?));
    }
    let begins: Vec<String> = head.iter().take(4).map(|byte| format!("{byte:02x}")).collect();
    Err(SoundError(format!(
        "{} is no sound that callreel knows (WAV, MP3, or headerless .raw .sln .alaw .ulaw); it begins with {}",
        clean::line(name, 120),
        begins.join(" ")
    )))
}

/// Codings known by name only. Found before anything decodes: symphonia panics on Speex.
fn foreign(head: &[u8], suffix: &str) -> Option<&'static str> {
    let at = |place: usize, text: &[u8]| head.get(place..place + text.len()) == Some(text);
    let by_content = if at(0, b"OggS") {
        if at(28, b"OpusHead") {
            "Opus in Ogg"
        } else if at(28, b"Speex") {
            "Speex in Ogg"
        } else if at(28, b"\x01vorbis") {
            "Vorbis"
        } else {
            "Ogg"
        }
    } else if at(0, b"fLaC") {
        "FLAC"
    } else if at(0, b"RIFX") {
        "big-endian WAV"
    } else if at(0, b".snd") {
        "Sun audio (.au)"
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
    if !by_content.is_empty() {
        return Some(by_content);
    }
    match suffix {
        "gsm" => Some("GSM 6.10 without a header"),
        "wav49" => Some("GSM 6.10 in WAV"),
        "g722" => Some("G.722 without a header"),
        "g723" | "g723sf" => Some("G.723.1"),
        "g726" | "g726-16" | "g726-24" | "g726-32" | "g726-40" => Some("G.726"),
        "g729" => Some("G.729"),
        "ilbc" => Some("iLBC"),
        "siren7" => Some("Siren 7"),
        "siren14" => Some("Siren 14"),
        _ => None,
    }
}
