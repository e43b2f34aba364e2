//! The files of an import: opened where an earlier import stopped, each telling its records in order.

use std::{
    fs::File,
    io::{BufReader, Read, Seek, SeekFrom},
    os::unix::fs::MetadataExt,
    path::{Path, PathBuf},
};

use super::{ImportRequest, Result, ServiceError};
use crate::{
    domain::clean,
    pbx::asterisk::{
        guess::Guess,
        read::{Kind, LineEnd, LineReader, RecordReader, detect},
        record::{Micros, Record},
        settings::{Rules, Settings},
    },
    store::SourcePosition,
};

use super::rejects::Rejects;

/// Lines of each file that are looked at for guessing.
const LOOKED_AT: u64 = 20_000;
/// And of longer ones so many lines at so many places further on.
const SAMPLE: u64 = 500;
const SAMPLES: u64 = 12;
/// Lines that a broken line may be spread over by line breaks in a caller's name.
const SPREAD: usize = 4;

/// One file being read.
pub(super) struct Source {
    pub path: PathBuf,
    identity: String,
    reader: LineReader<BufReader<File>>,
    records: RecordReader,
    /// The next record, and where it begins: (offset, lines before it).
    pub next: Option<(Record, u64, u64)>,
    /// All before it has been read: (offset, lines).
    pub read_to: (u64, u64),
    pub lines: u64,
    pub open_line: bool,
    /// The line read last; kept for the next.
    buffer: Vec<u8>,
}

impl Source {
    /// Opens a file; `known` are the positions of earlier imports. None: the file is empty or holds nothing we know.
    pub fn open(
        path: &Path,
        default: Kind,
        now: Micros,
        known: &[SourcePosition],
        mark: &str,
    ) -> std::result::Result<Self, String> {
        let shown = clean::line(&path.display().to_string(), 300);
        let wrong = |error: std::io::Error| format!("cannot read {shown}: {error}; check the name and its permissions");
        let mut file = File::open(path).map_err(wrong)?;
        let facts = file.metadata().map_err(wrong)?;
        if !facts.is_file() {
            return Err(format!("{shown} is no file; name the file itself"));
        }
        let mut head = vec![0; 16 * 1024];
        let length = read_some(&mut file, &mut head).map_err(wrong)?;
        head.truncate(length);
        let kind = match detect(&head) {
            Some(kind) => kind,
            None if length == 0 || matches!(default, Kind::QueueLog) => default,
            None if head.starts_with(b"\xff\xfe") || head.starts_with(b"\xfe\xff") => {
                return Err(format!("{shown} is UTF-16 text; save it as UTF-8, or name Asterisk's own file"));
            }
            None if head.contains(&0) => return Err(format!("{shown} holds binary data, no records; name Asterisk's own files")),
            None if head.starts_with(b"{") => default,
            None => {
                return Err(format!(
                    "{shown} holds neither JSON lines nor Master.csv nor a queue log; name Asterisk's own files"
                ));
            }
        };
        let start: Vec<u8> = head.iter().take(64).copied().collect();
        let start: u64 =
            start.iter().fold(0xcbf2_9ce4_8422_2325, |hash, byte| (hash ^ u64::from(*byte)).wrapping_mul(0x0100_0000_01b3));
        let identity = format!("{}:{}:{start:x}:{mark}", facts.dev(), facts.ino());
        let key = key_of(path);
        let position = known
            .iter()
            .find(|position| position.path == key && position.identity == identity && position.offset <= facts.len())
            .map_or((0, 0), |position| (position.offset, position.line));
        file.seek(SeekFrom::Start(position.0)).map_err(wrong)?;
        Ok(Self {
            path: path.to_owned(),
            identity,
            reader: LineReader::new(BufReader::with_capacity(128 * 1024, file), position.0, position.1),
            records: RecordReader::new(kind, now),
            next: None,
            read_to: position,
            lines: 0,
            open_line: false,
            buffer: Vec::new(),
        })
    }

    /// Whether it is this very file.
    pub fn is_file(&self, device: u64, inode: u64) -> bool {
        self.identity.starts_with(&format!("{device}:{inode}:"))
    }

    /// How far the file has been read, given the earliest place that must be read again.
    pub fn position(&self, earliest: Option<(u64, u64)>) -> SourcePosition {
        let (offset, line) = earliest.map_or(self.read_to, |place| place.min(self.read_to));
        SourcePosition { path: key_of(&self.path), identity: self.identity.clone(), offset, line }
    }

    /// Reads on to the next record. `last`: no more is expected, so a last line without its end counts if it is whole.
    pub fn advance(&mut self, rules: &Rules, rejects: &mut Rejects, last: bool) -> std::io::Result<()> {
        let mut buffer = std::mem::take(&mut self.buffer);
        let read = self.advance_by(&mut buffer, rules, rejects, last);
        self.buffer = buffer;
        read
    }

    fn advance_by(&mut self, buffer: &mut Vec<u8>, rules: &Rules, rejects: &mut Rejects, last: bool) -> std::io::Result<()> {
        self.open_line = false;
        while self.next.is_none() {
            let Some(line) = self.reader.next(buffer)? else { return Ok(()) };
            let before = (line.offset, line.number - 1);
            match line.end {
                LineEnd::TooLong => rejects.add(&self.path, line.number, "is longer than 64 KB", buffer),
                LineEnd::Open => {
                    if !(last && looks_whole(buffer, self.records.kind()) && self.take(buffer, before, rules)) {
                        self.open_line = true;
                        self.reader.rewind(&line);
                        self.reader.input().seek(SeekFrom::Start(line.offset))?;
                        return Ok(());
                    }
                }
                LineEnd::Whole => {
                    if let Err(reason) = self.try_take(buffer, before, rules) {
                        let spread = matches!(self.records.kind(), Kind::CdrJson | Kind::CelJson) && is_cut(buffer);
                        if !(spread && self.join_spread(buffer, before, rules)?) {
                            rejects.add(&self.path, line.number, &reason, buffer);
                        }
                    }
                }
            }
            self.lines += 1;
            self.read_to = self.reader.place();
        }
        Ok(())
    }

