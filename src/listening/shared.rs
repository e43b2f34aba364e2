//! What the fetching task and the reading player share.

use std::{
    collections::BTreeMap,
    fs::File,
    os::unix::fs::FileExt,
    sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError},
    time::{Duration, Instant},
};

use tokio::sync::Notify;

/// Bytes of a piece, which is what one request asks for.
pub(super) const PIECE: u64 = 256 * 1024;
/// Pieces held in memory: 3 MB.
const HELD: usize = 12;
/// Pieces that are fetched ahead of the player.
pub(super) const AHEAD: u64 = 6;
/// So much must be there ahead of the player, or it waits. One packet of any format fits, a second of most.
const READY: u64 = 16 * 1024;
/// Longest wait of one read. The player asks before it reads, so only a jump within the file comes to it.
const PATIENCE: Duration = Duration::from_secs(20);

/// Pieces that have come, and where the player is.
pub(super) struct Shared {
    pub(super) length: u64,
    inside: Mutex<Inside>,
    arrived: Condvar,
    /// The player went somewhere.
    pub(super) moved: Notify,
}

#[derive(Default)]
struct Inside {
    /// By number; the bytes of it that have come.
    pieces: BTreeMap<u64, Held>,
    /// Where whole pieces are kept as well, and which of them are there.
    file: Option<Arc<File>>,
    written: Vec<bool>,
    /// All of it shall come into the file.
    keeps: bool,
    position: u64,
    used: u64,
    /// It will not come any more.
    failed: Option<String>,
    /// It comes late, for this reason.
    trouble: Option<String>,
    closed: bool,
}

#[derive(Default)]
struct Held {
    bytes: Vec<u8>,
    used: u64,
}

impl Inside {
    /// Bytes that are there from a place on, within its piece.
    fn there(&self, position: u64, length: u64) -> u64 {
        let (piece, offset) = (position / PIECE, position % PIECE);
        if self.written.get(piece as usize).copied().unwrap_or(false) {
            return PIECE.min(length - piece * PIECE).saturating_sub(offset);
        }
        self.pieces.get(&piece).map_or(0, |held| (held.bytes.len() as u64).saturating_sub(offset))
    }
}

impl Shared {
    pub(super) fn new(length: u64) -> Self {
        Self { length, inside: Mutex::default(), arrived: Condvar::new(), moved: Notify::new() }
    }

    fn lock(&self) -> MutexGuard<'_, Inside> {
        self.inside.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(super) fn keep_in(&self, file: Arc<File>) {
        let mut inside = self.lock();
        inside.written = vec![false; self.pieces() as usize];
        inside.file = Some(file);
        inside.keeps = true;
    }

    /// The file takes nothing more; what it has can still be read.
    pub(super) fn stop_keeping(&self) {
        self.lock().keeps = false;
    }

    pub(super) fn keeps(&self) -> bool {
        self.lock().keeps
    }

    pub(super) const fn pieces(&self) -> u64 {
        self.length.div_ceil(PIECE)
    }

    /// Bytes of a piece.
    pub(super) fn size(&self, piece: u64) -> u64 {
        PIECE.min(self.length.saturating_sub(piece * PIECE))
    }

    // The player's side.

    /// Copies what is there at a place; waits until something is.
    pub(super) fn read(&self, position: u64, buffer: &mut [u8]) -> std::io::Result<usize> {
        if position >= self.length || buffer.is_empty() {
            return Ok(0);
        }
        let deadline = Instant::now() + PATIENCE;
        let mut inside = self.lock();
        loop {
            self.go(&mut inside, position);
            let there = inside.there(position, self.length);
            if there > 0 {
                let count = buffer.len().min(there as usize);
                return self.copy(inside, position, &mut buffer[..count]);
            }
            if let Some(why) = &inside.failed {
                return Err(std::io::Error::other(why.clone()));
            }
            let left = deadline.saturating_duration_since(Instant::now());
            if left.is_zero() {
                let why = inside.trouble.clone().unwrap_or_else(|| "the server sends nothing".to_owned());
                return Err(std::io::Error::new(std::io::ErrorKind::TimedOut, why));
            }
            inside = self.arrived.wait_timeout(inside, left).unwrap_or_else(PoisonError::into_inner).0;
        }
    }

    fn copy(&self, mut inside: MutexGuard<'_, Inside>, position: u64, buffer: &mut [u8]) -> std::io::Result<usize> {
        let (piece, offset) = (position / PIECE, (position % PIECE) as usize);
        inside.used += 1;
        let used = inside.used;
        if let Some(held) = inside.pieces.get_mut(&piece)
            && let Some(bytes) = held.bytes.get(offset..offset + buffer.len())
        {
            held.used = used;
            buffer.copy_from_slice(bytes);
            return Ok(buffer.len());
        }
        let Some(file) = inside.file.clone() else { return Err(std::io::Error::other("a piece is gone")) };
        drop(inside);
        file.read_exact_at(buffer, position)?;
        Ok(buffer.len())
    }

