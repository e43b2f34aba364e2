//! What is read of one call only: legs and timeline, and the records kept, compressed.
//!
//! A blob is one byte that tells the form, then the content: 0 as it is, 1 zstd with [`WORDS`] as its dictionary (of the first
//! version), 2 and 3 zstd without its magic number, with a trained dictionary for legs and timeline, and for records. These
//! were trained (`zstd --train`, 16 KB) on variations of `tests/data/asterisk` with other numbers, names, endpoints, contexts,
//! ids and times, so that they know what exchanges write and nothing of one exchange.

use std::{
    io::{BufRead, Read},
    sync::LazyLock,
};

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use zstd::dict::DecoderDictionary;

use super::error::{Fault, Sql, StoreError, damaged};
use crate::domain::call::{Leg, TimelineEvent, TimelineKind};

/// Text that the blobs of most calls contain; part of the format, so it never changes (a better one gets a new form byte).
const WORDS: &[u8] = b"{\"eventtype\":\"CHAN_START\",\"CHAN_END\",\"HANGUP\",\"ANSWER\",\"BRIDGE_ENTER\",\"BRIDGE_EXIT\",\"APP_START\",\
\"APP_END\",\"LINKEDID_END\",\"BLINDTRANSFER\",\"ATTENDEDTRANSFER\",\"PICKUP\",\"PARK_START\",\"USER_DEFINED\",\"LOCAL_OPTIMIZE\",\
\"CONNECT\",\"COMPLETECALLER\",\"COMPLETEAGENT\",\"ABANDON\",\"ENTERQUEUE\",\"RINGNOANSWER\",\"EXITWITHTIMEOUT\",\"DID\",\"NONE\",\
\"hangupcause\":16,\"hangupsource\":\"\",\"dialstatus\":\"\",\"disposition\":\"NO ANSWER\",\"ANSWERED\",\"BUSY\",\"FAILED\",\"CONGESTION\",\
\"DOCUMENTATION\",\"context\":\"from-trunk\",\"from-internal\",\"ext-queues\",\"macro-dial\",\"s\",\"h\",\"amaflags\":3,\"accountcode\":\"\",\
\"Local/@from-queue-00000001;1\",\"Local/@from-internal-00000001;2\",\"SIP/\",\"IAX2/\",\"DAHDI/\",\"PJSIP/trunk-00000001\",\"PJSIP/101-00000001\",\
\"uniqueid\":\"-1795219324.17\",\"linkedid\":\"-1795219324.17\",\"eventtime\":\"2026-11-07T13:21:04.927+0100\",\"cid_num\":\"+48\",\
\"cid_name\":\"\",\"exten\":\"\",\"appname\":\"Dial\",\"Queue\",\"AppDial\",\"AppQueue\",\"appdata\":\"\",\"peer\":\"\",\"extra\":{},\
[[\"PJSIP/101-00000001\",\"pbx-1795219324.1\",\"101\",null,0,0,null,16],[0,0,null,null],[0,1,\"101\",null],[0,4,\"101\",null],[0,13,null,null],[0,14,null,null]]";

const LEVEL: i32 = 3;

/// Blobs are of one call: what claims to be larger is damage.
const LIMIT: u64 = 64 << 20;

/// Part of the format as [`WORDS`] is.
const DETAIL_WORDS: &[u8] = include_bytes!("blob/detail.zdict");
const RECORD_WORDS: &[u8] = include_bytes!("blob/records.zdict");

/// What every frame of zstd begins with.
const MAGIC: [u8; 4] = [0x28, 0xb5, 0x2f, 0xfd];

const PLAIN: u8 = 0;
const FIRST: u8 = 1;
const DETAIL: u8 = 2;
const RECORDS: u8 = 3;

/// Compresses with one context for many blobs.
pub(super) struct Packer {
    detail: Option<zstd::bulk::Compressor<'static>>,
    records: Option<zstd::bulk::Compressor<'static>>,
    buffer: Vec<u8>,
}

