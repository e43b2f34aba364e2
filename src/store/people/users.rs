//! Accounts and their grants.

use jiff::Timestamp;
use rusqlite::{Connection, OptionalExtension, Row, Transaction, params};

use super::{list, listed, no_user, roles};
use crate::{
    domain::{
        access::{Grant, Over, People, User, UserDraft},
        actor::Granted,
        clean,
    },
    store::{
        Store,
        error::{Result, Sql, StoreError, damaged},
        writer::Durable,
    },
};

/// An account with what only the sign-in may know of it.
#[derive(Clone)]
pub struct Account {
    pub user: User,
    /// What the grants come to now.
    pub granted: Vec<Granted>,
    /// PHC string; none: no sign-in by password.
    pub phc: Option<String>,
}

/// Columns of [`read`], in its order.
const COLUMNS: &str =
    "u.id, u.name, u.full_name, u.login, u.agent, u.extensions, u.password, u.locked, u.created_us, u.last_seen_us, u.version";

/// Without the grants.
fn read(row: &Row<'_>) -> Sql<(i64, User, Option<String>)> {
    let instant = |micros: i64| Timestamp::from_microsecond(micros).unwrap_or_default();
    let phc: Option<String> = row.get(6)?;
    let extensions: String = row.get(5)?;
    let user = User {
        name: row.get(1)?,
        full_name: row.get(2)?,
        login: row.get(3)?,
        agent: row.get(4)?,
        extensions: listed(&extensions, "the extensions of an account")?,
        grants: Vec::new(),
        locked: row.get(7)?,
        password: phc.is_some(),
        created: instant(row.get(8)?),
        last_seen: row.get::<_, Option<i64>>(9)?.map(instant),
        version: row.get(10)?,
    };
    Ok((row.get(0)?, user, phc))
}

fn grants(conn: &Connection, key: i64) -> Sql<Vec<Grant>> {
    let mut statement = conn.prepare_cached("SELECT role, over FROM user_grant WHERE user=?1 ORDER BY role, over")?;
    let rows = statement.query_map([key], |row| Ok((row.get::<_, String>(0)?, row.get::<_, String>(1)?)))?;
    let mut grants = Vec::new();
    for row in rows {
        let (role, over) = row?;
        let over: Over = over.parse().map_err(|_error| damaged("a grant"))?;
        grants.push(Grant { role, over });
    }
    Ok(grants)
}

pub(super) fn all(conn: &Connection) -> Sql<Vec<User>> {
    let mut statement = conn.prepare_cached(&format!("SELECT {COLUMNS} FROM user u ORDER BY u.name"))?;
    let mut rows = statement.query([])?;
    let mut users = Vec::new();
    while let Some(row) = rows.next()? {
        let (key, user, _) = read(row)?;
        users.push(User { grants: grants(conn, key)?, ..user });
    }
    Ok(users)
}

/// The account that a condition on `u` with one parameter finds.
pub(super) fn one(conn: &Connection, condition: &str, value: &dyn rusqlite::ToSql) -> Sql<Option<Account>> {
    let mut statement = conn.prepare_cached(&format!("SELECT {COLUMNS} FROM user u WHERE {condition}"))?;
    let mut rows = statement.query([value])?;
    let Some(row) = rows.next()? else { return Ok(None) };
    let (key, user, phc) = read(row)?;
    let user = User { grants: grants(conn, key)?, ..user };
    let people = People { users: Vec::new(), roles: roles::all(conn)? };
    Ok(Some(Account { granted: people.granted_to(&user), user, phc }))
}

pub(super) fn key_of(conn: &Connection, name: &str) -> Sql<Option<i64>> {
    Ok(conn.prepare_cached("SELECT id FROM user WHERE name=?1")?.query_row([name], |row| row.get(0)).optional()?)
}

/// Whether an account of this name was removed. Names are never given again: views, notes, receipts and the audit log go by them.
fn was_somebody(conn: &Connection, name: &str) -> Sql<bool> {
    let sql = "SELECT 1 FROM audit_log INDEXED BY audit_object \
               WHERE object=?1 COLLATE NOCASE AND did='user.remove' AND outcome='done' AND object=?1 COLLATE BINARY LIMIT 1";
    Ok(conn.prepare_cached(sql)?.exists([name])?)
}

