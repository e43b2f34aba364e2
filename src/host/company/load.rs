//! When people call: by hour of the day, weekday, season and holiday in the company's zone.

use jiff::{Timestamp, civil::Weekday, tz::TimeZone};

use super::chance::{Purpose, normal, stream};

/// Calls of a working day by local hour, in proportion to each other.
const DAY: [f64; 24] = [
    2.0, 1.0, 1.0, 1.0, 1.0, 3.0, 12.0, 45.0, 88.0, 105.0, 112.0, 104.0, 92.0, 84.0, 96.0, 98.0, 88.0, 60.0, 30.0, 18.0, 12.0,
    8.0, 5.0, 3.0,
];
/// January to December.
const SEASON: [f64; 12] = [1.0, 1.02, 1.05, 1.02, 0.98, 0.95, 0.82, 0.8, 1.05, 1.1, 1.12, 0.95];
/// Month and day of Polish holidays that have a fixed date.
const HOLIDAYS: [(i8, i8); 9] = [(1, 1), (1, 6), (5, 1), (5, 3), (8, 15), (11, 1), (11, 11), (12, 25), (12, 26)];

const HOUR_MS: i64 = 3_600_000;

/// A stretch of at most an hour.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Slot {
    /// Unix milliseconds.
    pub from: i64,
    pub until: i64,
    /// Somebody is at work.
    pub open: bool,
    /// Number of the call before which this stretch ends: all that lie in it or earlier.
    pub upto: u64,
}

/// Deals `calls` out over the hours between two instants. With `alive`, the last three hours are busy whatever the clock says.
pub fn slots(seed: u64, calls: u64, since: Timestamp, until: Timestamp, zone: &TimeZone, alive: bool) -> Vec<Slot> {
    let (begin, end) = (since.as_millisecond(), until.as_millisecond());
    let mut slots = Vec::new();
    let mut sums = Vec::new();
    let mut sum = 0.0;
    let mut from = begin;
    while from < end {
        let until = (from.div_euclid(HOUR_MS) * HOUR_MS + HOUR_MS).min(end);
        let (mut weight, mut open) = weight(from, zone);
        if alive && end - from <= 3 * HOUR_MS {
            (weight, open) = (weight.max(DAY[10]), true);
        }
        let growth = 0.8 + 0.4 * (from - begin) as f64 / (end - begin) as f64;
        let noise = (0.12 * normal(&mut stream(seed, Purpose::Hour, from.unsigned_abs()))).exp();
        sum += weight * growth * noise * (until - from) as f64;
        sums.push(sum);
        slots.push(Slot { from, until, open, upto: 0 });
        from = until;
    }
    for (slot, below) in slots.iter_mut().zip(&sums) {
        slot.upto = ((below / sum * calls as f64) as u64).min(calls);
    }
    if let Some(last) = slots.last_mut() {
        last.upto = calls;
    }
    slots
}

/// How busy the hour at this instant is, and whether the company is open.
fn weight(from: i64, zone: &TimeZone) -> (f64, bool) {
    let local = zone.to_datetime(Timestamp::from_millisecond(from).unwrap_or(Timestamp::UNIX_EPOCH));
    let hour = local.hour();
    let (share, open) = match local.weekday() {
        Weekday::Saturday => (0.28, (8..14).contains(&hour)),
        Weekday::Sunday => (0.06, false),
        _ => (1.0, (7..18).contains(&hour)),
    };
    let busy = DAY.get(usize::from(hour.unsigned_abs())).copied().unwrap_or(1.0);
    let season = SEASON.get(usize::from(local.month().unsigned_abs()).saturating_sub(1)).copied().unwrap_or(1.0);
    if HOLIDAYS.contains(&(local.month(), local.day())) {
        return (busy * 0.05, false);
    }
    (busy * season * share, open)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn year(zone: &TimeZone) -> Vec<Slot> {
        let at = |text: &str| text.parse::<Timestamp>().expect("instant");
        slots(1, 100_000, at("2025-10-31T23:00:00Z"), at("2026-10-31T23:00:00Z"), zone, false)
    }

    #[test]
    fn every_call_has_its_hour_and_hours_touch() {
        let slots = year(&TimeZone::get("Europe/Warsaw").expect("zone"));
        assert_eq!(slots.len(), 365 * 24);
        assert_eq!(slots.last().map(|slot| slot.upto), Some(100_000));
        assert!(slots.windows(2).all(|pair| pair[0].until == pair[1].from && pair[0].upto <= pair[1].upto));
    }

    #[test]
    fn the_day_follows_the_zone_on_both_sides_of_a_clock_change() {
        let zone = TimeZone::get("Europe/Warsaw").expect("zone");
        for slot in year(&zone).into_iter().filter(|slot| slot.open) {
            let local = zone.to_datetime(Timestamp::from_millisecond(slot.from).expect("instant"));
            assert!((7..18).contains(&local.hour()), "{local}");
        }
    }

    #[test]
    fn a_demo_at_night_is_busy_at_its_end() {
        let zone = TimeZone::get("Europe/Warsaw").expect("zone");
        let at = |text: &str| text.parse::<Timestamp>().expect("instant");
        let slots = slots(1, 5_000, at("2026-10-01T00:00:00Z"), at("2026-11-01T02:20:00Z"), &zone, true);
        let before = slots.iter().rev().find(|slot| !slot.open).expect("closed hour").upto;
        assert!(5_000 - before > 50, "{before}");
    }
}
