//! A sound server with a null sink, and a recorder of what is played there.

use std::{
    io::Read,
    path::PathBuf,
    process::{Child, Command, Stdio},
    sync::{Arc, Condvar, Mutex},
    time::{Duration, Instant},
};

/// Rate of sink and recording.
pub const RATE: usize = 48_000;
const PATIENCE: Duration = Duration::from_secs(30);

/// Kills its process when the test ends, however it ends.
struct Killed(Child);

impl Drop for Killed {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

/// A PulseAudio of this test alone.
pub struct Sink {
    daemon: Option<Killed>,
    folder: tempfile::TempDir,
}

impl Sink {
    /// Starts one; none, with the reason printed, where PulseAudio is not installed.
    #[expect(clippy::print_stderr, reason = "a skipped test says why")]
    pub fn start() -> Option<Self> {
        let folder = tempfile::tempdir().expect("a folder for a sound server");
        std::fs::create_dir(folder.path().join("pulse")).expect("a folder for its socket");
        let socket = folder.path().join("pulse/native");
        let started = Command::new("pulseaudio")
            .args(["-n", "--daemonize=no", "--exit-idle-time=-1", "--use-pid-file=no"])
            .args(["-L", "module-null-sink sink_name=null rate=48000 channels=2 norewinds=1"])
            .args(["-L", &format!("module-native-protocol-unix auth-anonymous=1 socket={}", socket.display())])
            .env("HOME", folder.path())
            .env("XDG_RUNTIME_DIR", folder.path())
            .env_remove("PULSE_SERVER")
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn();
        let daemon = match started {
            Ok(daemon) => Killed(daemon),
            Err(why) => {
                eprintln!("skipped: PulseAudio cannot be started here ({why}); install pulseaudio and pulseaudio-utils");
                return None;
            }
        };
        if let Err(why) = Command::new("parecord").arg("--version").stdout(Stdio::null()).status() {
            eprintln!("skipped: parecord cannot be started here ({why}); install pulseaudio-utils");
            return None;
        }
        let sink = Self { daemon: Some(daemon), folder };
        let begun = Instant::now();
        while std::os::unix::net::UnixStream::connect(sink.socket()).is_err() {
            assert!(begun.elapsed() < PATIENCE, "PulseAudio does not listen");
            std::thread::park_timeout(Duration::from_millis(10));
        }
        Some(sink)
    }

    pub fn socket(&self) -> PathBuf {
        self.folder.path().join("pulse/native")
    }

    /// What `PULSE_SERVER` should be.
    pub fn server(&self) -> String {
        format!("unix:{}", self.socket().display())
    }

    /// Ends the server at once, as a crash would.
    pub fn kill(&mut self) {
        self.daemon = None;
    }

    /// Records the monitor of the sink; comes back when the recording runs.
    pub fn record(&self) -> Recorder {
        let mut process = Command::new("parecord")
            .args(["-d", "null.monitor", "--rate=48000", "--channels=2", "--format=s16le", "--latency-msec=20", "--raw"])
            .env("PULSE_SERVER", self.server())
            .env("HOME", self.folder.path())
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .expect("a recorder");
        let mut output = process.stdout.take().expect("its sound");
        let shared = Arc::new((Mutex::new(Vec::new()), Condvar::new()));
        let writer = Arc::clone(&shared);
        std::thread::spawn(move || {
            let mut block = [0; 16 * 1024];
            while let Ok(count @ 1..) = output.read(&mut block) {
                writer.0.lock().expect("the recording").extend_from_slice(&block[..count]);
                writer.1.notify_all();
            }
        });
        let recorder = Recorder { _process: Killed(process), shared };
        recorder.wait_more(0.3);
        recorder
    }
}

/// A running recording.
pub struct Recorder {
    _process: Killed,
    shared: Arc<(Mutex<Vec<u8>>, Condvar)>,
}

impl Recorder {
    /// Until so many seconds more were recorded.
    pub fn wait_more(&self, seconds: f64) {
        let bytes = self.shared.0.lock().expect("the recording");
        let wanted = bytes.len() + (seconds * RATE as f64) as usize * 4;
        let (bytes, waited) =
            self.shared.1.wait_timeout_while(bytes, PATIENCE, |bytes| bytes.len() < wanted).expect("the recording");
        assert!(!waited.timed_out(), "the recorder gives nothing: {} of {wanted} bytes", bytes.len());
    }

    /// Everything so far, left and right.
    pub fn sides(&self) -> [Vec<f64>; 2] {
        let bytes = self.shared.0.lock().expect("the recording");
        [0, 2].map(|at| bytes.chunks_exact(4).map(|frame| f64::from(i16::from_le_bytes([frame[at], frame[at + 1]]))).collect())
    }
}
