//! What `main` hands to the command line: the console over a local database or a server. Here alone the console and the host
//! meet, so that the console's own rooms know nothing of databases.

mod console;
mod first_run;

use crate::cli::{ConsoleFace, Context, Outcome};

/// Runs the console; see [`ConsoleFace`].
pub const CONSOLE: ConsoleFace = |context: &Context| Box::pin(run(context));

async fn run(context: &Context) -> Outcome {
    console::run(context).await
}
