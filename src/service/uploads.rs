//! What is sent to be imported: kept in a folder beside the database until its job is done. Names of files are only names;
//! no path comes from outside, and none is told.

use std::{
    collections::HashMap,
    fs::File,
    path::{Path, PathBuf},
};

use serde::{Deserialize, Serialize};

use super::{
    JOB_IMPORT, Reporter, Result, Service, ServiceError,
    import::{ImportRequest, Summary, preview_of},
};
use crate::{
    domain::{
        actor::{Actor, Permission},
        clean,
        job::Job,
    },
    pbx::asterisk::settings::Settings,
};

/// Bytes that stay free on the disk whatever is sent.
const RESERVE: u64 = 512 * 1024 * 1024;
/// Files between two looks at the room on the disk.
const LOOK: usize = 1_000;
/// Characters of a file's name.
const NAME: usize = 150;
/// Files that can still be made on the disk whatever is sent.
const RESERVE_FILES: u64 = 10_000;
/// Held locked in an upload's folder as long as it comes in: whoever finds it free finds what a program left that died.
const LOCK: &str = ".lock";

/// What a file is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Part {
    Cdr,
    Cel,
    QueueLog,
    Recordings,
}

impl Part {
    pub const ALL: [Self; 4] = [Self::Cdr, Self::Cel, Self::QueueLog, Self::Recordings];

    /// Its name in a request.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Cdr => "cdr",
            Self::Cel => "cel",
            Self::QueueLog => "queue_log",
            Self::Recordings => "recordings",
        }
    }

    pub fn of(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|part| part.word() == word)
    }
}

/// Files on their way in. Dropping it throws them away, unless a job has them.
pub struct Upload {
    folder: PathBuf,
    id: String,
    files: usize,
    /// How many files of one name there are, by part and name.
    names: HashMap<(&'static str, String), usize>,
    kept: bool,
    _lock: File,
}

/// What a job is told.
#[derive(Serialize, Deserialize)]
struct Orders {
    actor: Actor,
    settings: Option<String>,
}

impl Upload {
    /// Where the next file is to be written. Its name is cleaned; of two with one name both stay.
    ///
    /// # Errors
    /// When the disk has no room for more files, or the folder cannot be made.
    pub fn file(&mut self, part: Part, name: &str) -> Result<PathBuf> {
        self.files += 1;
        if self.files.is_multiple_of(LOOK) {
            self.room(0)?;
        }
        let folder = self.folder.join(part.word());
        std::fs::create_dir_all(&folder).map_err(|error| self.cannot(&error))?;
        // Asterisk's names matter: they tell the call. What could be a path or hidden does not stay.
        let last = name.rsplit(['/', '\\']).next().unwrap_or_default();
        let safe: String = clean::line(last, NAME)
            .chars()
            .map(|letter| if letter.is_alphanumeric() || " -_.()+,@=#".contains(letter) { letter } else { '_' })
            .collect();
        let safe = safe.trim_start_matches(['.', ' ']);
        let safe = if safe.is_empty() { "file" } else { safe };
        let number = self.names.entry((part.word(), safe.to_owned())).or_default();
        *number += 1;
        if *number == 1 {
            return Ok(folder.join(safe));
        }
        // A folder of its own keeps the name, which tells the call; no file that is sent can be called so.
        let other = folder.join(format!("~{number}"));
        std::fs::create_dir_all(&other).map_err(|error| self.cannot(&error))?;
        Ok(other.join(safe))
    }

    /// Whether there is room for so many bytes more.
    ///
    /// # Errors
    /// [`ServiceError::Busy`] when the disk would run low.
    pub fn room(&self, bytes: u64) -> Result<()> {
        match rustix::fs::statvfs(&self.folder) {
            Ok(disk) if disk.f_bavail.saturating_mul(disk.f_frsize) < RESERVE.saturating_add(bytes) => Err(ServiceError::Busy(
                "the server's disk has too little room left for this; import less at once, or make room there".to_owned(),
            )),
            // File systems that have no such number tell 0 of 0.
            Ok(disk) if disk.f_files > 0 && disk.f_favail < RESERVE_FILES => Err(ServiceError::Busy(
                "the server's disk cannot hold so many files (its inodes are used up); import less at once, or make room there"
                    .to_owned(),
            )),
            _ => Ok(()),
        }
    }

