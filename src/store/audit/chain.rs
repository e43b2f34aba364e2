//! How one row is hashed.
//!
//! `hash = SHA-256("audit-v1" ‖ prev ‖ seq ‖ at_us ‖ field…)`, seq and at_us as 64-bit big-endian numbers, a field as its
//! length (32 bits, big-endian) and its bytes, an absent field as the length `ffffffff` alone. The fields, in this order:
//! who, via, uid (decimal), sudo_user, ssh_connection, did, object, project, outcome, detail, commitment. `prev` is the hash
//! of the row before, 32 zero bytes for the first. `commitment = SHA-256("audit-foreign-v1" ‖ salt ‖ text)`; salt and text
//! lie in `audit_foreign` and can be erased without breaking the chain.
//!
//! Rows that tell an address or a session are hashed as `audit-v2`: the same, with address and session as two further fields.

use rusqlite::{Row, types::ValueRef};
use sha2::{Digest, Sha256};

pub(super) type Hash = [u8; 32];

/// What of a row is hashed.
pub(super) struct Link<'a> {
    pub(super) seq: i64,
    pub(super) at: i64,
    /// In the order of the format; address and session last.
    pub(super) fields: [Option<&'a [u8]>; 13],
}

/// The columns of [`Link::read`], in its order.
pub(super) const LINK: &str = "a.seq,a.at_us,a.who,a.via,a.uid,a.sudo_user,a.ssh_connection,a.did,a.object,a.project,\
    a.outcome,a.detail,a.commitment,a.address,a.session";

/// How many they are.
pub(super) const LINK_COLUMNS: usize = 15;

impl<'a> Link<'a> {
    /// `uid` is room for the number as text.
    pub(super) fn read(row: &'a Row<'_>, uid: &'a mut String) -> rusqlite::Result<Self> {
        let mut fields = [None; 13];
        for (index, field) in fields.iter_mut().enumerate() {
            *field = match row.get_ref(index + 2)? {
                ValueRef::Text(bytes) | ValueRef::Blob(bytes) => Some(bytes),
                _ => None,
            };
        }
        if let ValueRef::Integer(number) = row.get_ref(4)? {
            use std::fmt::Write;
            uid.clear();
            let _ = write!(uid, "{number}");
            fields[2] = Some(uid.as_bytes());
        }
        Ok(Self { seq: row.get(0)?, at: row.get(1)?, fields })
    }

    pub(super) fn hash(&self, prev: &[u8]) -> Hash {
        let mut hash = Sha256::new();
        let second = self.fields[11].is_some() || self.fields[12].is_some();
        hash.update(if second { b"audit-v2" } else { b"audit-v1" });
        hash.update(prev);
        hash.update(self.seq.to_be_bytes());
        hash.update(self.at.to_be_bytes());
        for field in &self.fields[..if second { 13 } else { 11 }] {
            hash.update(field.map_or(u32::MAX, |bytes| bytes.len() as u32).to_be_bytes());
            hash.update(field.unwrap_or_default());
        }
        hash.finalize().into()
    }
}

/// What stands in the chain for a text that outsiders wrote.
pub(super) fn commitment(salt: &[u8], text: &[u8]) -> Hash {
    let mut hash = Sha256::new();
    hash.update(b"audit-foreign-v1");
    hash.update(salt);
    hash.update(text);
    hash.finalize().into()
}

pub(super) fn hex(bytes: &[u8]) -> String {
    use std::fmt::Write;
    bytes.iter().fold(String::with_capacity(bytes.len() * 2), |mut text, byte| {
        let _ = write!(text, "{byte:02x}");
        text
    })
}

/// Bytes of a hexadecimal text of this length exactly.
pub(super) fn unhex<const N: usize>(text: &str) -> Option<[u8; N]> {
    if text.len() != N * 2 || !text.bytes().all(|byte| byte.is_ascii_hexdigit()) {
        return None;
    }
    let mut bytes = [0; N];
    for (index, byte) in bytes.iter_mut().enumerate() {
        *byte = u8::from_str_radix(text.get(index * 2..index * 2 + 2)?, 16).ok()?;
    }
    Some(bytes)
}
