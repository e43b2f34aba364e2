//! `callreel calls`: list, count, sum up or group what a query finds.

mod columns;
mod rows;

use clap::Args as ClapArgs;

use super::{Context, ExitStatus, Failure, Format, Outcome, output};
use crate::{
    client::{CallsQuery, Client},
    domain::{
        column::column_among,
        facet::{BREAKDOWNS, FACETS},
        query::Sort,
    },
    takeout::{CsvParts, Lines},
};
use columns::Column;
use rows::Rows;

/// List calls, count them, sum them up or group them
#[derive(Debug, ClapArgs)]
#[command(
    after_help = "The query language stands in docs/query.md. An empty query means all calls; without --limit all that match \
are given.\nExamples:\n  callreel calls is:missed date:today\n  callreel calls -is:recorded dir:in date:-7d.. --count\n  \
callreel calls talk:>10m --sort -talk_s --limit 20 --format csv"
)]
pub struct Args {
    /// What to find, such as `is:missed date:today from:+48221`
    #[arg(value_name = "QUERY")]
    query: Vec<String>,
    /// Order by this field; with a dash in front the largest comes first [default: -start]
    #[arg(long, value_name = "FIELD|-FIELD")]
    sort: Option<String>,
    /// Give at most so many
    #[arg(long, value_name = "N")]
    limit: Option<usize>,
    /// Go on after this cursor, which an earlier list said on stderr
    #[arg(long, value_name = "CURSOR")]
    after: Option<String>,
    /// Columns by their JSON names, parted by commas
    #[arg(long, value_name = "a,b,c", value_delimiter = ',')]
    columns: Vec<String>,
    /// Only how many there are
    #[arg(long, conflicts_with_all = ["totals", "facets", "limit", "after"])]
    count: bool,
    /// Only the sums: calls, answered, missed, talk time, recordings
    #[arg(long, conflicts_with_all = ["facets", "limit", "after"])]
    totals: bool,
    /// With --totals: the sums of each value of this field, such as agent, group or hour
    #[arg(long, value_name = "FIELD", requires = "totals")]
    by: Option<String>,
    /// Only how often each value of these fields occurs, parted by commas
    #[arg(long, value_name = "a,b", value_delimiter = ',', conflicts_with_all = ["limit", "after"])]
    facets: Vec<String>,
}

/// Columns of sums by value, as the API names them.
const SHARES: &[&str] =
    &["value", "calls", "answered", "missed", "unanswered", "talk_s", "cost", "recordings", "recorded_s", "bytes"];

/// Writes what is asked for.
///
/// # Errors
/// For a wrong query, column or order; when the place is out of reach.
pub async fn run(args: Args, context: &Context) -> Outcome {
    let query = query_of(&args)?;
    let columns: Vec<Column> = columns::chosen(&args.columns)?;
    let client = context.client().await?;
    let told = |error| Failure::of_query(&query.q, error);
    if args.count {
        context.line(&client.count(&query).await.map_err(told)?.count.to_string())?;
    } else if args.by.is_some() {
        let shares = client.breakdown(&query).await.map_err(told)?;
        context.write(&output::list::of_items(&shares, SHARES, context.format)?)?;
    } else if args.totals {
        context.show_value(&client.totals(&query).await.map_err(told)?)?;
    } else if !args.facets.is_empty() {
        let facets = client.facets(&query).await.map_err(told)?;
        context.write(&output::list::of_facets(&facets, context.format)?)?;
    } else {
        list(&args, query, columns, &client, context).await?;
    }
    Ok(ExitStatus::Done)
}

async fn list(args: &Args, query: CallsQuery, columns: Vec<Column>, client: &Client, context: &Context) -> Result<(), Failure> {
    let everything = args.limit.is_none() && query.after.is_none();
    if everything && context.format == Format::Csv {
        let mut parts = CsvParts::open(client, query, &columns).await?;
        while let Some(part) = parts.next().await? {
            context.write(&part)?;
        }
        context.flush()?;
        context.say(&counted(parts.rows()));
        return Ok(());
    }
    let zone = match context.format {
        Format::Table => super::zone(client).await?,
        _ => jiff::tz::TimeZone::UTC,
    };
    // Of a stream the API gives the columns asked for alone.
    let (query, columns) = match context.format {
        Format::Json | Format::Ndjson if everything => (CallsQuery { columns: columns.join(","), ..query }, Vec::new()),
        _ => (query, columns),
    };
    let mut rows = Rows::new(context.format, columns, context.width, zone);
    let mut source = Lines::open(client, query, args.limit).await?;
    let mut count = 0;
    context.write(rows.beginning().as_bytes())?;
    while let Some(line) = source.next().await? {
        context.write(rows.row(&line)?.as_bytes())?;
        count += 1;
    }
    context.write(rows.end().as_bytes())?;
    // The words must not overtake the data.
    context.flush()?;
    match source.cursor() {
        Some(cursor) => context.say(&format!("{}; there are more, go on with --after {cursor}", counted(count))),
        None if context.format == Format::Table => {}
        None => context.say(&counted(count)),
    }
    Ok(())
}

fn counted(calls: u64) -> String {
    format!("{} call{}", indicatif::HumanCount(calls), if calls == 1 { "" } else { "s" })
}

fn query_of(args: &Args) -> Result<CallsQuery, Failure> {
    let sort = match &args.sort {
        Some(text) => {
            let sort = Sort::parse(text).map_err(Failure::usage)?;
            format!("{}{}", if sort.descending { "-" } else { "" }, sort.field.word())
        }
        None => String::new(),
    };
    let facets = args.facets.iter().map(|name| column_among(name, FACETS, "facet").map_err(Failure::usage));
    let by = args.by.as_deref().map(|name| column_among(name, BREAKDOWNS, "field to part sums by").map_err(Failure::usage));
    let by = match by.transpose()? {
        Some(field) => field.to_owned(),
        None => facets.collect::<Result<Vec<_>, _>>()?.join(","),
    };
    if args.limit == Some(0) {
        return Err(Failure::usage("--limit must be at least 1"));
    }
    Ok(CallsQuery { sort, after: args.after.clone(), by, ..CallsQuery::new(args.query.join(" ")) })
}