impl Packer {
    pub(super) fn new() -> Self {
        let compressor = |words| {
            let mut compressor = zstd::bulk::Compressor::with_dictionary(LEVEL, words).ok()?;
            // SQLite's pages are not checked by us either, and the form tells the dictionary.
            compressor.include_checksum(false).ok()?;
            compressor.include_contentsize(false).ok()?;
            compressor.include_dictid(false).ok()?;
            Some(compressor)
        };
        Self { detail: compressor(DETAIL_WORDS), records: compressor(RECORD_WORDS), buffer: Vec::new() }
    }

    /// Legs and timeline; none for nothing.
    pub(super) fn detail(&mut self, content: &[u8]) -> Option<Vec<u8>> {
        pack(self.detail.as_mut(), DETAIL, content, &mut self.buffer)
    }

    /// Records of the exchange; none for nothing.
    pub(super) fn records(&mut self, content: &[u8]) -> Option<Vec<u8>> {
        pack(self.records.as_mut(), RECORDS, content, &mut self.buffer)
    }
}

fn pack(
    compressor: Option<&mut zstd::bulk::Compressor<'static>>,
    form: u8,
    content: &[u8],
    buffer: &mut Vec<u8>,
) -> Option<Vec<u8>> {
    if content.is_empty() {
        return None;
    }
    buffer.clear();
    buffer.reserve(zstd::zstd_safe::compress_bound(content.len()));
    let packed = compressor.and_then(|compressor| compressor.compress_to_buffer(content, buffer).ok());
    let (form, body) = match packed.and_then(|_length| buffer.strip_prefix(&MAGIC)) {
        Some(body) if body.len() < content.len() => (form, body),
        _ => (PLAIN, content),
    };
    let mut blob = Vec::with_capacity(body.len() + 1);
    blob.push(form);
    blob.extend_from_slice(body);
    Some(blob)
}

pub(super) fn unpack(blob: &[u8]) -> Sql<Vec<u8>> {
    match blob.split_first() {
        None => Ok(Vec::new()),
        Some((&PLAIN, content)) => Ok(content.to_vec()),
        Some((&FIRST, packed)) => decompress(packed, &FIRST_KNOWN),
        Some((&DETAIL, packed)) => decompress(MAGIC.chain(packed), &DETAIL_KNOWN),
        Some((&RECORDS, packed)) => decompress(MAGIC.chain(packed), &RECORDS_KNOWN),
        Some((form, _)) => Err(Fault::Told(StoreError::Unusable(format!(
            "a record has the unknown form {form}; a newer callreel wrote it, update"
        )))),
    }
}

/// The dictionaries, taken apart once.
static FIRST_KNOWN: LazyLock<DecoderDictionary<'static>> = LazyLock::new(|| DecoderDictionary::copy(WORDS));
static DETAIL_KNOWN: LazyLock<DecoderDictionary<'static>> = LazyLock::new(|| DecoderDictionary::copy(DETAIL_WORDS));
static RECORDS_KNOWN: LazyLock<DecoderDictionary<'static>> = LazyLock::new(|| DecoderDictionary::copy(RECORD_WORDS));

fn decompress(packed: impl BufRead, known: &DecoderDictionary<'_>) -> Sql<Vec<u8>> {
    let mut content = Vec::new();
    zstd::stream::read::Decoder::with_prepared_dictionary(packed, known)
        .and_then(|decoder| decoder.take(LIMIT).read_to_end(&mut content))
        .map_err(|_error| damaged("a compressed record"))?;
    Ok(content)
}

/// channel, unique id, extension, number, start, answered, end, cause; times in microseconds from the base.
type PackedLeg<T> = (T, T, Option<T>, Option<T>, i64, Option<i64>, Option<i64>, Option<i32>);
/// time, kind, party, detail.
type PackedEvent<T> = (i64, i64, Option<T>, Option<T>);

#[derive(Serialize, Deserialize)]
struct Detail<T>(Vec<PackedLeg<T>>, Vec<PackedEvent<T>>);

