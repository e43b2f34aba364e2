//! A list of calls as one file of any length. It has its name once it is whole; broken off, nothing is left.

use std::{
    io::Write,
    path::{Path, PathBuf},
};

use super::{End, Form, Lines, Progress, Rows, TakeError};
use crate::client::{CallsQuery, Client};

/// Ids in one query.
const IDS: usize = 50;
/// Rows between two looks at the progress.
const TOLD_EVERY: u64 = 500;

/// Which calls.
#[derive(Clone, Debug, PartialEq)]
pub enum Selection {
    /// Everything that matches, in the query's order.
    Query(CallsQuery),
    /// These ids, in this order as far as fifty of them go.
    Calls(Vec<String>),
}

/// What was saved.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Saved {
    pub rows: u64,
    pub bytes: u64,
    pub file: PathBuf,
    pub end: End,
}

/// What stands at the place of a file that is to be written: true for a file that would be replaced.
///
/// # Errors
/// When it is a folder, or its folder is missing.
pub fn check_target(file: &Path) -> Result<bool, TakeError> {
    if file.is_dir() {
        return Err(TakeError::Failed(format!("{} is a folder; add the name of a file", file.display())));
    }
    let folder = file.parent().filter(|folder| !folder.as_os_str().is_empty());
    if let Some(folder) = folder.filter(|folder| folder.is_file()) {
        return Err(TakeError::Failed(format!("{} is a file, not a folder", folder.display())));
    }
    Ok(file.symlink_metadata().is_ok())
}

/// Writes calls into a file, beside its place first. `columns` are JSON names, empty for all; `replace` lets a file of that
/// name go.
///
/// # Errors
/// When the query is wrong, a file is there that may not be replaced, or the folder cannot be written: nothing is left then.
pub async fn save_list(
    client: &Client,
    calls: &Selection,
    (file, replace): (&Path, bool),
    (form, columns): (Form, &[&'static str]),
    all: Option<u64>,
    progress: Progress<'_>,
    cancel: impl Future<Output = ()>,
) -> Result<Saved, TakeError> {
    let unwritable = |why: &std::io::Error| TakeError::Failed(format!("{} cannot be written: {why}", file.display()));
    if check_target(file)? && !replace {
        return Err(TakeError::Exists(file.display().to_string()));
    }
    let folder = file.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or_else(|| Path::new("."));
    std::fs::create_dir_all(folder)
        .map_err(|why| TakeError::Failed(format!("the folder {} cannot be made: {why}", folder.display())))?;
    let queries: Vec<CallsQuery> = match calls {
        Selection::Query(query) => vec![query.clone()],
        Selection::Calls(ids) => ids.chunks(IDS).map(|ids| CallsQuery::new(format!("id:{}", ids.join(",")))).collect(),
    };
    let part =
        tempfile::Builder::new().prefix(".callreel-").suffix(".part").tempfile_in(folder).map_err(|why| unwritable(&why))?;
    let mut rows = Rows::new(form, columns.to_vec());
    let mut out = std::io::BufWriter::with_capacity(1 << 16, part);
    let mut done = 0;
    let write = async {
        progress(0, all);
        out.write_all(rows.beginning().as_bytes()).map_err(|why| unwritable(&why))?;
        for query in queries {
            let mut lines = Lines::open(client, query, None).await?;
            while let Some(line) = lines.next().await? {
                out.write_all(rows.row(&line)?.as_bytes()).map_err(|why| unwritable(&why))?;
                done += 1;
                if done % TOLD_EVERY == 0 {
                    progress(done, all);
                    // A stream that is always ready must still let others have their turn, and be ended.
                    tokio::task::yield_now().await;
                }
            }
        }
        out.write_all(rows.end().as_bytes()).map_err(|why| unwritable(&why))?;
        Ok::<(), TakeError>(())
    };
    tokio::select! {
        biased;
        () = cancel => return Ok(Saved { rows: done, bytes: 0, file: file.to_owned(), end: End::Cancelled }),
        written = write => written?,
    }
    let part = out.into_inner().map_err(|why| unwritable(why.error()))?;
    part.as_file().sync_all().map_err(|why| unwritable(&why))?;
    let bytes = part.as_file().metadata().map_or(0, |facts| facts.len());
    let kept = if replace { part.persist(file) } else { part.persist_noclobber(file) };
    match kept {
        Ok(_) => Ok(Saved { rows: done, bytes, file: file.to_owned(), end: End::Whole }),
        Err(why) if why.error.kind() == std::io::ErrorKind::AlreadyExists => Err(TakeError::Exists(file.display().to_string())),
        Err(why) => Err(unwritable(&why.error)),
    }
}
