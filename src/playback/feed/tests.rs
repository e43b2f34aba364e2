use std::io::Cursor;

use super::*;
use crate::sound;

fn opened(channels: u8, samples: &[i16]) -> Box<dyn Decoder> {
    let mut bytes = sound::wav_header(channels, 8000, samples.len() as u64 / u64::from(channels)).to_vec();
    bytes.extend(samples.iter().flat_map(|sample| sample.to_le_bytes()));
    let length = bytes.len() as u64;
    sound::open(Box::new(Cursor::new(bytes)), length, "a.wav").unwrap()
}

/// Stereo at 8 kHz: one second of tone, `silence` seconds of nothing, one second of tone.
fn feed(silence: usize) -> Feed {
    let tone = |n: usize| ((n as f32 * 0.3).sin() * 8000.0) as i16;
    let frames = (2 + silence) * 8000;
    let samples: Vec<i16> = (0..frames)
        .flat_map(|n| {
            let left = if n < 8000 || n >= frames - 8000 { tone(n) } else { 0 };
            [left, left / 2]
        })
        .collect();
    Feed::new(opened(2, &samples))
}

/// Mono whose sample `n` is `n`: a place is told by its value.
fn counting(frames: i16) -> Feed {
    Feed::new(opened(1, &(0..frames).collect::<Vec<_>>()))
}

fn all(feed: &mut Feed) -> Vec<f32> {
    let mut out = Vec::new();
    while feed.pull(&mut out).unwrap() {}
    out
}

fn some(feed: &mut Feed, frames: usize) -> Vec<i16> {
    let mut out = Vec::new();
    while out.len() < frames && feed.pull(&mut out).unwrap() {}
    out.iter().take(frames).map(|sample| (sample * 32768.0) as i16).collect()
}

#[test]
fn a_plain_feed_changes_nothing_and_a_side_is_heard_on_both() {
    let whole = all(&mut feed(0));
    assert_eq!(whole.len(), 32_000);
    let mut left = feed(0);
    left.set_side(Side::Left);
    assert!(all(&mut left).chunks(2).zip(whole.chunks(2)).all(|(solo, both)| solo == [both[0], both[0]]));
    let mut right = feed(0);
    right.set_side(Side::Right);
    assert!(all(&mut right).chunks(2).zip(whole.chunks(2)).all(|(solo, both)| solo == [both[1], both[1]]));
}

#[test]
fn long_silence_shrinks_to_three_hundred_milliseconds_and_places_follow() {
    let mut feed = feed(5);
    feed.set_skip_silence(Some(SilenceRule::default()));
    feed.seek(0).unwrap();
    let out = all(&mut feed);
    let frames = out.len() / 2;
    assert!((18_300..18_500).contains(&frames), "{frames}");
    let bends = feed.take_bends();
    assert_eq!((bends[0].place, bends[0].came, bends.len()), (0.0, Came::Begun, 2));
    // What is left out lies 150 ms within the silence, and the end of the output is the end of the recording.
    assert_eq!(bends[1].came, Came::Skipped);
    assert!((bends[1].before - 9_200.0).abs() < 81.0 && (bends[1].place - 46_800.0).abs() < 81.0, "{bends:?}");
    assert_eq!(bends[1].place + (frames as f64 - bends[1].output), 56_000.0);
    assert_eq!(bends[1].before, bends[1].output);
}

#[test]
fn the_rule_says_how_quiet_and_how_long() {
    let whole = all(&mut feed(1));
    let skipping = |seconds: usize, below_db: f32, at_least: f32| {
        let mut feed = feed(seconds);
        feed.set_skip_silence(Some(SilenceRule { below_db, at_least }));
        feed.seek(0).unwrap();
        all(&mut feed)
    };
    assert!(skipping(1, -45.0, 1.5) == whole, "short silence stays as it is");
    assert!(skipping(1, -45.0, 0.7).len() < whole.len());
    // The tone is louder than -16 dBFS and quieter than -10.
    assert!(skipping(0, -10.0, 0.7).len() < 10_000);
    assert_eq!(skipping(0, -16.0, 0.7).len(), 32_000);
}

