//! `callreel view`: queries with a name, for `view:NAME` inside other queries.

use clap::{Args as ClapArgs, Subcommand};

use super::{Context, ExitStatus, Failure, Outcome};
use crate::{
    client::{CallsQuery, Client},
    domain::column::{column_among, of_views},
    wire::View,
};

/// List, show, add, change or remove saved queries
#[derive(Debug, ClapArgs)]
pub struct Args {
    #[command(subcommand)]
    act: Act,
}

#[derive(Debug, Subcommand)]
enum Act {
    /// List all saved queries
    List,
    /// Show one
    Show {
        #[arg(value_name = "NAME")]
        name: String,
    },
    /// Save a query under a new name
    Add(Saved),
    /// Change a saved query
    Set(Saved),
    /// Remove a saved query
    Remove {
        #[arg(value_name = "NAME")]
        name: String,
    },
}

#[derive(Debug, ClapArgs)]
struct Saved {
    #[arg(value_name = "NAME")]
    name: String,
    /// Such as `is:missed date:today`
    #[arg(value_name = "QUERY", required = true)]
    query: Vec<String>,
    /// Order of the list: a field such as talk_s, or -talk_s for the largest first
    #[arg(long, value_name = "FIELD", allow_hyphen_values = true)]
    sort: Option<String>,
    /// Columns to show, by their JSON names, parted by commas
    #[arg(long, value_name = "a,b,c", value_delimiter = ',')]
    columns: Vec<String>,
    /// Let others use it too
    #[arg(long)]
    shared: bool,
}

/// # Errors
/// For unknown views, and for queries that are wrong.
pub async fn run(args: Args, context: &Context) -> Outcome {
    let client = if matches!(args.act, Act::Add(_)) { context.client_making().await? } else { context.client().await? };
    match args.act {
        Act::List => context.show_list(&client.views().await?, &["name", "query", "sort", "columns", "shared", "owner"])?,
        Act::Show { name } => context.show_value(&known(&client, &name).await?.ok_or_else(|| unknown(&name))?)?,
        Act::Add(saved) => {
            if known(&client, &saved.name).await?.is_some() {
                let message = format!("there is a view \"{}\" already; change it with `callreel view set`", saved.name);
                return Err(Failure::failed(message));
            }
            put(&client, saved, View::default()).await?;
        }
        Act::Set(saved) => {
            let before = known(&client, &saved.name).await?.ok_or_else(|| unknown(&saved.name))?;
            put(&client, saved, before).await?;
        }
        Act::Remove { name } => {
            let view = known(&client, &name).await?.ok_or_else(|| unknown(&name))?;
            client.remove_view(&name, view.version).await?;
        }
    }
    Ok(ExitStatus::Done)
}

async fn put(client: &Client, saved: Saved, before: View) -> Result<(), Failure> {
    let query = saved.query.join(" ");
    let columns: Vec<String> = saved
        .columns
        .iter()
        .map(|name| column_among(name, &of_views(), "column").map(ToOwned::to_owned).map_err(Failure::usage))
        .collect::<Result<_, _>>()?;
    // A wrong query is told now, not when the view is used.
    let one = CallsQuery { at_most: Some(1), ..CallsQuery::new(&query) };
    client.count(&one).await.map_err(|error| Failure::of_query(&query, error))?;
    let columns = if columns.is_empty() { before.columns } else { columns };
    let sort = saved.sort.unwrap_or(before.sort);
    let view = View { name: saved.name, query, sort, columns, shared: saved.shared || before.shared, ..before };
    client.put_view(&view).await?;
    Ok(())
}

async fn known(client: &Client, name: &str) -> Result<Option<View>, Failure> {
    Ok(client.views().await?.into_iter().find(|view| view.name == name))
}

fn unknown(name: &str) -> Failure {
    Failure::not_found(format!("no view \"{name}\"; `callreel view list` shows all"))
}
