//! G5: count, sums, all facets and the heat map.

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
    Ok(result)
}
