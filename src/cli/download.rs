//! `callreel download`: recordings as files, with a manifest of what was and what was not.

use std::path::PathBuf;

use clap::Args as ClapArgs;

use super::{Context, ExitStatus, Failure, Outcome, play};
use crate::{
    domain::naming::{self, Template},
    takeout::{self, End, Making, Plan, Wanted},
};

/// Save recordings as files, with a manifest of what was and what was not
#[derive(Debug, ClapArgs)]
#[command(
    after_help = "DIR/manifest.csv tells of each recording what became of it. Files that are there already and whole are kept, so \
that the same command again goes on where it was broken off. Headerless sound is wrapped in WAV. --from, --until and \
--convert make the server cut and convert; a stretch alone is saved as WAV.\nNames are made of {start:%Y-%m-%d} \
{agent} {ext} {queue} {kind} {number} {customer} {direction} {case} {call} {recording} {mode}, with / between folders.\nExamples:\n  \
callreel download is:recorded date:yesterday --to calls\n  callreel download case:C-17 --to out --name '{case}/{start:%Y-%m-%d}_{number}'\n  \
callreel download in:training --to course --convert mp3"
)]
pub struct Args {
    /// What to find, such as `case:C-17` or `ext:601 date:2026-11-07`
    #[arg(value_name = "QUERY", required_unless_present = "id")]
    query: Vec<String>,
    /// These calls, recordings or clips instead of a query
    #[arg(long, value_name = "ID", num_args = 1.., conflicts_with = "query")]
    id: Vec<String>,
    /// Folder for the files; made if missing
    #[arg(long, value_name = "DIR")]
    to: PathBuf,
    /// How files are named [default: {start:%Y-%m-%d_%H-%M-%S}_{kind}_{number}_{ext}]
    #[arg(long, value_name = "TEMPLATE", default_value = naming::DEFAULT, hide_default_value = true)]
    name: String,
    /// Only from there on, in each recording: seconds, m:ss, h:mm:ss, or 1m30s
    #[arg(long, value_name = "T", value_parser = play::seconds)]
    from: Option<f64>,
    /// Only up to there
    #[arg(long, value_name = "T", value_parser = play::seconds)]
    until: Option<f64>,
    /// In this format (opus in Ogg)
    #[arg(long, value_name = "FORMAT", value_parser = ["wav", "mp3", "opus"])]
    convert: Option<String>,
}

/// # Errors
/// For a wrong query or template, when nothing matches, and when folder or place are out of reach.
pub async fn run(args: Args, context: &Context) -> Outcome {
    let template = Template::parse(&args.name).map_err(|error| Failure::usage(error.to_string()))?;
    if let (Some(until), from) = (args.until, args.from.unwrap_or(0.0))
        && until <= from
    {
        return Err(Failure::usage("--until lies before --from: nothing is between them"));
    }
    let making = Making { from: args.from, until: args.until, convert: args.convert };
    let client = context.client().await?;
    let wanted =
        if args.id.is_empty() { Wanted::found(&client, args.query.join(" ")).await? } else { Wanted::named(&client, args.id) };
    let zone = super::zone(&client).await?;
    let plan = Plan { folder: args.to, template, zone, count: context.words_on_a_terminal(), making };
    let bar = context.progress("recordings", None);
    let interrupted = async {
        // Where nobody can interrupt, nobody does.
        if tokio::signal::ctrl_c().await.is_err() {
            std::future::pending::<()>().await;
        }
    };
    let mut told = |done, all| context.advance(&bar, done, all);
    let downloaded = takeout::download(&client, wanted, &plan, &mut told, interrupted).await;
    bar.finish_and_clear();
    let downloaded = downloaded?;
    for reason in &downloaded.reasons {
        context.warn(reason);
    }
    match downloaded.end {
        End::Whole => {}
        End::Cancelled => return Err(Failure::failed("interrupted; the same command again goes on from here")),
        End::Stopped(why) => return Err(why.into()),
    }
    let (saved, kept, failed) = (downloaded.saved, downloaded.kept, downloaded.failed);
    context.say(&format!("{saved} recordings saved in {}, {kept} were there already, {failed} failed", plan.folder.display()));
    Ok(match (saved + kept, failed) {
        (_, 0) => ExitStatus::Done,
        (0, _) if downloaded.only_missing => ExitStatus::NotFound,
        _ => ExitStatus::Partly,
    })
}
