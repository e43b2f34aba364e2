//! From what a request shows to the person who acts.

use jiff::{SignedDuration, Timestamp};
use zeroize::Zeroizing;

use super::{
    door::neighbour,
    hashing::hashing,
    password,
    refusals::said,
    secret::{self, Kind, Secret},
    throttle::Attempt,
};
use crate::{
    domain::{
        access::{Credentials, NewSession, User},
        actor::{Actor, Granted, Origin, Scope},
        clean,
    },
    service::{Result, Service, ServiceError, audit::record},
    store::{Account, KeptSession, KeptToken},
};

/// A session ends after so long without a request, and after so long in any case.
pub(super) const IDLE: SignedDuration = SignedDuration::from_mins(30);
pub(super) const WHOLE: SignedDuration = SignedDuration::from_hours(12);
/// Characters of a name that is looked up.
pub(super) const NAME: usize = 200;

impl Service {
    /// Begins a session. Wrong credentials are slowed down per account and per address, and look the same whether the account
    /// exists or not.
    ///
    /// # Errors
    /// [`ServiceError::NotSignedIn`], [`ServiceError::TooMany`].
    pub async fn sign_in(&self, credentials: Credentials, origin: Origin) -> Result<NewSession> {
        let password = Zeroizing::new(credentials.password);
        let name: String = credentials.user.trim().chars().take(NAME).collect();
        self.must_be_writable("sign in by password")?;
        let door = &self.inner.door;
        let attempt = Attempt { account: clean::fold(&name), address: neighbour(origin.address.as_deref()) };
        self.admit(&attempt, &name, &origin).await?;
        let turn = door.turn().await?;
        // Others may have failed meanwhile.
        self.admit(&attempt, &name, &origin).await?;
        let account = self.store().account(name).await?;
        let known = account.as_ref().filter(|account| !account.user.locked).and_then(|account| account.phc.clone());
        turn.hash();
        let compared = Zeroizing::new(known.clone());
        let (password, right) = hashing(move || {
            let right = password::verify(&password, compared.as_deref());
            (password, right)
        })
        .await?;
        let (Some(account), true) = (account.as_ref(), right) else {
            door.throttle(|throttle| throttle.wrong(&attempt, door.now()));
            self.refused(&attempt, account.as_ref().map(|account| account.user.name.as_str()), &origin).await?;
            return Err(ServiceError::NotSignedIn("this name and password do not sign in here".to_owned()));
        };
        door.throttle(|throttle| throttle.right(&attempt, door.now()));
        if let Some(old) = known.filter(|known| password::is_old(known)) {
            turn.hash();
            let phc = hashing(move || password::hash(&password)).await??;
            self.store().rehash(account.user.name.clone(), old, phc).await?;
        }
        drop(turn);
        self.begin(account, &attempt, origin).await
    }

    /// Whether a sign-in may be looked at now; one that may not is a refused one.
    async fn admit(&self, attempt: &Attempt, name: &str, origin: &Origin) -> Result<()> {
        let Err(refused) = self.inner.door.admit(attempt) else { return Ok(()) };
        let account = self.store().account(name.to_owned()).await?;
        self.refused(attempt, account.as_ref().map(|account| account.user.name.as_str()), origin).await?;
        Err(refused)
    }

    /// Begins a session of somebody who has shown who they are.
    pub(super) async fn begin(&self, account: &Account, attempt: &Attempt, origin: Origin) -> Result<NewSession> {
        let (door, secret) = (&self.inner.door, Secret::new(Kind::Session)?);
        let now = door.now();
        let until = now + WHOLE;
        let user = account.user.name.clone();
        let address = origin.address.clone();
        let actor = actor_of(account, Origin { session: Some(secret.id.clone()), ..origin });
        let mut audit = record(&actor, "session.begin");
        audit.object = Some(secret.id.clone());
        let wrong = door.throttle(|throttle| throttle.unsaid(&said(attempt, Some(&account.user.name))));
        audit.detail = wrong.as_ref().map(|wrong| format!("after {} more refused attempts", wrong.count));
        let (created, authenticated, last) = (now, now, now);
        let id = secret.id.clone();
        let session = KeptSession { id, user: user.clone(), address, created, authenticated, last, until };
        let begun = self.store().add_session(session, secret::hash(&secret.text), IDLE, audit).await;
        if let (Err(_), Some(wrong)) = (&begun, wrong) {
            door.throttle(|throttle| throttle.put_back(wrong, now));
        }
        begun?;
        let idle_s = IDLE.as_secs().unsigned_abs();
        Ok(NewSession { id: secret.id, token: secret.text.as_str().to_owned(), user, until, idle_s })
    }

    /// Who shows this bearer token: a session's or an API token's.
    ///
    /// # Errors
    /// [`ServiceError::NotSignedIn`] when it is unknown, expired, revoked, or its user is locked: all look the same.
    pub async fn actor_of_token(&self, token: &str, origin: Origin) -> Result<Actor> {
        self.known_by(token, origin, true).await
    }

    /// As [`Self::actor_of_token`], of what a program asks by itself: it keeps no session from going idle.
    ///
    /// # Errors
    /// As [`Self::actor_of_token`].
    pub async fn actor_looking_on(&self, token: &str, origin: Origin) -> Result<Actor> {
        self.known_by(token, origin, false).await
    }

    async fn known_by(&self, token: &str, origin: Origin, counts: bool) -> Result<Actor> {
        match secret::kind(token) {
            Some(Kind::Session) => self.actor_of_session(secret::hash(token), origin, counts).await,
            Some(Kind::Token) => self.actor_of_api_token(secret::hash(token), origin).await,
            Some(Kind::Share) | None => Err(not_valid()),
        }
    }

