//! Stands on a line and counts, delays, or cuts.

use std::{
    io::{Read, Write},
    net::{Shutdown, TcpListener, TcpStream},
    sync::{
        Arc, Mutex,
        atomic::{AtomicBool, AtomicU64, Ordering},
        mpsc::sync_channel,
    },
    time::{Duration, Instant},
};

/// A relay between an ssh and its sshd.
pub struct Relay {
    port: u16,
    shared: Arc<Shared>,
}

#[derive(Default)]
struct Shared {
    cut: AtomicBool,
    connections: Mutex<Vec<TcpStream>>,
    up: AtomicU64,
    down: AtomicU64,
}

impl Relay {
    /// Passes on to a port of this machine, each piece so much later.
    pub fn to(port: u16, delay: Duration) -> Self {
        let listener = TcpListener::bind(("127.0.0.1", 0)).expect("a port");
        let own = listener.local_addr().expect("a port").port();
        let shared = Arc::new(Shared::default());
        let inside = Arc::clone(&shared);
        std::thread::spawn(move || {
            while let Ok((client, _)) = listener.accept() {
                if inside.cut.load(Ordering::Acquire) {
                    continue;
                }
                let Ok(server) = TcpStream::connect(("127.0.0.1", port)) else { continue };
                let mut connections = inside.connections.lock().expect("the connections");
                for (from, to, is_up) in [(&client, &server, true), (&server, &client, false)] {
                    from.set_nodelay(true).expect("a socket");
                    let (from, to) = (from.try_clone().expect("a socket"), to.try_clone().expect("a socket"));
                    let inside = Arc::clone(&inside);
                    std::thread::spawn(move || pass(from, to, delay, if is_up { &inside.up } else { &inside.down }));
                }
                connections.extend([client, server]);
            }
        });
        Self { port: own, shared }
    }

    pub const fn port(&self) -> u16 {
        self.port
    }

    /// Bytes towards the person's machine so far, and away from it.
    pub fn down_and_up(&self) -> (u64, u64) {
        (self.shared.down.load(Ordering::Acquire), self.shared.up.load(Ordering::Acquire))
    }

    /// Ends all connections and lets no new one through.
    pub fn cut(&self) {
        self.shared.cut.store(true, Ordering::Release);
        for connection in self.shared.connections.lock().expect("the connections").drain(..) {
            let _ = connection.shutdown(Shutdown::Both);
        }
    }

    pub fn mend(&self) {
        self.shared.cut.store(false, Ordering::Release);
    }
}

fn pass(mut from: TcpStream, mut to: TcpStream, delay: Duration, count: &AtomicU64) {
    let (sender, pieces) = sync_channel::<(Instant, Vec<u8>)>(10_000);
    let writer = std::thread::spawn(move || {
        while let Ok((when, piece)) = pieces.recv() {
            while let Some(left) = when.checked_duration_since(Instant::now()).filter(|left| !left.is_zero()) {
                std::thread::park_timeout(left);
            }
            if to.write_all(&piece).is_err() {
                break;
            }
        }
        let _ = to.shutdown(Shutdown::Both);
    });
    let mut block = [0; 16 * 1024];
    while let Ok(read @ 1..) = from.read(&mut block) {
        count.fetch_add(read as u64, Ordering::AcqRel);
        if sender.send((Instant::now() + delay, block[..read].to_vec())).is_err() {
            break;
        }
    }
    drop(sender);
    let _ = writer.join();
    let _ = from.shutdown(Shutdown::Both);
}
