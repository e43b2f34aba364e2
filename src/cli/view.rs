//! `callreel view`: queries with a name, for `view:NAME` inside other queries.

use clap::{Args as ClapArgs, Subcommand};

use super::{
    Context, ExitStatus, Failure, Outcome,
    naming::{self, One, must_be_new},
};
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
    Show(One),
    /// Save a query under a new name
    Add(Saved),
    /// Change a saved query
    Set(Saved),
    /// Remove a saved query
    Remove(One),
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
    let client = context.client().await?;
    match args.act {
        Act::List => context.show_list(&client.views().await?, &["name", "query", "sort", "columns", "shared", "owner"])?,
        Act::Show(One { name }) => context.show_value(&known(&client, &name).await?)?,
        Act::Add(saved) => {
            must_be_new("view", &saved.name, &client.views().await?, |view| &view.name)?;
            put(&client, saved, View::default()).await?;
        }
        Act::Set(saved) => {
            let before = known(&client, &saved.name).await?;
            put(&client, saved, before).await?;
        }
        Act::Remove(One { name }) => {
            let view = known(&client, &name).await?;
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

async fn known(client: &Client, name: &str) -> Result<View, Failure> {
    naming::the("view", name, client.views().await?, |view| &view.name)
}
