//! The line to the other machine: one ssh that holds the connection, and a shell over it.
//!
//! The connection is a ControlMaster of our own. Its only session is a small script that makes a private folder with the
//! token in it, and removes it when the line ends; the script comes by stdin, so that no list of processes shows the token.
//! Then the socket is forwarded into that folder: a new name each time, since a socket of a line that was cut stays in the
//! way for as long as its sshd does not know.

use std::{
    io::{BufRead, BufReader, Read, Write},
    path::PathBuf,
    process::{Child, ChildStdin, Command, Stdio},
    sync::{
        Arc, Condvar, Mutex, PoisonError,
        atomic::{AtomicBool, AtomicI32, Ordering},
    },
    time::Duration,
};

use rustix::process::{Pid, Signal, kill_process};

use crate::{domain::clean, playback::EarServer};

/// After a cut it is tried again at these distances; the last one over and over.
const RETRY: [Duration; 4] = [Duration::from_secs(1), Duration::from_secs(2), Duration::from_secs(5), Duration::from_secs(10)];
/// Between the end of ssh and the word that we are to end.
const A_MOMENT: Duration = Duration::from_millis(200);
/// Lines that a login may say before our script does.
const NOISE: usize = 1000;
/// What is kept of the words of ssh, in bytes.
const WORDS: usize = 4096;
/// Begins the line with which the script tells its folder.
const MARK: &str = "callreel-ear ";

/// The other machine and how it is reached.
pub(super) struct Far {
    /// Program and flags.
    pub(super) ssh: Vec<String>,
    pub(super) destination: String,
}

/// What is to be done.
pub(super) struct Work {
    pub(super) far: Far,
    /// Private, at this end.
    pub(super) folder: PathBuf,
    pub(super) socket: PathBuf,
    pub(super) server: EarServer,
    pub(super) token: String,
    /// A shell or this command there, with a terminal or without.
    pub(super) shell: Option<(Option<String>, bool)>,
}

/// What happens to the line.
pub(super) enum Supervised {
    /// It is there; the folder at the far end.
    Up(String),
    Cut(String),
    /// One more attempt failed.
    Still(String),
}

/// Why it was given up.
pub(super) struct Broken {
    /// The other machine answered.
    pub(super) reached: bool,
    pub(super) why: String,
}

/// Ends the work from outside.
#[derive(Default)]
pub(super) struct Stop {
    stopped: AtomicBool,
    /// Processes that run.
    processes: [AtomicI32; 2],
    lock: Mutex<()>,
    changed: Condvar,
}

impl Stop {
    pub(super) fn stop(&self) {
        self.stopped.store(true, Ordering::Release);
        for process in &self.processes {
            if let Some(pid) = Pid::from_raw(process.load(Ordering::Acquire)) {
                // It may have ended just now.
                let _ = kill_process(pid, Signal::TERM);
            }
        }
        drop(self.lock.lock().unwrap_or_else(PoisonError::into_inner));
        self.changed.notify_all();
    }

    fn is_stopped(&self) -> bool {
        self.stopped.load(Ordering::Acquire)
    }

    fn runs(&self, slot: usize, child: Option<&Child>) {
        if let Some(process) = self.processes.get(slot) {
            process.store(child.map_or(0, |child| child.id().cast_signed()), Ordering::Release);
        }
        if let Some(child) = child.filter(|_| self.is_stopped()) {
            // It was started while somebody ended us.
            let _ = kill_process(Pid::from_child(child), Signal::TERM);
        }
    }

    /// Whether it was not stopped meanwhile.
    fn rest(&self, time: Duration) -> bool {
        let guard = self.lock.lock().unwrap_or_else(PoisonError::into_inner);
        let waited = self.changed.wait_timeout_while(guard, time, |()| !self.is_stopped());
        drop(waited);
        !self.is_stopped()
    }
}

