//! `callreel flag`: calls to come back to.

use clap::{Args as ClapArgs, Subcommand};

use super::{Context, Outcome, several};
use crate::wire::Changes;

/// Flag calls to come back to, or take the flag off
#[derive(Debug, ClapArgs)]
pub struct Args {
    #[command(subcommand)]
    act: Act,
}

#[derive(Debug, Subcommand)]
enum Act {
    /// Flag calls
    Add(Calls),
    /// Take the flag off calls
    Remove(Calls),
}

#[derive(Debug, ClapArgs)]
struct Calls {
    /// Ids of calls, ours or the exchange's
    #[arg(value_name = "CALL", required = true)]
    calls: Vec<String>,
}

/// # Errors
/// For unknown calls.
pub async fn run(args: Args, context: &Context) -> Outcome {
    let client = context.client().await?;
    let (calls, flagged) = match args.act {
        Act::Add(calls) => (calls.calls, true),
        Act::Remove(calls) => (calls.calls, false),
    };
    several::quietly(context, &client, &calls, Changes { flagged: Some(flagged), ..Changes::default() }).await
}
