//! `callreel demo`: a made-up company to look at and listen to, then the console on it.

use std::{io::IsTerminal, path::PathBuf};

use super::{Context, ExitStatus, Global, Outcome, generate};
use crate::host::company::demo;

/// Make up a company with recordings that can be heard, and open the console on it
#[derive(Debug, clap::Args)]
pub struct Args {
    /// How many calls [default: 5000]
    #[arg(long, value_name = "N")]
    calls: Option<u64>,
    /// Another seed is another company [default: 1]
    #[arg(long, value_name = "S")]
    seed: Option<u64>,
    /// Folder of the demo [default: demo in the data folder]
    #[arg(long, value_name = "DIR")]
    dir: Option<PathBuf>,
}

/// Makes or finds the demo and opens the console; where stdout is no terminal, says where it is.
///
/// # Errors
/// For a folder with other contents, or what the disk says.
pub async fn run(args: Args, context: &Context) -> Outcome {
    let folder = args.dir.clone().unwrap_or_else(|| context.paths.data.join("demo"));
    let folder = std::path::absolute(&folder).unwrap_or(folder);
    let order = demo::Order { folder: folder.clone(), calls: args.calls, seed: args.seed, now: jiff::Timestamp::now() };
    let bar = context.progress("calls", Some(args.calls.unwrap_or(demo::CALLS)));
    let made = demo::demo(context.request(folder.clone()), order, &|done| bar.set_position(done)).await;
    bar.finish_and_clear();
    let made = made.map_err(|error| generate::failure(&error))?;
    if made.known && (args.calls.is_some_and(|calls| calls != made.calls) || args.seed.is_some_and(|seed| seed != made.seed)) {
        context.say(&format!(
            "{} holds a demo of {} calls and seed {} already; for another one name another folder with --dir",
            folder.display(),
            made.calls,
            made.seed
        ));
    }
    if std::io::stdout().is_terminal() {
        let global = Global { db: Some(made.database), server: None, profile: None, ..context.global.clone() };
        let context = Context::new(global, context.environment.clone(), context.console)?;
        return (context.console)(&context).await;
    }
    let database = made.database.display();
    context.say(&format!(
        "the demo is in {database}; look at it with `callreel --db {database}`, list its calls with `callreel calls --db {database}`, \
         or those that can be heard with `callreel calls is:recorded --db {database}`"
    ));
    Ok(ExitStatus::Done)
}
