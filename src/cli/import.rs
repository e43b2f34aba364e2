//! `callreel import asterisk`: what an exchange left on disk, into a database or to a server.

mod far;

use std::path::PathBuf;

use clap::Subcommand;

use super::{Context, ExitStatus, Failure, Format, Outcome, Place, context::through_server};
use crate::host::{
    HostErrorKind,
    import::{self, ImportError, Order, Summary},
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
    let held = match context.place()? {
        Place::Server(server) => return far::run(order, args.preview, &context.connect(server)?, context).await,
        Place::Local(path) if args.preview => match import::preview(context.request(path), order.clone()).await {
            Ok(settings) => {
                context.write(settings.as_bytes())?;
                return Ok(ExitStatus::Done);
            }
            Err(error) => error,
        },
        Place::Local(path) => match here(path, order.clone(), context).await {
            Ok(summary) => return told(&summary, args.follow, "", context),
            Err(error) => error,
        },
    };
    match held {
        ImportError::Host(error) => {
            let client = context.connect(through_server(error).await?)?;
            far::run(order, args.preview, &client, context).await
        }
        error => Err(failure(&error)),
    }
}

/// Imports into a file of this machine.
async fn here(path: PathBuf, order: Order, context: &Context) -> Result<Summary, ImportError> {
    let bar = context.progress("import", None);
    let progress = |news: &import::Progress| {
        bar.set_prefix(news.stage);
        bar.set_position(news.done);
    };
    let summary = import::run(context.request(path), order, progress, interrupted()).await;
    bar.finish_and_clear();
    summary
}

async fn interrupted() {
    if tokio::signal::ctrl_c().await.is_err() {
        std::future::pending::<()>().await;
    }
}

/// Tells what an import did; `place` says where a file of rejects lies, if not here.
fn told(summary: &Summary, follow: bool, place: &str, context: &Context) -> Outcome {
    context.say(&summary.words());
    summary.problems.iter().for_each(|problem| context.say(problem));
    if summary.more_problems > 0 {
        context.say(&format!("and {} more", summary.more_problems));
    }
    if let Some(file) = &summary.rejects_file {
        context.say(&format!("all that was not taken stands in {file}{place}"));
    }
    if matches!(context.format, Format::Json | Format::Ndjson) && context.global.format.is_some() {
        context.show_value(summary)?;
    }
    let stopped = summary.cancelled && !follow;
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
