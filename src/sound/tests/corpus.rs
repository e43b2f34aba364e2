//! Every format against what ffmpeg makes of it (tests/data/sound/corpus).

use super::*;

/// One line of `reference.tsv`.
pub(super) struct Reference {
    pub name: String,
    pub channels: u8,
    pub rate: u32,
    pub frames: u64,
    hash: String,
}

pub(super) fn corpus() -> Vec<Reference> {
    let table = String::from_utf8(sample("corpus/reference.tsv")).unwrap();
    let lines = table.lines().map(|line| {
        let mut fields = line.split('\t');
        let mut next = || fields.next().unwrap();
        Reference {
            name: next().to_owned(),
            channels: next().parse().unwrap(),
            rate: next().parse().unwrap(),
            frames: next().parse().unwrap(),
            hash: next().to_owned(),
        }
    });
    lines.collect()
}

impl Reference {
    pub(super) fn bytes(&self) -> Vec<u8> {
        sample(&format!("corpus/{}", self.name))
    }

    pub(super) fn is_lossy(&self) -> bool {
        [".mp3", ".opus", ".ogg"].iter().any(|suffix| self.name.ends_with(suffix))
    }
}

fn hash(samples: &[i16]) -> String {
    use sha2::{Digest, Sha256};
    let bytes: Vec<u8> = samples.iter().flat_map(|sample| sample.to_le_bytes()).collect();
    Sha256::digest(bytes).iter().map(|byte| format!("{byte:02x}")).collect()
}

/// Correlation and gain of `found` against `expected`, as far as both go.
pub(super) fn likeness(expected: &[i16], found: &[i16]) -> (f64, f64) {
    let (mut ee, mut ff, mut ef) = (0.0, 0.0, 0.0);
    for (&expected, &found) in expected.iter().zip(found) {
        let (expected, found) = (f64::from(expected), f64::from(found));
        ee += expected * expected;
        ff += found * found;
        ef += expected * found;
    }
    (ef / (ee * ff).sqrt(), ef / ee)
}

#[test]
fn every_format_has_the_facts_that_ffmpeg_tells() {
    let found: Vec<String> = corpus()
        .iter()
        .map(|reference| {
            let decoder =
                open_bytes(&reference.bytes(), &reference.name).unwrap_or_else(|why| panic!("{}: {why}", reference.name));
            let facts = decoder.facts();
            assert_eq!((facts.channels, facts.rate), (reference.channels, reference.rate), "{}", reference.name);
            assert_eq!(facts.warning, None, "{}", reference.name);
            let suffix = crate::domain::recording::suffix_of(&facts.format, facts.channels);
            let again = open_bytes(&reference.bytes(), &format!("x.{suffix}")).unwrap();
            assert_eq!(again.facts(), facts, "{}: as {suffix}", reference.name);
            format!("{} {}", reference.name, facts.format)
        })
        .collect();
    insta::assert_snapshot!(found.join("\n"));
}

#[test]
fn lossless_formats_give_the_very_samples_of_ffmpeg() {
    for reference in corpus().iter().filter(|reference| !reference.is_lossy()) {
        let mut decoder = open_bytes(&reference.bytes(), &reference.name).unwrap();
        let samples = read_all(&mut *decoder);
        assert_eq!(samples.len() as u64, decoder.facts().frames * u64::from(reference.channels), "{}", reference.name);
        assert_eq!(samples.len() as u64, reference.frames * u64::from(reference.channels), "{}", reference.name);
        assert_eq!(hash(&samples), reference.hash, "{}", reference.name);
    }
}

