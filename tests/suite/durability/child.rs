//! The program that dies: writes as the service does (file, then row, then word), and says what is kept once it is. And the
//! check of what it left.

use std::{
    collections::HashMap,
    env,
    fmt::Write as _,
    fs,
    io::{BufRead, BufReader, Write},
    path::Path,
    process::{Child, Command, Stdio},
    sync::mpsc::{Receiver, RecvTimeoutError, channel},
    thread::JoinHandle,
    time::Duration,
};

use callreel::{
    domain::{
        actor::Origin,
        audit::AuditRecord,
        directory::Company,
        length::Tenths,
        recording::{Copy, CopyState, INTERNAL, NewRecording, RecordingMode, RecordingState},
    },
    store::{CheckAsk, ImportBatch, OpenOptions, Store, StoreError},
    vault::Vault,
};
use sha2::{Digest, Sha256};

/// The row is committed before its file is there: the order that loses.
pub const ROW_FIRST: &str = "row-first";

/// A child at work.
pub struct Writer {
    pub process: Child,
    lines: Receiver<String>,
    reader: Option<JoinHandle<()>>,
}

/// A loop that stops at a failed assertion leaves nobody behind who fills the disk.
impl Drop for Writer {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

/// An acknowledged recording: path and hash.
pub type Kept = (String, String);

impl Writer {
    /// Starts it on a database and a folder of recordings; `before` is put in front of the command.
    pub fn start(before: &[String], database: &Path, recordings: &Path, sabotage: &str) -> Self {
        let program = env::current_exe().unwrap().to_str().unwrap().to_owned();
        let mut words = before.to_vec();
        words.push(program);
        words.extend(
            ["--exact", "durability::child::writes_until_it_dies", "--ignored", "--nocapture", "--test-threads=1"]
                .map(str::to_owned),
        );
        let mut process = Command::new(&words[0])
            .args(&words[1..])
            .env("CALLREEL_CHILD_DATABASE", database)
            .env("CALLREEL_CHILD_RECORDINGS", recordings)
            .env("CALLREEL_SABOTAGE", sabotage)
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        let out = BufReader::new(process.stdout.take().unwrap());
        let (send, lines) = channel();
        let reader = std::thread::spawn(move || {
            for line in out.lines().map_while(Result::ok) {
                if send.send(line).is_err() {
                    break;
                }
            }
        });
        Self { process, lines, reader: Some(reader) }
    }

    /// Waits for the first word; false if it ended without one.
    pub fn has_begun(&self, kept: &mut Vec<Kept>) -> bool {
        loop {
            match self.lines.recv_timeout(Duration::from_secs(60)) {
                Ok(line) => {
                    let acknowledged = parse(&line);
                    let begun = acknowledged.is_some();
                    kept.extend(acknowledged);
                    if begun {
                        return true;
                    }
                }
                Err(RecvTimeoutError::Disconnected) => return false,
                Err(RecvTimeoutError::Timeout) => panic!("the child says nothing"),
            }
        }
    }

