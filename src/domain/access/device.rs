//! Signing in through an identity provider of the company (OpenID Connect), by the device grant of RFC 8628: made for programs
//! without a browser.

use std::fmt;

use serde::{Deserialize, Serialize};

/// The provider, as the server's configuration names it.
#[derive(Clone, PartialEq, Eq)]
pub struct OidcSettings {
    /// Such as `https://id.example.org/realms/office`; its document of discovery lies below it.
    pub issuer: String,
    pub client_id: String,
    pub client_secret: Option<String>,
    /// Which claim of the provider is the user's name here: `preferred_username` unless it is said.
    pub claim: String,
}

impl fmt::Debug for OidcSettings {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("OidcSettings").field("issuer", &self.issuer).field("client_id", &self.client_id).finish_non_exhaustive()
    }
}

/// A sign-in that waits for somebody at a browser.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct DeviceSignIn {
    /// To ask with how it stands.
    pub id: String,
    /// What to type there.
    pub user_code: String,
    /// Where to type it.
    pub address: String,
    /// The same with the code in it, for a QR code or a click.
    pub address_with_code: Option<String>,
    /// Seconds until the code expires.
    pub expires_s: u64,
    /// Seconds between two questions.
    pub interval_s: u64,
}
