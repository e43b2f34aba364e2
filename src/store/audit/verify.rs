//! Computes the log again and compares it with what was signed.

use std::collections::HashMap;

use jiff::Timestamp;
use rusqlite::{Connection, OptionalExtension};

use super::{
    chain::{LINK, LINK_COLUMNS, Link, commitment, hex},
    checkpoint,
};
use crate::{
    domain::audit::{AuditFault, AuditReport, Checkpoint},
    store::error::Sql,
};

/// Where a check begins.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Since {
    Seq(i64),
    Date(Timestamp),
}

/// What is compared with what.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct CheckAsk {
    /// None: the whole log.
    pub since: Option<Since>,
    /// Checkpoints that were kept elsewhere.
    pub outside: Option<Vec<Checkpoint>>,
    /// The public key of this machine, where it has one: it is made to sign a checkpoint at once.
    pub key: Option<String>,
}

/// Most faults of one report.
const FAULTS: usize = 1_000;

/// What keeps the tables as they are.
const TRIGGERS: &[&str] =
    &["audit_log_update", "audit_log_delete", "audit_log_gap", "audit_checkpoint_update", "audit_checkpoint_delete"];

struct Check {
    report: AuditReport,
    more: u64,
}

impl Check {
    fn fault(&mut self, seq: i64, reason: impl Into<String>) {
        if self.report.faults.len() < FAULTS {
            self.report.faults.push(AuditFault { seq, reason: reason.into() });
        } else {
            self.more += 1;
        }
    }

    fn remark(&mut self, text: impl Into<String>) {
        self.report.remarks.push(text.into());
    }
}

/// Reads everything once; finds all that is wrong, not only the first.
pub(super) fn verify(conn: &Connection, log: &str, ask: &CheckAsk) -> Sql<AuditReport> {
    let mut check = Check { report: AuditReport::default(), more: 0 };
    let first = match ask.since {
        None => 1,
        Some(Since::Seq(seq)) => seq.max(1),
        Some(Since::Date(date)) => conn
            .query_row("SELECT min(seq) FROM audit_log WHERE at_us>=?1", [date.as_microsecond()], |row| {
                row.get::<_, Option<i64>>(0)
            })?
            .map_or_else(|| super::read::newest(conn).map(|newest| newest + 1), Ok)?,
    };
    if first > 1 {
        check.remark(format!("entries 1 to {} were not checked", first - 1));
    }
    triggers(conn, &mut check)?;
    let kept = checkpoint::read(conn, log, 0)?;
    let mut signed: HashMap<i64, Vec<String>> = HashMap::new();
    for checkpoint in kept.iter().chain(ask.outside.iter().flatten()) {
        let hashes = signed.entry(checkpoint.seq).or_default();
        if !hashes.contains(&checkpoint.hash) {
            hashes.push(checkpoint.hash.clone());
        }
    }
    let end = rows(conn, first, &signed, &mut check)?;
    keys(conn, &mut check)?;
    checkpoints(conn, &kept, ask, end, &mut check)?;
    let mut ends: Vec<i64> = signed.into_keys().filter(|seq| *seq > end && *seq >= first).collect();
    ends.sort_unstable();
    if let Some(last) = ends.last() {
        check.fault(end + 1, format!("entries {} to {last} are missing at the end: a checkpoint has signed them", end + 1));
    }
    let Check { mut report, more } = check;
    if more > 0 {
        report.remarks.push(format!("{more} further faults are not listed"));
    }
    report.faults.sort_by_key(|fault| fault.seq);
    report.ok = report.faults.is_empty();
    report.first_bad_seq = report.faults.iter().map(|fault| fault.seq).find(|seq| *seq > 0).or((!report.ok).then_some(0));
    report.checkpoints = kept.len() as u64;
    report.signed = kept.into_iter().last();
    Ok(report)
}

fn triggers(conn: &Connection, check: &mut Check) -> Sql<()> {
    let mut there =
        conn.prepare_cached("SELECT 1 FROM sqlite_schema WHERE type='trigger' AND name=?1 AND sql LIKE '%RAISE(ABORT%'")?;
    for name in TRIGGERS {
        if !there.exists([name])? {
            check.fault(0, format!("the guard {name} of the database is missing: entries could be changed unnoticed by SQLite"));
        }
    }
    Ok(())
}

