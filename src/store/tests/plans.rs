//! The plan of each shape of query, asserted at 100,000 rows.

use std::sync::{Arc, atomic::AtomicBool};

use rusqlite::{Connection, StatementStatus, params_from_iter};

use crate::{
    domain::{
        actor::Scope,
        call::Outcome,
        query::{ExtensionPattern, Filter, NumberFragment, NumberPattern, Predicate, Range, Side, TimeRange},
    },
    store::{
        migrations,
        query::{Access, Order},
        reader::{Reader, Shared},
        row::COLUMNS,
    },
};

const ROWS: i64 = 100_000;

fn reader() -> Reader {
    let mut conn = Connection::open_in_memory().expect("open");
    migrations::migrate(&mut conn, std::path::Path::new("memory")).expect("migrate");
    migrations::create_indexes(&conn).expect("indexes");
    conn.execute_batch(&format!(
        "INSERT INTO extension(name) SELECT 600 + value FROM (WITH RECURSIVE n(value) AS (SELECT 1 UNION ALL SELECT value+1 FROM n WHERE value<50) SELECT value FROM n);
         INSERT INTO extset(name) SELECT id FROM extension;
         INSERT INTO number(canonical, raw) WITH RECURSIVE n(value) AS (SELECT 1 UNION ALL SELECT value+1 FROM n WHERE value<20000)
           SELECT '+48' || (501000000 + value), '' FROM n;
         INSERT INTO call(id,dir,route,outcome,from_no,to_no,ext,extset,agentset,grpset,projset,talk_ds,rec_count,rec_modes,flags)
           WITH RECURSIVE n(value) AS (SELECT 1 UNION ALL SELECT value+1 FROM n WHERE value<{ROWS})
           SELECT (800000000 + value*60) << 14, value%3, NULL, CASE WHEN value%5=0 THEN 1+value%4 ELSE 0 END, value%20000+1, value%17+1,
             value%50+1, value%50+1, 0, 0, 0, value%3000, 0, 0, 0 FROM n;
         INSERT INTO call_extension SELECT ext, id FROM call; ANALYZE;"
    ))
    .expect("rows");
    let shared = Shared {
        path: "memory".into(),
        read_only: false,
        codec: crate::domain::id::IdCodec::new([1; 32]),
        database_id: String::new(),
        numbers: std::sync::RwLock::new(crate::store::numbers::Numbers::new()),
        number_sets: std::sync::Mutex::default(),
        names: std::sync::Mutex::new(crate::store::names::Names::new()),
        loading: AtomicBool::new(false),
        failed: AtomicBool::new(false),
        columns: None,
        audit_seq: tokio::sync::watch::Sender::new(0),
    };
    let mut reader = Reader::new(conn, Arc::new(shared)).expect("reader");
    reader.names.refresh(&reader.conn).expect("names");
    reader
}

fn number(digits: &str) -> Filter {
    let fragment = NumberFragment { digits: digits.to_owned(), from_start: false, to_end: false };
    Filter::Is(Predicate::Number(Side::Any, NumberPattern { fragments: vec![fragment] }))
}

/// Plan, VM steps and rows of the statements of a page.
fn run(reader: &Reader, filter: &Filter, order: Order, until: i64) -> (Vec<String>, i64, usize) {
    let mut access = Access::of(reader, &Scope::Company, filter).expect("access");
    access.bound(0, until);
    let (mut plans, mut steps, mut count) = (Vec::new(), 0, 0);
    for (sql, params) in access.statements(reader, COLUMNS, order, 51) {
        let mut explain = reader.conn.prepare(&format!("EXPLAIN QUERY PLAN {sql}")).expect("explain");
        let lines = explain.query_map(params_from_iter(&params), |row| row.get::<_, String>(3)).expect("plan");
        plans.extend(lines.map(|line| line.expect("line")));
        let mut statement = reader.conn.prepare(&sql).expect("prepare");
        let mut rows = statement.query(params_from_iter(&params)).expect("query");
        while rows.next().expect("row").is_some() {
            count += 1;
        }
        drop(rows);
        steps += i64::from(statement.get_status(StatementStatus::VmStep));
        assert_eq!(statement.get_status(StatementStatus::Sort), 0, "{sql}");
    }
    (plans, steps, count)
}

#[test]
fn pages_use_exactly_the_planned_index() {
    let reader = reader();
    let extension = Filter::Is(Predicate::Extension(ExtensionPattern::Exact("607".to_owned())));
    let missed = Filter::Is(Predicate::Outcome(Outcome::Missed));
    let day = Filter::Is(Predicate::Time(TimeRange {
        from: Some("2025-06-01T00:00:00Z".parse().expect("instant")),
        until: Some("2025-06-15T00:00:00Z".parse().expect("instant")),
    }));
    let talk = Filter::Is(Predicate::Talk(Range { from: Some(100), to: None }));
    let shapes: [(&str, Filter, &[&str]); 8] = [
        ("time", Filter::All, &["SEARCH c USING INTEGER PRIMARY KEY"]),
        ("days", day.clone(), &["SEARCH c USING INTEGER PRIMARY KEY"]),
        ("extension", extension.clone(), &["SEARCH e USING PRIMARY KEY (ext=?", "SEARCH c USING INTEGER PRIMARY KEY"]),
        ("outcome", missed.clone(), &["SEARCH c USING INDEX call_outcome (outcome=?"]),
        ("number", number("501000007"), &["SEARCH c USING INTEGER PRIMARY KEY"]),
        ("number and outcome", Filter::And(vec![missed, number("501000007")]), &["SEARCH c USING INDEX call_outcome (outcome=?"]),
        ("extension and days", Filter::And(vec![extension, day]), &["SEARCH e USING PRIMARY KEY (ext=?", "PRIMARY KEY"]),
        ("anything else", talk, &["SEARCH c USING INTEGER PRIMARY KEY"]),
    ];
    for (name, filter, expected) in shapes {
        for order in [Order::Newest, Order::Oldest] {
            let (plans, steps, _) = run(&reader, &filter, order, i64::MAX);
            let searches: Vec<&String> = plans
                .iter()
                .filter(|line| (line.starts_with("SEARCH") || line.starts_with("SCAN")) && !line.contains("VIRTUAL TABLE"))
                .collect();
            assert_eq!(searches.len(), expected.len(), "{name}: {plans:#?}");
            for (line, expected) in searches.iter().zip(expected) {
                assert!(line.contains(expected) && line.starts_with("SEARCH"), "{name}: {plans:#?}");
            }
            assert!(!plans.iter().any(|line| line.contains("TEMP B-TREE")), "{name}: {plans:#?}");
            assert!(steps <= 10_000 || name.starts_with("number"), "{name}: {steps} steps");
        }
    }
}

#[test]
fn the_next_page_costs_the_same_at_any_depth() {
    let reader = reader();
    for filter in [Filter::All, Filter::Is(Predicate::Extension(ExtensionPattern::Exact("607".to_owned())))] {
        let (_, first, rows) = run(&reader, &filter, Order::Newest, i64::MAX);
        assert_eq!(rows, 51);
        for depth in [10, 50, 90] {
            let until = (800_000_000 + ROWS * 60 * (100 - depth) / 100) << 14;
            let (_, steps, rows) = run(&reader, &filter, Order::Newest, until);
            assert_eq!(rows, 51);
            assert!(steps * 10 <= first * 12, "{steps} steps at depth {depth}, {first} at first");
        }
    }
}