/// Legs and timeline as bytes; times relative to the first of them, so that a call that is re-keyed keeps its blob.
pub(super) fn encode_detail(legs: &[Leg], timeline: &[TimelineEvent]) -> Sql<Vec<u8>> {
    if legs.is_empty() && timeline.is_empty() {
        return Ok(Vec::new());
    }
    let base = legs.first().map(|leg| leg.start).or_else(|| timeline.first().map(|event| event.at)).unwrap_or_default();
    let base = base.as_microsecond();
    let relative = |at: Timestamp| at.as_microsecond() - base;
    let detail = Detail(
        legs.iter()
            .map(|leg| {
                (
                    leg.channel.as_str(),
                    leg.unique_id.as_str(),
                    leg.extension.as_deref(),
                    leg.number.as_deref(),
                    relative(leg.start),
                    leg.answered.map(relative),
                    leg.end.map(relative),
                    leg.cause,
                )
            })
            .collect(),
        timeline
            .iter()
            .map(|event| (relative(event.at), event.kind.code(), event.party.as_deref(), event.detail.as_deref()))
            .collect(),
    );
    let mut bytes = Vec::with_capacity(512);
    serde_json::to_writer(&mut bytes, &(base, detail)).map_err(|_error| damaged("a timeline"))?;
    Ok(bytes)
}

pub(super) fn decode_detail(bytes: &[u8]) -> Sql<(Vec<Leg>, Vec<TimelineEvent>)> {
    if bytes.is_empty() {
        return Ok((Vec::new(), Vec::new()));
    }
    let (base, Detail(legs, events)): (i64, Detail<String>) =
        serde_json::from_slice(bytes).map_err(|_error| damaged("a timeline"))?;
    let instant = |micros: i64| Timestamp::from_microsecond(base.saturating_add(micros)).unwrap_or_default();
    let legs = legs
        .into_iter()
        .map(|(channel, unique_id, extension, number, start, answered, end, cause)| Leg {
            channel,
            unique_id,
            extension,
            number,
            start: instant(start),
            answered: answered.map(instant),
            end: end.map(instant),
            cause,
        })
        .collect();
    let timeline = events
        .into_iter()
        .map(|(at, kind, party, detail)| TimelineEvent {
            at: instant(at),
            kind: TimelineKind::from_code(kind).unwrap_or(TimelineKind::Feature),
            party,
            detail,
        })
        .collect();
    Ok((legs, timeline))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn blobs_round_trip_and_are_small() {
        let at = |second: i64| Timestamp::from_second(1_795_219_324 + second).expect("instant");
        let leg = |number: i64| Leg {
            channel: format!("PJSIP/60{number}-0000001{number}"),
            unique_id: format!("pbx-1795219324.{number}"),
            extension: Some(format!("60{number}")),
            number: None,
            start: at(number),
            answered: Some(at(4)),
            end: None,
            cause: Some(16),
        };
        let event = |kind, second| TimelineEvent { at: at(second), kind, party: Some("601".to_owned()), detail: None };
        let legs = vec![leg(1), leg(2), leg(3)];
        let timeline = TimelineKind::ALL.iter().zip(0..).map(|(kind, second)| event(*kind, second)).collect::<Vec<_>>();
        let bytes = encode_detail(&legs, &timeline).expect("encode");
        let mut packer = Packer::new();
        let blob = packer.detail(&bytes).expect("blob");
        assert!(blob.len() < 220, "{}", blob.len());
        assert_eq!(decode_detail(&unpack(&blob).expect("unpack")).expect("decode"), (legs, timeline));
        for content in [&b"x"[..], &[7; 3_000], b"pbx-1795219324.17\x00\x0cDial"] {
            assert_eq!(unpack(&packer.records(content).expect("blob")).expect("unpack"), content);
        }
        assert_eq!((packer.detail(b""), packer.records(b"")), (None, None));
        assert!(unpack(&[9, 1]).is_err());
        assert!([1, 2, 3].iter().all(|form| unpack(&[*form, 1, 2, 3]).is_err()));
    }

    #[test]
    fn blobs_of_the_first_version_are_read() {
        let content = b"[0,[[[\"PJSIP/101-00000001\",\"pbx-1795219324.1\",\"101\",null,0,0,null,16]],[]]]";
        let packed =
            zstd::bulk::Compressor::with_dictionary(3, WORDS).and_then(|mut packer| packer.compress(content)).expect("packed");
        let blob: Vec<u8> = std::iter::once(FIRST).chain(packed).collect();
        assert_eq!(unpack(&blob).expect("unpack"), content);
    }
}
