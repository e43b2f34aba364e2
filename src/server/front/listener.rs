//! Doors and those who come in by them.

use std::{
    fmt, io,
    net::{IpAddr, SocketAddr},
    sync::Arc,
    time::Duration,
};

use hyper::{server::conn::http1, service::service_fn};
use hyper_util::rt::{TokioIo, TokioTimer};
use tokio::{
    io::{AsyncRead, AsyncWrite},
    net::{TcpListener, UnixListener},
};
use tokio_rustls::TlsAcceptor;

use super::{
    Front, Limits,
    answer::answer,
    pace::{Pace, Paced},
    peer::Peer,
    socket::Bound,
    tls::Certificate,
};

/// Port of plain HTTP and of TLS unless another is named.
const PORT: u16 = 8400;

/// After a failed accept (no descriptors left), until the next.
const BREATH: Duration = Duration::from_millis(100);

/// Where to listen, as a person writes it: `ADDRESS:PORT`, with `http://` or `https://` before it, or a port alone.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Listen {
    /// None: plain on loopback, TLS elsewhere.
    tls: Option<bool>,
    place: String,
}

impl Listen {
    /// # Errors
    /// A sentence that says what is wrong with it.
    pub fn parse(text: &str) -> Result<Self, String> {
        let (tls, place) = match text.split_once("://") {
            Some(("http", place)) => (Some(false), place),
            Some(("https", place)) => (Some(true), place),
            Some(_) => return Err(format!("{text} is no address; write ADDRESS:PORT, such as 127.0.0.1:{PORT}")),
            None => (None, text),
        };
        let place = place.trim_end_matches('/');
        let place = match (place.parse::<u16>(), place.parse::<IpAddr>()) {
            (Ok(port), _) => format!("127.0.0.1:{port}"),
            (_, Ok(address)) => SocketAddr::new(address, PORT).to_string(),
            _ if place.rsplit_once(':').is_some_and(|(host, port)| !host.is_empty() && port.parse::<u16>().is_ok()) => {
                place.to_owned()
            }
            _ => return Err(format!("{text} is no address; write ADDRESS:PORT, such as 127.0.0.1:{PORT}")),
        };
        Ok(Self { tls, place })
    }

    /// The addresses that are meant.
    ///
    /// # Errors
    /// When the name is unknown, or plain HTTP is asked for where others could read it.
    pub async fn resolve(&self) -> Result<Vec<(SocketAddr, bool)>, String> {
        let found = tokio::net::lookup_host(&self.place).await.map_err(|why| format!("{}: {why}", self.place))?;
        let mut addresses: Vec<(SocketAddr, bool)> = Vec::new();
        for address in found {
            let loopback = address.ip().is_loopback();
            if self.tls == Some(false) && !loopback {
                return Err(format!(
                    "{address} can be reached from other machines, and plain HTTP would show them tokens and recordings; \
                     write https://{address}, or listen on 127.0.0.1 behind a proxy of your own"
                ));
            }
            let tls = self.tls.unwrap_or(!loopback);
            if !addresses.contains(&(address, tls)) {
                addresses.push((address, tls));
            }
        }
        Ok(addresses)
    }

    /// With TLS also on loopback, where nothing else was said.
    #[must_use]
    pub fn with_tls(self) -> Self {
        Self { tls: self.tls.or(Some(true)), ..self }
    }
}

/// A place to come in by.
pub enum Door {
    Plain(TcpListener),
    Tls(TcpListener, TlsAcceptor),
    Socket(Bound),
}

impl Door {
    /// Opens a TCP door.
    ///
    /// # Errors
    /// When the address is taken or not ours.
    pub async fn tcp(address: SocketAddr, certificate: Option<&Certificate>) -> io::Result<Self> {
        let listener = TcpListener::bind(address).await?;
        Ok(match certificate {
            None => Self::Plain(listener),
            Some(certificate) => Self::Tls(listener, certificate.acceptor()),
        })
    }

    /// Opens a socket of this machine.
    ///
    /// # Errors
    /// When another server listens there, or the folder cannot be written.
    pub async fn socket(path: &std::path::Path) -> io::Result<Self> {
        Bound::new(path).await.map(Self::Socket)
    }

    fn word(&self) -> &'static str {
        match self {
            Self::Plain(_) => "http",
            Self::Tls(..) => "https",
            Self::Socket(_) => "socket",
        }
    }
}

/// As a person writes it after `--server`.
impl fmt::Display for Door {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let at = |listener: &TcpListener| listener.local_addr().map_err(|_| fmt::Error);
        match self {
            Self::Plain(listener) => write!(f, "http://{}", at(listener)?),
            Self::Tls(listener, _) => write!(f, "https://{}", at(listener)?),
            Self::Socket(bound) => write!(f, "unix:{}", bound.path().display()),
        }
    }
}

/// Lets people in until the server stops.
pub(super) async fn accept(front: Front, door: Door) {
    let kind = door.word();
    loop {
        let came = tokio::select! {
            () = front.0.stop.cancelled() => break,
            came = next(&door) => came,
        };
        match came {
            Ok(visitor) => enter(&front, &door, visitor, kind),
            Err(why) => {
                tracing::warn!(%why, door = kind, "a line could not be taken");
                tokio::time::sleep(BREATH).await;
            }
        }
    }
}

