//! Live changes. One reader of the database's changes feeds all listeners, each of which gets what lies in their scope.
//!
//! Who does not see the whole company learns nothing of what lies outside: no event comes of it, no place counts it, and no
//! heartbeat is put off by it.
//!
//! The reader runs while anybody listens. What it found lies in a ring of few entries: who is too slow to take them misses
//! some, is told so, and asks for everything again; nothing is kept for them. Which calls of an entry lie in a scope is found
//! once for all listeners of that scope.

use std::{
    collections::HashMap,
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};

use tokio::{
    sync::{OnceCell, broadcast},
    time::{Instant, timeout_at},
};

use super::{Result, Service};
use crate::{
    domain::{
        actor::{Actor, Permission, Scope},
        event::{ChangedCallEvent, Event, NewRevision},
        job::Job,
    },
    store::{News, Store},
};

/// Entries that a listener may lie behind.
const RING: usize = 64;
/// What is written meanwhile is told together.
const PAUSE: Duration = Duration::from_millis(100);
/// The longest silence; then the rights are looked at again, and the line is shown to be alive.
pub const HEARTBEAT: Duration = Duration::from_secs(15);
/// Calls that one listener is told of at once; of more they are told to ask for everything again.
const CALLS: usize = 500;

/// Where all listeners hang.
#[derive(Default)]
pub(super) struct Feed(Mutex<Option<broadcast::Sender<Arc<Entry>>>>);

/// What one look at the changes brought.
struct Entry {
    news: News,
    jobs: Vec<Job>,
    /// The calls of each scope that somebody asked for.
    seen: Mutex<HashMap<String, Arc<OnceCell<Vec<ChangedCallEvent>>>>>,
    /// The program ends.
    is_end: bool,
}

/// Somebody who listens.
pub struct Listener {
    service: Service,
    actor: Actor,
    receiver: broadcast::Receiver<Arc<Entry>>,
    /// Up to where they were told.
    seq: i64,
    /// Told first.
    missed: Option<News>,
    /// Where they say that they stood is not known here.
    is_lost: bool,
    revision: String,
    /// When something is said at the latest. What is not for them does not put it off.
    beat: Instant,
}

/// What a listener is given at once: events, and how the place after them is named. Nothing in it: a heartbeat.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Told {
    pub events: Vec<Event>,
    pub place: String,
}

impl Service {
    /// Begins to listen. `after` is the place that was told last, before the line broke.
    ///
    /// # Errors
    /// Without the right to see calls.
    pub async fn listen(&self, actor: &Actor, after: Option<&str>) -> Result<Listener> {
        self.may_see(actor).await?;
        // Hung in before the look, so that nothing falls between.
        let receiver = self.inner.feed.hang_in(self.store());
        let scope = actor.scope(Permission::See);
        let after = after.map(|after| self.stood_at(after, &scope));
        let (news, is_strange) = match after {
            None => (self.store().news(None).await?, false),
            Some(None) => (self.store().news(None).await?, true),
            Some(Some(seq)) => (self.store().news(Some(seq)).await?, false),
        };
        let missed = match after {
            Some(_) if !is_strange => Some(news.clone()),
            _ => None,
        };
        let revision = self.revision_of(actor, &scope).await?;
        Ok(Listener {
            service: self.clone(),
            actor: actor.clone(),
            receiver,
            seq: after.flatten().unwrap_or(news.seq),
            missed,
            is_lost: is_strange,
            revision,
            beat: Instant::now() + HEARTBEAT,
        })
    }

    /// Tells whoever began a job how it stands.
    pub(super) fn tell_job(&self, job: &Job) {
        let entry = Entry::of(News::default(), vec![job.clone()], false);
        self.inner.feed.send(entry);
    }

    /// Ends all streams of events: the program is about to end.
    pub fn end_events(&self) {
        self.inner.feed.send(Entry::of(News::default(), Vec::new(), true));
    }

