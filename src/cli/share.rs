//! `callreel share`: links to recordings and clips for people without an account.

use std::path::PathBuf;

use clap::{Args as ClapArgs, Subcommand};

use super::{Context, ExitStatus, Failure, Outcome};
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
    /// End one for good
    #[command(alias = "remove")]
    Revoke {
        #[arg(value_name = "SHARE")]
        id: String,
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
    /// When it expires, such as 12h, 14d or 2w; 14 days where nothing is said
    #[arg(long, value_name = "TIME", value_parser = seconds)]
    expires: Option<u64>,
    /// File with a passphrase that is asked for
    #[arg(long, value_name = "FILE")]
    passphrase_file: Option<PathBuf>,
    /// How often it may be played in all
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u32).range(1..))]
    plays: Option<u32>,
}

/// A share just made, with its whole address where that is known.
#[derive(serde::Serialize)]
struct Made<'a> {
    url: Option<String>,
    path: &'a str,
    #[serde(flatten)]
    facts: &'a Share,
}

/// `12h`, `14d`, `2w` to seconds.
fn seconds(text: &str) -> Result<u64, String> {
    let wrong = || format!("\"{}\" is no time; write 12h, 14d or 2w", clean::line(text, 40));
    let (number, unit) = text.split_at(text.len() - text.chars().next_back().map_or(0, char::len_utf8));
    let factor = match unit {
        "h" => 3_600,
        "d" => 86_400,
        "w" => 7 * 86_400,
        _ => return Err(wrong()),
    };
    number.parse::<u64>().ok().and_then(|number| number.checked_mul(factor)).filter(|seconds| *seconds > 0).ok_or_else(wrong)
}

/// # Errors
/// For unknown recordings, clips and shares, and without the rights.
pub async fn run(args: Args, context: &Context) -> Outcome {
    let client = context.client().await?;
    match args.act {
        Act::List => {
            let columns = ["id", "title", "who", "expires", "plays", "played", "passphrase", "revoked"];
            context.show_list(&client.shares().await?, &columns)?;
        }
        Act::Show { id } => {
            let all = client.shares().await?;
            let found = all.iter().find(|share| share.id == id);
            context
                .show_value(found.ok_or_else(|| Failure::not_found(format!("there is no share {}", clean::line(&id, 60))))?)?;
        }
        Act::Add(draft) => return add(&client, draft, context).await,
        Act::Revoke { id } => client.revoke_share(&id).await?,
    }
    Ok(ExitStatus::Done)
}

async fn add(client: &Client, draft: Draft, context: &Context) -> Outcome {
    let passphrase = draft.passphrase_file.as_deref().map(read_secret).transpose().map_err(Failure::failed)?;
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
    context.show_value(&Made { url, path: &made.path, facts: &made.facts })?;
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
    use super::seconds;

    #[test]
    fn times_are_hours_days_and_weeks() {
        assert_eq!((seconds("12h"), seconds("14d"), seconds("2w")), (Ok(43_200), Ok(1_209_600), Ok(1_209_600)));
        for wrong in ["", "14", "d", "0d", "-1d", "1m", "99999999999999999w"] {
            assert!(seconds(wrong).is_err(), "{wrong}");
        }
    }
}
