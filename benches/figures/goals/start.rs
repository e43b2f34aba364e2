//! G14: processor time until the first frame and the first page, the start of the process included.

use super::*;
use crate::{
    peers::{programs, texts},
    screen::{Screen, has_rows},
};

const RUNS: usize = 7;
const COLUMNS: u16 = 120;
const ROWS: u16 = 40;

fn anything(screen: &str) -> bool {
    !screen.trim().is_empty()
}

/// First frame, first page, and all that follows until the screen rests.
fn started(start: impl Fn() -> Screen) -> [f64; 3] {
    let mut runs: [Vec<f64>; 3] = Default::default();
    for _ in 0..RUNS {
        let screen = start();
        runs[0].push(screen.until("the first frame", anything));
        runs[1].push(screen.until("the first page", has_rows));
        screen.rest();
        runs[2].push(clock::milliseconds(screen.cpu()));
    }
    runs.map(|mut runs| clock::median(&mut runs))
}

pub fn measure(world: &World) -> anyhow::Result<Vec<Line>> {
    let [frame, page, all] = started(|| Screen::ours(&world.database, COLUMNS, ROWS));
    let first = Line::new("G14", "start to the first frame", Measure::ms(frame)).goal(Bound::RatioAtMost(2.0));
    let mut result = Vec::new();
    if world.wants(Peers::Own) {
        let program = std::env::current_exe()?;
        let [bare, ..] = started(|| Screen::other(&program, &["--bare-screen"], COLUMNS, ROWS));
        result.push(first.beside(Peer::Measured("bare ratatui".to_owned(), Measure::ms(bare))));
    } else {
        result.push(first);
    }
    result.push(Line::new("G14", "start to the first page", Measure::ms(page)).goal(Bound::AtMost(40.0)));
    result.push(Line::new("G14", "start until the screen rests", Measure::ms(all)));
    if world.wants(Peers::All) {
        let csv = texts::csv(world)?.display().to_string();
        for name in ["csvlens", "lnav"] {
            let measured = programs::find(&world.options, name).map(|program| {
                let screen = Screen::other(&program, &[&csv], COLUMNS, ROWS);
                let used = screen.until("rows", |screen| screen.lines().filter(|line| !line.trim().is_empty()).count() > 25);
                Measure::ms(used)
            });
            let name = format!("{name} on a CSV of the same calls");
            result.push(Line::new("G14", "start to the first page", Measure::ms(page)).beside(Peer::of(&name, measured)));
        }
    }
    Ok(result)
}
