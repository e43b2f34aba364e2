//! L2, L3: a player that runs already. Seek to sound, pause to silence, resume to sound.

use std::time::{Duration, Instant};

use callreel::playback::Command;
use serde_json::json;

use super::RUNS;
use crate::{
    clock,
    corpus::{Corpus, TONE},
    monitor::Monitor,
    mpv::Mpv,
    own::Own,
    table::{Goal, Line, Measure, Peer},
};

/// What can be asked of a running player.
trait Steered {
    fn seek(&mut self, seconds: f64) -> anyhow::Result<()>;
    fn pause(&mut self, pause: bool) -> anyhow::Result<()>;
}

impl Steered for Own {
    fn seek(&mut self, seconds: f64) -> anyhow::Result<()> {
        self.send(Command::Seek(seconds));
        Ok(())
    }

    fn pause(&mut self, pause: bool) -> anyhow::Result<()> {
        self.send(if pause { Command::Pause } else { Command::Play });
        Ok(())
    }
}

impl Steered for Mpv {
    fn seek(&mut self, seconds: f64) -> anyhow::Result<()> {
        self.send(json!(["seek", seconds, "absolute+exact"]))
    }

    fn pause(&mut self, pause: bool) -> anyhow::Result<()> {
        self.send(json!(["set_property", "pause", pause]))
    }
}

/// Medians in milliseconds.
struct Times {
    seek: f64,
    pause: f64,
    resume: f64,
}

fn times(monitor: &Monitor, player: &mut impl Steered) -> anyhow::Result<Times> {
    let (mut seek, mut pause, mut resume) = (Vec::new(), Vec::new(), Vec::new());
    for run in 0..RUNS {
        player.seek(1.0)?;
        monitor.wait(0.8)?;
        let (place, begun) = (monitor.place(), Instant::now());
        player.seek(TONE + 200.0 * (run + 1) as f64)?;
        seek.push(monitor.until_sound(place, begun)?);
        monitor.wait(0.8)?;
        let (place, begun) = (monitor.place(), Instant::now());
        player.pause(true)?;
        pause.push(monitor.until_silence(place, begun)?);
        monitor.wait(0.5)?;
        let (place, begun) = (monitor.place(), Instant::now());
        player.pause(false)?;
        resume.push(monitor.until_sound(place, begun)?);
        std::thread::sleep(Duration::from_millis(300));
    }
    Ok(Times { seek: clock::median(&mut seek), pause: clock::median(&mut pause), resume: clock::median(&mut resume) })
}

pub fn measure(corpus: &Corpus) -> anyhow::Result<Vec<Line>> {
    let monitor = Monitor::start()?;
    let mut lines = Vec::new();
    for (suffix, what) in [("mp3", "1 h of MP3"), ("wav", "1 h of WAV")] {
        let file = corpus.tone(suffix)?;
        let mut own = Own::play(&monitor.server(), &file)?;
        let ours = times(&monitor, &mut own)?;
        drop(own);
        monitor.wait(0.5)?;
        let theirs = Mpv::play(&monitor, &file, &[]).and_then(|mut mpv| times(&monitor, &mut mpv));
        monitor.wait(0.5)?;
        let peer = |of: fn(&Times) -> f64| {
            Peer::of("mpv", theirs.as_ref().map(|times| Measure::ms(of(times))).map_err(|why| anyhow::anyhow!("{why:#}")))
        };
        let goal = if suffix == "mp3" { Goal::RatioAtMost(0.2) } else { Goal::None };
        lines.push(Line::new("L2", format!("seek to sound, {what}"), Measure::ms(ours.seek)).beside(peer(|t| t.seek)).goal(goal));
        lines.push(Line::new("L2", format!("seek to sound, {what}"), Measure::ms(ours.seek)).goal(Goal::AtMost(30.0)));
        let near = Goal::RatioAtMost(1.5);
        lines.push(
            Line::new("L3", format!("pause to silence, {what}"), Measure::ms(ours.pause)).beside(peer(|t| t.pause)).goal(near),
        );
        let resumed = Line::new("L3", format!("resume to sound, {what}"), Measure::ms(ours.resume));
        lines.push(resumed.beside(peer(|t| t.resume)).goal(near));
    }
    Ok(lines)
}