#[test]
fn silence_at_the_end_is_left_out_too() {
    let mut samples = vec![5000; 8000];
    samples.resize(8000 * 9, 0);
    let mut feed = Feed::new(opened(1, &samples));
    feed.set_skip_silence(Some(SilenceRule::default()));
    feed.seek(0).unwrap();
    let frames = all(&mut feed).len();
    assert!((10_300..10_500).contains(&frames), "{frames}");
    let last = *feed.take_bends().last().unwrap();
    assert_eq!(last.place + (frames as f64 - last.output), 72_000.0);
}

#[test]
fn a_loop_is_exact_to_the_sample_and_who_is_behind_it_plays_on() {
    let mut feed = counting(10_000);
    feed.set_loop(Some([1000, 4003]));
    feed.seek(500).unwrap();
    let expected: Vec<i16> = (500..4003).chain(1000..4003).chain(1000..4003).chain(1000..1700).collect();
    assert!(some(&mut feed, expected.len()) == expected);
    let bends = feed.take_bends();
    assert_eq!((bends[1].output, bends[1].before, bends[1].place, bends[1].came), (3503.0, 4003.0, 1000.0, Came::Looped));
    feed.seek(4003).unwrap();
    assert!(some(&mut feed, 20_000) == (4003..10_000).collect::<Vec<_>>());
    // B beyond the end: the end is B.
    feed.set_loop(Some([9000, 90_000]));
    feed.seek(9900).unwrap();
    assert!(some(&mut feed, 1200) == (9900..10_000).chain(9000..10_000).chain(9000..9100).collect::<Vec<_>>());
    // Nothing to loop over.
    for nothing in [[5000, 5001], [5000, 4000], [20_000, 30_000]] {
        feed.set_loop(Some(nothing));
        feed.seek(4000).unwrap();
        assert_eq!(some(&mut feed, 20_000).len(), 6000, "{nothing:?}");
    }
}

#[test]
fn a_loop_keeps_its_length_at_another_speed() {
    for speed in [0.5, 1.5, 3.0] {
        let mut feed = feed(0);
        feed.set_speed(speed);
        feed.set_loop(Some([2000, 10_000]));
        feed.seek(2000).unwrap();
        let mut out = Vec::new();
        while out.len() < 2 * 60_000 {
            assert!(feed.pull(&mut out).unwrap());
        }
        let turns: Vec<f64> = feed.take_bends().iter().filter(|bend| bend.came == Came::Looped).map(|bend| bend.output).collect();
        for (n, turn) in turns.iter().enumerate() {
            assert!((turn - 8000.0 * (n + 1) as f64 / f64::from(speed)).abs() < 1.0, "{speed}: {turns:?}");
        }
        assert!(turns.len() >= 3, "{speed}: {turns:?}");
        // No gap at the joint: the tone goes on everywhere.
        let quiet = out.chunks(2 * 160).position(|part| part.iter().all(|sample| sample.abs() < 0.1));
        assert_eq!(quiet, None, "{speed}");
    }
}

#[test]
fn loop_and_silence_go_together() {
    // Tone, 5 s of silence, tone; the loop ends within the silence.
    let mut feed = feed(5);
    feed.set_skip_silence(Some(SilenceRule::default()));
    feed.set_loop(Some([4000, 40_000]));
    feed.seek(4000).unwrap();
    let mut out = Vec::new();
    while out.len() < 2 * 16_000 {
        assert!(feed.pull(&mut out).unwrap());
    }
    let came: Vec<_> = feed.take_bends().iter().map(|bend| bend.came).collect();
    assert_eq!(came[..5], [Came::Begun, Came::Skipped, Came::Looped, Came::Skipped, Came::Looped]);
}

