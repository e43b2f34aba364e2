//! `callreel case`: the complaint or ticket that calls are tied to.

use clap::{Args as ClapArgs, Subcommand};

use super::{Context, ExitStatus, Failure, Outcome, several};
use crate::{
    client::{Client, ClientError},
    wire::Changes,
};

/// Tie calls to a case, or untie them
#[derive(Debug, ClapArgs)]
pub struct Args {
    #[command(subcommand)]
    act: Act,
}

#[derive(Debug, Subcommand)]
enum Act {
    /// Tie a call to a case
    Add {
        /// Id of the call, ours or the exchange's
        #[arg(value_name = "CALL")]
        call: String,
        #[arg(value_name = "CASE")]
        case: String,
        /// Tie this call too; may be repeated
        #[arg(long = "call", value_name = "CALL")]
        calls: Vec<String>,
    },
    /// Untie calls from their case
    Remove {
        /// Ids of calls; behind a single one its case may be named
        #[arg(value_name = "CALL", required = true)]
        calls: Vec<String>,
    },
    /// List all cases and how many calls they have
    List,
}

/// # Errors
/// For unknown calls, and for cases that are empty or too long.
pub async fn run(args: Args, context: &Context) -> Outcome {
    let client = context.client().await?;
    let (calls, case) = match args.act {
        Act::Add { call, case, mut calls } => {
            calls.insert(0, call);
            (calls, Some(case))
        }
        Act::Remove { calls } => (untied(&client, calls).await?, None),
        Act::List => {
            context.show_list(&client.cases().await?, &["name", "calls"])?;
            return Ok(ExitStatus::Done);
        }
    };
    several::quietly(context, &client, &calls, Changes { case: Some(case), ..Changes::default() }).await
}

/// The calls meant by the words of `case remove`: `CALL…`, or `CALL CASE`, which names what `case add` was told.
async fn untied(client: &Client, mut words: Vec<String>) -> Result<Vec<String>, Failure> {
    let [call, case] = words.as_slice() else { return Ok(words) };
    match client.call(case).await {
        Err(ClientError::Problem(problem)) if problem.status == 404 || problem.status == 400 => {}
        _ => return Ok(words),
    }
    let tied = client.call(call).await?.call.case;
    if tied.is_none_or(|tied| tied.trim() != case.trim()) {
        return Err(Failure::not_found(format!("call {call} is not tied to a case {case}, and there is no call {case}")));
    }
    words.pop();
    Ok(words)
}
