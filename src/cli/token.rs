//! `callreel token`: access for scripts and other systems.

use clap::{Args as ClapArgs, Subcommand};

use super::{Context, ExitStatus, Outcome, length::seconds, naming, role::permissions};
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
        /// After how long it ends, such as 90d, 2w, 12h, 30m or 45s
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
    let client = context.client().await?;
    match args.act {
        Act::List => context.show_list(&client.tokens().await?, COLUMNS)?,
        Act::Show { id } => {
            context.show_value(&naming::the("token", &id, client.tokens().await?, |token| &token.id)?)?;
        }
        Act::Add { name, scope, projects, user, expires } => {
            let draft = TokenDraft { name, scope: permissions(&scope)?, projects, user, expires_s: Some(expires) };
            context.show_value(&client.make_token(&draft).await?)?;
            context.say("the token is shown this once; keep it in a file that only its program reads");
        }
        Act::Revoke { ids } => {
            return super::several::each(context, &ids, async |id| Ok(client.revoke_token(id).await?)).await;
        }
    }
    Ok(ExitStatus::Done)
}
