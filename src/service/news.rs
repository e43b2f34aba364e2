//! Whether anything changed, as somebody may know it.
//!
//! Who sees the whole company is told the revision of the database, which each commit changes. For others that would tell what
//! goes on elsewhere: they have a revision of their own, which changes with the calls that they see, with what they did
//! themselves, and with the company's settings. Places in their stream of events are sealed for the same reason.

use std::{
    collections::HashMap,
    sync::{Arc, Mutex, OnceLock, PoisonError},
    time::{Duration, Instant},
};

use sha2::{Digest, Sha256};

use super::{Result, Service};
use crate::{
    domain::{
        actor::{Actor, Permission, Scope},
        list::Count,
        query::Filter,
    },
    store::Standing,
};

/// A revision's count is `at least` beyond this.
const COUNT_AT_MOST: u64 = 10_000;
/// How long one question for news waits, and how long after a write it looks again.
const NEWS_WAIT: Duration = Duration::from_secs(30);
const NEWS_PAUSE: Duration = Duration::from_millis(100);
/// People whose own revision is remembered.
const REMEMBERED: usize = 10_000;

/// What changes with every commit that one may know of.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Revised {
    pub revision: String,
    pub calls: Count,
    /// Calls done and calls in all, while the column index is made; only for who sees them all.
    pub indexing: Option<(u64, u64)>,
}

/// How far somebody was told.
struct Seen {
    standing: Standing,
    mark: u64,
    turn: u64,
}

type Shared = Arc<tokio::sync::Mutex<Option<Seen>>>;

/// What is remembered between questions.
#[derive(Default)]
pub(super) struct Revisions {
    own: Mutex<HashMap<String, Shared>>,
    /// The last count, so that asking for the revision every second costs nothing while nothing changes.
    counted: Mutex<Option<(String, Scope, Count)>>,
    key: OnceLock<[u8; 32]>,
}

impl Revisions {
    fn of(&self, actor: &Actor, scope: &Scope) -> Shared {
        let name = format!("{} {}", actor.name, serde_json::to_string(scope).unwrap_or_default());
        let mut own = self.own.lock().unwrap_or_else(PoisonError::into_inner);
        if own.len() >= REMEMBERED && !own.contains_key(&name) {
            own.clear();
        }
        own.entry(name).or_default().clone()
    }

    fn key(&self) -> &[u8; 32] {
        self.key.get_or_init(random)
    }

    fn hash(&self, what: &[u8], of: [u8; 8]) -> [u8; 8] {
        let hash = Sha256::new().chain_update(self.key()).chain_update(what).chain_update(of).finalize();
        let mut short = [0; 8];
        short.copy_from_slice(&hash[..8]);
        short
    }

    /// A number that only this program reads.
    pub(super) fn sealed(&self, number: i64) -> String {
        let number = number.to_be_bytes();
        let tag = self.hash(b"tag", number);
        let mask = self.hash(b"mask", tag);
        format!("{:016x}{:016x}", u64::from_be_bytes(tag), u64::from_be_bytes(mask) ^ u64::from_be_bytes(number))
    }

    pub(super) fn unsealed(&self, text: &str) -> Option<i64> {
        let (tag, hidden) = text.split_at_checked(16).filter(|(_, hidden)| hidden.len() == 16)?;
        let tag = u64::from_str_radix(tag, 16).ok()?.to_be_bytes();
        let mask = u64::from_be_bytes(self.hash(b"mask", tag));
        let number = (u64::from_str_radix(hidden, 16).ok()? ^ mask).to_be_bytes();
        (self.hash(b"tag", number) == tag).then(|| i64::from_be_bytes(number))
    }
}

/// Where the system gives none, a program's own are good enough: nothing is opened by them.
fn random<const N: usize>() -> [u8; N] {
    let mut bytes = [0; N];
    if getrandom::fill(&mut bytes).is_err() {
        let now = jiff::Timestamp::now().as_nanosecond().to_be_bytes();
        bytes.iter_mut().zip(now.iter().rev()).for_each(|(byte, now)| *byte = *now);
    }
    bytes
}

