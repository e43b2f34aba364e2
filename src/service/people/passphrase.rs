//! Passphrases of shares: hashed and slowed down as passwords are.

use zeroize::Zeroizing;

use super::{door::neighbour, hashing::hashing, password, throttle::Attempt};
use crate::{
    domain::actor::Origin,
    service::{Result, Service},
};

impl Service {
    pub(in crate::service) async fn hash_passphrase(&self, text: String) -> Result<String> {
        let text = Zeroizing::new(text);
        let turn = self.inner.door.turn().await?;
        turn.hash();
        hashing(move || password::hash(&text)).await?
    }

    /// Whether it is the passphrase of `what`. Wrong ones are slowed down for each address, and for all together.
    ///
    /// # Errors
    /// [`crate::service::ServiceError::TooMany`].
    pub(in crate::service) async fn is_passphrase(
        &self,
        what: &str,
        given: String,
        kept: String,
        origin: &Origin,
    ) -> Result<bool> {
        let given = Zeroizing::new(given);
        let door = &self.inner.door;
        let attempt = Attempt { account: format!("share {what}"), address: neighbour(origin.address.as_deref()) };
        door.admit(&attempt)?;
        let turn = door.turn().await?;
        door.admit(&attempt)?;
        turn.hash();
        let right = hashing(move || password::verify(&given, Some(&kept))).await?;
        door.throttle(|throttle| {
            if right {
                throttle.right(&attempt, door.now());
            } else {
                throttle.wrong(&attempt, door.now());
            }
        });
        Ok(right)
    }
}
