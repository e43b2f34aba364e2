use jiff::civil::date;

use super::sums::{Unit, bars, percent};
use crate::domain::list::DayCount;

#[test]
fn bars_take_the_smallest_unit_that_fits_and_lose_no_call() {
    let days: Vec<DayCount> = (0..400)
        .filter(|day| day % 3 != 1)
        .map(|day| DayCount { day: date(2025, 10, 15).saturating_add(jiff::Span::new().days(day)), calls: 1 + day as u64 % 7 })
        .collect();
    let all: u64 = days.iter().map(|day| day.calls).sum();
    for (most, unit) in
        [(400, Unit::Day), (399, Unit::Week), (60, Unit::Week), (57, Unit::Month), (14, Unit::Month), (13, Unit::Year)]
    {
        let (got, bars) = bars(&days, most);
        assert_eq!(got, unit, "{most}");
        assert!(bars.len() <= most);
        assert_eq!(bars.iter().map(|bar| bar.1).sum::<u64>(), all, "{most}");
        assert!(bars.windows(2).all(|two| two[0].0 < two[1].0));
    }
    assert_eq!(bars(&[], 10).1, []);
    assert_eq!(bars(&days[..1], 10), (Unit::Day, vec![(date(2025, 10, 15), 1)]));
}

#[test]
fn a_share_of_nothing_is_unknown() {
    assert_eq!([percent(0, 0), percent(1, 3), percent(2, 3), percent(5, 5)], ["–", "33 %", "67 %", "100 %"]);
}
