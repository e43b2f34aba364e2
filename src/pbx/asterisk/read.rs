//! Lines of the exchange's files to records. A line that is no record says why.

mod encoding;
mod json;
mod lines;
mod master;
mod queue_log;

pub use encoding::decode;
pub use json::JsonReader;
pub use lines::{Line, LineEnd, LineReader};
pub(super) use master::epoch_of;

use super::{
    record::{Micros, Record},
    settings::Rules,
};

/// What a file holds, told by its content.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    CdrJson,
    CelJson,
    MasterCsv,
    QueueLog,
}

/// Why a line is no record.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct Reject(pub String);

impl Reject {
    pub(crate) fn new(why: impl Into<String>) -> Self {
        Self(why.into())
    }
}

/// Reads the lines of one file, one after the other; learns the order of fields from sound lines.
#[derive(Clone, Debug)]
pub struct RecordReader {
    kind: Kind,
    json: JsonReader,
    /// Starts later than this are rejects.
    latest: Micros,
}

/// What some editors put before UTF-8.
const BYTE_ORDER_MARK: &[u8] = b"\xef\xbb\xbf";
/// 2000-01-01, before which nothing is believed.
const EARLIEST: Micros = crate::domain::id::EPOCH_SECONDS * 1_000_000;
/// Longer calls are not believed.
const LONGEST_CALL: Micros = 14 * 24 * 3600 * 1_000_000;

impl RecordReader {
    /// `now` bounds what is believed: more than a day ahead is a reject.
    pub fn new(kind: Kind, now: Micros) -> Self {
        Self { kind, json: JsonReader::new(kind), latest: now.saturating_add(24 * 3600 * 1_000_000) }
    }

    pub const fn kind(&self) -> Kind {
        self.kind
    }

    /// One line without its end. `Ok(None)`: nothing to tell (blank, comment, or an event of no call).
    ///
    /// # Errors
    /// Why it is no record.
    pub fn read(&mut self, line: &[u8], rules: &Rules) -> Result<Option<Record>, Reject> {
        let line = line.strip_suffix(b"\r").unwrap_or(line);
        let line = line.strip_prefix(BYTE_ORDER_MARK).unwrap_or(line);
        if line.iter().all(u8::is_ascii_whitespace) {
            return Ok(None);
        }
        if is_binary(line) {
            return Err(Reject::new("is no text: binary bytes"));
        }
        let text = decode(line);
        let record = match self.kind {
            Kind::CdrJson | Kind::CelJson => Some(self.json.read(&text)?),
            Kind::MasterCsv => Some(master::read(&text, rules)?),
            Kind::QueueLog => queue_log::read(&text)?,
        };
        record.map(|record| self.believe(record)).transpose()
    }

    fn believe(&self, record: Record) -> Result<Record, Reject> {
        let (start, end) = match &record {
            Record::Cdr(cdr) => (cdr.start, cdr.end),
            Record::Cel(_) | Record::Queue(_) => (record.at(), record.at()),
        };
        if start < EARLIEST {
            return Err(Reject::new("starts before the year 2000"));
        }
        if start > self.latest {
            return Err(Reject::new("starts more than a day from now"));
        }
        if end < start {
            return Err(Reject::new("ends before it starts"));
        }
        if end - start > LONGEST_CALL {
            return Err(Reject::new("lasts longer than 14 days"));
        }
        if let Record::Cdr(cdr) = &record
            && cdr.duration.max(cdr.billsec) > LONGEST_CALL / 1_000_000
        {
            return Err(Reject::new("lasts longer than 14 days"));
        }
        if let Record::Cdr(cdr) = &record
            && (cdr.duration < -1 || cdr.billsec < -1 || cdr.answer.is_some_and(|answer| answer < start || answer > end))
        {
            return Err(Reject::new("has a negative or impossible length"));
        }
        if record.ids().is_empty() {
            return Err(Reject::new("has no uniqueid"));
        }
        Ok(record)
    }
}

fn is_binary(line: &[u8]) -> bool {
    let odd = line.iter().filter(|byte| **byte < 0x20 && **byte != b'\t' || **byte == 0x7f).count();
    line.contains(&0) || odd * 4 > line.len()
}

/// What kind of file begins with these lines; none if nothing is known of it.
pub fn detect(head: &[u8]) -> Option<Kind> {
    let head = head.strip_prefix(BYTE_ORDER_MARK).unwrap_or(head);
    head.split(|byte| *byte == b'\n').take(50).find_map(|line| {
        let line = decode(line.get(..line.len().min(4096)).unwrap_or(line));
        let line = line.trim();
        if line.starts_with('{') {
            if line.contains("\"eventtype\"") || line.contains("\"EventName\"") {
                return Some(Kind::CelJson);
            }
            return (line.contains("\"disposition\"") || line.contains("\"dstchannel\"") || line.contains("\"uniqueid\""))
                .then_some(Kind::CdrJson);
        }
        if queue_log::looks_like(line) {
            return Some(Kind::QueueLog);
        }
        master::looks_like(line).then_some(Kind::MasterCsv)
    })
}
