//! Sound on its way here from elsewhere: read once, from its beginning, and heard by any number while it comes. The last bytes
//! leave only when the hash of all of them is right: nobody gets the whole of what is not the recording.

use std::{
    collections::HashMap,
    fs::File,
    io::{self, Read},
    os::unix::fs::FileExt,
    path::Path,
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};

use bytes::Bytes;
use futures_util::stream::{self, Stream};
use sha2::{Digest, Sha256};
use tokio::sync::watch;

/// Bytes that wait for the hash of all.
const HELD_BACK: u64 = 64 * 1024;
/// Bytes read at once.
const BLOCK: usize = 128 * 1024;
/// How many may be on their way at a time; each takes a thread and the room of its bytes.
const AT_ONCE: usize = 8;

/// Why it did not come.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Lost {
    /// What came is not what was recorded: its length or its hash differs.
    Differs(&'static str),
    /// It could not be read, or there was no room for it.
    Unread(String),
}

#[derive(Clone, Debug, Default)]
struct Came {
    /// From the beginning, and free to leave.
    bytes: u64,
    end: Option<Result<(), Lost>>,
}

/// One sound on its way. Clones are of the same one.
#[derive(Clone, Debug)]
pub struct Arriving {
    kept: Arc<File>,
    came: watch::Receiver<Came>,
    patience: Duration,
}

/// All that are on their way, by recording and place.
#[derive(Default)]
pub(super) struct Arrivals {
    known: Mutex<HashMap<(String, String), Arriving>>,
}

/// What a sound must turn out to be.
pub(super) struct Expected {
    /// Bytes.
    pub length: u64,
    /// Lower-case hexadecimal.
    pub sha256: String,
    /// Without a byte for so long, those who wait are told.
    pub patience: Duration,
}

impl Arrivals {
    /// The one that is on its way, or that of `source`, which then begins; whether it begins. None where too many are on their
    /// way, or there is no room in that folder.
    pub fn of(
        &self,
        key: &(String, String),
        source: impl Read + Send + 'static,
        expected: Expected,
        room: &Path,
    ) -> Option<(Arriving, bool)> {
        let mut known = self.known.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(arriving) = known.get(key) {
            return Some((arriving.clone(), false));
        }
        if known.len() >= AT_ONCE {
            return None;
        }
        let arriving = Arriving::begin(source, expected, tempfile::tempfile_in(room).ok()?).ok()?;
        known.insert(key.clone(), arriving.clone());
        Some((arriving, true))
    }

    /// It came or was lost: those who hear it keep it, later ones look again.
    pub fn forget(&self, key: &(String, String)) {
        self.known.lock().unwrap_or_else(PoisonError::into_inner).remove(key);
    }
}

impl Arriving {
    /// Reads in a thread of its own: a place that hangs holds up nobody's end.
    fn begin(source: impl Read + Send + 'static, expected: Expected, kept: File) -> io::Result<Self> {
        let (sender, came) = watch::channel(Came::default());
        let kept = Arc::new(kept);
        let (into, patience) = (Arc::clone(&kept), expected.patience);
        std::thread::Builder::new().name("arriving".to_owned()).spawn(move || {
            let end = pull(source, &expected, &into, &sender);
            sender.send_modify(|came| {
                came.bytes = if end.is_ok() { expected.length } else { came.bytes };
                came.end = Some(end);
            });
        })?;
        Ok(Self { kept, came, patience })
    }

    /// How it ended, once it has.
    pub(super) async fn end(&self) -> Result<(), Lost> {
        let mut came = self.came.clone();
        match came.wait_for(|came| came.end.is_some()).await {
            Ok(came) => came.end.clone().unwrap_or(Ok(())),
            Err(_) => Err(Lost::Unread("its reader ended".to_owned())),
        }
    }

    /// How it ended, if it does so within that time.
    pub(super) async fn end_within(&self, time: Duration) -> Option<Result<(), Lost>> {
        tokio::time::timeout(time, self.end()).await.ok()
    }

    /// That range, as it comes.
    pub fn range(self, first: u64, length: u64) -> impl Stream<Item = io::Result<Bytes>> + Send + 'static {
        stream::try_unfold((self, first, first.saturating_add(length)), |(arriving, at, until)| async move {
            if at >= until {
                return Ok(None);
            }
            let bytes = arriving.piece(at, until).await?;
            let next = at + bytes.len() as u64;
            Ok(Some((bytes, (arriving, next, until))))
        })
    }

    /// At least one byte from there.
    async fn piece(&self, at: u64, until: u64) -> io::Result<Bytes> {
        let there = self.there(at).await?.min(until);
        let kept = Arc::clone(&self.kept);
        let length = usize::try_from(there - at).unwrap_or(BLOCK).min(BLOCK);
        let read = tokio::task::spawn_blocking(move || {
            let mut piece = vec![0; length];
            kept.read_exact_at(&mut piece, at).map(|()| Bytes::from(piece))
        });
        read.await.map_err(io::Error::other)?
    }

    /// Waits until there are bytes behind that place; how far they go.
    async fn there(&self, at: u64) -> io::Result<u64> {
        let mut came = self.came.clone();
        loop {
            let seen = came.borrow_and_update().clone();
            if seen.bytes > at {
                return Ok(seen.bytes);
            }
            if let Some(end) = seen.end {
                return Err(io::Error::other(match end {
                    Ok(()) => "behind the end".to_owned(),
                    Err(Lost::Differs(how)) => format!("{how} from what was recorded"),
                    Err(Lost::Unread(why)) => why,
                }));
            }
            match tokio::time::timeout(self.patience, came.changed()).await {
                Ok(Ok(())) => {}
                Ok(Err(_)) => return Err(io::Error::other("its reader ended")),
                Err(_) => {
                    return Err(io::Error::new(
                        io::ErrorKind::TimedOut,
                        format!("no byte came for {} seconds", self.patience.as_secs()),
                    ));
                }
            }
        }
    }
}

fn pull(mut source: impl Read, expected: &Expected, kept: &File, came: &watch::Sender<Came>) -> Result<(), Lost> {
    let unread = |error: io::Error| Lost::Unread(error.to_string());
    let (mut hash, mut block, mut at) = (Sha256::new(), vec![0; BLOCK], 0_u64);
    loop {
        let count = match source.read(&mut block) {
            Ok(0) => break,
            Ok(count) => count,
            Err(error) if error.kind() == io::ErrorKind::Interrupted => continue,
            Err(error) => return Err(unread(error)),
        };
        let piece = block.get(..count).unwrap_or_default();
        kept.write_all_at(piece, at).map_err(unread)?;
        hash.update(piece);
        at += count as u64;
        if at > expected.length {
            return Err(Lost::Differs("its length differs"));
        }
        came.send_modify(|came| came.bytes = at.min(expected.length.saturating_sub(HELD_BACK)));
    }
    if at != expected.length {
        return Err(Lost::Differs("its length differs"));
    }
    let hash = hash.finalize().iter().map(|byte| format!("{byte:02x}")).collect::<String>();
    if hash == expected.sha256 { Ok(()) } else { Err(Lost::Differs("its hash differs")) }
}

#[cfg(test)]
mod tests;
