//! The console on all calls, key by key, beside viewers of a CSV with the same calls.

use std::{
    path::Path,
    time::{Duration, Instant},
};

use super::*;
use crate::{
    peers::{programs, texts},
    screen::{DOWN, END, HOME, Screen, has_rows},
};

const TYPED: &str = "/num:5012 is:missed date:2026-10";
const ROWS: usize = 1_000;
/// A viewer that reads everything into memory gets no more lines.
const FEWER: u64 = 1_000_000;

pub fn measure(world: &World) -> anyhow::Result<Vec<Line>> {
    let mut screen = Screen::ours(&world.database, 120, 40);
    screen.until("the list", has_rows);
    screen.rest();
    let mut typed = Vec::new();
    for key in TYPED.chars() {
        typed.push((screen.key(&key.to_string()).cpu_ms, key));
    }
    println!("  {}", typed.iter().map(|(cpu, key)| format!("{key} {cpu:.1}")).collect::<Vec<_>>().join("  "));
    let worst = typed.iter().copied().max_by(|left, right| left.0.total_cmp(&right.0)).unwrap_or_default();
    let mut each: Vec<f64> = typed.iter().map(|(cpu, _)| *cpu).collect();
    screen.key("\x1b");
    screen.key("\x1b");
    screen.key("\x1b");
    let ours = walked(&mut screen, &[("End", END), ("Home", HOME), ("sort by talk time", "/sort:-talk\r")]);
    drop(screen);
    let mut result = vec![
        Line::new("-", format!("typing {TYPED}: median key"), Measure::ms(clock::median(&mut each))),
        Line::new("-", format!("  worst key, {:?}", worst.1), Measure::ms(worst.0)).goal(Bound::AtMost(50.0)),
    ];
    let mut peers = Vec::new();
    if world.wants(Peers::All) {
        let all = texts::csv(world)?;
        let fewer = if world.calls > FEWER { texts::head(world, FEWER)? } else { all.clone() };
        peers.push(("csvlens", viewer(world, "csvlens", &[], &all, &[("End", "G"), ("Home", "g")])));
        let visidata = [("End", "G"), ("Home", "gg"), ("sort by talk time", "ctalk_ds\r]")];
        peers.push(("visidata (1,000,000 at most)", viewer(world, "vd", &["--nothing"], &fewer, &visidata)));
    }
    for (name, cpu) in &ours {
        let line = Line::new("-", name.clone(), Measure::ms(*cpu));
        result.push(line.clone());
        for (peer, walked) in &peers {
            let measured = match walked {
                Ok(walked) => walked
                    .iter()
                    .find(|(other, _)| other == name)
                    .map(|(_, cpu)| Measure::ms(*cpu))
                    .ok_or_else(|| anyhow::anyhow!("no such key")),
                Err(why) => Err(anyhow::anyhow!("{why:#}")),
            };
            result.push(line.clone().beside(Peer::of(peer, measured)));
        }
    }
    Ok(result)
}

/// Processor time of each row of a walk down the list, and of each key after it.
fn walked(screen: &mut Screen, keys: &[(&str, &str)]) -> Vec<(String, f64)> {
    let before = screen.cpu();
    for _ in 0..ROWS {
        let bytes = screen.pty.bytes_written();
        screen.pty.send(DOWN);
        let start = Instant::now();
        while screen.pty.bytes_written() == bytes && start.elapsed() < Duration::from_secs(2) {
            screen.pty.idle(Duration::from_millis(20));
        }
    }
    screen.rest();
    let used = clock::milliseconds(screen.cpu().saturating_sub(before)) / ROWS as f64;
    let mut walked = vec![(format!("a row of {ROWS} down"), used)];
    for (name, keys) in keys {
        walked.push(((*name).to_owned(), screen.key(keys).cpu_ms));
    }
    walked
}

fn viewer(
    world: &World,
    program: &str,
    arguments: &[&str],
    csv: &Path,
    keys: &[(&str, &str)],
) -> anyhow::Result<Vec<(String, f64)>> {
    let program = programs::find(&world.options, program)?;
    let path = csv.display().to_string();
    let arguments: Vec<&str> = arguments.iter().copied().chain([path.as_str()]).collect();
    let mut screen = Screen::other(&program, &arguments, 120, 40);
    screen.until("rows", |screen| screen.lines().filter(|line| !line.trim().is_empty()).count() > 25);
    screen.rest();
    Ok(walked(&mut screen, keys))
}
