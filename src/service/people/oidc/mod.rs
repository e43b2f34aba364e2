//! Sign-in through an identity provider, by the device grant of RFC 8628.
//!
//! The server asks the provider for a code, the person types it at a browser of their own, and the server asks for the token
//! until it is given. Who they are is asked of the provider's userinfo endpoint (OpenID Connect Core 5.3) over TLS with that
//! token, which is thrown away then: no token of the provider is ever kept. The account must exist here.

mod provider;
mod waiting;

pub(in crate::service) use waiting::Waiting;

use super::{door::neighbour, signing_in, throttle::Attempt};
use crate::{
    domain::{
        access::{DeviceSignIn, NewSession, OidcSettings},
        actor::Origin,
        clean,
    },
    service::{Result, Service, ServiceError},
};
use provider::Provider;

impl Service {
    /// Lets people sign in through this provider. Said once, before requests come.
    pub fn use_oidc(&self, settings: OidcSettings) {
        self.inner.waiting.provide(settings);
    }

    /// Whether there is a provider to sign in through.
    pub fn has_oidc(&self) -> bool {
        self.inner.waiting.settings().is_some()
    }

    /// Asks the provider for a code.
    ///
    /// # Errors
    /// Without a provider, when it does not answer, and when too many sign-ins wait.
    pub async fn begin_device_sign_in(&self) -> Result<DeviceSignIn> {
        self.must_be_writable("sign in through an identity provider")?;
        let Some(settings) = self.inner.waiting.settings() else {
            return Err(ServiceError::NotFound(
                "this server knows no identity provider; sign in with a password, a token or over its socket".to_owned(),
            ));
        };
        let place = self.inner.waiting.place()?;
        let provider = Provider::discover(settings).await?;
        let (code, asked) = provider.ask_for_code().await?;
        let id = place.id().to_owned();
        let told = DeviceSignIn { id, ..asked };
        tokio::spawn(async move {
            let name = provider.name_of(&code).await;
            place.settle(name);
        });
        Ok(told)
    }

    /// How a sign-in stands: none while nobody has typed the code yet. A settled one is told once.
    ///
    /// # Errors
    /// [`ServiceError::NotFound`] for unknown and expired ones, [`ServiceError::NotSignedIn`] when the provider refused, or
    /// knows them by a name that has no account here.
    pub async fn device_sign_in(&self, id: &str, origin: Origin) -> Result<Option<NewSession>> {
        match self.inner.waiting.take(id)? {
            None => Ok(None),
            Some(Ok(name)) => Ok(Some(self.begin_as(name, origin).await?)),
            Some(Err(why)) => Err(why),
        }
    }

    /// Begins the session of somebody whom the provider named.
    async fn begin_as(&self, name: String, origin: Origin) -> Result<NewSession> {
        let name: String = name.chars().take(signing_in::NAME).collect();
        let attempt = Attempt { account: clean::fold(&name), address: neighbour(origin.address.as_deref()) };
        let origin = Origin { via: "oidc".to_owned(), ..origin };
        let known = self.store().account(name.clone()).await?;
        let Some(account) = known.as_ref().filter(|account| !account.user.locked) else {
            self.refused(&attempt, known.as_ref().map(|account| account.user.name.as_str()), &origin).await?;
            return Err(ServiceError::NotSignedIn(format!(
                "the identity provider calls you {}, and no account of that name may sign in here; whoever manages accounts adds it",
                clean::line(&name, 60)
            )));
        };
        self.begin(account, &attempt, origin).await
    }
}
