//! Hostile bytes: no panic, no endless reading, no more sound or memory than the bytes could hold.

use proptest::prelude::*;

use super::{corpus::corpus, *};

/// Whatever the bytes: every decoder entry ends, and what it gives fits its facts.
pub(super) fn survive(bytes: &[u8], name: &str) {
    let Ok(mut decoder) = open_bytes(bytes, name) else { return };
    let facts = decoder.facts().clone();
    // A packet of two bytes may be 120 ms of 48 kHz; missing pages may be 60 s of silence.
    let most = bytes.len() as u64 * 3000 + 60 * u64::from(facts.rate);
    assert!(facts.rate >= 4000 && (1..=8).contains(&facts.channels), "{name}: {facts:?}");
    let (mut samples, mut frames) = (Vec::new(), 0);
    for seek in [None, Some(facts.frames / 2), Some(u64::MAX - 3)] {
        if seek.is_some_and(|frame| decoder.seek(frame).is_err()) {
            continue;
        }
        loop {
            samples.clear();
            match decoder.read(&mut samples) {
                Ok(0) | Err(_) => break,
                Ok(count) => {
                    assert_eq!(samples.len(), count * usize::from(facts.channels), "{name}");
                    assert!(samples.len() < 16 << 20, "{name}: {count} frames at once");
                    frames += count as u64;
                    assert!(frames <= 3 * most, "{name}: {frames} frames from {} bytes", bytes.len());
                }
            }
        }
    }
}

/// Changes some bytes of `bytes`: anywhere, or in its first `reach`.
fn mutate(random: &mut fastrand::Rng, bytes: &mut [u8], reach: usize) {
    let reach = reach.min(bytes.len());
    for _ in 0..random.usize(0..12) {
        if reach > 0 {
            let at = random.usize(0..reach);
            bytes[at] = if random.bool() { random.u8(..) } else { *random.choice([0, 0x7f, 0x80, 0xff].iter()).unwrap() };
        }
    }
}

/// 100 mutants of each format; `CALLREEL_MUTANTS=300` makes more of them.
#[test]
#[expect(clippy::disallowed_methods, reason = "a longer run is asked for from outside")]
fn mutated_files_neither_panic_nor_swell() {
    let rounds = std::env::var("CALLREEL_MUTANTS").ok().and_then(|text| text.parse().ok()).unwrap_or(100);
    for reference in corpus() {
        let whole = reference.bytes();
        let mut random = fastrand::Rng::with_seed(20_261_121);
        for round in 0..rounds {
            let mut bytes = whole[..random.usize(1..=whole.len().min(12_000))].to_vec();
            // Half of the rounds hit the header, where it hurts most.
            let reach = if round % 2 == 0 { 128 } else { bytes.len() };
            mutate(&mut random, &mut bytes, reach);
            if round % 3 == 0 {
                ogg_sums(&mut bytes);
            }
            survive(&bytes, &reference.name);
        }
    }
}

/// Makes the checksums of whole pages right again, so that what is damaged in them reaches the decoder.
fn ogg_sums(bytes: &mut [u8]) {
    let mut at = 0;
    while let Some(head) = bytes.get(at..at + 27).filter(|head| head.starts_with(b"OggS")) {
        let lacing = usize::from(head[26]);
        let Some(body) = bytes.get(at + 27..at + 27 + lacing) else { return };
        let end = at + 27 + lacing + body.iter().map(|&part| usize::from(part)).sum::<usize>();
        if end > bytes.len() {
            return;
        }
        bytes[at + 22..at + 26].fill(0);
        let sum = crate::sound::ogg::checksum(0, &bytes[at..end]);
        bytes[at + 22..at + 26].copy_from_slice(&sum.to_le_bytes());
        at = end;
    }
}

#[test]
fn lengths_that_a_header_claims_are_not_allocated() {
    // A FLAC picture of 16 MB, a seek table of 16 MB, and an ID3 tag of 256 MB in files of a few bytes.
    let flac = sample("corpus/mono.flac");
    for kind in [3, 4, 5, 6, 0x84] {
        let mut bytes = flac[..42].to_vec();
        bytes.extend([kind, 0xff, 0xff, 0xff]);
        bytes.extend(&flac[42..]);
        let error = open_bytes(&bytes, "a.flac").err().unwrap().to_string();
        assert!(error.contains("ends inside its header"), "{error}");
    }
    let mut bytes = flac[..42].to_vec();
    bytes.extend([4, 0, 0, 8]);
    // A comment that claims four gigabytes inside a block of eight bytes.
    bytes.extend([0xff; 8]);
    bytes.extend(&flac[42..]);
    assert_eq!(read_all(&mut *open_bytes(&bytes, "a.flac").unwrap()), decoded("corpus/mono.flac").1);
    assert!(open_bytes(b"ID3\x04\0\0\x7f\x7f\x7f\x7f", "a.mp3").is_err());
}

#[test]
fn an_ogg_page_from_the_end_of_time_is_not_believed() {
    for name in ["narrow.opus", "narrow.ogg"] {
        for granule in [i64::MAX, i64::MAX / 2, 1 << 40, -1, i64::MIN] {
            let mut bytes = sample(&format!("corpus/{name}"));
            let last = bytes.windows(4).rposition(|word| word == b"OggS").unwrap();
            bytes[last + 6..last + 14].copy_from_slice(&granule.to_le_bytes());
            ogg_sums(&mut bytes);
            survive(&bytes, name);
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 200, failure_persistence: None, ..ProptestConfig::default() })]
    #[test]
    fn any_header_is_survived(
        mut head in proptest::collection::vec(any::<u8>(), 0..120), tag in 0_u16..9, rate in prop_oneof![Just(8000_u32), any::<u32>()],
    ) {
        let mut bytes = wav(0, 0, 0)[..36].to_vec();
        bytes[20..22].copy_from_slice(&tag.to_le_bytes());
        bytes[24..28].copy_from_slice(&rate.to_le_bytes());
        bytes.append(&mut head);
        survive(&bytes, "a.wav");
    }
}