    /// Listeners at this moment.
    pub fn listeners(&self) -> usize {
        let sender = self.inner.feed.0.lock().unwrap_or_else(PoisonError::into_inner);
        sender.as_ref().map_or(0, broadcast::Sender::receiver_count)
    }

    fn stood_at(&self, after: &str, scope: &Scope) -> Option<i64> {
        let (_, seq) = after.split_once('-').filter(|(database, _)| *database == self.tag())?;
        if scope.is_company() { seq.parse().ok() } else { self.inner.revisions.unsealed(seq) }
    }

    /// Tells places of one database from those of another.
    fn tag(&self) -> &str {
        self.store().database_id().get(..8).unwrap_or_default()
    }
}

impl Feed {
    fn hang_in(&self, store: &Store) -> broadcast::Receiver<Arc<Entry>> {
        let mut sender = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        // The reader ends by itself once nobody listens; it takes its sender away under this lock.
        if let Some(sender) = sender.as_ref().filter(|sender| sender.receiver_count() > 0) {
            return sender.subscribe();
        }
        let (made, receiver) = broadcast::channel(RING);
        *sender = Some(made.clone());
        tokio::spawn(read_on(store.clone(), made));
        receiver
    }

    fn send(&self, entry: Entry) {
        if let Some(sender) = self.0.lock().unwrap_or_else(PoisonError::into_inner).as_ref() {
            let _nobody = sender.send(Arc::new(entry));
        }
    }
}

/// Looks at the changes whenever something was written, until nobody listens.
async fn read_on(store: Store, sender: broadcast::Sender<Arc<Entry>>) {
    let mut known: Option<News> = None;
    while sender.receiver_count() > 0 {
        let watch = store.watch();
        match store.news(known.as_ref().map(|news| news.seq)).await {
            Ok(news) => {
                if known.as_ref().is_some_and(|known| known.revision != news.revision || known.seq != news.seq) {
                    let _nobody = sender.send(Arc::new(Entry::of(news.clone(), Vec::new(), false)));
                }
                known = Some(News { calls: None, ..news });
            }
            Err(error) => {
                tracing::warn!(%error, "what changed cannot be read; listeners are told later");
                tokio::time::sleep(HEARTBEAT).await;
            }
        }
        // Wakes now and then, to see whether anybody still listens.
        let _either = tokio::time::timeout(HEARTBEAT, watch.written()).await;
        tokio::time::sleep(PAUSE).await;
    }
}

impl Entry {
    fn of(news: News, jobs: Vec<Job>, is_end: bool) -> Self {
        Self { news, jobs, seen: Mutex::default(), is_end }
    }

    /// The calls of this entry within a scope; none: too many to be told.
    async fn calls(&self, store: &Store, scope: Scope) -> Result<Option<Vec<ChangedCallEvent>>> {
        let Some(calls) = self.news.calls.clone() else { return Ok(None) };
        if calls.is_empty() {
            return Ok(Some(Vec::new()));
        }
        let name = serde_json::to_string(&scope).unwrap_or_default();
        let cell = self.seen.lock().unwrap_or_else(PoisonError::into_inner).entry(name).or_default().clone();
        let events = cell.get_or_try_init(|| store.changed_calls(scope, calls)).await?;
        Ok((events.len() <= CALLS).then(|| events.clone()))
    }
}

impl Listener {
    /// Waits for what is next, for [`HEARTBEAT`] at most. None: the stream ends, for the person may not listen any more, or
    /// the program ends.
    pub async fn next(&mut self) -> Option<Told> {
        let told = self.next_told().await;
        self.beat = Instant::now() + HEARTBEAT;
        told
    }

