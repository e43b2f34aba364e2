//! Customers: names behind outside numbers.

use std::collections::HashMap;

use rusqlite::{OptionalExtension, Transaction, params};

use super::{
    Store, audit,
    error::{Result, Sql, StoreError},
    reader::Reader,
    writer::{Durable, State},
};
use crate::domain::{audit::AuditRecord, clean, directory::Customer, id::Noun};

impl Store {
    /// All customers, by name.
    pub async fn customers(&self) -> Result<Vec<Customer>> {
        self.threads.read(customers).await
    }

    /// Customers whose name has the text in it, case and accents aside: names that begin with it first, then by name.
    pub async fn customers_like(&self, text: String, limit: usize) -> Result<Vec<Customer>> {
        self.threads.read(move |reader| like(reader, &text, limit)).await
    }

    /// Makes a customer (empty id) or replaces one. A number belongs to one customer: it leaves the one that had it.
    ///
    /// # Errors
    /// [`StoreError::NotFound`] for an unknown id, [`StoreError::Invalid`] without a name.
    pub async fn put_customer(&self, customer: Customer, record: AuditRecord) -> Result<Customer> {
        if customer.name.trim().is_empty() {
            return Err(StoreError::Invalid("a customer needs a name".to_owned()));
        }
        self.threads
            .write(move |writer| {
                writer.act(Durable::Now, |transaction, state| {
                    let customer = put(transaction, state, customer)?;
                    audit::append(transaction, &record)?;
                    Ok(customer)
                })
            })
            .await
    }

    pub async fn remove_customer(&self, id: String, record: AuditRecord) -> Result<()> {
        self.threads
            .write(move |writer| {
                writer.act(Durable::Now, |transaction, state| {
                    let key = known(transaction, state, &id)?;
                    transaction.execute("DELETE FROM customer_number WHERE customer=?1", [key])?;
                    transaction.execute("DELETE FROM customer WHERE id=?1", [key])?;
                    audit::append(transaction, &record)?;
                    Ok(())
                })
            })
            .await
    }
}

fn customers(reader: &mut Reader) -> Sql<Vec<Customer>> {
    let mut numbers: HashMap<i64, Vec<String>> = HashMap::new();
    let mut statement = reader.conn.prepare_cached("SELECT customer, canonical FROM customer_number ORDER BY canonical")?;
    let mut rows = statement.query([])?;
    while let Some(row) = rows.next()? {
        numbers.entry(row.get(0)?).or_default().push(row.get(1)?);
    }
    let mut statement = reader.conn.prepare_cached("SELECT id, name, remark FROM customer ORDER BY name, id")?;
    let rows = statement.query_map([], |row| {
        let key = row.get(0)?;
        Ok(Customer {
            id: reader.shared.codec.encode(Noun::Customer, key),
            name: row.get(1)?,
            numbers: numbers.remove(&key).unwrap_or_default(),
            remark: row.get(2)?,
        })
    })?;
    Ok(rows.collect::<rusqlite::Result<_>>()?)
}

fn like(reader: &mut Reader, text: &str, limit: usize) -> Sql<Vec<Customer>> {
    let part = clean::fold(text);
    let mut found: Vec<(bool, String, i64)> = Vec::new();
    let mut statement = reader.conn.prepare_cached("SELECT id, name FROM customer")?;
    let mut rows = statement.query([])?;
    while let Some(row) = rows.next()? {
        let name = clean::fold(row.get_ref(1)?.as_str().unwrap_or_default());
        if name.contains(&part) {
            found.push((!name.starts_with(&part), name, row.get(0)?));
        }
    }
    found.sort_unstable();
    found.truncate(limit);
    let mut one = reader.conn.prepare_cached("SELECT name, remark FROM customer WHERE id=?1")?;
    let customer = |(_, _, key): (bool, String, i64)| {
        let (name, remark) = one.query_row([key], |row| Ok((row.get(0)?, row.get(1)?)))?;
        Ok(Customer { id: reader.shared.codec.encode(Noun::Customer, key), name, numbers: numbers(reader, key)?, remark })
    };
    found.into_iter().map(customer).collect()
}

/// Numbers of a customer, in their order.
fn numbers(reader: &Reader, customer: i64) -> Sql<Vec<String>> {
    let sql = "SELECT canonical FROM customer_number WHERE customer=?1 ORDER BY canonical";
    let mut statement = reader.conn.prepare_cached(sql)?;
    Ok(statement.query_map([customer], |row| row.get(0))?.collect::<rusqlite::Result<_>>()?)
}

/// The customer who has a number, with all numbers in their order.
pub(super) fn of_number(reader: &Reader, number: &str) -> Sql<Option<Customer>> {
    let conn = &reader.conn;
    let found: Option<(i64, String, Option<String>)> = conn
        .prepare_cached(
            "SELECT k.id, k.name, k.remark FROM customer_number c CROSS JOIN customer k ON k.id=c.customer WHERE c.canonical=?1",
        )?
        .query_row([number], |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?)))
        .optional()?;
    let Some((key, name, remark)) = found else { return Ok(None) };
    Ok(Some(Customer { id: reader.shared.codec.encode(Noun::Customer, key), name, numbers: numbers(reader, key)?, remark }))
}

fn known(transaction: &Transaction<'_>, state: &State, id: &str) -> Sql<i64> {
    let key = state.shared.codec.decode(Noun::Customer, id);
    let known: Option<i64> = transaction.query_row("SELECT id FROM customer WHERE id=?1", [key], |row| row.get(0)).optional()?;
    known.ok_or_else(|| StoreError::NotFound(format!("there is no customer {}", clean::line(id, 60))).into())
}

fn put(transaction: &Transaction<'_>, state: &mut State, mut customer: Customer) -> Sql<Customer> {
    customer.name = customer.name.trim().to_owned();
    let key = if customer.id.is_empty() {
        let key = state.fresh_key(transaction, "customer")?;
        transaction.execute("INSERT INTO customer VALUES(?1, ?2, ?3, NULL)", params![key, customer.name, customer.remark])?;
        customer.id = state.shared.codec.encode(Noun::Customer, key);
        key
    } else {
        let key = known(transaction, state, &customer.id)?;
        transaction.execute(
            "UPDATE customer SET name=?2, remark=?3, met=NULL WHERE id=?1",
            params![key, customer.name, customer.remark],
        )?;
        key
    };
    transaction.execute("DELETE FROM customer_number WHERE customer=?1", [key])?;
    customer.numbers.retain(|number| !number.trim().is_empty());
    for number in &customer.numbers {
        let other: Option<i64> = transaction
            .query_row("SELECT customer FROM customer_number WHERE canonical=?1", [number], |row| row.get(0))
            .optional()?;
        transaction.execute("INSERT OR REPLACE INTO customer_number VALUES(?1, ?2)", params![number, key])?;
        if let Some(other) = other {
            // A name that only the exchange gave goes with its last number.
            transaction.execute(
                "DELETE FROM customer WHERE id=?1 AND met IS NOT NULL AND NOT EXISTS(SELECT 1 FROM customer_number WHERE customer=?1)",
                [other],
            )?;
        }
    }
    Ok(customer)
}
