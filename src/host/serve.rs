//! A database opened for everybody: the exclusive lock, the doors, the certificate.

use std::{
    fs,
    future::Future,
    os::unix::fs::DirBuilderExt,
    path::{Path, PathBuf},
    time::Duration,
};

use tokio::sync::oneshot;

use super::{Ballast, DatabaseFiles, Host, HostError, HostErrorKind, OpenRequest, error::shown, lock, watch_disk};
use crate::{
    domain::{access::OidcSettings, clean, fingerprint::Fingerprint},
    server::front::{self, Certificate, Door, Front},
    service::Service,
    store::Store,
};

pub use crate::server::front::{Limits, Listen};

/// The socket in the folder beside the database.
const SOCKET: &str = "callreel.sock";
/// So often it is looked for refused sign-ins that are counted and not written down.
const REFUSALS: Duration = Duration::from_secs(60);

/// What to serve, and where.
#[derive(Clone, Debug)]
pub struct ServeOrder {
    pub open: OpenRequest,
    /// None: the socket alone.
    pub listen: Vec<Listen>,
    pub socket: SocketPlace,
    /// Certificate and key; none: made at the first start.
    pub certificate: Option<(PathBuf, PathBuf)>,
    pub limits: Limits,
    /// Bytes held back on the disk for when it is full; 0: none.
    pub ballast: u64,
    /// The identity provider that people may sign in through.
    pub oidc: Option<OidcSettings>,
    /// The present year, for a certificate to be made.
    pub year: i32,
}

/// Where the Unix socket shall be.
#[derive(Clone, Debug)]
pub enum SocketPlace {
    Named(PathBuf),
    /// The first of these where nobody listens, else beside the database.
    Usual(Vec<PathBuf>),
}

/// A server whose doors are open: those who come wait until [`Self::run`].
pub struct Serving {
    host: Host,
    front: Front,
    doors: Vec<Door>,
    fingerprint: Option<Fingerprint>,
    ballast: u64,
}

impl Serving {
    /// Takes the database alone and opens the doors.
    ///
    /// # Errors
    /// [`HostErrorKind::Held`] naming who has the database open, or that another server listens at the socket;
    /// [`HostErrorKind::Unusable`] for addresses and certificates that cannot be used.
    pub async fn start(order: ServeOrder) -> Result<Self, HostError> {
        let files = DatabaseFiles::of(&order.open.path);
        // Before a folder for the socket is made beside it.
        files.check(order.open.create.is_some(), order.open.makes_folder)?;
        let mut addresses = Vec::new();
        for listen in &order.listen {
            addresses.extend(listen.resolve().await.map_err(unusable)?);
        }
        let socket = choose(order.socket, &files).await?;
        let program = format!("{}{}", lock::SERVER, socket.display());
        let host = Host::open(OpenRequest { alone: true, program, ..order.open }).await?;
        if let Some(provider) = order.oidc {
            host.service().use_oidc(provider);
        }
        let mut certificate = None;
        if addresses.iter().any(|(_, tls)| *tls) {
            let found = match &order.certificate {
                Some((certificate, key)) => front::named_certificate(certificate, key),
                None => {
                    let listening = addresses.iter().map(|(address, _)| address.ip()).filter(|ip| !ip.is_unspecified());
                    front::made_certificate(&files.server, &names(listening.map(|ip| ip.to_string())), order.year)
                }
            };
            certificate = Some(found.map_err(unusable)?);
        }
        let mut doors = Vec::new();
        for (address, tls) in addresses {
            let certificate = certificate.as_ref().filter(|_| tls);
            doors.push(Door::tcp(address, certificate).await.map_err(|why| {
                unusable(format!("cannot listen on {address}: {why}; end what listens there, or name another with --listen"))
            })?);
        }
        doors.push(Door::socket(&socket).await.map_err(|why| {
            let kind = if why.kind() == std::io::ErrorKind::AddrInUse { HostErrorKind::Held } else { HostErrorKind::Unusable };
            HostError::new(kind, format!("cannot listen on the socket {}: {why}", shown(&socket)))
        })?);
        let front = Front::new(host.service().clone(), order.limits, rustix::process::geteuid().as_raw());
        let fingerprint = certificate.as_ref().map(Certificate::fingerprint);
        Ok(Self { host, front, doors, fingerprint, ballast: order.ballast })
    }

    /// Where it listens, as one writes it after `--server`.
    pub fn places(&self) -> Vec<String> {
        self.doors.iter().map(ToString::to_string).collect()
    }

    /// The key that consoles pin, where there is TLS.
    pub const fn fingerprint(&self) -> Option<Fingerprint> {
        self.fingerprint
    }

    /// The database was made just now.
    pub const fn is_first_start(&self) -> bool {
        self.host.was_made()
    }

    pub const fn host(&self) -> &Host {
        &self.host
    }

