//! Opens a database, takes its locks, and assembles store, vault, service and router.
//!
//! The same for every face: the console and the commands with `--db`, `import`, `generate`, and later `serve`. Paths and
//! the person's name come from `config`; nothing here reads the environment.

mod ballast;
pub mod company;
mod error;
mod files;
pub mod import;
mod lock;
pub mod restore;
mod sealing;
pub mod serve;

pub use ballast::{BALLAST, Ballast, Looked, watch_disk};
pub use error::{HostError, HostErrorKind};
pub use files::{DatabaseFiles, default_options};
pub use lock::{DatabaseLock, Holder, jobs_lock};

use std::path::PathBuf;

use crate::{
    domain::{
        actor::{Actor, Origin},
        directory::Company,
    },
    jobs::Runner,
    server::{self, LocalApi},
    service::Service,
    store::{OpenOptions, Store},
    vault::Vault,
};

/// What to open, and who opens it.
#[derive(Clone, Debug)]
pub struct OpenRequest {
    /// `NAME.db`; its lock is `NAME.lock`, its recordings lie in `NAME.recordings/`.
    pub path: PathBuf,
    /// Make it, with these settings, if it does not exist.
    pub create: Option<Company>,
    /// Make its folder too then.
    pub makes_folder: bool,
    /// Ask for no locks and write nothing; also chosen by itself where nothing can be written.
    pub read_only: bool,
    /// Nobody else may have it open, as for a server; refused rather than opened for reading only.
    pub alone: bool,
    /// A bulk load follows (`import` of much, `generate`).
    pub bulk: bool,
    /// Make the column index in the background when it is missing or far behind: for programs that stay.
    pub keeps_columns: bool,
    /// Days that a share may last at most; none: as the service has it.
    pub longest_share_days: Option<u32>,
    /// Where checkpoints of the audit log are added to; none: `NAME.checkpoints`. Better on another volume.
    pub checkpoints: Option<PathBuf>,
    /// Readers beside the writer.
    pub readers: usize,
    /// Name of the program as messages of others shall call it: `console`, `import`.
    pub program: String,
    /// Login name of the person.
    pub login: String,
    pub uid: Option<u32>,
    pub sudo_user: Option<String>,
    pub ssh_connection: Option<String>,
}

/// An opened database with everything built over it. Keep it as long as its client or service is in use: it holds the lock.
pub struct Host {
    service: Service,
    actor: Actor,
    api: LocalApi,
    files: DatabaseFiles,
    lock: Option<DatabaseLock>,
    sealing: sealing::Sealing,
    made: bool,
    runner: Option<Runner>,
}

impl OpenRequest {
    /// An existing database, for reading and writing, by nobody in particular.
    pub fn new(path: impl Into<PathBuf>) -> Self {
        Self {
            path: path.into(),
            create: None,
            makes_folder: false,
            read_only: false,
            alone: false,
            bulk: false,
            keeps_columns: false,
            longest_share_days: None,
            checkpoints: None,
            readers: 4,
            program: "callreel".to_owned(),
            login: "unknown".to_owned(),
            uid: None,
            sudo_user: None,
            ssh_connection: None,
        }
    }

    /// How the opener came here, for the audit.
    pub(in crate::host) fn origin(&self) -> Origin {
        Origin {
            via: "local".to_owned(),
            uid: self.uid,
            sudo_user: self.sudo_user.clone(),
            ssh_connection: self.ssh_connection.clone(),
            ..Origin::default()
        }
    }
}