#[test]
fn lossy_formats_sound_as_ffmpeg_makes_them() {
    for reference in corpus().iter().filter(|reference| reference.is_lossy()) {
        let name = &reference.name;
        let channels = usize::from(reference.channels);
        let mut decoder = open_bytes(&reference.bytes(), name).unwrap();
        let samples = read_all(&mut *decoder);
        let frames = samples.len() / channels;
        // What ffmpeg leaves of the padding at the end differs by version: at most a frame of the coding.
        assert!(frames.abs_diff(reference.frames as usize) <= 1152, "{name}: {frames} frames, ffmpeg {}", reference.frames);
        if decoder.length_is_exact() {
            assert_eq!(frames as u64, decoder.facts().frames, "{name}");
        }
        let expected = decoded(&format!("corpus/reference/{name}.flac")).1;
        for side in 0..channels {
            let of = |samples: &[i16]| samples.iter().skip(side).step_by(channels).copied().collect::<Vec<_>>();
            let (alike, gain) = likeness(&of(&expected), &of(&samples));
            assert!(alike >= 0.9999 && (0.995..1.005).contains(&gain), "{name}, side {side}: {alike:.6}, gain {gain:.4}");
        }
    }
}

#[test]
fn thirty_seeks_in_every_format_find_what_a_whole_read_finds() {
    for reference in corpus() {
        let name = &reference.name;
        let mut decoder = open_bytes(&reference.bytes(), name).unwrap();
        let whole = read_all(&mut *decoder);
        let channels = usize::from(reference.channels);
        let mut random = fastrand::Rng::with_seed(7);
        let frames = whole.len() as u64 / u64::from(reference.channels);
        for frame in std::iter::repeat_with(|| random.u64(0..frames)).take(30).chain([0, 1]) {
            decoder.seek(frame).unwrap();
            let mut part = Vec::new();
            while part.len() < 4000 * channels && decoder.read(&mut part).unwrap() > 0 {}
            let from = frame as usize * channels;
            let expected = &whole[from..(from + part.len()).min(whole.len())];
            assert_eq!(part.len(), expected.len(), "{name}: seek to frame {frame}");
            if name.ends_with(".opus") {
                // The prediction of the coder never forgets quite: alike, not equal.
                let (alike, _) = likeness(expected, &part);
                let silent = expected.iter().all(|sample| sample.abs() < 100);
                assert!(alike > 0.999 || silent || part == expected, "{name}: seek to frame {frame}: {alike:.6}");
            } else {
                assert!(part == expected, "{name}: seek to frame {frame}");
            }
        }
        decoder.seek(u64::MAX).unwrap();
        assert_eq!(decoder.read(&mut Vec::new()), Ok(0), "{name}: beyond the end");
        decoder.seek(0).unwrap();
        assert!(read_all(&mut *decoder) == whole, "{name}: back from the end");
    }
}

#[test]
fn cut_files_play_as_far_as_they_go_and_say_so() {
    for reference in corpus() {
        let name = &reference.name;
        // Of Vorbis and FLAC the headers (with padding) are as long as a second of sound.
        if name == "narrow.ogg" {
            continue;
        }
        let (whole, bytes) = (decoded(&format!("corpus/{name}")).1, reference.bytes());
        let cut = &bytes[..bytes.len() * if name == "stereo.ogg" || name == "mono.flac" { 9 } else { 6 } / 10];
        let mut decoder = open_bytes(cut, name).unwrap_or_else(|why| panic!("{name}: {why}"));
        let says = decoder.facts().warning.clone();
        let headerless = decoder.facts().format.starts_with("raw/") || name == "bare.mp3" || name == "low.mp3";
        if !headerless {
            assert!(says.as_deref().is_some_and(|says| says.starts_with("ends early")), "{name}: {says:?}");
        }
        let part = read_all(&mut *decoder);
        let share = part.len() as f64 / whole.len() as f64;
        assert!((0.2..0.95).contains(&share), "{name}: {share:.2} of the sound");
        if !reference.is_lossy() {
            assert!(part == whole[..part.len()], "{name}");
        }
    }
}

