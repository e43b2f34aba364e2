//! Source ids (linkedids, uniqueids) as 63-bit numbers: those of an exchange ascend with time, so that new ones append.

mod kept;

use rusqlite::Connection;
use sha2::{Digest, Sha256};

use super::error::Sql;
use crate::domain::id::EPOCH_SECONDS;

pub(super) use kept::{kept, name_kept, name_told, told};

/// `prefix-1795219324.17` → seconds << 22 | sequence beneath seven bits hashed from the prefix; anything else a negative hash.
/// Different texts may share a number: compare the text before believing it.
pub(super) fn source_key(id: &str) -> i64 {
    numeric(id).unwrap_or_else(|| hash(id.as_bytes()) | i64::MIN)
}

/// Prefix with its dash, seconds since 1970, sequence of an exchange's id.
fn parts(id: &str) -> Option<(&str, i64, &str)> {
    let number = id.rfind('-').map_or(0, |dash| dash + 1);
    let (prefix, number) = id.split_at_checked(number)?;
    let (seconds, sequence) = number.split_once('.')?;
    if !seconds.bytes().all(|byte| byte.is_ascii_digit()) || !sequence.bytes().all(|byte| byte.is_ascii_digit()) {
        return None;
    }
    Some((prefix, seconds.parse().ok().filter(|seconds| *seconds < 1 << 33)?, sequence))
}

fn numeric(id: &str) -> Option<i64> {
    let (prefix, seconds, sequence) = parts(id)?;
    let sequence: i64 = sequence.parse().ok().filter(|sequence| *sequence < 1 << 22)?;
    let prefix = prefix.strip_suffix('-').unwrap_or_default();
    let exchange = if prefix.is_empty() { 0 } else { hash(prefix.as_bytes()) & 0x7f };
    Some(exchange << 55 | seconds << 22 | sequence)
}

/// The second of a call's key, since 1970.
const fn second_of(key: i64) -> i64 {
    (key >> 14) + EPOCH_SECONDS
}

/// Whether a call is found by the second in its id alone, so that `source` needs no row: it begins in that second or the
/// next. `late`: its key stands later than its start, because many began at once.
pub(super) fn is_near(id: &str, key: i64, late: bool) -> bool {
    !late && parts(id).is_some_and(|(_, seconds, _)| (0..=1).contains(&(second_of(key) - seconds)))
}

/// Whether no call can have the id, where no call's key is greater than `newest` and no number in `source` than `newest_source`.
pub(super) fn is_beyond(id: &str, newest: i64, newest_source: Option<i64>) -> bool {
    newest_source.is_none_or(|number| source_key(id) > number)
        && parts(id).is_none_or(|(_, seconds, _)| (seconds - EPOCH_SECONDS) << 14 > newest)
}

/// Keys of the calls that have a source id.
pub(super) fn calls_of(conn: &Connection, id: &str) -> Sql<Vec<i64>> {
    let mut calls = Vec::new();
    let mut take = |key: i64, ids: &str| {
        if !calls.contains(&key) && told(ids, key).any(|one| one == id) {
            calls.push(key);
        }
    };
    let mut statement =
        conn.prepare_cached("SELECT m.id, m.source_ids FROM source s CROSS JOIN call_more m ON m.id=s.call WHERE s.key=?1")?;
    let mut rows = statement.query([source_key(id)])?;
    while let Some(row) = rows.next()? {
        take(row.get(0)?, row.get_ref(1)?.as_str().unwrap_or_default());
    }
    if let Some((_, seconds, _)) = parts(id) {
        let first = (seconds - EPOCH_SECONDS) << 14;
        let mut statement = conn.prepare_cached("SELECT id, source_ids FROM call_more WHERE id>=?1 AND id<?2")?;
        let mut rows = statement.query([first, first + (2 << 14)])?;
        while let Some(row) = rows.next()? {
            take(row.get(0)?, row.get_ref(1)?.as_str().unwrap_or_default());
        }
    }
    Ok(calls)
}

/// The first 63 bits of the SHA-256.
pub(super) fn hash(bytes: &[u8]) -> i64 {
    Sha256::digest(bytes)[..8].iter().fold(0i64, |number, byte| number << 8 | i64::from(*byte)) & i64::MAX
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_call_is_near_ids_of_its_second_and_of_the_one_before() {
        let key = (1_795_219_324 - EPOCH_SECONDS) << 14 | 5;
        for (id, near) in
            [("sys-1795219324.17", true), ("1795219323.0", true), ("1795219322.0", false), ("1795219325.0", false), ("x", false)]
        {
            assert_eq!(is_near(id, key, false), near, "{id}");
            assert!(!is_near(id, key, true), "{id}");
        }
        assert!(is_beyond("1795219325.0", key, None) && !is_beyond("1795219324.0", key, None));
        assert!(
            !is_beyond("1795219325.0", key, Some(source_key("1795219326.0")))
                && !is_beyond("x", 0, Some(5))
                && is_beyond("x", 0, None)
        );
    }

    #[test]
    fn numbers_ascend_and_texts_hash() {
        assert!(source_key("sys-1795219324.17") < source_key("sys-1795219324.18"));
        assert!(source_key("sys-1795219324.17") < source_key("sys-1795219325.0"));
        assert_ne!(source_key("a-1795219324.17"), source_key("bb-1795219324.17"));
        for odd in ["x", "", "1.2.3", "99999999999999999999.1", "17.99999999", "sys-1.+2"] {
            assert!(source_key(odd) < 0, "{odd}");
        }
    }
}
