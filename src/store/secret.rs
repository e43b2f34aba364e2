//! The secret that public ids are made with.

use rusqlite::params;

use super::{
    Store,
    error::{Result, StoreError},
    writer::Durable,
};

impl Store {
    /// Replaces the random secret of a database in which nothing has a public id yet: made-up data are to have the same ids
    /// each time. Holds from the next opening on.
    ///
    /// # Errors
    /// [`StoreError::Conflict`] when calls, recordings or customers have ids that somebody may have noted.
    pub async fn replace_id_secret(&self, secret: [u8; 32]) -> Result<()> {
        self.threads
            .write(move |writer| {
                writer.act(Durable::Now, |transaction, _state| {
                    let used: bool = transaction.query_row(
                        "SELECT EXISTS(SELECT 1 FROM call) OR EXISTS(SELECT 1 FROM recording) OR EXISTS(SELECT 1 FROM customer)",
                        [],
                        |row| row.get(0),
                    )?;
                    if used {
                        let why = "the database has calls, recordings or customers, whose ids must not change";
                        return Err(StoreError::Conflict(why.to_owned()).into());
                    }
                    transaction.execute("UPDATE meta SET value=?1 WHERE key='secret'", params![secret.as_slice()])?;
                    Ok(())
                })
            })
            .await
    }
}
