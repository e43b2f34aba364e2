//! `callreel case`: the complaint or ticket that calls are tied to.

use clap::{Args as ClapArgs, Subcommand};

use super::{Context, ExitStatus, Outcome, several};

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
        Act::Remove { calls } => (calls, None),
        Act::List => {
            context.show_list(&client.cases().await?, &["name", "calls"])?;
            return Ok(ExitStatus::Done);
        }
    };
    several::each(context, &calls, |call| {
        let (client, case) = (client.clone(), case.clone());
        async move { Ok(client.set_case(&call, case.as_deref()).await?) }
    })
    .await
}