/// Holds the line until the shell ends or somebody stops it; mends it when it is cut. Gives whether the shell ended well.
///
/// # Errors
/// When the line never came up, is refused, or forwarding is forbidden.
pub(super) fn supervise(work: &Work, stop: &Stop, tell: &dyn Fn(Supervised)) -> Result<bool, Broken> {
    let (mut was_up, mut attempt) = (false, 0);
    loop {
        let why = match Line::open(work, stop) {
            Ok(mut line) => {
                (was_up, attempt) = (true, 0);
                tell(Supervised::Up(line.folder.clone()));
                let ended = line.hold(work, stop);
                let why = line.last_words();
                drop(line);
                match ended {
                    Some(well) => return Ok(well),
                    // Ctrl-C reaches ssh as well, and ssh may be quicker.
                    None if !stop.rest(A_MOMENT) => return Ok(true),
                    None => tell(Supervised::Cut(why)),
                }
                None
            }
            Err(broken) if stop.is_stopped() => return if was_up { Ok(true) } else { Err(broken) },
            // Not again and again with a wrong key: that locks people out.
            Err(broken) if !was_up || broken.why.contains("Permission denied") || broken.why.contains("Host key") => {
                return Err(broken);
            }
            Err(broken) => Some(broken.why),
        };
        if let Some(why) = why {
            tell(Supervised::Still(why));
        }
        let distance = RETRY.get(attempt).or(RETRY.last()).copied().unwrap_or_default();
        attempt += 1;
        if !stop.rest(distance) {
            return Ok(true);
        }
    }
}

/// A connection that is up, with the ear at its far end.
struct Line<'a> {
    far: &'a Far,
    stop: &'a Stop,
    master: Child,
    /// Of our script: it ends with us.
    script: ChildStdin,
    control: PathBuf,
    folder: String,
    words: Arc<Mutex<String>>,
}

