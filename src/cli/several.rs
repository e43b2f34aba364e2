//! The same act on several calls: one that fails does not stop the rest, and the exit status tells.

use std::future::Future;

use super::{Context, ExitStatus, Failure, Outcome};

/// Does it for each; tells what failed. All done is 0, some failed 5, all failed the status of the first.
///
/// # Errors
/// The only failure, where there is one thing only.
pub async fn each<F>(context: &Context, things: &[String], act: impl Fn(String) -> F) -> Outcome
where
    F: Future<Output = Result<(), Failure>>,
{
    let mut failures = Vec::new();
    for thing in things {
        if let Err(failure) = act(thing.clone()).await {
            if things.len() == 1 {
                return Err(failure);
            }
            context.warn(&format!("{thing}: {}", failure.message));
            failures.push(failure);
        }
    }
    Ok(match failures.first() {
        None => ExitStatus::Done,
        Some(first) if failures.len() == things.len() => first.status,
        Some(_) => ExitStatus::Partly,
    })
}
