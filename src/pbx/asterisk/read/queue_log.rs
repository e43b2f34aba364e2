//! `queue_log`: `epoch|uniqueid|queue|agent|event|data…` (Asterisk, `configs/samples/logger.conf`).

use super::Reject;
use crate::pbx::asterisk::record::{QueueEvent, Record, is_id};

/// Events of callers; members that log in or pause make no call.
const OF_CALLS: [&str; 19] = [
    "ENTERQUEUE",
    "CONNECT",
    "ABANDON",
    "COMPLETECALLER",
    "COMPLETEAGENT",
    "EXITWITHTIMEOUT",
    "EXITWITHKEY",
    "EXITEMPTY",
    "RINGNOANSWER",
    "RINGCANCELED",
    "TRANSFER",
    "BLINDTRANSFER",
    "ATTENDEDTRANSFER",
    "DID",
    "SYSCOMPAT",
    "AGENTDUMP",
    "CALLOUTBOUND",
    "TRANSFERRED",
    "HOLD",
];

pub(super) fn looks_like(line: &str) -> bool {
    let mut fields = line.split('|');
    fields.next().is_some_and(|at| at.len() >= 9 && at.bytes().all(|byte| byte.is_ascii_digit() || byte == b'.'))
        && fields.count() >= 4
}

/// One line; none for events of no call (`QUEUESTART`, members added and paused).
pub(super) fn read(line: &str) -> Result<Option<Record>, Reject> {
    let fields: Vec<&str> = line.trim_end().split('|').collect();
    if fields.len() < 5 {
        return Err(Reject::new(format!("has {} fields, a line of the queue log at least 5", fields.len())));
    }
    let (seconds, part) = fields[0].split_once('.').unwrap_or((fields[0], ""));
    let seconds: i64 = seconds.trim().parse().map_err(|_| Reject::new("does not begin with a time"))?;
    let part: i64 = format!("{part:0<6}").get(..6).and_then(|digits| digits.parse().ok()).unwrap_or(0);
    let at = seconds
        .checked_mul(1_000_000)
        .and_then(|micros| micros.checked_add(part))
        .ok_or_else(|| Reject::new("has an impossible time"))?;
    if !is_id(fields[1]) || !OF_CALLS.contains(&fields[4]) {
        return Ok(None);
    }
    Ok(Some(Record::Queue(QueueEvent {
        at,
        unique_id: fields[1].to_owned(),
        queue: fields[2].to_owned(),
        agent: fields[3].to_owned(),
        kind: fields[4].to_owned(),
        data: fields[5..].iter().take(8).map(|field| (*field).to_owned()).collect(),
    })))
}
