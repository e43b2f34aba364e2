//! G16: memory of the console after a filter by digits, a sort and some pages.

use std::fs;

use anyhow::Context;

use super::*;
use crate::{
    peers::{programs, texts},
    screen::{END, PAGE_DOWN, Screen, has_rows},
};

pub fn measure(world: &World) -> anyhow::Result<Vec<Line>> {
    let mut screen = Screen::ours(&world.database, 120, 40);
    screen.until("the list", has_rows);
    for keys in ["/", &world.shapes.four_digits.query, "\r", PAGE_DOWN, PAGE_DOWN, END, "/", " sort:-talk", "\r", PAGE_DOWN] {
        screen.key(keys);
    }
    let (private, mapped) = memory(&screen)?;
    drop(screen);
    let ours = Measure::new(private, "MB");
    let mut result = vec![
        Line::new("G16", "console: private memory", ours).goal(Bound::AtMost(100.0)),
        Line::new("G16", "console: mapped files in memory", Measure::new(mapped, "MB")),
    ];
    if world.wants(Peers::Own) {
        let bare = Screen::other(&std::env::current_exe()?, &["--bare-screen"], 120, 40);
        bare.until("the list", has_rows);
        bare.rest();
        let bare = memory(&bare).map(|(private, _)| Measure::new(private, "MB"));
        result.push(Line::new("G16", "console: private memory", ours).beside(Peer::of("bare ratatui", bare)));
    }
    if world.wants(Peers::All) {
        let csv = texts::csv(world)?.display().to_string();
        let measured = programs::find(&world.options, "csvlens").and_then(|program| {
            let mut screen = Screen::other(&program, &[&csv], 120, 40);
            screen.until("rows", |screen| screen.lines().filter(|line| !line.trim().is_empty()).count() > 25);
            screen.key("G");
            memory(&screen).map(|(private, _)| Measure::new(private, "MB"))
        });
        let peer = Peer::of("csvlens on a CSV of the same calls", measured);
        result.push(Line::new("G16", "console: private memory", ours).beside(peer));
    }
    Ok(result)
}

/// Megabytes of its own, and of files that it mapped and the system may take back.
fn memory(screen: &Screen) -> anyhow::Result<(f64, f64)> {
    let told = fs::read_to_string(format!("/proc/{}/smaps_rollup", screen.pty.process().as_raw_nonzero()))?;
    let field = |name: &str| -> anyhow::Result<f64> {
        let line = told.lines().find_map(|line| line.strip_prefix(name)).with_context(|| format!("{name} in smaps_rollup"))?;
        Ok(line.trim().trim_end_matches(" kB").parse::<f64>()? * 1024.0 / 1e6)
    };
    let (own, all) = (field("Anonymous:")?, field("Rss:")?);
    Ok((own, all - own))
}
