//! L11: drop-outs of 48 s of a tone while every core is busy.

use std::process::{Command, Stdio};

use crate::{
    corpus::{Corpus, TONE},
    monitor::{Ended, LOUD, Monitor, RATE},
    programs::{self, OURS},
    table::{Goal, Line, Measure, Peer},
};

const SECONDS: f64 = 48.0;

/// Silences of 5 ms and more inside the tone.
fn drop_outs(monitor: &Monitor, program: &str, arguments: &[&str]) -> anyhow::Result<u64> {
    let from = monitor.place();
    let running = super::start::spawn(monitor, program, arguments, &monitor.home())?;
    monitor.until_sound(from, std::time::Instant::now())?;
    monitor.wait(SECONDS)?;
    let heard = monitor.since(from);
    drop(running);
    monitor.wait(0.5)?;
    let loud = |sample: &i16| sample.unsigned_abs() > LOUD;
    let tone = heard.iter().position(loud).map_or(&[][..], |first| &heard[first..]);
    let silent: Vec<bool> = tone.chunks(RATE / 200).map(|window| !window.iter().any(loud)).collect();
    // The first window of each silence counts.
    Ok(silent.windows(2).filter(|pair| !pair[0] && pair[1]).count() as u64)
}

pub fn measure(corpus: &Corpus) -> anyhow::Result<Vec<Line>> {
    let monitor = Monitor::start()?;
    let cores = std::thread::available_parallelism().map_or(2, usize::from);
    let busy: Vec<Ended> = (0..cores * 2)
        .map(|_| {
            let work = Command::new("sh").args(["-c", "while :; do :; done"]).stdin(Stdio::null()).spawn();
            work.map(Ended)
        })
        .collect::<Result<_, _>>()?;
    let file = corpus.tone("mp3")?;
    let at = format!("{}", TONE + 100.0);
    let ours = drop_outs(&monitor, OURS, &["play", "--from", &at, programs::path(&file)])?;
    let stretched = drop_outs(&monitor, OURS, &["play", "--from", &at, "--speed", "1.5", programs::path(&file)])?;
    let start = format!("--start={at}");
    let arguments = ["--no-config", "--no-video", "--no-terminal", "--ao=pulse", &start, programs::path(&file)];
    let theirs = drop_outs(&monitor, "mpv", &arguments);
    drop(busy);
    let line = |what: &str, count| Line::new("L11", what, Measure::count(count, "drop-outs"));
    let peer = Peer::of("mpv", theirs.map(|count| Measure::count(count, "drop-outs")));
    Ok(vec![
        line("48 s with all cores busy twice", ours).beside(peer).goal(Goal::AtMost(0.0)),
        line("the same at 1.5x", stretched).goal(Goal::AtMost(0.0)),
    ])
}
