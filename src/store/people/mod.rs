//! Accounts with their grants, roles, sessions, tokens. Who may change what is decided before, over one state of them all;
//! a change names that state and is not done to another.

mod roles;
mod sessions;
mod tokens;
mod users;

pub use sessions::KeptSession;
pub use tokens::KeptToken;
pub use users::Account;

use rusqlite::{Connection, Transaction};

use super::{
    Store, audit,
    error::{Result, Sql, StoreError},
    writer::Durable,
};
use crate::domain::{
    access::{People, Role, UserDraft},
    audit::AuditRecord,
};

/// What is done to accounts and roles.
#[derive(Clone)]
pub enum PeopleChange {
    /// Makes or changes an account; with a version, only where it still is that one. Locking ends sessions and tokens.
    PutUser {
        name: String,
        draft: UserDraft,
        version: Option<i64>,
    },
    /// With sessions and tokens.
    RemoveUser(String),
    /// A PHC string; none: no sign-in by password. Ends the user's sessions but the one named.
    SetPassword {
        name: String,
        phc: Option<String>,
        but_session: Option<String>,
    },
    PutRole(Role),
    /// A built-in one becomes what it was.
    RemoveRole(String),
}

impl Store {
    /// All accounts and roles, and the number of this state.
    pub async fn people(&self) -> Result<(People, i64)> {
        self.threads.read(|reader| Ok((everybody(&reader.conn)?, state(&reader.conn)?))).await
    }

    /// Does it, if the state is still `known`; tells whether it was.
    ///
    /// # Errors
    /// [`StoreError::NotFound`] for the account or role, [`StoreError::Conflict`] for a version that is not there any more.
    pub async fn change_people(&self, known: i64, change: PeopleChange, record: AuditRecord) -> Result<bool> {
        self.threads
            .write(move |writer| {
                writer.act(Durable::Now, |transaction, _state| {
                    if state(transaction)? != known {
                        return Ok(false);
                    }
                    done(transaction, change)?;
                    transaction.execute("UPDATE meta SET value=value+1 WHERE key='people'", [])?;
                    audit::append(transaction, &record)?;
                    Ok(true)
                })
            })
            .await
    }
}

fn done(transaction: &Transaction<'_>, change: PeopleChange) -> Sql<()> {
    match change {
        PeopleChange::PutUser { name, draft, version } => users::put(transaction, &name, &draft, version),
        PeopleChange::RemoveUser(name) => users::remove(transaction, &name),
        PeopleChange::SetPassword { name, phc, but_session } => {
            users::set_password(transaction, &name, phc.as_deref(), but_session.as_deref())
        }
        PeopleChange::PutRole(role) => roles::put(transaction, &role),
        PeopleChange::RemoveRole(name) => roles::remove(transaction, &name),
    }
}

fn state(conn: &Connection) -> Sql<i64> {
    Ok(conn.prepare_cached("SELECT value FROM meta WHERE key='people'")?.query_row([], |row| row.get(0))?)
}

fn everybody(conn: &Connection) -> Sql<People> {
    Ok(People { users: users::all(conn)?, roles: roles::all(conn)? })
}

fn no_user(name: &str) -> StoreError {
    StoreError::NotFound(format!("there is no user {}", crate::domain::clean::line(name, 60)))
}

/// A list of words as it is kept.
fn list<T: serde::Serialize>(items: &[T]) -> Sql<String> {
    serde_json::to_string(items).map_err(|error| StoreError::Invalid(format!("a list cannot be kept: {error}")).into())
}

fn listed<T: serde::de::DeserializeOwned>(text: &str, what: &str) -> Sql<Vec<T>> {
    serde_json::from_str(text).map_err(|_error| super::error::damaged(what))
}