impl Host {
    /// Opens (or makes) the database. Nothing is made beside a database that does not exist, unless `create` says so.
    ///
    /// # Errors
    /// [`HostError`] naming the file, why, and what now.
    pub async fn open(request: OpenRequest) -> Result<Self, HostError> {
        let files = DatabaseFiles::of(&request.path);
        let origin = request.origin();
        files.check(request.create.is_some() && !request.read_only, request.makes_folder)?;
        let made = !files.database.exists();
        let (lock, read_only) = if request.read_only {
            (None, Some(format!("{} was opened for reading only", files.name())))
        } else if request.alone {
            (Some(DatabaseLock::exclusive(&files.lock, &request.program)?), None)
        } else {
            match DatabaseLock::shared(&files.lock, &request.program) {
                Ok(lock) => match files.why_unwritable() {
                    None => (Some(lock), None),
                    why => (Some(lock), why),
                },
                Err(error) if error.kind == HostErrorKind::NotWritable && files.database.exists() => (None, Some(error.message)),
                Err(error) => return Err(error),
            }
        };
        let options = OpenOptions {
            path: files.database.clone(),
            create: request.create.filter(|_| read_only.is_none()),
            read_only: read_only.is_some(),
            readers: request.readers.max(1),
            bulk: request.bulk,
            keeps_columns: request.keeps_columns,
        };
        let store = Store::open(options).await.map_err(|error| HostError::from_store(&files.database, error))?;
        let vault = files.open_vault(store.database_id(), read_only.is_none())?;
        let service = Service::new(store, vault, files.name(), read_only);
        if let Some(days) = request.longest_share_days {
            service.set_longest_share(days);
        }
        service.seal_with(files.seals(request.checkpoints.as_deref()));
        let sealing = sealing::Sealing::start(&service, request.keeps_columns);
        let actor = Actor::local_owner(&request.login, origin);
        let api = server::local_api(server::router(service.clone()), actor.clone());
        let mut host = Self { service, actor, api, files, lock, sealing, made, runner: None };
        if request.keeps_columns {
            host.run_jobs()?;
        }
        Ok(host)
    }

    /// Does the long work of this database in this program, unless another does already or nothing can be written: programs
    /// that stay do so.
    ///
    /// # Errors
    /// When the lock cannot be asked for.
    pub fn run_jobs(&mut self) -> Result<bool, HostError> {
        if self.read_only().is_some() || self.runner.is_some() {
            return Ok(self.runner.is_some());
        }
        let Some(lock) = jobs_lock(&self.files.jobs_lock, "jobs")? else { return Ok(false) };
        self.runner = Some(Runner::start(self.service.clone(), lock));
        Ok(true)
    }

    /// There was no database before.
    pub const fn was_made(&self) -> bool {
        self.made
    }

    /// The API as a function, acting as the local opener: hand it to `client::InProcess::new`.
    pub fn local_api(&self) -> LocalApi {
        self.api.clone()
    }

    /// The local opener.
    pub const fn actor(&self) -> &Actor {
        &self.actor
    }

    /// The use cases, for what runs without a server: import, generate, demo.
    pub const fn service(&self) -> &Service {
        &self.service
    }

    pub fn store(&self) -> &Store {
        self.service.store()
    }

    /// None where the folder of recordings is not there (a read-only database without one).
    pub fn vault(&self) -> Option<&Vault> {
        self.service.vault().ok()
    }

    pub const fn files(&self) -> &DatabaseFiles {
        &self.files
    }

    /// Why nothing can be written; none: it can.
    pub fn read_only(&self) -> Option<&str> {
        self.service.read_only()
    }

    /// Writes everything home and lets the lock go. Dropping does the same without telling what failed.
    ///
    /// # Errors
    /// When the last checkpoint fails; what was committed stays committed.
    pub async fn close(self) -> Result<(), HostError> {
        self.service.end_events();
        if let Some(runner) = self.runner {
            runner.stop().await;
        }
        if let Err(why) = self.service.write_refusals(true).await {
            tracing::error!(%why, "the last refused sign-ins could not be written down");
        }
        self.sealing.end(&self.service).await;
        let closed = self.service.store().clone().close().await;
        drop(self.lock);
        closed.map_err(|error| HostError::from_store(&self.files.database, error))
    }
}
