//! The other machine: an sshd of the test's own, and a `callreel ear` that goes there.

use std::{
    fs,
    io::{BufRead, BufReader},
    net::{TcpListener, TcpStream},
    os::unix::fs::PermissionsExt,
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
    sync::mpsc::{Receiver, channel},
    time::{Duration, Instant},
};

use super::relay::Relay;
use crate::{common::home::PROGRAM, sound::sink::Sink};

pub const PATIENCE: Duration = Duration::from_secs(40);

/// Ends its process with the test.
pub struct Ended(pub Child);

impl Drop for Ended {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

/// Waits for a state that nobody tells of.
pub fn until(what: &str, mut holds: impl FnMut() -> bool) {
    let begun = Instant::now();
    while !holds() {
        assert!(begun.elapsed() < PATIENCE, "{what} does not come");
        std::thread::park_timeout(Duration::from_millis(10));
    }
}

/// An sshd that lets this user in, with a relay before it.
pub struct Far {
    _sshd: Ended,
    pub relay: Relay,
    folder: tempfile::TempDir,
}

impl Far {
    /// Starts one; none, with the reason printed, where there is no sshd. `more`: further lines of its configuration.
    #[expect(clippy::print_stderr, reason = "a skipped test says why")]
    pub fn start(delay: Duration, more: &str) -> Option<Self> {
        let Some(sshd) = ["/usr/sbin/sshd", "/usr/bin/sshd"].iter().find(|path| Path::new(path).exists()) else {
            eprintln!("skipped: there is no sshd here; install openssh-server");
            return None;
        };
        for (program, flag) in [("ssh", "-V"), ("ssh-keygen", "--help")] {
            let there = Command::new(program).arg(flag).stdout(Stdio::null()).stderr(Stdio::null()).status();
            if let Err(why) = there {
                eprintln!("skipped: {program} cannot be started here ({why}); install openssh-client");
                return None;
            }
        }
        // Where sshd wants to lock itself in when root starts it; a service makes it otherwise.
        let _ = fs::create_dir_all("/run/sshd");
        // Short, since paths of sockets are.
        let folder = tempfile::Builder::new().prefix("cr-far-").tempdir_in("/tmp").expect("a folder");
        let path = |name: &str| folder.path().join(name).display().to_string();
        for key in ["host", "user"] {
            let made = Command::new("ssh-keygen").args(["-q", "-t", "ed25519", "-N", "", "-f", &path(key)]).status();
            assert!(made.expect("ssh-keygen").success());
        }
        fs::create_dir(folder.path().join("run")).expect("a folder for sockets");
        fs::set_permissions(folder.path().join("run"), fs::Permissions::from_mode(0o700)).expect("a private folder");
        let port = TcpListener::bind(("127.0.0.1", 0)).and_then(|listener| listener.local_addr()).expect("a port").port();
        let config = format!(
            "ListenAddress 127.0.0.1\nPort {port}\nHostKey {}\nAuthorizedKeysFile {}\nPidFile none\nStrictModes no\n\
             UsePAM no\nPasswordAuthentication no\nKbdInteractiveAuthentication no\nPermitRootLogin yes\nLogLevel ERROR\n\
             PrintMotd no\nSetEnv XDG_RUNTIME_DIR={}\n{more}\n",
            path("host"),
            path("user.pub"),
            path("run"),
        );
        fs::write(folder.path().join("sshd_config"), config).expect("a configuration");
        let child = Command::new(sshd)
            .args(["-D", "-e", "-f", &path("sshd_config")])
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(fs::File::create(path("sshd.log")).expect("a log"))
            .spawn()
            .expect("sshd");
        let mut sshd = Ended(child);
        let begun = Instant::now();
        while TcpStream::connect(("127.0.0.1", port)).is_err() {
            let log = fs::read_to_string(path("sshd.log")).unwrap_or_default();
            if matches!(sshd.0.try_wait(), Ok(Some(_))) || begun.elapsed() > PATIENCE {
                eprintln!("skipped: sshd does not run here: {log}");
                return None;
            }
            std::thread::park_timeout(Duration::from_millis(10));
        }
        let relay = Relay::to(port, delay);
        let user = Command::new("id").arg("-un").output().expect("a user");
        let client = format!(
            "Host far\n HostName 127.0.0.1\n Port {}\n User {}\n IdentityFile {}\n IdentitiesOnly yes\n IdentityAgent none\n \
             BatchMode yes\n StrictHostKeyChecking no\n UserKnownHostsFile /dev/null\n LogLevel ERROR\n",
            relay.port(),
            String::from_utf8_lossy(&user.stdout).trim(),
            path("user"),
        );
        fs::write(folder.path().join("ssh_config"), client).expect("a configuration");
        Some(Self { _sshd: sshd, relay, folder })
    }

    /// `XDG_RUNTIME_DIR` over there.
    pub fn run(&self) -> PathBuf {
        self.folder.path().join("run")
    }

    /// How to call ssh.
    pub fn ssh(&self) -> String {
        format!("ssh -F {}", self.folder.path().join("ssh_config").display())
    }

    /// Folders of ears that were brought here, with their socket or port.
    pub fn ears(&self) -> Vec<PathBuf> {
        let entries = fs::read_dir(self.run()).expect("the folder for sockets").flatten().map(|entry| entry.path());
        entries.filter(|folder| folder.join("ear.sock").exists() || folder.join("address").exists()).collect()
    }

    /// The program at the own end, which goes there and sounds at this sink.
    pub fn ear(&self, sink: &Sink, arguments: &[&str]) -> Ear {
        let own = tempfile::Builder::new().prefix("cr-own-").tempdir_in("/tmp").expect("a folder");
        let mut child = Command::new(PROGRAM)
            .args(["ear", "--via", "far", "--ssh", &self.ssh()])
            .args(arguments)
            .env_clear()
            .env("HOME", own.path())
            .env("XDG_RUNTIME_DIR", own.path())
            .env("PATH", "/usr/local/bin:/usr/bin:/bin")
            .env("PULSE_SERVER", sink.server())
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .expect("the program");
        let (sender, words) = channel();
        let stderr = child.stderr.take().expect("its words");
        std::thread::spawn(move || {
            for line in BufReader::new(stderr).lines().map_while(Result::ok) {
                let _ = sender.send(line);
            }
        });
        Ear { child: Ended(child), words, own }
    }
}

/// A running `callreel ear`.
pub struct Ear {
    pub child: Ended,
    words: Receiver<String>,
    pub own: tempfile::TempDir,
}

impl Ear {
    /// Waits for a line with this in it.
    pub fn says(&self, part: &str) -> String {
        let deadline = Instant::now() + PATIENCE;
        let mut said = Vec::new();
        loop {
            let left = deadline.saturating_duration_since(Instant::now());
            let Ok(line) = self.words.recv_timeout(left) else { panic!("it does not say {part:?}, but {said:?}") };
            if line.contains(part) {
                return line;
            }
            said.push(line);
        }
    }

    /// Everything else it said, once it has ended.
    pub fn ends(&mut self) -> (Option<i32>, Vec<String>) {
        let status = self.child.0.wait().expect("its end");
        (status.code(), self.words.iter().collect())
    }

    pub fn terminate(&self) {
        let pid = rustix::process::Pid::from_child(&self.child.0);
        rustix::process::kill_process(pid, rustix::process::Signal::TERM).expect("a signal");
    }
}
