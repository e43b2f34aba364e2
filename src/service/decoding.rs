//! Decoding what others recorded: beside the runtime, few at once, never without end, and once for all who ask.

use std::{
    collections::HashMap,
    fs::File,
    sync::{Arc, Mutex, PoisonError, Weak},
    time::Duration,
};

use tokio::sync::{Mutex as Turn, Semaphore};

use super::{Result, Service, ServiceError, audio::blocking};
use crate::{
    domain::recording::{Recording, suffix_of},
    sound::{self, Bounded, Decoder, SoundError, Stop},
};

/// Sounds decoded at once; others wait.
const AT_ONCE: usize = 2;
/// A recording of ten hours takes some seconds, its speech a minute.
const LONGEST: Duration = Duration::from_secs(300);

/// What is being decoded.
pub(super) struct Decoding {
    places: Arc<Semaphore>,
    /// Whoever computes something of a recording that is kept has its turn; gone with the last who waits.
    turns: Mutex<HashMap<String, Weak<Turn<()>>>>,
}

impl Default for Decoding {
    fn default() -> Self {
        Self { places: Arc::new(Semaphore::new(AT_ONCE)), turns: Mutex::default() }
    }
}

impl Decoding {
    /// One after the other: who comes second finds what the first has made.
    pub(super) fn turn(&self, recording: &str) -> Arc<Turn<()>> {
        let mut turns = self.turns.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(turn) = turns.get(recording).and_then(Weak::upgrade) {
            return turn;
        }
        turns.retain(|_, turn| turn.strong_count() > 0);
        let turn = Arc::new(Turn::new(()));
        turns.insert(recording.to_owned(), Arc::downgrade(&turn));
        turn
    }
}

/// Stops the work when whoever asked for it has gone.
struct WhileWanted(Arc<Stop>);

impl Drop for WhileWanted {
    fn drop(&mut self) {
        self.0.now();
    }
}

impl Service {
    /// Opens a recording and does something with its sound. `what` it cannot be, for people: `drawn`, `analysed`.
    pub(super) async fn decode<T: Send + 'static>(
        &self,
        recording: &Recording,
        what: &'static str,
        work: impl FnOnce(&mut dyn Decoder) -> std::result::Result<T, SoundError> + Send + 'static,
    ) -> Result<T> {
        let opened = self.open_any_copy(recording).await?;
        let name = format!("{}.{}", recording.id, suffix_of(&recording.format, recording.channels));
        let made = self.decode_open(opened, name, work).await?;
        made.map_err(|error| ServiceError::Gone(format!("recording {} cannot be {what}: {error}", recording.id)))
    }

    /// Does something with a sound that is open already, within the same bounds; `work` tells why it cannot.
    pub(super) async fn decode_open<T: Send + 'static, E: From<SoundError> + Send + 'static>(
        &self,
        (file, bytes): (File, u64),
        name: String,
        work: impl FnOnce(&mut dyn Decoder) -> std::result::Result<T, E> + Send + 'static,
    ) -> Result<std::result::Result<T, E>> {
        let places = self.inner.decoding.places.clone();
        let place = places.acquire_owned().await.map_err(|error| ServiceError::Storage(format!("decoding: {error}")))?;
        let stop = Stop::after(LONGEST);
        let _wanted = WhileWanted(stop.clone());
        blocking(move || {
            // Kept to the end of the work, which may be later than the end of whoever waits.
            let _place = place;
            let decoder = sound::open(Box::new(file), bytes, &name)?;
            let made = work(&mut Bounded::new(decoder, stop.clone()))?;
            let minutes = LONGEST.as_secs() / 60;
            if stop.struck() {
                Err(SoundError(format!("it takes longer than {minutes} minutes to decode")).into())
            } else {
                Ok(made)
            }
        })
        .await
    }
}
