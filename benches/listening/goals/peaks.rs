//! L7: the waveform of an hour, computed anew.

use crate::{
    corpus::Corpus,
    programs::{self, OURS},
    table::{Goal, Line, Measure, Peer},
};

pub fn measure(corpus: &Corpus) -> anyhow::Result<Vec<Line>> {
    let mut lines = Vec::new();
    let drawn = corpus.folder().join("peaks.dat");
    for (suffix, what) in [("mp3", "1 h of MP3"), ("wav", "1 h of WAV, 16 kHz")] {
        let file = corpus.speech(1, suffix)?;
        let ours = programs::least_cpu_of(OURS, &["peaks", programs::path(&file)])?;
        let arguments = ["-i", programs::path(&file), "-o", programs::path(&drawn), "-z", "160", "-b", "8", "-q"];
        let peer =
            Peer::of("audiowaveform", programs::least_cpu_of("audiowaveform", &arguments).map(|cpu| Measure::new(cpu, "s")));
        let line = Line::new("L7", format!("waveform of {what}, processor time"), Measure::new(ours, "s"));
        lines.push(line.beside(peer).goal(Goal::RatioAtMost(0.6)));
    }
    Ok(lines)
}
