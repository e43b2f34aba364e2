//! Numbers in the order in which lists are sorted by them.

use std::cmp::Ordering;

/// Whole numbers by their size, anything else by letters.
pub(in crate::store) fn natural(left: &str, right: &str) -> Ordering {
    let digits = |text: &str| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    match (digits(left), digits(right)) {
        (true, true) => left.len().cmp(&right.len()).then_with(|| left.cmp(right)),
        (true, false) => Ordering::Less,
        (false, true) => Ordering::Greater,
        (false, false) => left.cmp(right),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn extensions_sort_as_numbers() {
        let mut list = ["601", "99", "abc", "1001"];
        list.sort_by(|left, right| natural(left, right));
        assert_eq!(list, ["99", "601", "1001", "abc"]);
    }
}
