//! The end with the loudspeaker: answers on a socket, one hearing a connection.

use std::{
    io::{self, BufReader, Write},
    net::TcpListener,
    os::unix::{fs::PermissionsExt, net::UnixListener},
    path::Path,
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
        mpsc::{Receiver, RecvTimeoutError, SyncSender, sync_channel},
    },
    time::{Duration, Instant},
};

use super::{
    frame::{self, FromEar, ToEar, VERSION, Wrong},
    hearing::{End, FindOutput, Hearing, State},
};
use crate::playback::{
    Environment,
    discovery::{self, Silence},
    mailbox::{Letter, Mailbox, Report, Waited},
    pulse::socket::Socket,
};

/// Longest wait for a hello.
const HELLO: Duration = Duration::from_millis(1500);
/// How often positions are told.
const TICK: Duration = Duration::from_millis(200);
/// Connections at a time; a console has one.
const MOST: usize = 8;
/// Frames that wait for a hearing; the line waits then.
const WAITING: usize = 64;

/// Settings of an ear.
#[derive(Clone, Debug, Default)]
pub struct EarOptions {
    /// As [`crate::playback::PlayerOptions::output`].
    pub output: Option<String>,
    pub environment: Environment,
    /// What a console must say to be heard; of [`super::new_token`].
    pub token: String,
    /// How the console calls this ear, as `jan@desk`.
    pub name: String,
}

/// What happens at an ear.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum EarEvent {
    /// A console said hello.
    Came,
    Playing,
    Paused,
    /// Nothing is to be heard for now.
    Idle,
    /// A console hung up; why, unless it was of its own will.
    Went(Option<String>),
    /// Somebody was not let in.
    Refused(String),
}

/// An ear that listens. It goes on until the process ends.
#[derive(Clone)]
pub struct EarServer {
    shared: Arc<Inside>,
}

struct Inside {
    options: EarOptions,
    on_event: Box<dyn Fn(EarEvent) + Send + Sync>,
    connections: AtomicUsize,
}

impl EarServer {
    /// Looks for a sound output once, so that an ear that cannot sound is known for it at the start. Gives the output's name.
    ///
    /// # Errors
    /// Each thing that was tried, and what to do now.
    pub fn check(options: &EarOptions) -> Result<String, (Vec<String>, String)> {
        let mailbox = Arc::new(Mailbox::default());
        let found = discovery::find_here(options.output.as_deref(), &options.environment, &mailbox);
        mailbox.close();
        match found {
            Ok(output) => Ok(output.name().to_owned()),
            Err(Silence { tried, advice }) => Err((tried, advice)),
        }
    }

    /// `on_event` is called from threads of the ear and must not block.
    pub fn new(options: EarOptions, on_event: impl Fn(EarEvent) + Send + Sync + 'static) -> Self {
        Self { shared: Arc::new(Inside { options, on_event: Box::new(on_event), connections: AtomicUsize::new(0) }) }
    }

    /// Listens on a socket that only its owner may open; its folder should be private as well.
    ///
    /// # Errors
    /// When there cannot be a socket.
    pub fn listen_at(&self, path: &Path) -> io::Result<()> {
        let listener = UnixListener::bind(path)?;
        std::fs::set_permissions(path, std::fs::Permissions::from_mode(0o600))?;
        self.accept(move || listener.accept().map(|(stream, _)| Socket::Unix(stream)))
    }

    /// Listens on a free port of this machine alone, for lines that cannot forward sockets. Gives the port.
    ///
    /// # Errors
    /// When there is none.
    pub fn listen_on_port(&self) -> io::Result<u16> {
        let listener = TcpListener::bind(("127.0.0.1", 0))?;
        let port = listener.local_addr()?.port();
        self.accept(move || {
            let (stream, _) = listener.accept()?;
            stream.set_nodelay(true)?;
            Ok(Socket::Tcp(stream))
        })?;
        Ok(port)
    }

    fn accept(&self, next: impl Fn() -> io::Result<Socket> + Send + 'static) -> io::Result<()> {
        let shared = Arc::clone(&self.shared);
        thread("ear", move || {
            loop {
                match next() {
                    Ok(socket) => Inside::serve(&shared, socket),
                    // Out of files, most likely: others may go.
                    Err(_) => rest(),
                }
            }
        })
    }
}