/// The chain itself; gives the number of its last row.
fn rows(conn: &Connection, first: i64, signed: &HashMap<i64, Vec<String>>, check: &mut Check) -> Sql<i64> {
    let mut last: Vec<u8> = vec![0; 32];
    let mut end = first - 1;
    if first > 1 {
        let before = conn.query_row("SELECT hash FROM audit_log WHERE seq=?1", [end], |row| row.get(0)).optional()?;
        match before {
            Some(hash) => last = hash,
            None if super::read::newest(conn)? < first => end = super::read::newest(conn)?,
            None => check.fault(end, format!("entry {end} is missing")),
        }
    }
    let mut statement = conn.prepare(&format!(
        "SELECT {LINK}, a.prev, a.hash, f.salt, f.text FROM audit_log a LEFT JOIN audit_foreign f ON f.seq=a.seq \
         WHERE a.seq>=?1 ORDER BY a.seq"
    ))?;
    let mut rows = statement.query([first])?;
    let (mut uid, mut erased) = (String::new(), 0_u64);
    while let Some(row) = rows.next()? {
        let link = Link::read(row, &mut uid)?;
        let bytes = |column: usize| row.get_ref(LINK_COLUMNS + column).map(|value| value.as_bytes_or_null().ok().flatten());
        let (prev, hash, salt, text) = (bytes(0)?.unwrap_or_default(), bytes(1)?.unwrap_or_default(), bytes(2)?, bytes(3)?);
        let (seq, expected) = (link.seq, end + 1);
        if seq > expected {
            let gap = if seq == expected + 1 {
                format!("entry {expected} is missing")
            } else {
                format!("entries {expected} to {} are missing", seq - 1)
            };
            check.fault(expected, gap);
        } else if prev != last.as_slice() {
            check.fault(seq, "it does not follow the entry before it: that one was changed, or this one was put in its place");
        }
        if link.hash(prev).as_slice() != hash {
            check.fault(seq, "it was changed");
        }
        match (link.fields[10], salt.zip(text)) {
            (Some(kept), Some((salt, text))) if commitment(salt, text).as_slice() != kept => {
                check.fault(seq, "the text beside it was changed");
            }
            (None, Some(_)) => check.fault(seq, "a text was put beside it"),
            (Some(_), None) => erased += 1,
            _ => {}
        }
        if let Some(hashes) = signed.get(&seq)
            && hashes.iter().any(|signed| *signed != hex(hash))
        {
            check.fault(seq, "a checkpoint signed another hash for it: the log was rewritten up to here");
        }
        last.clear();
        last.extend_from_slice(hash);
        check.report.rows += 1;
        end = seq;
    }
    if check.report.rows > 0 {
        check.report.last = Some((end, hex(&last)));
    }
    if erased > 0 {
        check.remark(format!("{erased} texts of outsiders were erased; that there were such texts still stands in the log"));
    }
    let stray: Option<i64> =
        conn.query_row("SELECT min(seq) FROM audit_foreign WHERE seq NOT IN (SELECT seq FROM audit_log)", [], |row| row.get(0))?;
    if let Some(seq) = stray {
        check.fault(seq, "a text stands beside an entry that is missing");
    }
    Ok(end)
}

/// A key is named together with the first checkpoint that it signs: one without any has lost them. The last row of all may
/// wait for its checkpoint. One statement, for a key may be named meanwhile.
fn keys(conn: &Connection, check: &mut Check) -> Sql<()> {
    let mut bare = conn.prepare_cached(
        "SELECT a.seq, CAST(ifnull(a.object, '') AS BLOB) FROM audit_log a WHERE a.did='audit.key' \
         AND a.seq<(SELECT max(seq) FROM audit_log) \
         AND NOT EXISTS(SELECT 1 FROM audit_checkpoint c WHERE c.key_id=a.object AND c.seq>=a.seq) ORDER BY a.seq",
    )?;
    let mut rows = bare.query([])?;
    while let Some(row) = rows.next()? {
        let key: Vec<u8> = row.get(1)?;
        let key = String::from_utf8_lossy(&key);
        check.fault(
            row.get(0)?,
            format!("the key {key} was announced here and no checkpoint of it is there: checkpoints were removed"),
        );
    }
    Ok(())
}

