//! Things that go by a name: the arguments that name them, and finding the one that is meant.

use super::Failure;
use crate::domain::{clean, nearest};

/// One thing.
#[derive(Debug, clap::Args)]
pub struct One {
    #[arg(value_name = "NAME")]
    pub name: String,
}

/// One thing or more.
#[derive(Debug, clap::Args)]
pub struct Several {
    #[arg(value_name = "NAME", required = true)]
    pub names: Vec<String>,
}

/// The one of that name.
///
/// # Errors
/// When there is none; the nearest name is told.
pub fn the<T>(noun: &str, name: &str, all: Vec<T>, name_of: impl Fn(&T) -> &str) -> Result<T, Failure> {
    let near = nearest::suggestion(name, all.iter().map(&name_of));
    let unknown = || {
        let command = if near.is_empty() { format!("; `callreel {noun} list` shows all") } else { near };
        Failure::not_found(format!("no {noun} \"{}\"{command}", clean::line(name, 60)))
    };
    all.into_iter().find(|one| name_of(one) == name).ok_or_else(unknown)
}

/// That there is none of that name yet.
///
/// # Errors
/// When there is one.
pub fn must_be_new<T>(noun: &str, name: &str, all: &[T], name_of: impl Fn(&T) -> &str) -> Result<(), Failure> {
    if all.iter().all(|one| name_of(one) != name) {
        return Ok(());
    }
    let name = clean::line(name, 60);
    Err(Failure::failed(format!("there is a {noun} \"{name}\" already; `callreel {noun} set` changes it")))
}

/// What a flag says that takes something away by an empty text; without the flag what was before.
pub fn changed(new: Option<String>, before: Option<String>) -> Option<String> {
    match new {
        Some(text) => Some(text).filter(|text| !text.trim().is_empty()),
        None => before,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cli::ExitStatus;

    #[test]
    fn the_nearest_name_is_told_and_what_it_was_is_kept() {
        let all = || vec!["sales".to_owned(), "support".to_owned()];
        let find = |name: &str| the("group", name, all(), |one| one).map_err(|failure| (failure.status, failure.message));
        assert_eq!(find("sales"), Ok("sales".to_owned()));
        let told = |text: &str| Err((ExitStatus::NotFound, text.to_owned()));
        assert_eq!(find("slaes"), told("no group \"slaes\"; did you mean \"sales\"?"));
        assert_eq!(find("\u{1b}[2J"), told("no group \"\u{fffd}[2J\"; `callreel group list` shows all"));
        assert!(must_be_new("group", "night", &all(), |one| one).is_ok());
        assert!(must_be_new("group", "sales", &all(), |one| one).is_err());
        let (kept, text) = (Some("kept".to_owned()), |text: &str| Some(text.to_owned()));
        for (new, wanted) in [(None, kept.clone()), (text(" "), None), (text("new"), text("new"))] {
            assert_eq!(changed(new, kept.clone()), wanted);
        }
    }
}
