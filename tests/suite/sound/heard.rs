//! `callreel play` of each format reaches the sink with the right content.

use std::process::Command;

use super::{
    decoded, sample,
    sink::{RATE, Sink},
};

/// Louder than this is sound (of 32768).
const LOUD: f64 = 300.0;

fn play(server: &str, arguments: &[&str]) -> std::process::Output {
    let home = tempfile::tempdir().expect("a home");
    let output = Command::new(env!("CARGO_BIN_EXE_callreel"))
        .arg("play")
        .args(arguments)
        .env_clear()
        .env("HOME", home.path())
        .env("PULSE_SERVER", server)
        .output()
        .expect("the program");
    let left: Vec<_> = std::fs::read_dir(home.path()).expect("its home").collect();
    assert!(left.is_empty(), "playing a file makes nothing: {left:?}");
    output
}

/// One side of what was played against what was recorded: best likeness (1: the same), gain there.
pub fn likeness(source: &[f64], rate: usize, recorded: &[f64]) -> (f64, f64) {
    let step = RATE / rate;
    let first = |samples: &[f64]| samples.iter().position(|sample| sample.abs() > LOUD).expect("some sound");
    let guess = (first(recorded) as i64) - (first(source) * step) as i64;
    // Every `sparse`-th sample is enough to find the place, and all of them to judge it.
    let score = |lag: i64, sparse: usize| {
        let pairs = source.iter().enumerate().step_by(sparse).filter_map(|(n, value)| {
            let at = usize::try_from(lag + (n * step) as i64).ok()?;
            recorded.get(at).map(|other| (value, other))
        });
        let (ab, aa, bb) = pairs.fold((0.0, 0.0, 0.0), |(ab, aa, bb), (a, b)| (ab + a * b, aa + a * a, bb + b * b));
        (ab / f64::sqrt(aa * bb).max(1.0), ab / f64::max(aa, 1.0))
    };
    let best = |lags: std::ops::RangeInclusive<i64>, sparse: usize| {
        lags.map(|lag| (lag, score(lag, sparse))).max_by(|a, b| a.1.0.total_cmp(&b.1.0)).expect("a lag")
    };
    // 15 ms around the guess.
    let reach = RATE as i64 * 15 / 1000;
    let (near, _) = best(guess - reach..=guess + reach, 13);
    best(near - 2..=near + 2, 1).1
}

/// Seconds from the first to the last loud sample.
fn loud_seconds(samples: &[f64], rate: usize) -> f64 {
    let loud = |sample: &f64| sample.abs() > LOUD;
    let first = samples.iter().position(loud).expect("some sound");
    let last = samples.iter().rposition(loud).expect("some sound");
    (last - first) as f64 / rate as f64
}

fn arrives(name: &str) {
    let Some(sink) = Sink::start() else { return };
    let recorder = sink.record();
    let path = sample(name);
    let output = play(&sink.server(), &[path.to_str().expect("a path")]);
    let words = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success() && words.is_empty(), "{:?}: {words}", output.status);
    recorder.wait_more(0.7);
    let recorded = recorder.sides();
    let (facts, samples) = decoded(name);
    let (channels, rate) = (usize::from(facts.channels), facts.rate as usize);
    for (side, heard) in recorded.iter().enumerate() {
        let source: Vec<f64> = samples.iter().skip(side.min(channels - 1)).step_by(channels).map(|&s| f64::from(s)).collect();
        let (found, gain) = likeness(&source, rate, heard);
        assert!(found >= 0.95, "{name}, side {side}: likeness {found:.4}");
        assert!((0.9..1.1).contains(&gain), "{name}, side {side}: gain {gain:.3}");
        let (played, arrived) = (loud_seconds(&source, rate), loud_seconds(heard, RATE));
        assert!((played - arrived).abs() < 0.03, "{name}, side {side}: {arrived:.3} s of {played:.3} s");
        if channels == 2 {
            let (other, _) = likeness(&source, rate, &recorded[1 - side]);
            assert!(other < 0.6, "{name}: the sides are mixed up ({other:.3})");
        }
    }
}

#[test]
fn a_stereo_wav_arrives() {
    arrives("stereo.wav");
}

#[test]
fn an_mp3_arrives() {
    arrives("cbr.mp3");
}

#[test]
fn a_headerless_raw_arrives() {
    arrives("stereo.raw");
}

#[test]
fn mono_a_law_arrives_on_both_sides() {
    arrives("alaw.wav");
}

