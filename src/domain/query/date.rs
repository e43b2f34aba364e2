//! Dates as people write them, and the moments they mean in the company's zone.

use jiff::{
    Span, Timestamp, ToSpan, Zoned,
    civil::{self, Date, DateTime, ISOWeekDate, Weekday},
};

use super::QueryContext;

/// A date as written, not yet tied to today.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Written {
    Now,
    /// Days from today.
    Day(i64),
    /// The last one; today counts.
    LastWeekday(Weekday),
    /// Weeks from this one.
    Week(i64),
    /// Months from this one.
    Month(i64),
    Back(i64, Unit),
    OfYear(i16),
    OfMonth(i16, i8),
    On(Date),
    /// The last such day; today counts.
    DayAndMonth(i8, i8),
    IsoWeek(Date),
    Local(DateTime, Precision),
    Exact(Timestamp),
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Unit {
    Hours,
    Days,
    Weeks,
    Months,
    Years,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Precision {
    Minute,
    Second,
}

/// Where a date stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Place {
    /// By itself: `-7d` is the last seven days up to now.
    Alone,
    /// At an end of a range or after a sign: `-7d` is the day a week ago.
    End,
}

/// From (inclusive) to until (exclusive).
pub(super) type Moments = (Timestamp, Timestamp);

const HELP: &str = "try today, -7d, 2026-11-07, 7.11. or 2026-W45";

/// What a text is as a date: none if it has no date's shape, an error if it has and is none.
pub(super) fn read(text: &str) -> Result<Option<Written>, String> {
    let lower = text.to_ascii_lowercase();
    if let Some(written) = word(&lower) {
        return Ok(Some(written));
    }
    let bad = || format!("there is no such day or time; {HELP}");
    if super::parse::is_relative_date(&lower) {
        return relative(&lower).map(Some);
    }
    if is_slashed(&lower) {
        return Err("this could be two days; write 2026-11-07 or 7.11.2026".to_owned());
    }
    if let Some((day, time)) = lower.split_once('t')
        && is_iso_day(day)
    {
        return moment(&lower, day, time).ok_or_else(bad).map(Some);
    }
    if is_iso_day(&lower) {
        let date = lower.parse::<Date>().map_err(|_| bad())?;
        return Ok(Some(Written::On(date)));
    }
    if let Some((year, rest)) = lower.split_once('-')
        && let Some(year) = year_of(year)
    {
        if let Some(week) = rest.strip_prefix('w').and_then(|week| small(week, 1..=2)) {
            let monday = ISOWeekDate::new(year, week, Weekday::Monday).map_err(|_| bad())?;
            return Ok(Some(Written::IsoWeek(monday.date())));
        }
        if let Some(month) = small(rest, 2..=2) {
            return if (1..=12).contains(&month) { Ok(Some(Written::OfMonth(year, month))) } else { Err(bad()) };
        }
    }
    match dotted(&lower) {
        Some((day, month, None)) if (1..=12).contains(&month) && (1..=longest(month)).contains(&day) => {
            Ok(Some(Written::DayAndMonth(day, month)))
        }
        Some((day, month, Some(year))) => Date::new(year, month, day).map(|date| Some(Written::On(date))).map_err(|_| bad()),
        Some(_) => Err(bad()),
        None => Ok(None),
    }
}

/// As [`read`], where a field says that it is a date: a bare year, `monday` and `7.11` count too.
pub(super) fn read_field(text: &str) -> Result<Written, String> {
    if let Some(written) = read(text)? {
        return Ok(written);
    }
    if let Some(year) = year_of(text) {
        return Ok(Written::OfYear(year));
    }
    if let Some(day) = weekday(&text.to_ascii_lowercase()) {
        return Ok(Written::LastWeekday(day));
    }
    if let Some(written) = read(&format!("{text}.")).ok().flatten() {
        return Ok(written);
    }
    Err(format!("not a date; {HELP}"))
}

