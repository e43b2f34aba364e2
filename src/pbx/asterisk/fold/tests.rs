//! The real samples against the truth that stands beside them.

use std::collections::BTreeMap;

use super::*;
use crate::{
    domain::length::Tenths,
    pbx::asterisk::{
        group::Groups,
        read::{Kind, RecordReader},
        settings::Settings,
    },
};

pub(super) const NOW: i64 = 1_795_300_000_000_000;

pub(super) fn raw(file: &str) -> Vec<u8> {
    std::fs::read(format!("{}/tests/data/asterisk/spool/{file}", env!("CARGO_MANIFEST_DIR"))).expect("sample")
}

fn read(file: &str, kind: Kind, rules: &Rules) -> Vec<Record> {
    let text = raw(file);
    let mut reader = RecordReader::new(kind, NOW);
    text.split(|byte| *byte == b'\n').filter_map(|line| reader.read(line, rules).expect("sound line")).collect()
}

fn rules() -> Rules {
    Settings::default().compile().expect("rules")
}

fn calls(records: Vec<Record>, rules: &Rules) -> Vec<FoldedCall> {
    let mut groups = Groups::default();
    for record in records {
        groups.add(record);
    }
    let mut calls: Vec<FoldedCall> = groups.take_all().into_iter().filter_map(|records| fold(records, rules)).collect();
    calls.sort_by(|a, b| (a.start, &a.source_ids).cmp(&(b.start, &b.source_ids)));
    calls
}

fn expected(file: &str) -> Vec<BTreeMap<String, String>> {
    let path = format!("{}/tests/data/asterisk/{file}", env!("CARGO_MANIFEST_DIR"));
    let mut reader = csv::Reader::from_path(path).expect("expected");
    reader.deserialize().collect::<Result<_, _>>().expect("rows")
}

fn digits(number: &Option<Number>) -> String {
    number.as_ref().map(|number| number.canonical.replace('+', "")).unwrap_or_default()
}

fn word<T: ToString>(value: &Option<T>) -> String {
    value.as_ref().map(ToString::to_string).unwrap_or_default()
}

fn near(what: &str, expected: &str, got: Option<Tenths>, tolerance: f64) {
    let expected: f64 = expected.parse().expect("number");
    let got = got.unwrap_or_else(|| panic!("{what} is unknown")).seconds();
    assert!((expected - got).abs() <= tolerance + 1e-9, "{what}: {got}, expected {expected}");
}

fn compare(row: &BTreeMap<String, String>, call: &FoldedCall) {
    let kind = &row["kind"];
    let start: Timestamp = row["start"].parse().expect("start");
    assert!((call.start.as_millisecond() - start.as_millisecond()).abs() <= 1, "{kind} start {}", call.start);
    for (what, got) in [
        ("linkedid", call.source_ids[0].clone()),
        ("direction", call.direction.to_string()),
        ("route", word(&call.route)),
        ("outcome", call.outcome.to_string()),
        ("from", digits(&call.from)),
        ("to", digits(&call.to)),
        ("reached", digits(&call.reached)),
        ("extension", word(&call.extension)),
        ("extensions", call.extensions.join(" ")),
        ("queue", word(&call.queue)),
        ("legs", call.leg_count.to_string()),
    ] {
        assert_eq!(got, row[what], "{kind}: {what}");
    }
    near(&format!("{kind}: wait"), &row["wait_s"], call.wait, 0.05);
    near(&format!("{kind}: talk"), &row["talk_s"], call.talk, 0.05);
    near(&format!("{kind}: on hold"), &row["on_hold_s"], call.on_hold, 0.05);
    near(&format!("{kind}: duration"), &row["duration_s"], call.duration, 0.05);
}

#[test]
fn the_samples_are_the_calls_that_were_made() {
    let rules = rules();
    let cel = read("events.json", Kind::CelJson, &rules);
    let mut all = cel.clone();
    all.extend(read("calls.json", Kind::CdrJson, &rules));
    all.extend(read("queue_log", Kind::QueueLog, &rules));
    all.extend(read("Master.csv", Kind::MasterCsv, &rules));
    for records in [all, cel] {
        let calls = calls(records, &rules);
        let rows = expected("expected.csv");
        assert_eq!(calls.len(), rows.len());
        for (row, call) in rows.iter().zip(&calls) {
            compare(row, call);
        }
    }
}

#[test]
fn master_csv_alone_tells_what_it_can() {
    let rules = rules();
    let calls = calls(read("Master.csv", Kind::MasterCsv, &rules), &rules);
    let rows = expected("expected-master-only.csv");
    assert_eq!(calls.len(), rows.len());
    for (row, call) in rows.iter().zip(&calls) {
        let kind = &row["kind"];
        let mut ids = call.source_ids.clone();
        ids.sort();
        assert_eq!(ids.join(" "), row["uniqueids"], "{kind}");
        let known = |column: &str| if row[column] == "unknown" { String::new() } else { row[column].clone() };
        for (what, got) in [
            ("direction", call.direction.to_string()),
            ("outcome", call.outcome.to_string()),
            ("route", word(&call.route)),
            ("to", digits(&call.to)),
            ("extensions", call.extensions.join(" ")),
            ("queue", word(&call.queue)),
        ] {
            assert_eq!(got, known(what), "{kind}: {what}");
        }
        for (column, got) in [("wait_s", call.wait), ("talk_s", call.talk), ("talk_at_most_s", call.talk_at_most)] {
            match row[column].as_str() {
                "unknown" => assert_eq!(got, None, "{kind}: {column}"),
                expected => near(&format!("{kind}: {column}"), expected, got, if column == "talk_at_most_s" { 0.0 } else { 1.0 }),
            }
        }
        assert!(call.start_whole_second);
    }
}

#[test]
fn call_records_alone_agree_with_the_truth_where_they_say_anything() {
    let rules = rules();
    let calls = calls(read("calls.json", Kind::CdrJson, &rules), &rules);
    let rows = expected("expected.csv");
    assert_eq!(calls.len(), rows.len());
    for (row, call) in rows.iter().zip(&calls) {
        let kind = &row["kind"];
        assert_eq!(
            (call.direction.to_string(), call.outcome.to_string()),
            (row["direction"].clone(), row["outcome"].clone()),
            "{kind}"
        );
        assert_eq!(call.extensions.join(" "), row["extensions"], "{kind}");
        assert_eq!(digits(&call.from), row["from"], "{kind}");
        for (column, got) in [("wait_s", call.wait), ("talk_s", call.talk)] {
            if got.is_some() {
                near(&format!("{kind}: {column}"), &row[column], got, 0.15);
            }
        }
        if let Some(bound) = call.talk_at_most {
            assert!(bound.seconds() + 0.15 >= row["talk_s"].parse::<f64>().expect("talk"), "{kind}");
        }
    }
}

#[test]
fn records_survive_being_kept() {
    let rules = rules();
    let mut records = read("events.json", Kind::CelJson, &rules);
    records.extend(read("Master.csv", Kind::MasterCsv, &rules));
    records.extend(read("queue_log", Kind::QueueLog, &rules));
    let bytes = codec::encode(&records);
    assert_eq!(codec::decode(&bytes).as_deref(), Some(records.as_slice()));
    for cut in 0..bytes.len().min(4000) {
        assert_eq!(codec::decode(&bytes[..cut]), None);
    }
}
