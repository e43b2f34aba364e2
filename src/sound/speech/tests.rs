use super::*;
use crate::{
    domain::turns::{common, joined, total, without},
    host::company::voice::{RATE as VOICES, Scene, Voices},
};

#[test]
fn gaps_are_closed_before_short_sounds_are_dropped() {
    let speech = |spans: &[[usize; 2]]| {
        let mut frames = vec![false; 200];
        spans.iter().for_each(|[from, until]| frames[*from..*until].fill(true));
        words(&frames)
    };
    assert_eq!(speech(&[[10, 20]]), [[144, 304]]);
    assert!(speech(&[[10, 17]]).is_empty(), "112 ms");
    assert_eq!(speech(&[[10, 18]]), [[144, 272]]);
    // Twelve frames of pause are 192 ms, thirteen 208.
    assert_eq!(speech(&[[10, 20], [32, 36]]), [[144, 560]]);
    assert_eq!(speech(&[[10, 20], [33, 37]]), [[144, 304]]);
    assert_eq!(speech(&[[1, 4], [8, 11], [15, 18]]), [[0, 272]]);
    assert!(speech(&[]).is_empty());
}

fn found(channels: u8, rate: u32, samples: &[i16]) -> Vec<Detected> {
    let mut listener = Listener::new(channels, rate);
    samples.chunks(4_096 * usize::from(channels)).for_each(|samples| listener.push(samples));
    listener.finish().0
}

/// Where a side of a made conversation really speaks: louder than its line, gaps closed as the detector does.
fn truth(samples: &[i16], side: usize) -> Vec<[f64; 2]> {
    let step = VOICES / 100;
    let mut spans = Vec::new();
    for (number, frame) in samples.chunks(step * 2).enumerate() {
        if frame.iter().skip(side).step_by(2).any(|sample| sample.unsigned_abs() > 300) {
            spans.push([number as f64 / 100.0, number as f64 / 100.0 + 0.2]);
        }
    }
    joined(spans).into_iter().map(|[from, until]| [from, until - 0.19]).collect()
}

fn noise(samples: &mut [i16], level: i16) {
    let mut random = fastrand::Rng::with_seed(9);
    samples.iter_mut().for_each(|sample| *sample = sample.saturating_add(random.i16(-level..=level)));
}

#[test]
fn speech_is_kept_and_silence_found() {
    let voices = Voices::new(1);
    let (mut kept, mut spoken, mut silent, mut pauses) = (0.0, 0.0, 0.0, 0.0);
    for seed in 0..3 {
        let samples = voices.render(&Scene { seed, tenths: 600, ours: seed, theirs: seed + 1, ..Scene::default() });
        for (side, heard) in found(2, VOICES as u32, &samples).into_iter().enumerate() {
            let talk = truth(&samples, side);
            let pause = without(&[[0.0, 60.0]], &talk);
            spoken += total(&talk);
            kept += total(&common(&talk, &heard.talk));
            pauses += total(&pause);
            silent += total(&without(&pause, &heard.talk));
            assert!(!heard.noisy);
            assert!((-40.0..-5.0).contains(&heard.level_db.unwrap()), "{:?}", heard.level_db);
        }
    }
    assert!(kept / spoken > 0.9, "{} of the speech is kept", kept / spoken);
    assert!(silent / pauses > 0.85, "{} of the silence is found", silent / pauses);
}

#[test]
fn rates_change_little() {
    let samples = Voices::new(1).render(&Scene { seed: 2, tenths: 200, ..Scene::default() });
    let left: Vec<i16> = samples.iter().step_by(2).copied().collect();
    let wanted = found(1, VOICES as u32, &left).remove(0).talk;
    for rate in [11_025, 16_000, 44_100] {
        let (mut resampler, mut wave) = (Resampler::new(1, VOICES as u32, rate), Vec::new());
        resampler.push(&left, &mut wave);
        resampler.finish(&mut wave);
        let again: Vec<i16> = wave.iter().map(|sample| (sample * 32_767.0) as i16).collect();
        let talk = found(1, rate, &again).remove(0).talk;
        let same = total(&common(&talk, &wanted)) / total(&joined(talk.iter().chain(&wanted).copied().collect()));
        assert!(same > 0.9, "{rate}: {same}");
    }
}

#[test]
fn noise_as_loud_as_speech_is_told() {
    let mut samples = Voices::new(1).render(&Scene { seed: 1, tenths: 300, ..Scene::default() });
    noise(&mut samples, 30);
    assert!(found(2, VOICES as u32, &samples).iter().all(|side| !side.noisy), "a hiss at -66 dBFS is not noisy");
    noise(&mut samples, 8_000);
    assert!(found(2, VOICES as u32, &samples).iter().all(|side| side.noisy));
}

#[test]
fn what_carries_no_speech_has_none() {
    for (what, samples) in [
        ("nothing", vec![0; 80_000]),
        ("short", vec![5; 10]),
        ("none", vec![]),
        ("square", (0..80_000).map(|n| if n / 40 % 2 == 0 { 20 } else { -20 }).collect()),
    ] {
        let heard = found(1, 8_000, &samples).remove(0);
        assert_eq!((heard.talk.len(), heard.level_db, heard.noisy), (0, None, false), "{what}");
    }
}
