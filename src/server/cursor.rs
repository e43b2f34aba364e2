//! Cursors as clients see them: opaque, of one database and one order; any other is a clean error.

use axum::http::StatusCode;
use sha2::{Digest, Sha256};

use super::error::{Answer, Refused};
use crate::domain::{list::Cursor, query::Sort};

/// Bytes of the tag in front of the cursor.
const TAG: usize = 6;

pub(super) fn encode(database: &str, sort: Sort, cursor: &Cursor) -> Option<String> {
    let json = serde_json::to_vec(cursor).ok()?;
    let mut bytes = tag(database, sort, &json).to_vec();
    bytes.extend_from_slice(&json);
    Some(bytes.iter().fold(String::with_capacity(bytes.len() * 2), |mut text, byte| {
        text.push_str(&format!("{byte:02x}"));
        text
    }))
}

pub(super) fn decode(database: &str, sort: Sort, text: &str) -> Answer<Cursor> {
    if text.bytes().any(|byte| !matches!(byte, b'0'..=b'9' | b'a'..=b'f')) {
        return Err(Refused::bad("this is no cursor; send what `next` or `previous` of a page says"));
    }
    let refuse = || {
        let why = "this cursor is not of this list (another database, another order, or changed); begin again without it";
        Refused::new(StatusCode::CONFLICT, "conflict", why)
    };
    if text.len() > 20_000 || !text.len().is_multiple_of(2) {
        return Err(refuse());
    }
    let mut bytes = Vec::with_capacity(text.len() / 2);
    for at in (0..text.len()).step_by(2) {
        bytes.push(u8::from_str_radix(&text[at..at + 2], 16).map_err(|_| refuse())?);
    }
    let (expected, json) = bytes.split_at_checked(TAG).ok_or_else(refuse)?;
    if expected != tag(database, sort, json) {
        return Err(refuse());
    }
    serde_json::from_slice(json).map_err(|_| refuse())
}

fn tag(database: &str, sort: Sort, json: &[u8]) -> [u8; TAG] {
    let mut hash = Sha256::new();
    for part in [b"cursor-v1", database.as_bytes(), sort.field.word().as_bytes(), &[u8::from(sort.descending)], json] {
        hash.update((part.len() as u64).to_le_bytes());
        hash.update(part);
    }
    let mut tag = [0; TAG];
    tag.copy_from_slice(&hash.finalize()[..TAG]);
    tag
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::query::SortField;

    #[test]
    fn cursors_round_trip_and_strangers_are_refused() {
        let cursor = Cursor { value: Some(42), text: Some("Łukasz".to_owned()), key: -7 };
        let sort = Sort { field: SortField::Talk, descending: true };
        let text = encode("db", sort, &cursor).expect("encode");
        assert_eq!(decode("db", sort, &text).expect("decode"), cursor);
        assert!(decode("other", sort, &text).is_err());
        assert!(decode("db", Sort { descending: false, ..sort }, &text).is_err());
        for at in 0..text.len() {
            let mut changed = text.clone().into_bytes();
            changed[at] = if changed[at] == b'0' { b'1' } else { b'0' };
            assert!(decode("db", sort, &String::from_utf8(changed).expect("ascii")).is_err(), "changed at {at}");
        }
        for nonsense in ["", "0", "zz", "żż", "+1+1+1+1+1+1+1", &text[..10]] {
            assert!(decode("db", sort, nonsense).is_err(), "{nonsense}");
        }
    }
}
