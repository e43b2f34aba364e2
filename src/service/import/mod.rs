//! Import of what an exchange left on disk: read, gather, fold, commit; recordings hashed and copied.
//!
//! A reader thread parses and gathers records, a second one folds closed calls, the database writes them; bounded channels
//! lie between. How far the files were read is committed with the last of a batch, so an interrupted import goes on where it
//! stopped. Records of calls that are known already are merged with what was kept of them and folded again, so that order,
//! splits and repetitions of files make no difference.

mod commit;
mod folding;
mod reader;
mod recordings;
mod rejects;
mod sides;
mod source;
mod summary;

use std::path::PathBuf;

use super::{Reporter, Result, Service, ServiceError, record};
use crate::{
    domain::{
        actor::{Actor, Permission},
        directory::Company,
    },
    pbx::asterisk::settings::Settings,
};

pub use recordings::recordings_in;
pub use summary::Summary;

/// What to import, and how.
#[derive(Clone, Debug, Default)]
pub struct ImportRequest {
    /// JSON lines or `Master.csv`, told by their content.
    pub cdr: Vec<PathBuf>,
    pub cel: Vec<PathBuf>,
    pub queue_log: Vec<PathBuf>,
    /// Folder of recordings.
    pub recordings: Option<PathBuf>,
    /// None: guessed from the files.
    pub settings: Option<Settings>,
    /// Leave recordings where they are and only register them.
    pub in_place: bool,
    /// Go on as files grow, until cancelled.
    pub follow: bool,
    /// Where lines that are no records are written; made only if there are any.
    pub rejects: PathBuf,
}

impl ImportRequest {
    fn files(&self) -> impl Iterator<Item = &PathBuf> {
        self.cdr.iter().chain(&self.cel).chain(&self.queue_log)
    }
}

impl Service {
    /// Imports, and tells what it did. Sources are never changed.
    ///
    /// # Errors
    /// When nothing could be read or the database cannot take it; what was committed before stays.
    pub async fn import_asterisk(&self, actor: &Actor, request: ImportRequest, reporter: Reporter) -> Result<Summary> {
        self.require(actor, Permission::Import, "import.run", "import calls", None).await?;
        self.must_be_writable("import calls")?;
        let mut summary = Summary::default();
        let outcome = match self.run_import(actor, request, reporter, &mut summary).await {
            Ok(()) => Ok(summary),
            Err(error) => Err(with_what_stays(error, &summary)),
        };
        let mut audit = record(actor, "import.run");
        match &outcome {
            Ok(summary) => audit.detail = Some(summary.words()),
            Err(error) => {
                audit.outcome = "failed";
                audit.foreign = Some(error.to_string());
            }
        }
        let written = self.store().append_audit(audit).await;
        let summary = outcome?;
        match written {
            Ok(_seq) => Ok(summary),
            Err(why) => Err(ServiceError::Storage(format!(
                "what was imported stays ({}), but that it ended cannot be written into the audit log: {why}",
                summary.words()
            ))),
        }
    }

    async fn run_import(&self, actor: &Actor, request: ImportRequest, reporter: Reporter, summary: &mut Summary) -> Result<()> {
        // What a program left that died before this one.
        self.sweep_orphans().await?;
        let company = self.store().company().await?;
        let settings = match request.settings.clone() {
            Some(settings) => settings,
            None => {
                let (request, company) = (request.clone(), company.clone());
                blocking(move || {
                    let guess = source::guess(&request)?;
                    Ok(guess.settings(&company.zone, company.country_code.as_deref()))
                })
                .await?
            }
        };
        let mut settings = settings;
        if settings.country_code.is_none() {
            settings.country_code.clone_from(&company.country_code);
        }
        if settings.national_prefix.is_none() {
            settings.national_prefix.clone_from(&company.national_prefix);
        }
        let rules = settings.compile().map_err(|error| ServiceError::Invalid(error.to_string()))?;
        if company.country_code.is_none() && settings.country_code.is_some() {
            let mut learned = company.clone();
            learned.country_code.clone_from(&settings.country_code);
            learned.national_prefix = company.national_prefix.or_else(|| settings.national_prefix.clone());
            self.store().set_company(learned, record(actor, "company.set")).await?;
        }
        self.import_records(&request, &settings, &rules, &reporter, summary).await?;
        if !summary.cancelled || request.follow {
            self.import_recordings(&request, &settings, &rules, &reporter, summary).await?;
        }
        if summary.nothing_read(&request) {
            return Err(ServiceError::NotFound(summary.problems.join("\n")));
        }
        Ok(())
    }
}

/// A failure in the middle says that what was committed before it stays.
fn with_what_stays(error: ServiceError, summary: &Summary) -> ServiceError {
    let calls = summary.new_calls + summary.changed_calls;
    if calls + summary.new_recordings == 0 {
        return error;
    }
    let stays = format!(
        "{calls} calls and {} recordings taken before that stay, importing again goes on from there",
        summary.new_recordings
    );
    match error {
        ServiceError::Storage(why) => ServiceError::Storage(format!("{why}; {stays}")),
        ServiceError::Busy(why) => ServiceError::Busy(format!("{why}; {stays}")),
        other => other,
    }
}

/// The settings that an import of these files would use, as a file that can be corrected and given back.
///
/// # Errors
/// When no file can be read.
pub async fn preview_of(request: ImportRequest, company: Company) -> Result<String> {
    blocking(move || Ok(source::guess(&request)?.preview(&company.zone, company.country_code.as_deref()).to_toml())).await
}

/// Runs blocking work beside the reactor.
async fn blocking<T: Send + 'static>(work: impl FnOnce() -> Result<T> + Send + 'static) -> Result<T> {
    tokio::task::spawn_blocking(work)
        .await
        .map_err(|error| ServiceError::Storage(format!("the import stopped by itself: {error}")))?
}
