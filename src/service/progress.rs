//! How far long work is, told by the work and watched by whoever started it; and the wish that it stop.

use std::sync::{
    Arc,
    atomic::{AtomicBool, Ordering},
};

use tokio::sync::watch;

/// How far it is.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Progress {
    /// What is being done now, in a word or two (`reading calls`, `copying recordings`).
    pub stage: &'static str,
    pub done: u64,
    /// Unknown until it is known.
    pub total: Option<u64>,
}

/// The work's end: tells progress, asks whether to stop. Telling never waits; only the latest is kept.
#[derive(Clone)]
pub struct Reporter {
    progress: watch::Sender<Progress>,
    cancelled: Arc<AtomicBool>,
}

/// The starter's end: watches progress, may cancel.
#[derive(Clone)]
pub struct Watcher {
    progress: watch::Receiver<Progress>,
    cancelled: Arc<AtomicBool>,
}

/// Both ends of one piece of work.
pub fn reporter() -> (Reporter, Watcher) {
    let (sender, receiver) = watch::channel(Progress::default());
    let cancelled = Arc::new(AtomicBool::new(false));
    (Reporter { progress: sender, cancelled: cancelled.clone() }, Watcher { progress: receiver, cancelled })
}

impl Reporter {
    pub fn report(&self, progress: Progress) {
        self.progress.send_replace(progress);
    }

    /// True once somebody asked the work to stop; it stops at its next safe place.
    pub fn cancelled(&self) -> bool {
        self.cancelled.load(Ordering::Relaxed)
    }
}

impl Watcher {
    pub fn progress(&self) -> Progress {
        self.progress.borrow().clone()
    }

    /// Waits for news; none when the work has ended.
    pub async fn changed(&mut self) -> Option<Progress> {
        self.progress.changed().await.ok()?;
        Some(self.progress.borrow_and_update().clone())
    }

    pub fn cancel(&self) {
        self.cancelled.store(true, Ordering::Relaxed);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn the_latest_is_seen_and_the_end_is_told() {
        let (work, mut seen) = reporter();
        for done in 1..=3 {
            work.report(Progress { stage: "reading", done, total: Some(3) });
        }
        assert_eq!(seen.changed().await, Some(Progress { stage: "reading", done: 3, total: Some(3) }));
        seen.cancel();
        assert!(work.cancelled());
        drop(work);
        assert_eq!(seen.changed().await, None);
    }
}
