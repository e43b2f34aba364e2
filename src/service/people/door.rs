//! What the sign-in remembers between requests: who guessed, who was here lately, how many passwords are being hashed.

use std::{
    collections::HashMap,
    net::{IpAddr, SocketAddr},
    sync::{
        Mutex, PoisonError,
        atomic::{AtomicI64, AtomicU64, AtomicUsize, Ordering},
    },
};

use jiff::{SignedDuration, Timestamp};
use tokio::sync::{Semaphore, SemaphorePermit};

use super::throttle::{Attempt, Throttle};
use crate::service::{Result, ServiceError};

/// Hashes at once, each of 19 MiB, and how many may wait for their turn.
pub(super) const AT_ONCE: usize = 2;
const WAITING: usize = 32;
/// Sessions and tokens whose last use is remembered here.
const REMEMBERED: usize = 10_000;
/// A session's or token's last use is written down once in this time.
const WRITTEN: SignedDuration = SignedDuration::from_secs(60);

#[derive(Clone, Copy)]
struct Seen {
    last: Timestamp,
    written: Timestamp,
}

pub(in crate::service) struct Door {
    throttle: Mutex<Throttle>,
    turns: Semaphore,
    waiting: AtomicUsize,
    hashes: AtomicU64,
    seen: Mutex<HashMap<String, Seen>>,
    /// Microseconds by which its clock is ahead: none but in tests.
    ahead: AtomicI64,
}

impl Default for Door {
    fn default() -> Self {
        Self {
            throttle: Mutex::default(),
            turns: Semaphore::new(AT_ONCE),
            waiting: AtomicUsize::new(0),
            hashes: AtomicU64::new(0),
            seen: Mutex::default(),
            ahead: AtomicI64::new(0),
        }
    }
}

/// The right to hash a password now.
pub(super) struct Turn<'a> {
    door: &'a Door,
    _permit: SemaphorePermit<'a>,
}

impl Turn<'_> {
    /// Counts one hash.
    pub(super) fn hash(&self) {
        self.door.hashes.fetch_add(1, Ordering::Relaxed);
    }
}

impl Door {
    pub(in crate::service) fn now(&self) -> Timestamp {
        let ahead = SignedDuration::from_micros(self.ahead.load(Ordering::Relaxed));
        Timestamp::now().checked_add(ahead).unwrap_or(Timestamp::MAX)
    }

    #[cfg(test)]
    pub(in crate::service) fn pass(&self, time: SignedDuration) {
        let micros = i64::try_from(time.as_micros()).expect("a short time");
        self.ahead.fetch_add(micros, Ordering::Relaxed);
    }

    /// Passwords hashed or compared so far.
    #[cfg(test)]
    pub(super) fn hashes(&self) -> u64 {
        self.hashes.load(Ordering::Relaxed)
    }

    pub(super) fn throttle<T>(&self, work: impl FnOnce(&mut Throttle) -> T) -> T {
        work(&mut self.throttle.lock().unwrap_or_else(PoisonError::into_inner))
    }

    /// Whether an attempt may be looked at now.
    ///
    /// # Errors
    /// [`ServiceError::TooMany`].
    pub(super) fn admit(&self, attempt: &Attempt) -> Result<()> {
        match self.throttle(|throttle| throttle.wait(attempt, self.now())) {
            None => Ok(()),
            Some(retry_after_s) => Err(ServiceError::TooMany {
                why: format!("too many wrong names or passwords; try again in {retry_after_s} s"),
                retry_after_s,
            }),
        }
    }

    /// Waits for the turn to hash a password.
    ///
    /// # Errors
    /// [`ServiceError::TooMany`] when too many wait already.
    pub(super) async fn turn(&self) -> Result<Turn<'_>> {
        let waiting = Waiting::of(&self.waiting);
        let full =
            || ServiceError::TooMany { why: "too many people sign in at once; try again in 2 s".to_owned(), retry_after_s: 2 };
        let waiting = waiting.ok_or_else(full)?;
        let permit = self.turns.acquire().await.map_err(|_closed| full())?;
        drop(waiting);
        Ok(Turn { door: self, _permit: permit })
    }

    /// A session or token is used now. Tells whether that is to be written; `kept` was written last.
    pub(super) fn seen(&self, id: &str, kept: Timestamp) -> bool {
        let now = self.now();
        let mut all = self.seen.lock().unwrap_or_else(PoisonError::into_inner);
        if all.len() >= REMEMBERED {
            all.retain(|_, seen| now.duration_since(seen.last) < WRITTEN);
            if all.len() >= REMEMBERED {
                all.clear();
            }
        }
        let seen = all.entry(id.to_owned()).or_insert(Seen { last: kept, written: kept });
        seen.last = now;
        let write = now.duration_since(seen.written.max(kept)) >= WRITTEN;
        if write {
            seen.written = now;
        }
        write
    }

    /// When it was used last, where that is known here.
    pub(super) fn last_seen(&self, id: &str) -> Option<Timestamp> {
        self.seen.lock().unwrap_or_else(PoisonError::into_inner).get(id).map(|seen| seen.last)
    }
}

/// One of those who wait.
struct Waiting<'a>(&'a AtomicUsize);

impl<'a> Waiting<'a> {
    fn of(count: &'a AtomicUsize) -> Option<Self> {
        let mine = Self(count);
        (count.fetch_add(1, Ordering::Relaxed) < WAITING).then_some(mine)
    }
}

impl Drop for Waiting<'_> {
    fn drop(&mut self) {
        self.0.fetch_sub(1, Ordering::Relaxed);
    }
}

/// The network neighbour that an address stands for: without the port, of IPv6 the network that one customer has.
pub(super) fn neighbour(address: Option<&str>) -> String {
    let Some(text) = address else { return "socket".to_owned() };
    let ip = text.parse::<IpAddr>().or_else(|_| text.parse::<SocketAddr>().map(|socket| socket.ip()));
    match ip.map(|ip| ip.to_canonical()) {
        Ok(IpAddr::V4(four)) => four.to_string(),
        Ok(IpAddr::V6(six)) => {
            let [a, b, c, d, ..] = six.segments();
            format!("{a:x}:{b:x}:{c:x}:{d:x}::/64")
        }
        Err(_) => text.chars().take(64).collect(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ports_and_hosts_of_one_network_are_one_neighbour() {
        for (address, expected) in [
            (None, "socket"),
            (Some("10.0.0.1"), "10.0.0.1"),
            (Some("10.0.0.1:5123"), "10.0.0.1"),
            (Some("::ffff:10.0.0.1"), "10.0.0.1"),
            (Some("[2001:db8:1:2:3:4:5:6]:443"), "2001:db8:1:2::/64"),
            (Some("elsewhere"), "elsewhere"),
        ] {
            assert_eq!(neighbour(address), expected);
        }
    }

    #[tokio::test]
    async fn two_hash_and_thirty_two_wait() {
        let door = Door::default();
        let (first, second) = (door.turn().await.expect("a turn"), door.turn().await.expect("a turn"));
        let mut waiting: Vec<_> = (0..WAITING + 3).map(|_| Box::pin(door.turn())).collect();
        let refused = waiting.iter_mut().filter_map(|turn| futures_util::FutureExt::now_or_never(turn.as_mut()));
        assert_eq!(refused.filter(|turn| matches!(turn, Err(ServiceError::TooMany { .. }))).count(), 3);
        drop((first, second, waiting));
        assert!(door.turn().await.is_ok());
    }
}
