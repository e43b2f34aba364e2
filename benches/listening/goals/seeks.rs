//! L13: thirty seeks, each compared with the whole decoded once.

use crate::{
    corpus::Corpus,
    own,
    table::{Goal, Line, Measure},
};

const SEEKS: u64 = 30;
/// Samples compared after each.
const COMPARED: usize = 4_000;

pub fn measure(corpus: &Corpus) -> anyhow::Result<Vec<Line>> {
    let mut lines = Vec::new();
    for suffix in ["wav", "alaw.wav", "mp3", "gsm", "flac", "ogg", "opus"] {
        let file = corpus.speech(1, suffix)?;
        let (mut decoder, mut whole) = (own::open(&file)?, Vec::new());
        while decoder.read(&mut whole)? > 0 {}
        let mut exact = 0;
        for seek in 0..SEEKS {
            // Any places, the same in each run.
            let frame = (seek * 2_654_435_761) % (whole.len() as u64 - COMPARED as u64);
            decoder.seek(frame)?;
            let mut samples = Vec::new();
            while samples.len() < COMPARED && decoder.read(&mut samples)? > 0 {}
            let expected = &whole[frame as usize..frame as usize + COMPARED];
            exact += u64::from(samples.get(..COMPARED) == Some(expected));
        }
        let line = Line::new("L13", format!("exact of 30 seeks, {suffix}"), Measure::count(exact, "exact"));
        // The state of these codings reaches back without end: near is all there is after a seek.
        let judged = !matches!(suffix, "opus" | "gsm");
        let missed =
            Line::new("L13", format!("seeks of 30 that are not exact, {suffix}"), Measure::count(SEEKS - exact, "seeks"));
        lines.push(if judged { missed.goal(Goal::AtMost(0.0)) } else { line });
    }
    Ok(lines)
}
