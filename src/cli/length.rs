//! Lengths of time as people write them on a command line.

use crate::domain::clean;

/// `45s`, `30m`, `12h`, `90d`, `2w` to seconds.
///
/// # Errors
/// A sentence that says how one is written; for nothing at all, that it is too short.
pub fn seconds(text: &str) -> Result<u64, String> {
    let shown = clean::line(text, 40);
    let wrong = || format!("\"{shown}\" is no length of time; write one such as 90d, 2w, 12h, 30m or 45s");
    let unit = text.chars().next_back().ok_or_else(wrong)?;
    let each = match unit {
        's' => 1,
        'm' => 60,
        'h' => 3_600,
        'd' => 86_400,
        'w' => 7 * 86_400,
        _ => return Err(wrong()),
    };
    let digits = &text[..text.len() - unit.len_utf8()];
    let count: u64 = if digits.bytes().all(|byte| byte.is_ascii_digit()) {
        digits.parse().map_err(|_error| wrong())?
    } else {
        return Err(wrong());
    };
    match count.checked_mul(each) {
        Some(0) => Err(format!("\"{shown}\" is no time at all: it would end at once; write at least 1s")),
        Some(seconds) => Ok(seconds),
        None => Err(wrong()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lengths_of_time_are_read() {
        for (text, expected) in [("90d", 7_776_000), ("12h", 43_200), ("30m", 1_800), ("45s", 45), ("2w", 1_209_600)] {
            assert_eq!(seconds(text), Ok(expected));
        }
        for wrong in ["", "d", "-1d", "+1d", "90", "90ł", "1.5h", "99999999999999999999d", "9999999999999999999w"] {
            assert!(seconds(wrong).expect_err(wrong).contains("is no length of time"), "{wrong}");
        }
        assert!(seconds("0d").expect_err("nothing").contains("end at once"));
    }
}
