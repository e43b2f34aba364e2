//! The same questions as SQL by hand on our own tables, through rusqlite and nothing else.

use callreel::domain::list::Count;
use rusqlite::{Connection, Row, StatementStatus};
use serde::Serialize;

use crate::{shapes::Shape, world::PAGE};

/// A call as somebody would read it by hand.
#[derive(Clone, Debug, Serialize)]
pub struct BareCall {
    id: i64,
    dir: i64,
    route: Option<i64>,
    outcome: i64,
    from: Option<String>,
    from_raw: Option<String>,
    to: Option<String>,
    to_raw: Option<String>,
    reached: Option<String>,
    reached_raw: Option<String>,
    extension: Option<String>,
    agent: Option<String>,
    group: Option<String>,
    queue: Option<String>,
    extensions: Option<String>,
    projects: Option<String>,
    customer: Option<String>,
    wait_ds: Option<i64>,
    talk_ds: Option<i64>,
    hold_ds: Option<i64>,
    dur_ds: Option<i64>,
    cost: Option<i64>,
    source_ids: Option<String>,
    answered_ms: Option<i64>,
    end_ms: Option<i64>,
    legs: Option<i64>,
    recordings: Vec<BareRecording>,
}

#[derive(Clone, Debug, Serialize)]
struct BareRecording {
    id: i64,
    name: String,
    len_ds: i64,
    bytes: i64,
    format: Option<String>,
    sha256: Vec<u8>,
    place: Option<i64>,
    path: Option<String>,
}

/// Filter, order and limit on the narrow table; the rest is joined to the rows of the page.
pub fn page_sql(shape: &Shape, after: Option<i64>, offset: usize) -> String {
    let key = if shape.order().starts_with("e.") { "e.call" } else { "c.id" };
    let after = after.map_or(String::new(), |after| format!(" AND {key}<{after}"));
    let skipped = if offset > 0 { format!(" OFFSET {offset}") } else { String::new() };
    let order = shape.order().replace("e.call", "c.id");
    format!(
        "SELECT c.id, c.dir, c.route, c.outcome, nf.canonical, nf.raw, nt.canonical, nt.raw, nr.canonical, nr.raw, x.name, a.name, \
         g.name, q.name, xs.name, ps.name, k.name, c.wait_ds, c.talk_ds, c.hold_ds, c.dur_ds, c.cost, m.source_ids, m.answered_ms, \
         m.end_ms, m.legs, c.rec_count \
         FROM (SELECT c.* FROM {} WHERE {}{after} ORDER BY {} LIMIT {PAGE}{skipped}) c \
         LEFT JOIN number nf ON nf.id=c.from_no LEFT JOIN number nt ON nt.id=c.to_no LEFT JOIN number nr ON nr.id=c.reached_no \
         LEFT JOIN extension x ON x.id=c.ext LEFT JOIN agent a ON a.id=c.agent LEFT JOIN grp g ON g.id=c.grp \
         LEFT JOIN queue q ON q.id=c.queue LEFT JOIN extset xs ON xs.id=c.extset LEFT JOIN projset ps ON ps.id=c.projset \
         LEFT JOIN call_more m ON m.id=c.id \
         LEFT JOIN customer_number cn ON cn.canonical=CASE WHEN c.dir=1 THEN nf.canonical ELSE nt.canonical END \
         LEFT JOIN customer k ON k.id=cn.customer ORDER BY {order}",
        shape.from,
        shape.ours,
        shape.order(),
    )
}

pub fn page(conn: &Connection, sql: &str) -> anyhow::Result<Vec<BareCall>> {
    let mut statement = conn.prepare_cached(sql)?;
    let mut sounds = conn.prepare_cached(
        "SELECT r.id, r.name, r.len_ds, r.bytes, f.name, r.sha256, r.place, r.path FROM recording r \
         LEFT JOIN format f ON f.id=r.format WHERE r.call=?1",
    )?;
    let mut rows = statement.query([])?;
    let mut calls = Vec::with_capacity(PAGE);
    while let Some(row) = rows.next()? {
        let mut call = read(row)?;
        if row.get::<_, i64>(26)? > 0 {
            let found = sounds.query_map([call.id], |row| {
                Ok(BareRecording {
                    id: row.get(0)?,
                    name: row.get(1)?,
                    len_ds: row.get(2)?,
                    bytes: row.get(3)?,
                    format: row.get(4)?,
                    sha256: row.get(5)?,
                    place: row.get(6)?,
                    path: row.get(7)?,
                })
            })?;
            call.recordings = found.collect::<rusqlite::Result<_>>()?;
        }
        calls.push(call);
    }
    Ok(calls)
}

fn read(row: &Row<'_>) -> rusqlite::Result<BareCall> {
    Ok(BareCall {
        id: row.get(0)?,
        dir: row.get(1)?,
        route: row.get(2)?,
        outcome: row.get(3)?,
        from: row.get(4)?,
        from_raw: row.get(5)?,
        to: row.get(6)?,
        to_raw: row.get(7)?,
        reached: row.get(8)?,
        reached_raw: row.get(9)?,
        extension: row.get(10)?,
        agent: row.get(11)?,
        group: row.get(12)?,
        queue: row.get(13)?,
        extensions: row.get(14)?,
        projects: row.get(15)?,
        customer: row.get(16)?,
        wait_ds: row.get(17)?,
        talk_ds: row.get(18)?,
        hold_ds: row.get(19)?,
        dur_ds: row.get(20)?,
        cost: row.get(21)?,
        source_ids: row.get(22)?,
        answered_ms: row.get(23)?,
        end_ms: row.get(24)?,
        legs: row.get(25)?,
        recordings: Vec::new(),
    })
}

pub fn count(conn: &Connection, shape: &Shape) -> anyhow::Result<Count> {
    let sql = format!("SELECT count(*) FROM {} WHERE {}", shape.from, shape.ours);
    let count = conn.prepare_cached(&sql)?.query_row([], |row| row.get(0))?;
    Ok(Count { count, exact: true })
}

/// Count, sums, each facet and the heat map: one statement each.
pub fn all(conn: &Connection, shape: &Shape) -> anyhow::Result<u64> {
    let mut rows = 0;
    let mut run = |columns: &str, group: &str| -> anyhow::Result<()> {
        let sql = format!("SELECT {columns} FROM {} WHERE {}{group}", shape.from, shape.ours);
        let mut statement = conn.prepare_cached(&sql)?;
        let mut found = statement.query([])?;
        while found.next()?.is_some() {
            rows += 1;
        }
        Ok(())
    };
    run("count(*), sum(c.outcome=0), sum(c.talk_ds), sum(c.rec_count), sum(c.rec_ds), sum(c.rec_bytes), sum(c.cost)", "")?;
    for facet in ["c.dir", "c.route", "c.outcome", "c.ext", "c.agent", "c.grp", "c.projset", "c.queue", "c.rec_modes"] {
        run(&format!("{facet}, count(*)"), &format!(" GROUP BY {facet}"))?;
    }
    run("(c.id>>14)/3600%168 AS hour, count(*)", " GROUP BY hour")?;
    Ok(rows)
}

/// Steps of SQLite's machine for one statement, all rows read.
pub fn steps(conn: &Connection, sql: &str) -> anyhow::Result<u64> {
    let mut statement = conn.prepare(sql)?;
    let mut rows = statement.query([])?;
    while rows.next()?.is_some() {}
    drop(rows);
    Ok(u64::try_from(statement.get_status(StatementStatus::VmStep))?)
}
