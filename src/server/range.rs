//! `Range: bytes=…` of one range (RFC 9110, 14.2). Several ranges, other units and nonsense count as no range.

/// What part of the whole is asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Part {
    Whole,
    /// First and last byte, inclusive.
    Bytes(u64, u64),
    /// Lies outside: 416.
    Outside,
}

pub(super) fn part(header: Option<&str>, length: u64) -> Part {
    let Some(spec) = header.and_then(|text| text.trim().strip_prefix("bytes=")) else { return Part::Whole };
    let Some((first, last)) = spec.trim().split_once('-') else { return Part::Whole };
    let number = |text: &str| {
        (!text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit())).then(|| text.parse().unwrap_or(u64::MAX))
    };
    match (number(first.trim()), number(last.trim())) {
        (None, Some(suffix)) if first.trim().is_empty() => {
            if suffix == 0 || length == 0 {
                Part::Outside
            } else {
                Part::Bytes(length.saturating_sub(suffix), length - 1)
            }
        }
        (Some(first), last_number) if last_number.is_some() || last.trim().is_empty() => {
            let last = last_number.unwrap_or(u64::MAX);
            if last < first {
                Part::Whole
            } else if first >= length {
                Part::Outside
            } else {
                Part::Bytes(first, last.min(length - 1))
            }
        }
        _ => Part::Whole,
    }
}

#[cfg(test)]
mod tests {
    use super::{Part, part};

    #[test]
    fn ranges_follow_the_standard() {
        let table = [
            (None, Part::Whole),
            (Some("bytes=0-3"), Part::Bytes(0, 3)),
            (Some("bytes=4-"), Part::Bytes(4, 9)),
            (Some("bytes=-3"), Part::Bytes(7, 9)),
            (Some("bytes=-30"), Part::Bytes(0, 9)),
            (Some("bytes=2-99999999999999999999999"), Part::Bytes(2, 9)),
            (Some("bytes=10-"), Part::Outside),
            (Some("bytes=-0"), Part::Outside),
            (Some("bytes=5-4"), Part::Whole),
            (Some("bytes=0-1,3-4"), Part::Whole),
            (Some("lines=0-1"), Part::Whole),
            (Some("bytes=x-"), Part::Whole),
            (Some("bytes=-"), Part::Whole),
        ];
        for (header, expected) in table {
            assert_eq!(part(header, 10), expected, "{header:?}");
        }
        assert_eq!(part(Some("bytes=0-"), 0), Part::Outside);
    }
}
