//! Where it was measured, and how quiet it was there.

use std::fs;

use super::world::World;

pub fn tell(world: &World) -> String {
    let cores = std::thread::available_parallelism().map_or(1, usize::from);
    let info = fs::read_to_string("/proc/cpuinfo").unwrap_or_default();
    let model =
        info.lines().find_map(|line| line.strip_prefix("model name")?.split_once(": ")).map_or("processor", |(_, name)| name);
    let made = if world.made { "made for this run" } else { "given" };
    let sqlite = rusqlite::version();
    format!("{} calls ({made}), SQLite {sqlite}, {cores} cores of {model}, {}", world.calls, load())
}

/// Processes that wanted a core, on average over one and five minutes.
pub fn load() -> String {
    let load = fs::read_to_string("/proc/loadavg").unwrap_or_default();
    let mut load = load.split_whitespace();
    format!("load {} (1 min), {} (5 min)", load.next().unwrap_or("?"), load.next().unwrap_or("?"))
}
