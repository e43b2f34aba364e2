//! G5: count, sums, all facets and the heat map; sums by value.

use super::*;

pub fn measure(world: &World) -> anyhow::Result<Vec<Line>> {
    let mut result = Vec::new();
    let shapes = &world.shapes;
    let goals = [(&shapes.everything, Bound::AtMost(80.0)), (&shapes.week, Bound::AtMost(1.0)), (&shapes.extension, Bound::None)];
    for (shape, goal) in goals {
        let what = format!("count, sums, facets, heat map: {}", shape.name);
        let ours = Measure::ms(all_ms(world, &shape.query)?);
        result.extend(lines("G5", &what, ours, goal, own(world, || vec![bare_all(world, shape)])));
        for peer in others(world, shape, Ask::All) {
            let judged = peer.name() == "DuckDB" && goal != Bound::None;
            let line = Line::new("G5", &what, ours).beside(peer);
            result.push(if judged { line.goal(Bound::RatioAtMost(0.125)) } else { line });
        }
    }
    for field in ["direction", "length", "hour", "day", "agents", "extension", "extensions", "tags", "customer"] {
        for shape in [&shapes.everything, &shapes.week] {
            let ours = Measure::ms(breakdown_ms(world, &shape.query, field)?);
            result.push(Line::new("G5", format!("sums by {field}: {}", shape.name), ours));
        }
    }
    let fields = ["direction", "outcome", "agents", "groups", "queue", "length", "recorded", "tags", "projects"];
    for shape in [&shapes.everything, &shapes.week, &shapes.extension] {
        let ours = Measure::ms(summary_ms(world, &shape.query, &fields)?);
        result.push(Line::new("G5", format!("what a list shows beside it: {}", shape.name), ours));
    }
    Ok(result)
}
