//! Reading an archive, which may be damaged or made by an enemy: only plain files with names of the format, in its order;
//! links, folders, devices and paths that lead anywhere are refused.

use std::{
    cell::RefCell,
    fs::File,
    io::{self, BufReader, BufWriter, Read, Seek, SeekFrom, Write},
    rc::Rc,
};

use sha2::{Digest, Sha256};
use tar::{Archive, EntryType};

use super::{
    ArchiveError, BESIDE, COPIED, DATABASE, FACTS, FORMAT, Facts, MANIFEST, RECORDINGS, REPORT, Report, Result, Seal, hex,
    is_plain_name, is_recording_path,
};

/// Most bytes of facts, report, or a file beside the database.
const SMALL: u64 = 64 << 20;
/// Most bytes of a name.
const LONGEST_NAME: u64 = 300;

/// A part of an archive as it comes. What a receiver does not read is read past.
pub enum Piece<'a> {
    Facts(&'a Facts),
    /// Compressed by zstd.
    Database(&'a mut dyn Read),
    Beside(&'a str, &'a [u8]),
    /// Path in the folder of recordings.
    Recording(&'a str, &'a mut dyn Read),
}

/// What a whole archive held.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Received {
    pub facts: Facts,
    pub report: Report,
    pub seal: Seal,
    /// Files whose hash was compared.
    pub files: u64,
    pub bytes: u64,
}

/// Hashes what passes, and tells how far it is; stops when it is told to.
struct Passing<'a> {
    inner: BufReader<io::Take<File>>,
    hashed: Rc<RefCell<Sha256>>,
    done: u64,
    all: u64,
    go_on: &'a mut dyn FnMut(u64, u64) -> bool,
}

const CANCELLED: &str = "cancelled by whoever reads the archive";

impl Read for Passing<'_> {
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        if !(self.go_on)(self.done, self.all) {
            return Err(io::Error::other(CANCELLED));
        }
        let count = self.inner.read(into)?;
        self.hashed.borrow_mut().update(&into[..count]);
        self.done += count as u64;
        Ok(count)
    }
}

/// Hashes one file while its receiver reads it.
struct Hashing<'a> {
    inner: &'a mut dyn Read,
    hash: Sha256,
}

impl Read for Hashing<'_> {
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        let count = self.inner.read(into)?;
        self.hash.update(&into[..count]);
        Ok(count)
    }
}

/// Reads a whole archive and checks every byte of it; `spool` is an empty file without a name. `each` gets the pieces before
/// it is known that the archive is whole: what it keeps of them counts only when this has ended well. `go_on` is told bytes
/// done and bytes in all, and ends it by `false`.
///
/// # Errors
/// [`ArchiveError::Wrong`] for anything that is not exactly what was written; what `each` says; what the disk says.
pub fn receive(
    file: &File,
    spool: File,
    each: &mut dyn FnMut(Piece<'_>) -> Result<()>,
    go_on: &mut dyn FnMut(u64, u64) -> bool,
) -> Result<Received> {
    let mut whole = file.try_clone()?;
    let length = whole.seek(SeekFrom::End(0))?;
    let body = length.checked_sub(Seal::LENGTH).ok_or_else(not_ours)?;
    whole.rewind()?;
    let hashed = Rc::new(RefCell::new(Sha256::new()));
    let passing = Passing {
        inner: BufReader::with_capacity(COPIED, whole.take(body)),
        hashed: Rc::clone(&hashed),
        done: 0,
        all: length,
        go_on,
    };
    let mut archive = Archive::new(passing);
    let mut taker = Taker { each, spool: BufWriter::new(spool), received: Received::default(), stage: Stage::Facts };
    let taken = taker.take_all(&mut archive).map_err(told);
    let mut rest = archive.into_inner();
    match taken {
        Ok(()) => {}
        // Not damaged first and foremost, but not ours at all.
        Err(error) if taker.received.facts.format == 0 => return Err(if is_cancelled(&error) { error } else { not_ours() }),
        Err(error) => return Err(error),
    }
    io::copy(&mut rest, &mut io::sink()).map_err(|error| told(error.into()))?;
    let mut end = Vec::new();
    let mut file = file.try_clone()?;
    file.seek(SeekFrom::Start(body))?;
    file.read_to_end(&mut end)?;
    let hashed = hashed.borrow().clone();
    taker.received.seal = Seal::check(&end, hashed)?;
    if taker.stage != Stage::Manifest {
        return Err(ArchiveError::Wrong("it has no manifest: it was cut off; make the backup again".to_owned()));
    }
    Ok(taker.received)
}

fn not_ours() -> ArchiveError {
    ArchiveError::Wrong("it is no backup of callreel, or its beginning is damaged".to_owned())
}

const fn is_cancelled(error: &ArchiveError) -> bool {
    matches!(error, ArchiveError::Cancelled)
}

/// What tar says of a damaged file is a damaged archive, and our own wish to stop is no failure.
fn told(error: ArchiveError) -> ArchiveError {
    match error {
        ArchiveError::Io(error) if error.to_string().contains(CANCELLED) => ArchiveError::Cancelled,
        ArchiveError::Io(error) if error.raw_os_error().is_none() && !matches!(error.kind(), io::ErrorKind::StorageFull) => {
            ArchiveError::Wrong(format!("it is damaged ({error}); use another backup"))
        }
        other => other,
    }
}

/// The parts of the format, in their order.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Stage {
    Facts,
    Database,
    Beside,
    Recordings,
    Report,
    Manifest,
}