    /// Goes on at the beginning of a line at about `part / parts` of the file, unless it has been read further.
    fn skip_to(&mut self, part: u64, parts: u64) -> std::io::Result<()> {
        let offset = self.reader.input().get_ref().metadata()?.len() / parts * part;
        if offset <= self.reader.place().0 {
            return Ok(());
        }
        self.reader.input().seek(SeekFrom::Start(offset))?;
        self.reader.go_to((offset, 0));
        self.reader.next(&mut Vec::new()).map(drop)
    }

    fn take(&mut self, line: &[u8], before: (u64, u64), rules: &Rules) -> bool {
        self.try_take(line, before, rules).is_ok()
    }

    fn try_take(&mut self, line: &[u8], before: (u64, u64), rules: &Rules) -> std::result::Result<(), String> {
        match self.records.read(line, rules) {
            Ok(record) => {
                self.next = record.map(|record| (record, before.0, before.1));
                Ok(())
            }
            Err(reject) => Err(reject.0),
        }
    }

    /// A line feed in a caller's name cuts its line in two: joins the following lines that begin no record of their own.
    fn join_spread(&mut self, buffer: &[u8], before: (u64, u64), rules: &Rules) -> std::io::Result<bool> {
        let place = self.reader.place();
        let mut joined = buffer.to_vec();
        let mut part = Vec::new();
        for _ in 0..SPREAD {
            let Some(line) = self.reader.next(&mut part)? else { break };
            if line.end != LineEnd::Whole || part.starts_with(b"{") {
                break;
            }
            joined.push(b' ');
            joined.extend_from_slice(&part);
            if part.ends_with(b"}") {
                if self.take(&joined, before, rules) {
                    return Ok(true);
                }
                break;
            }
        }
        self.reader.go_to(place);
        self.reader.input().seek(SeekFrom::Start(place.0))?;
        Ok(false)
    }
}

fn is_cut(line: &[u8]) -> bool {
    line.starts_with(b"{") && !line.trim_ascii_end().ends_with(b"}")
}

/// Whether a last line without line feed can be taken for whole: nothing may be missing at its end.
fn looks_whole(line: &[u8], kind: Kind) -> bool {
    let line = line.trim_ascii_end();
    match kind {
        Kind::CdrJson | Kind::CelJson => line.ends_with(b"}"),
        Kind::MasterCsv => line.ends_with(b"\"") && line.iter().filter(|byte| **byte == b'"').count() % 2 == 0,
        Kind::QueueLog => false,
    }
}

fn read_some(file: &mut File, buffer: &mut [u8]) -> std::io::Result<usize> {
    let mut length = 0;
    while length < buffer.len() {
        match file.read(&mut buffer[length..])? {
            0 => break,
            more => length += more,
        }
    }
    Ok(length)
}

fn key_of(path: &Path) -> String {
    std::path::absolute(path).unwrap_or_else(|_| path.to_owned()).to_string_lossy().into_owned()
}

/// Every file with the kind that its place in the request means.
pub(super) fn all(request: &ImportRequest) -> Vec<(PathBuf, Kind)> {
    let of = |paths: &[PathBuf], kind| paths.iter().map(|path| (path.clone(), kind)).collect::<Vec<_>>();
    let mut files = of(&request.cdr, Kind::CdrJson);
    files.extend(of(&request.cel, Kind::CelJson));
    files.extend(of(&request.queue_log, Kind::QueueLog));
    files
}

/// Looks at the beginning of every file.
pub(super) fn guess(request: &ImportRequest) -> Result<Guess> {
    let rules = Settings::default().compile().map_err(|error| ServiceError::Invalid(error.to_string()))?;
    let mut guess = Guess::default();
    let mut nothing = Rejects::new(PathBuf::from("/dev/null"));
    let files = all(request);
    let mut problems = Vec::new();
    for (path, kind) in &files {
        match Source::open(path, *kind, i64::MAX / 2, &[], "") {
            Ok(mut source) => {
                let mut look = |source: &mut Source, until: u64| {
                    while source.lines < until {
                        if source.advance(&rules, &mut nothing, true).is_err() {
                            break;
                        }
                        let Some((record, ..)) = source.next.take() else { break };
                        guess.see(&record);
                    }
                };
                look(&mut source, LOOKED_AT);
                // Further on the clock may have changed and other trunks been added.
                for place in 1..=SAMPLES {
                    if source.lines >= LOOKED_AT && source.skip_to(place, SAMPLES + 1).is_ok() {
                        let until = source.lines + SAMPLE;
                        look(&mut source, until);
                    }
                }
            }
            Err(problem) => problems.push(problem),
        }
    }
    if let Some(folder) = &request.recordings {
        for name in super::recordings::sample_names(folder) {
            guess.see_name(&name);
        }
    }
    if !files.is_empty() && problems.len() == files.len() && request.recordings.is_none() {
        return Err(ServiceError::NotFound(problems.join("\n")));
    }
    Ok(guess)
}
