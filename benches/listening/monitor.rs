//! A sound server with a null sink, and what arrives at its monitor, with the moment at which it arrived.

use std::{
    io::Read,
    path::PathBuf,
    process::{Child, Command, Stdio},
    sync::{Arc, Condvar, Mutex},
    time::{Duration, Instant},
};

use anyhow::{Context, bail};

/// Rate of the sink.
pub const RATE: usize = 48_000;
/// Louder than this is sound (of 32768).
pub const LOUD: u16 = 300;

/// Ends its process with itself.
pub struct Ended(pub Child);

impl Drop for Ended {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

pub struct Monitor {
    _daemon: Ended,
    _recorder: Ended,
    folder: tempfile::TempDir,
    heard: Arc<(Mutex<Heard>, Condvar)>,
}

/// Left samples, and when each block of them came.
#[derive(Default)]
struct Heard {
    samples: Vec<i16>,
    /// Number of samples before the block, and its moment.
    blocks: Vec<(usize, Instant)>,
}

impl Monitor {
    pub fn start() -> anyhow::Result<Self> {
        let folder = tempfile::tempdir()?;
        std::fs::create_dir(folder.path().join("pulse"))?;
        let socket = folder.path().join("pulse/native");
        let daemon = Command::new("pulseaudio")
            .args(["-n", "--daemonize=no", "--exit-idle-time=-1", "--use-pid-file=no"])
            .args(["-L", "module-null-sink sink_name=null rate=48000 channels=2 norewinds=1"])
            .args(["-L", &format!("module-native-protocol-unix auth-anonymous=1 socket={}", socket.display())])
            .env("HOME", folder.path())
            .env("XDG_RUNTIME_DIR", folder.path())
            .env_remove("PULSE_SERVER")
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .context("pulseaudio is not installed")?;
        let daemon = Ended(daemon);
        let begun = Instant::now();
        while std::os::unix::net::UnixStream::connect(&socket).is_err() {
            if begun.elapsed() > Duration::from_secs(20) {
                bail!("PulseAudio does not listen");
            }
            std::thread::sleep(Duration::from_millis(10));
        }
        let mut recorder = Command::new("parecord")
            .args(["-d", "null.monitor", "--rate=48000", "--channels=2", "--format=s16le", "--latency-msec=4", "--raw"])
            .env("PULSE_SERVER", format!("unix:{}", socket.display()))
            .env("HOME", folder.path())
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .context("parecord is not installed")?;
        let mut output = recorder.stdout.take().context("no sound of the recorder")?;
        let heard = Arc::new((Mutex::new(Heard::default()), Condvar::new()));
        let writer = Arc::clone(&heard);
        std::thread::spawn(move || {
            let (mut block, mut rest) = ([0; 4096], Vec::new());
            while let Ok(count @ 1..) = output.read(&mut block) {
                let now = Instant::now();
                rest.extend_from_slice(&block[..count]);
                let whole = rest.len() / 4 * 4;
                let mut heard = writer.0.lock().unwrap();
                let before = heard.samples.len();
                heard.blocks.push((before, now));
                heard.samples.extend(rest[..whole].chunks_exact(4).map(|frame| i16::from_le_bytes([frame[0], frame[1]])));
                rest.drain(..whole);
                writer.1.notify_all();
            }
        });
        let monitor = Self { _daemon: daemon, _recorder: Ended(recorder), folder, heard };
        monitor.wait(0.3)?;
        Ok(monitor)
    }

    pub fn socket(&self) -> PathBuf {
        self.folder.path().join("pulse/native")
    }

    /// What `PULSE_SERVER` should be.
    pub fn server(&self) -> String {
        format!("unix:{}", self.socket().display())
    }

    pub fn home(&self) -> PathBuf {
        self.folder.path().to_owned()
    }

    /// Samples so far.
    pub fn place(&self) -> usize {
        self.heard.0.lock().unwrap().samples.len()
    }

    /// Until so many seconds more were recorded.
    pub fn wait(&self, seconds: f64) -> anyhow::Result<()> {
        let wanted = self.place() + (seconds * RATE as f64) as usize;
        let patience = Duration::from_secs_f64(seconds * 2.0 + 20.0);
        let heard = self.heard.0.lock().unwrap();
        let (_heard, waited) = self.heard.1.wait_timeout_while(heard, patience, |heard| heard.samples.len() < wanted).unwrap();
        if waited.timed_out() {
            bail!("the recorder gives nothing");
        }
        Ok(())
    }

    /// When the first block came that has a sample as wanted, from a place on.
    fn first(&self, from: usize, wanted: impl Fn(&[i16]) -> Option<usize>) -> anyhow::Result<Instant> {
        let begun = Instant::now();
        loop {
            let heard = self.heard.0.lock().unwrap();
            if let Some(at) = heard.samples.get(from..).and_then(&wanted).map(|at| at + from) {
                let block = heard.blocks.partition_point(|(before, _)| *before <= at);
                return Ok(heard.blocks[block.saturating_sub(1)].1);
            }
            if begun.elapsed() > Duration::from_secs(15) {
                bail!("nothing of it was heard in 15 s");
            }
            drop(self.heard.1.wait_timeout(heard, Duration::from_millis(50)).unwrap());
        }
    }

    /// Milliseconds from a moment until sound is heard that came after `from`.
    pub fn until_sound(&self, from: usize, since: Instant) -> anyhow::Result<f64> {
        let when = self.first(from, |samples| samples.iter().position(|sample| sample.unsigned_abs() > LOUD))?;
        Ok(clock_ms(when, since))
    }

    /// Milliseconds until a silence of 50 ms begins.
    pub fn until_silence(&self, from: usize, since: Instant) -> anyhow::Result<f64> {
        let when = self.first(from, |samples| {
            let quiet = samples.windows(RATE / 20).step_by(48);
            quiet.enumerate().find(|(_, window)| window.iter().all(|sample| sample.unsigned_abs() <= LOUD)).map(|(at, _)| at * 48)
        })?;
        Ok(clock_ms(when, since))
    }

    /// What was recorded since a place.
    pub fn since(&self, from: usize) -> Vec<i16> {
        self.heard.0.lock().unwrap().samples[from..].to_vec()
    }
}

fn clock_ms(when: Instant, since: Instant) -> f64 {
    when.saturating_duration_since(since).as_secs_f64() * 1e3
}
