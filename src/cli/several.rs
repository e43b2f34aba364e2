//! The same act on several things: one that fails does not stop the rest, and the exit status tells.

use super::{Context, ExitStatus, Failure, Outcome};
use crate::{
    client::Client,
    domain::clean,
    wire::{ChangedCall, Changes},
};

/// Calls of one request.
const CHUNK: usize = 1_000;

/// Does `changes` to each call; gives those in which something changed, and the exit status: all done is 0, some not there 5.
///
/// # Errors
/// When none of them is there, and where the place refuses the change.
pub async fn change(
    context: &Context,
    client: &Client,
    calls: &[String],
    changes: Changes,
) -> Result<(Vec<ChangedCall>, ExitStatus), Failure> {
    let (mut changed, mut gone) = (Vec::new(), Vec::new());
    let bar = context.progress("calls", (calls.len() > CHUNK).then_some(calls.len() as u64));
    for chunk in calls.chunks(CHUNK) {
        let done = client.change(&Changes { calls: chunk.to_vec(), ..changes.clone() }).await?;
        changed.extend(done.changed);
        gone.extend(done.gone);
        bar.inc(chunk.len() as u64);
    }
    bar.finish_and_clear();
    let missing = |id: &String| format!("there is no call {}", clean::line(id, 60));
    if let [only] = gone.as_slice()
        && calls.len() == 1
    {
        return Err(Failure::not_found(missing(only)));
    }
    for id in &gone {
        context.warn(&missing(id));
    }
    let status = match gone.len() {
        0 => ExitStatus::Done,
        all if all == calls.len() => ExitStatus::NotFound,
        _ => ExitStatus::Partly,
    };
    Ok((changed, status))
}

/// As [`change`], for acts that say nothing of what came of them.
///
/// # Errors
/// As [`change`].
pub async fn quietly(context: &Context, client: &Client, calls: &[String], changes: Changes) -> Outcome {
    Ok(change(context, client, calls, changes).await?.1)
}

/// Does it for each; tells what failed. All done is 0, some failed 5, all failed the status of the first.
///
/// # Errors
/// The only failure, where there is one thing only.
pub async fn each(context: &Context, things: &[String], act: impl AsyncFn(&str) -> Result<(), Failure>) -> Outcome {
    let mut failures = Vec::new();
    for thing in things {
        if let Err(failure) = act(thing).await {
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
