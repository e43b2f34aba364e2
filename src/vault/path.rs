//! Paths that cannot lead out of the vault, and files that are really files.

use std::{
    fs::{File, OpenOptions},
    io,
    os::unix::fs::OpenOptionsExt,
    path::{Component, Path, PathBuf},
};

use rustix::fs::OFlags;
use sha2::{Digest, Sha256};

use super::{Vault, VaultError, wrong};
use crate::domain::clean;

/// Longest piece of a name before the hash; the whole stays far below the 255 bytes of a file name.
const NAME: usize = 100;

impl Vault {
    /// Where a stored path lies. Relative ones must stay below the root, also through links.
    pub(super) fn place(&self, path: &str) -> Result<PathBuf, VaultError> {
        let shown = || clean::line(path, 200);
        let relative = Path::new(path);
        if path.is_empty() || path.contains('\0') || relative.components().any(|part| part == Component::ParentDir) {
            return Err(VaultError(format!("{:?} is not a path of a recording", shown())));
        }
        if relative.is_absolute() {
            return Ok(relative.to_owned());
        }
        let place = self.root.join(relative);
        let folder = place.parent().unwrap_or(&self.root);
        match folder.canonicalize() {
            Ok(real) if !real.starts_with(&self.root) => {
                Err(VaultError(format!("{} leads out of the folder of recordings; refused", shown())))
            }
            Ok(_) => Ok(place),
            Err(error) => Err(wrong("find the recording", &place, &error)),
        }
    }
}

/// Opens a plain file for reading; a link, folder, pipe or device is refused and never waited for.
pub(super) fn open_plain(place: &Path) -> io::Result<File> {
    let flags = (OFlags::NOFOLLOW | OFlags::NONBLOCK | OFlags::CLOEXEC | OFlags::NOCTTY).bits();
    let file = OpenOptions::new().read(true).custom_flags(flags as i32).open(place).map_err(|error| {
        if error.raw_os_error() == Some(rustix::io::Errno::LOOP.raw_os_error()) {
            io::Error::other("it is a symbolic link; name the file itself")
        } else {
            error
        }
    })?;
    if file.metadata()?.is_file() { Ok(file) } else { Err(io::Error::other("it is not a plain file")) }
}

/// `aa/NAME-HASH12.ext`. A foreign name is made safe; if that changed it, a piece of its own hash keeps it apart from others
/// that would become the same.
pub(super) fn name_of(name: &str, extension: &str, sha256: &[u8; 32]) -> Result<String, VaultError> {
    if name.is_empty() {
        return Err(VaultError("a recording without a name cannot be kept".to_owned()));
    }
    let safe = |character: char| character.is_ascii_alphanumeric() || matches!(character, '-' | '_' | '.');
    let mut kept: String = name.chars().take(NAME).map(|character| if safe(character) { character } else { '_' }).collect();
    if kept.starts_with('.') {
        kept.replace_range(..1, "_");
    }
    if kept != name {
        kept = format!("{kept}-{}", hex(&Sha256::digest(name.as_bytes())[..4]));
    }
    let extension: String =
        extension.chars().filter(char::is_ascii_alphanumeric).map(|c| c.to_ascii_lowercase()).take(8).collect();
    let extension = if extension.is_empty() { "bin" } else { &extension };
    let hash = hex(&sha256[..6]);
    Ok(format!("{}/{kept}-{hash}.{extension}", &hash[..2]))
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}
