//! Whether somebody who came in earlier would still come in, and as whom: for streams that last.

use super::signing_in::{IDLE, actor_of, narrowed, not_valid};
use crate::{
    domain::actor::{Actor, Origin},
    service::{Result, Service},
    store::KeptToken,
};

impl Service {
    /// The same person with the rights that they have now. Does not count as a request: whoever only listens goes idle.
    ///
    /// # Errors
    /// [`super::super::ServiceError::NotSignedIn`] when the session or token has ended, or the account is locked or gone.
    pub async fn actor_again(&self, actor: &Actor) -> Result<Actor> {
        let origin: Origin = actor.origin.clone();
        let now = self.inner.door.now();
        let Some(id) = origin.session.clone() else {
            // Who owns the file or runs the server stays who they are.
            if origin.via != "socket" || actor.name.starts_with("local:") {
                return Ok(actor.clone());
            }
            let account = self.store().account(actor.name.clone()).await?.filter(|account| !account.user.locked);
            return account.map(|account| actor_of(&account, origin)).ok_or_else(not_valid);
        };
        if let Some((session, account)) = self.store().session_again(id.clone()).await? {
            let last = self.inner.door.last_seen(&session.id).map_or(session.last, |seen| seen.max(session.last));
            let over = account.user.locked || now >= session.until || now.duration_since(last) >= IDLE;
            return if over { Err(not_valid()) } else { Ok(actor_of(&account, origin)) };
        }
        let KeptToken { token, account } = self.store().token_again(id).await?.ok_or_else(not_valid)?;
        if token.revoked || now >= token.expires || account.as_ref().is_some_and(|account| account.user.locked) {
            return Err(not_valid());
        }
        let owned = match &account {
            Some(account) => actor_of(account, origin),
            None => Actor { name: format!("token:{}", token.name), ..Actor::local_owner("", origin) },
        };
        Ok(narrowed(owned, &token.scope, &token.projects))
    }
}
