//! `callreel session`: who is signed in, and ending that.

use clap::{Args as ClapArgs, Subcommand};

use super::{Context, ExitStatus, Outcome, naming, several};

/// List, show or end sessions: sign-ins that have not ended
#[derive(Debug, ClapArgs)]
#[command(
    after_help = "Who manages accounts sees everybody's sessions, others their own. `callreel logout` ends the one of a profile."
)]
pub struct Args {
    #[command(subcommand)]
    act: Act,
}

#[derive(Debug, Subcommand)]
enum Act {
    /// List sessions: all for who manages accounts, else your own
    List,
    /// Show one session
    Show {
        #[arg(value_name = "SESSION")]
        id: String,
    },
    /// End sessions at once
    #[command(alias = "end")]
    Remove {
        /// Ids; `current` is the one that asks
        #[arg(value_name = "SESSION", required = true)]
        ids: Vec<String>,
    },
}

/// # Errors
/// For unknown sessions, and those of others without the right.
pub async fn run(args: Args, context: &Context) -> Outcome {
    let client = context.client().await?;
    match args.act {
        Act::List => {
            let columns = ["id", "user", "address", "created", "last_seen", "until", "current"];
            context.show_list(&client.sessions().await?, &columns)?;
        }
        Act::Show { id } => {
            context.show_value(&naming::the("session", &id, client.sessions().await?, |session| &session.id)?)?;
        }
        Act::Remove { ids } => {
            return several::each(context, &ids, async |id| Ok(client.end_session(id).await?)).await;
        }
    }
    Ok(ExitStatus::Done)
}
