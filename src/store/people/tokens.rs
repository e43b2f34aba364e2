//! Tokens for scripts and other systems. Their secrets stand as SHA-256.

use jiff::Timestamp;
use rusqlite::{Connection, Row, ToSql, params};

use super::{Account, list, listed, no_user, users};
use crate::{
    domain::{access::Token, audit::AuditRecord},
    store::{
        Store, audit,
        error::{Result, Sql, StoreError},
        writer::Durable,
    },
};

/// A token with the account whose rights it carries; none: the owner's.
#[derive(Clone)]
pub struct KeptToken {
    pub token: Token,
    pub account: Option<Account>,
}

/// Columns of [`read`], in its order.
const SELECT: &str = "SELECT t.id, t.name, u.name, t.scope, t.projects, t.created_us, t.expires_us, t.last_used_us, t.revoked_us \
    FROM token t LEFT JOIN user u ON u.id=t.user";

fn read(row: &Row<'_>) -> Sql<Token> {
    let instant = |micros: i64| Timestamp::from_microsecond(micros).unwrap_or_default();
    let (scope, projects): (String, String) = (row.get(3)?, row.get(4)?);
    Ok(Token {
        id: row.get(0)?,
        name: row.get(1)?,
        user: row.get(2)?,
        scope: listed(&scope, "the scope of a token")?,
        projects: listed(&projects, "the projects of a token")?,
        created: instant(row.get(5)?),
        expires: instant(row.get(6)?),
        last_used: row.get::<_, Option<i64>>(7)?.map(instant),
        revoked: row.get::<_, Option<i64>>(8)?.is_some(),
    })
}

/// The token that this is true of, with the account behind it.
fn kept(conn: &Connection, which: &str, value: &dyn ToSql) -> Sql<Option<KeptToken>> {
    let mut statement = conn.prepare_cached(&format!("{SELECT} WHERE {which}"))?;
    let mut rows = statement.query([value])?;
    let Some(row) = rows.next()? else { return Ok(None) };
    let token = read(row)?;
    let account = match &token.user {
        Some(name) => users::one(conn, "u.name=?1", name)?,
        None => None,
    };
    Ok(Some(KeptToken { token, account }))
}

impl Store {
    /// # Errors
    /// [`StoreError::NotFound`] for the user.
    pub async fn add_token(&self, token: Token, hash: [u8; 32], record: AuditRecord) -> Result<()> {
        self.threads
            .write(move |writer| {
                writer.act(Durable::Now, |transaction, _state| {
                    let key = match &token.user {
                        Some(name) => Some(users::key_of(transaction, name)?.ok_or_else(|| no_user(name))?),
                        None => None,
                    };
                    transaction.execute(
                        "INSERT INTO token VALUES(?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, NULL, NULL)",
                        params![
                            token.id,
                            token.name,
                            key,
                            hash,
                            list(&token.scope)?,
                            list(&token.projects)?,
                            record.who,
                            token.created.as_microsecond(),
                            token.expires.as_microsecond()
                        ],
                    )?;
                    audit::append(transaction, &record)?;
                    Ok(())
                })
            })
            .await
    }

    /// The token whose secret has this hash.
    pub async fn token_of(&self, hash: [u8; 32]) -> Result<Option<KeptToken>> {
        self.threads.read(move |reader| kept(&reader.conn, "t.hash=?1", &hash)).await
    }

    /// A token by its public id, without being used.
    pub async fn token_again(&self, id: String) -> Result<Option<KeptToken>> {
        self.threads.read(move |reader| kept(&reader.conn, "t.id=?1", &id)).await
    }

    /// All tokens, or those of one user; newest first. Expired and revoked ones stay on the list.
    pub async fn tokens(&self, user: Option<String>) -> Result<Vec<Token>> {
        self.threads
            .read(move |reader| {
                let sql = format!("{SELECT} WHERE ?1 IS NULL OR u.name=?1 ORDER BY t.created_us DESC, t.id");
                let mut statement = reader.conn.prepare_cached(&sql)?;
                let mut rows = statement.query([user])?;
                let mut tokens = Vec::new();
                while let Some(row) = rows.next()? {
                    tokens.push(read(row)?);
                }
                Ok(tokens)
            })
            .await
    }

    /// Ends a token for good; of one user where that is said.
    ///
    /// # Errors
    /// [`StoreError::NotFound`].
    pub async fn revoke_token(&self, id: String, user: Option<String>, record: AuditRecord) -> Result<()> {
        self.threads
            .write(move |writer| {
                writer.act(Durable::Now, |transaction, _state| {
                    let now = Timestamp::now().as_microsecond();
                    let found = transaction.execute(
                        "UPDATE token SET revoked_us=ifnull(revoked_us, ?3) \
                         WHERE id=?1 AND (?2 IS NULL OR user=(SELECT id FROM user WHERE name=?2))",
                        params![id, user, now],
                    )?;
                    if found == 0 {
                        let id = crate::domain::clean::line(&id, 60);
                        return Err(StoreError::NotFound(format!("there is no token {id}")).into());
                    }
                    audit::append(transaction, &record)?;
                    Ok(())
                })
            })
            .await
    }

    /// Notes that a token was used.
    pub async fn touch_token(&self, id: String, at: Timestamp) -> Result<()> {
        self.threads
            .write(move |writer| {
                writer.act(Durable::Trace, |transaction, _state| {
                    let at = at.as_microsecond();
                    transaction.execute("UPDATE token SET last_used_us=?2 WHERE id=?1", params![id, at])?;
                    Ok(())
                })
            })
            .await
    }
}
