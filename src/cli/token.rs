//! `callreel token`: access for scripts and other systems.

use clap::{Args as ClapArgs, Subcommand};

use super::{Context, ExitStatus, Failure, Outcome, role::permissions};
use crate::wire::access::TokenDraft;

/// List, show, add or revoke tokens for scripts and other systems
#[derive(Debug, ClapArgs)]
#[command(after_help = "A token may what its scope has of its user's rights when it is used. It is shown once.\nExamples:\n  \
callreel token add --name crm --scope see,listen --project sales --expires 90d\n  callreel token list\n  \
callreel token revoke t-1a2B3c4D")]
pub struct Args {
    #[command(subcommand)]
    act: Act,
}

#[derive(Debug, Subcommand)]
enum Act {
    /// List tokens without their secrets: all for who manages accounts, else your own
    List,
    /// Show one token without its secret
    Show {
        #[arg(value_name = "ID")]
        id: String,
    },
    /// Make a token
    Add {
        /// What it is for
        #[arg(long, value_name = "NAME")]
        name: String,
        /// What it may do, such as see,listen
        #[arg(long, value_name = "a,b,c", value_delimiter = ',', required = true)]
        scope: Vec<String>,
        /// Only over calls of this project; may be repeated
        #[arg(long = "project", value_name = "NAME")]
        projects: Vec<String>,
        /// Whose rights it carries, if not yours
        #[arg(long, value_name = "USER")]
        user: Option<String>,
        /// After how long it ends, such as 90d, 12h or 30m
        #[arg(long, value_name = "TIME", default_value = "90d", value_parser = seconds)]
        expires: u64,
    },
    /// End a token for good
    #[command(visible_alias = "remove")]
    Revoke {
        #[arg(value_name = "ID", required = true)]
        ids: Vec<String>,
    },
}

const COLUMNS: &[&str] = &["id", "name", "user", "scope", "projects", "expires", "last_used", "revoked"];

/// # Errors
/// For unknown tokens, and for a scope that one lacks.
pub async fn run(args: Args, context: &Context) -> Outcome {
    let client = if matches!(args.act, Act::Add { .. }) { context.client_making().await? } else { context.client().await? };
    match args.act {
        Act::List => context.show_list(&client.tokens().await?, COLUMNS)?,
        Act::Show { id } => {
            let found = client.tokens().await?.into_iter().find(|token| token.id == id);
            context.show_value(&found.ok_or_else(|| Failure::not_found(format!("no token \"{id}\"")))?)?;
        }
        Act::Add { name, scope, projects, user, expires } => {
            let draft = TokenDraft { name, scope: permissions(&scope)?, projects, user, expires_s: Some(expires) };
            context.show_value(&client.make_token(&draft).await?)?;
            context.say("the token is shown this once; keep it in a file that only its program reads");
        }
        Act::Revoke { ids } => {
            return super::several::each(context, &ids, |id| {
                let client = client.clone();
                async move { Ok(client.revoke_token(&id).await?) }
            })
            .await;
        }
    }
    Ok(ExitStatus::Done)
}

/// `90d`, `12h`, `30m`, `45s`, `2w`.
fn seconds(text: &str) -> Result<u64, String> {
    let wrong = || format!("\"{text}\" is no length of time; write 90d, 2w, 12h, 30m or 45s");
    let unit = text.chars().next_back().ok_or_else(wrong)?;
    let each = match unit {
        's' => 1,
        'm' => 60,
        'h' => 3_600,
        'd' => 86_400,
        'w' => 7 * 86_400,
        _ => return Err(wrong()),
    };
    let count: u64 = text[..text.len() - unit.len_utf8()].parse().map_err(|_error| wrong())?;
    count.checked_mul(each).filter(|seconds| *seconds > 0).ok_or_else(wrong)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lengths_of_time_are_read() {
        for (text, expected) in [("90d", 7_776_000), ("12h", 43_200), ("30m", 1_800), ("45s", 45), ("2w", 1_209_600)] {
            assert_eq!(seconds(text), Ok(expected));
        }
        for wrong in ["", "d", "0d", "-1d", "90", "90ł", "1.5h", "99999999999999999999d", "9999999999999999999w"] {
            assert!(seconds(wrong).is_err(), "{wrong}");
        }
    }
}
