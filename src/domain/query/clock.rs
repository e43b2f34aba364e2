//! Times of day and days of the week.

use super::filter::Weekdays;

/// Minutes in a day.
pub(super) const DAY: u16 = 24 * 60;

/// A time of day and how many minutes it covers when it stands alone: `8` an hour, `08:00` a minute.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Clock {
    pub minute: u16,
    pub width: u16,
}

/// `08:00`, `8:30`, `8`, `24:00`.
pub(super) fn clock(text: &str) -> Option<Clock> {
    let (hour, minute) = text.split_once(':').map_or((text, None), |(hour, minute)| (hour, Some(minute)));
    let two_digits = |text: &str| -> Option<u16> {
        if (1..=2).contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_digit()) { text.parse().ok() } else { None }
    };
    let hour = two_digits(hour)?;
    let (minute, width) = match minute {
        Some(minute) if minute.len() == 2 => (two_digits(minute).filter(|minute| *minute < 60)?, 1),
        Some(_) => return None,
        None => (0, 60),
    };
    let minute = hour.checked_mul(60)?.checked_add(minute)?;
    (minute <= DAY).then_some(Clock { minute, width })
}

/// From one day to another, over the end of the week if need be; days count from Monday, 0.
pub(super) fn weekdays(from: i8, to: i8) -> Weekdays {
    let mut bits = 0;
    let mut day = from.rem_euclid(7);
    loop {
        bits |= 1 << day;
        if day == to.rem_euclid(7) {
            return Weekdays(bits);
        }
        day = (day + 1) % 7;
    }
}
