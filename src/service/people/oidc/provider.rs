//! The provider's endpoints.

use std::{pin::Pin, time::Duration};

use oauth2::{
    AsyncHttpClient, AuthType, ClientId, ClientSecret, DeviceAuthorizationUrl, EndpointNotSet, EndpointSet, HttpRequest,
    HttpResponse, RequestTokenError, Scope, StandardDeviceAuthorizationResponse, TokenResponse, TokenUrl, basic::BasicClient,
};
use serde::Deserialize;

use crate::{
    domain::{
        access::{DeviceSignIn, OidcSettings},
        clean,
    },
    service::{Result, ServiceError},
};

/// One answer of the provider comes within this time, or not at all.
const PATIENCE: Duration = Duration::from_secs(15);
/// Bytes of an answer of the provider.
const ANSWER: usize = 256 * 1024;

type Client = BasicClient<EndpointNotSet, EndpointSet, EndpointNotSet, EndpointNotSet, EndpointSet>;

/// What the provider says of itself (OpenID Connect Discovery 1.0, 3).
#[derive(Deserialize)]
struct Discovered {
    issuer: String,
    device_authorization_endpoint: Option<String>,
    token_endpoint: String,
    userinfo_endpoint: Option<String>,
}

/// A provider whose endpoints are known.
pub(super) struct Provider {
    settings: OidcSettings,
    http: Http,
    client: Client,
    userinfo: String,
}

impl Provider {
    pub(super) async fn discover(settings: &OidcSettings) -> Result<Self> {
        let issuer = settings.issuer.trim_end_matches('/');
        let http = reqwest::Client::builder()
            .timeout(PATIENCE)
            .redirect(reqwest::redirect::Policy::none())
            .no_proxy()
            .build()
            .map_err(|error| away(issuer, &error))?;
        let document = format!("{issuer}/.well-known/openid-configuration");
        safe(&document)?;
        let http = Http(http);
        let answer = send(&http.0, http.0.get(&document).build().map_err(|error| away(issuer, &error))?).await;
        let answer = answer.map_err(|error| away(issuer, &error))?;
        let found: Discovered = serde_json::from_slice(answer.body())
            .map_err(|error| wrong(issuer, &format!("its document of discovery cannot be read: {error}")))?;
        if found.issuer.trim_end_matches('/') != issuer {
            return Err(wrong(issuer, &format!("it calls itself {}", clean::line(&found.issuer, 200))));
        }
        let device =
            found.device_authorization_endpoint.ok_or_else(|| wrong(issuer, "it offers no sign-in by code (RFC 8628)"))?;
        let userinfo = found.userinfo_endpoint.ok_or_else(|| wrong(issuer, "it has no userinfo endpoint"))?;
        for address in [&device, &found.token_endpoint, &userinfo] {
            safe(address)?;
        }
        let address = |error: oauth2::url::ParseError| wrong(issuer, &format!("one of its addresses is none: {error}"));
        let mut client = BasicClient::new(ClientId::new(settings.client_id.clone()));
        if let Some(secret) = &settings.client_secret {
            client = client.set_client_secret(ClientSecret::new(secret.clone()));
        }
        let client = client
            .set_auth_type(AuthType::RequestBody)
            .set_device_authorization_url(DeviceAuthorizationUrl::new(device).map_err(address)?)
            .set_token_uri(TokenUrl::new(found.token_endpoint).map_err(address)?);
        Ok(Self { settings: settings.clone(), http, client, userinfo })
    }

    /// A code for somebody to type; the id of our own is the caller's.
    pub(super) async fn ask_for_code(&self) -> Result<(StandardDeviceAuthorizationResponse, DeviceSignIn)> {
        let scopes = ["openid", "profile"].map(|scope| Scope::new(scope.to_owned()));
        let code: StandardDeviceAuthorizationResponse = self
            .client
            .exchange_device_code()
            .add_scopes(scopes)
            .request_async(&self.http)
            .await
            .map_err(|error| self.refused(&error))?;
        let told = DeviceSignIn {
            id: String::new(),
            user_code: clean::line(code.user_code().secret(), 40),
            address: clean::line(code.verification_uri(), 300),
            address_with_code: code.verification_uri_complete().map(|address| clean::line(address.secret(), 400)),
            expires_s: code.expires_in().as_secs(),
            interval_s: code.interval().as_secs().max(1),
        };
        Ok((code, told))
    }

