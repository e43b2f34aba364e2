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
        // The first one reads what is kept from then on.
        world.wait(counting.store.page(Scope::Company, world.request(&shape.query)?))?;
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
        let ours = if world.wants(Peers::Own) {
            let (request, sql) = (world.request(&shape.query)?, bare::page_sql(shape, None, 0));
            let (ours, by_hand) = clock::duel_ms(
                || Ok(world.wait(world.store().page(Scope::Company, request.clone())).map(drop)?),
                || bare::page(&world.bare, &sql).map(drop),
            )?;
            let peer = Peer::Measured("bare SQL".to_owned(), Measure::ms(by_hand));
            lines.push(Line::new("G1", &what, Measure::ms(ours)).beside(peer).goal(Bound::RatioAtMost(1.3)));
            Measure::ms(ours)
        } else {
            let ours = Measure::ms(page_ms(world, &shape.query)?);
            lines.push(Line::new("G1", &what, ours).goal(Bound::RatioAtMost(1.3)));
            ours
        };
        let mut peers = own(world, || vec![wide(world, shape, Ask::Page)]);
        peers.extend(others(world, shape, Ask::Page));
        lines.extend(peers.into_iter().map(|peer| Line::new("G1", &what, ours).beside(peer)));
    }
    let nothing = clock::median_ms_of(&world.runtime, || async { Ok(world.store().newest_key().await?) })?;
    lines.push(Line::new("G1", "of it: to a reader's thread and back", Measure::ms(nothing)));
    Ok(lines)
}
