//! Arguments to commands: one file per command; data on stdout, words on stderr.
//!
//! To add a command: a file with `pub struct Args` (clap) and `pub async fn run(args: Args, context: &Context) -> Outcome`,
//! a variant of [`arguments::Command`], and a line of [`dispatch`].

mod arguments;
mod argv;
mod audit;
mod backup;
mod calls;
mod case;
mod clip;
mod collection;
mod completions;
mod config;
mod context;
mod customer;
mod demo;
mod download;
mod ear;
mod extension;
mod failure;
mod flag;
mod generate;
mod import;
mod jobs;
mod length;
mod listen;
mod log;
mod login;
mod logout;
mod named;
mod naming;
mod note;
mod output;
mod peaks;
mod place;
mod play;
mod receipts;
mod role;
mod serve;
mod session;
mod several;
mod share;
mod show;
mod tag;
mod token;
mod user;
mod view;
mod whoami;

pub use arguments::{Command, Global, Root};
pub use context::{ConsoleFace, Context, through_server};
pub use failure::{ExitStatus, Failure, Outcome};
pub use generate::failure as generation_failure;
pub use listen::{cache as sound_cache, environment as sound_environment};
pub use output::Format;
pub use place::Place;

use std::ffi::OsString;

use clap::{CommandFactory, FromArgMatches, Parser};

use crate::config::Environment;

/// Understands a command line (with the program's name first) without running it; for the tests of our documents.
///
/// # Errors
/// What [`run`] would say, and for `--help` and `--version` what they print.
pub fn understand(words: Vec<OsString>) -> Result<Root, String> {
    let mut tree = Root::command();
    tree.build();
    Root::try_parse_from(argv::arrange(&tree, words)).map_err(|error| error.render().to_string())
}

/// Runs one command line (with the program's name first) and tells how it ended. Everything is said by then.
pub fn run(words: Vec<OsString>, environment: Environment, console: ConsoleFace) -> ExitStatus {
    let mut tree = Root::command();
    tree.build();
    let parsed = tree.clone().try_get_matches_from(argv::arrange(&tree, words)).and_then(|mut matches| {
        let program = matches.subcommand_name().unwrap_or("console").to_owned();
        Root::from_arg_matches_mut(&mut matches).map(|root| (root, program))
    });
    let (mut root, program) = match parsed {
        Ok(parsed) => parsed,
        Err(error) if error.exit_code() == 0 => return output::help(&error.render().to_string()),
        Err(error) => return Failure::of_arguments(&tree, &error).tell(),
    };
    let mut command = root.command.unwrap_or_default();
    if let Command::Serve(args) = &mut command {
        // A server's log has a form of its own.
        args.log = root.global.log.take();
    }
    // Help with a broken configuration must not need a whole one.
    let context = if command.works_without_settings() {
        Context::without_settings(root.global, environment, console)
    } else {
        Context::new(root.global, environment, console)
    };
    let mut context = match context {
        Ok(context) => context,
        Err(failure) => return failure.tell(),
    };
    context.program = program;
    let runtime = match tokio::runtime::Builder::new_multi_thread().enable_all().build() {
        Ok(runtime) => runtime,
        Err(why) => return Failure::failed(format!("no threads to work with: {why}")).tell(),
    };
    let outcome = runtime.block_on(async {
        let outcome = dispatch(command, &context).await;
        let flushed = context.flush();
        let closed = context.close().await;
        outcome.and_then(|status| flushed.and(closed).map(|()| status))
    });
    // A reader of a pipe that hangs must not keep us from ending.
    runtime.shutdown_background();
    outcome.unwrap_or_else(Failure::tell)
}

async fn dispatch(command: Command, context: &Context) -> Outcome {
    match command {
        Command::Audit(args) => audit::run(args, context).await,
        Command::Backup(args) => backup::run(args, context).await,
        Command::Calls(args) => calls::run(args, context).await,
        Command::Case(args) => case::run(args, context).await,
        Command::Clip(args) => clip::run(args, context).await,
        Command::Collection(args) => collection::run(args, context).await,
        Command::Completions(args) => completions::run(&args, context),
        Command::Config(args) => config::run(&args, context),
        Command::Console => (context.console)(context).await,
        Command::Customer(args) => customer::run(args, context).await,
        Command::Demo(args) => demo::run(args, context).await,
        Command::Download(args) => download::run(args, context).await,
        Command::Ear(args) => ear::run(args, context).await,
        Command::Extension(args) => extension::run(args, context).await,
        Command::Flag(args) => flag::run(args, context).await,
        Command::Generate(args) => generate::run(args, context).await,
        Command::Group(args) => named::group(args, context).await,
        Command::Import(args) => import::run(args, context).await,
        Command::Jobs(args) => jobs::run(args, context).await,
        Command::Login(args) => login::run(args, context).await,
        Command::Logout(args) => logout::run(args, context).await,
        Command::Man(args) => completions::man(&args, context),
        Command::Note(args) => note::run(args, context).await,
        Command::Peaks(args) => peaks::run(args, context).await,
        Command::Play(args) => play::run(args, context).await,
        Command::Serve(args) => serve::run(args, context).await,
        Command::Project(args) => named::project(args, context).await,
        Command::Restore(args) => backup::restore(args, context).await,
        Command::Session(args) => session::run(args, context).await,
        Command::Share(args) => share::run(args, context).await,
        Command::Role(args) => role::run(args, context).await,
        Command::Show(args) => show::run(args, context).await,
        Command::Tag(args) => tag::run(args, context).await,
        Command::Token(args) => token::run(args, context).await,
        Command::User(args) => user::run(args, context).await,
        Command::View(args) => view::run(args, context).await,
        Command::Whoami(args) => whoami::run(args, context).await,
    }
}

/// The company's zone, in which people read times.
async fn zone(client: &crate::client::Client) -> Result<jiff::tz::TimeZone, Failure> {
    let company = client.who_am_i().await?.company;
    Ok(jiff::tz::TimeZone::get(&company.zone).unwrap_or(jiff::tz::TimeZone::UTC))
}