struct Taker<'a> {
    each: &'a mut dyn FnMut(Piece<'_>) -> Result<()>,
    spool: BufWriter<File>,
    received: Received,
    /// Of the last file that came.
    stage: Stage,
}

impl Taker<'_> {
    fn take_all(&mut self, archive: &mut Archive<Passing<'_>>) -> Result<()> {
        let (mut long, mut last, mut first) = (None, String::new(), true);
        for entry in archive.entries()?.raw(true) {
            let mut entry = entry?;
            let size = entry.header().entry_size()?;
            if entry.header().entry_type() == EntryType::GNULongName && long.is_none() && size <= LONGEST_NAME {
                let mut name = String::new();
                entry.read_to_string(&mut name)?;
                long = Some(name.trim_end_matches('\0').to_owned());
                continue;
            }
            let name = match long.take() {
                Some(name) => name,
                None => String::from_utf8_lossy(&entry.path_bytes()).into_owned(),
            };
            let stage = stage_of(&name).filter(|_| entry.header().entry_type() == EntryType::Regular);
            let Some(stage) = stage else {
                return Err(ArchiveError::Wrong(format!(
                    "{:?} in it is nothing that a backup has; it was not made by callreel, nothing of it is used",
                    shown(&name)
                )));
            };
            let again = matches!(stage, Stage::Beside | Stage::Recordings) && stage == self.stage && name > last;
            let follows = if first { stage == Stage::Facts } else { again || stage > self.stage };
            if !follows {
                return Err(ArchiveError::Wrong(format!("{:?} stands at a wrong place in it; it is damaged", shown(&name))));
            }
            first = false;
            self.take(stage, &name, size, &mut entry)?;
            self.stage = stage;
            last = name;
        }
        Ok(())
    }

    fn take(&mut self, stage: Stage, name: &str, size: u64, from: &mut dyn Read) -> Result<()> {
        let mut from = Hashing { inner: from, hash: Sha256::new() };
        match stage {
            Stage::Facts => {
                let facts: Facts = json(&small(&mut from, size)?)?;
                self.received.facts = facts.clone();
                if facts.format != FORMAT {
                    return Err(ArchiveError::Wrong(format!(
                        "it is of format {}, this program reads {FORMAT}; use the callreel that made it ({})",
                        facts.format,
                        shown(&facts.callreel)
                    )));
                }
                (self.each)(Piece::Facts(&facts))?;
            }
            Stage::Database => (self.each)(Piece::Database(&mut from))?,
            Stage::Beside => {
                let bytes = small(&mut from, size)?;
                (self.each)(Piece::Beside(name.strip_prefix(BESIDE).unwrap_or_default(), &bytes))?;
            }
            Stage::Recordings => (self.each)(Piece::Recording(name.strip_prefix(RECORDINGS).unwrap_or_default(), &mut from))?,
            Stage::Report => self.received.report = json(&small(&mut from, size)?)?,
            Stage::Manifest => return self.compare(&mut from),
        }
        io::copy(&mut from, &mut io::sink())?;
        writeln!(self.spool, "{}  {name}", hex(&from.hash.finalize()))?;
        self.received.files += 1;
        self.received.bytes += size;
        Ok(())
    }

    /// The manifest must say of every file what its hash was.
    fn compare(&mut self, from: &mut dyn Read) -> Result<()> {
        self.spool.flush()?;
        let mut found = self.spool.get_ref().try_clone()?;
        found.rewind()?;
        let (mut found, mut from) = (BufReader::new(found), BufReader::new(from));
        let (mut one, mut other) = (vec![0; COPIED], vec![0; COPIED]);
        loop {
            let read = fill(&mut found, &mut one)?;
            if read != fill(&mut from, &mut other)? || one[..read] != other[..read] {
                return Err(ArchiveError::Wrong(
                    "a file in it has another hash than the manifest says: it is damaged; use another backup".to_owned(),
                ));
            }
            if read == 0 {
                return Ok(());
            }
        }
    }
}

/// Reads until the block is full or nothing comes.
fn fill(from: &mut dyn Read, block: &mut [u8]) -> Result<usize> {
    let mut done = 0;
    while done < block.len() {
        match from.read(&mut block[done..])? {
            0 => break,
            count => done += count,
        }
    }
    Ok(done)
}

fn stage_of(name: &str) -> Option<Stage> {
    Some(match name {
        FACTS => Stage::Facts,
        DATABASE => Stage::Database,
        REPORT => Stage::Report,
        MANIFEST => Stage::Manifest,
        _ => {
            if name.strip_prefix(BESIDE).is_some_and(is_plain_name) {
                Stage::Beside
            } else if name.strip_prefix(RECORDINGS).is_some_and(is_recording_path) {
                Stage::Recordings
            } else {
                return None;
            }
        }
    })
}

fn small(from: &mut dyn Read, size: u64) -> Result<Vec<u8>> {
    if size > SMALL {
        return Err(ArchiveError::Wrong("a part of it is far too large: it is damaged".to_owned()));
    }
    let mut bytes = Vec::new();
    from.read_to_end(&mut bytes)?;
    Ok(bytes)
}

fn json<T: serde::de::DeserializeOwned>(bytes: &[u8]) -> Result<T> {
    serde_json::from_slice(bytes)
        .map_err(|_| ArchiveError::Wrong("what it says of itself cannot be read: it is damaged".to_owned()))
}

/// A name as it may be shown.
fn shown(name: &str) -> String {
    crate::domain::clean::line(name, 120)
}