impl Service {
    /// # Errors
    /// When the database cannot be read.
    pub async fn revision(&self, actor: &Actor) -> Result<Revised> {
        self.may_see(actor).await?;
        let scope = actor.scope(Permission::See);
        let revision = self.revision_of(actor, &scope).await?;
        let indexing = if scope.is_company() { self.store().columns_progress() } else { None };
        let known = self.inner.revisions.counted.lock().unwrap_or_else(PoisonError::into_inner).clone();
        if let Some((_, _, calls)) = known.filter(|(known, of, _)| *known == revision && *of == scope) {
            return Ok(Revised { revision, calls, indexing });
        }
        let calls = self.store().count(scope.clone(), Filter::All, Some(COUNT_AT_MOST)).await?;
        *self.inner.revisions.counted.lock().unwrap_or_else(PoisonError::into_inner) = Some((revision.clone(), scope, calls));
        Ok(Revised { revision, calls, indexing })
    }

    /// The revision that somebody who sees `scope` is told.
    pub(super) async fn revision_of(&self, actor: &Actor, scope: &Scope) -> Result<String> {
        if scope.is_company() {
            return Ok(self.store().revision().await?);
        }
        let own = self.inner.revisions.of(actor, scope);
        let mut own = own.lock().await;
        let after = own.as_ref().map(|seen| seen.standing);
        let (standing, changed) = self.store().seen_since(scope.clone(), actor.name.clone(), after).await?;
        let seen = own.get_or_insert_with(|| Seen { standing, mark: u64::from_be_bytes(random()), turn: 0 });
        seen.standing = standing;
        seen.turn += u64::from(changed);
        Ok(format!("{:x}-{}", seen.mark, seen.turn))
    }

    /// Waits until the revision is another than `known`, for [`NEWS_WAIT`] at most; then tells it.
    ///
    /// # Errors
    /// When the database cannot be read; when whoever waits may not any more.
    pub async fn revision_after(&self, actor: &Actor, known: &str) -> Result<Revised> {
        let until = Instant::now() + NEWS_WAIT;
        let mut actor = actor.clone();
        loop {
            let watch = self.store().watch();
            let revised = self.revision(&actor).await?;
            if revised.revision != known || tokio::time::timeout_at(until.into(), watch.written()).await.is_err() {
                return Ok(revised);
            }
            // What was written may be half a commit, and there may be many a second.
            tokio::time::sleep(NEWS_PAUSE).await;
            actor = self.actor_again(&actor).await?;
        }
    }

    /// How many calls there are in all, for counters of the machine; none: that would take long, or cannot be told now.
    pub async fn calls_there(&self) -> Option<u64> {
        // The column index knows it; without one each call is looked at.
        let at_most = (!self.store().has_columns().await.ok()?).then_some(COUNT_AT_MOST);
        let counted = self.store().count(Scope::Company, Filter::All, at_most).await;
        counted.ok().filter(|counted| counted.exact).map(|counted| counted.count)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sealed_places_are_read_by_who_sealed_them_only() {
        let (ours, theirs) = (Revisions::default(), Revisions::default());
        let mut seen = std::collections::HashSet::new();
        for number in [0, 1, 2, 3, 255, 256, i64::MAX, -1] {
            let text = ours.sealed(number);
            assert_eq!(ours.unsealed(&text), Some(number));
            assert_eq!(theirs.unsealed(&text), None);
            assert!(seen.insert(text[16..].to_owned()));
            for at in 0..text.len() {
                let mut changed = text.clone().into_bytes();
                changed[at] = if changed[at] == b'0' { b'1' } else { b'0' };
                assert_eq!(ours.unsealed(&String::from_utf8(changed).expect("ascii")), None, "changed at {at}");
            }
        }
        for nonsense in ["", "5", "abc-5", &"f".repeat(31), &"ż".repeat(16), &"0".repeat(32)] {
            assert_eq!(ours.unsealed(nonsense), None, "{nonsense}");
        }
    }
}
