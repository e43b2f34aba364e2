//! Shares: chosen recordings and clips for somebody without an account.

use jiff::Timestamp;
use rusqlite::{Connection, OptionalExtension, Row, params};

use super::{
    Store, audit,
    error::{Result, Sql, StoreError, damaged},
    writer::Durable,
};
use crate::domain::{
    access::{Share, ShareItem, SharedThing},
    audit::AuditRecord,
    clean,
};

/// A share with what only the service may know of it.
#[derive(Clone)]
pub struct KeptShare {
    pub share: Share,
    /// A PHC string; none: nothing is asked.
    pub passphrase: Option<String>,
    /// Public id of the token with which it was made.
    pub token: Option<String>,
}

/// Columns of [`read`], in its order.
const SELECT: &str =
    "SELECT id, title, remark, who, created_us, expires_us, passphrase, plays, played, revoked_us, token FROM share";

fn read(conn: &Connection, row: &Row<'_>) -> Sql<KeptShare> {
    let instant = |micros: i64| Timestamp::from_microsecond(micros).unwrap_or_default();
    let id: String = row.get(0)?;
    let passphrase: Option<String> = row.get(6)?;
    let share = Share {
        items: items(conn, &id)?,
        id,
        title: row.get(1)?,
        remark: row.get(2)?,
        who: row.get(3)?,
        created: instant(row.get(4)?),
        expires: instant(row.get(5)?),
        passphrase: passphrase.is_some(),
        plays: row.get(7)?,
        played: row.get(8)?,
        revoked: row.get::<_, Option<i64>>(9)?.is_some(),
    };
    Ok(KeptShare { share, passphrase, token: row.get(10)? })
}

fn items(conn: &Connection, id: &str) -> Sql<Vec<ShareItem>> {
    let mut statement = conn.prepare_cached("SELECT kind, item FROM share_item WHERE share=?1 ORDER BY seq")?;
    let rows = statement.query_map([id], |row| Ok((row.get::<_, i64>(0)?, row.get::<_, String>(1)?)))?;
    let mut items = Vec::new();
    for row in rows {
        let (kind, id) = row?;
        let kind = SharedThing::from_code(kind).ok_or_else(|| damaged("a share"))?;
        items.push(ShareItem { kind, id });
    }
    Ok(items)
}

impl Store {
    /// `hash` is of its secret. Rights and scope are the caller's.
    pub async fn add_share(&self, kept: KeptShare, hash: [u8; 32], record: AuditRecord) -> Result<()> {
        self.threads
            .write(move |writer| {
                writer.act(Durable::Now, |transaction, _state| {
                    let KeptShare { share, passphrase, token } = kept;
                    transaction.execute(
                        "INSERT INTO share(id, hash, title, remark, who, token, created_us, expires_us, passphrase, plays, played) \
                         VALUES(?1,?2,?3,?4,?5,?6,?7,?8,?9,?10,0)",
                        params![
                            share.id,
                            hash,
                            share.title,
                            share.remark,
                            share.who,
                            token,
                            share.created.as_microsecond(),
                            share.expires.as_microsecond(),
                            passphrase,
                            share.plays
                        ],
                    )?;
                    for (seq, item) in share.items.iter().enumerate() {
                        transaction.execute(
                            "INSERT INTO share_item VALUES(?1,?2,?3,?4)",
                            params![share.id, seq, item.kind.code(), item.id],
                        )?;
                    }
                    audit::append(transaction, &record)?;
                    Ok(())
                })
            })
            .await
    }

    /// Newest first; of one maker where that is said.
    pub async fn shares(&self, who: Option<String>) -> Result<Vec<Share>> {
        self.threads
            .read(move |reader| {
                let sql = format!("{SELECT} WHERE ?1 IS NULL OR who=?1 ORDER BY created_us DESC, id");
                let mut statement = reader.conn.prepare_cached(&sql)?;
                let mut rows = statement.query([who])?;
                let mut shares = Vec::new();
                while let Some(row) = rows.next()? {
                    shares.push(read(&reader.conn, row)?.share);
                }
                Ok(shares)
            })
            .await
    }

    /// The share whose secret has this hash, whatever became of it.
    pub async fn share_of(&self, hash: [u8; 32]) -> Result<Option<KeptShare>> {
        self.threads
            .read(move |reader| {
                let mut statement = reader.conn.prepare_cached(&format!("{SELECT} WHERE hash=?1"))?;
                let mut rows = statement.query([hash])?;
                rows.next()?.map(|row| read(&reader.conn, row)).transpose()
            })
            .await
    }

    /// Counts one play; false, and nothing is written, where none is left, or it has expired or was revoked.
    pub async fn count_play(&self, id: String, now: Timestamp, record: AuditRecord) -> Result<bool> {
        self.threads
            .write(move |writer| {
                writer.act(Durable::Now, |transaction, _state| {
                    let counted = transaction
                        .prepare_cached(
                            "UPDATE share SET played=played+1 WHERE id=?1 AND revoked_us IS NULL AND expires_us>?2 \
                             AND (plays IS NULL OR played<plays)",
                        )?
                        .execute(params![id, now.as_microsecond()])?;
                    if counted > 0 {
                        audit::append(transaction, &record)?;
                    }
                    Ok(counted > 0)
                })
            })
            .await
    }

    /// Ends a share for good; of one maker where that is said.
    ///
    /// # Errors
    /// [`StoreError::NotFound`], also for one of another maker. One that was revoked already stays so.
    pub async fn revoke_share(&self, id: String, who: Option<String>, record: AuditRecord) -> Result<()> {
        self.threads
            .write(move |writer| {
                writer.act(Durable::Now, |transaction, _state| {
                    let revoked: Option<Option<i64>> = transaction
                        .prepare_cached("SELECT revoked_us FROM share WHERE id=?1 AND (?2 IS NULL OR who=?2)")?
                        .query_row(params![id, who], |row| row.get(0))
                        .optional()?;
                    let missing = || StoreError::NotFound(format!("there is no share {}", clean::line(&id, 60)));
                    if revoked.ok_or_else(missing)?.is_none() {
                        let now = Timestamp::now().as_microsecond();
                        transaction.prepare_cached("UPDATE share SET revoked_us=?2 WHERE id=?1")?.execute(params![id, now])?;
                        audit::append(transaction, &record)?;
                    }
                    Ok(())
                })
            })
            .await
    }
}
