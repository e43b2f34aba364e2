//! Shares with people who have no account.

use http::Method;

use super::{Client, Result, piece};
use crate::wire::access::{MadeShare, Share, ShareDraft};

impl Client {
    pub async fn shares(&self) -> Result<Vec<Share>> {
        self.get("/shares", &()).await
    }

    pub async fn make_share(&self, draft: &ShareDraft) -> Result<MadeShare> {
        self.send(Method::POST, "/shares", draft).await
    }

    pub async fn revoke_share(&self, id: &str) -> Result<()> {
        self.send(Method::DELETE, &format!("/shares/{}", piece(id)), &()).await
    }
}