impl<'a> Line<'a> {
    fn open(work: &'a Work, stop: &'a Stop) -> Result<Self, Broken> {
        let unreached = |why: String| Broken { reached: false, why };
        let control = work.folder.join("line");
        let mut command = work.far.ssh();
        command
            .arg("-S")
            .arg(&control)
            // Three lost answers are a cut line: 15 s.
            .args(["-M", "-T", "-o", "ControlPersist=no", "-o", "RemoteCommand=none", "-o", "ExitOnForwardFailure=no"])
            .args(["-o", "ServerAliveInterval=5", "-o", "ServerAliveCountMax=3", "-o", "ConnectTimeout=10"])
            .args([work.far.destination.as_str(), "sh -s"])
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped());
        let name = work.far.ssh.first().map_or("ssh", String::as_str);
        let mut master = command.spawn().map_err(|why| unreached(format!("{name} cannot be started: {why}")))?;
        stop.runs(0, Some(&master));
        let (Some(mut script), Some(stdout), Some(stderr)) = (master.stdin.take(), master.stdout.take(), master.stderr.take())
        else {
            return Err(unreached("no pipes to ssh".to_owned()));
        };
        let words = Arc::new(Mutex::new(String::new()));
        collect(stderr, Arc::clone(&words));
        // If it cannot be written, ssh has ended and what it said is known in a moment.
        let _ = script.write_all(self::script(&work.token).as_bytes());
        let mut answers = BufReader::new(stdout);
        let Some(folder) = folder(&mut answers) else {
            let _ = master.wait();
            stop.runs(0, None);
            let why = last_words(&words);
            return Err(unreached(if why.is_empty() { "ssh ended without a word".to_owned() } else { why }));
        };
        // Whatever a login says later is nobody's business, but it must not fill the pipe.
        let _ = std::thread::Builder::new().name("line".to_owned()).spawn(move || {
            let _ = std::io::copy(&mut answers, &mut std::io::sink());
        });
        let mut line = Self { far: &work.far, stop, master, script, control, folder, words };
        line.forward(work).map_err(|why| Broken { reached: true, why })?;
        Ok(line)
    }

    /// Brings the socket to the far end; where only ports may be forwarded, a port.
    fn forward(&mut self, work: &Work) -> Result<(), String> {
        if !self.folder.chars().all(|c| c.is_ascii_alphanumeric() || "/._-".contains(c)) {
            return Err(format!("the folder it made has an odd name: {}", clean::line(&self.folder, 100)));
        }
        let ask = |what: String| {
            let mut command = self.over();
            let output = command.args(["-O", "forward", "-R", &what, &self.far.destination]).stdin(Stdio::null()).output();
            let output = output.map_err(|why| format!("ssh cannot be started: {why}"))?;
            if output.status.success() {
                Ok(String::from_utf8_lossy(&output.stdout).trim().to_owned())
            } else {
                Err(clean::line(String::from_utf8_lossy(&output.stderr).trim(), 300))
            }
        };
        let Err(first) = ask(format!("{}/ear.sock:{}", self.folder, work.socket.display())) else { return Ok(()) };
        let port = work.server.listen_on_port().map_err(|why| format!("no port to listen on: {why}"))?;
        match ask(format!("127.0.0.1:0:127.0.0.1:{port}")) {
            Ok(far_port) if far_port.parse::<u16>().is_ok() => self
                .script
                .write_all(format!("tcp:127.0.0.1:{far_port}\n").as_bytes())
                .map_err(|why| format!("the line was cut: {why}")),
            Ok(_) | Err(_) => Err(format!(
                "forwarding is forbidden there ({first}); ask for AllowStreamLocalForwarding, or run the console at your own \
                 machine on a server's API"
            )),
        }
    }

    /// An ssh over this connection.
    fn over(&self) -> Command {
        let mut command = self.far.ssh();
        command.arg("-S").arg(&self.control).args(["-o", "ControlMaster=no", "-o", "RemoteCommand=none"]);
        command
    }

    /// Until the shell ends (whether well), or the line (none).
    fn hold(&mut self, work: &Work, stop: &Stop) -> Option<bool> {
        let Some((inner, terminal)) = &work.shell else {
            let _ = self.master.wait();
            stop.runs(0, None);
            return None;
        };
        // `env` and `sh`: whatever the login shell is, it understands this.
        let inner = inner.as_deref().unwrap_or("exec \"${SHELL:-/bin/sh}\" -l");
        let remote = format!("env CALLREEL_EAR={} sh -c '{}'", self.folder, inner.replace('\'', "'\\''"));
        let mut command = self.over();
        command.arg(if *terminal { "-t" } else { "-T" }).args([&self.far.destination, &remote]);
        let mut shell = command.spawn().ok()?;
        stop.runs(1, Some(&shell));
        let ended = shell.wait();
        stop.runs(1, None);
        let code = ended.ok().and_then(|status| status.code());
        // 255 is ssh's own: is the connection still there?
        let cut = code.is_none_or(|code| code == 255) && !self.alive();
        if cut { None } else { Some(code == Some(0)) }
    }

    fn alive(&self) -> bool {
        let asked = self.over().args(["-O", "check", &self.far.destination]).stdin(Stdio::null()).output();
        asked.is_ok_and(|output| output.status.success())
    }

    fn last_words(&self) -> String {
        let words = last_words(&self.words);
        if words.is_empty() { "no answer".to_owned() } else { words }
    }
}

impl Drop for Line<'_> {
    fn drop(&mut self) {
        // It ends its sessions, and the script at the far end removes the folder.
        if matches!(self.master.try_wait(), Ok(None)) {
            let _ = kill_process(Pid::from_child(&self.master), Signal::TERM);
            let _ = self.master.wait();
        }
        self.stop.runs(0, None);
        let _ = std::fs::remove_file(&self.control);
    }
}

impl Far {
    fn ssh(&self) -> Command {
        let mut words = self.ssh.iter();
        let mut command = Command::new(words.next().map_or("ssh", String::as_str));
        command.args(words);
        command
    }
}

/// Makes the folder, tells it, and removes it when stdin ends. A line on stdin is an address to be found there.
fn script(token: &str) -> String {
    format!(
        r#"{{
umask 077
d=
for r in "$XDG_RUNTIME_DIR" /tmp; do
  [ -z "$d" ] && [ -n "$r" ] && [ -d "$r" ] && d=$(mktemp -d "$r/callreel-ear-XXXXXXXX" 2>/dev/null)
done
if [ -z "$d" ]; then echo "no folder for a socket in /tmp" >&2; exit 1; fi
trap 'rm -rf "$d"' 0
trap 'exit 1' 1 2 13 15
printf '%s\n' '{token}' >"$d/token"
printf '{MARK}%s\n' "$d"
while read -r a; do printf '%s\n' "$a" >"$d/address"; done
exit 0
}}
"#
    )
}

