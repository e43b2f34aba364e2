//! One file a goal; each gives its lines.

mod all;
mod console;
mod count;
mod disk;
mod fragment;
mod idle;
mod import;
mod keys;
mod memory;
mod next;
mod page;
mod requests;
mod sort;
mod start;
mod worst;

use callreel::domain::actor::Scope;

use super::{
    clock,
    options::Peers,
    peers::{self, Ask, bare, naive},
    shapes::Shape,
    table::{Goal as Bound, Line, Measure, Peer},
    world::World,
};

pub struct Goal {
    pub number: &'static str,
    pub name: &'static str,
    /// Without a name on the command line.
    pub by_default: bool,
    pub measure: fn(&World) -> anyhow::Result<Vec<Line>>,
}

const fn goal(number: &'static str, name: &'static str, measure: fn(&World) -> anyhow::Result<Vec<Line>>) -> Goal {
    Goal { number, name, by_default: true, measure }
}

pub const GOALS: &[Goal] = &[
    goal("G1", "page", page::measure),
    goal("G2", "next", next::measure),
    goal("G3", "worst", worst::measure),
    goal("G4", "count", count::measure),
    goal("G5", "all", all::measure),
    goal("G6", "frag", fragment::measure),
    goal("G7", "month-frag", fragment::measure_month),
    goal("G8", "sort", sort::measure),
    goal("G9", "import", import::measure),
    goal("G10", "import-big", import::measure_big),
    goal("G11", "tower", requests::measure_in_process),
    goal("G12", "http", requests::measure_loopback),
    goal("G13", "keys", keys::measure),
    goal("G14", "start", start::measure),
    goal("G15", "idle", idle::measure),
    goal("G16", "memory", memory::measure),
    goal("G17", "disk", disk::measure),
    // Beside other programs on all calls: takes minutes.
    Goal { number: "-", name: "console", by_default: false, measure: console::measure },
];

/// Milliseconds of our page.
fn page_ms(world: &World, query: &str) -> anyhow::Result<f64> {
    let request = world.request(query)?;
    clock::median_ms_of(&world.runtime, || async { Ok(world.store().page(Scope::Company, request.clone()).await?) })
}

/// Milliseconds of our exact count.
fn count_ms(world: &World, query: &str) -> anyhow::Result<f64> {
    let filter = world.prepared(query)?.filter;
    clock::median_ms_of(&world.runtime, || async { Ok(world.store().count(Scope::Company, filter.clone(), None).await?) })
}

/// How many calls a query finds.
fn found(world: &World, query: &str) -> anyhow::Result<u64> {
    Ok(world.wait(world.store().count(Scope::Company, world.prepared(query)?.filter, None))?.count)
}

/// Milliseconds of everything that a screen shows of a query besides the page: count, sums, facets, heat map, days.
fn all_ms(world: &World, query: &str) -> anyhow::Result<f64> {
    summary_ms(world, query, &["direction", "route", "outcome", "extension", "agent", "group", "projects", "queue", "mode"])
}

fn summary_ms(world: &World, query: &str, fields: &[&str]) -> anyhow::Result<f64> {
    let filter = world.prepared(query)?.filter;
    let fields: Vec<String> = fields.iter().map(|field| (*field).to_owned()).collect();
    clock::median_ms_of(&world.runtime, || async {
        Ok(world.store().summary(Scope::Company, filter.clone(), fields.clone()).await?)
    })
}

/// Milliseconds of the sums of each value of a field.
fn breakdown_ms(world: &World, query: &str, field: &str) -> anyhow::Result<f64> {
    let filter = world.prepared(query)?.filter;
    clock::median_ms_of(&world.runtime, || async {
        Ok(world.store().breakdown(Scope::Company, filter.clone(), field.to_owned()).await?)
    })
}

fn bare_page(world: &World, shape: &Shape) -> Peer {
    let sql = bare::page_sql(shape, None, 0);
    Peer::of("bare SQL", clock::median_ms(|| bare::page(&world.bare, &sql).map(drop)).map(Measure::ms))
}

fn bare_count(world: &World, shape: &Shape) -> Peer {
    Peer::of("bare SQL", clock::median_ms(|| bare::count(&world.bare, shape).map(drop)).map(Measure::ms))
}

fn bare_all(world: &World, shape: &Shape) -> Peer {
    Peer::of("bare SQL", clock::median_ms(|| bare::all(&world.bare, shape).map(drop)).map(Measure::ms))
}

fn wide(world: &World, shape: &Shape, ask: Ask) -> Peer {
    Peer::of("one wide table", naive::ask(world, &ask.sql(shape)).map(Measure::ms))
}

/// Ours once with a goal of its own, then beside each peer.
fn lines(number: &'static str, what: &str, ours: Measure, goal: Bound, peers: Vec<Peer>) -> Vec<Line> {
    let mut lines = Vec::new();
    if goal != Bound::None || peers.is_empty() {
        lines.push(Line::new(number, what, ours).goal(goal));
    }
    lines.extend(peers.into_iter().map(|peer| Line::new(number, what, ours).beside(peer)));
    lines
}

/// Own peers only where they are wanted.
fn own(world: &World, peers: impl FnOnce() -> Vec<Peer>) -> Vec<Peer> {
    if world.wants(Peers::Own) { peers() } else { Vec::new() }
}

/// Of the other databases.
fn others(world: &World, shape: &Shape, ask: Ask) -> Vec<Peer> {
    peers::databases(world, shape, ask)
}
