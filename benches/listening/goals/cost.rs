//! L5, L6: processor time of a played hour; memory of a played hour and of ten.

use std::path::Path;

use crate::{
    corpus::Corpus,
    monitor::Monitor,
    programs::{self, OURS},
    table::{Goal, Line, Measure, Peer},
};

/// Seconds that are played and then counted as a part of an hour.
const PLAYED: f64 = 20.0;

/// Seconds of processor time an hour, megabytes at most.
fn cost(monitor: &Monitor, program: &str, arguments: &[&str]) -> anyhow::Result<(f64, f64)> {
    let running = super::start::spawn(monitor, program, arguments, &monitor.home())?;
    let place = monitor.place();
    monitor.until_sound(place, std::time::Instant::now())?;
    monitor.wait(2.0)?;
    let before = programs::cpu_of_running(running.0.id())?;
    monitor.wait(PLAYED)?;
    let used = programs::cpu_of_running(running.0.id())? - before;
    let memory = programs::most_memory(running.0.id())?;
    Ok((used * 3600.0 / PLAYED, memory))
}

fn mpv<'a>(file: &'a Path, more: &[&'a str]) -> Vec<&'a str> {
    let mut arguments = vec!["--no-config", "--no-video", "--no-terminal", "--ao=pulse"];
    arguments.extend(more);
    arguments.push(programs::path(file));
    arguments
}

pub fn measure(corpus: &Corpus) -> anyhow::Result<Vec<Line>> {
    let monitor = Monitor::start()?;
    let (hour, ten) = (corpus.speech(1, "mp3")?, corpus.speech(10, "mp3")?);
    let mut lines = Vec::new();
    for (what, ours, theirs) in [("1x", "1", "--speed=1"), ("2x", "2", "--speed=2")] {
        let (own, _) = cost(&monitor, OURS, &["play", "--speed", ours, programs::path(&hour)])?;
        let peer = Peer::of("mpv", cost(&monitor, "mpv", &mpv(&hour, &[theirs])).map(|(cpu, _)| Measure::new(cpu, "s")));
        let line = Line::new("L5", format!("processor time an hour of playing, MP3, {what}"), Measure::new(own, "s"));
        lines.push(line.beside(peer).goal(Goal::RatioAtMost(0.5)));
    }
    let (_, small) = cost(&monitor, OURS, &["play", programs::path(&hour)])?;
    let (_, large) = cost(&monitor, OURS, &["play", programs::path(&ten)])?;
    let peer = Peer::of("mpv", cost(&monitor, "mpv", &mpv(&ten, &[])).map(|(_, memory)| Measure::new(memory, "MB")));
    let most = "memory of the whole program, 10 h of MP3";
    lines.push(Line::new("L6", most, Measure::new(large, "MB")).beside(peer));
    let same = Peer::Measured("the same, 1 h".to_owned(), Measure::new(small, "MB"));
    lines.push(Line::new("L6", most, Measure::new(large, "MB")).beside(same).goal(Goal::RatioAtMost(1.1)));
    lines.push(Line::new("L6", "ten hours in addition to one", Measure::new(large - small, "MB")).goal(Goal::AtMost(10.0)));
    Ok(lines)
}
