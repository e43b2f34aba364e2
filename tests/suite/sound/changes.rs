//! Speed, loop and what follows, as they reach the sink.

use std::io::Cursor;

use callreel::{
    playback::{Command, Event, Side},
    sound::{self, Decoder},
};

use super::{
    decoded,
    heard::likeness,
    player::Heard,
    sink::{RATE, Sink},
};

/// Rate of the sounds made here.
const OWN: usize = 8000;

fn opened(samples: &[i16]) -> Box<dyn Decoder> {
    let mut bytes = sound::wav_header(1, OWN as u32, samples.len() as u64).to_vec();
    bytes.extend(samples.iter().flat_map(|sample| sample.to_le_bytes()));
    let length = bytes.len() as u64;
    sound::open(Box::new(Cursor::new(bytes)), length, "own.wav").expect("a sound")
}

/// Something like speech: syllables of unlike length and loudness on a voice of 125 Hz with its harmonics.
fn voice(seconds: usize) -> Vec<i16> {
    let value = |n: usize| {
        let (syllable, within) = (n / 1440, n % 1440);
        let length = 700 + syllable * 331 % 500;
        if within >= length {
            return 0;
        }
        let time = n as f64 / OWN as f64 * std::f64::consts::TAU * 125.0;
        let tone: f64 = (1..=8).map(|harmonic| (time * f64::from(harmonic)).sin() / f64::from(harmonic)).sum();
        let shape = (within as f64 / length as f64 * std::f64::consts::PI).sin();
        (tone * shape * (3000.0 + (syllable * 577 % 5) as f64 * 1000.0)) as i16
    };
    (0..seconds * OWN).map(value).collect()
}

/// Level of each 20 ms.
fn envelope(samples: &[f64], rate: f64) -> Vec<f64> {
    let step = rate / 50.0;
    let count = (samples.len() as f64 / step) as usize;
    let part = |n: usize| &samples[(n as f64 * step) as usize..((n + 1) as f64 * step) as usize];
    (0..count).map(|n| (part(n).iter().map(|sample| sample * sample).sum::<f64>() / step).sqrt()).collect()
}

fn correlation(a: &[f64], b: &[f64]) -> f64 {
    let count = a.len().min(b.len()) as f64;
    let mean = |values: &[f64]| values.iter().take(count as usize).sum::<f64>() / count;
    let (mean_a, mean_b) = (mean(a), mean(b));
    let sums = a.iter().zip(b).fold((0.0, 0.0, 0.0), |(ab, aa, bb), (a, b)| {
        let (a, b) = (a - mean_a, b - mean_b);
        (ab + a * b, aa + a * a, bb + b * b)
    });
    sums.0 / f64::sqrt(sums.1 * sums.2).max(1.0)
}

/// Median of the pitch of loud pieces of 40 ms, in Hz, by autocorrelation.
fn pitch(samples: &[f64]) -> f64 {
    let mut found: Vec<f64> = samples
        .chunks_exact(RATE / 25)
        .filter(|piece| piece.iter().any(|sample| sample.abs() > 2000.0))
        .map(|piece| {
            let like = |lag: usize| piece.iter().zip(&piece[lag..]).map(|(a, b)| a * b).sum::<f64>();
            let best = (RATE / 250..RATE / 80).max_by(|a, b| like(*a).total_cmp(&like(*b))).expect("a lag");
            RATE as f64 / best as f64
        })
        .collect();
    found.sort_by(f64::total_cmp);
    found[found.len() / 2]
}

fn from_first_loud(samples: &[f64]) -> &[f64] {
    let first = samples.iter().position(|sample| sample.abs() > 300.0).expect("some sound");
    let last = samples.iter().rposition(|sample| sample.abs() > 300.0).expect("some sound");
    &samples[first..=last]
}