    fn go(&self, inside: &mut Inside, position: u64) {
        let before = std::mem::replace(&mut inside.position, position);
        if before / PIECE != position / PIECE {
            self.moved.notify_one();
        }
    }

    /// The player will read here next.
    pub(super) fn goes_to(&self, position: u64) {
        let mut inside = self.lock();
        self.go(&mut inside, position);
    }

    /// What the player would have to wait for.
    pub(super) fn waits(&self) -> Option<String> {
        let inside = self.lock();
        let mut position = inside.position.min(self.length);
        let wanted = (position + READY).min(self.length);
        while position < wanted {
            let there = inside.there(position, self.length);
            if there == 0 {
                // What will never come is not waited for: reading tells why.
                let waiting = || inside.trouble.clone().unwrap_or_else(|| "the sound is still on its way".to_owned());
                return inside.failed.is_none().then(waiting);
            }
            position += there;
        }
        None
    }

    pub(super) fn close(&self) {
        self.lock().closed = true;
        self.moved.notify_one();
    }

    // The fetching side.

    pub(super) fn is_closed(&self) -> bool {
        self.lock().closed
    }

    /// The piece to fetch next, and how much of it is there already: where the player is, then what follows, then, if it is
    /// kept, all the rest.
    pub(super) fn wanted(&self) -> Option<(u64, u64)> {
        let inside = self.lock();
        let at = inside.position / PIECE;
        let ahead = at..self.pieces().min(at + AHEAD);
        let rest = if inside.keeps { 0..self.pieces() } else { 0..0 };
        ahead.chain(rest).find_map(|piece| {
            let size = self.size(piece);
            if inside.written.get(piece as usize).copied().unwrap_or(false) {
                return None;
            }
            let there = inside.pieces.get(&piece).map_or(0, |held| held.bytes.len() as u64);
            (there < size).then_some((piece, there))
        })
    }

    /// Whether another piece than this is wanted more: the player went elsewhere.
    pub(super) fn wants_other_than(&self, piece: u64) -> bool {
        let inside = self.lock();
        let at = inside.position / PIECE;
        at != piece && inside.there(inside.position, self.length) == 0 && inside.position < self.length
    }

    /// Some bytes of a piece have come; tells whether it is whole now.
    pub(super) fn arrive(&self, piece: u64, bytes: &[u8]) -> bool {
        let size = self.size(piece) as usize;
        let mut inside = self.lock();
        inside.trouble = None;
        inside.used += 1;
        let used = inside.used;
        let held = inside.pieces.entry(piece).or_default();
        held.used = used;
        let room = size.saturating_sub(held.bytes.len());
        held.bytes.extend_from_slice(&bytes[..bytes.len().min(room)]);
        let whole = held.bytes.len() == size;
        drop(inside);
        self.arrived.notify_all();
        whole
    }

    /// A whole piece, for the file.
    pub(super) fn piece(&self, piece: u64) -> Option<(Arc<File>, Vec<u8>)> {
        let inside = self.lock();
        Some((inside.file.clone().filter(|_| inside.keeps)?, inside.pieces.get(&piece)?.bytes.clone()))
    }

    pub(super) fn hash(&self, piece: u64, hashing: &mut super::fetch::Hashing) {
        if let Some(held) = self.lock().pieces.get(&piece) {
            hashing.take(piece, &held.bytes);
        }
    }

    pub(super) fn is_written(&self, piece: u64) {
        if let Some(written) = self.lock().written.get_mut(piece as usize) {
            *written = true;
        }
    }

    /// Memory is bounded: the pieces that were not used for the longest time go, but neither the first (headers) nor those
    /// about to be heard.
    pub(super) fn forget_old(&self) {
        let mut inside = self.lock();
        let at = inside.position / PIECE;
        while inside.pieces.len() > HELD {
            let dear = |piece: u64| piece == 0 || (at..at + AHEAD).contains(&piece);
            let oldest = inside.pieces.iter().filter(|(piece, _)| !dear(**piece)).min_by_key(|(_, held)| held.used);
            let Some(piece) = oldest.map(|(piece, _)| *piece) else { return };
            inside.pieces.remove(&piece);
        }
    }

    /// The line is broken; it is tried again.
    pub(super) fn trouble(&self, why: String) {
        self.lock().trouble = Some(why);
        self.arrived.notify_all();
    }

    pub(super) fn fail(&self, why: String) {
        self.lock().failed = Some(why);
        self.arrived.notify_all();
    }

    #[cfg(test)]
    pub(super) fn held(&self) -> usize {
        self.lock().pieces.len()
    }
}
