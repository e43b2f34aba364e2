//! Where a server is, how it is recognised, and what is shown to it.

use std::{
    fmt,
    net::IpAddr,
    path::{Path, PathBuf},
};

use zeroize::Zeroizing;

use crate::domain::{clean, fingerprint::Fingerprint};

/// A server as `--server` or a profile names it. Never prints its token.
#[derive(Clone, PartialEq, Eq)]
pub struct ServerAddress {
    url: String,
    line: Line,
    token: Option<Zeroizing<String>>,
    pin: Option<Fingerprint>,
    profile: Option<String>,
}

/// What lies between us and the server.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Line {
    Plain,
    Tls,
    Socket(PathBuf),
}

impl ServerAddress {
    /// Reads `http://host:port`, `https://host:port` or `unix:/path/to.sock`.
    ///
    /// # Errors
    /// A sentence that says what an address looks like.
    pub fn parse(text: &str) -> Result<Self, String> {
        let text = text.trim();
        let shown = clean::line(text, 200);
        if let Some(path) = text.strip_prefix("unix:") {
            let path = path.strip_prefix("//").unwrap_or(path);
            if path.is_empty() {
                return Err(format!("{shown} names no socket; write unix:/path/to/callreel.sock"));
            }
            return Ok(Self {
                url: format!("unix:{path}"),
                line: Line::Socket(PathBuf::from(path)),
                token: None,
                pin: None,
                profile: None,
            });
        }
        let uri = text.parse::<http::Uri>().ok().filter(|uri| uri.host().is_some_and(|host| !host.is_empty()));
        let line = match uri.as_ref().and_then(http::Uri::scheme_str) {
            Some("http") => Line::Plain,
            Some("https") => Line::Tls,
            _ => return Err(format!("{shown} is no server; write http://host:port, https://host:port or unix:/path/to.sock")),
        };
        let uri = uri.unwrap_or_default();
        if uri.authority().is_some_and(|authority| authority.as_str().contains('@')) {
            return Err("a name or password does not belong into an address; sign in with `callreel login`".to_owned());
        }
        if uri.query().is_some() {
            return Err(format!("{shown} is no server: an address ends before the question mark"));
        }
        Ok(Self { url: text.trim_end_matches('/').to_owned(), line, token: None, pin: None, profile: None })
    }

    /// With a bearer token to show.
    ///
    /// # Errors
    /// Where the token could be read on the way: plain HTTP to another machine.
    pub fn with_token(mut self, token: impl Into<String>) -> Result<Self, String> {
        self.may_carry_secrets()?;
        self.token = Some(Zeroizing::new(token.into()));
        Ok(self)
    }

    /// Whether a password or token may be sent there.
    ///
    /// # Errors
    /// When everybody on the way could read it.
    pub fn may_carry_secrets(&self) -> Result<(), String> {
        if self.line == Line::Plain && !self.is_loopback() {
            return Err(format!(
                "{} is plain HTTP to another machine: whoever is on the way could read password and token; use https://",
                clean::line(&self.url, 200)
            ));
        }
        Ok(())
    }

    /// Talks only to the server with this key, whatever its certificate says.
    #[must_use]
    pub fn with_fingerprint(mut self, pin: Option<Fingerprint>) -> Self {
        self.pin = pin;
        self
    }

    /// Known to the person by this name.
    #[must_use]
    pub fn with_profile(mut self, name: Option<&str>) -> Self {
        self.profile = name.map(ToOwned::to_owned);
        self
    }

    /// The profile that names it.
    pub fn profile(&self) -> Option<&str> {
        self.profile.as_deref()
    }

    /// As a person writes it.
    pub fn url(&self) -> &str {
        &self.url
    }

    pub fn socket(&self) -> Option<&Path> {
        match &self.line {
            Line::Socket(path) => Some(path),
            Line::Plain | Line::Tls => None,
        }
    }

    /// Whether a certificate says who it is.
    pub fn is_tls(&self) -> bool {
        self.line == Line::Tls
    }

    pub const fn fingerprint(&self) -> Option<Fingerprint> {
        self.pin
    }

    pub const fn has_token(&self) -> bool {
        self.token.is_some()
    }

    pub(super) const fn line(&self) -> &Line {
        &self.line
    }

    pub(super) fn token(&self) -> Option<&str> {
        self.token.as_ref().map(|token| token.as_str())
    }

    /// What paths of the API are added to.
    pub(super) fn base(&self) -> &str {
        match self.line {
            Line::Socket(_) => "http://localhost",
            Line::Plain | Line::Tls => &self.url,
        }
    }

    /// Host and port to connect to; none on a socket.
    pub(super) fn host(&self) -> Option<(String, u16)> {
        let uri = self.url.parse::<http::Uri>().ok()?;
        let port = match self.line {
            Line::Socket(_) => return None,
            Line::Plain => 80,
            Line::Tls => 443,
        };
        let host = uri.host()?.trim_start_matches('[').trim_end_matches(']').to_owned();
        Some((host, uri.port_u16().unwrap_or(port)))
    }

    pub(super) fn is_loopback(&self) -> bool {
        let Some((host, _)) = self.host() else { return false };
        host.eq_ignore_ascii_case("localhost") || host.parse::<IpAddr>().is_ok_and(|address| address.is_loopback())
    }
}

impl fmt::Debug for ServerAddress {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ServerAddress").field("url", &self.url).field("pin", &self.pin).finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_of_each_kind_are_read() {
        for (text, url, host) in [
            ("http://127.0.0.1:8400/", "http://127.0.0.1:8400", Some(("127.0.0.1".to_owned(), 8400))),
            ("https://calls.example.org", "https://calls.example.org", Some(("calls.example.org".to_owned(), 443))),
            ("https://[::1]:9/x", "https://[::1]:9/x", Some(("::1".to_owned(), 9))),
            ("unix:/run/x.sock", "unix:/run/x.sock", None),
            ("unix:///run/x.sock", "unix:/run/x.sock", None),
        ] {
            let read = ServerAddress::parse(text).expect(text);
            assert_eq!((read.url(), read.host()), (url, host));
        }
        for wrong in ["", "calls.example.org", "ftp://example.org", "http://", "unix:", "https://anna:pw@host", "http://h/?q"] {
            assert!(ServerAddress::parse(wrong).is_err(), "{wrong}");
        }
        assert!(!ServerAddress::parse("https://anna:pw@host").expect_err("refused").contains("pw"));
    }

    #[test]
    fn a_token_goes_only_where_nobody_reads_it() {
        let with = |url: &str| ServerAddress::parse(url).expect(url).with_token("t0p-secret");
        for fine in ["http://127.0.0.1:1", "http://[::1]:1", "http://localhost", "https://example.org", "unix:/x"] {
            let address = with(fine).expect(fine);
            assert!(!format!("{address:?}").contains("t0p"));
        }
        for open in ["http://example.org", "http://10.0.0.1", "http://0.0.0.0", "http://localhost.example.org"] {
            assert!(with(open).expect_err(open).contains("https://"));
        }
    }
}
