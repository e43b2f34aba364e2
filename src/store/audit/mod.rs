//! The audit log: append-only and hash-chained, with signed statements of how far it was. docs/audit.md has the format.

mod chain;
mod checkpoint;
mod find;
mod read;
mod verify;

pub use checkpoint::{Due, SealKey, Unsigned};
pub use verify::{CheckAsk, Since};

use jiff::Timestamp;
use rusqlite::{Connection, OptionalExtension, Transaction, params};

use super::{
    Store, company,
    error::{Result, Sql},
    writer::Durable,
};
use crate::domain::{
    audit::{AuditEntry, AuditRecord, AuditReport, Checkpoint},
    query::AuditFilter,
};
use chain::Link;

/// A page of the log.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct AuditPageRequest {
    pub filter: AuditFilter,
    /// Only what this person did.
    pub only: Option<String>,
    /// Whether words are looked for in what outsiders wrote.
    pub foreign: bool,
    pub newest_first: bool,
    /// Behind this entry, in the order asked for.
    pub after: Option<i64>,
    /// Nothing newer than this entry.
    pub bound: Option<i64>,
    pub limit: usize,
}

/// How many entries there are, and how many of them no checkpoint has signed.
pub(super) fn standing(conn: &Connection) -> Sql<(u64, u64)> {
    let unsigned = checkpoint::unsigned(conn)?.rows;
    Ok((read::newest(conn)?.unsigned_abs(), unsigned.unsigned_abs()))
}

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
            Some((salt, chain::commitment(&salt, text.as_bytes()), text))
        }
    };
    let (at, origin) = (Timestamp::now().as_microsecond(), &record.origin);
    let uid = origin.uid.map(|uid| uid.to_string());
    let bytes = |text: &Option<String>| text.clone().map(String::into_bytes);
    let commitment = foreign.as_ref().map(|(_, commitment, _)| commitment.as_slice());
    let (sudo_user, ssh, object, project) =
        (bytes(&origin.sudo_user), bytes(&origin.ssh_connection), bytes(&record.object), bytes(&record.project));
    let (detail, address, session) = (bytes(&record.detail), bytes(&origin.address), bytes(&origin.session));
    let link = Link {
        seq,
        at,
        fields: [
            Some(record.who.as_bytes()),
            Some(origin.via.as_bytes()),
            uid.as_ref().map(String::as_bytes),
            sudo_user.as_deref(),
            ssh.as_deref(),
            Some(record.did.as_bytes()),
            object.as_deref(),
            project.as_deref(),
            Some(record.outcome.as_bytes()),
            detail.as_deref(),
            commitment,
            address.as_deref(),
            session.as_deref(),
        ],
    };
    let hash = link.hash(&prev);
    transaction
        .prepare_cached("INSERT INTO audit_log VALUES(?1,?2,?3,?4,?5,?6,?7,?8,?9,?10,?11,?12,?13,?14,?15,?16,?17)")?
        .execute(params![
            seq,
            at,
            record.who,
            origin.via,
            origin.uid,
            origin.sudo_user,
            origin.ssh_connection,
            record.did,
            record.object,
            record.project,
            record.outcome,
            record.detail,
            commitment,
            prev,
            hash.as_slice(),
            origin.address,
            origin.session
        ])?;
    if let Some((salt, _, text)) = foreign {
        transaction.prepare_cached("INSERT INTO audit_foreign VALUES(?1,?2,?3)")?.execute(params![seq, salt.as_slice(), text])?;
    }
    Ok(seq)
}

impl Store {
    /// Appends one record by itself, durably; gives its number.
    pub async fn append_audit(&self, record: AuditRecord) -> Result<i64> {
        self.threads.write(move |writer| writer.act(Durable::Now, |transaction, _state| append(transaction, &record))).await
    }

    /// Records after a number, oldest first.
    pub async fn audit(&self, after: Option<i64>, limit: usize) -> Result<Vec<AuditEntry>> {
        self.audit_page(AuditPageRequest { after, limit, ..AuditPageRequest::default() }).await
    }

    /// Records that a question finds.
    pub async fn audit_page(&self, request: AuditPageRequest) -> Result<Vec<AuditEntry>> {
        self.threads.read(move |reader| read::page(reader, &request)).await
    }

    /// How many a question finds; place and limit of the page count for nothing.
    pub async fn count_audit(&self, request: AuditPageRequest) -> Result<u64> {
        self.threads.read(move |reader| read::count(reader, &request)).await
    }

    /// Number of the newest record; 0 without any.
    pub async fn newest_audit(&self) -> Result<i64> {
        self.threads.read(|reader| read::newest(&reader.conn)).await
    }

    /// Computes the whole chain again, and compares it with the checkpoints.
    pub async fn check_audit(&self, ask: CheckAsk) -> Result<AuditReport> {
        let log = self.database_id().to_owned();
        self.threads.read(move |reader| verify::verify(&reader.conn, &log, &ask)).await
    }

    /// Signed statements after an entry's number, oldest first.
    pub async fn checkpoints(&self, after: i64) -> Result<Vec<Checkpoint>> {
        let log = self.database_id().to_owned();
        self.threads.read(move |reader| checkpoint::read(&reader.conn, &log, after)).await
    }

    /// What no checkpoint covers yet.
    pub async fn unsigned_audit(&self) -> Result<Unsigned> {
        self.threads.read(|reader| checkpoint::unsigned(&reader.conn)).await
    }

    /// Signs how far the log is, if that is due; `record` is written first and signed with it. A key that the log does not
    /// name yet is named by an entry of its own.
    pub async fn sign_audit(&self, key: SealKey, due: Due, record: Option<AuditRecord>) -> Result<Option<Checkpoint>> {
        let log = self.database_id().to_owned();
        self.threads
            .write(move |writer| {
                writer.act(Durable::Now, |transaction, _state| {
                    if let Some(record) = &record {
                        append(transaction, record)?;
                    }
                    checkpoint::sign(transaction, &log, &key, due)
                })
            })
            .await
    }

    /// Tells the number of the newest entry whenever this program has written one.
    pub fn audit_written(&self) -> tokio::sync::watch::Receiver<i64> {
        self.shared.audit_seq.subscribe()
    }
}
