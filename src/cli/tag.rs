//! `callreel tag`: words that people put on calls.

use clap::{Args as ClapArgs, Subcommand};

use super::{Context, ExitStatus, Outcome, several};
use crate::wire::Changes;

/// Put tags on calls, or take them off
#[derive(Debug, ClapArgs)]
pub struct Args {
    #[command(subcommand)]
    act: Act,
}

#[derive(Debug, Subcommand)]
enum Act {
    /// Put tags on a call
    Add(Tags),
    /// Take tags off a call
    Remove(Tags),
    /// List all tags and how many calls have them
    List,
}

#[derive(Debug, ClapArgs)]
struct Tags {
    /// Id of the call, ours or the exchange's
    #[arg(value_name = "CALL")]
    call: String,
    #[arg(value_name = "TAG", required = true)]
    tags: Vec<String>,
    /// Do it at this call too; may be repeated
    #[arg(long = "call", value_name = "CALL")]
    calls: Vec<String>,
}

/// # Errors
/// For unknown calls, and for tags that are empty or too long.
pub async fn run(args: Args, context: &Context) -> Outcome {
    let client = context.client().await?;
    let (mut tags, add) = match args.act {
        Act::Add(tags) => (tags, true),
        Act::Remove(tags) => (tags, false),
        Act::List => {
            context.show_list(&client.tags().await?, &["name", "calls"])?;
            return Ok(ExitStatus::Done);
        }
    };
    tags.calls.insert(0, tags.call);
    let (add_tags, remove_tags) = if add { (tags.tags, Vec::new()) } else { (Vec::new(), tags.tags) };
    several::quietly(context, &client, &tags.calls, Changes { add_tags, remove_tags, ..Changes::default() }).await
}
