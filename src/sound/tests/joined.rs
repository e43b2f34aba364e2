//! Two files of one side each.

use super::*;

/// A mono 8 kHz sound of so many frames: `first`, `first + 1`, …
fn side(first: i16, frames: u64) -> Box<dyn Decoder> {
    let mut bytes = wav_header(1, 8000, frames).to_vec();
    (0..frames).for_each(|frame| bytes.extend((first + frame as i16).to_le_bytes()));
    open_bytes(&bytes, "a.wav").unwrap()
}

#[test]
fn the_shorter_side_is_filled_with_silence_and_both_keep_their_place() {
    for (offset, left, right) in [(0, 0, 0), (1500, 0, 1500), (-700, 700, 0)] {
        let mut joined = join(side(1, 10_000), side(20_001, 4_000), offset).unwrap();
        let frames = (10_000 + left).max(4_000 + right);
        assert_eq!((joined.facts().channels, joined.facts().rate, joined.facts().frames), (2, 8000, frames as u64));
        assert!(joined.length_is_exact());
        let expected: Vec<i16> = (0..frames)
            .flat_map(|frame: i64| {
                let of = |first: i64, begin: i64, length: i64| {
                    let place = frame - begin;
                    if (0..length).contains(&place) { (first + place) as i16 } else { 0 }
                };
                [of(1, left, 10_000), of(20_001, right, 4_000)]
            })
            .collect();
        assert!(read_all(&mut *joined) == expected, "offset {offset}");
        for frame in [0, 600, 1_499, 1_501, 5_000, 9_999, 20_000] {
            joined.seek(frame).unwrap();
            let rest = read_all(&mut *joined);
            let from = (frame as usize * 2).min(expected.len());
            assert!(rest == expected[from..], "offset {offset}, frame {frame}");
        }
    }
}

#[test]
fn what_is_no_pair_is_refused_in_words() {
    let stereo = open_bytes(&sample("stereo.wav"), "stereo.wav").unwrap();
    assert!(join(stereo, side(0, 10), 0).err().unwrap().to_string().contains("2 and 1"));
    let other = open_bytes(&sample("corpus/mono.sln16"), "a.sln16").unwrap();
    assert!(join(side(0, 10), other, 0).err().unwrap().to_string().contains("8000 and 16000 Hz"));
}

#[test]
fn a_side_that_ends_early_is_named() {
    let joined = join(side(0, 48_000), side(0, 16_000), 0).unwrap();
    assert_eq!(joined.facts().warning.as_deref(), Some("right ends after 2 s of 6 s"));
    let alike = join(side(0, 48_000), side(0, 47_000), 0).unwrap();
    assert_eq!(alike.facts().warning, None);
    let mixed = join(open_bytes(&sample("corpus/mono.gsm"), "a.gsm").unwrap(), side(0, 8_000), 0).unwrap();
    assert_eq!(mixed.facts().format, "raw/gsm and wav/pcm");
}