/// Waits for a moment in which nothing can come.
fn rest() {
    let (_open, nothing) = sync_channel::<()>(0);
    let _ = nothing.recv_timeout(TICK);
}

fn thread(name: &str, work: impl FnOnce() + Send + 'static) -> io::Result<()> {
    std::thread::Builder::new().name(name.to_owned()).spawn(work).map(|_| ())
}

impl Inside {
    /// Gives the connection a thread of its own.
    fn serve(inside: &Arc<Self>, socket: Socket) {
        if inside.connections.fetch_add(1, Ordering::AcqRel) >= MOST {
            inside.connections.fetch_sub(1, Ordering::AcqRel);
            (inside.on_event)(EarEvent::Refused(format!("{MOST} connections are open already")));
            return;
        }
        let shared = Arc::clone(inside);
        let started = thread("ear hears", move || {
            shared.connection(socket);
            shared.connections.fetch_sub(1, Ordering::AcqRel);
        });
        if started.is_err() {
            inside.connections.fetch_sub(1, Ordering::AcqRel);
        }
    }

    fn connection(&self, mut socket: Socket) {
        let mut reader = match self.greet(&mut socket) {
            Ok(reader) => reader,
            Err(why) => {
                socket.shut_down();
                return (self.on_event)(EarEvent::Refused(why));
            }
        };
        (self.on_event)(EarEvent::Came);
        if reader.get_mut().lift().is_err() {
            return;
        }
        let why = self.hear(reader, &mut socket);
        socket.shut_down();
        (self.on_event)(EarEvent::Went(why));
    }

    /// Lets in whoever has the token.
    fn greet(&self, socket: &mut Socket) -> Result<BufReader<Limited>, String> {
        let text = |error: io::Error| super::listener::words(&error);
        let begun = Instant::now();
        let mut reader = BufReader::new(Limited { socket: socket.try_clone().map_err(text)?, until: Some(begun + HELLO) });
        let mut buffer = Vec::new();
        let hello = frame::read(&mut reader, &mut buffer).and_then(|body| Ok(ToEar::parse(body)?)).map_err(text)?;
        let refused = match hello {
            ToEar::Hello { version, .. } if version != VERSION => {
                format!(
                    "this ear speaks version {VERSION} of the protocol, not {version}; install the same callreel at both ends"
                )
            }
            ToEar::Hello { token, .. } if !same(token.as_bytes(), self.options.token.as_bytes()) => {
                "the token is not that of this ear; it is new at each start".to_owned()
            }
            ToEar::Hello { .. } => {
                say(socket, &FromEar::Welcome { version: VERSION, name: self.options.name.clone() }).map_err(text)?;
                // With what may have come behind the hello already.
                return Ok(reader);
            }
            _ => Wrong("no hello").to_string(),
        };
        // Whoever guesses tokens waits for each answer; nobody else does.
        rest();
        let _ = say(socket, &FromEar::Refused { why: refused.clone() });
        Err(refused)
    }

    /// Until the console hangs up, or something breaks: why.
    fn hear(&self, reader: BufReader<Limited>, socket: &mut Socket) -> Option<String> {
        let mailbox = Arc::new(Mailbox::default());
        let (sender, happenings) = sync_channel(WAITING);
        let (reports, waiting) = (sender.clone(), Arc::clone(&mailbox));
        let threads = thread("ear reads", move || read_frames(reader, &sender))
            .and_then(|()| thread("ear reports", move || pass_reports(&waiting, &reports)));
        let options = self.options.clone();
        let find: FindOutput = Box::new(move |mailbox| {
            discovery::find_here(options.output.as_deref(), &options.environment, mailbox)
                .map_err(|silence| silence.tried.join(" · "))
        });
        let mut hearing = Hearing::new(find, Arc::clone(&mailbox));
        let ended = match threads {
            Ok(()) => self.follow(&mut hearing, &happenings, socket),
            Err(error) => Ended::Broken(format!("no threads: {error}")),
        };
        mailbox.close();
        match ended {
            Ended::HungUp => None,
            Ended::Broken(why) => {
                let _ = say(socket, &FromEar::Refused { why: why.clone() });
                Some(why)
            }
        }
    }