    /// Serves until `stop`, lets requests end, and closes the database. True: all of them ended in time.
    ///
    /// # Errors
    /// When the disk did not confirm a write: then only a new start knows what is kept; when the last checkpoint fails.
    pub async fn run(self, stop: impl Future<Output = ()>) -> Result<bool, HostError> {
        // Without systemd there is nobody to tell.
        let _ = sd_notify::notify(&[sd_notify::NotifyState::Ready]);
        let (service, failed) = (self.host.service().clone(), std::sync::OnceLock::new());
        let sweep = tokio::spawn(async move {
            if let Err(error) = service.sweep_orphans().await {
                tracing::warn!(%error, "what a program left that died could not be looked after");
            }
        });
        let pulse = tokio::spawn(pulse(self.host.store().clone()));
        let (stopping, stopped) = oneshot::channel();
        let refusals = tokio::spawn(write_refusals(self.host.service().clone(), stopped));
        let disk = watch_disk(self.host.store().clone(), Ballast::of(self.host.files(), self.ballast));
        let events = self.host.service().clone();
        let whole = self
            .front
            .serve(self.doors, async {
                tokio::select! {
                    () = stop => {}
                    why = disk => drop(failed.set(why)),
                }
                // Streams of events would not end by themselves.
                events.end_events();
                let _ = sd_notify::notify(&[sd_notify::NotifyState::Stopping]);
            })
            .await;
        sweep.abort();
        pulse.abort();
        // It ends by itself: what it is writing down would else be lost. The rest is written at the close.
        drop(stopping);
        let _ = refusals.await;
        let closed = self.host.close().await;
        match failed.into_inner() {
            Some(why) => Err(HostError::new(HostErrorKind::Failed, format!("{why}; check the disk and start again"))),
            None => closed.map(|()| whole),
        }
    }
}

/// Tells systemd that the server lives, as often as its unit asks for it (`WatchdogSec=`): when the threads that answer
/// requests do nothing any more, it is started anew. Ends at once where nobody asks.
async fn pulse(store: Store) {
    let Some(within) = sd_notify::watchdog_enabled() else { return };
    let mut beat = tokio::time::interval((within / 2).max(Duration::from_millis(1)));
    while !store.has_failed() {
        beat.tick().await;
        let _ = sd_notify::notify(&[sd_notify::NotifyState::Watchdog]);
    }
}

/// Writes down refused sign-ins that were only counted, some minutes after they came.
async fn write_refusals(service: Service, mut stopped: oneshot::Receiver<()>) {
    loop {
        tokio::select! {
            _ = &mut stopped => return,
            () = tokio::time::sleep(REFUSALS) => {}
        }
        if let Err(why) = service.write_refusals(false).await {
            tracing::warn!(%why, "refused sign-ins could not be written down yet");
        }
    }
}

/// The key of a server over this database, whether it runs or not; made if there is none.
///
/// # Errors
/// When there is no such database, or the certificate cannot be read or made.
pub fn fingerprint(database: &Path, certificate: Option<&(PathBuf, PathBuf)>, year: i32) -> Result<Fingerprint, HostError> {
    let found = match certificate {
        Some((certificate, key)) => front::named_certificate(certificate, key),
        None => {
            let files = DatabaseFiles::of(database);
            if !files.database.exists() {
                return Err(files.missing());
            }
            front::made_certificate(&files.server, &names(std::iter::empty()), year)
        }
    };
    found.map(|certificate| certificate.fingerprint()).map_err(unusable)
}

/// Lets this process have as many lines as the machine allows.
pub fn raise_limits() {
    use rustix::process::{Resource, getrlimit, setrlimit};
    let mut files = getrlimit(Resource::Nofile);
    if files.current != files.maximum {
        files.current = files.maximum;
        // Then it stays as it was, which is enough for most.
        let _ = setrlimit(Resource::Nofile, files);
    }
}

fn unusable(why: impl Into<String>) -> HostError {
    HostError::new(HostErrorKind::Unusable, why)
}

/// Names that a certificate of our own is made for.
fn names(listening: impl Iterator<Item = String>) -> Vec<String> {
    let host = rustix::system::uname().nodename().to_string_lossy().to_ascii_lowercase();
    let plain =
        |name: &String| !name.is_empty() && name.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-.".contains(&byte));
    let mut names: Vec<String> = Some(host).filter(plain).into_iter().collect();
    for name in ["localhost", "127.0.0.1", "::1"].map(ToOwned::to_owned).into_iter().chain(listening) {
        if !names.contains(&name) {
            names.push(name);
        }
    }
    names
}

async fn choose(place: SocketPlace, files: &DatabaseFiles) -> Result<PathBuf, HostError> {
    let path = match place {
        SocketPlace::Named(path) => std::path::absolute(&path).unwrap_or(path),
        SocketPlace::Usual(places) => {
            let beside = files.server.join(SOCKET);
            let mut free = None;
            for place in places {
                if free.is_none() && place.parent().is_some_and(is_ready) && !front::is_served(&place).await {
                    free = Some(place);
                }
            }
            let place = match free {
                Some(place) => place,
                None => {
                    make_folder(&files.server, 0o700)
                        .map_err(|why| HostError::from_io(&files.server, "make the folder", &why))?;
                    beside
                }
            };
            std::path::absolute(&place).unwrap_or(place)
        }
    };
    // The lock's file names it in a line of its own, where others read it.
    let text = path.to_str().filter(|text| clean::line(text, 180) == *text);
    match text {
        Some(_) => Ok(path),
        None => Err(unusable(format!("{} cannot be a socket: its path is too long or has strange signs", shown(&path)))),
    }
}

/// Whether a socket can be made there; the system's own folder is made if it may be.
fn is_ready(folder: &Path) -> bool {
    let there = folder.is_dir() || make_folder(folder, 0o755).is_ok();
    there && rustix::fs::access(folder, rustix::fs::Access::WRITE_OK | rustix::fs::Access::EXEC_OK).is_ok()
}

fn make_folder(folder: &Path, mode: u32) -> std::io::Result<()> {
    if folder.is_dir() {
        return Ok(());
    }
    fs::DirBuilder::new().recursive(true).mode(mode).create(folder)
}
