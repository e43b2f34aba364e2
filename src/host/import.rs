//! Import without a server: opens (or makes) the database and runs the use case in process, where paths are paths.

use std::{
    fs::File,
    future::Future,
    io::Read,
    path::{Path, PathBuf},
};

use super::{Host, HostError, OpenRequest};
use crate::{
    domain::directory::Company,
    pbx::asterisk::{
        read::{self, Kind},
        settings::Settings,
    },
    service::{self, ServiceError, import::ImportRequest, import::preview_of},
};

pub use crate::service::{
    Progress,
    import::{Summary, recordings_in},
};

/// How deep a folder is searched, and how much of a file tells what it is.
const DEPTH: usize = 3;
const HEAD: u64 = 65_536;

/// What to import, as the command line names it.
#[derive(Clone, Debug, Default)]
pub struct Order {
    /// Settings of a database that has to be made.
    pub company: Company,
    /// JSON lines or `Master.csv`, told by their content.
    pub cdr: Vec<PathBuf>,
    pub cel: Vec<PathBuf>,
    pub queue_log: Vec<PathBuf>,
    pub recordings: Option<PathBuf>,
    /// A file with the table `[asterisk]`; none: guessed from the files.
    pub settings: Option<PathBuf>,
    pub in_place: bool,
    pub follow: bool,
}

/// Why nothing was imported.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ImportError {
    #[error(transparent)]
    Host(#[from] HostError),
    /// Settings that make no sense.
    #[error("{0}")]
    Usage(String),
    #[error(transparent)]
    Service(#[from] ServiceError),
}

impl Order {
    /// What an Asterisk left in a folder (or one file of it), told by content: records, events, queue log, and the folder
    /// itself for recordings.
    ///
    /// # Errors
    /// When the folder cannot be read.
    pub fn of_folder(from: &Path, company: Company) -> Result<Self, ImportError> {
        let mut order = Self { company, ..Self::default() };
        if from.is_file() {
            order.take(from);
            return Ok(order);
        }
        let mut folders = vec![(from.to_path_buf(), 0)];
        while let Some((folder, depth)) = folders.pop() {
            let entries = std::fs::read_dir(&folder)
                .map_err(|why| ImportError::Usage(format!("{} cannot be read: {why}", folder.display())))?;
            for entry in entries.flatten() {
                match entry.file_type() {
                    Ok(kind) if kind.is_dir() && depth < DEPTH => folders.push((entry.path(), depth + 1)),
                    Ok(kind) if kind.is_file() => order.take(&entry.path()),
                    _ => {}
                }
            }
        }
        order.recordings = Some(from.to_path_buf());
        Ok(order)
    }

    /// Sorts one file in, if it is a file of records at all.
    fn take(&mut self, path: &Path) {
        let mut head = Vec::new();
        if File::open(path).and_then(|file| file.take(HEAD).read_to_end(&mut head)).is_err() {
            return;
        }
        match read::detect(&head) {
            Some(Kind::CelJson) => self.cel.push(path.to_path_buf()),
            Some(Kind::QueueLog) => self.queue_log.push(path.to_path_buf()),
            Some(_) => self.cdr.push(path.to_path_buf()),
            None => {}
        }
    }

    /// The file of settings, read and checked; none where none is named.
    ///
    /// # Errors
    /// When it cannot be read, or makes no sense.
    pub fn settings_text(&self) -> Result<Option<String>, ImportError> {
        Ok(self.read_settings()?.map(|(text, _)| text))
    }

    fn read_settings(&self) -> Result<Option<(String, Settings)>, ImportError> {
        let Some(path) = &self.settings else { return Ok(None) };
        let text = std::fs::read_to_string(path)
            .map_err(|error| ImportError::Usage(format!("the settings {} cannot be read: {error}", path.display())))?;
        let settings = Settings::from_toml(&text).map_err(|error| ImportError::Usage(format!("{}: {error}", path.display())))?;
        Ok(Some((text, settings)))
    }

    fn request(&self, rejects: PathBuf) -> Result<ImportRequest, ImportError> {
        let settings = self.read_settings()?.map(|(_, settings)| settings);
        Ok(ImportRequest {
            cdr: self.cdr.clone(),
            cel: self.cel.clone(),
            queue_log: self.queue_log.clone(),
            recordings: self.recordings.clone(),
            settings,
            in_place: self.in_place,
            follow: self.follow,
            rejects,
        })
    }
}

/// The settings that an import would use, as a file. Makes nothing.
///
/// # Errors
/// When no file can be read, or the database that is there cannot.
pub async fn preview(open: OpenRequest, order: Order) -> Result<String, ImportError> {
    let request = order.request(PathBuf::new())?;
    if let Some(settings) = &request.settings {
        return Ok(settings.to_toml());
    }
    let company = if open.path.exists() {
        let host = Host::open(OpenRequest { read_only: true, ..open }).await?;
        let company = host.store().company().await.map_err(ServiceError::from)?;
        host.close().await?;
        company
    } else {
        order.company
    };
    Ok(preview_of(request, company).await?)
}

/// Imports; `cancel` ends it at the next safe place when it completes.
///
/// # Errors
/// When the database cannot be made or opened, settings are wrong, or nothing could be read.
pub async fn run(
    open: OpenRequest,
    order: Order,
    progress: impl Fn(&Progress),
    cancel: impl Future<Output = ()>,
) -> Result<Summary, ImportError> {
    let stamp = jiff::Timestamp::now().strftime("%Y%m%dT%H%M%SZ").to_string();
    let name = open.path.file_stem().map(|stem| stem.to_string_lossy().into_owned()).unwrap_or_default();
    let request = order.request(open.path.with_file_name(format!("{name}.rejects-{stamp}.tsv")))?;
    let create = (!open.path.exists()).then(|| order.company.clone());
    let host = Host::open(OpenRequest { create, makes_folder: true, program: "import".to_owned(), ..open }).await?;
    let (reporter, mut watcher) = service::reporter();
    tokio::pin!(cancel);
    let outcome = {
        let import = host.service().import_asterisk(host.actor(), request, reporter);
        tokio::pin!(import);
        let mut asked = false;
        loop {
            tokio::select! {
                outcome = &mut import => break outcome,
                () = &mut cancel, if !asked => {
                    asked = true;
                    watcher.cancel();
                }
                Some(news) = watcher.changed() => progress(&news),
            }
        }
    };
    let completed = host.store().complete_columns().await;
    let closed = host.close().await;
    let summary = outcome?;
    let unindexed = |why| {
        let words = summary.words();
        ServiceError::Storage(format!("what was imported stays ({words}), but its index cannot be completed: {why}"))
    };
    completed.map_err(unindexed)?;
    closed?;
    Ok(summary)
}
