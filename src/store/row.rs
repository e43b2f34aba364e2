//! The narrow row of a call as SQLite holds it.

use rusqlite::Row as SqlRow;

use crate::domain::call::{Direction, Number};

/// Bits of `call.flags`.
pub(super) mod flag {
    pub(in crate::store) const TAG: i64 = 1;
    pub(in crate::store) const NOTE: i64 = 2;
    pub(in crate::store) const CASE: i64 = 4;
    pub(in crate::store) const FLAGGED: i64 = 8;
    /// The start is known to the whole second only.
    pub(in crate::store) const WHOLE_SECOND: i64 = 16;
    /// A recording of it is lost.
    pub(in crate::store) const LOST: i64 = 32;
    /// A recording of it is pending or stored.
    pub(in crate::store) const PRESENT: i64 = 64;
    /// What people set; kept when the call is imported again.
    pub(in crate::store) const PEOPLE: i64 = TAG | NOTE | CASE | FLAGGED;
    /// What its recordings say.
    pub(in crate::store) const RECORDINGS: i64 = LOST | PRESENT;
}

/// Columns of [`CallRow`], in its order, of the table under the alias `c`.
pub(super) const COLUMNS: &str = "c.id,c.dir,c.route,c.outcome,c.from_no,c.to_no,c.reached_no,c.ext,c.extset,c.agent,c.agentset,\
    c.grp,c.grpset,c.projset,c.queue,c.wait_ds,c.talk_ds,c.talk_most_ds,c.hold_ds,c.dur_ds,c.cost,c.currency,c.rec_count,\
    c.rec_bytes,c.rec_ds,c.rec_modes,c.flags,c.places";

#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct CallRow {
    pub(super) id: i64,
    pub(super) dir: i64,
    pub(super) route: Option<i64>,
    pub(super) outcome: i64,
    pub(super) from_no: i64,
    pub(super) to_no: i64,
    pub(super) reached_no: Option<i64>,
    pub(super) ext: Option<i64>,
    pub(super) extset: i64,
    pub(super) agent: Option<i64>,
    pub(super) agentset: i64,
    pub(super) grp: Option<i64>,
    pub(super) grpset: i64,
    pub(super) projset: i64,
    pub(super) queue: Option<i64>,
    pub(super) wait: Option<i64>,
    pub(super) talk: Option<i64>,
    pub(super) talk_most: Option<i64>,
    pub(super) hold: Option<i64>,
    pub(super) dur: Option<i64>,
    pub(super) cost: Option<i64>,
    pub(super) currency: Option<i64>,
    pub(super) rec_count: i64,
    pub(super) rec_bytes: Option<i64>,
    pub(super) rec_ds: Option<i64>,
    pub(super) rec_modes: i64,
    pub(super) flags: i64,
    /// Bit `place - 1` of each place that has a copy; the last bit for all places beyond.
    pub(super) places: i64,
}

impl CallRow {
    pub(super) fn read(row: &SqlRow<'_>) -> rusqlite::Result<Self> {
        Ok(Self {
            id: row.get(0)?,
            dir: row.get(1)?,
            route: row.get(2)?,
            outcome: row.get(3)?,
            from_no: row.get(4)?,
            to_no: row.get(5)?,
            reached_no: row.get(6)?,
            ext: row.get(7)?,
            extset: row.get(8)?,
            agent: row.get(9)?,
            agentset: row.get(10)?,
            grp: row.get(11)?,
            grpset: row.get(12)?,
            projset: row.get(13)?,
            queue: row.get(14)?,
            wait: row.get(15)?,
            talk: row.get(16)?,
            talk_most: row.get(17)?,
            hold: row.get(18)?,
            dur: row.get(19)?,
            cost: row.get(20)?,
            currency: row.get(21)?,
            rec_count: row.get(22)?,
            rec_bytes: row.get(23)?,
            rec_ds: row.get(24)?,
            rec_modes: row.get(25)?,
            flags: row.get(26)?,
            places: row.get(27)?,
        })
    }

    /// The number of the other side: who called us, or whom we called (as [`crate::domain::call::Call::other_party`]).
    pub(super) fn other_party(&self) -> i64 {
        other_party(Some(self.dir), Some(self.from_no), Some(self.to_no), self.reached_no)
    }
}

/// The number of the other side: of a call that came in who called, of another who was called, of an internal one that
/// called nobody who was reached.
pub(super) fn other_party(direction: Option<i64>, from: Option<i64>, to: Option<i64>, reached: Option<i64>) -> i64 {
    match direction.and_then(Direction::from_code) {
        Some(Direction::In) => from.unwrap_or(0),
        Some(Direction::Internal) if to == Some(0) => reached.unwrap_or(0),
        _ => to.unwrap_or(0),
    }
}

/// [`other_party`] in SQL.
pub(super) const OTHER_PARTY: &str =
    "CASE WHEN c.dir=1 THEN c.from_no WHEN c.dir=2 AND c.to_no=0 THEN ifnull(c.reached_no,0) ELSE c.to_no END";
const _: () = assert!(Direction::In.code() == 1 && Direction::Internal.code() == 2, "the codes that the SQL names");

/// A number as it was received: NULL in the table means the canonical form without its plus, `+` alone the canonical form.
pub(super) fn raw_of(canonical: &str, kept: Option<String>) -> String {
    match kept {
        None => without_plus(canonical).to_owned(),
        Some(plus) if plus == "+" => canonical.to_owned(),
        Some(raw) => raw,
    }
}

/// What [`raw_of`] reads.
pub(super) fn raw_kept(number: &Number) -> Option<&str> {
    if number.raw == without_plus(&number.canonical) {
        None
    } else if number.raw == number.canonical {
        Some("+")
    } else {
        Some(&number.raw)
    }
}

fn without_plus(canonical: &str) -> &str {
    canonical.strip_prefix('+').unwrap_or(canonical)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn raw_numbers_come_back() {
        for (canonical, raw, kept) in [
            ("+48221234567", "48221234567", None),
            ("+48221234567", "+48221234567", Some("+")),
            ("+48221234567", "0221234567", Some("0221234567")),
            ("601", "601", None),
            ("+", "+", Some("+")),
            ("+", "", None),
        ] {
            let number = Number { canonical: canonical.to_owned(), raw: raw.to_owned() };
            assert_eq!(raw_kept(&number), kept);
            assert_eq!(raw_of(canonical, kept.map(str::to_owned)), raw);
        }
    }
}
