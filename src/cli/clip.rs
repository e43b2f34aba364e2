//! `callreel clip`: stretches of recordings as files of their own.

use clap::{Args as ClapArgs, Subcommand};

use super::{Context, ExitStatus, Failure, Outcome, play};
use crate::wire::ClipDraft;

/// Cut, list, show or remove clips: stretches of recordings as files of their own
#[derive(Debug, ClapArgs)]
#[command(after_help = "A clip plays and downloads by its id as a recording does.\nExamples:\n  \
callreel clip add 01JC8T0Q4E3Z9M6W2V5XN7RKDB --from 1:30 --until 2:05 --title 'good opening'\n  callreel clip list")]
pub struct Args {
    #[command(subcommand)]
    act: Act,
}

#[derive(Debug, Subcommand)]
enum Act {
    /// List clips, newest first; of one call if it is named
    List {
        /// Id of the call, ours or the exchange's
        #[arg(value_name = "CALL")]
        call: Option<String>,
    },
    /// Show one
    Show {
        #[arg(value_name = "CLIP")]
        clip: String,
    },
    /// Cut one out of a recording
    Add {
        /// Id of the recording
        #[arg(value_name = "RECORDING")]
        recording: String,
        /// Where it begins: seconds, m:ss, h:mm:ss, or 1m30s
        #[arg(long, value_name = "T", value_parser = play::seconds)]
        from: f64,
        /// Where it ends
        #[arg(long, value_name = "T", value_parser = play::seconds)]
        until: f64,
        /// What it is called
        #[arg(long, value_name = "TEXT")]
        title: Option<String>,
    },
    /// Remove one with its sound
    Remove {
        #[arg(value_name = "CLIP")]
        clip: String,
    },
}

/// # Errors
/// For unknown calls, recordings and clips, and for stretches that lie outside the recording.
pub async fn run(args: Args, context: &Context) -> Outcome {
    let client = context.client().await?;
    match args.act {
        Act::List { call } => {
            let clips = match call {
                Some(call) => client.clips_of(&call).await?,
                None => client.clips().await?,
            };
            context.show_list(&clips, &["id", "call", "recording", "from_s", "until_s", "title", "who", "created"])?;
        }
        Act::Show { clip } => context.show_value(&client.clip(&clip).await?)?,
        Act::Add { recording, from, until, title } => {
            if until <= from {
                return Err(Failure::usage("--until lies before --from: nothing is between them"));
            }
            let draft =
                ClipDraft { recording, from_s: from, until_s: until, title: title.filter(|title| !title.trim().is_empty()) };
            context.show_value(&client.make_clip(&draft).await?)?;
        }
        Act::Remove { clip } => client.remove_clip(&clip).await?,
    }
    Ok(ExitStatus::Done)
}
