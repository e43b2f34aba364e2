//! The real front of the server, in this process.

use std::{path::PathBuf, sync::Arc};

use callreel::server::front::{Door, Front, Limits};
use tokio::{sync::Notify, task::JoinHandle};

use super::host::{TestHost, make_test_host};

/// A server over a test's database: open lines at a port and at a socket, as `callreel serve` has them.
pub struct Listening {
    pub socket: PathBuf,
    pub address: String,
    pub stop: Arc<Notify>,
    pub ended: JoinHandle<bool>,
    pub test: TestHost,
}

/// Opens the doors over [`make_test_host`].
pub async fn listen(limits: Limits) -> Listening {
    listen_over(make_test_host().await, limits).await
}

/// Opens the doors over a database.
pub async fn listen_over(test: TestHost, limits: Limits) -> Listening {
    // Fails when another test was first, which is as good.
    let _ = rustls::crypto::ring::default_provider().install_default();
    let socket = test.folder.path().join("s");
    let doors = vec![
        Door::tcp("127.0.0.1:0".parse().expect("address"), None).await.expect("a port"),
        Door::socket(&socket).await.expect("a socket"),
    ];
    let address = doors[0].to_string().trim_start_matches("http://").to_owned();
    let front = Front::new(test.host.service().clone(), limits, rustix::process::geteuid().as_raw());
    let stop = Arc::new(Notify::new());
    let told = Arc::clone(&stop);
    let ended = tokio::spawn(async move { front.serve(doors, async move { told.notified().await }).await });
    Listening { socket, address, stop, ended, test }
}
