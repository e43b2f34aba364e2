//! Customers that the exchange names: whoever calls from outside with a name.

use rusqlite::{Connection, OptionalExtension, params};

use crate::{
    domain::{call::Direction, fold::FoldedCall},
    store::{error::Sql, writer::State},
};

/// Keeps the caller's name for the number; people's names win, else the newest call's.
pub(super) fn meet(conn: &Connection, state: &mut State, call: &FoldedCall, key: i64) -> Sql<()> {
    let (Some(name), Some(from)) = (&call.caller_name, &call.from) else { return Ok(()) };
    let name = name.trim();
    let only_a_number = name.bytes().all(|byte| byte.is_ascii_digit() || b"+ -()".contains(&byte));
    if call.direction != Direction::In
        || only_a_number
        || from.canonical.is_empty()
        || state.names.extension.id(&from.canonical).is_some()
    {
        return Ok(());
    }
    let known: Option<(i64, Option<i64>, String)> = conn
        .prepare_cached(
            "SELECT k.id, k.met, k.name FROM customer_number m CROSS JOIN customer k ON k.id=m.customer WHERE m.canonical=?1",
        )?
        .query_row([&from.canonical], |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?)))
        .optional()?;
    match known {
        None => {
            let id = state.fresh_key(conn, "customer")?;
            conn.prepare_cached("INSERT INTO customer VALUES(?1, ?2, NULL, ?3)")?.execute(params![id, name, key])?;
            conn.prepare_cached("INSERT INTO customer_number VALUES(?1, ?2)")?.execute(params![from.canonical, id])?;
        }
        Some((id, Some(met), old)) if (met, old.as_str()) < (key, name) => {
            conn.prepare_cached("UPDATE customer SET name=?2, met=?3 WHERE id=?1")?.execute(params![id, name, key])?;
        }
        Some(_) => {}
    }
    Ok(())
}
