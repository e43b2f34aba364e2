//! The audit log: append-only and hash-chained.
//!
//! `hash = SHA-256("audit-v1" ‖ prev ‖ seq ‖ at_us ‖ field…)`, seq and at_us as 64-bit big-endian numbers, a field as its
//! length (32 bits, big-endian) and its bytes, an absent field as the length `ffffffff` alone. The fields, in this order:
//! who, via, uid (decimal), sudo_user, ssh_connection, did, object, project, outcome, detail, commitment. `prev` is the hash
//! of the row before, 32 zero bytes for the first. `commitment = SHA-256("audit-foreign-v1" ‖ salt ‖ text)`; salt and text
//! lie in `audit_foreign` and can be erased without breaking the chain.
//!
//! Rows that tell an address or a session are hashed as `audit-v2`: the same, with address and session as two further fields.

use jiff::Timestamp;
use rusqlite::{Connection, OptionalExtension, Row, Transaction, params};
use sha2::{Digest, Sha256};

use super::{
    Store, company,
    error::{Result, Sql},
    writer::Durable,
};
use crate::domain::audit::{AuditEntry, AuditRecord};

/// Where the chain is broken, if it is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AuditBreak {
    /// The first row that is wrong or missing.
    pub seq: i64,
    pub reason: String,
}

/// What a check of the whole chain found.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct AuditCheck {
    pub rows: u64,
    /// Seq and hash of the last row, to compare with one kept outside.
    pub last: Option<(i64, String)>,
    pub broken: Option<AuditBreak>,
}

struct Fields {
    seq: i64,
    at: i64,
    who: String,
    via: String,
    uid: Option<u32>,
    sudo_user: Option<String>,
    ssh_connection: Option<String>,
    did: String,
    object: Option<String>,
    project: Option<String>,
    outcome: String,
    detail: Option<String>,
    commitment: Option<Vec<u8>>,
    address: Option<String>,
    session: Option<String>,
}

impl Fields {
    fn read(row: &Row<'_>) -> rusqlite::Result<Self> {
        Ok(Self {
            seq: row.get(0)?,
            at: row.get(1)?,
            who: row.get(2)?,
            via: row.get(3)?,
            uid: row.get(4)?,
            sudo_user: row.get(5)?,
            ssh_connection: row.get(6)?,
            did: row.get(7)?,
            object: row.get(8)?,
            project: row.get(9)?,
            outcome: row.get(10)?,
            detail: row.get(11)?,
            commitment: row.get(12)?,
            address: row.get(13)?,
            session: row.get(14)?,
        })
    }

    fn hash(&self, prev: &[u8]) -> [u8; 32] {
        let mut hash = Sha256::new();
        let second = self.address.is_some() || self.session.is_some();
        hash.update(if second { b"audit-v2" } else { b"audit-v1" });
        hash.update(prev);
        hash.update(self.seq.to_be_bytes());
        hash.update(self.at.to_be_bytes());
        let uid = self.uid.map(|uid| uid.to_string());
        let fields: [Option<&[u8]>; 13] = [
            Some(self.who.as_bytes()),
            Some(self.via.as_bytes()),
            uid.as_ref().map(String::as_bytes),
            self.sudo_user.as_ref().map(String::as_bytes),
            self.ssh_connection.as_ref().map(String::as_bytes),
            Some(self.did.as_bytes()),
            self.object.as_ref().map(String::as_bytes),
            self.project.as_ref().map(String::as_bytes),
            Some(self.outcome.as_bytes()),
            self.detail.as_ref().map(String::as_bytes),
            self.commitment.as_deref(),
            self.address.as_ref().map(String::as_bytes),
            self.session.as_ref().map(String::as_bytes),
        ];
        for field in &fields[..if second { 13 } else { 11 }] {
            hash.update(field.map_or(u32::MAX, |bytes| bytes.len() as u32).to_be_bytes());
            hash.update(field.unwrap_or_default());
        }
        hash.finalize().into()
    }
}

fn commit_to(salt: &[u8], text: &str) -> Vec<u8> {
    let mut hash = Sha256::new();
    hash.update(b"audit-foreign-v1");
    hash.update(salt);
    hash.update(text.as_bytes());
    hash.finalize().to_vec()
}

const COLUMNS: &str = "a.seq,a.at_us,a.who,a.via,a.uid,a.sudo_user,a.ssh_connection,a.did,a.object,a.project,a.outcome,a.detail,a.commitment,a.address,a.session";