/// A fresh machine has no ffmpeg: then only what is committed is compared.
#[test]
fn minutes_of_sound_made_here_are_what_ffmpeg_decodes() {
    let folder = tempfile::tempdir().unwrap();
    let run = |arguments: &[&str]| {
        let mut command = std::process::Command::new("ffmpeg");
        command.args(["-nostdin", "-loglevel", "error", "-y"]).args(arguments).current_dir(folder.path());
        command.status()
    };
    let source = "sine=frequency=300:beep_factor=4:sample_rate=16000:duration=61.3";
    match run(&["-f", "lavfi", "-i", source, "-ac", "1", "source.wav"]) {
        Ok(status) if status.success() => {}
        _ => {
            eprintln!("no ffmpeg here: passed over");
            return;
        }
    }
    let forms: [(&str, &[&str]); 6] = [
        ("a.wav", &["-c:a", "adpcm_ms"]),
        ("b.wav", &["-c:a", "g722"]),
        ("c.gsm", &["-ar", "8000"]),
        ("d.flac", &[]),
        ("e.ogg", &["-c:a", "libvorbis"]),
        ("f.opus", &["-c:a", "libopus", "-b:a", "16k"]),
    ];
    for (name, options) in forms {
        let made = run(&[&["-i", "source.wav"], options, &[name]].concat());
        if !made.is_ok_and(|status| status.success()) {
            eprintln!("this ffmpeg cannot write {name}: passed over");
            continue;
        }
        assert!(run(&["-i", name, "-f", "s16le", "pcm"]).unwrap().success(), "{name}");
        let expected: Vec<i16> = std::fs::read(folder.path().join("pcm"))
            .unwrap()
            .as_chunks()
            .0
            .iter()
            .map(|&pair| i16::from_le_bytes(pair))
            .collect();
        let bytes = std::fs::read(folder.path().join(name)).unwrap();
        let found = read_all(&mut *open_bytes(&bytes, name).unwrap());
        assert!(found.len().abs_diff(expected.len()) <= 1152, "{name}: {} against {}", found.len(), expected.len());
        let (alike, gain) = likeness(&expected, &found);
        // ffmpeg has a decoder of its own for Opus, which is not libopus to the bit.
        assert!(alike > 0.9995 && (0.99..1.01).contains(&gain), "{name}: {alike:.6}, gain {gain:.4}");
    }
}

#[test]
fn recordings_of_the_exchange_are_stereo_of_8_khz() {
    let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/data/asterisk");
    let mut found = 0;
    for place in [folder.clone(), folder.join("spool/done")] {
        for entry in std::fs::read_dir(place).unwrap().flatten() {
            let name = entry.file_name().to_string_lossy().into_owned();
            if !name.ends_with(".raw") {
                continue;
            }
            let bytes = std::fs::read(entry.path()).unwrap();
            let mut decoder = open_bytes(&bytes, &name).unwrap();
            let facts = decoder.facts().clone();
            assert_eq!((facts.channels, facts.rate, facts.frames), (2, 8000, bytes.len() as u64 / 4), "{name}");
            assert_eq!(facts.warning, None, "{name}");
            assert_eq!(read_all(&mut *decoder).len(), bytes.len() / 2);
            found += 1;
        }
    }
    assert!(found > 0);
}

#[test]
fn loud_noise_behind_a_wrong_name_is_warned_of() {
    let mut random = fastrand::Rng::with_seed(3);
    let noise: Vec<u8> = std::iter::repeat_with(|| random.u8(..)).take(20_000).collect();
    for name in ["a.sln", "a.raw", "a.ulaw", "a.alaw"] {
        let decoder = open_bytes(&noise, name).unwrap();
        assert!(decoder.facts().warning.as_deref().is_some_and(|says| says.starts_with("sounds like loud noise")), "{name}");
    }
    // A tone at full level is no noise.
    let tone: Vec<u8> = (0..16_000).flat_map(|n| ((f64::from(n) * 0.4).sin() * 32_000.0).round().to_le_bytes_of_i16()).collect();
    assert_eq!(open_bytes(&tone, "a.sln").unwrap().facts().warning, None);
}

trait ToBytes {
    fn to_le_bytes_of_i16(self) -> [u8; 2];
}

impl ToBytes for f64 {
    fn to_le_bytes_of_i16(self) -> [u8; 2] {
        (self as i16).to_le_bytes()
    }
}