fn word(lower: &str) -> Option<Written> {
    Some(match lower {
        "now" => Written::Now,
        "today" => Written::Day(0),
        "yesterday" => Written::Day(-1),
        "this-week" => Written::Week(0),
        "last-week" => Written::Week(-1),
        "this-month" => Written::Month(0),
        "last-month" => Written::Month(-1),
        // `monday` in full is a word that notes may have.
        other => Written::LastWeekday(weekday(other).filter(|_| other.len() == 3)?),
    })
}

/// `mon` or `monday`.
pub(super) fn weekday(lower: &str) -> Option<Weekday> {
    Some(match lower {
        "mon" | "monday" => Weekday::Monday,
        "tue" | "tuesday" => Weekday::Tuesday,
        "wed" | "wednesday" => Weekday::Wednesday,
        "thu" | "thursday" => Weekday::Thursday,
        "fri" | "friday" => Weekday::Friday,
        "sat" | "saturday" => Weekday::Saturday,
        "sun" | "sunday" => Weekday::Sunday,
        _ => return None,
    })
}

fn relative(lower: &str) -> Result<Written, String> {
    let rest = lower.trim_start_matches('-');
    let digits = rest.find(|character: char| !character.is_ascii_digit()).unwrap_or(rest.len());
    let (amount, unit) = rest.split_at_checked(digits).unwrap_or_default();
    let unit = match unit {
        "h" => Unit::Hours,
        "d" => Unit::Days,
        "w" => Unit::Weeks,
        "mo" => Unit::Months,
        "y" => Unit::Years,
        _ => return Err(format!("months are written \"mo\": did you mean \"-{amount}mo\"? (hours are \"h\")")),
    };
    match amount.parse::<i64>() {
        Ok(0) => Err("write today or now".to_owned()),
        Ok(amount) if amount <= 1_000_000 => Ok(Written::Back(amount, unit)),
        Ok(_) | Err(_) => Err("this is too far back".to_owned()),
    }
}

fn moment(lower: &str, day: &str, time: &str) -> Option<Written> {
    if time.contains(['z', '+', '-']) {
        return lower.to_ascii_uppercase().parse().ok().map(Written::Exact);
    }
    let day: Date = day.parse().ok()?;
    let mut parts = time.split(':').map(|part| small(part, 2..=2));
    let (hour, minute) = (parts.next()??, parts.next()??);
    let (second, precision) = parts.next().map_or(Some((0, Precision::Minute)), |part| Some((part?, Precision::Second)))?;
    if parts.next().is_some() {
        return None;
    }
    let time = civil::Time::new(hour, minute, second, 0).ok()?;
    Some(Written::Local(day.to_datetime(time), precision))
}

fn is_iso_day(text: &str) -> bool {
    let mut parts = text.split('-');
    parts.next().is_some_and(|year| year_of(year).is_some())
        && parts.next().is_some_and(|month| small(month, 2..=2).is_some())
        && parts.next().is_some_and(|day| small(day, 2..=2).is_some())
        && parts.next().is_none()
}

/// `11/7/2026`, `11/7/26`, `2026/11/07`.
fn is_slashed(text: &str) -> bool {
    let parts: Vec<&str> = text.split('/').collect();
    parts.len() == 3 && parts.iter().all(|part| (1..=4).contains(&part.len()) && part.bytes().all(|byte| byte.is_ascii_digit()))
}

/// `7.11.` and `7.11.2026`.
fn dotted(text: &str) -> Option<(i8, i8, Option<i16>)> {
    let (day, rest) = text.split_once('.')?;
    let (month, year) = rest.split_once('.')?;
    let year = if year.is_empty() { None } else { Some(year_of(year)?) };
    Some((small(day, 1..=2)?, small(month, 1..=2)?, year))
}

/// Years that calls can have; anything else is a piece of a number.
fn year_of(text: &str) -> Option<i16> {
    if text.len() != 4 || !text.bytes().all(|byte| byte.is_ascii_digit()) {
        return None;
    }
    text.parse().ok().filter(|year| (1970..2200).contains(year))
}

