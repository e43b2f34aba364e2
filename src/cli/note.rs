//! `callreel note`: what people wrote at calls.

use clap::{Args as ClapArgs, Subcommand};
use serde::Serialize;

use super::{Context, ExitStatus, Failure, Outcome, several};
use crate::{
    domain::length::Tenths,
    wire::{Changes, NoteDraft},
};

/// Write, list or remove notes at a call
#[derive(Debug, ClapArgs)]
pub struct Args {
    #[command(subcommand)]
    act: Act,
}

#[derive(Debug, Subcommand)]
enum Act {
    /// Write a note at a call
    Add {
        /// Id of the call, ours or the exchange's
        #[arg(value_name = "CALL")]
        call: String,
        /// What to write; with --at it may be left out: that is a mark
        #[arg(value_name = "TEXT", required_unless_present = "at")]
        text: Vec<String>,
        /// Position in the recording, such as `90s` or `1:30`
        #[arg(long, value_name = "T")]
        at: Option<String>,
        /// Write it at this call too; may be repeated
        #[arg(long = "call", value_name = "CALL")]
        calls: Vec<String>,
    },
    /// List the notes of a call
    List {
        #[arg(value_name = "CALL")]
        call: String,
    },
    /// Remove a note of a call
    Remove {
        #[arg(value_name = "CALL")]
        call: String,
        /// Id of the note, or its place in the list of the call; not needed where there is only one
        #[arg(value_name = "NOTE")]
        note: Option<String>,
    },
}

/// A note that was written at one of several calls.
#[derive(Serialize)]
struct Made {
    id: String,
    call: String,
    version: i64,
}

/// # Errors
/// For unknown calls and notes, and for positions that make no sense.
pub async fn run(args: Args, context: &Context) -> Outcome {
    let client = context.client().await?;
    match args.act {
        Act::Add { call, text, at, mut calls } => {
            let draft = NoteDraft { text: text.join(" "), at: at.as_deref().map(position).transpose()? };
            if calls.is_empty() {
                context.show_value(&client.add_note(&call, &draft).await?)?;
                return Ok(ExitStatus::Done);
            }
            calls.insert(0, call);
            let changes = Changes { note: Some(draft), ..Changes::default() };
            let (changed, status) = several::change(context, &client, &calls, changes).await?;
            let made: Vec<Made> = changed
                .into_iter()
                .filter_map(|call| call.note.map(|made| Made { id: made.note, call: call.id, version: made.version }))
                .collect();
            context.show_list(&made, &["id", "call", "version"])?;
            Ok(status)
        }
        Act::List { call } => {
            let notes = client.call(&call).await?.notes;
            context.show_list(&notes, &["id", "at", "author", "created", "edited", "text"])?;
            Ok(ExitStatus::Done)
        }
        Act::Remove { call, note } => {
            let notes = client.call(&call).await?.notes;
            let found = match &note {
                None if notes.len() > 1 => {
                    let count = notes.len();
                    return Err(Failure::usage(format!(
                        "call {call} has {count} notes; name one as `callreel note list {call}` shows it"
                    )));
                }
                None => notes.first(),
                Some(name) => {
                    let place = name.parse::<usize>().ok().and_then(|place| notes.get(place.wrapping_sub(1)));
                    notes.iter().find(|note| note.id == *name).or(place)
                }
            };
            let found = found.ok_or_else(|| match &note {
                Some(name) => Failure::not_found(format!("call {call} has no note {name}")),
                None => Failure::not_found(format!("call {call} has no notes")),
            })?;
            client.remove_note(&found.id, found.version).await?;
            let at = found.at.filter(|_| found.text.is_empty());
            context.say(&at.map_or_else(
                || format!("removed the note \"{}\"", crate::domain::clean::line(&found.text, 60)),
                |at| format!("removed the mark at {}", at.clock()),
            ));
            Ok(ExitStatus::Done)
        }
    }
}

fn position(text: &str) -> Result<Tenths, Failure> {
    crate::domain::query::length(text)
        .ok_or_else(|| Failure::usage(format!("\"{text}\" is no position; write one such as 90s or 1:30")))
}
