//! An import through a server: the files are sent to it, and its job is waited for.

use std::{path::Path, time::Duration};

use super::{failure, interrupted, told};
use crate::{
    cli::{Context, ExitStatus, Failure, Outcome},
    client::{Client, ClientError, ImportFile, ImportForm},
    domain::{actor::Permission, clean, job::JobState},
    host::import::{Order, Summary, recordings_in},
    wire::Job,
};

/// Between two looks at the job.
const LOOK: Duration = Duration::from_millis(300);
/// So many looks in a row may fail: the server may be starting again, and goes on then.
const PATIENCE: u32 = 40;
/// Of recordings' names, for a preview.
const NAMES: usize = 500;

/// Sends, waits, and tells what came of it.
pub(super) async fn run(order: Order, preview: bool, client: &Client, context: &Context) -> Outcome {
    for (asked, option, why) in [
        (
            order.follow,
            "--follow",
            "it reads files as they grow, and a server gets them as they are now; import again when there is more",
        ),
        (order.in_place, "--in-place", "it registers recordings in folders of this machine, and a server keeps what it is sent"),
    ] {
        if asked {
            return Err(Failure::usage(format!(
                "{option} does not work through a server: {why}. Where the database is, it works while no server runs"
            )));
        }
    }
    let settings = order.settings_text().map_err(|error| failure(&error))?;
    // Before much is sent.
    let me = client.who_am_i().await?;
    if !me.permissions.contains(&Permission::Import) {
        let message = format!("{} may not import calls: the right \"import\" is missing", clean::line(&me.name, 100));
        return Err(Failure::new(ExitStatus::NotAllowed, message));
    }
    let (files, missed) = found(&order, preview);
    if files.is_empty() && !missed.files.is_empty() {
        return Err(Failure::failed(missed.files.join("\n")));
    }
    let form = ImportForm { settings, files };
    if preview {
        let settings = sent(context, &form, |moved| client.preview_import(form.clone(), moved)).await?.settings;
        context.write(settings.as_bytes())?;
        return Ok(ExitStatus::Done);
    }
    let job = sent(context, &form, |moved| client.begin_import(form.clone(), moved)).await?;
    let job = ended(client, job, context).await?;
    let mut summary = match (&job.result, job.state) {
        (Some(result), _) => serde_json::from_value::<Summary>(result.clone())
            .map_err(|error| ClientError::Answer(format!("the result of job {}: {error}", job.id)))?,
        (None, JobState::Cancelled) => {
            return Err(Failure::failed("the import was cancelled before it began; nothing was imported"));
        }
        (None, _) => {
            let why = job.detail.unwrap_or_else(|| format!("job {} ended as {} without saying why", job.id, job.state));
            return Err(Failure::failed(why));
        }
    };
    summary.unread_files += missed.files.len() as u64;
    summary.rejected_recordings += missed.recordings.len() as u64;
    summary.problems.extend(missed.files.into_iter().chain(missed.recordings));
    told(&summary, false, " beside the database of the server", context)
}

/// What was named and cannot be sent.
#[derive(Default)]
struct Missed {
    files: Vec<String>,
    recordings: Vec<String>,
}

fn found(order: &Order, preview: bool) -> (Vec<ImportFile>, Missed) {
    let (mut files, mut missed) = (Vec::new(), Missed::default());
    for (part, paths) in [("cdr", &order.cdr), ("cel", &order.cel), ("queue_log", &order.queue_log)] {
        for path in paths {
            match readable(path) {
                Ok(bytes) => files.push(ImportFile { part, path: path.clone(), bytes }),
                Err(why) => missed.files.push(why),
            }
        }
    }
    if let Some(folder) = &order.recordings {
        let (recordings, refused) = recordings_in(folder);
        let most = if preview { NAMES } else { usize::MAX };
        for path in recordings.into_iter().take(most) {
            match readable(&path) {
                Ok(bytes) => files.push(ImportFile { part: "recordings", path, bytes: if preview { 0 } else { bytes } }),
                Err(why) => missed.recordings.push(why),
            }
        }
        let words =
            |(path, why): (std::path::PathBuf, String)| format!("{} {why}", clean::line(&path.display().to_string(), 300));
        missed.recordings.extend(refused.into_iter().map(words));
    }
    (files, missed)
}

/// Bytes of a file that can be read, or why it cannot.
fn readable(path: &Path) -> Result<u64, String> {
    let shown = clean::line(&path.display().to_string(), 300);
    let wrong = |error: std::io::Error| format!("cannot read {shown}: {error}; check the name and its permissions");
    let facts = std::fs::File::open(path).and_then(|file| file.metadata()).map_err(wrong)?;
    if facts.is_file() { Ok(facts.len()) } else { Err(format!("{shown} is no file; name the file itself")) }
}

/// Sends with a bar; Ctrl-C ends it, and the server throws away what it has.
async fn sent<T, F>(context: &Context, form: &ImportForm, send: impl FnOnce(Box<dyn Fn(u64) + Send>) -> F) -> Result<T, Failure>
where
    F: Future<Output = Result<T, ClientError>>,
{
    let bar = context.progress("bytes sent", Some(form.bytes()));
    let moving = bar.clone();
    let outcome = tokio::select! {
        outcome = send(Box::new(move |bytes| moving.inc(bytes))) => outcome.map_err(Failure::from),
        () = interrupted() => Err(Failure::new(ExitStatus::Interrupted, "stopped while sending; nothing was imported")),
    };
    bar.finish_and_clear();
    outcome
}

/// Waits for the end of a job. Ctrl-C asks it to end; what it has committed by then stays.
async fn ended(client: &Client, mut job: Job, context: &Context) -> Result<Job, Failure> {
    let bar = context.progress("import", None);
    let stop = interrupted();
    tokio::pin!(stop);
    let (mut stopping, mut failed) = (false, 0);
    while matches!(job.state, JobState::Waiting | JobState::Running) {
        if let Some(stage) = job.detail.as_deref().filter(|stage| !stage.is_empty()) {
            bar.set_prefix(clean::line(stage, 60));
        }
        context.advance(&bar, job.done, job.all);
        tokio::select! {
            () = &mut stop, if !stopping => {
                stopping = true;
                match client.cancel_job(&job.id).await {
                    // It ended meanwhile: what is asked next tells how.
                    Err(error) if error.problem().is_none_or(|problem| problem.status != 409) => return Err(error.into()),
                    _ => {}
                }
            }
            () = tokio::time::sleep(LOOK) => {}
        }
        match client.job(&job.id).await {
            Ok(now) => (job, failed) = (now, 0),
            Err(ClientError::Unreachable { .. }) if failed < PATIENCE => failed += 1,
            Err(error) => {
                bar.finish_and_clear();
                let Failure { status, message } = error.into();
                let goes_on = format!("{message}; the import may go on there: `callreel jobs show {}` tells", job.id);
                return Err(Failure::new(status, goes_on));
            }
        }
    }
    bar.finish_and_clear();
    Ok(job)
}