#[test]
fn speed_changes_the_length_and_not_the_pitch() {
    for speed in [0.5, 0.75, 1.5, 2.0, 3.0] {
        let mut feed = feed(0);
        feed.set_speed(speed);
        feed.seek(0).unwrap();
        let out = all(&mut feed);
        let frames = out.len() / 2;
        let wanted = (16_000.0 / speed) as usize;
        assert!(frames.abs_diff(wanted) < 500, "{speed}: {frames} for {wanted}");
        // Crossings of zero a second tell the pitch of a tone.
        let left: Vec<f32> = out.iter().copied().step_by(2).collect();
        let crossings = left.windows(2).filter(|pair| (pair[0] < 0.0) != (pair[1] < 0.0)).count();
        let pitch = crossings as f32 / frames as f32 / 2.0 * 8000.0;
        assert!((pitch - 382.0).abs() < 8.0, "{speed}: {pitch} Hz");
        assert!(out.chunks_exact(2).all(|pair| (pair[0] - pair[1] * 2.0).abs() < 0.001), "both sides share one shift");
    }
}

#[test]
fn levels_are_known_before_the_first_sample_is_heard() {
    // The right side speaks 24 dB more quietly.
    let voice = |n: usize| ((n as f32 * 0.4).sin() * if n % 2400 < 1600 { 10_000.0 } else { 0.0 }) as i16;
    let samples: Vec<i16> = (0..8000 * 8).flat_map(|n| [voice(n), voice(n) / 16]).collect();
    let mut feed = Feed::new(opened(2, &samples));
    feed.set_normalise(true);
    feed.seek(0).unwrap();
    let mut out = Vec::new();
    while out.len() < 2 * 8000 {
        feed.pull(&mut out).unwrap();
    }
    let power = |side: usize| out.iter().skip(side).step_by(2).map(|sample| sample * sample).sum::<f32>();
    let apart = 10.0 * (power(0) / power(1)).log10();
    assert!(apart.abs() < 4.0, "{apart} dB apart instead of 24");
    // Off again: the samples themselves.
    feed.set_normalise(false);
    feed.seek(0).unwrap();
    let first: Vec<i16> = some(&mut feed, 100);
    assert!(first == samples[..100]);
}

#[test]
fn a_decoder_that_waits_stops_nobody() {
    struct Waits(Box<dyn Decoder>, u32);
    impl Decoder for Waits {
        fn facts(&self) -> &sound::SoundFacts {
            self.0.facts()
        }
        fn read(&mut self, samples: &mut Vec<i16>) -> Result<usize, SoundError> {
            self.0.read(samples)
        }
        fn seek(&mut self, frame: u64) -> Result<(), SoundError> {
            self.0.seek(frame)
        }
        fn waits(&mut self) -> Option<String> {
            self.1 = self.1.saturating_sub(1);
            (self.1 > 0).then(|| "the line".to_owned())
        }
    }
    let mut feed = Feed::new(Box::new(Waits(opened(1, &[7; 500]), 3)));
    let mut out = Vec::new();
    assert_eq!(feed.pull_some(&mut out, 100), Ok(Pulled::Waiting("the line".to_owned())));
    assert_eq!(feed.pull_some(&mut out, 100), Ok(Pulled::Waiting("the line".to_owned())));
    assert_eq!(feed.pull_some(&mut out, 100), Ok(Pulled::Some));
    assert_eq!(out.len(), 500);
    assert_eq!(feed.pull_some(&mut out, 100), Ok(Pulled::End));
}

#[test]
fn an_hour_of_silence_is_left_out_in_pieces() {
    let mut samples = vec![9000; 800];
    samples.resize(8000 * 600, 0);
    let mut feed = Feed::new(opened(1, &samples));
    feed.set_skip_silence(Some(SilenceRule::default()));
    feed.seek(0).unwrap();
    let mut out = Vec::new();
    let mut working = 0;
    loop {
        match feed.pull_some(&mut out, 80_000).unwrap() {
            Pulled::Working => working += 1,
            Pulled::End => break,
            Pulled::Some | Pulled::Waiting(_) => {}
        }
    }
    assert!(working > 10, "{working}");
    assert!(out.len() < 8000, "{}", out.len());
}
