//! `callreel group` and `callreel project`: names that extensions, and so calls, belong to.

use clap::{Args as ClapArgs, Subcommand};

use super::{
    Context, ExitStatus, Failure, Outcome,
    naming::{self, One},
};
use crate::{
    client::{self, Client},
    wire::Named,
};

/// List, show, add, change or remove departments
#[derive(Debug, ClapArgs)]
pub struct GroupArgs {
    #[command(subcommand)]
    act: Act,
}

/// List, show, add, change or remove projects, which access is scoped by
#[derive(Debug, ClapArgs)]
pub struct ProjectArgs {
    #[command(subcommand)]
    act: Act,
}

#[derive(Debug, Subcommand)]
enum Act {
    /// List all
    List,
    /// Show one
    Show(One),
    /// Add one
    Add {
        #[arg(value_name = "NAME")]
        name: String,
        #[arg(long, value_name = "TEXT")]
        remark: Option<String>,
    },
    /// Change the remark of one
    Set {
        #[arg(value_name = "NAME")]
        name: String,
        /// Empty: none
        #[arg(long, value_name = "TEXT")]
        remark: String,
    },
    /// Remove one to which nothing belongs
    Remove(One),
}

/// Which of the two.
#[derive(Clone, Copy)]
enum Noun {
    Group,
    Project,
}

/// # Errors
/// For unknown groups, and for removing one that extensions belong to.
pub async fn group(args: GroupArgs, context: &Context) -> Outcome {
    act(args.act, Noun::Group, context).await
}

/// # Errors
/// As [`group`].
pub async fn project(args: ProjectArgs, context: &Context) -> Outcome {
    act(args.act, Noun::Project, context).await
}

async fn act(act: Act, noun: Noun, context: &Context) -> Outcome {
    let client = if matches!(act, Act::Add { .. }) { context.client_making().await? } else { context.client().await? };
    match act {
        Act::List => context.show_list(&noun.all(&client).await?, &["name", "remark"])?,
        Act::Show(One { name }) => context.show_value(&noun.known(&client, &name).await?)?,
        Act::Add { name, remark } => {
            // Scripts say it again; what is there already keeps what it has.
            let before = noun.all(&client).await?.into_iter().find(|named| named.name == name);
            let remark = naming::changed(remark, before.and_then(|named| named.remark));
            noun.put(&client, &Named { name, remark }).await?;
        }
        Act::Set { name, remark } => {
            let known = noun.known(&client, &name).await?;
            noun.put(&client, &Named { remark: naming::changed(Some(remark), None), ..known }).await?;
        }
        Act::Remove(One { name }) => match noun {
            Noun::Group => client.remove_group(&name).await?,
            Noun::Project => client.remove_project(&name).await?,
        },
    }
    Ok(ExitStatus::Done)
}

impl Noun {
    async fn all(self, client: &Client) -> client::Result<Vec<Named>> {
        match self {
            Self::Group => client.groups().await,
            Self::Project => client.projects().await,
        }
    }

    async fn put(self, client: &Client, named: &Named) -> client::Result<()> {
        match self {
            Self::Group => client.put_group(named).await,
            Self::Project => client.put_project(named).await,
        }
    }

    async fn known(self, client: &Client, name: &str) -> Result<Named, Failure> {
        let word = match self {
            Self::Group => "group",
            Self::Project => "project",
        };
        naming::the(word, name, self.all(client).await?, |named| &named.name)
    }
}