    async fn actor_of_session(&self, hash: [u8; 32], origin: Origin, counts: bool) -> Result<Actor> {
        let door = &self.inner.door;
        let (session, account) = self.store().session_of(hash).await?.ok_or_else(not_valid)?;
        let now = door.now();
        let last = door.last_seen(&session.id).map_or(session.last, |seen| seen.max(session.last));
        if account.user.locked || now >= session.until || now.duration_since(last) >= IDLE {
            return Err(not_valid());
        }
        if counts && door.seen(&session.id, session.last) {
            let (store, id) = (self.store().clone(), session.id.clone());
            self.note_use(async move { store.touch_session(id, now).await });
        }
        Ok(actor_of(&account, Origin { session: Some(session.id), ..origin }))
    }

    async fn actor_of_api_token(&self, hash: [u8; 32], origin: Origin) -> Result<Actor> {
        let door = &self.inner.door;
        let KeptToken { token, account } = self.store().token_of(hash).await?.ok_or_else(not_valid)?;
        let now = door.now();
        let locked = account.as_ref().is_some_and(|account| account.user.locked);
        let why = match () {
            () if token.revoked => Some("it was revoked"),
            () if now >= token.expires => Some("it has expired"),
            () if locked => Some("its user is locked"),
            () => None,
        };
        let origin = Origin { session: Some(token.id.clone()), ..origin };
        let owned = match &account {
            Some(account) => actor_of(account, origin),
            None => Actor { name: format!("token:{}", token.name), ..Actor::local_owner("", origin) },
        };
        let actor = narrowed(owned, &token.scope, &token.projects);
        if let Some(why) = why {
            let key = format!("{} {}", token.id, neighbour(actor.origin.address.as_deref()));
            self.refused_once(&key, record(&actor, "session.begin"), &format!("token {}: {why}", token.id)).await?;
            return Err(not_valid());
        }
        if door.seen(&token.id, token.last_used.unwrap_or(Timestamp::UNIX_EPOCH)) {
            let (store, id) = (self.store().clone(), token.id);
            self.note_use(async move { store.touch_token(id, now).await });
        }
        Ok(actor)
    }

    /// Nobody waits for it: a long import may hold the database.
    fn note_use(&self, noting: impl Future<Output = crate::store::Result<()>> + Send + 'static) {
        if self.read_only().is_none() {
            tokio::spawn(async move {
                if let Err(error) = noting.await {
                    tracing::debug!(%error, "the last use of a session or token could not be noted");
                }
            });
        }
    }

    /// Who is at the other end of the socket. `owner`: the uid that runs the server, or root.
    ///
    /// # Errors
    /// [`ServiceError::NotSignedIn`] for logins without an account here.
    pub async fn actor_of_login(&self, login: &str, owner: bool, origin: Origin) -> Result<Actor> {
        let actor = if owner {
            Actor::local_owner(login, origin)
        } else {
            let account = self.store().account_of_login(login.chars().take(NAME).collect()).await?;
            match account.filter(|account| !account.user.locked) {
                Some(account) => actor_of(&account, origin),
                None => {
                    let stranger = Actor { name: format!("login:{}", clean::line(login, NAME)), ..nobody(origin) };
                    let act = record(&stranger, "session.begin");
                    self.refused_once(&stranger.name, act, "no account for this login").await?;
                    return Err(ServiceError::NotSignedIn(format!(
                        "the login {0} has no account here, or a locked one; whoever manages accounts adds it: \
                         callreel user add NAME --login {0} --role ROLE",
                        clean::line(login, 60)
                    )));
                }
            }
        };
        let door = &self.inner.door;
        // Each command of a script is a line of its own to us; the log has one row for those that follow each other.
        let key = format!("{} {}", actor.name, actor.origin.uid.unwrap_or_default());
        let begins = self.read_only().is_none() && door.throttle(|throttle| throttle.begins(&key, door.now()));
        if begins {
            self.write_down(record(&actor, "session.begin")).await?;
        }
        Ok(actor)
    }
}

pub(super) fn not_valid() -> ServiceError {
    ServiceError::NotSignedIn("this token is not valid (any more); sign in again".to_owned())
}

pub(super) fn nobody(origin: Origin) -> Actor {
    Actor { name: String::new(), role: String::new(), grants: Vec::new(), origin }
}

/// Names of the roles of an account.
pub(super) fn roles_of(user: &User) -> String {
    let mut roles: Vec<&str> = Vec::new();
    for grant in &user.grants {
        if !roles.contains(&grant.role.as_str()) {
            roles.push(&grant.role);
        }
    }
    roles.join(", ")
}

pub(super) fn actor_of(account: &Account, origin: Origin) -> Actor {
    let grants = account.granted.clone();
    Actor { name: account.user.name.clone(), role: roles_of(&account.user), grants, origin }
}

/// What a token leaves of its owner's rights.
pub(super) fn narrowed(owner: Actor, scope: &[crate::domain::actor::Permission], projects: &[String]) -> Actor {
    let part = |granted: Granted| Granted {
        permissions: granted.permissions.into_iter().filter(|permission| scope.contains(permission)).collect(),
        scope: if projects.is_empty() { granted.scope } else { granted.scope.and(Scope::Projects(projects.to_vec())) },
    };
    Actor { grants: owner.grants.into_iter().map(part).collect(), ..owner }
}