    fn follow(&self, hearing: &mut Hearing, happenings: &Receiver<Happening>, socket: &mut Socket) -> Ended {
        let mut next_tick = Instant::now() + TICK;
        let mut state = State::Idle;
        loop {
            let left = next_tick.saturating_duration_since(Instant::now());
            let happening = if hearing.moves() {
                happenings.recv_timeout(left)
            } else {
                happenings.recv().map_err(|_| RecvTimeoutError::Disconnected)
            };
            let answer = match happening {
                Ok(Happening::Frame(frame)) => hearing.frame(frame),
                Ok(Happening::Report(stream, report)) => hearing.report(stream, report),
                Ok(Happening::Gone(None)) | Err(RecvTimeoutError::Disconnected) => return Ended::HungUp,
                Ok(Happening::Gone(Some(why))) => return Ended::Broken(why),
                Err(RecvTimeoutError::Timeout) => Ok(None),
            };
            let now = Instant::now();
            let ticked = if hearing.moves() && now >= next_tick {
                next_tick = now + TICK;
                hearing.tick()
            } else {
                Ok(())
            };
            if let Ok(Some(answer)) = &answer
                && say(socket, answer).is_err()
            {
                return Ended::HungUp;
            }
            if let Err(end) = answer.map(|_| ()).and(ticked) {
                return Ended::Broken(match end {
                    End::Wrong(wrong) => wrong.to_string(),
                    End::Output(_) => end.to_string(),
                });
            }
            let before = std::mem::replace(&mut state, hearing.state());
            if before != state {
                (self.on_event)(match state {
                    State::Idle => EarEvent::Idle,
                    State::Playing => EarEvent::Playing,
                    State::Paused => EarEvent::Paused,
                });
            }
        }
    }
}

enum Ended {
    HungUp,
    Broken(String),
}

enum Happening {
    Frame(ToEar),
    Report(u64, Report),
    /// The line ended; why, unless it was closed between two frames.
    Gone(Option<String>),
}

/// A socket that must have said all of its hello by then, and not only a byte of it now and again.
struct Limited {
    socket: Socket,
    until: Option<Instant>,
}

impl Limited {
    /// From now on there is no hurry.
    fn lift(&mut self) -> io::Result<()> {
        self.until = None;
        self.socket.set_read_timeout(None)
    }
}

impl io::Read for Limited {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        if let Some(until) = self.until {
            let left = until.saturating_duration_since(Instant::now());
            if left.is_zero() {
                return Err(io::ErrorKind::TimedOut.into());
            }
            self.socket.set_read_timeout(Some(left))?;
        }
        self.socket.read(buffer)
    }
}

fn say(socket: &mut Socket, answer: &FromEar) -> io::Result<()> {
    let mut out = Vec::new();
    answer.write(&mut out);
    socket.write_all(&out)
}

/// Takes as long for a wrong token as for the right one.
fn same(one: &[u8], other: &[u8]) -> bool {
    one.len() == other.len() && one.iter().zip(other).fold(0, |differing, (a, b)| differing | (a ^ b)) == 0
}

fn read_frames(mut reader: BufReader<Limited>, happenings: &SyncSender<Happening>) {
    let mut buffer = Vec::new();
    loop {
        let frame = frame::read(&mut reader, &mut buffer).and_then(|body| Ok(ToEar::parse(body)?));
        let (happening, last) = match frame {
            Ok(frame) => (Happening::Frame(frame), false),
            Err(error) if error.kind() == io::ErrorKind::InvalidData => (Happening::Gone(Some(error.to_string())), true),
            Err(_) => (Happening::Gone(None), true),
        };
        if happenings.send(happening).is_err() || last {
            return;
        }
    }
}

/// From the mailbox that outputs report to into the one queue that is waited at.
fn pass_reports(mailbox: &Mailbox, happenings: &SyncSender<Happening>) {
    loop {
        match mailbox.wait(None) {
            Waited::Letter(Letter::Report { stream, report }) => {
                if happenings.send(Happening::Report(stream, report)).is_err() {
                    return;
                }
            }
            Waited::Letter(Letter::Command(_)) | Waited::TimedOut => {}
            Waited::Closed => return,
        }
    }
}
