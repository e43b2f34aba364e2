//! `callreel backup` and `callreel restore`.

use std::{
    path::PathBuf,
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
};

use super::{Context, ExitStatus, Failure, Format, Outcome, Place};
use crate::{
    client::BackupQuery,
    host::restore::{self, Restored},
    takeout::save_backup,
};

/// Make a backup of the calls and their recordings, while others go on working
#[derive(Debug, clap::Args)]
pub struct Args {
    /// The file to make
    file: PathBuf,
    /// Leave recordings and clips out
    #[arg(long)]
    no_recordings: bool,
    /// Put private keys in too (of the audit's signature, of the server): whoever has the file can then sign as you
    #[arg(long)]
    with_keys: bool,
    /// Let a file of that name go, once the new one is whole
    #[arg(long)]
    replace: bool,
    /// Make nothing: read FILE from end to end and tell whether it is whole
    #[arg(long, conflicts_with_all = ["no_recordings", "with_keys", "replace"])]
    verify: bool,
}

/// Make a new database of a backup
#[derive(Debug, clap::Args)]
pub struct RestoreArgs {
    /// The backup
    file: PathBuf,
}

async fn interrupted() {
    if tokio::signal::ctrl_c().await.is_err() {
        std::future::pending::<()>().await;
    }
}

/// Makes or checks a backup.
///
/// # Errors
/// When the place refuses or cannot be reached, the file is there already, or there is no room; for `--verify` when the file
/// is not whole.
pub async fn run(args: Args, context: &Context) -> Outcome {
    let shown = args.file.display().to_string();
    if args.verify {
        let (bar, go_on) = watched(context, "verify");
        let file = args.file;
        let found = tokio::task::spawn_blocking(move || {
            let mut go_on = go_on;
            restore::verify(&file, &mut *go_on)
        });
        let found = found.await.map_err(|error| Failure::failed(format!("the check stopped by itself: {error}")))?;
        bar.finish_and_clear();
        let found = found?;
        context.say(&format!("{shown} is whole: {}", words(&found)));
        tell(&found, context)?;
        return Ok(ExitStatus::Done);
    }
    let client = context.client().await?;
    let bar = context.progress("backup", None);
    let mut progress = |done, all| context.advance(&bar, done, all);
    let query = BackupQuery { recordings: !args.no_recordings, keys: args.with_keys };
    let saved = save_backup(&client, query, (&args.file, args.replace), &mut progress, interrupted()).await;
    bar.finish_and_clear();
    let Some(saved) = saved.map_err(|error| match error {
        crate::takeout::TakeError::Exists(file) => {
            Failure::failed(format!("{file} is there already; choose another name, or let it go with --replace"))
        }
        other => other.into(),
    })?
    else {
        return Err(Failure::new(ExitStatus::Interrupted, "the backup was stopped; nothing was kept"));
    };
    context.say(&format!("{shown} holds the backup ({} bytes)", saved.bytes));
    if saved.seal == crate::takeout::Seal::default() {
        return Ok(ExitStatus::Done);
    }
    context.warn(&format!(
        "{} recordings were not there and {} had other bytes than were recorded; report.json in the backup names them, and \
         `callreel backup --verify {shown}` counts them",
        saved.seal.missing, saved.seal.damaged
    ));
    Ok(ExitStatus::Partly)
}

/// Restores a backup into a new database.
///
/// # Errors
/// When the database is there already, or the backup is not whole.
pub async fn restore(args: RestoreArgs, context: &Context) -> Outcome {
    let Place::Local(path) = context.place()? else {
        return Err(Failure::usage("a backup is restored into a file; name a new one with --db"));
    };
    let shown = path.display().to_string();
    let (bar, go_on) = watched(context, "restore");
    let restored = restore::restore(args.file, context.request(path), go_on).await;
    bar.finish_and_clear();
    let restored = restored?;
    context.say(&format!("{shown} is restored: {}", words(&restored)));
    tell(&restored, context)?;
    Ok(if restored.missing + restored.damaged == 0 { ExitStatus::Done } else { ExitStatus::Partly })
}

/// A bar, and what moves it and ends the work on Ctrl-C.
fn watched(context: &Context, label: &str) -> (indicatif::ProgressBar, Box<dyn FnMut(u64, u64) -> bool + Send>) {
    let bar = context.progress(label, Some(0));
    let stop = Arc::new(AtomicBool::new(false));
    let (asked, moved) = (Arc::clone(&stop), bar.clone());
    tokio::spawn(async move {
        interrupted().await;
        asked.store(true, Ordering::Relaxed);
    });
    let go_on = move |done, all| {
        moved.set_length(all);
        moved.set_position(done);
        !stop.load(Ordering::Relaxed)
    };
    (bar, Box::new(go_on))
}

fn words(found: &Restored) -> String {
    let mut words = format!("{} of {}", found.database, found.made_at);
    if found.with_recordings {
        words.push_str(&format!(", {} recordings and clips", found.recordings));
    } else {
        words.push_str(", without recordings");
    }
    if let Some(rows) = found.audit_rows {
        words.push_str(&format!(", {rows} rows of the audit log"));
    }
    for (count, what) in [
        (found.missing, "were not there when it was made"),
        (found.damaged, "had other bytes than were recorded"),
        (found.elsewhere, "lie in folders registered in place and are not in it"),
    ] {
        if count > 0 {
            words.push_str(&format!("; {count} recordings {what}"));
        }
    }
    words
}

fn tell(found: &Restored, context: &Context) -> Result<(), Failure> {
    if matches!(context.format, Format::Json | Format::Ndjson) && context.global.format.is_some() {
        context.show_value(found)?;
    }
    Ok(())
}
