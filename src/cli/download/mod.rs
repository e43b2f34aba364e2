//! `callreel download`: recordings as files, with a manifest of what was and what was not.

mod fetch;
mod manifest;
mod wanted;

use std::path::{Path, PathBuf};

use clap::Args as ClapArgs;
use indicatif::ProgressBar;
use jiff::tz::TimeZone;

use super::{Context, ExitStatus, Failure, Outcome};
use crate::{
    client::{CallsQuery, Client, ClientError},
    domain::{
        clean,
        naming::{self, Names, Template},
    },
    wire::{CallBody, RecordingBody},
};
use fetch::{Place, Stop, Unfetched};
use manifest::{Manifest, Row, Verdict};
use wanted::{Item, Wanted};

/// Save recordings as files, with a manifest of what was and what was not
#[derive(Debug, ClapArgs)]
#[command(
    after_help = "DIR/manifest.csv tells of each recording what became of it. Files that are there already and whole are kept, so \
that the same command again goes on where it was broken off. Headerless sound is wrapped in WAV.\nNames are made of {start:%Y-%m-%d} \
{agent} {ext} {queue} {kind} {number} {customer} {direction} {case} {call} {recording} {mode}, with / between folders.\nExamples:\n  \
callreel download is:recorded date:yesterday --to calls\n  callreel download case:C-17 --to out --name '{case}/{start:%Y-%m-%d}_{number}'"
)]
pub struct Args {
    /// What to find, such as `case:C-17` or `ext:601 date:2026-11-07`
    #[arg(value_name = "QUERY", required_unless_present = "id")]
    query: Vec<String>,
    /// These calls or recordings instead of a query
    #[arg(long, value_name = "ID", num_args = 1.., conflicts_with = "query")]
    id: Vec<String>,
    /// Folder for the files; made if missing
    #[arg(long, value_name = "DIR")]
    to: PathBuf,
    /// How files are named [default: {start:%Y-%m-%d_%H-%M-%S}_{kind}_{number}_{ext}]
    #[arg(long, value_name = "TEMPLATE", default_value = naming::DEFAULT, hide_default_value = true)]
    name: String,
}

/// Where and how files are saved.
struct Saver<'a> {
    client: &'a Client,
    folder: &'a Path,
    template: Template,
    zone: TimeZone,
    names: Names,
    manifest: Manifest,
}

/// # Errors
/// For a wrong query or template, when nothing matches, and when folder or place are out of reach.
pub async fn run(args: Args, context: &Context) -> Outcome {
    let template = Template::parse(&args.name).map_err(|error| Failure::usage(error.to_string()))?;
    let client = context.client().await?;
    let mut wanted =
        if args.id.is_empty() { Wanted::found(&client, args.query.join(" ")).await? } else { Wanted::named(&client, args.id) };
    // Nothing is made before it is known that there is something to save.
    let Some(first) = wanted.next().await? else {
        return Err(Failure::not_found("nothing to download: no call that matches has a recording"));
    };
    let zone = super::zone(&client).await?;
    let folder = args.to;
    std::fs::create_dir_all(&folder)
        .map_err(|why| Failure::failed(format!("the folder {} cannot be made: {why}", folder.display())))?;
    let manifest = Manifest::open(&folder)?;
    let mut names = Names::default();
    manifest.files().for_each(|file| names.take(file));
    let total = wanted.total(context.words_on_a_terminal()).await;
    let bar = context.progress("recordings", total);
    let mut saver = Saver { client: &client, folder: &folder, template, zone, names, manifest };
    let stopped = tokio::select! {
        stopped = saver.all(first, &mut wanted, &bar) => stopped,
        _ = tokio::signal::ctrl_c() => Err(Failure::failed("interrupted; the same command again goes on from here")),
    };
    bar.finish_and_clear();
    let (saved, kept, failed) = saver.manifest.finish()?;
    for reason in saver.manifest.reasons(5) {
        context.warn(&reason);
    }
    stopped?;
    context.say(&format!("{saved} recordings saved in {}, {kept} were there already, {failed} failed", folder.display()));
    Ok(match (saved + kept, failed) {
        (_, 0) => ExitStatus::Done,
        (0, _) if saver.manifest.only_missing() => ExitStatus::NotFound,
        _ => ExitStatus::Partly,
    })
}

