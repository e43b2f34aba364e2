//! `callreel [console]`: the full-screen console.

use super::{Context, Failure, Outcome};

/// Open the full-screen console (what callreel without a command does)
#[derive(Debug, Default, clap::Args)]
pub struct Args {}

/// Runs the console until the person quits.
#[expect(clippy::unused_async, reason = "skeleton, replaced by the console's own file")]
pub async fn run(args: Args, context: &Context) -> Outcome {
    let _ = (args, context);
    Err(Failure::failed("the console is not built yet"))
}
