//! The measured server.

use std::{
    path::{Path, PathBuf},
    sync::Arc,
    time::{Duration, Instant},
};

use anyhow::{Context, ensure};
use callreel::{
    client::Client,
    domain::{access::TokenDraft, actor::Permission},
    host::{
        Host, OpenRequest,
        company::generate,
        serve::{Limits, Listen, ServeOrder, Serving, SocketPlace, raise_limits},
    },
    service::Service,
};
use tokio::{runtime::Runtime, sync::Notify, task::JoinHandle};

use crate::{
    asking::Place,
    ms,
    table::{Line, Measure},
    world,
};

pub struct Served {
    pub runtime: Runtime,
    pub database: PathBuf,
    pub calls: u64,
    pub socket: Place,
    pub network: Place,
    /// May see calls.
    pub token: String,
    /// Of whoever runs the server.
    pub owner: Client,
    pub service: Service,
    stop: Arc<Notify>,
    ended: JoinHandle<anyhow::Result<bool>>,
    folder: tempfile::TempDir,
}

impl Served {
    /// Opens the database, which makes it one of this version, and serves it; tells how long that took.
    pub fn start(database: Option<&Path>, calls: u64) -> anyhow::Result<(Self, Vec<Line>)> {
        // Without one nothing could speak TLS, which only real servers need.
        let _ = rustls::crypto::ring::default_provider().install_default();
        raise_limits();
        let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build()?;
        let folder = tempfile::Builder::new().prefix("callreel-serving-").tempdir()?;
        let database = match database {
            Some(database) => std::path::absolute(database)?,
            None => runtime.block_on(make(folder.path(), calls))?,
        };
        let version = |database: &Path| {
            anyhow::Ok(world::bare(database)?.query_row("PRAGMA user_version", [], |row| row.get::<_, i64>(0))?)
        };
        let before = version(&database)?;
        let begin = Instant::now();
        let host = runtime.block_on(Host::open(request(&database)))?;
        let migrated = begin.elapsed();
        runtime.block_on(host.store().complete_columns())?;
        let indexed = begin.elapsed();
        runtime.block_on(host.close())?;
        let calls = world::bare(&database)?.query_row("SELECT count(*) FROM call", [], |row| row.get(0))?;
        let order = ServeOrder {
            open: OpenRequest { keeps_columns: true, ..request(&database) },
            listen: vec![Listen::parse("127.0.0.1:0").map_err(anyhow::Error::msg)?],
            socket: SocketPlace::Named(folder.path().join("s")),
            certificate: None,
            limits: Limits::default(),
            ballast: 0,
            oidc: None,
            year: 2026,
        };
        let begin = Instant::now();
        let serving = runtime.block_on(Serving::start(order))?;
        let opened = begin.elapsed();
        let after = version(&database)?;
        let places = serving.places();
        let of = |kind: &str| places.iter().find(|place| place.starts_with(kind)).context("a door");
        let (network, socket) = (Place::of(of("http://")?), Place::of(of("unix:")?));
        let owner = Client::network(of("unix:")?, None)?;
        let service = serving.host().service().clone();
        let stop = Arc::new(Notify::new());
        let told = Arc::clone(&stop);
        let ended = runtime.spawn(async move { Ok(serving.run(async move { told.notified().await }).await?) });
        let draft = TokenDraft {
            name: "bench".to_owned(),
            scope: vec![Permission::See],
            projects: Vec::new(),
            user: None,
            expires_s: Some(3_600),
        };
        let token = runtime.block_on(owner.make_token(&draft))?.token;
        let mut lines = Vec::new();
        if before < after {
            lines.push(Line::new("S0", format!("opening, migrations {} to {after}, wall", before + 1), ms(migrated)));
            lines.push(Line::new("S0", "the column index after that, wall", ms(indexed.saturating_sub(migrated))));
        }
        lines.push(Line::new("S0", "start until the doors are open, wall", ms(opened)));
        lines.push(Line::new("S0", "private memory after the start", Measure::new(crate::resident("RssAnon"), "MB")));
        Ok((Self { runtime, database, calls, socket, network, token, owner, service, stop, ended, folder }, lines))
    }

    /// Waits until a condition holds.
    pub fn until(&self, what: &str, mut holds: impl FnMut(&Self) -> bool) -> anyhow::Result<()> {
        let begin = Instant::now();
        while !holds(self) {
            ensure!(begin.elapsed() < Duration::from_secs(40), "{what} does not come about");
            std::thread::sleep(Duration::from_millis(20));
        }
        Ok(())
    }

    pub fn stop(self) -> anyhow::Result<()> {
        self.stop.notify_one();
        self.runtime.block_on(self.ended)??;
        drop(self.folder);
        Ok(())
    }
}

/// As `callreel serve` opens it.
fn request(database: &Path) -> OpenRequest {
    let readers = std::thread::available_parallelism().map_or(4, |count| count.get().clamp(4, 16));
    OpenRequest { alone: true, readers, program: "serving".to_owned(), ..OpenRequest::new(database) }
}

async fn make(folder: &Path, calls: u64) -> anyhow::Result<PathBuf> {
    eprintln!("no --db: making a database of {calls} calls in {}", folder.display());
    let database = folder.join("serving.db");
    let order = generate::Order { calls, seed: 1, until: jiff::civil::date(2026, 11, 1), recordings: 0, rows_only: None };
    generate::generate(OpenRequest::new(&database), order, &|_| {}).await?;
    Ok(database)
}
