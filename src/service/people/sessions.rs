//! Sessions of people who signed in by password.

use jiff::SignedDuration;
use zeroize::Zeroizing;

use super::{door::neighbour, hashing::hashing, password, secret::Kind, signing_in::IDLE, throttle::Attempt, users::manages};
use crate::{
    domain::{access::Session, actor::Actor, clean},
    service::{
        Result, Service, ServiceError,
        audit::{record, record_of},
        limits,
    },
    store::KeptSession,
};

/// So long after showing the password somebody may change people, roles, passwords and tokens.
const FRESH: SignedDuration = SignedDuration::from_mins(10);

impl Service {
    /// Everybody's sessions with the right `users`, else one's own; newest first.
    ///
    /// # Errors
    /// When the database cannot be read.
    pub async fn sessions(&self, actor: &Actor) -> Result<Vec<Session>> {
        let only = (!manages(actor)).then(|| actor.name.clone());
        let (door, current) = (&self.inner.door, actor.origin.session.as_deref());
        let now = door.now();
        let sessions = self.store().sessions(only).await?.into_iter().map(|session| {
            let last_seen = door.last_seen(&session.id).map_or(session.last, |seen| seen.max(session.last));
            let KeptSession { id, user, address, created, until, .. } = session;
            Session { current: current == Some(id.as_str()), id, user, address, created, last_seen, until }
        });
        Ok(sessions.filter(|session| now < session.until && now.duration_since(session.last_seen) < IDLE).collect())
    }

    /// Ends a session: one's own, or with the right `users` anybody's. `current` is the one that asks.
    ///
    /// # Errors
    /// [`ServiceError::NotFound`], also for those of others without the right.
    pub async fn end_session(&self, actor: &Actor, id: &str) -> Result<()> {
        let current = actor.origin.session.as_deref().filter(|session| Kind::Session.is_of(session));
        let id = if id == "current" {
            current.ok_or_else(|| ServiceError::NotFound("this request has no session that could end".to_owned()))?
        } else {
            id
        };
        let only = (!manages(actor)).then(|| actor.name.clone());
        let audit = record_of(actor, "session.end", &limits::short(id));
        Ok(self.store().end_session(id.to_owned(), only, audit).await?)
    }

    /// Refuses somebody whose session began by a password that was shown too long ago. People at the machine itself and
    /// tokens show who they are with each request.
    ///
    /// # Errors
    /// [`ServiceError::SignInAgain`].
    pub(super) async fn fresh(&self, actor: &Actor, did: &'static str) -> Result<()> {
        let Some(id) = actor.origin.session.as_deref().filter(|id| Kind::Session.is_of(id)) else { return Ok(()) };
        let own = self.store().sessions(Some(actor.name.clone())).await?;
        let shown = own.into_iter().find(|session| session.id == id).map(|session| session.authenticated);
        if shown.is_some_and(|shown| self.inner.door.now().duration_since(shown) < FRESH) {
            return Ok(());
        }
        let key = format!("{did} {id} {}", neighbour(actor.origin.address.as_deref()));
        self.refused_once(&key, record(actor, did), "a fresh password is asked for").await?;
        Err(ServiceError::SignInAgain(format!(
            "sign in again: changes of accounts, roles, passwords and tokens need a password shown in the last {} minutes",
            FRESH.as_mins()
        )))
    }

    /// Compares the old password of somebody who changes their own.
    pub(super) async fn compare_own(&self, actor: &Actor, old: Option<Zeroizing<String>>) -> Result<()> {
        let old = old.ok_or_else(|| ServiceError::Invalid("changing your own password needs the old one".to_owned()))?;
        let door = &self.inner.door;
        let attempt = Attempt { account: clean::fold(&actor.name), address: neighbour(actor.origin.address.as_deref()) };
        door.admit(&attempt)?;
        let turn = door.turn().await?;
        door.admit(&attempt)?;
        let kept = self.store().account(actor.name.clone()).await?.and_then(|account| account.phc);
        turn.hash();
        if hashing(move || password::verify(&old, kept.as_deref())).await? {
            return Ok(());
        }
        door.throttle(|throttle| throttle.wrong(&attempt, door.now()));
        let mut audit = record_of(actor, "user.password", &actor.name);
        audit.outcome = "refused";
        audit.detail = Some("wrong old password".to_owned());
        self.write_down(audit).await?;
        Err(ServiceError::Forbidden("the old password is wrong".to_owned()))
    }
}

impl Service {
    /// How somebody showed who they are.
    pub(in crate::service) fn signed_in(&self, actor: &Actor) -> &'static str {
        match actor.origin.session.as_deref() {
            Some(id) if Kind::Session.is_of(id) => "session",
            Some(_) => "token",
            None if actor.origin.via == "socket" => "socket",
            None => "file",
        }
    }

    /// When a session or token ends at the latest; none for people at the machine itself.
    pub(in crate::service) async fn until(&self, actor: &Actor) -> Result<Option<jiff::Timestamp>> {
        let Some(id) = actor.origin.session.as_deref() else { return Ok(None) };
        if Kind::Session.is_of(id) {
            let own = self.store().sessions(Some(actor.name.clone())).await?;
            return Ok(own.into_iter().find(|session| session.id == id).map(|session| session.until));
        }
        let tokens = self.store().tokens(None).await?;
        Ok(tokens.into_iter().find(|token| token.id == id).map(|token| token.expires))
    }
}