    /// `kill -9`, and what it had said by then.
    pub fn kill(mut self, kept: &mut Vec<Kept>) {
        let _ = self.process.kill();
        let _ = self.process.wait();
        if let Some(reader) = self.reader.take() {
            reader.join().unwrap();
        }
        kept.extend(self.lines.try_iter().filter_map(|line| parse(&line)));
    }
}

fn parse(line: &str) -> Option<Kept> {
    let (path, hash) = line.split_once("ACK ")?.1.split_once(' ')?;
    (hash.len() == 64).then(|| (path.to_owned(), hash.to_owned()))
}

pub fn hex(bytes: &[u8]) -> String {
    bytes.iter().fold(String::new(), |mut text, byte| {
        let _ = write!(text, "{byte:02x}");
        text
    })
}

/// A recording as an import brings it.
pub fn recording(name: &str, path: String, bytes: &[u8]) -> NewRecording {
    NewRecording {
        source_name: format!("{name}.wav"),
        source_ids: vec![format!("pbx-{name}")],
        mode: Some(RecordingMode::Auto),
        started: None,
        leg: None,
        length: Tenths(20),
        channels: 1,
        format: "wav/pcm".to_owned(),
        bytes: bytes.len() as u64,
        sha256: Sha256::digest(bytes).into(),
        state: RecordingState::Stored,
        copies: vec![Copy { place: INTERNAL.to_owned(), state: CopyState::Verified, path }],
        parts: Vec::new(),
    }
}

fn act() -> AuditRecord {
    AuditRecord {
        who: "child".to_owned(),
        origin: Origin::default(),
        did: "import.run",
        object: None,
        project: None,
        outcome: "done",
        detail: None,
        foreign: None,
    }
}

async fn one(store: &Store, vault: &Vault, rng: &mut fastrand::Rng, row_first: bool) -> Result<Kept, StoreError> {
    let mut bytes = vec![0; rng.usize(2_048..32_768)];
    rng.fill(&mut bytes);
    let name = ulid::Ulid::new().to_string();
    let hash = hex(&Sha256::digest(&bytes));
    let path = format!("{}/{name}-{}.wav", &hash[..2], &hash[..12]);
    let failed = |error: callreel::vault::VaultError| StoreError::Failed(error.to_string());
    if !row_first {
        assert_eq!(vault.put_bytes(&bytes, &name, "wav").map_err(failed)?.path, path);
    }
    store.import(ImportBatch::new(Vec::new(), vec![recording(&name, path.clone(), &bytes)], Vec::new())).await?;
    if row_first {
        vault.put_bytes(&bytes, &name, "wav").map_err(failed)?;
    }
    if rng.u8(..4) == 0 {
        store.append_audit(act()).await?;
    }
    Ok((path, hash))
}

#[test]
#[ignore = "the loops start it"]
fn writes_until_it_dies() {
    let Ok(database) = env::var("CALLREEL_CHILD_DATABASE") else { return };
    let recordings = env::var("CALLREEL_CHILD_RECORDINGS").unwrap();
    let row_first = env::var("CALLREEL_SABOTAGE").is_ok_and(|word| word == ROW_FIRST);
    let work = async {
        let options = OpenOptions {
            path: database.into(),
            create: Some(Company::default()),
            read_only: false,
            readers: 1,
            bulk: false,
            keeps_columns: false,
        };
        let Ok(store) = Store::open(options).await else { return };
        let Ok(vault) = Vault::open(Path::new(&recordings), store.database_id(), true) else { return };
        let mut rng = fastrand::Rng::new();
        // Whoever started it may be gone.
        for _ in 0..100_000 {
            match one(&store, &vault, &mut rng, row_first).await {
                Ok((path, hash)) => {
                    if writeln!(std::io::stdout(), "ACK {path} {hash}").is_err() {
                        return;
                    }
                    // Calls end now and then, not without a pause.
                    std::thread::sleep(Duration::from_micros(rng.u64(..3_000)));
                }
                Err(_) if store.has_failed() => return,
                Err(_) => std::thread::sleep(Duration::from_millis(1)),
            }
        }
    };
    tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build().unwrap().block_on(work);
}

/// What is wrong after a death.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Found {
    /// Acknowledged, and the database does not know them.
    pub lost: usize,
    /// Rows without a file.
    pub without_file: usize,
    /// Files with other bytes.
    pub other_bytes: usize,
    /// The database or its audit chain.
    pub broken: Option<String>,
}

impl Found {
    pub fn is_nothing(&self) -> bool {
        *self == Self::default()
    }
}

/// Opens it as the next start does, and looks at everything.
pub fn check(database: &Path, recordings: &Path, kept: &[Kept]) -> Found {
    let mut found = Found::default();
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    let options = OpenOptions {
        path: database.to_owned(),
        create: Some(Company::default()),
        read_only: false,
        readers: 1,
        bulk: false,
        keeps_columns: false,
    };
    let audit = runtime.block_on(async {
        let store = Store::open(options).await.map_err(|error| error.to_string())?;
        let check = store.check_audit(CheckAsk::default()).await.map_err(|error| error.to_string())?;
        store.close().await.map_err(|error| error.to_string())?;
        check.faults.first().map_or(Ok(()), |fault| Err(format!("audit row {}: {}", fault.seq, fault.reason)))
    });
    found.broken = audit.err();
    let rows = || -> rusqlite::Result<HashMap<String, String>> {
        let conn = rusqlite::Connection::open(database)?;
        let whole: String = conn.query_row("PRAGMA integrity_check", [], |row| row.get(0))?;
        assert_eq!(whole, "ok", "{}", database.display());
        let mut statement = conn.prepare("SELECT c.path, r.sha256 FROM recording_copy c JOIN recording r ON r.id=c.recording")?;
        let rows = statement.query_map([], |row| Ok((row.get(0)?, hex(&row.get::<_, Vec<u8>>(1)?))))?;
        rows.collect()
    };
    let rows = match rows() {
        Ok(rows) => rows,
        Err(error) => {
            found.broken = Some(error.to_string());
            found.lost = kept.len();
            return found;
        }
    };
    found.lost = kept.iter().filter(|(path, hash)| rows.get(path) != Some(hash)).count();
    for (path, hash) in &rows {
        match fs::read(recordings.join(path)) {
            Ok(bytes) if hex(&Sha256::digest(&bytes)) == *hash => {}
            Ok(_) => found.other_bytes += 1,
            Err(_) => found.without_file += 1,
        }
    }
    found
}