    /// A failure of its folder, without naming it.
    pub fn cannot(&self, error: &std::io::Error) -> ServiceError {
        ServiceError::Storage(format!("what is sent cannot be kept: {error}"))
    }

    fn request(&self, settings: Option<Settings>) -> Result<ImportRequest> {
        request(&self.folder, settings, PathBuf::new())
    }
}

impl Drop for Upload {
    fn drop(&mut self) {
        if !self.kept {
            let _gone = std::fs::remove_dir_all(&self.folder);
        }
    }
}

impl Service {
    /// Begins to take files.
    ///
    /// # Errors
    /// Without the right `import`, and where nothing can be written.
    pub async fn begin_upload(&self, actor: &Actor) -> Result<Upload> {
        self.require(actor, Permission::Import, "import.run", "import calls", None).await?;
        self.must_be_writable("import calls")?;
        let id = ulid::Ulid::new().to_string();
        let folder = self.spool().join(&id);
        let locked = make_folder(&folder).and_then(|()| {
            let lock = File::create_new(folder.join(LOCK))?;
            lock.lock()?;
            Ok(lock)
        });
        let lock = locked.map_err(|error| ServiceError::Storage(format!("what is sent cannot be kept: {error}")))?;
        let upload = Upload { folder, id, files: 0, names: HashMap::new(), kept: false, _lock: lock };
        upload.room(0)?;
        Ok(upload)
    }

    /// The settings that an import of these files would use.
    ///
    /// # Errors
    /// When no file can be read, or the settings make no sense.
    pub async fn preview_upload(&self, upload: Upload, settings: Option<String>) -> Result<String> {
        match checked(settings.as_deref())? {
            Some(settings) => Ok(settings.to_toml()),
            None => {
                let outcome = preview_of(upload.request(None)?, self.store().company().await?).await;
                outcome.map_err(|error| unplaced(&upload.folder, error))
            }
        }
    }

    /// Hands the files to a job.
    ///
    /// # Errors
    /// When there is nothing to import, or the settings make no sense.
    pub async fn import_upload(&self, actor: &Actor, mut upload: Upload, settings: Option<String>) -> Result<Job> {
        checked(settings.as_deref())?;
        if upload.files == 0 {
            return Err(ServiceError::Invalid("nothing to import; send files as cdr, cel, queue_log or recordings".to_owned()));
        }
        let orders = serde_json::to_string(&Orders { actor: actor.clone(), settings })
            .map_err(|error| ServiceError::Storage(error.to_string()))?;
        let job = self.begin_job(actor, upload.id.clone(), JOB_IMPORT, orders).await?;
        upload.kept = true;
        Ok(job)
    }

    /// The work of an import's job.
    ///
    /// # Errors
    /// As [`Service::import_asterisk`], and when the files are not there any more.
    pub async fn run_import_job(&self, id: &str, orders: &str, reporter: Reporter) -> Result<Summary> {
        let folder = self.spool().join(id);
        let orders: Orders = serde_json::from_str(orders)
            .map_err(|error| ServiceError::Storage(format!("the job's orders cannot be read: {error}")))?;
        if !folder.is_dir() {
            return Err(ServiceError::NotFound("what was sent is not there any more; send it again".to_owned()));
        }
        // Rights may have been taken away since.
        let actor = self.actor_again(&orders.actor).await.map_err(|error| match error {
            ServiceError::NotSignedIn(_) => ServiceError::Forbidden(format!(
                "the session or token with which {} sent this has ended since, so nothing was imported; sign in and send it again",
                orders.actor.name
            )),
            other => other,
        })?;
        let request = request(&folder, checked(orders.settings.as_deref())?, self.rejects(id))?;
        let mut outcome = self.import_asterisk(&actor, request, reporter).await.map_err(|error| unplaced(&folder, error));
        if let Ok(summary) = &mut outcome {
            summary.rejects_file =
                summary.rejects_file.take().and_then(|file| Some(Path::new(&file).file_name()?.to_str()?.to_owned()));
            summary.problems.iter_mut().for_each(|problem| *problem = named(&folder, problem));
            if let Err(error) = self.store().complete_columns().await {
                tracing::warn!(%error, "the column index is completed another time");
            }
        }
        outcome
    }

