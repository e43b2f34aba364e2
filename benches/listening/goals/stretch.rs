//! L9: an hour of 8 kHz at double speed without change of pitch.

use anyhow::bail;
use callreel::playback::Feed;

use crate::{
    clock,
    corpus::Corpus,
    own, programs,
    table::{Goal, Line, Measure, Peer},
};

pub fn measure(corpus: &Corpus) -> anyhow::Result<Vec<Line>> {
    let file = corpus.speech(1, "alaw.wav")?;
    let mut feed = Feed::new(own::open(&file)?);
    feed.set_speed(2.0);
    feed.seek(0)?;
    let before = clock::cpu();
    let (mut block, mut frames) = (Vec::new(), 0);
    loop {
        block.clear();
        if !feed.pull(&mut block)? {
            break;
        }
        frames += block.len();
    }
    let ours = (clock::cpu() - before).as_secs_f64();
    if frames.abs_diff(1800 * 8000) > 8000 {
        bail!("an hour at double speed has {frames} frames");
    }
    let arguments = [programs::path(&file), "-t", "raw", "-e", "signed-integer", "-b", "16", "/dev/null", "tempo", "-s", "2"];
    let peer = Peer::of("sox tempo -s", programs::least_cpu_of("sox", &arguments).map(|cpu| Measure::new(cpu, "s")));
    let line = Line::new("L9", "1 h of 8 kHz at 2x, processor time", Measure::new(ours, "s"));
    Ok(vec![line.clone().beside(peer), line.goal(Goal::AtMost(3.0))])
}
