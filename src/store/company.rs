//! Who this database is, and the settings that every program on it shares.

use rusqlite::{Connection, OptionalExtension, Transaction, params};

use super::{
    Store, audit,
    error::{Result, Sql, StoreError, damaged},
    migrations,
    reader::WRITING,
    writer::Durable,
};
use crate::domain::{audit::AuditRecord, directory::Company};

/// Gives a new database its id, its secret and its company; leaves an old one alone.
pub(super) fn initialise(conn: &mut Connection, company: &Company) -> Sql<()> {
    let transaction = conn.transaction_with_behavior(WRITING)?;
    let known: bool = transaction.query_row("SELECT EXISTS(SELECT 1 FROM meta WHERE key='secret')", [], |row| row.get(0))?;
    if !known {
        let (id, secret): ([u8; 16], [u8; 32]) = (random()?, random()?);
        let id: String = id.iter().map(|byte| format!("{byte:02x}")).collect();
        transaction.execute("INSERT INTO meta VALUES('database_id', ?1)", [id])?;
        transaction.execute("INSERT INTO meta VALUES('secret', ?1)", params![secret.as_slice()])?;
        transaction.execute("INSERT INTO meta VALUES('revision', 0)", [])?;
        write(&transaction, company)?;
    }
    transaction.commit()?;
    Ok(())
}

/// Random bytes of the system.
pub(super) fn random<const N: usize>() -> Sql<[u8; N]> {
    let mut bytes = [0; N];
    getrandom::fill(&mut bytes).map_err(|error| StoreError::Failed(format!("the system gives no random numbers: {error}")))?;
    Ok(bytes)
}

/// Database id and id secret.
pub(super) fn identity(conn: &Connection) -> Sql<(String, [u8; 32])> {
    let id: Option<String> = conn.query_row("SELECT value FROM meta WHERE key='database_id'", [], |row| row.get(0)).optional()?;
    let secret: Option<Vec<u8>> = conn.query_row("SELECT value FROM meta WHERE key='secret'", [], |row| row.get(0)).optional()?;
    let secret = secret.and_then(|secret| <[u8; 32]>::try_from(secret).ok());
    id.zip(secret).ok_or_else(|| damaged("the id"))
}

pub(super) fn read(conn: &Connection) -> Sql<Company> {
    let text: Option<String> =
        conn.prepare_cached("SELECT value FROM setting WHERE key='company'")?.query_row([], |row| row.get(0)).optional()?;
    text.map_or_else(
        || Ok(Company::default()),
        |text| serde_json::from_str(&text).map_err(|_error| damaged("the company's settings")),
    )
}

fn write(transaction: &Transaction<'_>, company: &Company) -> Sql<()> {
    let text =
        serde_json::to_string(company).map_err(|error| StoreError::Invalid(format!("the settings cannot be kept: {error}")))?;
    transaction.execute("INSERT OR REPLACE INTO setting VALUES('company', ?1)", [text])?;
    Ok(())
}

impl Store {
    pub async fn company(&self) -> Result<Company> {
        self.threads.read(|reader| read(&reader.conn)).await
    }

    /// # Errors
    /// [`StoreError::Invalid`] for a zone that this machine does not know.
    pub async fn set_company(&self, company: Company, record: AuditRecord) -> Result<()> {
        if jiff::tz::TimeZone::get(&company.zone).is_err() {
            return Err(StoreError::Invalid(format!("no time zone {:?}; use a name such as Europe/Warsaw", company.zone)));
        }
        self.threads
            .write(move |writer| {
                writer.act(Durable::Now, |transaction, _state| {
                    if read(transaction)?.zone != company.zone {
                        // The column index knows hours and weekdays of the zone before.
                        migrations::new_epoch(transaction)?;
                    }
                    write(transaction, &company)?;
                    audit::append(transaction, &record)?;
                    Ok(())
                })
            })
            .await
    }

    /// Changes with every commit of any program.
    pub async fn revision(&self) -> Result<String> {
        self.threads
            .read(|reader| {
                let revision: i64 =
                    reader.conn.prepare_cached("SELECT value FROM meta WHERE key='revision'")?.query_row([], |row| row.get(0))?;
                Ok(revision.to_string())
            })
            .await
    }
}
