use super::*;

/// Tenths of a second in which a side is heard.
fn heard(samples: &[i16], side: usize) -> Vec<bool> {
    samples
        .chunks(RATE / 10 * 2)
        .map(|chunk| chunk.iter().skip(side).step_by(2).any(|sample| sample.unsigned_abs() > 1_200))
        .collect()
}

fn share(flags: &[bool]) -> f64 {
    flags.iter().filter(|flag| **flag).count() as f64 / flags.len() as f64
}

#[test]
fn both_sides_talk_in_turns_and_nothing_clips() {
    let voices = Voices::new(1);
    for seed in 0..6 {
        let scene = Scene { seed, tenths: 600, incoming: seed % 2 == 0, ours: seed, theirs: seed + 3, hold: None };
        let samples = voices.render(&scene);
        assert_eq!(samples.len(), 60 * RATE * 2);
        assert!(samples.iter().all(|sample| sample.unsigned_abs() < 32_000));
        let (ours, theirs) = (heard(&samples, 0), heard(&samples, 1));
        assert!((0.2..0.75).contains(&share(&ours)), "{}", share(&ours));
        assert!((0.2..0.75).contains(&share(&theirs)), "{}", share(&theirs));
        let both: Vec<bool> = ours.iter().zip(&theirs).map(|(ours, theirs)| *ours && *theirs).collect();
        assert!(share(&both) < 0.2, "{}", share(&both));
        let alone: Vec<usize> =
            ours.iter().zip(&theirs).filter(|(ours, theirs)| ours != theirs).map(|(ours, _)| usize::from(!ours)).collect();
        let turns = alone.windows(2).filter(|pair| pair[0] != pair[1]).count();
        assert!((6..80).contains(&turns), "{turns} turns");
        assert_eq!(alone[0], usize::from(!scene.incoming), "who is called speaks first");
    }
}

#[test]
fn on_hold_our_line_plays_and_the_other_is_silent() {
    let samples = Voices::new(1).render(&Scene { seed: 4, tenths: 400, hold: Some((100, 300)), ..Scene::default() });
    let hold = &samples[10 * RATE * 2..30 * RATE * 2];
    assert!(hold.iter().skip(1).step_by(2).all(|sample| *sample == 0));
    assert!(share(&heard(hold, 0)) > 0.95);
}

#[test]
fn voices_and_words_hang_on_the_seed() {
    let render = |seed| Voices::new(seed).render(&Scene { seed, tenths: 100, ..Scene::default() });
    assert_eq!(render(3), render(3));
    assert_ne!(render(3), render(4));
}

/// Speech has its energy in the formants and moves between voiced and unvoiced; hum and white noise do not.
#[test]
fn a_phrase_is_between_hum_and_noise() {
    let voices = Voices::new(2);
    for phrase in voices.ours.iter().chain(&voices.theirs).flat_map(|person| &person.phrases) {
        let crossings = phrase.windows(2).filter(|pair| (pair[0] < 0) != (pair[1] < 0)).count();
        let a_second = crossings * RATE / phrase.len();
        assert!((300..3_500).contains(&a_second), "{a_second}");
        assert!(phrase.len() > RATE / 8 && phrase.len() < RATE * 6, "{}", phrase.len());
    }
}

#[test]
fn the_header_tells_rate_channels_and_length() {
    let bytes = wav(&[1, -2, 3, -4]);
    assert_eq!(bytes.len(), 52);
    assert_eq!(&bytes[..12], b"RIFF\x2c\0\0\0WAVE");
    assert_eq!(&bytes[20..24], &[1, 0, 2, 0]);
    assert_eq!(u32::from_le_bytes([bytes[24], bytes[25], bytes[26], bytes[27]]), 8_000);
    assert_eq!(&bytes[44..], &[1, 0, 254, 255, 3, 0, 252, 255]);
}
