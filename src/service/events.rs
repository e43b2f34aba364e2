//! Live changes. One reader of the database's changes feeds all listeners, each of which gets what lies in their scope.
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
    revision: String,
    next_look: Instant,
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
        let after = after.map(|after| self.stood_at(after));
        let (news, is_strange) = match after {
            None => (self.store().news(None).await?, false),
            Some(None) => (self.store().news(None).await?, true),
            Some(Some(seq)) => (self.store().news(Some(seq)).await?, false),
        };
        let missed = match after {
            None => None,
            Some(_) if is_strange => Some(News { calls: None, ..news.clone() }),
            Some(_) => Some(news.clone()),
        };
        Ok(Listener {
            service: self.clone(),
            actor: actor.clone(),
            receiver,
            seq: after.flatten().unwrap_or(news.seq),
            missed,
            revision: news.revision,
            next_look: Instant::now() + HEARTBEAT,
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

    fn stood_at(&self, after: &str) -> Option<i64> {
        let (database, seq) = after.split_once('-')?;
        seq.parse().ok().filter(|_| database == self.tag())
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
        if let Some(missed) = self.missed.take() {
            let told = self.told(&Entry::of(missed, Vec::new(), false)).await?;
            if !told.events.is_empty() {
                return Some(told);
            }
        }
        loop {
            let received = match timeout_at(self.next_look, self.receiver.recv()).await {
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
                    self.seq = news.seq;
                    self.revision = news.revision;
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
            self.seq = entry.news.seq;
            match entry.calls(self.service.store(), self.actor.scope(Permission::See)).await {
                Ok(Some(calls)) => events.extend(calls.into_iter().map(Event::Call)),
                Ok(None) => events.push(Event::Resync),
                Err(error) => {
                    tracing::warn!(%error, "a listener's calls cannot be read");
                    events.push(Event::Resync);
                }
            }
        }
        if !entry.news.revision.is_empty() && entry.news.revision != self.revision {
            self.revision.clone_from(&entry.news.revision);
            events.push(Event::Revision(NewRevision { revision: self.revision.clone() }));
        }
        Some(Told { events, place: self.place() })
    }

    fn place(&self) -> String {
        format!("{}-{}", self.service.tag(), self.seq)
    }

    /// None: they may not listen any more.
    async fn look_again(&mut self) -> Option<()> {
        self.next_look = Instant::now() + HEARTBEAT;
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
