//! Sound without a header: known by the suffix only, so what the bytes are is checked as far as bytes can tell.

use std::io::SeekFrom;

use super::{
    Decoder, NO_SOUND, SoundError, SoundFacts, Source,
    blocks::{BlockCodec, Blocks, Stretch},
    coding::Coding,
    g722::G722,
    gsm::{self, Gsm},
    pcm::{Pcm, read_full},
};

/// Bytes looked at: 2 s of 8 kHz, 16 bit.
const LOOK: usize = 32_000;

/// What a suffix says of headerless sound.
#[derive(Clone, Copy)]
pub(super) struct Raw {
    name: &'static str,
    form: Form,
    rate: u32,
    channels: u8,
}

#[derive(Clone, Copy)]
enum Form {
    Samples(Coding),
    Gsm,
    G722,
}

/// The headerless formats: our spool's `.raw`, and Asterisk's by their suffixes (`format_sln`, `format_pcm`, `format_gsm`,
/// `format_g722`). A `.raw` of ours is stereo.
pub(super) fn of_suffix(suffix: &str) -> Option<Raw> {
    let mono = |name, form, rate| Some(Raw { name, form, rate, channels: 1 });
    let linear = |name, rate| mono(name, Form::Samples(Coding::S16), rate);
    match suffix {
        "raw" => Some(Raw { name: "s16le", form: Form::Samples(Coding::S16), rate: 8_000, channels: 2 }),
        "alaw" | "al" | "alw" => mono("alaw", Form::Samples(Coding::ALaw), 8_000),
        "ulaw" | "ul" | "ulw" | "mulaw" | "mu" | "pcm" => mono("mulaw", Form::Samples(Coding::MuLaw), 8_000),
        "gsm" => mono("gsm", Form::Gsm, 8_000),
        "g722" => mono("g722", Form::G722, 16_000),
        "sln" | "slin" | "sln8" => linear("s16le", 8_000),
        "sln12" => linear("sln12", 12_000),
        "sln16" => linear("sln16", 16_000),
        "sln24" => linear("sln24", 24_000),
        "sln32" => linear("sln32", 32_000),
        "sln44" => linear("sln44", 44_100),
        "sln48" => linear("sln48", 48_000),
        "sln96" => linear("sln96", 96_000),
        "sln192" => linear("sln192", 192_000),
        _ => None,
    }
}

/// Opens a file without a header: everything in it is sound.
pub(super) fn open(mut source: Box<dyn Source>, length: u64, raw: Raw) -> Result<Box<dyn Decoder>, SoundError> {
    let mut look = vec![0; LOOK.min(usize::try_from(length).unwrap_or(LOOK))];
    let got = source
        .seek(SeekFrom::Start(0))
        .and_then(|_| read_full(&mut *source, &mut look))
        .map_err(|error| SoundError(format!("the file cannot be read: {error}")))?;
    look.truncate(got);
    let doubt = doubt(&look, raw)?;
    let facts = |frames: u64| SoundFacts {
        format: format!("raw/{}", raw.name),
        channels: raw.channels,
        rate: raw.rate,
        frames,
        warning: if frames == 0 { Some(NO_SOUND.to_owned()) } else { doubt.clone() },
    };
    let stretch = Stretch { offset: 0, length };
    Ok(match raw.form {
        Form::Samples(coding) => {
            let frames = length / (coding.size() * usize::from(raw.channels)) as u64;
            // It may still grow: there is no header that could tell.
            Box::new(Pcm::new(source, coding, 0, true, facts(frames)))
        }
        Form::Gsm => Box::new(Blocks::new(source, Box::new(Gsm::new(false)), stretch, facts(1))),
        Form::G722 => Box::new(Blocks::new(source, Box::new(G722::new()), stretch, facts(1))),
    })
}

/// What speaks against these bytes being such sound: refused where it is certain, a warning where it only sounds wrong.
fn doubt(look: &[u8], raw: Raw) -> Result<Option<String>, SoundError> {
    let claimed = match raw.form {
        Form::Gsm => "GSM",
        Form::G722 => "G.722",
        Form::Samples(Coding::ALaw) => "A-law",
        Form::Samples(Coding::MuLaw) => "mu-law",
        Form::Samples(_) => "16-bit sound",
    };
    if look.len() >= 16 && look.iter().all(|byte| matches!(byte, b'\t' | b'\n' | b'\r' | b' '..=b'~')) {
        return Err(SoundError(format!("its name says {claimed} without a header, but it holds text")));
    }
    let mut samples = Vec::new();
    match raw.form {
        Form::Gsm => {
            let frames = look.chunks_exact(gsm::RAW);
            let (all, good) = (frames.len(), frames.filter(|frame| frame[0] >> 4 == 0xd).count());
            if all > 0 && good == 0 {
                return Err(SoundError(
                    "its name says GSM without a header, but no frame begins as GSM frames do (0xD)".to_owned(),
                ));
            }
            return Ok((good < all).then(|| format!("{} of its first {all} GSM frames are damaged", all - good)));
        }
        Form::G722 => {
            let mut decoder = G722::new();
            look.chunks(decoder.bytes()).for_each(|block| decoder.decode(block, &mut samples));
        }
        Form::Samples(coding) => coding.decode(&look[..look.len() / coding.size() * coding.size()], &mut samples),
    }
    Ok(sounds_like_noise(&samples, usize::from(raw.channels))
        .then(|| format!("sounds like loud noise: perhaps not {claimed}; turn the volume down")))
}

/// Loud, and no sample is like the one before: what compressed data and wrong codings sound like. Speech and tones are not.
fn sounds_like_noise(samples: &[i16], channels: usize) -> bool {
    if samples.len() < 2_000 {
        return false;
    }
    let (mut power, mut likeness) = (0.0, 0.0);
    for (sample, next) in samples.iter().zip(samples.iter().skip(channels)) {
        let (sample, next) = (f64::from(*sample), f64::from(*next));
        power += sample * sample;
        likeness += sample * next;
    }
    // -16 dBFS on average.
    power / samples.len() as f64 > 5_200.0 * 5_200.0 && likeness.abs() < 0.15 * power
}