    /// Throws away what belongs to no job: of jobs that have ended, and of programs that died while it came in.
    pub async fn sweep_uploads(&self) {
        let Ok(entries) = std::fs::read_dir(self.spool()) else { return };
        let left: Vec<_> = entries.flatten().filter(|entry| is_left(&entry.path())).collect();
        // Asked for now: whoever let the lock go for a job has committed it by then.
        let Ok(open) = self.store().open_jobs().await else { return };
        for entry in left.iter().filter(|entry| !open.iter().any(|id| entry.file_name() == id.as_str())) {
            let _another_time = std::fs::remove_dir_all(entry.path());
        }
    }

    /// Where a job's import lists what it did not take: beside the database, as an import without a server does.
    fn rejects(&self, id: &str) -> PathBuf {
        let path = self.store().path();
        let name = path.file_stem().map(|stem| stem.to_string_lossy().into_owned()).unwrap_or_default();
        path.with_file_name(format!("{name}.rejects-{id}.tsv"))
    }

    /// Throws away the files of one job.
    pub fn forget_upload(&self, id: &str) {
        let _another_time = std::fs::remove_dir_all(self.spool().join(id));
    }

    /// `NAME.spool` beside `NAME.db`.
    fn spool(&self) -> PathBuf {
        self.store().path().with_extension("spool")
    }
}

/// Words about files of an upload with their names, as they were sent, and no paths of this machine.
fn named(folder: &Path, words: &str) -> String {
    let mut words = words.to_owned();
    for part in Part::ALL {
        let path = clean::line(&folder.join(part.word()).display().to_string(), 300);
        words = words.replace(&format!("{path}/"), "").replace(&path, part.word());
    }
    words.replace(&folder.display().to_string(), "what was sent")
}

fn unplaced(folder: &Path, error: ServiceError) -> ServiceError {
    match error {
        ServiceError::NotFound(why) => ServiceError::NotFound(named(folder, &why)),
        ServiceError::Invalid(why) => ServiceError::Invalid(named(folder, &why)),
        ServiceError::Storage(why) => ServiceError::Storage(named(folder, &why)),
        ServiceError::Busy(why) => ServiceError::Busy(named(folder, &why)),
        other => other,
    }
}

/// Nobody sends it any more. One whose program died before it had its lock is known by its age.
fn is_left(path: &Path) -> bool {
    if let Ok(lock) = File::open(path.join(LOCK)) {
        return lock.try_lock().is_ok();
    }
    let age = path.metadata().and_then(|facts| facts.modified()).ok().and_then(|then| then.elapsed().ok());
    age.is_some_and(|age| age.as_secs() > 24 * 3600)
}

fn make_folder(folder: &Path) -> std::io::Result<()> {
    let mut builder = std::fs::DirBuilder::new();
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder.recursive(true).create(folder)
}

fn checked(settings: Option<&str>) -> Result<Option<Settings>> {
    let read = settings.filter(|text| !text.trim().is_empty()).map(Settings::from_toml).transpose();
    read.map_err(|error| ServiceError::Invalid(format!("the settings: {error}")))
}

fn request(folder: &Path, settings: Option<Settings>, rejects: PathBuf) -> Result<ImportRequest> {
    let files = |part: Part| -> Result<Vec<PathBuf>> {
        let mut found = Vec::new();
        let mut folders = vec![folder.join(part.word())];
        while let Some(folder) = folders.pop() {
            let Ok(entries) = std::fs::read_dir(&folder) else { continue };
            for entry in entries.flatten() {
                match entry.file_type() {
                    Ok(kind) if kind.is_dir() => folders.push(entry.path()),
                    _ => found.push(entry.path()),
                }
            }
        }
        found.sort();
        Ok(found)
    };
    let recordings = Some(folder.join(Part::Recordings.word())).filter(|folder| folder.is_dir());
    Ok(ImportRequest {
        cdr: files(Part::Cdr)?,
        cel: files(Part::Cel)?,
        queue_log: files(Part::QueueLog)?,
        recordings,
        settings,
        in_place: false,
        follow: false,
        rejects,
    })
}
