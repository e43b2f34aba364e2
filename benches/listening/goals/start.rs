//! L1: from the start of the program to the first sound of an hour of MP3.

use std::{
    path::Path,
    process::{Command, Stdio},
    time::Instant,
};

use anyhow::Context;

use super::RUNS;
use crate::{
    clock,
    corpus::{Corpus, TONE},
    monitor::{Ended, Monitor},
    programs::{self, OURS},
    table::{Goal, Line, Measure, Peer},
};

pub fn measure(corpus: &Corpus) -> anyhow::Result<Vec<Line>> {
    let monitor = Monitor::start()?;
    let mp3 = corpus.tone("mp3")?;
    let at = format!("{}", TONE + 100.0);
    let file = programs::path(&mp3);
    let ours = Measure::ms(until_sound(&monitor, OURS, &["play", "--from", &at, file])?);
    let start = format!("--start={at}");
    let peers: [(&str, Vec<&str>, Goal); 3] = [
        ("mpv", vec!["--no-config", "--no-video", "--no-terminal", "--ao=pulse", &start, file], Goal::RatioAtMost(0.35)),
        ("ffplay", vec!["-v", "error", "-nodisp", "-ss", &at, file], Goal::None),
        ("sox", vec!["-q", file, "-t", "pulseaudio", "default", "trim", &at], Goal::None),
    ];
    let peers = peers.into_iter().map(|(program, arguments, goal)| {
        let peer = Peer::of(program, until_sound(&monitor, program, &arguments).map(Measure::ms));
        Line::new("L1", "process start to sound, 1 h of MP3", ours).beside(peer).goal(goal)
    });
    let wav = corpus.tone("wav")?;
    let arguments = ["play", "--from", &at, programs::path(&wav)];
    let small = Line::new("L1", "process start to sound, 1 h of WAV", Measure::ms(until_sound(&monitor, OURS, &arguments)?));
    Ok(peers.chain([small]).collect())
}

fn until_sound(monitor: &Monitor, program: &str, arguments: &[&str]) -> anyhow::Result<f64> {
    let mut runs = Vec::new();
    for _ in 0..RUNS {
        let (place, begun) = (monitor.place(), Instant::now());
        let running = spawn(monitor, program, arguments, &monitor.home())?;
        runs.push(monitor.until_sound(place, begun)?);
        drop(running);
        monitor.wait(0.4)?;
    }
    Ok(clock::median(&mut runs))
}

pub fn spawn(monitor: &Monitor, program: &str, arguments: &[&str], home: &Path) -> anyhow::Result<Ended> {
    let running = Command::new(program)
        .args(arguments)
        .env("PULSE_SERVER", monitor.server())
        .env("SDL_AUDIODRIVER", "pulseaudio")
        .env("HOME", home)
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .with_context(|| format!("{program} is not installed"))?;
    Ok(Ended(running))
}
