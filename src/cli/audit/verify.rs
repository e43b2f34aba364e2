//! `callreel audit verify`: computes the log again, on the file itself or through a server.

use std::{
    io::ErrorKind,
    path::{Path, PathBuf},
};

use clap::Args as ClapArgs;

use crate::{
    cli::{Context, ExitStatus, Failure, Format, Outcome, Place},
    domain::{clean, instant},
    host::{Host, OpenRequest},
    wire::{AuditReport, Checkpoint},
};

/// Compute the audit log again; exit status 1 when something in it was changed
#[derive(Debug, ClapArgs)]
pub struct Args {
    /// Checkpoints that were kept elsewhere: JSON, one a line
    #[arg(long, value_name = "FILE")]
    checkpoints: Option<PathBuf>,
    /// Begin at this entry or date
    #[arg(long, value_name = "SEQ|DATE")]
    since: Option<String>,
}

/// Checkpoints that one request may carry.
const SENT: usize = 3_000;

/// # Errors
/// When the log or the file of checkpoints cannot be read.
pub(super) async fn run(args: &Args, context: &Context) -> Outcome {
    let outside = args.checkpoints.as_deref().map(read).transpose()?;
    let since = args.since.as_deref();
    let report = match context.place()? {
        // Of a file nothing is changed, not even its log of writes.
        Place::Local(path) => {
            let host = Host::open(OpenRequest { read_only: true, ..context.request(path) }).await?;
            let checked = host.service().check_audit(host.actor(), since, outside).await;
            host.close().await?;
            checked.map_err(|why| Failure::failed(why.to_string()))?
        }
        Place::Server(_) => {
            let client = context.client().await?;
            match outside {
                None => client.check_audit(since).await?,
                Some(outside) => {
                    client.compare_audit(since, outside.get(outside.len().saturating_sub(SENT)..).unwrap_or_default()).await?
                }
            }
        }
    };
    if context.format == Format::Table {
        context.write(told(&report).as_bytes())?;
    } else {
        context.show_value(&report)?;
    }
    Ok(if report.ok { ExitStatus::Done } else { ExitStatus::Failed })
}

fn read(path: &Path) -> Result<Vec<Checkpoint>, Failure> {
    let words = |why: String| format!("the checkpoints of {} cannot be read: {why}", path.display());
    let told = |why: String| Failure::failed(words(why));
    let text = std::fs::read_to_string(path).map_err(|why| match why.kind() {
        ErrorKind::NotFound => Failure::not_found(words(why.to_string())),
        _ => told(why.to_string()),
    })?;
    if text.trim_start().starts_with('[') {
        return serde_json::from_str(&text).map_err(|why| told(why.to_string()));
    }
    let lines = text.lines().enumerate().filter(|(_, line)| !line.trim().is_empty());
    lines.map(|(number, line)| serde_json::from_str(line).map_err(|why| told(format!("line {}: {why}", number + 1)))).collect()
}

fn told(report: &AuditReport) -> String {
    let mut text = String::new();
    let mut line = |words: String| {
        text.push_str(&clean::line(&words, 400));
        text.push('\n');
    };
    match report.first_bad_seq {
        None => line(format!("whole: {} entries, {} checkpoints", report.rows, report.checkpoints)),
        Some(0) => line(format!("NOT whole: {} entries, {} checkpoints", report.rows, report.checkpoints)),
        Some(seq) => {
            line(format!("NOT whole from entry {seq} on: {} entries, {} checkpoints", report.rows, report.checkpoints));
        }
    }
    for fault in &report.faults {
        line(if fault.seq == 0 { format!("  {}", fault.reason) } else { format!("  entry {}: {}", fault.seq, fault.reason) });
    }
    if let Some((seq, hash)) = &report.last {
        line(format!("last entry {seq}: {hash}"));
    }
    if let Some(signed) = &report.signed {
        line(format!("signed up to entry {} at {} by key {}", signed.seq, instant::text(signed.at), signed.key_id));
    }
    for remark in &report.remarks {
        line(format!("note: {remark}"));
    }
    text
}