/// Appends one record in the transaction of the act; gives its number.
pub(super) fn append(transaction: &Transaction<'_>, record: &AuditRecord) -> Sql<i64> {
    let last: Option<(i64, Vec<u8>)> = transaction
        .prepare_cached("SELECT seq, hash FROM audit_log ORDER BY seq DESC LIMIT 1")?
        .query_row([], |row| Ok((row.get(0)?, row.get(1)?)))
        .optional()?;
    let (seq, prev) = last.map_or_else(|| (1, vec![0; 32]), |(seq, hash)| (seq + 1, hash));
    let foreign = match &record.foreign {
        None => None,
        Some(text) => {
            let salt: [u8; 16] = company::random()?;
            Some((salt, commit_to(&salt, text), text))
        }
    };
    let fields = Fields {
        seq,
        at: Timestamp::now().as_microsecond(),
        who: record.who.clone(),
        via: record.origin.via.clone(),
        uid: record.origin.uid,
        sudo_user: record.origin.sudo_user.clone(),
        ssh_connection: record.origin.ssh_connection.clone(),
        did: record.did.to_owned(),
        object: record.object.clone(),
        project: record.project.clone(),
        outcome: record.outcome.to_owned(),
        detail: record.detail.clone(),
        commitment: foreign.as_ref().map(|(_, commitment, _)| commitment.clone()),
        address: record.origin.address.clone(),
        session: record.origin.session.clone(),
    };
    let hash = fields.hash(&prev);
    transaction
        .prepare_cached("INSERT INTO audit_log VALUES(?1,?2,?3,?4,?5,?6,?7,?8,?9,?10,?11,?12,?13,?14,?15,?16,?17)")?
        .execute(params![
            fields.seq,
            fields.at,
            fields.who,
            fields.via,
            fields.uid,
            fields.sudo_user,
            fields.ssh_connection,
            fields.did,
            fields.object,
            fields.project,
            fields.outcome,
            fields.detail,
            fields.commitment,
            prev,
            hash.as_slice(),
            fields.address,
            fields.session
        ])?;
    if let Some((salt, _, text)) = foreign {
        transaction.prepare_cached("INSERT INTO audit_foreign VALUES(?1,?2,?3)")?.execute(params![seq, salt.as_slice(), text])?;
    }
    Ok(seq)
}

fn read(conn: &Connection, after: i64, limit: usize) -> Sql<Vec<AuditEntry>> {
    let mut statement = conn.prepare_cached(&format!(
        "SELECT {COLUMNS}, f.text FROM audit_log a LEFT JOIN audit_foreign f ON f.seq=a.seq WHERE a.seq>?1 ORDER BY a.seq LIMIT ?2"
    ))?;
    let rows = statement.query_map(params![after, limit as i64], |row| {
        let fields = Fields::read(row)?;
        Ok(AuditEntry {
            seq: fields.seq,
            at: Timestamp::from_microsecond(fields.at).unwrap_or_default(),
            who: fields.who,
            via: fields.via,
            did: fields.did,
            object: fields.object,
            project: fields.project,
            outcome: fields.outcome,
            detail: fields.detail,
            address: fields.address,
            session: fields.session,
            foreign: row.get(15)?,
        })
    })?;
    Ok(rows.collect::<rusqlite::Result<_>>()?)
}

/// Reads the whole chain again; stops at the first row that is wrong.
fn verify(conn: &Connection) -> Sql<AuditCheck> {
    let mut check = AuditCheck::default();
    let mut statement = conn.prepare(&format!(
        "SELECT {COLUMNS}, a.prev, a.hash, f.salt, f.text FROM audit_log a LEFT JOIN audit_foreign f ON f.seq=a.seq ORDER BY a.seq"
    ))?;
    let mut rows = statement.query([])?;
    let mut last = vec![0; 32];
    while let Some(row) = rows.next()? {
        let fields = Fields::read(row)?;
        let (prev, hash): (Vec<u8>, Vec<u8>) = (row.get(15)?, row.get(16)?);
        let foreign: Option<(Vec<u8>, String)> = row.get::<_, Option<Vec<u8>>>(17)?.zip(row.get(18)?);
        let expected = check.rows as i64 + 1;
        let reason = if fields.seq != expected {
            Some(format!("row {expected} is missing"))
        } else if prev != last {
            Some("it does not follow the row before it".to_owned())
        } else if fields.hash(&prev).as_slice() != hash {
            Some("it was changed".to_owned())
        } else if foreign.is_some_and(|(salt, text)| Some(commit_to(&salt, &text)) != fields.commitment) {
            Some("the text beside it was changed".to_owned())
        } else {
            None
        };
        if let Some(reason) = reason {
            check.broken = Some(AuditBreak { seq: expected, reason });
            return Ok(check);
        }
        check.rows += 1;
        check.last = Some((fields.seq, hash.iter().map(|byte| format!("{byte:02x}")).collect()));
        last = hash;
    }
    Ok(check)
}

impl Store {
    /// Appends one record by itself, durably; gives its number.
    pub async fn append_audit(&self, record: AuditRecord) -> Result<i64> {
        self.threads.write(move |writer| writer.act(Durable::Now, |transaction, _state| append(transaction, &record))).await
    }

    /// Records after a number, oldest first.
    pub async fn audit(&self, after: Option<i64>, limit: usize) -> Result<Vec<AuditEntry>> {
        self.threads.read(move |reader| read(&reader.conn, after.unwrap_or(0), limit)).await
    }

    /// Recomputes the whole chain.
    pub async fn verify_audit(&self) -> Result<AuditCheck> {
        self.threads.read(|reader| verify(&reader.conn)).await
    }
}
