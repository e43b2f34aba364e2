//! G13: bytes a key at 80x24 in 256 colours on a remote line.

use std::path::Path;

use super::*;
use crate::{
    peers::{programs, texts},
    screen::{DOWN, HOME, PAGE_DOWN, REDRAW, Screen, Step, has_rows},
};

const STEPS: usize = 7;
const TIMES: usize = 15;
/// Rows of the CSV that viewers show.
const ROWS: u64 = 100_000;

#[derive(Clone, Copy)]
struct Keys {
    step: Step,
    scroll: Step,
    page: Step,
    full: Step,
}

/// Name, bytes, goal.
type Figure = (&'static str, fn(&Keys) -> u64, f64);

fn typed(screen: &mut Screen, home: &str, redraw: &str) -> Keys {
    screen.rest();
    let step = screen.keys(DOWN, STEPS);
    // To the last row of the screen, wherever that is.
    for _ in 0..24 {
        screen.pty.send(DOWN);
    }
    screen.rest();
    let scroll = screen.keys(DOWN, TIMES);
    screen.pty.send(home);
    screen.rest();
    let page = screen.keys(PAGE_DOWN, TIMES);
    let full = screen.keys(redraw, 5);
    Keys { step, scroll, page, full }
}

pub fn measure(world: &World) -> anyhow::Result<Vec<Line>> {
    let mut ours = Screen::ours(&world.database, 80, 24);
    ours.until("the list", has_rows);
    let keys = typed(&mut ours, HOME, REDRAW);
    drop(ours);
    let mut result = Vec::new();
    let figures: [Figure; 5] = [
        ("step", |keys| keys.step.bytes, 60.0),
        ("detail after a step", |keys| keys.step.later, 100.0),
        ("scroll by 1", |keys| keys.scroll.bytes, 220.0),
        ("page down", |keys| keys.page.bytes, 2_000.0),
        ("full frame", |keys| keys.full.bytes, 2_700.0),
    ];
    let mut peers: Vec<(&str, anyhow::Result<Keys>)> = Vec::new();
    if world.wants(Peers::Own) {
        let program = std::env::current_exe()?;
        peers.push(("bare ratatui", other(&program, &["--bare-screen"], HOME, REDRAW)));
    }
    if world.wants(Peers::All) {
        let csv = texts::head(world, ROWS)?.display().to_string();
        let viewer = |name| programs::find(&world.options, name).and_then(|program| other(&program, &[&csv], "g", REDRAW));
        peers.push(("csvlens", viewer("csvlens")));
        peers.push(("lnav", viewer("lnav")));
    }
    for (name, of, most) in figures {
        let bytes = Measure::count(of(&keys), "B");
        result.push(Line::new("G13", format!("{name}, 80x24"), bytes).goal(Bound::AtMost(most)));
        for (peer, typed) in &peers {
            let measured = match typed {
                Ok(keys) => Ok(Measure::count(of(keys), "B")),
                Err(why) => Err(anyhow::anyhow!("{why:#}")),
            };
            if name != "detail after a step" {
                result.push(Line::new("G13", format!("{name}, 80x24"), bytes).beside(Peer::of(peer, measured)));
            }
        }
    }
    result.push(Line::new("G13", "processor time of a step", Measure::ms(keys.step.cpu_ms)));
    Ok(result)
}

fn other(program: &Path, arguments: &[&str], home: &str, redraw: &str) -> anyhow::Result<Keys> {
    let mut screen = Screen::other(program, arguments, 80, 24);
    screen.until("rows", |screen| screen.lines().filter(|line| !line.trim().is_empty()).count() > 15);
    Ok(typed(&mut screen, home, redraw))
}
