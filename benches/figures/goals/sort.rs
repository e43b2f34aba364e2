//! G8: lists by talk time or size.

use super::*;

pub fn measure(world: &World) -> anyhow::Result<Vec<Line>> {
    let mut result = Vec::new();
    let shapes = &world.shapes;
    for shape in [&shapes.quarter_talk, &shapes.quarter_size] {
        let what = format!("{} ({})", shape.name, found(world, &shape.query)?);
        let page = page_ms(world, &shape.query)?;
        let mut peers = own(world, || vec![bare_page(world, shape)]);
        peers.extend(others(world, shape, Ask::Page));
        result.extend(lines("G8", &format!("page, {what}"), Measure::ms(page), Bound::None, peers));
        let whole = Measure::ms(page + all_ms(world, &shape.query)?);
        result.push(Line::new("G8", format!("page, count, sums, {what}"), whole).goal(Bound::AtMost(5.0)));
    }
    Ok(result)
}
