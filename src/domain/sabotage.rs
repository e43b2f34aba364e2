//! Ways to break durability on purpose, so that the loops that watch it can show that they would notice. Only a build with
//! debug assertions reads them; a release knows none.

/// What is left out; `CALLREEL_SABOTAGE` names it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Sabotage {
    /// Recordings are not brought to the disk before they get their name.
    FileSync,
    /// The folder with the new name is not brought to the disk.
    FolderSync,
    /// Commits wait for nothing (`synchronous=OFF`).
    CommitOff,
    /// Commits are brought to the disk at the next checkpoint only (`synchronous=NORMAL`).
    CommitNormal,
}

impl Sabotage {
    /// The word that asks for it.
    pub const fn word(self) -> &'static str {
        match self {
            Self::FileSync => "no-file-sync",
            Self::FolderSync => "no-folder-sync",
            Self::CommitOff => "commit-off",
            Self::CommitNormal => "commit-normal",
        }
    }

    /// Whether it is asked for.
    pub fn is_on(self) -> bool {
        if cfg!(debug_assertions) { asked() == Some(self) } else { false }
    }
}

#[expect(
    clippy::disallowed_methods,
    reason = "no configuration may name it: only the loops do, to a build with debug assertions"
)]
fn asked() -> Option<Sabotage> {
    static ASKED: std::sync::OnceLock<Option<Sabotage>> = std::sync::OnceLock::new();
    *ASKED.get_or_init(|| {
        let word = std::env::var("CALLREEL_SABOTAGE").ok()?;
        [Sabotage::FileSync, Sabotage::FolderSync, Sabotage::CommitOff, Sabotage::CommitNormal]
            .into_iter()
            .find(|one| one.word() == word)
    })
}
