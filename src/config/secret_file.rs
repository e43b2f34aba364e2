//! Files that hold a secret: read only where nobody else could have read, written or replaced them (as ssh does with keys).

use std::{
    fs,
    io::{self, Read, Write},
    os::unix::fs::{DirBuilderExt, MetadataExt, OpenOptionsExt},
    path::Path,
};

use rustix::fs::OFlags;
use zeroize::Zeroizing;

/// A secret is not longer; more is another kind of file.
const LONGEST: u64 = 64 * 1024;

/// Reads a secret, without the line's end.
///
/// # Errors
/// A sentence that names the file, what is wrong, and the command that mends it.
pub fn read_secret(path: &Path) -> Result<Zeroizing<String>, String> {
    let name = path.display();
    let file = fs::OpenOptions::new()
        .read(true)
        .custom_flags((OFlags::NOFOLLOW | OFlags::CLOEXEC | OFlags::NONBLOCK).bits().cast_signed())
        .open(path)
        .map_err(|why| match why.raw_os_error() {
            Some(code) if code == rustix::io::Errno::LOOP.raw_os_error() => {
                format!("{name} is a link to another file; name the file itself")
            }
            _ => format!("the secret in {name} cannot be read: {why}"),
        })?;
    let facts = file.metadata().map_err(|why| format!("{name} cannot be looked at: {why}"))?;
    if !facts.is_file() {
        return Err(format!("{name} is no file; name one that holds the secret and nothing else"));
    }
    let own = rustix::process::geteuid().as_raw();
    if facts.uid() != own {
        return Err(format!("{name} belongs to another account (uid {}); a secret must be in a file of your own", facts.uid()));
    }
    if facts.mode() & 0o077 != 0 {
        return Err(format!("{name} can be read or changed by others (mode {:o}); do: chmod 600 {name}", facts.mode() & 0o7777));
    }
    let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    let around = fs::metadata(folder).map_err(|why| format!("{} cannot be looked at: {why}", folder.display()))?;
    // In a folder with the sticky bit nobody else can replace a file of ours.
    if around.mode() & 0o022 != 0 && around.mode() & 0o1000 == 0 {
        let folder = folder.display();
        return Err(format!("others can replace files in {folder}, and so the secret {name}; do: chmod go-w {folder}"));
    }
    if around.uid() != own && around.uid() != 0 {
        return Err(format!("{} belongs to another account, which could replace the secret {name}", folder.display()));
    }
    let mut text = Zeroizing::new(String::new());
    file.take(LONGEST).read_to_string(&mut text).map_err(|why| format!("the secret in {name} cannot be read: {why}"))?;
    let secret = text.trim_end_matches(['\n', '\r']);
    if secret.is_empty() {
        return Err(format!("{name} is empty; it must hold the secret"));
    }
    Ok(Zeroizing::new(secret.to_owned()))
}

/// Writes a secret for our eyes only, in a folder of our own; what was there before is replaced at once or not at all.
///
/// # Errors
/// When the folder or the file cannot be made.
pub fn write_secret(path: &Path, secret: &str) -> io::Result<()> {
    let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    fs::DirBuilder::new().recursive(true).mode(0o700).create(folder)?;
    // Made with mode 0600 and a name that nobody can guess.
    let mut file = tempfile::NamedTempFile::new_in(folder)?;
    file.write_all(secret.as_bytes())?;
    file.write_all(b"\n")?;
    file.as_file().sync_all()?;
    file.persist(path).map_err(|error| error.error)?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use std::os::unix::fs::PermissionsExt;

    use super::*;

    #[test]
    fn a_secret_is_read_only_where_it_is_one() {
        let folder = tempfile::tempdir().expect("folder");
        let path = folder.path().join("below").join("token");
        write_secret(&path, "s3cret").expect("written");
        write_secret(&path, "other").expect("replaced");
        assert_eq!(read_secret(&path).expect("read").as_str(), "other");
        let mode = |path: &Path, mode| fs::set_permissions(path, fs::Permissions::from_mode(mode)).expect("mode");
        for wide in [0o644, 0o640, 0o660, 0o602] {
            mode(&path, wide);
            let why = read_secret(&path).expect_err("refused");
            assert!(why.contains("chmod 600") && !why.contains("other\n"), "{why}");
        }
        mode(&path, 0o400);
        read_secret(&path).expect("narrower is fine");
        mode(path.parent().expect("folder"), 0o777);
        assert!(read_secret(&path).expect_err("refused").contains("chmod go-w"));
        mode(path.parent().expect("folder"), 0o700);
        let link = folder.path().join("link");
        std::os::unix::fs::symlink(&path, &link).expect("link");
        assert!(read_secret(&link).expect_err("refused").contains("link"));
        assert!(read_secret(folder.path()).expect_err("refused").contains("is no file"));
        let empty = folder.path().join("empty");
        write_secret(&empty, "").expect("written");
        assert!(read_secret(&empty).expect_err("refused").contains("empty"));
    }
}
