//! Whether somebody may still have what they are being sent. A download or a stream of rows can last for hours: it is cut off
//! soon after the token was revoked, the session ended, the account was locked or removed, or its rights changed. Whoever still
//! may have it asks again, and is judged as they are now.

use std::{
    pin::Pin,
    task::{Context, Poll, ready},
    time::Duration,
};

use tokio::time::Instant;

use crate::{domain::actor::Actor, service::Service};

/// Between two looks.
const EVERY: Duration = Duration::from_secs(1);

pub(super) struct Still {
    service: Service,
    actor: Actor,
    due: Instant,
    looking: Option<Pin<Box<dyn Future<Output = bool> + Send>>>,
}

impl Still {
    pub(super) fn new(service: Service, actor: Actor) -> Self {
        Self { service, actor, due: Instant::now() + EVERY, looking: None }
    }

    /// Looks if it is time to; true: they may.
    pub(super) fn poll(&mut self, context: &mut Context<'_>) -> Poll<bool> {
        if self.looking.is_none() {
            if Instant::now() < self.due {
                return Poll::Ready(true);
            }
            let (service, actor) = (self.service.clone(), self.actor.clone());
            self.looking = Some(Box::pin(async move {
                match service.actor_again(&actor).await {
                    Ok(again) => again.grants == actor.grants,
                    Err(error) => {
                        tracing::debug!(%error, who = actor.name, "an answer is cut off");
                        false
                    }
                }
            }));
        }
        let Some(looking) = &mut self.looking else { return Poll::Ready(true) };
        let may = ready!(looking.as_mut().poll(context));
        self.looking = None;
        self.due = Instant::now() + EVERY;
        Poll::Ready(may)
    }
}
