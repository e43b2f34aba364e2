//! Hours and days of the company, for the column index and the SQL functions `local_minute` and `local_day`.

use jiff::{
    Timestamp, ToSpan,
    civil::{Date, date},
    tz::TimeZone,
};

use crate::domain::id::{instant_of, key_of};

/// Days are counted from this one.
const FIRST: Date = date(1970, 1, 1);

/// Turns keys into local minutes; keeps the last stretch without a change of offset, as neighbours mostly share it.
pub(super) struct LocalClock {
    zone: TimeZone,
    from: i64,
    until: i64,
    offset: i64,
    day: Day,
}

/// A day of a zone: 23 to 25 hours, mostly 24.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Day {
    /// Days after 1970-01-01.
    pub(super) number: i64,
    /// Keys from inclusive, to exclusive.
    pub(super) from: i64,
    pub(super) until: i64,
}

impl Day {
    /// Which day a number means.
    pub(super) fn date(number: i64) -> Option<Date> {
        FIRST.checked_add(number.days()).ok()
    }
}

impl LocalClock {
    pub(super) const fn new(zone: TimeZone) -> Self {
        Self { zone, from: 0, until: 0, offset: 0, day: Day { number: 0, from: 0, until: 0 } }
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

    /// The local day of a key, as `date:` of the query language has it.
    pub(super) fn day(&mut self, key: i64) -> Day {
        if key < self.day.from || key >= self.day.until {
            self.day = self.find_day(instant_of(key));
        }
        self.day
    }

    fn find_day(&self, instant: Timestamp) -> Day {
        let mut day = self.zone.to_datetime(instant).date();
        // Where clocks go back over midnight, the date alone would come twice.
        while let Some(next) = day.tomorrow().ok().filter(|next| self.begin(*next).is_some_and(|begin| begin <= instant)) {
            day = next;
        }
        let key = |day: Option<Date>, else_key: i64| day.and_then(|day| key_of(self.begin(day)?)).unwrap_or(else_key);
        let number = day.duration_since(FIRST).as_hours() / 24;
        Day { number, from: key(Some(day), 0), until: key(day.tomorrow().ok(), i64::MAX) }
    }

    /// The first moment of a day; in some zones that is not midnight.
    fn begin(&self, day: Date) -> Option<Timestamp> {
        Some(day.at(12, 0, 0, 0).to_zoned(self.zone.clone()).ok()?.start_of_day().ok()?.timestamp())
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

    /// Also where a day has 23, 24 or 25 hours, begins at one, or is none at all.
    #[test]
    fn days_follow_each_other_without_a_gap() {
        for (zone, from) in [
            ("Europe/Warsaw", "2026-03-27T00:00:00Z"),
            ("Europe/Warsaw", "2026-10-23T00:00:00Z"),
            ("America/Sao_Paulo", "2018-11-02T00:00:00Z"),
            ("America/Sao_Paulo", "2018-02-15T00:00:00Z"),
            ("America/St_Johns", "2010-11-05T00:00:00Z"),
            ("Pacific/Apia", "2011-12-28T00:00:00Z"),
        ] {
            let zone = TimeZone::get(zone).expect("zone");
            let mut clock = LocalClock::new(zone.clone());
            let start: Timestamp = from.parse().expect("instant");
            let mut before: Option<Day> = None;
            for step in 0..120 * 4 {
                let instant = start + jiff::SignedDuration::from_mins(step * 15);
                let key = key_of(instant).expect("key");
                let day = LocalClock::new(zone.clone()).day(key);
                assert_eq!(clock.day(key), day);
                assert!(day.from <= key && key < day.until, "{instant}: {day:?}");
                let local = zone.to_datetime(instant).date();
                let date = Day::date(day.number).expect("a date");
                assert!(date == local || zone.iana_name() == Some("America/St_Johns"), "{instant}: {date}");
                if let Some(before) = before.filter(|before| *before != day) {
                    assert_eq!(before.until, day.from, "{date}");
                    assert!(before.number < day.number);
                }
                before = Some(day);
            }
        }
    }
}