pub(super) fn put(transaction: &Transaction<'_>, name: &str, draft: &UserDraft, version: Option<i64>) -> Sql<()> {
    let mut statement = transaction.prepare_cached("SELECT id, version FROM user WHERE name=?1")?;
    let known: Option<(i64, i64)> = statement.query_row([name], |row| Ok((row.get(0)?, row.get(1)?))).optional()?;
    let there = known.map_or(0, |(_, version)| version);
    if let Some(version) = version.filter(|version| *version != there) {
        let name = clean::line(name, 60);
        let told = if version == 0 {
            format!("there is a user {name} already; choose another name, or change that one")
        } else {
            format!("the account {name} was changed meanwhile (version {there}, yours is {version}); read it again")
        };
        return Err(StoreError::Conflict(told).into());
    }
    let (extensions, now) = (list(&draft.extensions)?, Timestamp::now().as_microsecond());
    let key = if let Some((key, _)) = known {
        transaction.execute(
            "UPDATE user SET full_name=?2, login=?3, agent=?4, extensions=?5, locked=?6, version=version+1 WHERE id=?1",
            params![key, draft.full_name, draft.login, draft.agent, extensions, draft.locked],
        )?;
        key
    } else {
        if was_somebody(transaction, name)? {
            let name = clean::line(name, 60);
            return Err(StoreError::Invalid(format!(
                "{name} was the name of an account that was removed, and what they saved, heard and did stands under it; choose \
                 another name. Accounts of people who may come back are locked, not removed"
            ))
            .into());
        }
        transaction.execute(
            "INSERT INTO user VALUES(NULL, ?1, ?2, ?3, ?4, ?5, NULL, ?6, ?7, NULL, 1)",
            params![name, draft.full_name, draft.login, draft.agent, extensions, draft.locked, now],
        )?;
        transaction.last_insert_rowid()
    };
    transaction.execute("DELETE FROM user_grant WHERE user=?1", [key])?;
    for grant in &draft.grants {
        transaction.prepare_cached("INSERT OR IGNORE INTO user_grant VALUES(?1, ?2, ?3)")?.execute(params![
            key,
            grant.role,
            grant.over.to_string()
        ])?;
    }
    if draft.locked {
        transaction.execute("DELETE FROM session WHERE user=?1", [key])?;
        transaction.execute("UPDATE token SET revoked_us=?2 WHERE user=?1 AND revoked_us IS NULL", [key, now])?;
    }
    Ok(())
}

pub(super) fn remove(transaction: &Transaction<'_>, name: &str) -> Sql<()> {
    let gone = transaction.execute("DELETE FROM user WHERE name=?1", [name])?;
    if gone == 0 { Err(no_user(name).into()) } else { Ok(()) }
}

pub(super) fn set_password(transaction: &Transaction<'_>, name: &str, phc: Option<&str>, but_session: Option<&str>) -> Sql<()> {
    let key = key_of(transaction, name)?.ok_or_else(|| no_user(name))?;
    transaction.execute("UPDATE user SET password=?2 WHERE id=?1", params![key, phc])?;
    transaction.execute("DELETE FROM session WHERE user=?1 AND id IS NOT ?2", params![key, but_session])?;
    Ok(())
}

impl Store {
    /// The account of this name.
    pub async fn account(&self, name: String) -> Result<Option<Account>> {
        self.threads.read(move |reader| one(&reader.conn, "u.name=?1", &name)).await
    }

    /// The account that a login name on the server's machine signs in.
    pub async fn account_of_login(&self, login: String) -> Result<Option<Account>> {
        self.threads.read(move |reader| one(&reader.conn, "u.login=?1", &login)).await
    }

    /// Puts a hash of the same password in the place of one with weaker parameters.
    pub async fn rehash(&self, name: String, before: String, phc: String) -> Result<()> {
        self.threads
            .write(move |writer| {
                writer.act(Durable::Trace, |transaction, _state| {
                    transaction.execute("UPDATE user SET password=?3 WHERE name=?1 AND password=?2", [&name, &before, &phc])?;
                    Ok(())
                })
            })
            .await
    }
}
