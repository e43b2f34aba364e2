//! `callreel role`: bundles of permissions with a name.

use clap::{Args as ClapArgs, Subcommand};

use super::{
    Context, ExitStatus, Failure, Outcome,
    naming::{self, One, Several, must_be_new},
};
use crate::{
    client::Client,
    domain::{actor::Permission, nearest},
    wire::access::Role,
};

/// List, show, add, change or remove roles
#[derive(Debug, ClapArgs)]
#[command(
    after_help = "Examples:\n  callreel role list\n  callreel role set reviewer --permissions see,listen,note,download\n  \
callreel role add night-shift --permissions see,listen --remark 'hears, changes nothing'\n  \
callreel role remove reviewer          a role that comes with the program becomes what it was"
)]
pub struct Args {
    #[command(subcommand)]
    act: Act,
}

#[derive(Debug, Subcommand)]
enum Act {
    /// List all roles with their permissions
    List,
    /// Show one role
    Show(One),
    /// Add a role
    Add(Written),
    /// Change permissions or remark of a role
    Set(Written),
    /// Remove a role that nobody has; one that comes with the program becomes what it was
    Remove(Several),
}

#[derive(Debug, ClapArgs)]
struct Written {
    #[arg(value_name = "NAME")]
    name: String,
    /// Such as see,listen,note; all of what it may do from now on
    #[arg(long, value_name = "a,b,c", value_delimiter = ',')]
    permissions: Option<Vec<String>>,
    /// What it is for; empty: nothing
    #[arg(long, value_name = "TEXT")]
    remark: Option<String>,
}

/// # Errors
/// For unknown roles and permissions, and what one may not do.
pub async fn run(args: Args, context: &Context) -> Outcome {
    let client = context.client().await?;
    match args.act {
        Act::List => context.show_list(&client.roles().await?, &["name", "permissions", "remark", "built_in"])?,
        Act::Show(One { name }) => context.show_value(&known(&client, &name).await?)?,
        Act::Add(written) => {
            must_be_new("role", &written.name, &client.roles().await?, |role| &role.name)?;
            let new = Role { name: written.name.clone(), remark: None, permissions: Vec::new(), built_in: false };
            client.put_role(&changed(new, written)?).await?;
        }
        Act::Set(written) => {
            let before = known(&client, &written.name).await?;
            client.put_role(&changed(before, written)?).await?;
        }
        Act::Remove(Several { names }) => {
            return super::several::each(context, &names, async |name| Ok(client.remove_role(name).await?)).await;
        }
    }
    Ok(ExitStatus::Done)
}

fn changed(before: Role, written: Written) -> Result<Role, Failure> {
    let permissions = match &written.permissions {
        Some(words) => permissions(words)?,
        None => before.permissions,
    };
    let remark = naming::changed(written.remark, before.remark);
    Ok(Role { permissions, remark, ..before })
}

/// Permissions by their words; empty words are none.
pub(super) fn permissions(words: &[String]) -> Result<Vec<Permission>, Failure> {
    let known = || Permission::ALL.iter().map(|permission| permission.word());
    let one = |word: &&str| {
        let found = Permission::ALL.iter().copied().find(|permission| permission.word() == *word);
        found.ok_or_else(|| {
            let near = nearest::suggestion(word, known());
            let all: Vec<&str> = known().collect();
            Failure::usage(format!("no permission \"{word}\"{near}; there are {}", all.join(", ")))
        })
    };
    let words: Vec<&str> = words.iter().map(|word| word.trim()).filter(|word| !word.is_empty()).collect();
    words.iter().map(one).collect()
}

async fn known(client: &Client, name: &str) -> Result<Role, Failure> {
    naming::the("role", name, client.roles().await?, |role| &role.name)
}
