//! `callreel collection`: calls and clips put together for a purpose, with readers of their own.

use clap::{Args as ClapArgs, Subcommand};

use super::{
    Context, ExitStatus, Failure, Outcome,
    naming::{self, One, must_be_new},
};
use crate::{
    client::{Client, ClientError},
    domain::clean,
    wire::{Collection, ItemKind},
};

/// List, show, add, change or remove collections; put calls and clips into them and take them out
#[derive(Debug, ClapArgs)]
#[command(after_help = "Only the owner and the readers of a collection see it; `in:NAME` finds its calls.\nExamples:\n  \
callreel collection add training --description 'good calls' --reader anna --reader ben\n  \
callreel collection put training pbx-1795219324.0\n  callreel calls in:training")]
pub struct Args {
    #[command(subcommand)]
    act: Act,
}

#[derive(Debug, Subcommand)]
enum Act {
    /// List those that you own or may read
    List,
    /// Show one with what is in it
    Show(One),
    /// Make one
    Add(Written),
    /// Change description or readers of one
    Set(Written),
    /// Remove one; what is in it stays
    Remove(One),
    /// Put calls or clips into one
    Put {
        #[arg(value_name = "NAME")]
        name: String,
        /// Ids of calls (ours or the exchange's) and of clips
        #[arg(value_name = "CALL|CLIP", required = true)]
        items: Vec<String>,
    },
    /// Take calls or clips out of one
    Take {
        #[arg(value_name = "NAME")]
        name: String,
        /// Ids of calls (ours or the exchange's) and of clips
        #[arg(value_name = "CALL|CLIP", required = true)]
        items: Vec<String>,
    },
}

#[derive(Debug, ClapArgs)]
struct Written {
    #[arg(value_name = "NAME")]
    name: String,
    /// What it is for; empty: nothing
    #[arg(long, value_name = "TEXT")]
    description: Option<String>,
    /// Who may read it, * for everybody; may be repeated. Those named now replace those before; empty: nobody
    #[arg(long = "reader", value_name = "NAME")]
    readers: Option<Vec<String>>,
}

/// A line of the list.
#[derive(serde::Serialize)]
struct Line<'a> {
    #[serde(flatten)]
    collection: &'a Collection,
    calls: usize,
    clips: usize,
}

/// # Errors
/// For unknown collections, calls and clips, and for collections of others.
pub async fn run(args: Args, context: &Context) -> Outcome {
    let client = context.client().await?;
    match args.act {
        Act::List => {
            let collections = client.collections().await?;
            let count = |collection: &Collection, kind| collection.items.iter().filter(|item| item.kind == kind).count();
            let lines: Vec<Line<'_>> = collections
                .iter()
                .map(|collection| Line {
                    calls: count(collection, ItemKind::Call),
                    clips: count(collection, ItemKind::Clip),
                    collection,
                })
                .collect();
            context.show_list(&lines, &["name", "description", "owner", "readers", "calls", "clips"])?;
        }
        Act::Show(One { name }) => context.show_value(&known(&client, &name).await?)?,
        Act::Add(written) => {
            must_be_new("collection", &written.name, &client.collections().await?, |collection| &collection.name)?;
            let new = Collection {
                name: written.name.clone(),
                description: None,
                owner: String::new(),
                readers: Vec::new(),
                items: Vec::new(),
                version: 0,
            };
            context.show_value(&client.put_collection(&changed(new, written)).await?)?;
        }
        Act::Set(written) => {
            let before = known(&client, &written.name).await?;
            context.show_value(&client.put_collection(&changed(before, written)).await?)?;
        }
        Act::Remove(One { name }) => {
            let collection = known(&client, &name).await?;
            client.remove_collection(&name, collection.version).await?;
        }
        Act::Put { name, items } => return each(&client, context, &name, &items, true).await,
        Act::Take { name, items } => return each(&client, context, &name, &items, false).await,
    }
    Ok(ExitStatus::Done)
}

fn changed(mut collection: Collection, written: Written) -> Collection {
    collection.description = naming::changed(written.description, collection.description);
    if let Some(readers) = written.readers {
        collection.readers = readers.into_iter().filter(|reader| !reader.trim().is_empty()).collect();
    }
    collection
}

/// One that is not there stops nothing; the exit status tells.
async fn each(client: &Client, context: &Context, name: &str, items: &[String], put: bool) -> Outcome {
    known(client, name).await?;
    let mut missing = 0;
    for id in items {
        let mut done = one(client, name, ItemKind::Call, id, put).await;
        if is_missing(&done) {
            done = one(client, name, ItemKind::Clip, id, put).await;
        }
        match done {
            Ok(()) => {}
            Err(_) if is_missing(&done) => {
                missing += 1;
                let (id, name) = (clean::line(id, 60), clean::line(name, 60));
                context.warn(&if put { format!("there is no call or clip {id}") } else { format!("{id} is not in {name}") });
            }
            Err(other) => return Err(other.into()),
        }
    }
    Ok(match missing {
        0 => ExitStatus::Done,
        some if some == items.len() => ExitStatus::NotFound,
        _ => ExitStatus::Partly,
    })
}

async fn one(client: &Client, name: &str, kind: ItemKind, id: &str, put: bool) -> Result<(), ClientError> {
    if put { client.collect(name, kind, id).await.map(|_item| ()) } else { client.uncollect(name, kind, id).await }
}

const fn is_missing(done: &Result<(), ClientError>) -> bool {
    matches!(done, Err(ClientError::Problem(problem)) if problem.status == 404)
}

async fn known(client: &Client, name: &str) -> Result<Collection, Failure> {
    naming::the("collection", name, client.collections().await?, |collection| &collection.name)
}
