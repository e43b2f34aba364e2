use std::io::Cursor;

use super::*;
use crate::sound::{Source, open, wav_header};

/// A WAV file of these interleaved samples, opened.
pub(super) fn opened(channels: u8, rate: u32, samples: &[i16]) -> Box<dyn Decoder> {
    let mut bytes = wav_header(channels, rate, (samples.len() / usize::from(channels)) as u64).to_vec();
    bytes.extend(samples.iter().flat_map(|sample| sample.to_le_bytes()));
    let length = bytes.len() as u64;
    open(Box::new(Cursor::new(bytes)) as Box<dyn Source>, length, "a.wav").unwrap()
}

#[test]
fn a_cut_as_wav_has_the_very_samples() {
    let samples: Vec<i16> = (0..20_000).map(|n| (n * 37 % 30_011) as i16).collect();
    let mut decoder = opened(2, 8000, &samples);
    for (from, until) in [(0, None), (100, Some(4_321)), (9_999, Some(1_000_000)), (5_000, None)] {
        let mut out = Cursor::new(b"before".to_vec());
        out.set_position(6);
        let encoded = encode(&mut *decoder, from, until, Target::Wav, &mut out).unwrap();
        let wanted = &samples[from as usize * 2..until.map_or(20_000, |until| until as usize * 2).min(20_000)];
        assert_eq!((encoded.frames * 2, encoded.ended_early), (wanted.len() as u64, None));
        let file = &out.get_ref()[6..];
        assert_eq!(file.len() as u64, encoded.bytes);
        assert_eq!(file[..44], wav_header(2, 8000, encoded.frames));
        let written: Vec<i16> = file[44..].chunks_exact(2).map(|pair| i16::from_le_bytes([pair[0], pair[1]])).collect();
        assert_eq!(written, wanted);
    }
    assert!(encode(&mut *decoder, 10_000, None, Target::Wav, &mut Cursor::new(Vec::new())).is_err());
    assert!(encode(&mut *decoder, 10, Some(10), Target::Wav, &mut Cursor::new(Vec::new())).is_err());
}

/// Something like speech on each side in turn: gliding harmonics in syllables, our side lower than theirs.
fn talk(channels: u8, rate: u32, seconds: f64) -> Vec<i16> {
    let mut phases = [0.0_f64; 2];
    let mut samples = Vec::new();
    for n in 0..(seconds * f64::from(rate)) as usize {
        let time = n as f64 / f64::from(rate);
        for side in 0..channels {
            let pitch = [110.0, 205.0][usize::from(side)] * (1.0 + 0.15 * (1.7 * time).sin());
            let phase = &mut phases[usize::from(side)];
            *phase += pitch / f64::from(rate);
            let speaks = channels == 1 || (time as u64) % 2 == u64::from(side);
            let syllable = (std::f64::consts::PI * 4.3 * time).sin().powi(2) * f64::from(u8::from(speaks));
            let wave: f64 = (2..=16)
                .filter(|harmonic| f64::from(*harmonic) * pitch < 0.4 * f64::from(rate))
                .map(|harmonic| (std::f64::consts::TAU * f64::from(harmonic) * *phase).sin() / f64::from(harmonic))
                .sum();
            samples.push((syllable * wave * 6_000.0) as i16);
        }
    }
    samples
}

fn encoded(channels: u8, rate: u32, samples: &[i16], target: Target) -> Vec<u8> {
    let mut out = Cursor::new(Vec::new());
    let encoded = encode(&mut *opened(channels, rate, samples), 0, None, target, &mut out).unwrap();
    assert_eq!(encoded.frames, (samples.len() / usize::from(channels)) as u64);
    assert_eq!(encoded.bytes, out.get_ref().len() as u64);
    out.into_inner()
}

/// What ffmpeg makes of it at this rate; none where there is no ffmpeg.
fn by_ffmpeg(bytes: &[u8], channels: u8, rate: u32) -> Option<Vec<i16>> {
    use std::{io::Write as _, process};
    let mut file = tempfile::NamedTempFile::new().unwrap();
    file.write_all(bytes).unwrap();
    let mut command = process::Command::new("ffmpeg");
    command.args(["-v", "error", "-i"]).arg(file.path());
    command.args(["-f", "s16le", "-ac", &channels.to_string(), "-ar", &rate.to_string(), "-"]);
    match command.output() {
        Ok(output) => {
            assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
            assert!(output.stderr.is_empty(), "{}", String::from_utf8_lossy(&output.stderr));
            Some(output.stdout.chunks_exact(2).map(|pair| i16::from_le_bytes([pair[0], pair[1]])).collect())
        }
        Err(_) => None,
    }
}