enum Visitor {
    Network(tokio::net::TcpStream, SocketAddr),
    Socket(tokio::net::UnixStream),
}

async fn next(door: &Door) -> io::Result<Visitor> {
    match door {
        Door::Plain(listener) | Door::Tls(listener, _) => {
            listener.accept().await.map(|(line, address)| Visitor::Network(line, address))
        }
        Door::Socket(bound) => unix(bound.listener()).await,
    }
}

async fn unix(listener: &UnixListener) -> io::Result<Visitor> {
    listener.accept().await.map(|(line, _)| Visitor::Socket(line))
}

/// Counts a line and serves it in a task of its own; one too many is closed at once.
fn enter(front: &Front, door: &Door, visitor: Visitor, kind: &'static str) {
    let (lines, address) = match &visitor {
        Visitor::Network(_, address) => (&front.0.lines, Some(address.ip())),
        Visitor::Socket(_) => (&front.0.socket_lines, None),
    };
    let counted = match lines.take(address) {
        Ok(counted) => counted,
        Err(full) => {
            front.0.metrics.refused(full.word());
            tracing::debug!(why = full.word(), lines = lines.count(), "a line was closed at once");
            return;
        }
    };
    let open = front.0.metrics.connected(kind);
    let acceptor = match door {
        Door::Tls(_, acceptor) => Some(acceptor.clone()),
        Door::Plain(_) | Door::Socket(_) => None,
    };
    let served = front.clone();
    front.0.running.spawn(async move {
        let _held = (counted, open);
        let limits = served.0.limits;
        let pace = Arc::new(Pace::default());
        match visitor {
            Visitor::Network(line, address) => {
                // Small answers must not wait for the acknowledgement of those before.
                let _ = line.set_nodelay(true);
                let peer = Arc::new(Peer::Network { address, tls: acceptor.is_some() });
                let line = Paced::new(line, Arc::clone(&pace), limits);
                match acceptor {
                    None => serve(served, line, peer, pace).await,
                    Some(acceptor) => {
                        let handshake = tokio::select! {
                            handshake = acceptor.accept(line) => handshake,
                            () = served.0.stop.cancelled() => return,
                        };
                        match handshake {
                            Ok(line) => serve(served, line, peer, pace).await,
                            Err(why) => tracing::debug!(%why, "no TLS came about"),
                        }
                    }
                }
            }
            Visitor::Socket(line) => {
                let Ok(credentials) = line.peer_cred() else { return };
                let peer = Arc::new(Peer::of_uid(credentials.uid(), served.0.uid).await);
                serve(served, Paced::new(line, Arc::clone(&pace), limits), peer, pace).await;
            }
        }
    });
}

/// Requests of one line, one after the other.
async fn serve<S: AsyncRead + AsyncWrite + Unpin + Send + 'static>(front: Front, line: S, peer: Arc<Peer>, pace: Arc<Pace>) {
    let stop = front.0.stop.clone();
    let limits = front.0.limits;
    let busy = Arc::clone(&pace);
    let service = service_fn(move |request| answer(front.clone(), Arc::clone(&peer), Arc::clone(&pace), request));
    let connection = http1::Builder::new()
        // A second wall behind the line's own clock.
        .timer(TokioTimer::new())
        .header_read_timeout(limits.idle + limits.head)
        .max_header_size(Limits::HEAD_BYTES)
        .max_headers(Limits::HEADERS)
        .serve_connection(TokioIo::new(line), service);
    let mut connection = std::pin::pin!(connection);
    let ended = tokio::select! {
        ended = connection.as_mut() => ended,
        () = stop.cancelled() => {
            if !busy.is_busy() {
                return;
            }
            connection.as_mut().graceful_shutdown();
            connection.await
        }
    };
    if let Err(why) = ended {
        tracing::debug!(%why, "a line broke");
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn plain_http_stays_on_this_machine() {
        let resolve = async |text: &str| Listen::parse(text).expect(text).resolve().await;
        let at = |text: &str, tls| Ok(vec![(text.parse::<SocketAddr>().expect(text), tls)]);
        assert_eq!(resolve("127.0.0.1:8400").await, at("127.0.0.1:8400", false));
        assert_eq!(resolve("8401").await, at("127.0.0.1:8401", false));
        assert_eq!(resolve("http://[::1]:8400").await, at("[::1]:8400", false));
        assert_eq!(resolve("https://127.0.0.1:8400").await, at("127.0.0.1:8400", true));
        assert_eq!(resolve("0.0.0.0:8400").await, at("0.0.0.0:8400", true));
        assert_eq!(resolve("::").await, at("[::]:8400", true));
        for open in ["http://0.0.0.0:8400", "http://[::]:1", "http://192.0.2.1:80"] {
            assert!(resolve(open).await.expect_err(open).contains("https://"));
        }
        for wrong in ["", "ftp://127.0.0.1:1", ":8400", "127.0.0.1:99999", "127.0.0.1:x", "host"] {
            assert!(Listen::parse(wrong).is_err(), "{wrong}");
        }
    }
}
