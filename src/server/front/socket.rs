//! The Unix socket: ours alone to make, its group's to use, gone with the server.

use std::{
    fs, io,
    os::unix::{
        ffi::OsStrExt,
        fs::{FileTypeExt, MetadataExt, PermissionsExt},
    },
    path::{Path, PathBuf},
};

use tokio::net::{UnixListener, UnixStream};

/// sun_path of unix(7), without the zero at its end.
const LONGEST_PATH: usize = 107;

/// A socket that listens; its file goes when this is dropped.
pub struct Bound {
    listener: UnixListener,
    path: PathBuf,
    /// Device and number of the file: only our own is removed.
    file: (u64, u64),
}

/// Whether somebody listens at this socket.
pub async fn is_served(path: &Path) -> bool {
    UnixStream::connect(path).await.is_ok()
}

impl Bound {
    /// Makes the socket, in place of one that nobody listens at any more.
    pub(super) async fn new(path: &Path) -> io::Result<Self> {
        let wrong = |why: String| io::Error::new(io::ErrorKind::InvalidInput, why);
        match fs::symlink_metadata(path) {
            Ok(facts) if !facts.file_type().is_socket() => {
                return Err(wrong("there is something else of this name, which is left alone".to_owned()));
            }
            Ok(_) if is_served(path).await => {
                return Err(io::Error::new(io::ErrorKind::AddrInUse, "another server listens there"));
            }
            Ok(_) | Err(_) => {}
        }
        // Made beside its place and moved there with its mode set: nobody gets in by a wider one meanwhile.
        let name = path.file_name().ok_or_else(|| wrong("it has no name".to_owned()))?;
        let beside = path.with_file_name(format!(".{:x}", std::process::id()));
        let longest = path.as_os_str().as_bytes().len().max(beside.as_os_str().as_bytes().len());
        if longest > LONGEST_PATH || name.is_empty() {
            return Err(wrong(format!("a socket's path has at most {LONGEST_PATH} bytes; name a shorter one with --socket")));
        }
        let _ = fs::remove_file(&beside);
        let listener = UnixListener::bind(&beside)?;
        let moved = fs::set_permissions(&beside, fs::Permissions::from_mode(0o660))
            .and_then(|()| fs::rename(&beside, path))
            .and_then(|()| fs::symlink_metadata(path));
        let facts = moved.inspect_err(|_| {
            let _ = fs::remove_file(&beside);
        })?;
        Ok(Self { listener, path: path.to_owned(), file: (facts.dev(), facts.ino()) })
    }

    pub(super) const fn listener(&self) -> &UnixListener {
        &self.listener
    }

    pub(super) fn path(&self) -> &Path {
        &self.path
    }
}

impl Drop for Bound {
    fn drop(&mut self) {
        if fs::symlink_metadata(&self.path).is_ok_and(|facts| (facts.dev(), facts.ino()) == self.file) {
            // What remains is a socket that the next server replaces.
            let _ = fs::remove_file(&self.path);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_dead_socket_is_replaced_and_a_living_one_is_not() {
        let folder = tempfile::tempdir().expect("folder");
        let path = folder.path().join("a.sock");
        drop(std::os::unix::net::UnixListener::bind(&path).expect("a socket that nobody listens at"));
        assert!(path.exists() && !is_served(&path).await);
        let bound = Bound::new(&path).await.expect("replaced");
        assert_eq!(fs::metadata(&path).expect("facts").mode() & 0o777, 0o660);
        assert!(is_served(&path).await);
        assert_eq!(Bound::new(&path).await.err().map(|why| why.kind()), Some(io::ErrorKind::AddrInUse));
        // Another's socket in our place stays when we go.
        fs::remove_file(&path).expect("removed");
        let other = Bound::new(&path).await.expect("made");
        drop(bound);
        assert!(path.exists());
        drop(other);
        assert_eq!(fs::read_dir(folder.path()).expect("folder").count(), 0);
        let file = folder.path().join("file");
        fs::write(&file, "x").expect("written");
        assert!(Bound::new(&file).await.is_err() && file.exists());
        assert!(Bound::new(&folder.path().join("x".repeat(120))).await.is_err());
    }
}
