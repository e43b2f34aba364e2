//! The marker file: whose recordings these are.

use std::{
    fs::{DirBuilder, File},
    io::{self, Read, Write},
    os::unix::fs::DirBuilderExt,
    path::Path,
};

use super::{VaultError, put::sync_folder, wrong};
use crate::domain::clean;

/// Name of the marker in the folder.
pub(super) const MARKER: &str = "callreel-vault";
const FIRST_LINE: &str = "callreel recordings 1";

/// Checks that the folder belongs to `database_id`; makes it if `create`.
pub(super) fn claim(root: &Path, database_id: &str, create: bool) -> Result<(), VaultError> {
    let shown = clean::line(&root.display().to_string(), 300);
    match read_marker(root) {
        Ok(Some(owner)) if owner == database_id => return Ok(()),
        Ok(Some(owner)) => {
            return Err(VaultError(format!(
                "{shown} holds the recordings of database {}, and this is database {}; \
                 move that folder away, or open the database it belongs to",
                clean::line(&owner, 60),
                clean::line(database_id, 60)
            )));
        }
        Ok(None) => {
            return Err(VaultError(format!("{shown}/{MARKER} is not readable as callreel's marker; restore it from a backup")));
        }
        Err(error) if error.kind() == io::ErrorKind::NotFound => {}
        Err(error) => return Err(wrong("open the folder of recordings", root, &error)),
    }
    if !create {
        return Err(VaultError(format!("no folder of recordings {shown}: it was moved or never made")));
    }
    match DirBuilder::new().mode(0o700).create(root) {
        Ok(()) => sync_folder(root.parent().filter(|parent| !parent.as_os_str().is_empty()).unwrap_or_else(|| Path::new(".")))?,
        Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {
            let mut entries = std::fs::read_dir(root).map_err(|error| wrong("read the folder", root, &error))?;
            if entries.any(|entry| entry.is_ok_and(|entry| !entry.file_name().to_string_lossy().starts_with(".incoming-"))) {
                return Err(VaultError(format!(
                    "{shown} exists, is not empty and is no folder of callreel's; move it away or choose another database name"
                )));
            }
        }
        Err(error) => return Err(wrong("make the folder of recordings", root, &error)),
    }
    write_marker(root, database_id).map_err(|error| wrong("write the marker into", root, &error))?;
    sync_folder(root)
}

/// The id in the marker; `None` if the file is something else.
fn read_marker(root: &Path) -> io::Result<Option<String>> {
    let mut text = String::new();
    match File::open(root.join(MARKER))?.take(4096).read_to_string(&mut text) {
        Ok(_) => {}
        Err(error) if error.kind() == io::ErrorKind::InvalidData => return Ok(None),
        Err(error) => return Err(error),
    }
    let mut lines = text.lines();
    let ours = lines.next() == Some(FIRST_LINE);
    Ok(lines.next().and_then(|line| line.strip_prefix("database ")).filter(|id| ours && !id.is_empty()).map(str::to_owned))
}

/// Written beside and renamed, so that no half marker can be met.
fn write_marker(root: &Path, database_id: &str) -> io::Result<()> {
    let mut file = tempfile::Builder::new().prefix(".incoming-marker-").tempfile_in(root)?;
    writeln!(file, "{FIRST_LINE}\ndatabase {database_id}")?;
    file.as_file().sync_all()?;
    file.persist(root.join(MARKER)).map_err(|error| error.error)?;
    Ok(())
}
