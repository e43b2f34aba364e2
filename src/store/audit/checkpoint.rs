//! Signed statements of how far the log was, and with which hash.
//!
//! Signed is `"audit-checkpoint-v1" ‖ length of the log's id (32 bits) ‖ log's id ‖ seq ‖ at_us ‖ hash ‖ previous ‖ public
//! key`, numbers big-endian. `previous` is the SHA-256 of message and signature of the checkpoint before, 32 zero bytes for
//! the first.

use std::sync::Arc;

use ed25519_dalek::{Signature, Signer, SigningKey, VerifyingKey};
use jiff::{SignedDuration, Timestamp};
use rusqlite::{Connection, OptionalExtension, Transaction, params};
use sha2::{Digest, Sha256};

use super::chain::{Hash, hex, unhex};
use crate::{
    domain::{
        actor::Origin,
        audit::{AuditRecord, Checkpoint},
    },
    store::error::{Sql, damaged},
};

/// A checkpoint is made after so many entries.
const ROWS: i64 = 1_000;
/// An entry waits at most so long for its checkpoint.
const WAIT: SignedDuration = SignedDuration::from_hours(1);

/// The key that signs.
#[derive(Clone)]
pub struct SealKey(Arc<SigningKey>);

/// Whether a checkpoint is made though nobody has to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Due {
    /// After 1,000 entries, and for entries older than an hour.
    InTime,
    /// Whenever there is an entry that no checkpoint covers.
    Now,
}

/// Entries that no checkpoint covers.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Unsigned {
    pub rows: i64,
    /// The oldest of them.
    pub since: Option<Timestamp>,
}

impl SealKey {
    pub fn new(secret: &[u8; 32]) -> Self {
        Self(Arc::new(SigningKey::from_bytes(secret)))
    }

    /// The public half, hexadecimal: the name of the key.
    pub fn id(&self) -> String {
        hex(self.0.verifying_key().as_bytes())
    }
}

impl Unsigned {
    /// Whether a checkpoint should be made now.
    pub fn due(&self, due: Due) -> bool {
        let waited = |since: Timestamp| Timestamp::now().duration_since(since).abs() >= WAIT;
        match due {
            Due::Now => self.rows > 0,
            Due::InTime => self.rows >= ROWS || self.since.is_some_and(waited),
        }
    }
}

fn message(checkpoint: &Checkpoint) -> Option<Vec<u8>> {
    let mut message = b"audit-checkpoint-v1".to_vec();
    message.extend((checkpoint.log.len() as u32).to_be_bytes());
    message.extend(checkpoint.log.as_bytes());
    message.extend(checkpoint.seq.to_be_bytes());
    message.extend(checkpoint.at.as_microsecond().to_be_bytes());
    for part in [&checkpoint.hash, &checkpoint.previous, &checkpoint.key_id] {
        message.extend(unhex::<32>(part)?);
    }
    Some(message)
}

/// What the next checkpoint calls `previous`.
pub(super) fn digest(checkpoint: &Checkpoint) -> Option<Hash> {
    let mut hash = Sha256::new();
    hash.update(message(checkpoint)?);
    hash.update(unhex::<64>(&checkpoint.signature)?);
    Some(hash.finalize().into())
}

/// Whether the key that it names has signed it.
pub(super) fn is_signed(checkpoint: &Checkpoint) -> bool {
    let check = || {
        let key = VerifyingKey::from_bytes(&unhex(&checkpoint.key_id)?).ok()?;
        let signature = Signature::from_bytes(&unhex(&checkpoint.signature)?);
        key.verify_strict(&message(checkpoint)?, &signature).ok()
    };
    check().is_some()
}

/// Those after an entry, oldest first.
pub(super) fn read(conn: &Connection, log: &str, after: i64) -> Sql<Vec<Checkpoint>> {
    let mut statement = conn
        .prepare_cached("SELECT seq, at_us, hash, previous, key_id, signature FROM audit_checkpoint WHERE seq>?1 ORDER BY seq")?;
    let rows = statement.query_map([after], |row| {
        Ok(Checkpoint {
            log: log.to_owned(),
            seq: row.get(0)?,
            at: Timestamp::from_microsecond(row.get(1)?).unwrap_or_default(),
            hash: hex(&row.get::<_, Vec<u8>>(2)?),
            previous: hex(&row.get::<_, Vec<u8>>(3)?),
            key_id: row.get(4)?,
            signature: hex(&row.get::<_, Vec<u8>>(5)?),
        })
    })?;
    Ok(rows.collect::<rusqlite::Result<_>>()?)
}

fn last_signed(conn: &Connection) -> Sql<i64> {
    Ok(conn.prepare_cached("SELECT ifnull(max(seq), 0) FROM audit_checkpoint")?.query_row([], |row| row.get(0))?)
}

pub(super) fn unsigned(conn: &Connection) -> Sql<Unsigned> {
    let signed = last_signed(conn)?;
    let since: Option<i64> = conn
        .prepare_cached("SELECT at_us FROM audit_log WHERE seq>?1 ORDER BY seq LIMIT 1")?
        .query_row([signed], |row| row.get(0))
        .optional()?;
    let newest = super::read::newest(conn)?;
    Ok(Unsigned { rows: (newest - signed).max(0), since: since.and_then(|micros| Timestamp::from_microsecond(micros).ok()) })
}

/// Makes one, if due.
pub(super) fn sign(transaction: &Transaction<'_>, log: &str, key: &SealKey, due: Due) -> Sql<Option<Checkpoint>> {
    if !unsigned(transaction)?.due(due) {
        return Ok(None);
    }
    let id = key.id();
    let named = transaction.prepare_cached("SELECT 1 FROM audit_log WHERE did='audit.key' AND object=?1")?.exists([&id])?;
    if !named {
        let origin = Origin { via: "job".to_owned(), ..Origin::default() };
        let (who, detail) = ("system".to_owned(), Some("this key signs the log from here on".to_owned()));
        let named = AuditRecord {
            who,
            origin,
            did: "audit.key",
            object: Some(id.clone()),
            project: None,
            outcome: "done",
            detail,
            foreign: None,
        };
        super::append(transaction, &named)?;
    }
    let (seq, hash): (i64, Vec<u8>) =
        transaction
            .query_row("SELECT seq, hash FROM audit_log ORDER BY seq DESC LIMIT 1", [], |row| Ok((row.get(0)?, row.get(1)?)))?;
    let previous = match read(transaction, log, last_signed(transaction)? - 1)?.last() {
        None => [0; 32],
        Some(before) => digest(before).ok_or_else(|| damaged("the last checkpoint of the audit log"))?,
    };
    // To the millisecond, as JSON tells it: whoever has only that can check the signature.
    let at = Timestamp::from_millisecond(Timestamp::now().as_millisecond()).unwrap_or_default();
    let mut checkpoint = Checkpoint {
        log: log.to_owned(),
        seq,
        at,
        hash: hex(&hash),
        previous: hex(&previous),
        key_id: id,
        signature: String::new(),
    };
    let signature = key.0.sign(&message(&checkpoint).ok_or_else(|| damaged("the last hash of the audit log"))?).to_bytes();
    checkpoint.signature = hex(&signature);
    transaction.prepare_cached("INSERT INTO audit_checkpoint VALUES(?1,?2,?3,?4,?5,?6)")?.execute(params![
        seq,
        at.as_microsecond(),
        hash,
        previous.as_slice(),
        checkpoint.key_id,
        signature.as_slice()
    ])?;
    Ok(Some(checkpoint))
}
