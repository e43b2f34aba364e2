//! Source ids (linkedids, uniqueids) as 63-bit numbers: those of an exchange ascend with time, so that new ones append.

use sha2::{Digest, Sha256};

/// `prefix-1795219324.17` → seconds << 22 | sequence beneath seven bits hashed from the prefix; anything else a negative hash.
/// Different texts may share a number: compare the text before believing it.
pub(super) fn source_key(id: &str) -> i64 {
    numeric(id).unwrap_or_else(|| hash(id.as_bytes()) | i64::MIN)
}

fn numeric(id: &str) -> Option<i64> {
    let (prefix, number) = id.rsplit_once('-').unwrap_or(("", id));
    let (seconds, sequence) = number.split_once('.')?;
    if !seconds.bytes().all(|byte| byte.is_ascii_digit()) || !sequence.bytes().all(|byte| byte.is_ascii_digit()) {
        return None;
    }
    let (seconds, sequence): (i64, i64) = (seconds.parse().ok()?, sequence.parse().ok()?);
    if seconds >= 1 << 33 || sequence >= 1 << 22 {
        return None;
    }
    let exchange = if prefix.is_empty() { 0 } else { hash(prefix.as_bytes()) & 0x7f };
    Some(exchange << 55 | seconds << 22 | sequence)
}

/// The first 63 bits of the SHA-256.
pub(super) fn hash(bytes: &[u8]) -> i64 {
    Sha256::digest(bytes)[..8].iter().fold(0i64, |number, byte| number << 8 | i64::from(*byte)) & i64::MAX
}

#[cfg(test)]
mod tests {
    use super::*;

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
