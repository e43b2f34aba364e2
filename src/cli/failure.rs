//! How a command ends: exit status, and one clear sentence on stderr when something is wrong.

use std::io::Write;

use clap::error::{ContextKind, ContextValue, ErrorKind};
use unicode_width::UnicodeWidthStr;

use crate::{
    client::ClientError,
    config::ConfigError,
    domain::{
        clean,
        nearest::{nearest, suggestion},
    },
    host::{HostError, HostErrorKind},
    takeout::TakeError,
};

/// Exit statuses that scripts rely on.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[repr(u8)]
pub enum ExitStatus {
    #[default]
    Done = 0,
    Failed = 1,
    /// Wrong usage, query or configuration.
    Usage = 2,
    NotAllowed = 3,
    NotFound = 4,
    /// The manifest says what was not done.
    Partly = 5,
    /// Server, drive or exchange.
    OutOfReach = 6,
    /// The console's terminal went away (128 + SIGHUP).
    HungUp = 129,
    Interrupted = 130,
    Terminated = 143,
}

impl From<ExitStatus> for std::process::ExitCode {
    fn from(status: ExitStatus) -> Self {
        Self::from(status as u8)
    }
}

/// Letters of a long query that are shown on each side of what is wrong.
const AROUND: usize = 120;

/// The beginning of a text, with a sign that it goes on.
fn ending(text: &str) -> String {
    match text.char_indices().nth(AROUND) {
        Some((at, _)) => format!("{}…", text.get(..at).unwrap_or_default()),
        None => text.to_owned(),
    }
}

/// What every command gives back.
pub type Outcome = Result<ExitStatus, Failure>;

/// Why a command stopped.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Failure {
    pub status: ExitStatus,
    /// What failed, for which thing, why, and what now. Empty: there is nobody left to tell.
    pub message: String,
}

impl Failure {
    pub fn new(status: ExitStatus, message: impl Into<String>) -> Self {
        Self { status, message: message.into() }
    }

    pub fn failed(message: impl Into<String>) -> Self {
        Self::new(ExitStatus::Failed, message)
    }

    pub fn usage(message: impl Into<String>) -> Self {
        Self::new(ExitStatus::Usage, message)
    }

    pub fn not_found(message: impl Into<String>) -> Self {
        Self::new(ExitStatus::NotFound, message)
    }

    /// Of writing data: a closed pipe ends the program quietly.
    pub fn of_stdout(why: &std::io::Error) -> Self {
        if why.kind() == std::io::ErrorKind::BrokenPipe {
            Self::new(ExitStatus::Done, "")
        } else {
            Self::failed(format!("the data cannot be written to stdout: {why}"))
        }
    }

    /// Of an operation that was given a query: the query with a mark under the word that is meant.
    pub fn of_query(query: &str, error: ClientError) -> Self {
        let mark = error.problem().and_then(|problem| Some((problem.position?, problem.length.unwrap_or(1))));
        let mut failure = Self::from(error);
        if let Some((position, length)) = mark {
            let boundary = |at: usize| (0..=at.min(query.len())).rev().find(|at| query.is_char_boundary(*at)).unwrap_or(0);
            let (position, end) = (boundary(position), boundary(position.saturating_add(length)));
            let shown = |text: &str| clean::line(text, usize::MAX);
            let before = shown(query.get(..position).unwrap_or_default());
            let word = shown(query.get(position..end).unwrap_or_default());
            let after = shown(query.get(end..).unwrap_or_default());
            // Of a long query only what stands around the word.
            let kept: String = before.chars().rev().take(AROUND).collect::<Vec<_>>().into_iter().rev().collect();
            let before = if kept.len() < before.len() { format!("…{kept}") } else { before };
            let (word, after) = (ending(&word), ending(&after));
            let (blanks, carets) = (" ".repeat(before.width()), "^".repeat(word.width().max(1)));
            failure.message = format!("{}\n  {before}{word}{after}\n  {blanks}{carets}", failure.message);
        }
        failure
    }

    /// What clap found wrong, in our words where they are clearer.
    pub fn of_arguments(tree: &clap::Command, error: &clap::Error) -> Self {
        let word = |kind| match error.get(kind) {
            Some(ContextValue::String(word)) => Some(word.as_str()),
            _ => None,
        };
        match (error.kind(), word(ContextKind::InvalidSubcommand), word(ContextKind::InvalidArg)) {
            (ErrorKind::InvalidSubcommand, Some(name), _) => {
                let names = command_names(tree);
                let near = if names.contains(&name) { " here".to_owned() } else { suggestion(name, names) };
                Self::usage(format!("no command \"{}\"{near}", clean::line(name, 60)))
            }
            (ErrorKind::UnknownArgument, _, Some(flag)) => {
                if let Some(commands) = commands_with(tree, flag) {
                    return Self::usage(format!("no flag \"{flag}\" here; it belongs to {commands}"));
                }
                let known = tree.get_subcommands().flat_map(|command| command.get_arguments()).chain(tree.get_arguments());
                let names: Vec<String> = known.filter_map(|arg| Some(format!("--{}", arg.get_long()?))).collect();
                let suggested = word(ContextKind::SuggestedArg).map(ToOwned::to_owned);
                let near = suggested.or_else(|| nearest(flag, names.iter().map(String::as_str)).map(ToOwned::to_owned));
                let near = near.map_or_else(String::new, |near| format!("; did you mean \"{near}\"?"));
                let kind = if flag.starts_with("--") { "no flag" } else { "no place for the word" };
                Self::usage(format!("{kind} \"{}\" here{near}", clean::line(flag, 60)))
            }
            _ => {
                let text = error.render().to_string();
                let text = text.strip_prefix("error: ").unwrap_or(&text);
                let text = text.split("\n\nFor more information").next().unwrap_or_default();
                Self::usage(text.trim_end().to_owned())
            }
        }
    }

