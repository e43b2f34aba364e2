//! `callreel share`: links to recordings and clips for people without an account.

use std::path::PathBuf;

use clap::{Args as ClapArgs, Subcommand};
use jiff::Timestamp;

use super::{Context, ExitStatus, Failure, Outcome, length::seconds, naming, several};
use crate::{
    client::{Client, ClientError},
    config::read_secret,
    domain::clean,
    wire::access::{Share, ShareDraft, ShareItem, SharedThing},
};

/// Share recordings and clips with people who have no account, by a link
#[derive(Debug, ClapArgs)]
#[command(after_help = "The link is told once. Examples:\n  \
callreel share add 01JC8Z6N2V9Q3M5T7W1X0Y4B6D --title 'Your call' --expires 14d\n  \
callreel share list\n  callreel share revoke h-4fQ2kT9a")]
pub struct Args {
    #[command(subcommand)]
    act: Act,
}

#[derive(Debug, Subcommand)]
enum Act {
    /// List your shares; with the right `users` or `audit` everybody's
    List,
    /// Show one
    Show {
        #[arg(value_name = "SHARE")]
        id: String,
    },
    /// Share recordings, clips, or all recordings of a call; tells the link
    Add(Draft),
    /// End shares for good
    #[command(alias = "remove")]
    Revoke {
        #[arg(value_name = "SHARE", required = true)]
        ids: Vec<String>,
    },
}

#[derive(Debug, ClapArgs)]
struct Draft {
    /// Ids of recordings, clips and calls
    #[arg(value_name = "RECORDING|CLIP|CALL", required = true)]
    items: Vec<String>,
    /// What the page is headed with
    #[arg(long, value_name = "TEXT")]
    title: Option<String>,
    /// Whom it is for; only people with an account see it
    #[arg(long, value_name = "TEXT")]
    remark: Option<String>,
    /// When it expires, such as 30m, 12h, 14d or 2w [default: 14d]
    #[arg(long, value_name = "TIME", value_parser = seconds)]
    expires: Option<u64>,
    /// File with a passphrase that is asked for
    #[arg(long, value_name = "FILE")]
    passphrase_file: Option<PathBuf>,
    /// How often it may be played in all
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u32).range(1..))]
    plays: Option<u32>,
}

/// A share, and how it stands.
#[derive(serde::Serialize)]
struct Row<'a> {
    #[serde(flatten)]
    facts: &'a Share,
    state: &'static str,
    /// None: any number.
    plays_left: Option<u32>,
}

/// A share just made, with its whole address where that is known.
#[derive(serde::Serialize)]
struct Made<'a> {
    url: Option<String>,
    path: &'a str,
    #[serde(flatten)]
    row: Row<'a>,
}

impl<'a> Row<'a> {
    /// Whether its maker still may share is not known here: a link that should work and does not lost its right.
    fn of(facts: &'a Share, now: Timestamp) -> Self {
        let plays_left = facts.plays.map(|plays| plays.saturating_sub(facts.played));
        let state = match () {
            () if facts.revoked => "revoked",
            () if facts.expires <= now => "expired",
            () if plays_left == Some(0) => "used-up",
            () => "open",
        };
        Self { facts, state, plays_left }
    }
}

/// # Errors
/// For unknown recordings, clips and shares, and without the rights.
pub async fn run(args: Args, context: &Context) -> Outcome {
    let client = context.client().await?;
    let now = Timestamp::now();
    match args.act {
        Act::List => {
            let shares = client.shares().await?;
            let rows: Vec<Row<'_>> = shares.iter().map(|share| Row::of(share, now)).collect();
            context.show_list(&rows, &["id", "title", "who", "state", "expires", "plays_left", "played", "passphrase"])?;
        }
        Act::Show { id } => {
            let found = naming::the("share", &id, client.shares().await?, |share| &share.id)?;
            context.show_value(&Row::of(&found, now))?;
        }
        Act::Add(draft) => return add(&client, draft, now, context).await,
        Act::Revoke { ids } => return several::each(context, &ids, async |id| Ok(client.revoke_share(id).await?)).await,
    }
    Ok(ExitStatus::Done)
}

async fn add(client: &Client, draft: Draft, now: Timestamp, context: &Context) -> Outcome {
    let passphrase = draft.passphrase_file.as_deref().map(read_secret).transpose().map_err(Failure::usage)?;
    let mut items = Vec::new();
    for id in &draft.items {
        items.extend(found(client, id).await?);
    }
    let made = client
        .make_share(&ShareDraft {
            items,
            title: draft.title,
            remark: draft.remark,
            expires_s: draft.expires,
            passphrase: passphrase.map(|text| text.as_str().to_owned()),
            plays: draft.plays,
        })
        .await?;
    let place = client.who_am_i().await?.place;
    let place = place.trim_end_matches('/');
    let url = (place.starts_with("http://") || place.starts_with("https://")).then(|| format!("{place}{}", made.path));
    if url.is_none() {
        context.say("Put the address of your server in front of the path.");
    }
    context.show_value(&Made { url, path: &made.path, row: Row::of(&made.facts, now) })?;
    Ok(ExitStatus::Done)
}

/// The things that an id names: a recording, a clip, or the recordings of a call.
async fn found(client: &Client, id: &str) -> Result<Vec<ShareItem>, Failure> {
    let one = |kind, id: &str| vec![ShareItem { kind, id: id.to_owned() }];
    if is_there(client.recording(id).await)? {
        return Ok(one(SharedThing::Recording, id));
    }
    if is_there(client.clip(id).await)? {
        return Ok(one(SharedThing::Clip, id));
    }
    let detail = match client.call(id).await {
        Err(ClientError::Problem(problem)) if problem.status == 404 => {
            return Err(Failure::not_found(format!("there is no recording, clip or call {}", clean::line(id, 60))));
        }
        detail => detail?,
    };
    let items: Vec<ShareItem> =
        detail.call.recordings.iter().flat_map(|recording| one(SharedThing::Recording, &recording.id)).collect();
    if items.is_empty() {
        return Err(Failure::not_found(format!("call {} has no recording", clean::line(id, 60))));
    }
    Ok(items)
}

fn is_there<T>(answer: Result<T, ClientError>) -> Result<bool, Failure> {
    match answer {
        Ok(_) => Ok(true),
        Err(ClientError::Problem(problem)) if problem.status == 404 => Ok(false),
        Err(error) => Err(error.into()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_share_tells_how_it_stands() {
        let at = |text: &str| text.parse::<Timestamp>().expect(text);
        let open = Share {
            id: "h-1".to_owned(),
            items: Vec::new(),
            title: None,
            remark: None,
            who: "anna".to_owned(),
            created: at("2026-11-01T00:00:00Z"),
            expires: at("2026-11-15T00:00:00Z"),
            passphrase: false,
            plays: Some(3),
            played: 1,
            revoked: false,
        };
        let told = |share: &Share, now: &str| {
            let row = Row::of(share, at(now));
            (row.state, row.plays_left)
        };
        let early = "2026-11-02T00:00:00Z";
        assert_eq!(told(&open, early), ("open", Some(2)));
        assert_eq!(told(&Share { plays: None, ..open.clone() }, early), ("open", None));
        assert_eq!(told(&open, "2026-11-15T00:00:00Z"), ("expired", Some(2)));
        assert_eq!(told(&Share { played: 3, ..open.clone() }, early), ("used-up", Some(0)));
        assert_eq!(told(&Share { revoked: true, ..open }, "2027-01-01T00:00:00Z"), ("revoked", Some(2)));
    }
}
