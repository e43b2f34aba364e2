//! G3: a page of any filter and sort, also where nothing is found.

use super::*;

const MOST_MS: f64 = 30.0;

pub fn measure(world: &World) -> anyhow::Result<Vec<Line>> {
    let mut result = Vec::new();
    let shapes = &world.shapes;
    for shape in [&shapes.nothing, &shapes.nothing_of_extension, &shapes.all_talk, &shapes.quarter_size] {
        let peers = own(world, || vec![bare_page(world, shape)]);
        let ours = Measure::ms(page_ms(world, &shape.query)?);
        result.extend(lines("G3", &format!("page, {}", shape.name), ours, Bound::AtMost(MOST_MS), peers));
    }
    // Without a twin in SQL: unions, negations, names, hours, and many at once.
    for (name, query) in others_of_the_grammar(world) {
        let ours = Measure::ms(page_ms(world, &query)?);
        result.push(Line::new("G3", format!("page, {name}"), ours).goal(Bound::AtMost(MOST_MS)));
    }
    Ok(result)
}

/// What the language can ask besides.
pub fn others_of_the_grammar(world: &World) -> Vec<(&'static str, String)> {
    let four = &world.shapes.four_digits.query;
    vec![
        ("2 digits", "num:50 -is:answered".to_owned()),
        ("not 4 digits, by wait", format!("-{four} sort:-wait")),
        ("nights or weekends, by number", "time:22:00..06:00 OR day:sat,sun sort:from".to_owned()),
        ("agents by name, long, by size", "agent:an talk:>5m sort:-size".to_owned()),
        ("three branches", format!("({four} OR is:busy OR talk:>1h) -dir:internal is:recorded")),
    ]
}
