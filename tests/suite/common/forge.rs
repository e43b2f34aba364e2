//! The format of docs/audit.md once more, as somebody writes it who has the file in hands: to tamper, and to make long logs.

use rusqlite::{Connection, params, types::Value};
use sha2::{Digest, Sha256};

const COLUMNS: &str = "at_us,who,via,uid,sudo_user,ssh_connection,did,object,project,outcome,detail,commitment,address,session";

/// Acts with the guards of the log taken away, and puts them back.
pub fn unguarded(conn: &Connection, act: impl FnOnce(&Connection)) {
    let guards: Vec<(String, String)> = {
        let sql = "SELECT name, sql FROM sqlite_schema WHERE type='trigger' AND tbl_name LIKE 'audit%'";
        let mut all = conn.prepare(sql).expect("sql");
        let rows = all.query_map([], |row| Ok((row.get(0)?, row.get(1)?))).expect("rows");
        rows.collect::<Result<_, _>>().expect("rows")
    };
    assert!(!guards.is_empty());
    for (name, _) in &guards {
        conn.execute_batch(&format!("DROP TRIGGER {name}")).expect("drop");
    }
    act(conn);
    for (_, sql) in &guards {
        conn.execute_batch(sql).expect("put back");
    }
}

/// Computes all rows anew from this one on, so that each follows the one before.
pub fn rehash(conn: &Connection, from: i64) {
    let mut prev: Vec<u8> =
        conn.query_row("SELECT hash FROM audit_log WHERE seq=?1", [from - 1], |row| row.get(0)).unwrap_or_else(|_| vec![0; 32]);
    let mut select = conn.prepare(&format!("SELECT {COLUMNS} FROM audit_log WHERE seq=?1")).expect("sql");
    let mut update = conn.prepare("UPDATE audit_log SET prev=?2, hash=?3 WHERE seq=?1").expect("sql");
    for seq in from.. {
        let row = select.query_row([seq], |row| (0..14).map(|column| row.get(column)).collect::<Result<Vec<Value>, _>>());
        let Ok(row) = row else { return };
        let hash = hash_of(seq, &prev, &row);
        update.execute(params![seq, prev, hash]).expect("hash");
        prev = hash;
    }
}

fn hash_of(seq: i64, prev: &[u8], row: &[Value]) -> Vec<u8> {
    let second = row[12..].iter().any(|value| *value != Value::Null);
    let mut hash = Sha256::new();
    hash.update(if second { "audit-v2" } else { "audit-v1" });
    hash.update(prev);
    hash.update(seq.to_be_bytes());
    for (index, value) in row.iter().enumerate().take(if second { 14 } else { 12 }) {
        let bytes = match value {
            Value::Integer(at) if index == 0 => {
                hash.update(at.to_be_bytes());
                continue;
            }
            Value::Integer(uid) => uid.to_string().into_bytes(),
            Value::Text(text) => text.clone().into_bytes(),
            Value::Blob(bytes) => bytes.clone(),
            _ => {
                hash.update([0xff; 4]);
                continue;
            }
        };
        hash.update(u32::try_from(bytes.len()).expect("short").to_be_bytes());
        hash.update(&bytes);
    }
    hash.finalize().to_vec()
}

/// Repeats the last row until the log has so many.
pub fn lengthen(conn: &Connection, rows: i64) {
    let last: i64 = conn.query_row("SELECT max(seq) FROM audit_log", [], |row| row.get(0)).expect("a log");
    unguarded(conn, |conn| {
        conn.execute_batch("BEGIN").expect("sql");
        conn.execute(
            &format!(
                "WITH RECURSIVE n(seq) AS (SELECT ?1+1 UNION ALL SELECT seq+1 FROM n WHERE seq<?2) \
                 INSERT INTO audit_log(seq,prev,hash,{COLUMNS}) SELECT n.seq,a.prev,a.hash,{COLUMNS} FROM n, audit_log a WHERE a.seq=?1"
            ),
            [last, rows],
        )
        .expect("rows");
        // Nobody has said these texts again.
        conn.execute("UPDATE audit_log SET commitment=NULL WHERE seq>?1", [last]).expect("sql");
        rehash(conn, last + 1);
        conn.execute_batch("COMMIT").expect("sql");
    });
}
