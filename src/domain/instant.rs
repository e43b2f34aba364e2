//! Instants as text: RFC 3339 in UTC, always to the millisecond, so that texts sort as the instants do.

use jiff::{Timestamp, fmt::temporal::DateTimePrinter};
use serde::Serializer;

const PRINTER: DateTimePrinter = DateTimePrinter::new().precision(Some(3));

/// `2026-11-07T13:21:04.920Z`; what is finer than a millisecond is cut off, as keys of calls do.
pub fn text(instant: Timestamp) -> String {
    PRINTER.timestamp_to_string(&instant)
}

/// For `#[serde(serialize_with)]`.
///
/// # Errors
/// Those of the serializer.
pub fn serialize<S: Serializer>(instant: &Timestamp, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.serialize_str(&text(*instant))
}

/// As [`serialize`], `null` for none.
///
/// # Errors
/// Those of the serializer.
pub fn serialize_option<S: Serializer>(instant: &Option<Timestamp>, serializer: S) -> Result<S::Ok, S::Error> {
    match instant {
        Some(instant) => serialize(instant, serializer),
        None => serializer.serialize_none(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn three_decimals_whatever_the_instant() {
        for (given, told) in [
            ("2026-11-07T14:21:04+01:00", "2026-11-07T13:21:04.000Z"),
            ("2026-11-07T13:21:04.92Z", "2026-11-07T13:21:04.920Z"),
            ("2026-11-07T13:21:04.927999Z", "2026-11-07T13:21:04.927Z"),
        ] {
            assert_eq!(text(given.parse().expect("instant")), told);
        }
    }
}
