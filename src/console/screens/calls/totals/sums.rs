//! Sums as people read them, and days put together where a chart is too narrow for each of them.

use jiff::{ToSpan, civil::Date};

use crate::{
    console::{
        desk::Desk,
        screens::calls::{bytes, query_view::long_length},
        widgets::grouped,
    },
    domain::list::{DayCount, Totals},
};

/// How many days stand in one bar of the chart.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Unit {
    Day,
    Week,
    Month,
    Year,
}

impl Unit {
    /// The part of the catalogue's ids.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Day => "day",
            Self::Week => "week",
            Self::Month => "month",
            Self::Year => "year",
        }
    }

    /// The first day of the stretch that a day is in.
    pub fn begin(self, day: Date) -> Date {
        match self {
            Self::Day => day,
            Self::Week => {
                let back = i64::from(day.weekday().to_monday_zero_offset());
                day.checked_sub(back.days()).unwrap_or(day)
            }
            Self::Month => day.first_of_month(),
            Self::Year => day.first_of_year(),
        }
    }

    fn next(self, begin: Date) -> Option<Date> {
        let step = match self {
            Self::Day => 1.day(),
            Self::Week => 7.days(),
            Self::Month => 1.month(),
            Self::Year => 1.year(),
        };
        begin.checked_add(step).ok()
    }
}

/// Bars without a gap from the first day on which there were calls to the last, in the smallest unit of which there are at most
/// `most`.
pub fn bars(days: &[DayCount], most: usize) -> (Unit, Vec<(Date, u64)>) {
    for unit in [Unit::Day, Unit::Week, Unit::Month, Unit::Year] {
        if let Some(bars) = of_unit(days, unit, most) {
            return (unit, bars);
        }
    }
    (Unit::Year, Vec::new())
}

fn of_unit(days: &[DayCount], unit: Unit, most: usize) -> Option<Vec<(Date, u64)>> {
    let (first, last) = (days.iter().map(|day| day.day).min()?, days.iter().map(|day| day.day).max()?);
    let mut bars: Vec<(Date, u64)> = Vec::new();
    let mut begin = unit.begin(first);
    while begin <= last {
        if bars.len() == most {
            return None;
        }
        bars.push((begin, 0));
        let Some(next) = unit.next(begin) else { break };
        begin = next;
    }
    for day in days {
        let begin = unit.begin(day.day);
        if let Ok(at) = bars.binary_search_by_key(&begin, |bar| bar.0) {
            bars[at].1 += day.calls;
        }
    }
    Some(bars)
}

/// Whole percents, rounded; a dash where there is nothing to share.
pub fn percent(part: u64, whole: u64) -> String {
    if whole == 0 { "–".to_owned() } else { format!("{} %", (u128::from(part) * 200 / u128::from(whole)).div_ceil(2)) }
}

/// `14.50 PLN`, several currencies one after the other; a dash where no cost is known.
pub fn cost(totals: &Totals) -> String {
    let amounts: Vec<String> = totals
        .cost
        .iter()
        .map(|cost| {
            format!(
                "{}{}.{:02} {}",
                if cost.minor < 0 { "-" } else { "" },
                grouped(cost.minor.unsigned_abs() / 100),
                cost.minor.unsigned_abs() % 100,
                cost.currency
            )
        })
        .collect();
    if amounts.is_empty() { "–".to_owned() } else { amounts.join(", ") }
}

/// The sums as label and value.
pub fn lines(totals: &Totals, desk: &Desk) -> Vec<(String, String)> {
    let texts = &desk.setup.texts;
    let share = |n: u64| format!("{} · {}", grouped(n), percent(n, totals.calls));
    [
        ("calls", grouped(totals.calls)),
        ("answered", share(totals.answered)),
        ("missed", share(totals.missed)),
        ("unanswered", share(totals.unanswered)),
        ("talk", long_length(totals.talk_s)),
        ("recordings", grouped(totals.recordings)),
        ("recorded", long_length(totals.recorded_s)),
        ("bytes", bytes(totals.bytes)),
        ("cost", cost(totals)),
    ]
    .into_iter()
    .map(|(word, value)| (texts.get(&format!("totals-{word}")), value))
    .collect()
}
