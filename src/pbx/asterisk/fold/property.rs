//! Any order, split or repetition of the same files gives the same calls; nothing that is read panics.

use std::collections::{BTreeMap, BTreeSet};

use super::{
    tests::{NOW, raw},
    *,
};
use crate::pbx::asterisk::{
    group::Groups,
    read::{Kind, RecordReader},
    settings::Settings,
};

/// What a store does with calls: found by any id, replaced, merged.
#[derive(Default)]
struct Kept {
    calls: BTreeMap<u64, FoldedCall>,
    by_id: BTreeMap<String, u64>,
    next: u64,
}

impl Kept {
    fn import(&mut self, records: Vec<Record>, rules: &Rules) {
        let mut groups = Groups::default();
        let known: BTreeSet<u64> = records.iter().flat_map(Record::ids).filter_map(|id| self.by_id.get(id).copied()).collect();
        for number in known {
            for record in codec::decode(&self.calls[&number].records).expect("kept") {
                groups.add(record);
            }
        }
        records.into_iter().for_each(|record| {
            groups.add(record);
        });
        for call in groups.take_all().into_iter().filter_map(|records| fold(records, rules)) {
            let old: BTreeSet<u64> = call.source_ids.iter().filter_map(|id| self.by_id.get(id).copied()).collect();
            old.iter().for_each(|number| drop(self.calls.remove(number)));
            self.next += 1;
            self.by_id.extend(call.source_ids.iter().map(|id| (id.clone(), self.next)));
            self.calls.insert(self.next, call);
        }
    }

    fn sorted(&self) -> Vec<&FoldedCall> {
        let mut calls: Vec<_> = self.calls.values().collect();
        calls.sort_by_key(|call| (call.start, &call.source_ids));
        calls
    }
}

fn rules() -> Rules {
    Settings::default().compile().expect("rules")
}

#[test]
fn any_order_split_and_repetition_gives_the_same_calls() {
    let rules = rules();
    let files = [
        ("events.json", Kind::CelJson),
        ("calls.json", Kind::CdrJson),
        ("queue_log", Kind::QueueLog),
        ("Master.csv", Kind::MasterCsv),
    ];
    let mut lines: Vec<Record> = Vec::new();
    for (file, kind) in files {
        let mut reader = RecordReader::new(kind, NOW);
        lines.extend(raw(file).split(|byte| *byte == b'\n').filter_map(|line| reader.read(line, &rules).expect("sound")));
    }
    let mut whole = Kept::default();
    whole.import(lines.clone(), &rules);
    assert_eq!(whole.calls.len(), 18);
    for seed in 0..20 {
        let mut random = fastrand::Rng::with_seed(seed);
        let mut shuffled = lines.clone();
        if seed % 3 > 0 {
            random.shuffle(&mut shuffled);
        }
        let mut kept = Kept::default();
        while !shuffled.is_empty() {
            let part = shuffled.split_off(shuffled.len() - random.usize(1..=shuffled.len()));
            if random.bool() {
                kept.import(part.clone(), &rules);
            }
            kept.import(part, &rules);
        }
        let (got, expected) = (kept.sorted(), whole.sorted());
        assert_eq!(got.len(), expected.len(), "seed {seed}");
        for (got, expected) in got.into_iter().zip(expected) {
            let records = |call: &FoldedCall| codec::decode(&call.records).expect("kept");
            let (theirs, ours) = (records(got), records(expected));
            assert!(
                theirs == ours,
                "seed {seed}: {} {:?}",
                expected.source_ids[0],
                ours.iter().zip(&theirs).find(|(a, b)| a != b)
            );
            assert!(got == expected, "seed {seed}: {}", expected.source_ids[0]);
        }
    }
}

#[test]
fn kept_records_are_small() {
    let rules = rules();
    let mut reader = RecordReader::new(Kind::CelJson, NOW);
    let mut groups = Groups::default();
    for line in raw("events.json").split(|byte| *byte == b'\n') {
        if let Some(record) = reader.read(line, &rules).expect("sound") {
            groups.add(record);
        }
    }
    let calls: Vec<_> = groups.take_all().into_iter().filter_map(|records| fold(records, &rules)).collect();
    let bytes: usize = calls.iter().map(|call| zstd::bulk::compress(&call.records, 9).expect("compressed").len()).sum();
    // Without a dictionary; the store's own compression may do better.
    assert!(bytes / calls.len() < 450, "{} bytes a call", bytes / calls.len());
}

#[test]
fn no_bytes_make_a_reader_panic() {
    let rules = rules();
    let kinds = [Kind::CdrJson, Kind::CelJson, Kind::MasterCsv, Kind::QueueLog];
    let mut random = fastrand::Rng::with_seed(7);
    let samples: Vec<Vec<u8>> = ["events.json", "calls.json", "Master.csv", "queue_log"]
        .iter()
        .flat_map(|file| raw(file).split(|byte| *byte == b'\n').map(<[u8]>::to_vec).collect::<Vec<_>>())
        .collect();
    let bits: [&[u8]; 12] =
        [b"\"", b"\\", b",", b"\x00", b"\xc5", b"{", b"}", b"-", b"1e308", b"9999999999999999999", b"\",\"num\":\"", b"|"];
    let mut groups = Groups::default();
    let mut taken = 0;
    for round in 0..8_000 {
        let mut line = if round % 10 == 0 {
            (0..random.usize(0..200)).map(|_| random.u8(..)).collect()
        } else {
            samples[random.usize(..samples.len())].clone()
        };
        for _ in 0..random.usize(0..4) {
            let at = random.usize(0..=line.len());
            match random.u8(0..3) {
                0 => line.truncate(at),
                1 => drop(line.splice(at..at, bits[random.usize(..bits.len())].iter().copied())),
                _ => {
                    if let Some(byte) = line.get_mut(at) {
                        *byte = random.u8(..);
                    }
                }
            }
        }
        for kind in kinds {
            if let Ok(Some(record)) = RecordReader::new(kind, NOW).read(&line, &rules) {
                taken += 1;
                if taken % 20 == 0 {
                    groups.add(record);
                }
            }
        }
    }
    assert!(taken > 500);
    for records in groups.take_all() {
        let call = fold(records, &rules);
        if let Some(call) = call {
            assert!(
                call.leg_count as usize
                    >= call
                        .legs
                        .iter()
                        .filter(|leg| !leg.channel.starts_with("Local/") && leg.channel.contains('/'))
                        .count()
                        .min(1)
            );
            assert!(call.wait.is_none_or(|wait| wait.0 >= 0) && call.talk.is_none_or(|talk| talk.0 >= 0), "{call:?}");
        }
    }
}