/// The folder that the script tells, behind whatever else the login says.
fn folder(answers: &mut impl BufRead) -> Option<String> {
    for _ in 0..NOISE {
        let mut line = Vec::new();
        let read = answers.by_ref().take(WORDS as u64).read_until(b'\n', &mut line);
        if read.ok()? == 0 {
            return None;
        }
        let line = String::from_utf8_lossy(&line);
        if let Some((_, folder)) = line.split_once(MARK) {
            return Some(folder.trim_end().to_owned());
        }
    }
    None
}

/// Keeps the last of what ssh says.
fn collect(mut stderr: impl Read + Send + 'static, words: Arc<Mutex<String>>) {
    let _ = std::thread::Builder::new().name("line".to_owned()).spawn(move || {
        let mut block = [0; 1024];
        while let Ok(count @ 1..) = stderr.read(&mut block) {
            let mut words = words.lock().unwrap_or_else(PoisonError::into_inner);
            words.push_str(&String::from_utf8_lossy(block.get(..count).unwrap_or_default()));
            let beyond = words.len().saturating_sub(WORDS);
            let from = (beyond..=words.len()).find(|at| words.is_char_boundary(*at)).unwrap_or(0);
            words.drain(..from);
        }
    });
}

/// The last line that ssh said.
fn last_words(words: &Mutex<String>) -> String {
    let words = words.lock().unwrap_or_else(PoisonError::into_inner);
    let last = words.lines().map(str::trim).rfind(|line| !line.is_empty()).unwrap_or_default();
    clean::line(last.trim_end_matches('.'), 200)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_folder_is_found_behind_the_noise_of_a_login() {
        let answer = |text: &str| folder(&mut text.as_bytes());
        assert_eq!(answer("Welcome!\r\ncallreel-ear /tmp/callreel-ear-a1\nmore"), Some("/tmp/callreel-ear-a1".to_owned()));
        assert_eq!(answer("Welcome!\n"), None);
        assert_eq!(answer(&"x".repeat(10_000_000)), None);
    }

    #[test]
    fn the_script_makes_a_private_folder_and_removes_it_with_the_line() {
        use std::os::unix::fs::MetadataExt;
        let root = tempfile::tempdir().unwrap();
        let mut shell = Command::new("sh")
            .arg("-s")
            .env("XDG_RUNTIME_DIR", root.path())
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let mut stdin = shell.stdin.take().unwrap();
        stdin.write_all(script("ab12").as_bytes()).unwrap();
        let made = folder(&mut BufReader::new(shell.stdout.take().unwrap())).unwrap();
        let made = PathBuf::from(made);
        assert!(made.starts_with(root.path()), "{}", made.display());
        assert_eq!(made.metadata().unwrap().mode() & 0o777, 0o700);
        assert_eq!(std::fs::read_to_string(made.join("token")).unwrap(), "ab12\n");
        assert_eq!(made.join("token").metadata().unwrap().mode() & 0o777, 0o600);
        stdin.write_all(b"tcp:127.0.0.1:99\n").unwrap();
        drop(stdin);
        assert!(shell.wait().unwrap().success());
        assert!(!made.exists());
    }

    #[test]
    fn the_last_words_of_ssh_are_kept_and_no_more() {
        let words = Arc::new(Mutex::new(String::new()));
        let (mut writer, reader) = std::os::unix::net::UnixStream::pair().unwrap();
        collect(reader.try_clone().unwrap(), Arc::clone(&words));
        writer.write_all("ż".repeat(9000).as_bytes()).unwrap();
        writer.write_all(b"\r\nroot@x: Permission denied (publickey).\r\n").unwrap();
        drop(writer);
        drop(reader);
        while Arc::strong_count(&words) > 1 {
            std::thread::yield_now();
        }
        assert_eq!(last_words(&words), "root@x: Permission denied (publickey)");
        assert!(words.lock().unwrap().len() <= WORDS);
    }
}