    /// Waits until the code was typed, and asks who typed it.
    pub(super) async fn name_of(&self, code: &StandardDeviceAuthorizationResponse) -> Result<String> {
        let token = self
            .client
            .exchange_device_access_token(code)
            .request_async(&self.http, tokio::time::sleep, None)
            .await
            .map_err(|error| self.refused(&error))?;
        let request = self.http.0.get(&self.userinfo).bearer_auth(token.access_token().secret()).build();
        let answer = send(&self.http.0, request.map_err(|error| away(&self.settings.issuer, &error))?).await;
        let answer = answer.map_err(|error| away(&self.settings.issuer, &error))?;
        if !answer.status().is_success() {
            return Err(wrong(&self.settings.issuer, &format!("its userinfo endpoint answered {}", answer.status())));
        }
        let claims: serde_json::Value = serde_json::from_slice(answer.body())
            .map_err(|error| wrong(&self.settings.issuer, &format!("its userinfo cannot be read: {error}")))?;
        match claims.get(&self.settings.claim).and_then(serde_json::Value::as_str) {
            Some(name) if !name.is_empty() => Ok(name.to_owned()),
            _ => Err(wrong(&self.settings.issuer, &format!("it tells no \"{}\" of who signed in", self.settings.claim))),
        }
    }

    fn refused<R: std::error::Error + 'static, T: oauth2::ErrorResponse + std::fmt::Display>(
        &self,
        error: &RequestTokenError<R, T>,
    ) -> ServiceError {
        match error {
            RequestTokenError::ServerResponse(why) => {
                ServiceError::NotSignedIn(format!("the identity provider let nobody in: {}", clean::line(&why.to_string(), 200)))
            }
            other => wrong(&self.settings.issuer, &clean::line(&other.to_string(), 200)),
        }
    }
}

/// Secrets go over TLS, or stay on this machine.
fn safe(address: &str) -> Result<()> {
    let at_home = ["http://127.0.0.1:", "http://localhost:", "http://[::1]:"];
    if address.starts_with("https://") || at_home.iter().any(|start| address.starts_with(start)) {
        return Ok(());
    }
    Err(ServiceError::Invalid(format!(
        "the identity provider's address {} is not https; nothing was sent there",
        clean::line(address, 200)
    )))
}

/// How the library of the grant reaches the provider.
struct Http(reqwest::Client);

impl<'c> AsyncHttpClient<'c> for Http {
    type Error = reqwest::Error;
    type Future = Pin<Box<dyn Future<Output = std::result::Result<HttpResponse, reqwest::Error>> + Send + 'c>>;

    fn call(&'c self, request: HttpRequest) -> Self::Future {
        Box::pin(async move { send(&self.0, reqwest::Request::try_from(request)?).await })
    }
}

/// Sends one request and reads its answer, up to [`ANSWER`] bytes.
async fn send(http: &reqwest::Client, request: reqwest::Request) -> std::result::Result<HttpResponse, reqwest::Error> {
    let mut answer = http.execute(request).await?;
    let status = answer.status();
    let kind = answer.headers().get(http::header::CONTENT_TYPE).cloned();
    let mut body = Vec::new();
    while let Some(part) = answer.chunk().await? {
        body.extend_from_slice(&part);
        if body.len() > ANSWER {
            body.clear();
            break;
        }
    }
    let mut response = HttpResponse::new(body);
    *response.status_mut() = status;
    if let Some(kind) = kind {
        response.headers_mut().insert(http::header::CONTENT_TYPE, kind);
    }
    Ok(response)
}

fn away(issuer: &str, error: &reqwest::Error) -> ServiceError {
    tracing::warn!(issuer, %error, "the identity provider does not answer");
    ServiceError::Busy("the identity provider does not answer; try again, or sign in with a password or token".to_owned())
}

fn wrong(issuer: &str, why: &str) -> ServiceError {
    tracing::warn!(issuer, why, "the identity provider cannot be used");
    ServiceError::Busy(format!("the identity provider cannot be used: {why}"))
}
