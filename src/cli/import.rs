//! `callreel import asterisk`: what an exchange left on disk, into a database.

use std::path::PathBuf;

use clap::Subcommand;

use super::{Context, ExitStatus, Failure, Format, Outcome};
use crate::host::{
    HostErrorKind,
    import::{self, ImportError, Order},
};

/// Import calls and recordings
#[derive(Debug, clap::Args)]
#[command(subcommand_required = true, arg_required_else_help = false)]
pub struct Args {
    #[command(subcommand)]
    source: Source,
}

#[derive(Debug, Subcommand)]
enum Source {
    Asterisk(Asterisk),
}

/// From the files of an Asterisk; they are never changed, and importing again adds nothing
#[derive(Debug, clap::Args)]
pub struct Asterisk {
    /// Call records: JSON lines of cdr_custom, or Master.csv
    #[arg(long, value_name = "FILE", num_args = 1..)]
    cdr: Vec<PathBuf>,
    /// Channel events: JSON lines of cel_custom
    #[arg(long, value_name = "FILE", num_args = 1..)]
    cel: Vec<PathBuf>,
    /// The queue log
    #[arg(long, value_name = "FILE", num_args = 1..)]
    queue_log: Vec<PathBuf>,
    /// Folder of recordings
    #[arg(long, value_name = "DIR")]
    recordings: Option<PathBuf>,
    /// A file with the table [asterisk], such as --preview prints; else settings are guessed
    #[arg(long, value_name = "FILE")]
    settings: Option<PathBuf>,
    /// Leave recordings where they are and only register them
    #[arg(long)]
    in_place: bool,
    /// Print the settings that would be used, and import nothing
    #[arg(long, conflicts_with = "follow")]
    preview: bool,
    /// Go on as the files grow, until Ctrl-C
    #[arg(long)]
    follow: bool,
}

/// Imports.
///
/// # Errors
/// For wrong settings, files that cannot be read, or a database that cannot be written.
pub async fn run(args: Args, context: &Context) -> Outcome {
    let Source::Asterisk(args) = args.source;
    if args.cdr.is_empty() && args.cel.is_empty() && args.queue_log.is_empty() && args.recordings.is_none() {
        return Err(Failure::usage(
            "nothing to import; name files with --cdr, --cel, --queue-log, or a folder with --recordings",
        ));
    }
    // Before anything is made. With --follow, files may come later.
    let named = args.cdr.iter().chain(&args.cel).chain(&args.queue_log).chain(&args.recordings);
    if let Some(missing) = named.filter(|_| !args.follow).find(|path| !path.exists()) {
        return Err(Failure::not_found(format!("there is no {}; check the name and its permissions", missing.display())));
    }
    let path = context.database("import")?;
    let order = Order {
        company: context.settings.company(),
        cdr: args.cdr,
        cel: args.cel,
        queue_log: args.queue_log,
        recordings: args.recordings,
        settings: args.settings,
        in_place: args.in_place,
        follow: args.follow,
    };
    if args.preview {
        let settings = import::preview(context.request(path), order).await.map_err(|error| failure(&error))?;
        context.write(settings.as_bytes())?;
        return Ok(ExitStatus::Done);
    }
    let bar = context.progress("import", None);
    let progress = |news: &import::Progress| {
        bar.set_prefix(news.stage);
        bar.set_position(news.done);
    };
    let cancel = async {
        if tokio::signal::ctrl_c().await.is_err() {
            std::future::pending::<()>().await;
        }
    };
    let summary = import::run(context.request(path), order, progress, cancel).await;
    bar.finish_and_clear();
    let summary = summary.map_err(|error| failure(&error))?;
    context.say(&summary.words());
    summary.problems.iter().for_each(|problem| context.say(problem));
    if let Some(file) = &summary.rejects_file {
        context.say(&format!("what was not taken stands in {file}"));
    }
    if matches!(context.format, Format::Json | Format::Ndjson) && context.global.format.is_some() {
        context.show_value(&summary)?;
    }
    let stopped = summary.cancelled && !args.follow;
    Ok(match () {
        () if stopped => ExitStatus::Failed,
        () if summary.is_partial() => ExitStatus::Partly,
        () => ExitStatus::Done,
    })
}

fn failure(error: &ImportError) -> Failure {
    let status = match error {
        ImportError::Usage(_) => ExitStatus::Usage,
        ImportError::Host(host) if host.kind == HostErrorKind::NotAllowed => ExitStatus::NotAllowed,
        ImportError::Host(_) | ImportError::Service(_) => ExitStatus::Failed,
    };
    Failure::new(status, error.to_string())
}
