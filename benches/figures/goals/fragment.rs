//! G6 and G7: parts of numbers.

use std::process::Command;

use callreel::domain::{actor::Scope, list::PageRequest};

use super::*;
use crate::peers::{lines as exchange, programs};

pub fn measure(world: &World) -> anyhow::Result<Vec<Line>> {
    let mut result = Vec::new();
    let shapes = &world.shapes;
    for shape in [&shapes.six_digits, &shapes.four_digits] {
        // What no call can have besides ends every list at once, so that nearly all of it is the finding of the numbers.
        let resolve = format!("{} date:2001-01-01", shape.query);
        let resolving = page_ms(world, &resolve)?;
        let like = || {
            let digits = shape.query.trim_start_matches("num:");
            let sql = format!("SELECT id FROM number WHERE canonical LIKE '%{digits}%'");
            Peer::of("LIKE on the numbers", clock::median_ms(|| read(world, &sql)).map(Measure::ms))
        };
        let what = format!("{}: resolve", shape.name);
        result.extend(lines("G6", &what, Measure::ms(resolving), Bound::AtMost(8.0), own(world, || vec![like()])));
        let what = format!("{} ({}): page in addition", shape.name, found(world, &shape.query)?);
        let page = page_ms(world, &shape.query)?;
        result.push(Line::new("G6", &what, Measure::ms((page - resolving).max(0.0))).goal(Bound::AtMost(10.0)));
        let count = count_ms(world, &shape.query)?;
        let what = format!("{}: count in addition", shape.name);
        result.push(Line::new("G6", &what, Measure::ms((count - resolving).max(0.0))).goal(Bound::AtMost(10.0)));
        let what = format!("{}: count", shape.name);
        let mut peers = own(world, || vec![bare_count(world, shape)]);
        peers.extend(others(world, shape, Ask::Count));
        peers.extend(searched(world, shape));
        result.extend(lines("G6", &what, Measure::ms(count), Bound::None, peers));
    }
    Ok(result)
}

/// The same digits in the files of the exchange.
fn searched(world: &World, shape: &Shape) -> Vec<Peer> {
    if !world.wants(Peers::All) {
        return Vec::new();
    }
    let digits = shape.query.trim_start_matches("num:");
    ["rg", "grep"]
        .map(|program| {
            let measured = || {
                let program = programs::find(&world.options, program)?;
                let file = exchange::master(world)?;
                let ran = (0..3).map(|_| Ok(programs::run(Command::new(&program).args(["-c", digits]).arg(&file))?.cpu));
                let mut times = ran.map(|cpu| cpu.map(clock::milliseconds)).collect::<anyhow::Result<Vec<_>>>()?;
                Ok(Measure::ms(clock::median(&mut times)))
            };
            Peer::of(&format!("{program} in {} lines", world.options.lines), measured())
        })
        .to_vec()
}

fn read(world: &World, sql: &str) -> anyhow::Result<()> {
    let mut statement = world.bare.prepare_cached(sql)?;
    let mut rows = statement.query([])?;
    while rows.next()?.is_some() {}
    Ok(())
}

pub fn measure_month(world: &World) -> anyhow::Result<Vec<Line>> {
    let shape = &world.shapes.month_digits;
    let request = world.request(&shape.query)?;
    let page = clock::median_ms_of(&world.runtime, || page(world, request.clone()))?;
    let ours = Measure::ms(page + all_ms(world, &shape.query)?);
    let by_hand = || {
        let sql = bare::page_sql(shape, None, 0);
        clock::median_ms(|| {
            bare::page(&world.bare, &sql)?;
            bare::count(&world.bare, shape)?;
            bare::all(&world.bare, shape).map(drop)
        })
    };
    let mut peers = own(world, || vec![Peer::of("bare SQL", by_hand().map(Measure::ms))]);
    peers.extend(others(world, shape, Ask::All));
    let what = format!("{} ({}): page, count, sums, facets", shape.name, found(world, &shape.query)?);
    Ok(lines("G7", &what, ours, Bound::AtMost(15.0), peers))
}

async fn page(world: &World, request: PageRequest) -> anyhow::Result<callreel::domain::list::Page> {
    Ok(world.store().page(Scope::Company, request).await?)
}
