//! Sign-ins that wait for somebody at a browser: a bounded number, in memory only.

use std::{
    collections::HashMap,
    sync::{Arc, Mutex, OnceLock, PoisonError},
    time::{Duration, Instant},
};

use crate::{
    domain::access::OidcSettings,
    service::{Result, ServiceError},
};

/// Sign-ins at once; more are told to come back.
const MOST: usize = 64;
/// Nobody takes longer to type a code; providers end it earlier.
const LONGEST: Duration = Duration::from_secs(15 * 60);

type Settled = Option<Result<String>>;
type Places = Arc<Mutex<HashMap<String, (Instant, Settled)>>>;

/// What waits, and the provider.
#[derive(Default)]
pub(in crate::service) struct Waiting {
    settings: OnceLock<OidcSettings>,
    places: Places,
}

/// The place of one sign-in.
pub(super) struct Place {
    id: String,
    places: Places,
}

impl Waiting {
    pub(super) fn provide(&self, settings: OidcSettings) {
        // The first one stays.
        let _ = self.settings.set(settings);
    }

    pub(super) fn settings(&self) -> Option<&OidcSettings> {
        self.settings.get()
    }

    /// A place for one more.
    pub(super) fn place(&self) -> Result<Place> {
        let mut random = [0_u8; 16];
        getrandom::fill(&mut random).map_err(|error| ServiceError::Storage(format!("no random numbers: {error}")))?;
        let id: String = random.iter().map(|byte| format!("{byte:02x}")).collect();
        let mut places = self.places.lock().unwrap_or_else(PoisonError::into_inner);
        places.retain(|_, (since, _)| since.elapsed() < LONGEST);
        if places.len() >= MOST {
            return Err(ServiceError::TooMany {
                why: format!("{MOST} people are signing in through the provider at this moment; try again in a minute"),
                retry_after_s: 60,
            });
        }
        places.insert(id.clone(), (Instant::now(), None));
        Ok(Place { id, places: Arc::clone(&self.places) })
    }

    /// Takes what a sign-in came to; none: it still waits.
    pub(super) fn take(&self, id: &str) -> Result<Settled> {
        let mut places = self.places.lock().unwrap_or_else(PoisonError::into_inner);
        match places.get(id) {
            Some((since, None)) if since.elapsed() < LONGEST => Ok(None),
            Some((_, Some(_))) => Ok(places.remove(id).and_then(|(_, settled)| settled)),
            _ => Err(ServiceError::NotFound("this sign-in is not waiting (any more); begin again".to_owned())),
        }
    }
}

impl Place {
    pub(super) fn id(&self) -> &str {
        &self.id
    }

    /// Keeps what it came to, for whoever asks.
    pub(super) fn settle(self, name: Result<String>) {
        let mut places = self.places.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some((_, settled)) = places.get_mut(&self.id) {
            *settled = Some(name);
        }
    }
}

impl Drop for Place {
    /// A provider that gave no code leaves nothing behind.
    fn drop(&mut self) {
        let mut places = self.places.lock().unwrap_or_else(PoisonError::into_inner);
        if matches!(places.get(&self.id), Some((_, None))) {
            places.remove(&self.id);
        }
    }
}
