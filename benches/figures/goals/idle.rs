//! G15: ten seconds without a key.

use std::time::Duration;

use super::*;
use crate::{
    peers::{programs, texts},
    screen::{Screen, has_rows},
};

const TIME: Duration = Duration::from_secs(10);
const ROWS: u64 = 100_000;

fn watched(screen: &Screen) -> (u64, f64) {
    screen.rest();
    let (bytes, cpu, start) = (screen.pty.bytes_written(), screen.cpu(), std::time::Instant::now());
    // A program that writes ends the waiting early: go on until the time is over.
    while let Some(left) = TIME.checked_sub(start.elapsed()).filter(|left| !left.is_zero()) {
        screen.pty.idle(left);
    }
    (screen.pty.bytes_written() - bytes, clock::milliseconds(screen.cpu().saturating_sub(cpu)))
}

pub fn measure(world: &World) -> anyhow::Result<Vec<Line>> {
    let screen = Screen::ours(&world.database, 80, 24);
    screen.until("the list", has_rows);
    let (bytes, cpu) = watched(&screen);
    drop(screen);
    let bytes = Line::new("G15", "idle 10 s", Measure::count(bytes, "B")).goal(Bound::AtMost(0.0));
    let cpu = Line::new("G15", "idle 10 s", Measure::ms(cpu)).goal(Bound::AtMost(1.0));
    let mut result = vec![bytes.clone(), cpu.clone()];
    if world.wants(Peers::All) {
        let csv = texts::head(world, ROWS)?.display().to_string();
        for name in ["csvlens", "lnav"] {
            let measured = programs::find(&world.options, name).map(|program| {
                let screen = Screen::other(&program, &[&csv], 80, 24);
                screen.until("rows", |screen| screen.lines().filter(|line| !line.trim().is_empty()).count() > 15);
                watched(&screen)
            });
            let of = |line: &Line, peer| Line::new("G15", line.what.clone(), line.ours).beside(peer);
            match measured {
                Ok((written, used)) => {
                    result.push(of(&bytes, Peer::Measured(name.to_owned(), Measure::count(written, "B"))));
                    result.push(of(&cpu, Peer::Measured(name.to_owned(), Measure::ms(used))));
                }
                Err(why) => result.push(of(&bytes, Peer::Absent(name.to_owned(), format!("{why:#}")))),
            }
        }
    }
    Ok(result)
}
