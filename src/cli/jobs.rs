//! `callreel jobs`: long work of a server or of this machine.

use clap::{Args as ClapArgs, Subcommand};

use super::{Context, ExitStatus, Outcome};

/// List, show or cancel long work, such as imports that were sent to a server
#[derive(Debug, ClapArgs)]
pub struct Args {
    #[command(subcommand)]
    act: Act,
}

#[derive(Debug, Subcommand)]
enum Act {
    /// List jobs, newest first
    List,
    /// Show how a job stands, and what came out of it
    Show {
        #[arg(value_name = "JOB")]
        job: String,
    },
    /// End jobs at their next safe place
    Cancel {
        #[arg(value_name = "JOB", required = true)]
        jobs: Vec<String>,
    },
}

/// # Errors
/// For unknown jobs, and those of others.
pub async fn run(args: Args, context: &Context) -> Outcome {
    let client = context.client().await?;
    match args.act {
        Act::List => {
            context.show_list(&client.jobs().await?, &["id", "kind", "state", "who", "created", "done", "all", "detail"])?;
        }
        Act::Show { job } => context.show_value(&client.job(&job).await?)?,
        Act::Cancel { jobs } => {
            for job in &jobs {
                client.cancel_job(job).await?;
            }
        }
    }
    Ok(ExitStatus::Done)
}
