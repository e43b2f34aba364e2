//! What stands before the router on a network: accept loops, TLS, limits, sign-in, log and metrics.
//!
//! The router trusts only the [`Actor`](crate::domain::actor::Actor) among a request's extensions. Here it is set, anew for
//! every request, from the bearer token that came with it, or on the Unix socket from the account at the other end.

mod answer;
mod body;
mod lines;
mod listener;
mod metrics;
mod pace;
mod peer;
mod sign_in;
mod socket;
mod still;
mod tls;

pub use listener::{Door, Listen};
pub use socket::is_served;
pub use tls::{Certificate, made as made_certificate, named as named_certificate};

use std::{future::Future, sync::Arc, time::Duration};

use axum::{Router, extract::MatchedPath, extract::Request, middleware, middleware::Next, response::Response};
use tokio_util::{sync::CancellationToken, task::TaskTracker};

use crate::service::Service;
use lines::Lines;
use metrics::Metrics;

/// How much of everything one may have.
#[derive(Clone, Copy, Debug)]
pub struct Limits {
    /// Lines at a time; the Unix socket has as many of its own, so that it is never crowded out.
    pub connections: usize,
    /// Of them from one address; not counted on loopback, where a proxy may stand for everybody.
    pub per_address: usize,
    /// From the first byte of a request to the end of its headers; on a new line from the beginning, with the TLS handshake.
    pub head: Duration,
    /// A line without a request.
    pub idle: Duration,
    /// A body to begin with; it has a second more for each [`Self::BODY_BYTES_A_SECOND`].
    pub body: Duration,
    /// An answer that nobody takes.
    pub stalled: Duration,
    /// Requests that run when the server is told to stop.
    pub stop: Duration,
}

impl Limits {
    pub const BODY_BYTES_A_SECOND: u64 = 16 * 1024;
    /// Headers and address of a request together; a query may have 60,000 bytes.
    const HEAD_BYTES: usize = 96 * 1024;
    const HEADERS: usize = 64;
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            connections: 1_024,
            per_address: 256,
            head: Duration::from_secs(10),
            idle: Duration::from_secs(60),
            body: Duration::from_secs(20),
            stalled: Duration::from_secs(300),
            stop: Duration::from_secs(10),
        }
    }
}

/// A server ready to listen. Cheap to clone.
#[derive(Clone)]
pub struct Front(Arc<Inside>);

struct Inside {
    router: Router,
    service: Service,
    limits: Limits,
    /// The account that runs the server: owner on the socket.
    uid: u32,
    lines: Lines,
    socket_lines: Lines,
    metrics: Metrics,
    stop: CancellationToken,
    running: TaskTracker,
}

impl Front {
    pub fn new(service: Service, limits: Limits, uid: u32) -> Self {
        let router = super::router(service.clone()).layer(middleware::from_fn(tell_path));
        Self(Arc::new(Inside {
            router,
            service,
            limits,
            uid,
            lines: Lines::new(limits.connections, limits.per_address),
            socket_lines: Lines::new(limits.connections, usize::MAX),
            metrics: Metrics::new(),
            stop: CancellationToken::new(),
            running: TaskTracker::new(),
        }))
    }

    /// Takes requests at these doors until `stop`, then lets those that run end, within [`Limits::stop`].
    /// True: all of them ended.
    pub async fn serve(&self, doors: Vec<Door>, stop: impl Future<Output = ()>) -> bool {
        for door in doors {
            self.0.running.spawn(listener::accept(self.clone(), door));
        }
        stop.await;
        self.0.stop.cancel();
        self.0.running.close();
        tokio::time::timeout(self.0.limits.stop, self.0.running.wait()).await.is_ok()
    }
}

/// The pattern that a request's path fell under, told to those outside of the router: log and metrics hold no ids.
#[derive(Clone)]
struct Pattern(Arc<str>);

async fn tell_path(request: Request, next: Next) -> Response {
    let pattern = request.extensions().get::<MatchedPath>().map(|path| Pattern(path.as_str().into()));
    let mut response = next.run(request).await;
    if let Some(pattern) = pattern {
        response.extensions_mut().insert(pattern);
    }
    response
}
