//! Hours and weekdays of the company for the SQL function `local_minute`.

use jiff::{Timestamp, tz::TimeZone};

use crate::domain::id::instant_of;

/// Turns keys into local minutes; keeps the last stretch without a change of offset, as neighbours mostly share it.
pub(super) struct LocalClock {
    zone: TimeZone,
    from: i64,
    until: i64,
    offset: i64,
}

impl LocalClock {
    pub(super) const fn new(zone: TimeZone) -> Self {
        Self { zone, from: 0, until: 0, offset: 0 }
    }

    /// Minutes since the last Monday, 00:00, local time: 0 to 10,079.
    pub(super) fn minute_of_week(&mut self, key: i64) -> i64 {
        let instant = instant_of(key);
        let second = instant.as_second();
        if second < self.from || second >= self.until {
            self.find(instant);
        }
        // 1970-01-01 was a Thursday: three days after a Monday.
        (second + self.offset + 3 * 86_400).rem_euclid(7 * 86_400) / 60
    }

    fn find(&mut self, instant: Timestamp) {
        self.offset = i64::from(self.zone.to_offset(instant).seconds());
        self.until = self.zone.following(instant).next().map_or(i64::MAX, |next| next.timestamp().as_second());
        let after = instant.checked_add(jiff::SignedDuration::from_nanos(1)).unwrap_or(instant);
        self.from = self.zone.preceding(after).next().map_or(i64::MIN, |last| last.timestamp().as_second());
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::id::key_of;

    #[test]
    fn minutes_agree_with_the_zone_over_changes_of_the_clock() {
        let zone = TimeZone::get("Europe/Warsaw").expect("zone");
        let mut clock = LocalClock::new(zone.clone());
        let start: Timestamp = "2026-03-28T20:00:00Z".parse().expect("instant");
        for step in (0..400).chain((0..400).map(|step| step + 5_000)) {
            let instant = start + jiff::SignedDuration::from_mins(step * 59);
            let local = instant.to_zoned(zone.clone());
            let expected = i64::from(local.weekday().to_monday_zero_offset()) * 1440
                + i64::from(local.hour()) * 60
                + i64::from(local.minute());
            assert_eq!(clock.minute_of_week(key_of(instant).expect("key")), expected, "{local}");
        }
    }
}