impl Saver<'_> {
    async fn all(&mut self, first: Item, wanted: &mut Wanted<'_>, bar: &ProgressBar) -> Result<(), Failure> {
        let mut item = Some(first);
        while let Some(one) = item {
            match one {
                Item::Missing(id) => self.manifest.add(Row {
                    recording: String::new(),
                    call: id.clone(),
                    file: String::new(),
                    bytes: None,
                    sha256: String::new(),
                    verdict: Verdict::Failed,
                    reason: format!("no call or recording {}", clean::line(&id, 80)),
                })?,
                Item::Recording(call, recording) => self.one(&call, &recording).await?,
            }
            bar.inc(1);
            item = wanted.next().await?;
        }
        Ok(())
    }

    /// One recording; only what stops the others too is an error.
    async fn one(&mut self, call: &CallBody, recording: &RecordingBody) -> Result<(), Failure> {
        let row = |file: String, bytes, sha256: String, verdict, reason: String| Row {
            recording: recording.id.clone(),
            call: call.id.clone(),
            file,
            bytes,
            sha256,
            verdict,
            reason,
        };
        if let Some(known) = self.manifest.whole(self.folder, &recording.id) {
            return self.manifest.add(row(known.file, known.bytes, known.sha256, Verdict::Kept, String::new()));
        }
        if let Some(file) = self.manifest.shortened(self.folder, &recording.id) {
            // A file that became something else is kept as it is, and the recording gets another name.
            if let Ok(Some((bytes, sha256))) =
                fetch::save(self.client, recording, &self.folder.join(&file), Place::Shortened).await
            {
                return self.manifest.add(row(file, Some(bytes), sha256, Verdict::Saved, String::new()));
            }
        }
        let ending = fetch::ending(&recording.format);
        let components = self.template.components(&naming_facts(call, recording, &ending), &self.zone);
        let mut adopted = false;
        let folder = self.folder;
        let file = self.names.next(&components, &recording.id, |name| {
            let path = folder.join(name);
            if path.symlink_metadata().is_err() {
                return true;
            }
            adopted = fetch::hash_of(&path).is_some_and(|(_, hash)| hash == recording.sha256);
            adopted
        });
        let shown = file.to_string_lossy().into_owned();
        if adopted {
            return self.manifest.add(row(shown, Some(recording.bytes), recording.sha256.clone(), Verdict::Kept, String::new()));
        }
        match fetch::save(self.client, recording, &self.folder.join(&file), Place::Free).await {
            Ok(Some((bytes, sha256))) => self.manifest.add(row(shown, Some(bytes), sha256, Verdict::Saved, String::new())),
            Ok(None) => Err(Failure::failed(format!("{shown} is taken"))),
            Err(Unfetched { why, stop }) => {
                self.manifest.add(row(String::new(), None, String::new(), Verdict::Failed, why.message.clone()))?;
                if stop == Stop::All { Err(why) } else { Ok(()) }
            }
        }
    }
}

fn naming_facts(call: &CallBody, recording: &RecordingBody, ending: &str) -> naming::Facts {
    naming::Facts {
        start: call.start,
        agent: call.agent.clone(),
        extension: call.extension.clone(),
        queue: call.queue.clone(),
        direction: call.direction,
        route: call.route,
        number: call.other_party().map(ToOwned::to_owned),
        customer: call.customer.clone(),
        case: call.case.clone(),
        call: call.id.clone(),
        recording: recording.id.clone(),
        mode: recording.mode.map(|mode| mode.to_string()),
        ending: ending.to_owned(),
    }
}

/// The call that has this id, or whose recording has it; none if nothing has.
async fn call_of(client: &Client, id: &str) -> Result<Option<CallBody>, Failure> {
    match client.call(id).await {
        Ok(detail) => return Ok(Some(detail.call)),
        Err(ClientError::Problem(problem)) if problem.status == 404 || problem.status == 400 => {}
        Err(error) => return Err(error.into()),
    }
    let query = CallsQuery { limit: Some(1), ..CallsQuery::new(format!("id:{}", crate::domain::query::quote(id))) };
    match client.calls(&query).await {
        Ok(page) => Ok(page.items.into_iter().next()),
        // An id that cannot even be asked for is one that nothing has.
        Err(ClientError::Problem(problem)) if problem.status == 400 => Ok(None),
        Err(error) => Err(error.into()),
    }
}
