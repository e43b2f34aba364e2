//! `callreel whoami`: as whom one works here, and where that is.

use super::{Context, ExitStatus, Outcome};

/// Say as whom you work, on which place, and what you may do there
#[derive(Debug, clap::Args)]
pub struct Args {}

/// Asks the place.
///
/// # Errors
/// When nobody is signed in there, or it cannot be reached.
pub async fn run(_: Args, context: &Context) -> Outcome {
    let me = context.client().await?.who_am_i().await?;
    context.show_value(&me)?;
    Ok(ExitStatus::Done)
}