    /// Says it on stderr, and gives the status to end with.
    pub fn tell(self) -> ExitStatus {
        if !self.message.is_empty() {
            let mut lines = self.message.lines().map(|line| clean::line(line, 4_000));
            let first = lines.next().unwrap_or_default();
            let mut text = format!("callreel: {first}\n");
            for line in lines {
                text.push_str(&line);
                text.push('\n');
            }
            // Nobody can be told that stderr is closed.
            let _ = std::io::stderr().write_all(text.as_bytes());
        }
        self.status
    }
}

/// The commands that take this flag, as a person would write them; none if no command does.
fn commands_with(tree: &clap::Command, flag: &str) -> Option<String> {
    let long = flag.strip_prefix("--")?;
    let takes = |command: &clap::Command| command.get_arguments().any(|arg| arg.get_long() == Some(long));
    let mut found = Vec::new();
    for command in tree.get_subcommands() {
        if takes(command) {
            found.push(format!("`{}`", command.get_name()));
        }
        let below = command.get_subcommands().filter(|below| takes(below));
        found.extend(below.map(|below| format!("`{} {}`", command.get_name(), below.get_name())));
    }
    (!found.is_empty()).then(|| found.join(", "))
}

/// Names of all commands that can stand where one is unknown: those of the tree and of the commands in it.
fn command_names(tree: &clap::Command) -> Vec<&str> {
    let below = tree.get_subcommands().flat_map(|command| command.get_subcommands());
    tree.get_subcommands().chain(below).map(clap::Command::get_name).collect()
}

impl From<ClientError> for Failure {
    fn from(error: ClientError) -> Self {
        let status = match error.exit_status() {
            2 => ExitStatus::Usage,
            3 => ExitStatus::NotAllowed,
            4 => ExitStatus::NotFound,
            6 => ExitStatus::OutOfReach,
            _ => ExitStatus::Failed,
        };
        Self::new(status, error.to_string())
    }
}

impl From<TakeError> for Failure {
    fn from(error: TakeError) -> Self {
        match error {
            TakeError::Api { error, query: Some(query) } => Self::of_query(&query, *error),
            TakeError::Api { error, query: None } => (*error).into(),
            TakeError::Nothing(message) => Self::not_found(message),
            TakeError::Failed(_) | TakeError::Exists(_) => Self::failed(error.to_string()),
        }
    }
}

impl From<ConfigError> for Failure {
    fn from(error: ConfigError) -> Self {
        Self::usage(error.to_string())
    }
}

impl From<HostError> for Failure {
    fn from(error: HostError) -> Self {
        let status = match error.kind {
            HostErrorKind::Missing => ExitStatus::NotFound,
            HostErrorKind::NotAllowed => ExitStatus::NotAllowed,
            HostErrorKind::Unusable | HostErrorKind::NotWritable | HostErrorKind::Held | HostErrorKind::Failed => {
                ExitStatus::Failed
            }
        };
        Self::new(status, error.to_string())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::wire::Problem;

    #[test]
    fn a_wrong_query_is_shown_with_a_mark_under_the_word() {
        let error = ClientError::Problem(Problem {
            status: 400,
            detail: "no field \"lenght:\"; did you mean \"len:\"?".to_owned(),
            position: Some("name:Łukasz ".len()),
            length: Some("lenght:".len()),
            ..Problem::default()
        });
        let failure = Failure::of_query("name:Łukasz lenght:>2m", error);
        assert_eq!(failure.status, ExitStatus::Usage);
        assert_eq!(
            failure.message,
            "no field \"lenght:\"; did you mean \"len:\"?\n  name:Łukasz lenght:>2m\n              ^^^^^^^"
        );
    }

    #[test]
    fn a_position_out_of_the_text_does_no_harm() {
        let long = format!("{} lenght:>2m {}", "is:missed ".repeat(400), "x".repeat(4_000));
        let position = long.find("lenght");
        let problem =
            Problem { status: 400, detail: "x".to_owned(), position, length: Some("lenght:".len()), ..Problem::default() };
        let message = Failure::of_query(&long, ClientError::Problem(problem)).message;
        assert!(message.len() < 600 && message.contains("missed  lenght:>2m xxx"), "{message}");
        let problem = Problem { status: 400, detail: "x".to_owned(), position: Some(99), ..Problem::default() };
        assert!(Failure::of_query("ł", ClientError::Problem(problem)).message.starts_with("x\n  ł\n"));
    }
}
