//! L8, L10: decoding an hour; GSM beside sox, sample by sample.

use anyhow::{Context, bail};

use crate::{
    clock,
    corpus::Corpus,
    own, programs,
    table::{Goal, Line, Measure, Peer},
};

/// Seconds of processor time to read all of a file.
fn decoded(file: &std::path::Path) -> anyhow::Result<f64> {
    let mut least = f64::INFINITY;
    for _ in 0..3 {
        let before = clock::cpu();
        let (mut decoder, mut samples, mut frames) = (own::open(file)?, Vec::new(), 0);
        loop {
            samples.clear();
            match decoder.read(&mut samples)? {
                0 => break,
                count => frames += count,
            }
        }
        if frames == 0 {
            bail!("nothing was decoded");
        }
        least = least.min((clock::cpu() - before).as_secs_f64());
    }
    Ok(least)
}

pub fn measure(corpus: &Corpus) -> anyhow::Result<Vec<Line>> {
    let mut lines = Vec::new();
    for (suffix, what) in [("mp3", "MP3"), ("opus", "Opus")] {
        let file = corpus.speech(1, suffix)?;
        let arguments = ["-nostdin", "-v", "error", "-threads", "1", "-i", programs::path(&file), "-f", "null", "-"];
        let peer = Peer::of("ffmpeg", programs::least_cpu_of("ffmpeg", &arguments).map(|cpu| Measure::new(cpu, "s")));
        let line = Line::new("L8", format!("decode 1 h of {what}, processor time"), Measure::new(decoded(&file)?, "s"));
        lines.push(line.beside(peer).goal(Goal::RatioAtMost(0.8)));
    }
    lines.push(gsm(corpus)?);
    Ok(lines)
}

fn gsm(corpus: &Corpus) -> anyhow::Result<Line> {
    let file = corpus.speech(1, "gsm")?;
    let (mut decoder, mut ours) = (own::open(&file)?, Vec::new());
    while decoder.read(&mut ours)? > 0 {}
    let raw = corpus.folder().join("gsm.raw");
    let arguments = ["-t", "gsm", programs::path(&file), "-t", "raw", "-e", "signed-integer", "-b", "16", programs::path(&raw)];
    programs::cpu_of("sox", &arguments).context("sox decodes GSM with libgsm")?;
    let theirs: Vec<i16> = std::fs::read(&raw)?.chunks_exact(2).map(|pair| i16::from_le_bytes([pair[0], pair[1]])).collect();
    let differing = ours.iter().zip(&theirs).filter(|(a, b)| a != b).count() + ours.len().abs_diff(theirs.len());
    let line = Line::new("L10", "samples of 1 h of GSM that differ from libgsm", Measure::count(differing as u64, "samples"));
    Ok(line.goal(Goal::AtMost(0.0)))
}
