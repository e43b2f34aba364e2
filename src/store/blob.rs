//! What is read of one call only: legs and timeline, and the records kept, compressed.
//!
//! A blob is one byte that tells the form, then the content: 0 as it is, 1 zstd with [`WORDS`] as its dictionary.

use std::io::Read;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

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

/// Compresses with one context for many blobs.
pub(super) struct Packer {
    compressor: Option<zstd::bulk::Compressor<'static>>,
}

impl Packer {
    pub(super) fn new() -> Self {
        let compressor = zstd::bulk::Compressor::with_dictionary(LEVEL, WORDS).ok().map(|mut compressor| {
            // SQLite's pages are not checked by us either; four bytes a blob are saved.
            let _ = compressor.include_checksum(false);
            compressor
        });
        Self { compressor }
    }

    /// None for nothing.
    pub(super) fn pack(&mut self, content: &[u8]) -> Option<Vec<u8>> {
        if content.is_empty() {
            return None;
        }
        if let Some(Ok(packed)) = self.compressor.as_mut().map(|compressor| compressor.compress(content))
            && packed.len() < content.len()
        {
            return Some(std::iter::once(1).chain(packed).collect());
        }
        Some(std::iter::once(0).chain(content.iter().copied()).collect())
    }
}

pub(super) fn unpack(blob: &[u8]) -> Sql<Vec<u8>> {
    match blob.split_first() {
        None => Ok(Vec::new()),
        Some((0, content)) => Ok(content.to_vec()),
        Some((1, packed)) => {
            let mut content = Vec::new();
            zstd::stream::read::Decoder::with_dictionary(packed, WORDS)
                .and_then(|decoder| decoder.take(LIMIT).read_to_end(&mut content))
                .map_err(|_error| damaged("a compressed record"))?;
            Ok(content)
        }
        Some((form, _)) => Err(Fault::Told(StoreError::Unusable(format!(
            "a record has the unknown form {form}; a newer callreel wrote it, update"
        )))),
    }
}

/// channel, unique id, extension, number, start, answered, end, cause; times in microseconds from the base.
type PackedLeg = (String, String, Option<String>, Option<String>, i64, Option<i64>, Option<i64>, Option<i32>);
/// time, kind, party, detail.
type PackedEvent = (i64, i64, Option<String>, Option<String>);

#[derive(Serialize, Deserialize)]
struct Detail(Vec<PackedLeg>, Vec<PackedEvent>);

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
                    leg.channel.clone(),
                    leg.unique_id.clone(),
                    leg.extension.clone(),
                    leg.number.clone(),
                    relative(leg.start),
                    leg.answered.map(relative),
                    leg.end.map(relative),
                    leg.cause,
                )
            })
            .collect(),
        timeline.iter().map(|event| (relative(event.at), event.kind.code(), event.party.clone(), event.detail.clone())).collect(),
    );
    serde_json::to_vec(&(base, detail)).map_err(|_error| damaged("a timeline"))
}

pub(super) fn decode_detail(bytes: &[u8]) -> Sql<(Vec<Leg>, Vec<TimelineEvent>)> {
    if bytes.is_empty() {
        return Ok((Vec::new(), Vec::new()));
    }
    let (base, Detail(legs, events)): (i64, Detail) = serde_json::from_slice(bytes).map_err(|_error| damaged("a timeline"))?;
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
        let blob = Packer::new().pack(&bytes).expect("blob");
        assert!(blob.len() < 250, "{}", blob.len());
        assert_eq!(decode_detail(&unpack(&blob).expect("unpack")).expect("decode"), (legs, timeline));
        assert_eq!(unpack(&Packer::new().pack(b"x").expect("blob")).expect("unpack"), b"x");
        assert_eq!(Packer::new().pack(b""), None);
        assert!(unpack(&[9, 1]).is_err());
        assert!(unpack(&[1, 1, 2, 3]).is_err());
    }
}