/// Those of the table by themselves, and beside those kept elsewhere.
fn checkpoints(conn: &Connection, kept: &[Checkpoint], ask: &CheckAsk, end: i64, check: &mut Check) -> Sql<()> {
    let mut named = conn.prepare_cached("SELECT min(seq) FROM audit_log WHERE did='audit.key' AND object=?1")?;
    let mut known: HashMap<String, Option<i64>> = HashMap::new();
    let mut before: Option<[u8; 32]> = Some([0; 32]);
    let mut keys: Vec<&str> = Vec::new();
    for one in kept {
        let seq = one.seq;
        if !checkpoint::is_signed(one) {
            check.fault(seq, "the signature of its checkpoint is wrong");
        }
        if before.is_some_and(|digest| hex(&digest) != one.previous) {
            check.fault(seq, "its checkpoint does not follow the one before: one was removed, changed or forged");
        }
        before = checkpoint::digest(one);
        if !keys.contains(&one.key_id.as_str()) {
            keys.push(&one.key_id);
            if !known.contains_key(&one.key_id) {
                known.insert(one.key_id.clone(), named.query_row([&one.key_id], |row| row.get(0))?);
            }
        }
        if known.get(&one.key_id).copied().flatten().is_none_or(|named| named > seq) {
            check.fault(seq, "its checkpoint was signed by a key that the log does not name before it");
        }
    }
    if keys.len() > 1 {
        check.remark(format!("{} keys have signed the log one after another; ask who replaced them", keys.len()));
    }
    match (&ask.key, kept.last()) {
        (Some(key), Some(newest)) if *key != newest.key_id => {
            check.fault(newest.seq, "the newest checkpoint was not signed by the key of this machine");
        }
        (Some(_), None) if end > 0 && ask.outside.as_ref().is_none_or(Vec::is_empty) => {
            check.fault(end, "the key that signs the log is kept here and no checkpoint is there: checkpoints were removed");
        }
        (None, Some(_)) => {
            check.remark("the key of this machine was not there to compare: only signatures by themselves were checked");
        }
        _ => {}
    }
    match &ask.outside {
        None => check.remark(
            "no checkpoints kept elsewhere were given: whoever has the key file could have written log and checkpoints anew",
        ),
        Some(outside) => compare(kept, outside, check),
    }
    let signed = kept.last().map_or(0, |newest| newest.seq);
    if end > signed {
        check.remark(match end - signed {
            1 => format!("entry {end} is not signed yet"),
            _ => format!("entries {} to {end} are not signed yet", signed + 1),
        });
    }
    Ok(())
}

fn compare(kept: &[Checkpoint], outside: &[Checkpoint], check: &mut Check) {
    let ours: HashMap<i64, &Checkpoint> = kept.iter().map(|one| (one.seq, one)).collect();
    let log = kept.first().map(|one| one.log.as_str());
    for one in outside {
        let seq = one.seq;
        if log.is_some_and(|log| log != one.log) {
            check.fault(seq, "a checkpoint kept elsewhere is of another log");
        } else if !checkpoint::is_signed(one) {
            check.fault(seq, "the signature of a checkpoint kept elsewhere is wrong");
        } else {
            match ours.get(&seq) {
                None => check.fault(seq, "a checkpoint kept elsewhere is not in the database: it was removed there"),
                Some(ours) if **ours != *one => {
                    check.fault(seq, "a checkpoint kept elsewhere differs from the one in the database");
                }
                Some(_) => {}
            }
        }
    }
    let Some(newest) = outside.iter().map(|one| one.seq).max() else {
        return check.remark("the file of checkpoints kept elsewhere is empty");
    };
    let told: std::collections::HashSet<i64> = outside.iter().map(|one| one.seq).collect();
    let oldest = outside.iter().map(|one| one.seq).min().unwrap_or_default();
    for one in kept.iter().filter(|one| one.seq > oldest && one.seq < newest && !told.contains(&one.seq)) {
        check.fault(one.seq, "its checkpoint is not among those kept elsewhere");
    }
    let later = kept.iter().filter(|one| one.seq > newest).count();
    if later > 0 {
        check.remark(format!("{later} newer checkpoints are not kept elsewhere yet"));
    }
    let earlier = kept.iter().filter(|one| one.seq < oldest).count();
    if earlier > 0 {
        check.remark(format!("{earlier} older checkpoints are not among those kept elsewhere"));
    }
}
