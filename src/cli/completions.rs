//! `callreel completions` and `callreel man`: what shells and readers want, made from the commands themselves.

use clap::CommandFactory;

use super::{Context, ExitStatus, Failure, Outcome, Root};

/// Write completions for a shell
#[derive(Debug, clap::Args)]
#[command(after_help = "Example: callreel completions bash > ~/.local/share/bash-completion/completions/callreel")]
pub struct Args {
    #[arg(value_name = "SHELL")]
    shell: clap_complete::Shell,
}

/// Write the manual page
#[derive(Debug, clap::Args)]
pub struct ManArgs {
    /// Of this command only, such as `calls` or `extension add`
    #[arg(value_name = "COMMAND")]
    command: Vec<String>,
}

/// # Errors
/// When stdout cannot be written.
pub fn run(args: &Args, context: &Context) -> Outcome {
    let mut script = Vec::new();
    clap_complete::generate(args.shell, &mut Root::command(), "callreel", &mut script);
    context.write(&script)?;
    Ok(ExitStatus::Done)
}

/// # Errors
/// For unknown commands.
pub fn man(args: &ManArgs, context: &Context) -> Outcome {
    let mut tree = Root::command();
    tree.build();
    let mut command = &tree;
    for word in &args.command {
        command =
            command.find_subcommand(word).ok_or_else(|| Failure::usage(format!("no command \"{}\"", args.command.join(" "))))?;
    }
    let mut page = Vec::new();
    clap_mangen::Man::new(command.clone())
        .render(&mut page)
        .map_err(|why| Failure::failed(format!("the manual page cannot be written: {why}")))?;
    context.write(&page)?;
    Ok(ExitStatus::Done)
}
