//! Who is at the other end of a line.

use std::net::SocketAddr;

use crate::domain::actor::Origin;

/// The other end, as the kernel knows it.
#[derive(Clone, Debug)]
pub(super) enum Peer {
    Network(SocketAddr),
    /// A process of this machine (`SO_PEERCRED`), with the account's name.
    Socket {
        uid: u32,
        login: String,
        owner: bool,
    },
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
            Self::Network(address) => {
                Origin { via: "http".to_owned(), address: Some(address.ip().to_canonical().to_string()), ..Origin::default() }
            }
            Self::Socket { uid, .. } => Origin { via: "socket".to_owned(), uid: Some(*uid), ..Origin::default() },
        }
    }

    /// Of this very machine.
    pub(super) fn is_near(&self) -> bool {
        match self {
            Self::Network(address) => address.ip().to_canonical().is_loopback(),
            Self::Socket { .. } => true,
        }
    }
}
