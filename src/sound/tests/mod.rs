//! Formats, damaged headers, seeking and hostile bytes.

use std::io::Cursor;

use super::*;

mod corpus;
mod hostile;
mod joined;

fn sample(name: &str) -> Vec<u8> {
    std::fs::read(std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/data/sound").join(name)).unwrap()
}

fn open_bytes(bytes: &[u8], name: &str) -> Result<Box<dyn Decoder>, SoundError> {
    open(Box::new(Cursor::new(bytes.to_vec())), bytes.len() as u64, name)
}

fn read_all(decoder: &mut dyn Decoder) -> Vec<i16> {
    let mut samples = Vec::new();
    while decoder.read(&mut samples).unwrap() > 0 {}
    samples
}

fn decoded(name: &str) -> (SoundFacts, Vec<i16>) {
    let mut decoder = open_bytes(&sample(name), name).unwrap();
    (decoder.facts().clone(), read_all(&mut *decoder))
}

/// A stereo 8 kHz WAV of 48,000 frames (6 s) with these sizes in its header.
fn wav(riff: u32, data: u32, sound: usize) -> Vec<u8> {
    let mut bytes = wav_header(2, 8000, 48_000).to_vec();
    bytes[4..8].copy_from_slice(&riff.to_le_bytes());
    bytes[40..44].copy_from_slice(&data.to_le_bytes());
    bytes.extend((0..sound).map(|n| (n * 31 % 251) as u8));
    bytes
}

const SIX_SECONDS: usize = 48_000 * 4;

#[test]
fn what_each_format_is() {
    let facts = |name: &str| {
        let (facts, samples) = decoded(name);
        assert_eq!(facts.warning, None, "{name}");
        (facts.format.clone(), facts.channels, facts.rate, facts.frames, samples.len() as u64 / u64::from(facts.channels))
    };
    assert_eq!(facts("stereo.wav"), ("wav/pcm".to_owned(), 2, 8000, 22_400, 22_400));
    assert_eq!(facts("alaw.wav"), ("wav/alaw".to_owned(), 1, 8000, 22_400, 22_400));
    assert_eq!(facts("mulaw.wav"), ("wav/mulaw".to_owned(), 1, 8000, 22_400, 22_400));
    assert_eq!(facts("stereo.raw"), ("raw/s16le".to_owned(), 2, 8000, 22_400, 22_400));
    assert_eq!(facts("cbr.mp3"), ("mp3".to_owned(), 2, 16_000, 44_800, 44_800));
    let (_, from_wav) = decoded("stereo.wav");
    assert_eq!(from_wav, decoded("stereo.raw").1);
}

#[test]
fn laws_decode_as_sox_and_ffmpeg_do() {
    use sha2::{Digest, Sha256};
    for (name, hash) in [
        ("alaw.wav", "e194fa2245b1ef5ccacaed9d22033b68275b5036fd2a783b4057fef3778766e5"),
        ("mulaw.wav", "36d47b6073f96e75f4cc32d0caf447740f0c7fe0d44d3ef37508ce75c9afb451"),
    ] {
        let bytes: Vec<u8> = decoded(name).1.iter().flat_map(|sample| sample.to_le_bytes()).collect();
        let found: String = Sha256::digest(bytes).iter().map(|byte| format!("{byte:02x}")).collect();
        assert_eq!(found, hash, "{name}");
    }
}

#[test]
fn broken_sizes_are_clamped_to_the_file() {
    let right = SIX_SECONDS as u32;
    let cases = [
        ("right", right + 36, right, SIX_SECONDS, 48_000, None),
        ("cut", 44 + right * 8, right * 8, SIX_SECONDS, 48_000, Some("ends early: 6 s of 48 s")),
        ("data size 0", right + 36, 0, SIX_SECONDS, 48_000, Some("its header was not finished; the length is the file's")),
        ("both 0", 0, 0, SIX_SECONDS, 48_000, Some("its header was not finished; the length is the file's")),
        ("streamed", u32::MAX, u32::MAX, SIX_SECONDS, 48_000, None),
        ("streamed by sox", 0x7fff_f024, 0x7fff_f000, SIX_SECONDS, 48_000, None),
        ("too small", right + 36, 8320, SIX_SECONDS, 48_000, Some("its header says 0.3 s, the file holds 6 s")),
        ("odd end", right + 36, right, SIX_SECONDS - 1, 47_999, Some("ends early: 6 s of 6 s")),
        ("44 bytes", 36, 0, 0, 0, Some("no sound was written")),
        ("44 bytes, promised", right + 36, right, 0, 0, Some("no sound was written")),
    ];
    for (what, riff, data, sound, frames, warning) in cases {
        let mut decoder = open_bytes(&wav(riff, data, sound), "a.wav").unwrap();
        assert_eq!(decoder.facts().frames, frames, "{what}");
        assert_eq!(decoder.facts().warning.as_deref(), warning, "{what}");
        assert_eq!(read_all(&mut *decoder).len() as u64, frames * 2, "{what}");
    }
}

#[test]
fn chunks_behind_the_data_are_no_sound() {
    for data in [SIX_SECONDS as u32, 0] {
        let mut bytes = wav(0, data, data as usize);
        bytes.extend(b"LIST\x06\0\0\0abcdef");
        let decoder = open_bytes(&bytes, "a.wav").unwrap();
        assert_eq!(decoder.facts().frames, u64::from(data) / 4);
    }
}

#[test]
fn a_file_that_grows_is_read_to_its_new_end() {
    let file = tempfile::NamedTempFile::new().unwrap();
    let bytes = wav(0, 0, SIX_SECONDS);
    std::fs::write(file.path(), &bytes[..44 + 4000]).unwrap();
    let mut decoder = open(Box::new(file.reopen().unwrap()), 4044, "a.wav").unwrap();
    assert_eq!(decoder.facts().frames, 1000);
    std::fs::write(file.path(), &bytes).unwrap();
    assert_eq!(read_all(&mut *decoder).len(), 96_000);
}

#[test]
fn what_cannot_be_played_is_named() {
    let with = |at: usize, value: &[u8]| {
        let mut bytes = wav(0, 0, 4000);
        bytes[at..at + value.len()].copy_from_slice(value);
        bytes
    };
    let ogg = |codec: &[u8]| {
        let length = codec.len() as u8 + 40;
        let head = [b"OggS\0\x02".as_slice(), &[0; 20], &[1, length]].concat();
        let mut page = [head.as_slice(), codec, &[0; 40]].concat();
        let sum = ogg::checksum(0, &page);
        page[22..26].copy_from_slice(&sum.to_le_bytes());
        page
    };
    let cases: [(Vec<u8>, &str, &str); 19] = [
        (vec![], "a.wav", "empty: no sound was written"),
        (with(20, &[0x31, 0]), "a.wav", "GSM 6.10 in WAV with 2 channels"),
        (with(20, &[0x31, 0, 1]), "a.wav", "GSM in WAV comes in blocks of 65 bytes, this file says 4"),
        (with(20, &[0x11, 0]), "a.wav", "16 bits"),
        (with(20, &[0x45, 0]), "a.wav", "G.726 in WAV"),
        (with(20, &[0x34, 0x12]), "a.wav", "coding 0x1234 in WAV"),
        (with(24, &[0; 4]), "a.wav", "claims 0 samples a second"),
        (with(24, &[0xff; 4]), "a.wav", "claims 4294967295 samples a second"),
        (with(22, &[0; 2]), "a.wav", "claims 0 channels"),
        (with(34, &[12, 0]), "a.wav", "12 bits"),
        (wav(0, 0, 0)[..30].to_vec(), "a.wav", "ends inside its header"),
        (ogg(b"Speex   "), "a.spx", "Speex in Ogg"),
        (vec![1; 50], "a.gsm", "no frame begins as GSM frames do"),
        (b"Dear sir, this is no call at all.".to_vec(), "a.ulaw", "mu-law without a header, but it holds text"),
        (b"<html><body>502 Bad Gateway</body></html>".to_vec(), "a.sln", "it holds text"),
        (vec![1; 50], "a.g729", "G.729"),
        (b"FORM\0\0\0\0AIFF".to_vec(), "a.raw", "AIFF"),
        (vec![0x20; 500], "a.mp3", "no MP3 frames"),
        (b"hello\x1b[2J world".to_vec(), "a\x1b[2J.txt", "this is no sound that callreel knows"),
    ];
    for (bytes, name, expected) in cases {
        let error = open_bytes(&bytes, name).err().unwrap().to_string();
        assert!(error.contains(expected) && !error.contains('\x1b'), "{error}");
    }
}

#[test]
fn thirty_seeks_find_exactly_what_a_whole_read_finds() {
    for name in ["stereo.wav", "alaw.wav", "stereo.raw", "cbr.mp3", "vbr-no-header.mp3"] {
        let (facts, whole) = decoded(name);
        let channels = usize::from(facts.channels);
        let mut decoder = open_bytes(&sample(name), name).unwrap();
        let mut random = fastrand::Rng::with_seed(7);
        for frame in std::iter::repeat_with(|| random.u64(0..whole.len() as u64 / channels as u64)).take(30).chain([0, 1]) {
            decoder.seek(frame).unwrap();
            let mut part = Vec::new();
            while part.len() < 4000 && decoder.read(&mut part).unwrap() > 0 {}
            let from = frame as usize * channels;
            let expected = &whole[from..(from + part.len()).min(whole.len())];
            assert!(!part.is_empty() && part == expected, "{name}: seek to frame {frame}");
        }
        decoder.seek(u64::MAX).unwrap();
        assert_eq!(decoder.read(&mut Vec::new()), Ok(0), "{name}: beyond the end");
        decoder.seek(0).unwrap();
        assert!(read_all(&mut *decoder) == whole, "{name}: back from the end");
    }
}

#[test]
fn an_mp3_sounds_like_its_original() {
    let (_, original) = decoded("stereo.wav");
    let (_, coded) = decoded("cbr.mp3");
    for side in 0..2 {
        let original: Vec<f64> = original.iter().skip(side).step_by(2).map(|&sample| f64::from(sample)).collect();
        // 16 kHz against 8 kHz: every other frame.
        let coded: Vec<f64> = coded.iter().skip(side).step_by(4).map(|&sample| f64::from(sample)).collect();
        let dot = |a: &[f64], b: &[f64]| a.iter().zip(b).map(|(a, b)| a * b).sum::<f64>();
        let likeness = dot(&original, &coded) / (dot(&original, &original) * dot(&coded, &coded)).sqrt();
        assert!(likeness > 0.97, "side {side}: {likeness}");
    }
}

#[test]
fn a_cut_mp3_says_so_and_tags_before_it_are_skipped() {
    let bytes = sample("cbr.mp3");
    let mut decoder = open_bytes(&bytes[..bytes.len() / 2], "a.mp3").unwrap();
    assert_eq!(decoder.facts().warning.as_deref(), Some("ends early: 1 s of 3 s"));
    let seconds = read_all(&mut *decoder).len() as f64 / 32_000.0;
    assert!((1.2..1.5).contains(&seconds), "{seconds}");

    let mut tagged = b"ID3\x04\0\0\0\0\x07\x68".to_vec();
    tagged.extend([0xff; 1000]);
    tagged.extend(&bytes);
    let mut decoder = open_bytes(&tagged, "a").unwrap();
    assert_eq!(read_all(&mut *decoder), decoded("cbr.mp3").1);
    assert!(open_bytes(b"ID3\x04\0\0\x7f\x7f\x7f\x7f", "a.mp3").is_err());
}

#[test]
fn peaks_are_of_each_side_and_of_the_whole_length() {
    // Left: silence, then full scale; right: half scale throughout. 11,025 Hz: bins of 1102 and 1103 frames.
    let mut bytes = wav_header(2, 11_025, 11_025).to_vec();
    for frame in 0..11_025 {
        let left: i16 = if frame < 5512 { 0 } else { i16::MIN };
        bytes.extend(left.to_le_bytes());
        bytes.extend(16_384_i16.to_le_bytes());
    }
    let mut decoder = open_bytes(&bytes, "a.wav").unwrap();
    let peaks = StoredPeaks::compute(&mut *decoder).unwrap();
    assert_eq!((peaks.frames, peaks.channels, peaks.rate), (11_025, 2, 11_025));
    assert_eq!(peaks.bins, [vec![0, 0, 0, 0, 0, 255, 255, 255, 255, 255], vec![224; 10]]);
    assert_eq!(peaks.columns(2), [[0, 255], [224, 224]]);
    assert_eq!(StoredPeaks::from_bytes(&peaks.to_bytes()), Some(peaks));

    let mut decoder = open_bytes(&sample("cbr.mp3"), "a.mp3").unwrap();
    assert_eq!(StoredPeaks::compute(&mut *decoder).unwrap().bins[0].len(), 28);
}

#[test]
fn a_written_wav_reads_the_same() {
    for name in ["stereo.raw", "alaw.wav", "cbr.mp3", "vbr-no-header.mp3"] {
        let mut decoder = open_bytes(&sample(name), name).unwrap();
        let mut bytes = Vec::new();
        assert_eq!(write_wav(&mut *decoder, &mut bytes).unwrap(), bytes.len() as u64);
        let mut again = open_bytes(&bytes, "out.wav").unwrap();
        assert_eq!((again.facts().channels, again.facts().rate), (decoder.facts().channels, decoder.facts().rate));
        assert_eq!(again.facts().warning, None);
        assert!(read_all(&mut *again) == decoded(name).1, "{name}");
    }
}
