//! The database as it was at one moment, in a file of its own; and which files of recordings a database knows.

use std::{collections::HashSet, path::Path};

use rusqlite::{Connection, OpenFlags};

use super::{
    Store,
    error::{Fault, Result, StoreError},
    open::connect,
};
use crate::domain::recording::INTERNAL;

/// Steps of SQLite's machine between two looks whether to go on.
const STEPS: i32 = 10_000;

/// A file that the database says is there.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct KnownFile {
    /// Relative to the folder of recordings; absolute where a folder was registered in place.
    pub path: String,
    pub sha256: [u8; 32],
}

/// An opened copy of a database.
pub struct Snapshot {
    conn: Connection,
}

const KNOWN: &str = "SELECT c.path, r.sha256 FROM recording_copy c CROSS JOIN recording r ON r.id=c.recording \
     CROSS JOIN place p ON p.id=c.place WHERE p.name=?1 AND r.state IN (0,1,2) \
     UNION ALL SELECT path, sha256 FROM clip WHERE path IS NOT NULL ORDER BY 1";

impl Store {
    /// Copies the database into `to`, a file that is empty or not there, as it is at one moment, while others go on
    /// writing; what was deleted in it is not in the copy. Blocking. Ends soon after `go_on` says no.
    ///
    /// # Errors
    /// When there is no room, or it was told to end ([`StoreError::Interrupted`]).
    pub fn copy_into(&self, to: &Path, go_on: impl Fn() -> bool + Send + 'static) -> Result<Snapshot> {
        let path = &self.shared.path;
        let told = |error: rusqlite::Error| Fault::from(error).tell(path);
        let mut conn = connect(path, OpenFlags::SQLITE_OPEN_READ_ONLY).map_err(|fault| fault.tell(path))?;
        conn.progress_handler(STEPS, Some(move || !go_on())).map_err(told)?;
        let name = to.to_str().ok_or_else(|| {
            StoreError::Invalid(format!("{} is no name that the database can write to; choose plain letters", to.display()))
        })?;
        conn.execute("VACUUM INTO ?1", [name]).map_err(|error| match Fault::from(error).tell(path) {
            StoreError::Failed(why) => StoreError::Failed(format!("the copy {} cannot be written: {why}", to.display())),
            other => other,
        })?;
        let conn = Connection::open_with_flags(to, OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_NO_MUTEX);
        Ok(Snapshot { conn: conn.map_err(told)? })
    }

    /// Bytes of recordings and clips that the database knows of in its own folder.
    pub async fn kept_bytes(&self) -> Result<u64> {
        self.threads
            .read(|reader| {
                let bytes: i64 = reader.conn.query_row(
                    "SELECT (SELECT ifnull(sum(r.bytes),0) FROM recording r CROSS JOIN place p ON p.id=r.place WHERE p.name=?1) \
                     + (SELECT ifnull(sum(bytes),0) FROM clip WHERE path IS NOT NULL)",
                    [INTERNAL],
                    |row| row.get(0),
                )?;
                Ok(bytes.unsigned_abs())
            })
            .await
    }

    /// Those of these paths of the folder of recordings that no recording and no clip has.
    pub async fn unknown_paths(&self, paths: Vec<String>) -> Result<Vec<String>> {
        self.threads
            .read(move |reader| {
                let mut left: HashSet<String> = paths.into_iter().collect();
                let mut statement = reader
                    .conn
                    .prepare("SELECT path FROM recording_copy UNION ALL SELECT path FROM clip WHERE path IS NOT NULL")?;
                let mut rows = statement.query([])?;
                while let Some(row) = rows.next()? {
                    left.remove(row.get_ref(0)?.as_str().unwrap_or_default());
                }
                Ok(left.into_iter().collect())
            })
            .await
    }
}

impl Snapshot {
    /// Each file that ought to be in the folder of recordings, by its path. `each` ends it by an error.
    ///
    /// # Errors
    /// What `each` says; when the copy cannot be read.
    pub fn each_file<E: From<StoreError>>(
        &self,
        mut each: impl FnMut(KnownFile) -> std::result::Result<(), E>,
    ) -> std::result::Result<(), E> {
        let told = |error: rusqlite::Error| StoreError::Failed(format!("the copy of the database cannot be read: {error}"));
        let mut statement = self.conn.prepare(KNOWN).map_err(told)?;
        let mut rows = statement.query([INTERNAL]).map_err(told)?;
        while let Some(row) = rows.next().map_err(told)? {
            let sha256: Vec<u8> = row.get(1).map_err(told)?;
            let path = row.get(0).map_err(told)?;
            let sha256 = sha256.try_into().map_err(|_| StoreError::Failed("a recording's hash cannot be read".to_owned()))?;
            each(KnownFile { path, sha256 })?;
        }
        Ok(())
    }

    /// How many copies lie elsewhere, in folders registered in place.
    ///
    /// # Errors
    /// When the copy cannot be read.
    pub fn elsewhere(&self) -> Result<u64> {
        let sql = "SELECT count(*) FROM recording_copy c CROSS JOIN place p ON p.id=c.place WHERE substr(c.path,1,1)='/'";
        let count: rusqlite::Result<i64> = self.conn.query_row(sql, [], |row| row.get(0));
        count.map(i64::unsigned_abs).map_err(|error| StoreError::Failed(format!("the copy of the database: {error}")))
    }
}
