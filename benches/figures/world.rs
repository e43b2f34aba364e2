//! The measured database, opened the way the program opens it, and bare.

use std::{
    cell::OnceCell,
    collections::BTreeMap,
    future::Future,
    path::{Path, PathBuf},
};

use anyhow::{Context, ensure};
use callreel::{
    domain::{
        actor::Scope,
        list::PageRequest,
        query::{Prepared, QueryContext, Sort, prepare},
    },
    host::{Host, OpenRequest, company::generate},
    store::{OpenOptions, Store},
};
use jiff::{Timestamp, civil::date, tz::TimeZone};
use rusqlite::{Connection, OpenFlags};
use tokio::runtime::Runtime;

use super::{
    options::{Options, Peers},
    shapes::Shapes,
};

/// Rows of a page.
pub const PAGE: usize = 50;

pub struct World {
    pub runtime: Runtime,
    pub options: Options,
    pub database: PathBuf,
    /// Made for this run, and thrown away after it.
    pub made: bool,
    pub host: Host,
    /// The same file without anything of ours in between.
    pub bare: Connection,
    pub calls: u64,
    pub shapes: Shapes,
    context: QueryContext,
    counting: OnceCell<Counting>,
    /// What peers load; of this run unless `--keep` names one.
    folder: tempfile::TempDir,
}

/// The same file once more, with counters instead of clocks.
pub struct Counting {
    pub store: Store,
    pub steps: callreel::store::Steps,
}

impl World {
    pub fn open(options: &Options) -> anyhow::Result<Self> {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
        let folder = tempfile::Builder::new().prefix("callreel-figures-").tempdir()?;
        let (database, made) = match &options.db {
            Some(database) => (std::path::absolute(database)?, false),
            None => (runtime.block_on(make(folder.path(), options.calls))?, true),
        };
        let mut request = OpenRequest::new(&database);
        request.program = "figures".to_owned();
        let host = runtime.block_on(Host::open(request))?;
        if !runtime.block_on(host.store().has_columns())? {
            eprintln!("making the column index of {}", database.display());
            runtime.block_on(host.store().complete_columns())?;
        }
        let bare = bare(&database)?;
        let calls = bare.query_row("SELECT count(*) FROM call", [], |row| row.get(0))?;
        ensure!(calls >= 1_000, "{} has {calls} calls; too few to measure", database.display());
        let company = runtime.block_on(host.store().company())?;
        let newest: i64 = bare.query_row("SELECT max(id) FROM call", [], |row| row.get(0))?;
        let context = QueryContext {
            now: callreel::domain::id::instant_of(newest),
            zone: TimeZone::get(&company.zone)?,
            country_code: company.country_code,
            national_prefix: company.national_prefix,
            views: BTreeMap::new(),
        };
        let shapes = Shapes::of(&bare, &context).context("the database gives no queries to measure")?;
        Ok(Self {
            runtime,
            options: options.clone(),
            database,
            made,
            host,
            bare,
            calls,
            shapes,
            context,
            counting: OnceCell::new(),
            folder,
        })
    }

    pub fn store(&self) -> &Store {
        self.host.store()
    }

    pub fn wait<T>(&self, future: impl Future<Output = T>) -> T {
        self.runtime.block_on(future)
    }

    /// Whether peers of this kind are asked for.
    pub fn wants(&self, peers: Peers) -> bool {
        self.options.peers >= peers
    }

    /// For what peers load.
    pub fn folder(&self) -> &Path {
        self.options.keep.as_deref().unwrap_or(self.folder.path())
    }

    /// For what this run alone needs.
    pub fn scratch(&self) -> &Path {
        self.folder.path()
    }

    pub fn prepared(&self, query: &str) -> anyhow::Result<Prepared> {
        prepare(query, &self.context).with_context(|| format!("the query {query:?}"))
    }

    /// The first page of a query, newest first unless it says otherwise.
    pub fn request(&self, query: &str) -> anyhow::Result<PageRequest> {
        let prepared = self.prepared(query)?;
        Ok(PageRequest {
            filter: prepared.filter,
            sort: prepared.sort.unwrap_or_default(),
            limit: PAGE,
            after: None,
            backwards: false,
        })
    }

    pub fn counting(&self) -> anyhow::Result<&Counting> {
        if self.counting.get().is_none() {
            let options = OpenOptions {
                path: self.database.clone(),
                create: None,
                read_only: false,
                readers: 1,
                bulk: false,
                keeps_columns: false,
            };
            let store = self.wait(Store::open(options))?;
            let request =
                PageRequest { filter: self.prepared("")?.filter, sort: Sort::default(), limit: 1, after: None, backwards: false };
            self.wait(store.page(Scope::Company, request))?;
            let steps = self.wait(store.count_steps())?;
            let _ = self.counting.set(Counting { store, steps });
        }
        self.counting.get().context("counters")
    }
}

async fn make(folder: &Path, calls: u64) -> anyhow::Result<PathBuf> {
    eprintln!("no --db: making a database of {calls} calls in {}", folder.display());
    let database = folder.join("figures.db");
    let order = generate::Order { calls, seed: 1, until: date(2026, 11, 1), recordings: 0, rows_only: None };
    let mut request = OpenRequest::new(&database);
    request.program = "figures".to_owned();
    generate::generate(request, order, &|_| {}).await?;
    Ok(database)
}

/// A connection such as a careful program would open by hand.
pub fn bare(database: &Path) -> anyhow::Result<Connection> {
    let conn = Connection::open_with_flags(database, OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_NO_MUTEX)?;
    conn.pragma_update(None, "mmap_size", 2_147_418_112_i64)?;
    conn.pragma_update(None, "temp_store", "MEMORY")?;
    conn.set_prepared_statement_cache_capacity(128);
    rusqlite::vtab::array::load_module(&conn)?;
    Ok(conn)
}

/// For messages of generated names.
pub fn day(instant: Timestamp, zone: &TimeZone) -> jiff::civil::Date {
    instant.to_zoned(zone.clone()).date()
}
