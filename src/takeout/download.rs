//! Recordings as files in a folder, with a manifest of what was saved and what was not. Broken off and begun again it goes
//! on where it was.

use std::path::{Path, PathBuf};

use jiff::tz::TimeZone;

use super::{
    End, Progress, TakeError,
    fetch::{self, Making, Place, Source, Stop, Unfetched},
    manifest::{Manifest, Row, Verdict},
    wanted::{Item, Wanted},
};
use crate::{
    client::Client,
    domain::{
        clean,
        naming::{self, Names, Template},
    },
    wire::{CallBody, RecordingBody},
};

/// Reasons told besides the manifest.
const REASONS: usize = 5;

/// Where and how recordings are saved.
#[derive(Clone, Debug)]
pub struct Plan {
    /// Made if missing.
    pub folder: PathBuf,
    pub template: Template,
    /// Of the times in names.
    pub zone: TimeZone,
    /// How many there are is asked first: somebody looks at the progress.
    pub count: bool,
    /// Cut or converted on the way.
    pub making: Making,
}

/// What came of a download.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Downloaded {
    pub saved: u64,
    /// Were there already, and whole.
    pub kept: u64,
    pub failed: u64,
    /// The first few of what failed.
    pub reasons: Vec<String>,
    /// Nothing but unknown ids was asked for.
    pub only_missing: bool,
    pub manifest: PathBuf,
    pub end: End,
}

/// Saves what is wanted until `cancel` comes. A recording that fails does not end it.
///
/// # Errors
/// When nothing is there to be saved, and when the folder or its manifest cannot be made: nothing is written then.
pub async fn download(
    client: &Client,
    mut wanted: Wanted<'_>,
    plan: &Plan,
    progress: Progress<'_>,
    cancel: impl Future<Output = ()>,
) -> Result<Downloaded, TakeError> {
    // Nothing is made before it is known that there is something to save.
    let Some(first) = wanted.next().await? else {
        return Err(TakeError::Nothing("nothing to download: no call that matches has a recording".to_owned()));
    };
    let folder = plan.folder.as_path();
    make(folder)?;
    let manifest = Manifest::open(folder)?;
    let mut names = Names::default();
    manifest.files().for_each(|file| names.take(file));
    let mut saver = Saver { client, plan, names, manifest };
    let end = tokio::select! {
        biased;
        () = cancel => End::Cancelled,
        done = saver.all(first, &mut wanted, progress) => done.map_or_else(End::Stopped, |()| End::Whole),
    };
    let (saved, kept, failed) = saver.manifest.counts();
    // Lines written so far stay where it cannot be put in order.
    let end = match (saver.manifest.finish(), end) {
        (Err(why), End::Whole) => End::Stopped(why),
        (_, end) => end,
    };
    Ok(Downloaded {
        saved,
        kept,
        failed,
        reasons: saver.manifest.reasons(REASONS),
        only_missing: saver.manifest.only_missing(),
        manifest: saver.manifest.path().to_owned(),
        end,
    })
}

fn make(folder: &Path) -> Result<(), TakeError> {
    if folder.is_file() {
        return Err(TakeError::Failed(format!("{} is a file, not a folder", folder.display())));
    }
    std::fs::create_dir_all(folder)
        .map_err(|why| TakeError::Failed(format!("the folder {} cannot be made: {why}", folder.display())))
}

struct Saver<'a> {
    client: &'a Client,
    plan: &'a Plan,
    names: Names,
    manifest: Manifest,
}

impl Saver<'_> {
    async fn all(&mut self, first: Item, wanted: &mut Wanted<'_>, progress: Progress<'_>) -> Result<(), TakeError> {
        let all = wanted.total(self.plan.count).await;
        let (mut item, mut done) = (Some(first), 0);
        progress(done, all);
        while let Some(one) = item {
            match one {
                Item::Missing(id) => self.manifest.add(Row {
                    recording: String::new(),
                    call: id.clone(),
                    file: String::new(),
                    bytes: None,
                    sha256: String::new(),
                    verdict: Verdict::Failed,
                    reason: format!("no call, recording or clip {}", clean::line(&id, 80)),
                    form: self.plan.making.form(),
                })?,
                Item::Recording(call, recording) => self.one(&call, &recording, false).await?,
                Item::Clip(call, clip) => self.one(&call, &clip, true).await?,
            }
            done += 1;
            progress(done, all);
            item = wanted.next().await?;
        }
        Ok(())
    }

    /// One recording; only what stops the others too is an error.
    async fn one(&mut self, call: &CallBody, recording: &RecordingBody, is_clip: bool) -> Result<(), TakeError> {
        let plan = self.plan;
        let (making, form) = (&plan.making, plan.making.form());
        let row = |file: String, bytes, sha256: String, verdict, reason: String| Row {
            recording: recording.id.clone(),
            call: call.id.clone(),
            file,
            bytes,
            sha256,
            verdict,
            reason,
            form: form.clone(),
        };
        let source = Source { client: self.client, recording, is_clip, making };
        let folder = plan.folder.as_path();
        if let Some(known) = self.manifest.whole(folder, &recording.id, &form) {
            return self.manifest.add(row(known.file, known.bytes, known.sha256, Verdict::Kept, String::new()));
        }
        if let Some(file) = self.manifest.shortened(folder, &recording.id, &form) {
            // A file that became something else is kept as it is, and the recording gets another name.
            if let Ok(Some((bytes, sha256))) = fetch::save(&source, &folder.join(&file), Place::Shortened).await {
                return self.manifest.add(row(file, Some(bytes), sha256, Verdict::Saved, String::new()));
            }
        }
        let ending = if making.is_nothing() { fetch::ending(&recording.format) } else { making.suffix().to_owned() };
        let components = self.plan.template.components(&naming_facts(call, recording, &ending), &self.plan.zone);
        let mut adopted = false;

        let file = self.names.next(&components, &recording.id, |name| {
            let path = folder.join(name);
            if path.symlink_metadata().is_err() {
                return true;
            }
            // What the server makes has no hash to be known by.
            adopted = making.is_nothing() && fetch::hash_of(&path).is_some_and(|(_, hash)| hash == recording.sha256);
            adopted
        });
        let shown = file.to_string_lossy().into_owned();
        if adopted {
            return self.manifest.add(row(shown, Some(recording.bytes), recording.sha256.clone(), Verdict::Kept, String::new()));
        }
        match fetch::save(&source, &folder.join(&file), Place::Free).await {
            Ok(Some((bytes, sha256))) => self.manifest.add(row(shown, Some(bytes), sha256, Verdict::Saved, String::new())),
            Ok(None) => Err(TakeError::Failed(format!("{shown} is taken"))),
            Err(Unfetched { why, stop }) => {
                self.manifest.add(row(String::new(), None, String::new(), Verdict::Failed, why.to_string()))?;
                if stop == Stop::All { Err(why) } else { Ok(()) }
            }
        }
    }
}

/// What a name is made of; `ending` without its dot.
pub fn naming_facts(call: &CallBody, recording: &RecordingBody, ending: &str) -> naming::Facts {
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
