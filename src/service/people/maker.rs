//! Who made something once, with the rights that they have now.

use jiff::Timestamp;

use super::{
    secret::Kind,
    signing_in::{actor_of, narrowed},
};
use crate::{
    domain::actor::{Actor, Origin},
    service::{Result, Service},
    store::Account,
};

impl Service {
    /// `token` is the public id of the token that they showed, if they did; `made` the time: an account of the same name that
    /// was made later is somebody else. None: they are gone, locked, or their token is worth nothing any more.
    pub(in crate::service) async fn maker(
        &self,
        name: &str,
        token: Option<&str>,
        made: Timestamp,
        origin: Origin,
    ) -> Result<Option<Actor>> {
        let worth = |account: &Account| !account.user.locked && account.user.created <= made;
        let Some(token) = token.filter(|id| Kind::Token.is_of(id)) else {
            if let Some(login) = name.strip_prefix("local:") {
                return Ok(Some(Actor::local_owner(login, origin)));
            }
            let account = self.store().account(name.to_owned()).await?;
            return Ok(account.filter(worth).map(|account| actor_of(&account, origin)));
        };
        let tokens = self.store().tokens(None).await?;
        let now = self.inner.door.now();
        let Some(token) = tokens.into_iter().find(|known| known.id == token && !known.revoked && known.expires > now) else {
            return Ok(None);
        };
        let owner = match token.user {
            None => Some(Actor::local_owner("", origin)),
            Some(user) => self.store().account(user).await?.filter(worth).map(|account| actor_of(&account, origin)),
        };
        Ok(owner.map(|owner| narrowed(owner, &token.scope, &token.projects)))
    }
}
