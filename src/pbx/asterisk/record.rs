//! What the exchange wrote, normalised: the only things the fold looks at, and what is kept of a call.

/// Microseconds since 1970, UTC.
pub type Micros = i64;

/// One record of the exchange.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Record {
    Cel(Cel),
    Cdr(Cdr),
    Queue(QueueEvent),
}

/// A channel event of `cel_custom`.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Cel {
    pub at: Micros,
    /// Such as `BRIDGE_ENTER`.
    pub kind: String,
    pub unique_id: String,
    pub linked_id: String,
    pub channel: String,
    pub name: String,
    pub number: String,
    pub ani: String,
    pub dnid: String,
    pub exten: String,
    pub context: String,
    pub app: String,
    pub app_data: String,
    pub peer: String,
    /// What of `eventextra` the fold needs, by key, in order of keys.
    pub extra: Vec<(String, String)>,
}

/// A call record of `cdr_custom` or `Master.csv`.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Cdr {
    pub start: Micros,
    pub answer: Option<Micros>,
    pub end: Micros,
    /// Times are whole seconds (`Master.csv`).
    pub whole_seconds: bool,
    /// Whole seconds; -1 where the file does not say.
    pub duration: i64,
    pub billsec: i64,
    pub unique_id: String,
    /// Empty where the file has none.
    pub linked_id: String,
    /// -1 where the file has none.
    pub sequence: i64,
    pub source: String,
    pub destination: String,
    pub context: String,
    pub caller_id: String,
    pub channel: String,
    pub far_channel: String,
    pub app: String,
    pub app_data: String,
    pub disposition: String,
}

/// A line of `queue_log`.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct QueueEvent {
    pub at: Micros,
    /// Uniqueid of the caller's channel.
    pub unique_id: String,
    pub queue: String,
    pub agent: String,
    /// Such as `ABANDON`.
    pub kind: String,
    pub data: Vec<String>,
}

impl Record {
    /// When it was written, by the exchange's clock.
    pub fn at(&self) -> Micros {
        match self {
            Self::Cel(cel) => cel.at,
            Self::Cdr(cdr) => cdr.end,
            Self::Queue(event) => event.at,
        }
    }

    /// Every id that says which call it belongs to; the linkedid, if there is one, first.
    pub fn ids(&self) -> Vec<&str> {
        let mut ids: Vec<&str> = match self {
            Self::Cel(cel) => {
                let mut ids = vec![cel.linked_id.as_str(), cel.unique_id.as_str()];
                ids.extend(cel.extra.iter().filter(|(key, _)| key.ends_with("_uniqueid")).map(|(_, value)| value.as_str()));
                ids
            }
            Self::Cdr(cdr) => vec![cdr.linked_id.as_str(), cdr.unique_id.as_str()],
            Self::Queue(event) => vec![event.unique_id.as_str()],
        };
        ids.retain(|id| is_id(id));
        ids
    }

    /// What makes two lines the same record. Texts that a wrong encoding or a repaired line may change are left out.
    pub fn identity(&self) -> RecordIdentity<'_> {
        match self {
            Self::Cel(cel) => RecordIdentity(0, cel.at, &cel.unique_id, &cel.kind, &cel.app, &cel.extra, &[], 0),
            Self::Cdr(cdr) => {
                let whole = i64::from(cdr.whole_seconds);
                RecordIdentity(1 + whole, cdr.start, &cdr.unique_id, &cdr.far_channel, &cdr.app, &[], &[], cdr.end)
            }
            Self::Queue(event) => RecordIdentity(3, event.at, &event.unique_id, &event.kind, &event.agent, &[], &event.data, 0),
        }
    }
}

/// Compares records by content.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct RecordIdentity<'a>(i64, Micros, &'a str, &'a str, &'a str, &'a [(String, String)], &'a [String], i64);

/// Whether this is an id at all and not Asterisk's word for none.
pub fn is_id(text: &str) -> bool {
    !text.is_empty() && !matches!(text, "NONE" | "N/A" | "MANAGER" | "REALTIME" | "<unknown>")
}

/// Puts records in their own order and drops those that say the same twice, so that no order of reading matters.
pub fn normalise(records: &mut Vec<Record>) {
    records.sort_by(|a, b| (order(a), a.identity()).cmp(&(order(b), b.identity())).then_with(|| a.cmp(b)));
    records.dedup_by(|a, b| a.identity() == b.identity());
}

/// Time first; within one microsecond the order in which a channel lives.
fn order(record: &Record) -> (Micros, u8) {
    let rank = match record {
        Record::Cel(cel) => match cel.kind.as_str() {
            "CHAN_START" => 0,
            "APP_START" => 1,
            "ANSWER" => 2,
            "BRIDGE_EXIT" => 3,
            "BRIDGE_ENTER" => 4,
            "APP_END" => 6,
            "HANGUP" => 7,
            "CHAN_END" => 8,
            "LINKEDID_END" => 9,
            _ => 5,
        },
        Record::Queue(_) => 5,
        Record::Cdr(_) => 10,
    };
    (record.at(), rank)
}
