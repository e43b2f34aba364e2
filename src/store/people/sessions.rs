//! Sessions of people who signed in by password. Their tokens stand as SHA-256.

use jiff::{SignedDuration, Timestamp};
use rusqlite::{Row, params};

use super::{Account, no_user, users};
use crate::{
    domain::audit::AuditRecord,
    store::{
        Store, audit,
        error::{Result, Sql, StoreError},
        writer::Durable,
    },
};

/// A session as it is kept.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct KeptSession {
    pub id: String,
    pub user: String,
    pub address: Option<String>,
    pub created: Timestamp,
    /// When the password was shown last.
    pub authenticated: Timestamp,
    pub last: Timestamp,
    pub until: Timestamp,
}

/// Columns of [`read`], in its order.
const SELECT: &str = "SELECT s.id, u.name, s.address, s.created_us, s.authenticated_us, s.last_us, s.until_us \
    FROM session s CROSS JOIN user u ON u.id=s.user";

fn read(row: &Row<'_>) -> rusqlite::Result<KeptSession> {
    let instant = |micros: i64| Timestamp::from_microsecond(micros).unwrap_or_default();
    Ok(KeptSession {
        id: row.get(0)?,
        user: row.get(1)?,
        address: row.get(2)?,
        created: instant(row.get(3)?),
        authenticated: instant(row.get(4)?),
        last: instant(row.get(5)?),
        until: instant(row.get(6)?),
    })
}

impl Store {
    /// Keeps a session and takes away those that have ended; `idle` is how long one lasts without a request.
    ///
    /// # Errors
    /// [`StoreError::NotFound`] for the user.
    pub async fn add_session(
        &self,
        session: KeptSession,
        hash: [u8; 32],
        idle: SignedDuration,
        record: AuditRecord,
    ) -> Result<()> {
        self.threads
            .write(move |writer| {
                writer.act(Durable::Now, |transaction, _state| {
                    let key = users::key_of(transaction, &session.user)?.ok_or_else(|| no_user(&session.user))?;
                    let now = session.created.as_microsecond();
                    let silent = (session.created - idle).as_microsecond();
                    transaction.execute("DELETE FROM session WHERE until_us<?1 OR last_us<?2", [now, silent])?;
                    transaction.execute(
                        "INSERT INTO session VALUES(?1, ?2, ?3, ?4, ?5, ?5, ?5, ?6)",
                        params![session.id, key, hash, session.address, now, session.until.as_microsecond()],
                    )?;
                    transaction.execute("UPDATE user SET last_seen_us=?2 WHERE id=?1", [key, now])?;
                    audit::append(transaction, &record)?;
                    Ok(())
                })
            })
            .await
    }

    /// The session whose token has this hash, and the account.
    pub async fn session_of(&self, hash: [u8; 32]) -> Result<Option<(KeptSession, Account)>> {
        self.threads
            .read(move |reader| {
                let mut statement = reader.conn.prepare_cached(&format!("{SELECT} WHERE s.hash=?1"))?;
                let mut rows = statement.query([hash])?;
                let Some(row) = rows.next()? else { return Ok(None) };
                let session = read(row)?;
                let account = users::one(&reader.conn, "u.name=?1", &session.user)?;
                Ok(account.map(|account| (session, account)))
            })
            .await
    }

    /// A session by its public id, without being used: whoever listens for hours is asked about again.
    pub async fn session_again(&self, id: String) -> Result<Option<(KeptSession, Account)>> {
        self.threads
            .read(move |reader| {
                let mut statement = reader.conn.prepare_cached(&format!("{SELECT} WHERE s.id=?1"))?;
                let mut rows = statement.query([id])?;
                let Some(row) = rows.next()? else { return Ok(None) };
                let session = read(row)?;
                let account = users::one(&reader.conn, "u.name=?1", &session.user)?;
                Ok(account.map(|account| (session, account)))
            })
            .await
    }

    /// All sessions, or those of one user; newest first. Some may have ended.
    pub async fn sessions(&self, user: Option<String>) -> Result<Vec<KeptSession>> {
        self.threads
            .read(move |reader| -> Sql<Vec<KeptSession>> {
                let sql = format!("{SELECT} WHERE ?1 IS NULL OR u.name=?1 ORDER BY s.created_us DESC, s.id");
                let mut statement = reader.conn.prepare_cached(&sql)?;
                Ok(statement.query_map([user], read)?.collect::<rusqlite::Result<_>>()?)
            })
            .await
    }

    /// Ends a session; of one user where that is said.
    ///
    /// # Errors
    /// [`StoreError::NotFound`].
    pub async fn end_session(&self, id: String, user: Option<String>, record: AuditRecord) -> Result<()> {
        self.threads
            .write(move |writer| {
                writer.act(Durable::Now, |transaction, _state| {
                    let gone = transaction.execute(
                        "DELETE FROM session WHERE id=?1 AND (?2 IS NULL OR user=(SELECT id FROM user WHERE name=?2))",
                        params![id, user],
                    )?;
                    if gone == 0 {
                        let id = crate::domain::clean::line(&id, 60);
                        return Err(StoreError::NotFound(format!("there is no session {id}")).into());
                    }
                    audit::append(transaction, &record)?;
                    Ok(())
                })
            })
            .await
    }

    /// Notes that a session was used.
    pub async fn touch_session(&self, id: String, at: Timestamp) -> Result<()> {
        self.threads
            .write(move |writer| {
                writer.act(Durable::Trace, |transaction, _state| {
                    let at = at.as_microsecond();
                    transaction.execute("UPDATE session SET last_us=max(last_us, ?2) WHERE id=?1", params![id, at])?;
                    transaction.execute(
                        "UPDATE user SET last_seen_us=?2 WHERE id=(SELECT user FROM session WHERE id=?1)",
                        params![id, at],
                    )?;
                    Ok(())
                })
            })
            .await
    }
}
