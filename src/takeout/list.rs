//! A list of calls as one file of any length. It has its name once it is whole; broken off, nothing is left.

use std::{
    io::{Read, Write},
    path::{Path, PathBuf},
};

use super::{End, Form, Lines, Progress, Rows, TakeError};
use crate::client::{CallsQuery, Client};

/// Ids in one query.
const IDS: usize = 200;
/// Rows between two looks at the progress.
const TOLD_EVERY: u64 = 500;

/// Which calls.
#[derive(Clone, Debug, PartialEq)]
pub enum Selection {
    /// Everything that matches, in the query's order.
    Query(CallsQuery),
    /// These ids, in this order as far as [`IDS`] of them go; each stretch of so many in the order of the list.
    Calls { ids: Vec<String>, sort: String },
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
/// When it is a folder, its folder is a file, or what stands there is no text: a database or a sound is never replaced.
pub fn check_target(file: &Path) -> Result<bool, TakeError> {
    if file.is_dir() {
        return Err(TakeError::Failed(format!("{} is a folder; add the name of a file", file.display())));
    }
    let folder = file.parent().filter(|folder| !folder.as_os_str().is_empty());
    if let Some(folder) = folder.filter(|folder| folder.is_file()) {
        return Err(TakeError::Failed(format!("{} is a file, not a folder", folder.display())));
    }
    if begins_like_no_text(file) {
        return Err(TakeError::Failed(format!(
            "{} is no list: it holds a database or other data and is not replaced; choose another name",
            file.display()
        )));
    }
    Ok(file.symlink_metadata().is_ok())
}

/// A text has no zero bytes; databases, their logs and sounds begin with some.
fn begins_like_no_text(file: &Path) -> bool {
    let mut beginning = Vec::new();
    let read = std::fs::File::open(file).and_then(|file| file.take(4_096).read_to_end(&mut beginning));
    read.is_ok() && beginning.contains(&0)
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
    let unwritable = |why: &std::io::Error| unwritable(file, why);
    let queries: Vec<CallsQuery> = match calls {
        Selection::Query(query) => vec![query.clone()],
        Selection::Calls { ids, sort } => ids
            .chunks(IDS)
            .map(|ids| CallsQuery { sort: sort.clone(), ..CallsQuery::new(format!("id:{}", ids.join(","))) })
            .collect(),
    };
    let mut out = begin(file, replace)?;
    let mut rows = Rows::new(form, columns.to_vec());
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
    let bytes = settle(out, file, replace)?;
    Ok(Saved { rows: done, bytes, file: file.to_owned(), end: End::Whole })
}

fn unwritable(file: &Path, why: &std::io::Error) -> TakeError {
    TakeError::Failed(format!("{} cannot be written: {why}", file.display()))
}

/// A file on its way, beside its place.
pub(super) type Part = std::io::BufWriter<tempfile::NamedTempFile>;

/// Begins a file beside its place; its folder is made.
pub(super) fn begin(file: &Path, replace: bool) -> Result<Part, TakeError> {
    if check_target(file)? && !replace {
        return Err(TakeError::Exists(file.display().to_string()));
    }
    let folder = file.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or_else(|| Path::new("."));
    std::fs::create_dir_all(folder)
        .map_err(|why| TakeError::Failed(format!("the folder {} cannot be made: {why}", folder.display())))?;
    let part = tempfile::Builder::new().prefix(".callreel-").suffix(".part").tempfile_in(folder);
    Ok(std::io::BufWriter::with_capacity(1 << 16, part.map_err(|why| unwritable(file, &why))?))
}

/// The file is whole: it gets its name. Gives its bytes.
pub(super) fn settle(part: Part, file: &Path, replace: bool) -> Result<u64, TakeError> {
    let part = part.into_inner().map_err(|why| unwritable(file, why.error()))?;
    part.as_file().sync_all().map_err(|why| unwritable(file, &why))?;
    let bytes = part.as_file().metadata().map_or(0, |facts| facts.len());
    let kept = if replace { part.persist(file) } else { part.persist_noclobber(file) };
    match kept {
        Ok(_) => Ok(bytes),
        Err(why) if why.error.kind() == std::io::ErrorKind::AlreadyExists => Err(TakeError::Exists(file.display().to_string())),
        Err(why) => Err(unwritable(file, &why.error)),
    }
}

#[cfg(test)]
mod tests {
    use super::check_target;

    #[test]
    fn a_list_never_goes_over_a_database_or_a_sound() {
        let folder = tempfile::tempdir().expect("folder");
        let put = |name: &str, bytes: &[u8]| {
            let file = folder.path().join(name);
            std::fs::write(&file, bytes).expect("written");
            file
        };
        for file in [
            put("calls.db", b"SQLite format 3\0rest"),
            put("a.csv", b"RIFF\x24\0\0\0WAVE"),
            put("wal", &[0x37, 0x7f, 6, 0x82, 0]),
        ] {
            let why = check_target(&file).expect_err("refused").to_string();
            assert!(why.contains("not replaced"), "{why}");
        }
        assert!(check_target(&put("old.csv", "id,start\nŁódź,\n".as_bytes())).expect("a list"), "another list may be replaced");
        assert!(!check_target(&folder.path().join("new.csv")).expect("free"));
    }
}
