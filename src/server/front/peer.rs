//! Who is at the other end of a line.

use std::net::SocketAddr;

use axum::http::HeaderMap;

use crate::domain::actor::Origin;

/// The other end, as the kernel knows it.
#[derive(Clone, Debug)]
pub(super) enum Peer {
    Network {
        address: SocketAddr,
        /// The line is encrypted, and ends here.
        tls: bool,
    },
    /// A process of this machine (`SO_PEERCRED`), with the account's name.
    Socket { uid: u32, login: String, owner: bool },
}

impl Peer {
    /// The account behind a uid. The one that runs the server is owner; root may come in when nobody else can.
    pub(super) async fn of_uid(uid: u32, server: u32) -> Self {
        // The account database may be a network away.
        let found = tokio::task::spawn_blocking(move || {
            uzers::get_user_by_uid(uid).map(|user| user.name().to_string_lossy().into_owned())
        });
        let login = found.await.ok().flatten().unwrap_or_else(|| format!("uid:{uid}"));
        Self::Socket { uid, login, owner: uid == server || uid == 0 }
    }

    pub(super) fn origin(&self) -> Origin {
        match self {
            Self::Network { address, .. } => {
                Origin { via: "http".to_owned(), address: Some(address.ip().to_canonical().to_string()), ..Origin::default() }
            }
            Self::Socket { uid, .. } => Origin { via: "socket".to_owned(), uid: Some(*uid), ..Origin::default() },
        }
    }

    /// Of this very machine.
    pub(super) fn is_near(&self) -> bool {
        match self {
            Self::Network { address, .. } => address.ip().to_canonical().is_loopback(),
            Self::Socket { .. } => true,
        }
    }

    /// Whether nobody could read along: by our own TLS, or because a proxy of this machine says so of the line before it.
    /// What others say of their line is not believed.
    pub(super) fn is_private(&self, headers: &HeaderMap) -> bool {
        let encrypted = matches!(self, Self::Network { tls: true, .. });
        encrypted || self.is_near() && headers.get("x-forwarded-proto").is_some_and(|scheme| scheme == "https")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_a_proxy_of_this_machine_is_believed_what_it_says_of_its_line() {
        let at = |address: &str, tls| Peer::Network { address: address.parse().expect(address), tls };
        let socket = Peer::Socket { uid: 1, login: "proxy".to_owned(), owner: false };
        let said = |scheme: &'static str| {
            [("x-forwarded-proto".parse().expect("name"), scheme.parse().expect("value"))].into_iter().collect()
        };
        let (silent, https, http): (HeaderMap, HeaderMap, HeaderMap) = (HeaderMap::new(), said("https"), said("http"));
        for (peer, expected) in [
            (at("192.0.2.1:1", false), [false, false, false]),
            (at("192.0.2.1:1", true), [true, true, true]),
            (at("127.0.0.1:1", false), [false, true, false]),
            (at("[::ffff:127.0.0.1]:1", false), [false, true, false]),
            (at("[::1]:1", true), [true, true, true]),
            (socket, [false, true, false]),
        ] {
            assert_eq!([&silent, &https, &http].map(|headers| peer.is_private(headers)), expected, "{peer:?}");
        }
    }
}
