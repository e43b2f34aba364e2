//! G4: exact count of any filter.

use super::*;

const MOST_MS: f64 = 30.0;

pub fn measure(world: &World) -> anyhow::Result<Vec<Line>> {
    let mut result = Vec::new();
    let shapes = &world.shapes;
    for shape in [
        &shapes.everything,
        &shapes.week,
        &shapes.month_missed,
        &shapes.extension,
        &shapes.outcome,
        &shapes.four_digits,
        &shapes.nothing,
        &shapes.nothing_of_extension,
    ] {
        let ours = Measure::ms(count_ms(world, &shape.query)?);
        let mut peers = own(world, || vec![bare_count(world, shape)]);
        peers.extend(others(world, shape, Ask::Count));
        let what = format!("count, {} ({})", shape.name, found(world, &shape.query)?);
        result.extend(lines("G4", &what, ours, Bound::AtMost(MOST_MS), peers));
    }
    for (name, query) in super::worst::others_of_the_grammar(world) {
        let ours = Measure::ms(count_ms(world, &query)?);
        result.push(Line::new("G4", format!("count, {name}"), ours).goal(Bound::AtMost(MOST_MS)));
    }
    Ok(result)
}
