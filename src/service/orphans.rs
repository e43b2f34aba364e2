//! Files of recordings that no row knows: what a writer left that died between file and row. They are only room; nobody was
//! told that they are kept.

use std::time::Duration;

use super::{Result, Service, ServiceError};
use crate::vault::Interrupted;

/// Younger files may be of somebody who is about to commit.
const OLD: Duration = Duration::from_secs(3_600);

impl Service {
    /// Takes away files older than an hour that the database does not know, if a writer died and nobody writes now; gives how
    /// many. The log tells each.
    ///
    /// # Errors
    /// When the database cannot be read.
    pub async fn sweep_orphans(&self) -> Result<usize> {
        let Ok(vault) = self.vault().cloned() else { return Ok(0) };
        if self.read_only().is_some() || vault.interrupted() != Interrupted::Died {
            return Ok(0);
        }
        let blocked = |error| ServiceError::Storage(format!("the folder of recordings could not be looked through: {error}"));
        let looked = vault.clone();
        let files = tokio::task::spawn_blocking(move || looked.files(OLD)).await.map_err(blocked)?;
        let old: std::collections::HashSet<String> = files.iter().filter(|(_, old)| *old).map(|(path, _)| path.clone()).collect();
        let unknown = self.store().unknown_paths(files.into_iter().map(|(path, _)| path).collect()).await?;
        let (gone, young): (Vec<String>, Vec<String>) = unknown.into_iter().partition(|path| old.contains(path));
        let count = gone.len();
        tokio::task::spawn_blocking(move || {
            for path in gone {
                match vault.remove(&path) {
                    Ok(()) => tracing::warn!(path, "a file that no recording knows was left by a program that died; removed"),
                    Err(error) => tracing::warn!(path, %error, "a file that no recording knows cannot be removed"),
                }
            }
            // The next one looks again when the young ones are old.
            if young.is_empty() {
                vault.forget_interrupted();
            }
        })
        .await
        .map_err(blocked)?;
        Ok(count)
    }
}

#[cfg(test)]
mod tests {
    use std::time::{Duration, SystemTime};

    use crate::{
        host::{Host, OpenRequest},
        vault::Interrupted,
    };

    #[tokio::test]
    #[expect(clippy::disallowed_methods, reason = "files are made old by the clock that stamps them")]
    async fn only_old_files_without_a_row_go_and_only_after_a_death() {
        let folder = tempfile::tempdir().expect("folder");
        let request = OpenRequest { create: Some(Default::default()), ..OpenRequest::new(folder.path().join("a.db")) };
        let host = Host::open(request).await.expect("opened");
        let vault = host.vault().expect("vault").clone();
        let put = |name: &str, hours: u64| {
            let stored = vault.put_bytes(name.as_bytes(), name, "wav").expect("put");
            let file = std::fs::File::options().write(true).open(vault.root().join(&stored.path)).expect("file");
            file.set_modified(SystemTime::now() - Duration::from_secs(hours * 3_600 + 60)).expect("time");
            stored.path
        };
        let (old, young) = (put("old", 1), put("young", 0));
        assert_eq!(host.service().sweep_orphans().await.expect("swept"), 0, "nobody died");
        let working = vault.working().expect("mark");
        assert_eq!(vault.interrupted(), Interrupted::Writing);
        assert_eq!(host.service().sweep_orphans().await.expect("swept"), 0, "somebody writes");
        drop(working);
        assert_eq!(vault.interrupted(), Interrupted::None, "a clean end leaves no mark");
        std::fs::write(vault.root().join(".working-dead"), "").expect("a mark of the dead");
        assert_eq!(host.service().sweep_orphans().await.expect("swept"), 1);
        assert!(vault.open_copy(&old).is_err() && vault.open_copy(&young).is_ok());
        assert_eq!(vault.interrupted(), Interrupted::Died, "the young one is looked at again");
        vault.remove(&young).expect("gone");
        assert_eq!(host.service().sweep_orphans().await.expect("swept"), 0);
        assert_eq!(vault.interrupted(), Interrupted::None);
    }
}
