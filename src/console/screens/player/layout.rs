//! Where things stand on the player's screen. A rectangle without lines: there is no room for it, or no need.

use ratatui::layout::Rect;

/// What is to be placed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Wanted {
    /// Lanes of the waveform: none without a recording, else one or two.
    pub lanes: u8,
    /// Lines of what went wrong.
    pub trouble: u16,
    /// Only a part of the recording is shown.
    pub zoomed: bool,
    /// There is something to say in the panel of facts.
    pub facts: bool,
}

/// The parts, from top to bottom.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Places {
    /// The rule that names the upper lane and tells how one hears.
    pub above: Rect,
    pub upper: Rect,
    pub middle: Rect,
    pub lower: Rect,
    pub marks: Rect,
    pub ruler: Rect,
    /// The rule that names the lower lane and tells the zoom.
    pub below: Rect,
    pub state: Rect,
    pub trouble: Rect,
    pub overview: Rect,
    /// The rule over the list, then the list.
    pub heading: Rect,
    pub list: Rect,
    pub facts_heading: Rect,
    pub facts: Rect,
}

/// Columns from which facts stand beside the list.
const WIDE: u16 = 110;
/// Columns of the facts.
const FACTS: u16 = 48;
/// Highest lane.
const LANE: u16 = 6;

/// Divides the area below the title.
pub fn places(area: Rect, wanted: Wanted) -> Places {
    let mut places = Places::default();
    let mut y = area.y;
    let mut take = |lines: u16, inset: u16| {
        let lines = lines.min(area.bottom().saturating_sub(y));
        let place = Rect::new(area.x + inset.min(area.width), y, area.width.saturating_sub(2 * inset), lines);
        y += lines;
        place
    };
    let low = area.height < 16;
    if wanted.lanes > 0 {
        let list = match area.height {
            0..16 => 4,
            16..30 => 5,
            _ => 14,
        };
        // Rule, line, marks, ruler, state, heading; and the second rule.
        let others = 6 + u16::from(!low) + wanted.trouble;
        let lane = (area.height.saturating_sub(others + list) / 2).clamp(1, LANE);
        places.above = take(1, 0);
        places.upper = take(if wanted.lanes > 1 { lane } else { (lane + 1).min(LANE) }, 2);
        places.middle = take(1, 2);
        places.lower = take(if wanted.lanes > 1 { lane } else { 0 }, 2);
        places.marks = take(1, 2);
        places.ruler = take(1, 2);
        places.below = take(u16::from(!low), 0);
    }
    places.state = take(1, 2);
    places.trouble = take(wanted.trouble, 2);
    places.overview = take(u16::from(wanted.lanes > 0 && wanted.zoomed && area.height >= 30), 2);
    let wide = wanted.facts && area.width >= WIDE && area.height >= 12;
    let heading = take(1, 0);
    let list = take(area.height, 0);
    let (left, right) = if wide { (area.width - FACTS, FACTS) } else { (area.width, 0) };
    (places.heading, places.list) = (Rect { width: left, ..heading }, Rect { width: left, ..list });
    let beside = |place: Rect| Rect { x: place.x + left, width: right, height: if wide { place.height } else { 0 }, ..place };
    (places.facts_heading, places.facts) = (beside(heading), beside(list));
    places
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn heights(places: &Places) -> [u16; 6] {
        [places.upper, places.middle, places.lower, places.below, places.overview, places.list].map(|place| place.height)
    }

    #[test]
    fn lanes_and_list_share_the_height() {
        let wanted = Wanted { lanes: 2, facts: true, ..Wanted::default() };
        assert_eq!(heights(&places(Rect::new(0, 2, 80, 20), wanted)), [4, 1, 4, 1, 0, 5]);
        assert_eq!(heights(&places(Rect::new(0, 2, 60, 12), wanted)), [1, 1, 1, 0, 0, 4]);
        assert_eq!(heights(&places(Rect::new(0, 2, 80, 20), Wanted { lanes: 1, ..wanted })), [5, 1, 0, 1, 0, 8]);
        assert_eq!(heights(&places(Rect::new(0, 2, 80, 20), Wanted { lanes: 0, ..wanted })), [0, 0, 0, 0, 0, 18]);
        let large = places(Rect::new(0, 2, 120, 36), Wanted { zoomed: true, ..wanted });
        assert_eq!(heights(&large), [6, 1, 6, 1, 1, 16]);
        assert_eq!((large.list.width, large.facts), (72, Rect::new(72, 22, 48, 16)));
        assert_eq!(places(Rect::new(0, 2, 80, 20), wanted).facts.height, 0);
    }

    proptest! {
        #[test]
        fn nothing_stands_outside_or_over_another(width in 0u16..300, height in 0u16..100, lanes in 0u8..3, trouble in 0u16..5, zoomed: bool, facts: bool) {
            let area = Rect::new(0, 2, width, height);
            let places = places(area, Wanted { lanes, trouble, zoomed, facts });
            let column = [places.above, places.upper, places.middle, places.lower, places.marks, places.ruler, places.below,
                places.state, places.trouble, places.overview, places.heading, places.list];
            let mut y = area.y;
            for place in column {
                prop_assert!(place.height == 0 || place.y >= y && place.bottom() <= area.bottom() && place.right() <= area.right(), "{place:?}");
                y = y.max(if place.height > 0 { place.bottom() } else { y });
            }
            prop_assert!(places.facts.right() <= area.right() && places.facts.bottom() <= area.bottom());
        }
    }
}
