//! The audit log as a file: what a question finds, as the server writes it.

use std::{io::Write, path::Path};

use super::{End, Form, Progress, Saved, TakeError, list};
use crate::client::{AuditQuery, Client};

/// Saves what a question to the audit log finds. The export is an entry of the log itself.
///
/// # Errors
/// As [`super::save_list`]; and of a form that the log is not written in.
pub async fn save_log(
    client: &Client,
    query: &AuditQuery,
    (file, replace): (&Path, bool),
    form: Form,
    all: Option<u64>,
    progress: Progress<'_>,
    cancel: impl Future<Output = ()>,
) -> Result<Saved, TakeError> {
    let asked = match form {
        Form::Csv => "text/csv",
        Form::Ndjson => "application/x-ndjson",
        Form::Json => return Err(TakeError::Failed("the audit log is saved as CSV or NDJSON".to_owned())),
    };
    let unwritable = |why: &std::io::Error| TakeError::Failed(format!("{} cannot be written: {why}", file.display()));
    let mut out = list::begin(file, replace)?;
    let mut lines = 0_u64;
    let write = async {
        progress(0, all);
        let mut export = client.export_audit(query, asked, &[]).await?;
        while let Some(part) = export.next_part().await? {
            out.write_all(&part).map_err(|why| unwritable(&why))?;
            lines += memchr::memchr_iter(b'\n', &part).count() as u64;
            progress(lines, all);
            tokio::task::yield_now().await;
        }
        Ok::<(), TakeError>(())
    };
    let cancelled = tokio::select! {
        biased;
        () = cancel => true,
        written = write => written.map(|()| false)?,
    };
    let rows = if form == Form::Csv { lines.saturating_sub(1) } else { lines };
    if cancelled {
        return Ok(Saved { rows, bytes: 0, file: file.to_owned(), end: End::Cancelled });
    }
    let bytes = list::settle(out, file, replace)?;
    Ok(Saved { rows, bytes, file: file.to_owned(), end: End::Whole })
}
