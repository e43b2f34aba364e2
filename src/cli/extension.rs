//! `callreel extension`: phones and seats, whose they are, and what their calls belong to.

use clap::{Args as ClapArgs, Subcommand};
use jiff::{Timestamp, civil, tz::TimeZone};

use super::{Context, ExitStatus, Failure, Outcome, naming::changed};
use crate::{client::Client, wire::Extension};

/// List, show, add, change or remove extensions
#[derive(Debug, ClapArgs)]
pub struct Args {
    #[command(subcommand)]
    act: Act,
}

#[derive(Debug, Subcommand)]
enum Act {
    /// List all extensions
    List,
    /// Show one extension
    Show {
        #[arg(value_name = "EXTENSION")]
        number: String,
    },
    /// Add an extension; groups and projects that do not exist are made. Holds for all its calls, unless --since is given
    Add(Assignment),
    /// Change an extension from now on, or from --since on
    Set(Assignment),
    /// Take an extension off the list; its calls keep it
    Remove {
        #[arg(value_name = "EXTENSION", required = true)]
        numbers: Vec<String>,
    },
}

#[derive(Debug, ClapArgs)]
struct Assignment {
    #[arg(value_name = "EXTENSION")]
    number: String,
    /// What stands on the phone
    #[arg(long)]
    label: Option<String>,
    /// Who sits there; empty: nobody
    #[arg(long, value_name = "NAME")]
    agent: Option<String>,
    /// Department; empty: none
    #[arg(long, value_name = "NAME")]
    group: Option<String>,
    /// What access is scoped by; may be repeated; empty: none
    #[arg(long = "project", value_name = "NAME")]
    projects: Vec<String>,
    /// From this day or moment on (company's zone); calls since then are told anew
    #[arg(long, value_name = "DATE")]
    since: Option<String>,
}

const COLUMNS: &[&str] = &["number", "label", "agent", "group", "projects", "since"];

/// # Errors
/// For unknown extensions, and for names that are empty or too long.
pub async fn run(args: Args, context: &Context) -> Outcome {
    match args.act {
        Act::List => context.show_list(&context.client().await?.extensions().await?, COLUMNS)?,
        Act::Show { number } => {
            let client = context.client().await?;
            context.show_value(&known(&client, &number).await?.ok_or_else(|| unknown(&number))?)?;
        }
        Act::Add(assignment) => {
            // The first thing that a script does with a new database.
            let client = context.client_making().await?;
            let before = known(&client, &assignment.number).await?;
            put(&client, assignment, before.unwrap_or_default(), None, context).await?;
        }
        Act::Set(assignment) => {
            let client = context.client().await?;
            let before = known(&client, &assignment.number).await?.ok_or_else(|| unknown(&assignment.number))?;
            // The label has no date; everything else holds from now on.
            let dated = assignment.agent.is_some() || assignment.group.is_some() || !assignment.projects.is_empty();
            let since = if dated { Some(Timestamp::now()) } else { before.since };
            put(&client, assignment, before, since, context).await?;
        }
        Act::Remove { numbers } => {
            let client = context.client().await?;
            return super::several::each(context, &numbers, async |number| Ok(client.remove_extension(number).await?)).await;
        }
    }
    Ok(ExitStatus::Done)
}

async fn put(
    client: &Client,
    new: Assignment,
    before: Extension,
    since: Option<Timestamp>,
    context: &Context,
) -> Result<(), Failure> {
    let since = match &new.since {
        Some(text) => Some(moment(text, &super::zone(client).await?)?),
        None => since,
    };
    let projects = match new.projects.is_empty() {
        true => before.projects,
        false => new.projects.into_iter().filter(|project| !project.trim().is_empty()).collect(),
    };
    let extension = Extension {
        number: new.number,
        label: changed(new.label, before.label),
        agent: changed(new.agent, before.agent),
        group: changed(new.group, before.group),
        projects,
        since,
    };
    let mut group = extension.group.clone();
    for name in client.put_extension(&extension).await? {
        // The group is made first; a project may have the same name.
        let what = if group.take_if(|group| *group == name).is_some() { "group" } else { "project" };
        context.say(&format!("made the {what} {}", crate::domain::clean::line(&name, 200)));
    }
    Ok(())
}

async fn known(client: &Client, number: &str) -> Result<Option<Extension>, Failure> {
    Ok(client.extensions().await?.into_iter().find(|extension| extension.number == number))
}

fn unknown(number: &str) -> Failure {
    Failure::not_found(format!("no extension {number}; `callreel extension list` shows all"))
}

/// A day (its beginning), a day and time, or an instant.
fn moment(text: &str, zone: &TimeZone) -> Result<Timestamp, Failure> {
    let civil = |text: &str| -> Option<Timestamp> {
        let time = text.parse::<civil::DateTime>().ok().or_else(|| Some(text.parse::<civil::Date>().ok()?.at(0, 0, 0, 0)))?;
        Some(time.to_zoned(zone.clone()).ok()?.timestamp())
    };
    text.parse::<Timestamp>()
        .ok()
        .or_else(|| civil(text))
        .ok_or_else(|| Failure::usage(format!("\"{text}\" is no day; write one such as 2026-11-07 or 2026-11-07T14:00")))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn days_begin_in_the_companys_zone() {
        let zone = TimeZone::get("Europe/Warsaw").expect("zone");
        for (text, wanted) in [
            ("2026-11-07", "2026-11-06T23:00:00Z"),
            ("2026-07-01T14:00", "2026-07-01T12:00:00Z"),
            ("2026-11-07T13:21:04.927Z", "2026-11-07T13:21:04.927Z"),
        ] {
            assert_eq!(moment(text, &zone).expect("a day").to_string(), wanted);
        }
        assert_eq!(moment("11/7/2026", &zone).expect_err("ambiguous").status, ExitStatus::Usage);
    }
}
