//! Opening a database: new, existing, or read-only.

use std::{
    fs,
    io::ErrorKind,
    path::{Path, PathBuf},
    sync::{Arc, Mutex, RwLock, atomic::AtomicBool},
    time::Duration,
};

use rusqlite::{Connection, OpenFlags, config::DbConfig};

use super::{
    Store,
    columns::Columns,
    company,
    error::{Result, Sql, StoreError},
    migrations,
    names::Names,
    numbers::Numbers,
    reader::{Reader, Shared},
    room,
    threads::{Threads, off_thread},
    writer::Writer,
};
use crate::domain::{directory::Company, id::IdCodec};

/// How to open a database.
#[derive(Clone, Debug)]
pub struct OpenOptions {
    pub path: PathBuf,
    /// Make it if it does not exist, with these settings.
    pub create: Option<Company>,
    /// Open a read-only file or folder without locks or WAL.
    pub read_only: bool,
    /// Readers beside the writer.
    pub readers: usize,
    /// A bulk load follows: large cache, indexes at the end.
    pub bulk: bool,
    /// Make the file of the column index in the background when it is missing or far behind.
    pub keeps_columns: bool,
}

const BUSY: Duration = Duration::from_secs(5);

impl Store {
    /// Opens or makes a database and starts its threads.
    ///
    /// # Errors
    /// [`StoreError::NotFound`] without `create`; [`StoreError::Busy`], [`StoreError::ReadOnly`], [`StoreError::Unusable`].
    pub async fn open(options: OpenOptions) -> Result<Self> {
        let (threads, shared) = off_thread(move || {
            let path = options.path.clone();
            open(&options).map_err(|fault| fault.tell(&path))
        })
        .await?;
        Ok(Self { threads: Arc::new(threads), shared })
    }
}

fn open(options: &OpenOptions) -> Sql<(Threads, Arc<Shared>)> {
    let path = &options.path;
    if options.read_only {
        return open_read_only(options);
    }
    let made = prepare_file(path, options.create.is_some())?;
    let mut conn = connect(path, OpenFlags::SQLITE_OPEN_READ_WRITE)?;
    if conn.is_readonly("main")? {
        return Err(read_only(path));
    }
    migrations::check(&conn, path, options.create.is_some())?;
    let mode: String = conn.query_row("PRAGMA journal_mode=WAL", [], |row| row.get(0))?;
    if !mode.eq_ignore_ascii_case("wal") {
        tracing::warn!(path = %path.display(), mode, "the file system gives no write-ahead log; several programs will wait for each other");
    }
    migrations::migrate(&mut conn, path)?;
    if let Some(company) = &options.create {
        company::initialise(&mut conn, company)?;
    }
    if made {
        sync_folder(path);
    }
    conn.pragma_update(None, "cache_size", if options.bulk { -262_144 } else { -16_384 })?;
    let empty: bool = conn.query_row("SELECT NOT EXISTS(SELECT 1 FROM call)", [], |row| row.get(0))?;
    let loading = options.bulk && empty;
    if loading {
        migrations::drop_indexes(&mut conn)?;
    } else {
        migrations::create_indexes(&conn)?;
    }
    let shared = share(&conn, options, loading)?;
    let readers = (0..options.readers.max(1))
        .map(|_number| Reader::new(connect(path, OpenFlags::SQLITE_OPEN_READ_ONLY)?, Arc::clone(&shared)))
        .collect::<Sql<Vec<_>>>()?;
    let writer = Writer::new(conn, Arc::clone(&shared))?;
    Ok((Threads::start(path, readers, Some(writer))?, shared))
}

fn open_read_only(options: &OpenOptions) -> Sql<(Threads, Arc<Shared>)> {
    let path = &options.path;
    if !path.exists() {
        return Err(missing(path));
    }
    let pending = fs::metadata(with_suffix(path, "-wal")).is_ok_and(|wal| wal.len() > 0);
    let connect_one = || -> Sql<Connection> {
        if pending {
            // Somebody's last changes lie in the log; without it they would silently be missing.
            return connect(path, OpenFlags::SQLITE_OPEN_READ_ONLY);
        }
        let conn = Connection::open_with_flags(
            immutable_uri(path),
            OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_URI | OpenFlags::SQLITE_OPEN_NO_MUTEX,
        )?;
        tune(&conn)?;
        Ok(conn)
    };
    let conn = connect_one()?;
    let version: i64 = match conn.query_row("PRAGMA user_version", [], |row| row.get(0)) {
        Err(rusqlite::Error::SqliteFailure(failure, _)) if pending && failure.code == rusqlite::ErrorCode::CannotOpen => {
            return Err(StoreError::Unusable(format!(
                "{0} has changes in {0}-wal that a read-only folder cannot fold in; open it once where it can be written",
                path.display()
            ))
            .into());
        }
        other => other?,
    };
    migrations::check(&conn, path, false)?;
    if version < migrations::newest() {
        return Err(StoreError::Unusable(format!(
            "{} is of schema {version}, older than this program's {}; open it once where it can be written",
            path.display(),
            migrations::newest()
        ))
        .into());
    }
    let shared = share(&conn, options, false)?;
    let mut readers = vec![Reader::new(conn, Arc::clone(&shared))?];
    for _ in 1..options.readers.max(1) {
        readers.push(Reader::new(connect_one()?, Arc::clone(&shared))?);
    }
    Ok((Threads::start(path, readers, None)?, shared))
}