fn small(text: &str, lengths: std::ops::RangeInclusive<usize>) -> Option<i8> {
    if lengths.contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_digit()) { text.parse().ok() } else { None }
}

const fn longest(month: i8) -> i8 {
    match month {
        2 => 29,
        4 | 6 | 9 | 11 => 30,
        _ => 31,
    }
}

impl Written {
    /// First moment, and the first moment after the last.
    pub fn moments(self, place: Place, context: &QueryContext) -> Result<Moments, String> {
        self.in_zone(place, context).map_err(|_| "this is too far away".to_owned())
    }

    fn in_zone(self, place: Place, context: &QueryContext) -> Result<Moments, jiff::Error> {
        let now = context.now.to_zoned(context.zone.clone());
        let today = now.date();
        let days = |first: Date, length: Span| -> Result<Moments, jiff::Error> {
            Ok((begin(first, context)?, begin(first.checked_add(length)?, context)?))
        };
        match self {
            Self::Now => match place {
                Place::End => Ok((context.now, context.now)),
                Place::Alone => from_minute(&now),
            },
            Self::Day(offset) => days(today.checked_add(offset.days())?, 1.day()),
            Self::LastWeekday(weekday) => {
                let back = today.weekday().since(weekday);
                days(today.checked_sub(i64::from(back).days())?, 1.day())
            }
            Self::Week(offset) => {
                let monday = today.checked_sub(i64::from(today.weekday().to_monday_zero_offset()).days())?;
                days(monday.checked_add(offset.weeks())?, 1.week())
            }
            Self::Month(offset) => days(today.first_of_month().checked_add(offset.months())?, 1.month()),
            Self::Back(amount, unit) => {
                let span = match unit {
                    Unit::Hours => {
                        let moment = context.now.checked_sub(Span::new().try_hours(amount)?)?;
                        return Ok((moment, if place == Place::Alone { context.now } else { moment }));
                    }
                    Unit::Days => Span::new().try_days(amount)?,
                    Unit::Weeks => Span::new().try_weeks(amount)?,
                    Unit::Months => Span::new().try_months(amount)?,
                    Unit::Years => Span::new().try_years(amount)?,
                };
                let day = today.checked_sub(span)?;
                match place {
                    Place::End => days(day, 1.day()),
                    Place::Alone => Ok((begin(day.checked_add(1.day())?, context)?, context.now)),
                }
            }
            Self::OfYear(year) => days(Date::new(year, 1, 1)?, 1.year()),
            Self::OfMonth(year, month) => days(Date::new(year, month, 1)?, 1.month()),
            Self::On(day) => days(day, 1.day()),
            Self::DayAndMonth(day, month) => {
                // Eight years reach over the longest gap between leap days.
                let last = (0..=8).filter_map(|back| Date::new(today.year() - back, month, day).ok()).find(|date| *date <= today);
                days(last.unwrap_or(today), 1.day())
            }
            Self::IsoWeek(monday) => days(monday, 1.week()),
            Self::Local(local, precision) => {
                let width = if precision == Precision::Minute { 60.seconds() } else { 1.second() };
                let ambiguous = context.zone.to_ambiguous_timestamp(local);
                Ok((ambiguous.compatible()?, ambiguous.later()?.checked_add(width)?))
            }
            Self::Exact(moment) => Ok((moment, moment.checked_add(1.microsecond())?)),
        }
    }
}

/// The first moment of a day; in some zones that is not midnight.
fn begin(day: Date, context: &QueryContext) -> Result<Timestamp, jiff::Error> {
    Ok(day.at(12, 0, 0, 0).to_zoned(context.zone.clone())?.start_of_day()?.timestamp())
}

fn from_minute(now: &Zoned) -> Result<Moments, jiff::Error> {
    let minute = now.timestamp().checked_sub(i64::from(now.second()).seconds())?;
    Ok((minute, minute.checked_add(60.seconds())?))
}
