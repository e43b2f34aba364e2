//! Public ids: opaque, sortable, made once and never changed.
//!
//! A row's key is `(seconds since 2000) << 14 | milliseconds << 4 | tie`. Its public id is a ULID: 48 bits of Unix
//! milliseconds and 80 bits of tie and keyed hash, computed from the key, so that no index is needed from id to row.

use std::fmt;

use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use ulid::Ulid;

/// 2000-01-01T00:00:00Z in Unix seconds.
pub const EPOCH_SECONDS: i64 = 946_684_800;

macro_rules! public_id {
    ($(#[$meta:meta])* $name:ident) => {
        $(#[$meta])*
        #[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        #[serde(transparent)]
        pub struct $name(pub String);
        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result { f.pad(&self.0) }
        }
    };
}
public_id!(
    /// Public id of a call.
    CallId
);
public_id!(
    /// Public id of a recording.
    RecordingId
);

/// The key of the first row of a millisecond. None before 2000 or beyond the year 34000.
pub fn key_of(start: jiff::Timestamp) -> Option<i64> {
    let milliseconds = start.as_millisecond() - EPOCH_SECONDS * 1000;
    (milliseconds >= 0).then_some((milliseconds / 1000) << 14 | (milliseconds % 1000) << 4)
}

/// The instant that a key stands for, to the millisecond.
pub fn instant_of(key: i64) -> jiff::Timestamp {
    jiff::Timestamp::from_millisecond(milliseconds_of(key) + EPOCH_SECONDS * 1000).unwrap_or(jiff::Timestamp::MIN)
}

/// When what a public id names began; none for what is no id.
pub fn start_of(id: &str) -> Option<jiff::Timestamp> {
    let id = Ulid::from_string(id).ok()?;
    jiff::Timestamp::from_millisecond(i64::try_from(id.timestamp_ms()).ok()?).ok()
}

/// Milliseconds since 2000 of that instant.
pub const fn milliseconds_of(key: i64) -> i64 {
    (key >> 14) * 1000 + (key >> 4 & 0x3ff)
}

/// The next key when this one is taken: the tie, then the next millisecond.
pub const fn next_key(key: i64) -> i64 {
    let tie = key & 0xf;
    let milliseconds = key >> 4 & 0x3ff;
    if tie < 15 {
        key + 1
    } else if milliseconds < 999 {
        (key >> 4 << 4) + 16
    } else {
        ((key >> 14) + 1) << 14
    }
}

/// Which noun an id belongs to; ids of different nouns differ even for equal keys.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Noun {
    Call,
    Recording,
    Note,
    Customer,
    Clip,
}

/// Makes and reads public ids with the secret of one database.
#[derive(Clone)]
pub struct IdCodec {
    secret: [u8; 32],
}

impl IdCodec {
    pub const fn new(secret: [u8; 32]) -> Self {
        Self { secret }
    }

    pub fn encode(&self, noun: Noun, key: i64) -> String {
        let milliseconds = instant_of(key).as_millisecond().unsigned_abs();
        let random = u128::from(key.unsigned_abs() & 0xf) << 76 | self.tag(noun, key);
        Ulid::from_parts(milliseconds, random).to_string()
    }

    /// The key behind an id, or none if it was not made by this database for this noun.
    pub fn decode(&self, noun: Noun, text: &str) -> Option<i64> {
        let id = Ulid::from_string(text).ok()?;
        let milliseconds = i64::try_from(id.timestamp_ms()).ok()? - EPOCH_SECONDS * 1000;
        if milliseconds < 0 {
            return None;
        }
        let tie = i64::try_from(id.random() >> 76 & 0xf).ok()?;
        let key = (milliseconds / 1000) << 14 | (milliseconds % 1000) << 4 | tie;
        (self.tag(noun, key) == id.random() & ((1 << 76) - 1)).then_some(key)
    }

    fn tag(&self, noun: Noun, key: i64) -> u128 {
        let mut hash = Sha256::new();
        hash.update(self.secret);
        hash.update([noun as u8]);
        hash.update(key.to_le_bytes());
        hash.update(self.secret);
        let digest = hash.finalize();
        digest[..16].iter().fold(0u128, |number, byte| number << 8 | u128::from(*byte)) & ((1 << 76) - 1)
    }
}

impl fmt::Debug for IdCodec {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("IdCodec(..)")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_round_trip_and_refuse_strangers() {
        let codec = IdCodec::new([7; 32]);
        let key = key_of("2026-11-07T13:21:04.927Z".parse().expect("instant")).expect("key") + 3;
        let id = codec.encode(Noun::Call, key);
        assert_eq!(codec.decode(Noun::Call, &id), Some(key));
        assert_eq!(codec.decode(Noun::Recording, &id), None);
        assert_eq!(IdCodec::new([8; 32]).decode(Noun::Call, &id), None);
        assert_eq!(codec.decode(Noun::Call, "nonsense"), None);
    }

    #[test]
    fn the_seventeenth_call_of_a_millisecond_takes_the_next() {
        let key = key_of("2026-11-07T13:21:04.999Z".parse().expect("instant")).expect("key") + 15;
        assert_eq!(instant_of(next_key(key)).to_string(), "2026-11-07T13:21:05Z");
        assert_eq!(next_key(key - 1), key);
    }
}
