//! Lengths of time and sizes as people write them.

use super::{filter::Range, syntax::Comparison};

/// A value and how much of the scale it covers when it stands alone, both in the unit of the scale.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Measure {
    pub value: i64,
    /// `90s` alone covers the whole second, `10MB` the whole megabyte, as lists show them.
    pub width: i64,
}

impl Measure {
    pub const fn alone(self) -> Range {
        Range { from: Some(self.value), to: Some(self.value.saturating_add(self.width - 1)) }
    }

    pub const fn compared(self, sign: Comparison) -> Range {
        let value = self.value;
        match sign {
            Comparison::Greater => Range { from: Some(value.saturating_add(1)), to: None },
            Comparison::GreaterEqual => Range { from: Some(value), to: None },
            Comparison::Less => Range { from: None, to: Some(value.saturating_sub(1)) },
            Comparison::LessEqual => Range { from: None, to: Some(value) },
            Comparison::Equal => self.alone(),
        }
    }
}

/// Tenths of a second in a second.
const SECOND: i64 = 10;

/// `90s 2m 1h30m 2:30 1:02:30`, a bare number is seconds; in tenths of a second.
pub(super) fn length(text: &str) -> Option<Measure> {
    let text = text.trim().to_ascii_lowercase();
    if text.contains(':') { clock_length(&text) } else { unit_length(&text) }
}

fn clock_length(text: &str) -> Option<Measure> {
    let parts = text.split(':').map(whole).collect::<Option<Vec<_>>>()?;
    let seconds = match *parts.as_slice() {
        [minutes, seconds] if seconds < 60 => minutes.checked_mul(60)?.checked_add(seconds)?,
        [hours, minutes, seconds] if minutes < 60 && seconds < 60 => {
            hours.checked_mul(3600)?.checked_add(minutes * 60 + seconds)?
        }
        _ => return None,
    };
    Some(Measure { value: seconds.checked_mul(SECOND)?, width: SECOND })
}

fn unit_length(text: &str) -> Option<Measure> {
    let mut rest = text;
    let mut total = 0_i64;
    let mut width = SECOND;
    // Units only get smaller: `1h30m`, never `30m1h`.
    let mut last_unit = i64::MAX;
    while !rest.is_empty() {
        let digits = rest.find(|character: char| !character.is_ascii_digit() && character != '.').unwrap_or(rest.len());
        let (number, after) = rest.split_at_checked(digits)?;
        let letters = after.find(|character: char| !character.is_ascii_alphabetic()).unwrap_or(after.len());
        let (unit, next) = after.split_at_checked(letters)?;
        let unit = match unit {
            "h" => 3600,
            "m" | "min" => 60,
            "s" => 1,
            "" if last_unit == i64::MAX => 1,
            _ => return None,
        };
        if unit >= last_unit {
            return None;
        }
        last_unit = unit;
        let (value, decimal) = scaled(number, unit * SECOND)?;
        if decimal {
            width = 1;
        }
        total = total.checked_add(value)?;
        rest = next;
    }
    (last_unit < i64::MAX).then_some(Measure { value: total, width })
}

/// `10MB`, `1.5GB`, `500kB`, `1000`: decimal, in bytes.
pub(super) fn size(text: &str) -> Option<Measure> {
    let text = text.trim().to_ascii_lowercase();
    let digits = text.find(|character: char| !character.is_ascii_digit() && character != '.').unwrap_or(text.len());
    let (number, unit) = text.split_at_checked(digits)?;
    let unit = match unit.trim() {
        "" | "b" => 1,
        "k" | "kb" => 1_000,
        "m" | "mb" => 1_000_000,
        "g" | "gb" => 1_000_000_000,
        "t" | "tb" => 1_000_000_000_000,
        _ => return None,
    };
    let (value, _) = scaled(number, unit)?;
    let decimals = number.split_once('.').map_or(0, |(_, decimals)| decimals.len());
    let width = (0..decimals).fold(unit, |width, _| width / 10).max(1);
    Some(Measure { value, width })
}

/// `12` or `1.5` times a unit, rounded down, and whether it was written with decimals.
fn scaled(number: &str, unit: i64) -> Option<(i64, bool)> {
    let Some((before, after)) = number.split_once('.') else { return Some((whole(number)?.checked_mul(unit)?, false)) };
    let digits = after.get(..after.len().min(9))?;
    let fraction = i128::from(whole(digits)?) * i128::from(unit) / 10_i128.pow(u32::try_from(digits.len()).ok()?);
    whole(after.get(digits.len()..)?).or(if after.len() == digits.len() { Some(0) } else { None })?;
    Some((whole(before)?.checked_mul(unit)?.checked_add(i64::try_from(fraction).ok()?)?, true))
}

fn whole(digits: &str) -> Option<i64> {
    if !digits.is_empty() && digits.len() <= 15 && digits.bytes().all(|byte| byte.is_ascii_digit()) {
        digits.parse().ok()
    } else {
        None
    }
}
