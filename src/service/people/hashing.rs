//! Threads that hash passwords and do nothing else. Each hash takes 19 MiB, which its thread keeps for the next one: on threads
//! that come and go, a few guesses would hold a few hundred MiB.

use std::sync::{
    Mutex, OnceLock, PoisonError,
    mpsc::{Receiver, Sender, channel},
};

use tokio::sync::oneshot;

use crate::service::{Result, ServiceError};

type Work = Box<dyn FnOnce() + Send>;

/// Runs it on one of as many threads as may hash at once. How much waits is bounded by the door's turns.
pub(super) async fn hashing<T: Send + 'static>(work: impl FnOnce() -> T + Send + 'static) -> Result<T> {
    static TO: OnceLock<Mutex<Sender<Work>>> = OnceLock::new();
    let stopped = |why: &str| ServiceError::Storage(format!("passwords cannot be compared now: {why}; start callreel again"));
    let (told, outcome) = oneshot::channel();
    let work: Work = Box::new(move || drop(told.send(work())));
    let sent = {
        let to = TO.get_or_init(|| Mutex::new(begin()));
        to.lock().unwrap_or_else(PoisonError::into_inner).send(work)
    };
    sent.map_err(|_gone| stopped("no thread is there"))?;
    outcome.await.map_err(|_gone| stopped("it ended by itself"))
}

fn begin() -> Sender<Work> {
    let (to, from) = channel::<Work>();
    let from = std::sync::Arc::new(Mutex::new(from));
    for _ in 0..super::door::AT_ONCE {
        let from = std::sync::Arc::clone(&from);
        // Where there is no thread, its work stays away and says so.
        let _begun = std::thread::Builder::new().name("passwords".to_owned()).spawn(move || work(&from));
    }
    to
}

fn work(from: &Mutex<Receiver<Work>>) {
    loop {
        let next = from.lock().unwrap_or_else(PoisonError::into_inner).recv();
        match next {
            // A crash of one must not take the thread away from all others.
            Ok(work) => drop(std::panic::catch_unwind(std::panic::AssertUnwindSafe(work))),
            Err(_ended) => return,
        }
    }
}
