//! Roles that people made, and built-in ones that they changed.

use rusqlite::{Connection, Transaction, params};

use super::{list, listed};
use crate::{
    domain::access::{BUILT_IN, Role, roles_with},
    store::error::{Sql, StoreError},
};

pub(super) fn all(conn: &Connection) -> Sql<Vec<Role>> {
    let mut statement = conn.prepare_cached("SELECT name, permissions, remark FROM role ORDER BY name")?;
    let mut rows = statement.query([])?;
    let mut kept = Vec::new();
    while let Some(row) = rows.next()? {
        let permissions: String = row.get(1)?;
        let permissions = listed(&permissions, "the permissions of a role")?;
        kept.push(Role { name: row.get(0)?, remark: row.get(2)?, permissions, built_in: false });
    }
    Ok(roles_with(kept))
}

pub(super) fn put(transaction: &Transaction<'_>, role: &Role) -> Sql<()> {
    transaction.prepare_cached("INSERT OR REPLACE INTO role VALUES(?1, ?2, ?3)")?.execute(params![
        role.name,
        list(&role.permissions)?,
        role.remark
    ])?;
    Ok(())
}

pub(super) fn remove(transaction: &Transaction<'_>, name: &str) -> Sql<()> {
    let gone = transaction.execute("DELETE FROM role WHERE name=?1", [name])?;
    if gone == 0 && BUILT_IN.iter().all(|role| role.name != name) {
        return Err(StoreError::NotFound(format!("there is no role {}", crate::domain::clean::line(name, 60))).into());
    }
    Ok(())
}