    async fn next_told(&mut self) -> Option<Told> {
        if std::mem::take(&mut self.is_lost) {
            self.look_again().await?;
            return Some(Told { events: vec![Event::Resync], place: self.place() });
        }
        if let Some(missed) = self.missed.take() {
            let told = self.told(&Entry::of(missed, Vec::new(), false)).await?;
            if !told.events.is_empty() {
                return Some(told);
            }
        }
        loop {
            let received = match timeout_at(self.beat, self.receiver.recv()).await {
                Err(_silence) => {
                    self.look_again().await?;
                    return Some(Told::default());
                }
                Ok(Err(broadcast::error::RecvError::Closed)) => return None,
                Ok(Err(broadcast::error::RecvError::Lagged(_))) => {
                    self.look_again().await?;
                    // Whatever else lies in the ring is covered by asking again.
                    self.receiver = self.receiver.resubscribe();
                    let news = self.service.store().news(None).await.ok()?;
                    let before = std::mem::replace(&mut self.seq, news.seq);
                    self.revision = self.revision_now().await?;
                    if !self.many(before).await {
                        continue;
                    }
                    return Some(Told { events: vec![Event::Resync], place: self.place() });
                }
                Ok(Ok(entry)) => entry,
            };
            if received.is_end {
                return None;
            }
            let told = self.told(&received).await?;
            if !told.events.is_empty() {
                return Some(told);
            }
        }
    }

    async fn told(&mut self, entry: &Entry) -> Option<Told> {
        self.look_again().await?;
        let mut events = Vec::new();
        events.extend(entry.jobs.iter().filter(|job| job.who == self.actor.name).map(|job| Event::Job(Box::new(job.clone()))));
        // What came before the listening began was told by the look at its beginning.
        let is_later = entry.news.seq > self.seq || (entry.news.calls.is_none() && !entry.news.revision.is_empty());
        if is_later {
            let before = std::mem::replace(&mut self.seq, entry.news.seq);
            match entry.calls(self.service.store(), self.actor.scope(Permission::See)).await {
                Ok(Some(calls)) => events.extend(calls.into_iter().map(Event::Call)),
                Ok(None) if !self.many(before).await => {}
                Ok(None) => events.push(Event::Resync),
                Err(error) => {
                    tracing::warn!(%error, "a listener's calls cannot be read");
                    events.push(Event::Resync);
                }
            }
        }
        if !entry.news.revision.is_empty() {
            let revision = if self.sees_all() { entry.news.revision.clone() } else { self.revision_now().await? };
            // A look before may have told it already; behind calls it is told again.
            let is_behind = events.iter().any(|event| matches!(event, Event::Call(_) | Event::Resync));
            if revision != self.revision || is_behind {
                self.revision.clone_from(&revision);
                events.push(Event::Revision(NewRevision { revision }));
            }
        }
        Some(Told { events, place: self.place() })
    }

    fn sees_all(&self) -> bool {
        self.actor.scope(Permission::See).is_company()
    }

    /// None: it cannot be read, and the stream ends.
    async fn revision_now(&self) -> Option<String> {
        let told = self.service.revision_of(&self.actor, &self.actor.scope(Permission::See)).await;
        told.inspect_err(|error| tracing::warn!(%error, "the revision cannot be read")).ok()
    }

    /// Whether so much changed since a place that it cannot be told call by call, and some of it is theirs to know.
    async fn many(&self, before: i64) -> bool {
        let scope = self.actor.scope(Permission::See);
        scope.is_company() || self.service.store().has_changed(scope, before, self.seq).await.unwrap_or(true)
    }

    fn place(&self) -> String {
        let seq = if self.sees_all() { self.seq.to_string() } else { self.service.inner.revisions.sealed(self.seq) };
        format!("{}-{seq}", self.service.tag())
    }

    /// None: they may not listen any more.
    async fn look_again(&mut self) -> Option<()> {
        match self.service.actor_again(&self.actor).await {
            Ok(actor) if actor.may(Permission::See) => self.actor = actor,
            Ok(_) | Err(super::ServiceError::NotSignedIn(_)) => return None,
            Err(error) => {
                tracing::warn!(%error, "whether a listener may go on cannot be read");
                return None;
            }
        }
        Some(())
    }
}