fn at_speed(speed: f32) {
    let Some(sink) = Sink::start() else { return };
    let source = voice(6);
    let recorder = sink.record();
    let heard = Heard::start(&sink.server());
    heard.player.send(Command::Speed(speed));
    heard.player.send(Command::Load { generation: 1, decoder: opened(&source), at: 0.0 });
    let span = heard.until("what was heard", |event| match event {
        Event::Heard { from, until, speed, side: Side::Both, .. } => Some((*from, *until, *speed)),
        _ => None,
    });
    assert!(span.0 == 0.0 && (span.1 - 6.0).abs() < 0.02 && span.2 == speed, "{span:?}");
    heard.is("the end", &Event::Ended { generation: 1 });
    recorder.wait_more(0.7);
    let recorded = recorder.sides();
    let recorded = from_first_loud(&recorded[0]);
    let source: Vec<f64> = source.iter().map(|&sample| f64::from(sample)).collect();
    let source = from_first_loud(&source);
    let (length, wanted) = (recorded.len() as f64 / RATE as f64, source.len() as f64 / OWN as f64 / f64::from(speed));
    assert!((length - wanted).abs() < 0.05, "{speed}: {length:.3} s instead of {wanted:.3} s");
    // Times of the source are mapped by measuring its levels in pieces that are longer or shorter by the speed.
    let same = correlation(&envelope(source, OWN as f64 * f64::from(speed)), &envelope(recorded, RATE as f64));
    assert!(same > 0.9, "{speed}: likeness of the levels {same:.3}");
    let found = pitch(recorded);
    assert!((found - 125.0).abs() < 2.5, "{speed}: {found:.1} Hz instead of 125");
}

#[test]
fn at_its_own_speed_nothing_changes() {
    at_speed(1.0);
}

#[test]
fn half_as_fast_again_keeps_the_pitch() {
    at_speed(1.5);
}

#[test]
fn three_quarters_of_the_speed_keep_the_pitch() {
    at_speed(0.75);
}

#[test]
fn a_loop_has_no_gap() {
    let Some(sink) = Sink::start() else { return };
    let (_, samples) = decoded("stereo.wav");
    let left: Vec<i16> = samples.iter().copied().step_by(2).collect();
    let recorder = sink.record();
    let heard = Heard::start(&sink.server());
    heard.player.send(Command::Load { generation: 1, decoder: opened(&left), at: 0.0 });
    heard.player.send(Command::Loop(Some((0.4, 1.2))));
    for _ in 0..2 {
        heard.until("a turn", |event| matches!(event, Event::Heard { until, .. } if (until - 1.2).abs() < 0.001).then_some(()));
    }
    heard.player.send(Command::Stop);
    recorder.wait_more(0.5);
    let turns = [&left[..9600], &left[3200..9600]].concat();
    let expected: Vec<f64> = turns.iter().map(|&sample| f64::from(sample)).collect();
    let (found, _) = likeness(&expected, OWN, &recorder.sides()[0]);
    assert!(found >= 0.95, "likeness {found:.4}");
}

#[test]
fn the_next_recording_follows_without_a_gap() {
    let Some(sink) = Sink::start() else { return };
    let (_, samples) = decoded("stereo.wav");
    let sides = [0, 1].map(|side| samples.iter().copied().skip(side).step_by(2).collect::<Vec<i16>>());
    let recorder = sink.record();
    let heard = Heard::start(&sink.server());
    heard.player.send(Command::Load { generation: 1, decoder: opened(&sides[0]), at: 0.0 });
    heard.player.send(Command::Next { generation: 2, decoder: opened(&sides[1]), at: 0.0 });
    heard.is("the first end", &Event::Ended { generation: 1 });
    heard.is("the second", &Event::Playing { generation: 2 });
    heard.is("the second end", &Event::Ended { generation: 2 });
    recorder.wait_more(0.7);
    let expected: Vec<f64> = sides.concat().iter().map(|&sample| f64::from(sample)).collect();
    let (found, _) = likeness(&expected, OWN, &recorder.sides()[0]);
    assert!(found >= 0.95, "likeness {found:.4}");
}
