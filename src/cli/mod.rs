//! Arguments to commands: one file per command; data on stdout, words on stderr.
//!
//! To add a command: a file with `pub struct Args` (clap) and `pub async fn run(args: Args, context: &Context) -> Outcome`,
//! a variant of [`arguments::Command`], and a line of [`dispatch`].

mod arguments;
mod argv;
mod console;
mod context;
mod demo;
mod failure;
mod generate;
mod log;
mod output;
mod place;

pub use arguments::{Command, Global, Root};
pub use context::Context;
pub use failure::{ExitStatus, Failure, Outcome};
pub use output::Format;
pub use place::Place;

use std::ffi::OsString;

use clap::{CommandFactory, FromArgMatches};

use crate::config::Environment;

/// Runs one command line (with the program's name first) and tells how it ended. Everything is said by then.
pub fn run(words: Vec<OsString>, environment: Environment) -> ExitStatus {
    let quiet_end = |failure: Failure| failure.tell();
    let mut tree = Root::command();
    tree.build();
    let parsed = tree
        .clone()
        .try_get_matches_from(argv::arrange(&tree, words))
        .and_then(|mut matches| Root::from_arg_matches_mut(&mut matches));
    let root = match parsed {
        Ok(root) => root,
        Err(error) if error.exit_code() == 0 => return output::help(&error.render().to_string()),
        Err(error) => return quiet_end(Failure::of_arguments(&tree, &error)),
    };
    let context = match Context::new(root.global, environment) {
        Ok(context) => context,
        Err(failure) => return quiet_end(failure),
    };
    let runtime = match tokio::runtime::Builder::new_multi_thread().enable_all().build() {
        Ok(runtime) => runtime,
        Err(why) => return quiet_end(Failure::failed(format!("no threads to work with: {why}"))),
    };
    let command = root.command.unwrap_or_default();
    let outcome = runtime.block_on(async {
        let outcome = dispatch(command, &context).await;
        let flushed = context.flush();
        outcome.and_then(|status| flushed.map(|()| status))
    });
    drop(context);
    outcome.unwrap_or_else(quiet_end)
}

async fn dispatch(command: Command, context: &Context) -> Outcome {
    match command {
        Command::Console(args) => console::run(args, context).await,
        Command::Demo(args) => demo::run(args, context).await,
        Command::Generate(args) => generate::run(args, context).await,
    }
}
