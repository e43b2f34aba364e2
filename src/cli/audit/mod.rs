//! `callreel audit`: ask the audit log, check it, sign it.

mod verify;

use clap::{Args as ClapArgs, Subcommand};
use serde_json::{Map, Value};

use super::{Context, ExitStatus, Failure, Format, Outcome};
use crate::{
    client::{AuditQuery, Client},
    domain::{
        audit::{COLUMNS, told},
        clean,
        column::column_among,
        query::audit_sort,
    },
    wire::AuditEntry,
};

/// Ask the audit log who did what; check that nobody changed it
#[derive(Debug, ClapArgs)]
#[command(
    args_conflicts_with_subcommands = true,
    after_help = "The fields of the audit log stand in docs/query.md, its format in docs/audit.md. Without --limit all that \
match are given, the newest first.\nExamples:\n  callreel audit did:listened,downloaded date:-7d..\n  callreel audit who:anna \
did:denied\n  callreel audit verify --checkpoints /mnt/other/callreel.checkpoints"
)]
pub struct Args {
    #[command(subcommand)]
    act: Option<Act>,
    /// What to find, such as `who:anna did:listened date:today`
    #[arg(value_name = "QUERY")]
    query: Vec<String>,
    /// `seq` the oldest first, `-seq` the newest [default: -seq]
    #[arg(long, value_name = "seq|-seq")]
    sort: Option<String>,
    /// Give at most so many
    #[arg(long, value_name = "N")]
    limit: Option<usize>,
    /// Only what I did myself, which needs no right
    #[arg(long)]
    mine: bool,
    /// Columns by their JSON names, parted by commas
    #[arg(long, value_name = "a,b,c", value_delimiter = ',')]
    columns: Vec<String>,
    /// Only how many there are
    #[arg(long, conflicts_with = "limit")]
    count: bool,
}

#[derive(Debug, Subcommand)]
enum Act {
    Verify(verify::Args),
    /// List the signed checkpoints, to be kept elsewhere
    Checkpoints,
    /// Sign the log as it is now
    Checkpoint,
}

/// The API gives no longer pages.
const PAGE: usize = 500;

/// # Errors
/// For a wrong question, and without the right `audit` for what others did.
pub async fn run(args: Args, context: &Context) -> Outcome {
    match &args.act {
        None => {}
        Some(Act::Verify(args)) => return verify::run(args, context).await,
        Some(Act::Checkpoints) => {
            let columns = ["seq", "at", "hash", "previous", "key_id", "signature", "log"];
            context.show_list(&context.client().await?.checkpoints().await?, &columns)?;
            return Ok(ExitStatus::Done);
        }
        Some(Act::Checkpoint) => {
            context.show_value(&context.client().await?.make_checkpoint().await?)?;
            return Ok(ExitStatus::Done);
        }
    }
    let newest_first = args.sort.as_deref().map(audit_sort).transpose().map_err(Failure::usage)?;
    let columns = args.columns.iter().map(|name| column_among(name, COLUMNS, "column").map_err(Failure::usage));
    let columns: Vec<&'static str> = columns.collect::<Result<_, _>>()?;
    if args.limit == Some(0) {
        return Err(Failure::usage("--limit must be at least 1"));
    }
    let q = args.query.join(" ");
    let sort = match newest_first {
        Some(true) => "-seq",
        Some(false) => "seq",
        None if q.contains("sort:") => "",
        None => "-seq",
    };
    let query = AuditQuery { q, sort: sort.to_owned(), mine: args.mine, ..AuditQuery::default() };
    let client = context.client().await?;
    if args.count {
        let page = client.audit(&AuditQuery { limit: Some(1), ..query.clone() }).await;
        let total = page.map_err(|error| Failure::of_query(&query.q, error))?.total;
        let total = total.ok_or_else(|| Failure::failed("there are too many to count soon; narrow the question by dates"))?;
        context.line(&total.to_string())?;
        return Ok(ExitStatus::Done);
    }
    if args.limit.is_none() && matches!(context.format, Format::Ndjson | Format::Csv) {
        stream(&client, query, &columns, context).await?;
        return Ok(ExitStatus::Done);
    }
    let entries = pages(&client, query, args.limit).await?;
    if context.format == Format::Table && columns.is_empty() {
        let zone = super::zone(&client).await?;
        let rows: Vec<Value> = entries.iter().map(|entry| row(entry, &zone)).collect();
        context.show_list(&rows, &["entry", "time", "who", "did", "what", "from"])?;
    } else if columns.is_empty() {
        context.show_list(&entries, COLUMNS)?;
    } else {
        let part = |entry: &AuditEntry| -> Map<String, Value> {
            let whole = serde_json::to_value(entry).unwrap_or_default();
            columns.iter().map(|column| ((*column).to_owned(), whole[*column].clone())).collect()
        };
        context.show_list(&entries.iter().map(part).collect::<Vec<_>>(), &columns)?;
    }
    Ok(ExitStatus::Done)
}

async fn stream(client: &Client, query: AuditQuery, columns: &[&str], context: &Context) -> Result<(), Failure> {
    let kind = if context.format == Format::Csv { "text/csv" } else { "application/x-ndjson" };
    let mut export = client.export_audit(&query, kind, columns).await.map_err(|error| Failure::of_query(&query.q, error))?;
    let mut rest = Vec::new();
    while let Some(mut line) = export.next_line(&mut rest).await? {
        if line.last() == Some(&b'\r') {
            line.pop();
        }
        line.push(b'\n');
        context.write(&line)?;
    }
    Ok(())
}

async fn pages(client: &Client, query: AuditQuery, limit: Option<usize>) -> Result<Vec<AuditEntry>, Failure> {
    let mut entries: Vec<AuditEntry> = Vec::new();
    let mut after = None;
    loop {
        let left = limit.map_or(PAGE, |limit| (limit - entries.len()).min(PAGE));
        let ask = AuditQuery { limit: Some(left), after, ..query.clone() };
        let page = client.audit(&ask).await.map_err(|error| Failure::of_query(&query.q, error))?;
        entries.extend(page.items);
        match page.next {
            Some(next) if limit.is_none_or(|limit| entries.len() < limit) => after = Some(next),
            _ => return Ok(entries),
        }
    }
}

/// An entry as people read it.
fn row(entry: &AuditEntry, zone: &jiff::tz::TimeZone) -> Value {
    let outcome = if entry.outcome == "done" { String::new() } else { format!("{} ", entry.outcome) };
    let what = [entry.object.as_deref(), entry.detail.as_deref(), entry.foreign.as_deref()];
    let what = what.into_iter().flatten().collect::<Vec<_>>().join("  ");
    serde_json::json!({
        "entry": entry.seq,
        "time": entry.at.to_zoned(zone.clone()).strftime("%Y-%m-%d %H:%M:%S").to_string(),
        "who": entry.who,
        "did": format!("{outcome}{}", told(&entry.did)),
        "what": clean::line(&format!("{}  {what}", entry.did), 80),
        "from": entry.place().map_or_else(|| entry.via.clone(), |place| format!("{place} {}", entry.via)),
    })
}