fn side(samples: &[i16], channels: u8, side: usize) -> Vec<f64> {
    samples.iter().skip(side).step_by(channels.into()).map(|sample| f64::from(*sample)).collect()
}

fn correlation(left: &[f64], right: &[f64]) -> f64 {
    let sum = |left: &[f64], right: &[f64]| left.iter().zip(right).map(|(left, right)| left * right).sum::<f64>();
    sum(left, right) / (sum(left, left) * sum(right, right)).sqrt().max(1e-9)
}

/// How many frames later than `original` this is, and how alike the two then are.
fn lag(original: &[f64], heard: &[f64], most: usize) -> (i64, f64) {
    // A second and a half of the middle, in which both sides speak.
    let (first, length) = (original.len() / 4, original.len() * 3 / 8);
    let piece = &original[first..first + length];
    (first - most..=first + most)
        .map(|at| (at as i64 - first as i64, correlation(piece, &heard[at..at + length])))
        .max_by(|left, right| left.1.total_cmp(&right.1))
        .unwrap()
}

/// Both formats beside ffmpeg's decoder: length, place, shape and sides. Silence of one side stays silence.
#[test]
fn converted_sound_is_where_and_what_it_was() {
    for (target, least) in [(Target::Opus, 0.98), (Target::Mp3, 0.998)] {
        for (rate, channels) in [(8_000, 1), (8_000, 2), (11_025, 2), (16_000, 2), (44_100, 2), (48_000, 1)] {
            let samples = talk(channels, rate, 4.0);
            let bytes = encoded(channels, rate, &samples, target);
            let Some(heard) = by_ffmpeg(&bytes, channels, rate) else {
                eprintln!("no ffmpeg here: not tested");
                return;
            };
            let what = format!("{target:?} of {rate} Hz, {channels} channels, {} bytes", bytes.len());
            assert!(heard.len().abs_diff(samples.len()) <= usize::from(channels), "{what}: {} of {}", heard.len(), samples.len());
            for at in 0..channels.into() {
                let (original, heard) = (side(&samples, channels, at), side(&heard, channels, at));
                let (by, like) = lag(&original, &heard, rate as usize / 500);
                assert!(by.unsigned_abs() <= u64::from(rate) / 4_000, "{what}, side {at}: {by} frames late");
                assert!(like > least, "{what}, side {at}: {like}");
            }
        }
    }
}

#[test]
fn opus_takes_two_kilobytes_a_second_of_each_side() {
    for channels in [1, 2] {
        let bytes = encoded(channels, 16_000, &talk(channels, 16_000, 10.0), Target::Opus).len();
        assert!(bytes < usize::from(channels) * 24_000, "{bytes} bytes");
    }
}

#[test]
fn what_a_format_cannot_hold_is_refused() {
    let samples = vec![0; 4_000];
    let refused = |target| encode(&mut *opened(4, 8_000, &samples), 0, None, target, &mut Cursor::new(Vec::new())).unwrap_err();
    assert_eq!(refused(Target::Opus).to_string(), "Opus holds two channels and the sound has 4; convert it to wav");
    assert_eq!(refused(Target::Mp3).to_string(), "MP3 holds two channels and the sound has 4; convert it to wav");
}

/// What we write we read: both sides apart, of the same length.
#[test]
fn our_own_reader_hears_what_was_converted() {
    for (target, name, channels) in [(Target::Opus, "a.opus", 1), (Target::Opus, "a.opus", 2), (Target::Mp3, "a.mp3", 2)] {
        let mut samples = talk(channels, 16_000, 3.0);
        if channels == 2 {
            samples.iter_mut().skip(1).step_by(2).for_each(|sample| *sample = 0);
        }
        let bytes = encoded(channels, 16_000, &samples, target);
        let length = bytes.len() as u64;
        let mut decoder = open(Box::new(Cursor::new(bytes)), length, name).unwrap();
        assert_eq!(decoder.facts().channels, channels);
        let rate = decoder.facts().rate;
        let mut heard = Vec::new();
        while decoder.read(&mut heard).unwrap() > 0 {}
        assert_eq!(heard.len() as u32, 3 * rate * u32::from(channels), "{target:?}");
        let step = (rate / 16_000) as usize;
        let ours: Vec<f64> = side(&heard, channels, 0).into_iter().step_by(step).collect();
        let like = correlation(&side(&samples, channels, 0), &ours);
        assert!(like > 0.97, "{target:?}: {like}");
        if channels == 2 {
            let loudest = side(&heard, 2, 1).into_iter().fold(0.0, |loudest: f64, sample| loudest.max(sample.abs()));
            assert!(loudest < 30.0, "{target:?}: the silent side carries {loudest}");
        }
    }
}
