//! Users, roles, sessions and tokens.

use http::Method;
use serde_json::json;

use super::{Client, Result, piece};
use crate::wire::access::{Credentials, DeviceSignIn, MadeToken, NewSession, Role, Session, Token, TokenDraft, User, UserDraft};

impl Client {
    pub async fn users(&self) -> Result<Vec<User>> {
        self.get("/users", &()).await
    }

    pub async fn user(&self, name: &str) -> Result<User> {
        self.get(&format!("/users/{}", piece(name)), &()).await
    }

    /// Makes or changes an account; with a version, only if it still is that one.
    pub async fn put_user(&self, name: &str, user: &UserDraft, version: Option<i64>) -> Result<User> {
        let path = format!("/users/{}", piece(name));
        match version {
            Some(version) => self.send_if_match(Method::PUT, &path, user, version).await,
            None => self.send(Method::PUT, &path, user).await,
        }
    }

    pub async fn remove_user(&self, name: &str) -> Result<()> {
        self.send(Method::DELETE, &format!("/users/{}", piece(name)), &()).await
    }

    /// Sets somebody's password, or takes it away; their sessions end. One's own needs the old one.
    pub async fn set_password(&self, name: &str, password: Option<&str>, old: Option<&str>) -> Result<()> {
        let body = json!({"password": password, "old": old});
        self.send(Method::PUT, &format!("/users/{}/password", piece(name)), &body).await
    }

    pub async fn roles(&self) -> Result<Vec<Role>> {
        self.get("/roles", &()).await
    }

    pub async fn put_role(&self, role: &Role) -> Result<()> {
        self.send(Method::PUT, &format!("/roles/{}", piece(&role.name)), role).await
    }

    /// Removes a role, or sets a built-in one back to what it was.
    pub async fn remove_role(&self, name: &str) -> Result<()> {
        self.send(Method::DELETE, &format!("/roles/{}", piece(name)), &()).await
    }

    /// Signs in by password; the only operation beside health that needs nobody to be signed in.
    pub async fn sign_in(&self, credentials: &Credentials) -> Result<NewSession> {
        self.send(Method::POST, "/sessions", credentials).await
    }

    /// Begins a sign-in through the company's identity provider.
    pub async fn ask_for_code(&self) -> Result<DeviceSignIn> {
        self.send(Method::POST, "/sessions/device", &()).await
    }

    /// The session of such a sign-in, once the code was typed.
    pub async fn sign_in_with_code(&self, id: &str) -> Result<Option<NewSession>> {
        self.send(Method::POST, &format!("/sessions/device/{}", piece(id)), &()).await
    }

    /// Everybody's sessions with the right `users`, else one's own.
    pub async fn sessions(&self) -> Result<Vec<Session>> {
        self.get("/sessions", &()).await
    }

    /// Ends a session; `current` is the one that asks.
    pub async fn end_session(&self, id: &str) -> Result<()> {
        self.send(Method::DELETE, &format!("/sessions/{}", piece(id)), &()).await
    }

    pub async fn tokens(&self) -> Result<Vec<Token>> {
        self.get("/tokens", &()).await
    }

    pub async fn make_token(&self, draft: &TokenDraft) -> Result<MadeToken> {
        self.send(Method::POST, "/tokens", draft).await
    }

    pub async fn revoke_token(&self, id: &str) -> Result<()> {
        self.send(Method::DELETE, &format!("/tokens/{}", piece(id)), &()).await
    }
}
