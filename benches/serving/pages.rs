//! The first page of the list, as the console asks for it.

use std::time::Duration;

use crate::{
    asking::{get, load},
    bare,
    served::Served,
    table::{Line, Measure, Peer},
    world::PAGE,
};

const CLIENTS: [usize; 3] = [1, 8, 32];

pub fn measure(served: &Served, time: Duration) -> anyhow::Result<Vec<Line>> {
    let folder = tempfile::tempdir()?;
    let most = CLIENTS.into_iter().max().unwrap_or(1);
    let bare = bare::serve(&served.runtime, &served.database, folder.path(), most)?;
    let ours = get(&format!("/api/v1/calls?limit={PAGE}"), &served.token);
    let theirs = get("/page", "-");
    let mut lines = Vec::new();
    for (place, peer) in [&served.network, &served.socket].into_iter().zip(&bare) {
        for clients in CLIENTS {
            let mine = load(place, &ours, clients, time)?;
            let other = load(peer, &theirs, clients, time)?;
            let what = |what: &str| format!("{}, {clients} client{}: {what}", place.word(), if clients == 1 { "" } else { "s" });
            let line = |text: &str, mine: f64, other: f64, unit| {
                let peer = Peer::Measured("bare axum handler".to_owned(), Measure::new(other, unit));
                Line::new("S1", what(text), Measure::new(mine, unit)).beside(peer)
            };
            lines.extend([
                line("pages a second", mine.per_second, other.per_second, "/s"),
                line("p50", mine.p50_ms, other.p50_ms, "ms"),
                line("p99", mine.p99_ms, other.p99_ms, "ms"),
                line("processor time, both ends", mine.cpu_ms, other.cpu_ms, "ms"),
            ]);
            if lines.len() == 4 {
                lines.push(line("bytes of the answer", mine.length as f64, other.length as f64, "B"));
            }
        }
    }
    Ok(lines)
}