#[test]
fn from_and_side_choose_what_is_heard() {
    let Some(sink) = Sink::start() else { return };
    let recorder = sink.record();
    let path = sample("stereo.wav");
    let output = play(&sink.server(), &["--from", "1.5", "--side", "right", path.to_str().expect("a path")]);
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    recorder.wait_more(0.5);
    let (_, samples) = decoded("stereo.wav");
    let source: Vec<f64> = samples[24_000..].iter().skip(1).step_by(2).map(|&sample| f64::from(sample)).collect();
    for heard in recorder.sides() {
        let (found, _) = likeness(&source, 8000, &heard);
        assert!(found >= 0.95, "{found}");
        assert!((loud_seconds(&source, 8000) - loud_seconds(&heard, RATE)).abs() < 0.03);
    }
}

#[test]
fn double_speed_takes_half_the_time() {
    let Some(sink) = Sink::start() else { return };
    let recorder = sink.record();
    let path = sample("stereo.wav");
    let output = play(&sink.server(), &["--speed", "2", path.to_str().expect("a path")]);
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    recorder.wait_more(0.5);
    let seconds = loud_seconds(&recorder.sides()[0], RATE);
    assert!((1.2..1.5).contains(&seconds), "{seconds}");
}

#[test]
fn without_a_server_it_says_what_was_tried_and_ends_with_six() {
    let path = sample("stereo.wav");
    let output = play("unix:/nowhere/native", &[path.to_str().expect("a path")]);
    let words = String::from_utf8_lossy(&output.stderr);
    assert_eq!(output.status.code(), Some(6), "{words}");
    assert!(words.contains("No sound here: no /nowhere/native.") && words.contains("PULSE_SERVER"), "{words}");
}

#[test]
fn output_renders_the_same_samples_instead() {
    let folder = tempfile::tempdir().expect("a folder");
    let target = folder.path().join("out.wav");
    for name in ["stereo.raw", "cbr.mp3", "alaw.wav"] {
        let path = sample(name);
        let words = ["--output", target.to_str().expect("a path"), path.to_str().expect("a path")];
        let output = play("unix:/nowhere/native", &words);
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        let (facts, samples) = decoded(name);
        let written = std::fs::read(&target).expect("what was written");
        assert_eq!(written[..44], callreel::sound::wav_header(facts.channels, facts.rate, facts.frames), "{name}");
        let bytes: Vec<u8> = samples.iter().flat_map(|sample| sample.to_le_bytes()).collect();
        assert!(written[44..] == bytes, "{name}");
    }
    assert_eq!(std::fs::read_dir(folder.path()).expect("the folder").count(), 1, "nothing temporary is left");
}

#[test]
fn files_without_sound_are_named_and_end_with_one() {
    let folder = tempfile::tempdir().expect("a folder");
    let header = callreel::sound::wav_header(2, 8000, 0);
    for (name, bytes) in [("empty.wav", &b""[..]), ("header.wav", &header), ("noise.wav", b"this is no sound at all")] {
        let path = folder.path().join(name);
        std::fs::write(&path, bytes).expect("a file");
        let output = play("unix:/nowhere/native", &[path.to_str().expect("a path")]);
        let words = String::from_utf8_lossy(&output.stderr);
        assert_eq!(output.status.code(), Some(1), "{words}");
        let expected = if name == "noise.wav" { "no sound that callreel knows" } else { "no sound was written" };
        assert!(words.contains(name) && words.contains(expected), "{words}");
    }
    let missing = folder.path().join("missing.wav");
    assert_eq!(play("unix:/x", &[missing.to_str().expect("a path")]).status.code(), Some(4));
}

/// ALSA's own file plug-in stands for a card: what it was given is what a card would have been given.
#[test]
fn bare_alsa_gets_the_very_samples() {
    let folder = tempfile::tempdir().expect("a folder");
    let (config, heard) = (folder.path().join("asound.conf"), folder.path().join("heard.raw"));
    let card = format!("pcm.card {{ type file slave.pcm {{ type null }} file \"{}\" format raw }}\n", heard.display());
    std::fs::write(&config, card).expect("a configuration");
    let path = sample("stereo.wav");
    let output = Command::new(env!("CARGO_BIN_EXE_callreel"))
        .args(["play", "--device", "alsa:card", path.to_str().expect("a path")])
        .env_clear()
        .env("HOME", folder.path())
        .env("ALSA_CONFIG_PATH", &config)
        .output()
        .expect("the program");
    let words = String::from_utf8_lossy(&output.stderr);
    if words.contains("libasound.so.2 is not installed") {
        eprintln!("skipped: no libasound here; install libasound2");
        return;
    }
    assert!(output.status.success() && words.is_empty(), "{words}");
    let samples: Vec<u8> = decoded("stereo.wav").1.iter().flat_map(|sample| sample.to_le_bytes()).collect();
    let written = std::fs::read(&heard).expect("what the card got");
    // A card's last period is filled up with silence.
    assert!(written.len() >= samples.len() && written[..samples.len()] == samples, "{} of {}", written.len(), samples.len());
}
