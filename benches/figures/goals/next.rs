//! G2: the next page at any depth.

use anyhow::Context;
use callreel::domain::{
    actor::Scope,
    list::{Cursor, PageRequest},
};

use super::*;

pub fn measure(world: &World) -> anyhow::Result<Vec<Line>> {
    let mut lines = Vec::new();
    let shape = &world.shapes.everything;
    let first = world.request("")?;
    for percent in [10, 50, 99] {
        let depth = usize::try_from(world.calls * percent / 100)?;
        let key: i64 = world
            .bare
            .query_row("SELECT id FROM call ORDER BY id DESC LIMIT 1 OFFSET ?1", [depth], |row| row.get(0))
            .context("a call at that depth")?;
        let mut request = world.request("")?;
        request.after = Some(Cursor { value: None, text: None, key });
        let page = |request: &PageRequest| Ok(world.wait(world.store().page(Scope::Company, request.clone())).map(drop)?);
        let (ours, first) = clock::duel_ms(|| page(&request), || page(&first))?;
        let ours = Measure::ms(ours);
        let what = format!("next page at {percent} % of the list");
        lines.push(
            Line::new("G2", &what, ours)
                .beside(Peer::Measured("our first page".to_owned(), Measure::ms(first)))
                .goal(Bound::RatioAtMost(1.2)),
        );
        if world.wants(Peers::Own) {
            let sql = bare::page_sql(shape, None, depth);
            let offset = clock::median_ms(|| bare::page(&world.bare, &sql).map(drop)).map(Measure::ms);
            lines.push(Line::new("G2", &what, ours).beside(Peer::of("the same by OFFSET", offset)));
        }
    }
    Ok(lines)
}