fn share(conn: &Connection, options: &OpenOptions, loading: bool) -> Sql<Arc<Shared>> {
    let (database_id, secret) = company::identity(conn)?;
    let columns = Arc::new(Columns::new(&options.path, &database_id, options.keeps_columns && !options.read_only));
    Ok(Arc::new(Shared {
        path: options.path.clone(),
        read_only: options.read_only,
        codec: IdCodec::new(secret),
        database_id,
        numbers: RwLock::new(Numbers::new()),
        names: Mutex::new(Names::new()),
        number_sets: Mutex::default(),
        loading: AtomicBool::new(loading),
        failed: AtomicBool::new(false),
        columns: Some(columns),
        audit_seq: tokio::sync::watch::Sender::new(0),
    }))
}

pub(super) fn connect(path: &Path, access: OpenFlags) -> Sql<Connection> {
    let conn = Connection::open_with_flags(path, access | OpenFlags::SQLITE_OPEN_NO_MUTEX)?;
    tune(&conn)?;
    Ok(conn)
}

fn tune(conn: &Connection) -> Sql<()> {
    conn.busy_timeout(BUSY)?;
    conn.pragma_update(None, "temp_store", "MEMORY")?;
    conn.pragma_update(None, "mmap_size", room::for_databases())?;
    conn.pragma_update(None, "cache_size", -2_048)?;
    conn.pragma_update(None, "foreign_keys", "ON")?;
    conn.pragma_update(None, "trusted_schema", "OFF")?;
    // We choose the plans: without this a statement is parsed anew whenever another value is bound.
    conn.set_db_config(DbConfig::SQLITE_DBCONFIG_ENABLE_QPSG, true)?;
    Ok(())
}

/// Makes the file (0600) and its folder (0700) where allowed. Tells whether the file is new.
fn prepare_file(path: &Path, create: bool) -> Sql<bool> {
    match fs::metadata(path) {
        Ok(meta) if meta.is_dir() => {
            Err(StoreError::Unusable(format!("{} is a folder, not a database; name a file with --db", path.display())).into())
        }
        Ok(_) => Ok(false),
        Err(error) if error.kind() == ErrorKind::NotFound => {
            if !create {
                return Err(missing(path));
            }
            make_file(path).map_err(|error| {
                StoreError::Failed(format!("{} cannot be made: {error}; choose another place with --db", path.display())).into()
            })
        }
        Err(error) => Err(StoreError::Failed(format!("{} cannot be opened: {error}; check its rights", path.display())).into()),
    }
}

fn make_file(path: &Path) -> std::io::Result<bool> {
    let mut folders = fs::DirBuilder::new();
    let mut file = fs::OpenOptions::new();
    folders.recursive(true);
    file.write(true).create_new(true);
    #[cfg(unix)]
    {
        use std::os::unix::fs::{DirBuilderExt, OpenOptionsExt};
        folders.mode(0o700);
        file.mode(0o600);
    }
    if let Some(parent) = path.parent().filter(|parent| !parent.as_os_str().is_empty()) {
        folders.create(parent)?;
    }
    match file.open(path) {
        Ok(_) => Ok(true),
        // Another program was quicker.
        Err(error) if error.kind() == ErrorKind::AlreadyExists => Ok(false),
        Err(error) => Err(error),
    }
}

/// Makes the new name survive a power cut; where a file system cannot, nothing is lost but the empty file.
fn sync_folder(path: &Path) {
    if let Some(folder) = path.parent().and_then(|parent| fs::File::open(parent).ok()) {
        let _ = folder.sync_all();
    }
}

fn missing(path: &Path) -> super::error::Fault {
    StoreError::NotFound(format!("there is no database {}; `callreel import` or `callreel demo` makes one", path.display()))
        .into()
}

fn read_only(path: &Path) -> super::error::Fault {
    StoreError::ReadOnly(format!("{} cannot be written: the file or its folder is read-only", path.display())).into()
}

fn with_suffix(path: &Path, suffix: &str) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push(suffix);
    PathBuf::from(name)
}

/// `file:…?immutable=1`: no locks, no log, nothing made beside the file.
fn immutable_uri(path: &Path) -> String {
    use std::fmt::Write;
    let mut uri = String::from("file:");
    for byte in path.as_os_str().as_encoded_bytes() {
        if byte.is_ascii_alphanumeric() || b"/-_.~".contains(byte) {
            uri.push(char::from(*byte));
        } else {
            let _ = write!(uri, "%{byte:02X}");
        }
    }
    uri.push_str("?mode=ro&immutable=1");
    uri
}

#[cfg(test)]
mod tests {
    use rusqlite::StatementStatus;

    use super::*;

    #[test]
    fn no_statement_is_parsed_again_for_another_value() {
        let folder = tempfile::tempdir().expect("folder");
        let conn = connect(&folder.path().join("a.db"), OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_CREATE);
        let conn = conn.expect("open");
        conn.execute_batch(
            "CREATE TABLE a(id INTEGER PRIMARY KEY, n INTEGER); CREATE TABLE b(n INTEGER, id INTEGER, PRIMARY KEY(n, id)) WITHOUT ROWID;
             CREATE INDEX some ON a(n) WHERE n<>0; INSERT INTO a VALUES(1,1),(2,0),(3,1); INSERT INTO b VALUES(1,1),(1,2),(2,3); ANALYZE",
        )
        .expect("tables");
        for sql in [
            "SELECT a.n FROM b CROSS JOIN a ON a.id=b.id WHERE b.n=?1",
            "SELECT id FROM a WHERE n=?1 AND n<>0",
            "SELECT 1 FROM a WHERE id=?1",
        ] {
            let mut statement = conn.prepare(sql).expect("statement");
            for value in 0..5 {
                assert!(statement.query_map([value], |row| row.get::<_, i64>(0)).expect("query").all(|row| row.is_ok()));
            }
            assert_eq!(statement.get_status(StatementStatus::RePrepare), 0, "{sql}");
        }
    }
}
