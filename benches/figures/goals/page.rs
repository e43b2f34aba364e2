//! G1: a page of 50 by time, extension or outcome.

use callreel::domain::actor::Scope;

use super::*;

const STEPS: f64 = 10_000.0;

pub fn measure(world: &World) -> anyhow::Result<Vec<Line>> {
    let mut lines = Vec::new();
    let shapes = &world.shapes;
    for shape in [&shapes.everything, &shapes.extension, &shapes.outcome, &shapes.month_missed] {
        let what = format!("page, {}", shape.name);
        let counting = world.counting()?;
        counting.steps.take();
        world.wait(counting.store.page(Scope::Company, world.request(&shape.query)?))?;
        let steps = counting.steps.take();
        let bare_steps = || {
            let sql = bare::page_sql(shape, None, 0);
            Peer::of("bare SQL", bare::steps(&world.bare, &sql).map(|steps| Measure::count(steps, "steps")))
        };
        let line = Line::new("G1", &what, Measure::count(steps.vm, "steps")).goal(Bound::AtMost(STEPS));
        lines.push(if world.wants(Peers::Own) { line.beside(bare_steps()) } else { line });
        lines.push(Line::new("G1", &what, Measure::count(steps.full_scan, "scan steps")).goal(Bound::AtMost(0.0)));
        let ours = Measure::ms(page_ms(world, &shape.query)?);
        let line = Line::new("G1", &what, ours).goal(Bound::RatioAtMost(1.3));
        lines.push(if world.wants(Peers::Own) { line.beside(bare_page(world, shape)) } else { line });
        let mut peers = own(world, || vec![wide(world, shape, Ask::Page)]);
        peers.extend(others(world, shape, Ask::Page));
        lines.extend(peers.into_iter().map(|peer| Line::new("G1", &what, ours).beside(peer)));
    }
    Ok(lines)
}
