//! A call = fold(all its records): any order, split or repetition of the same records gives the same call.

mod bridges;
mod cdr;
mod cel;
mod legs;
mod outcome;
mod parties;
#[cfg(test)]
mod property;
mod queue;
#[cfg(test)]
mod synthetic;
#[cfg(test)]
mod tests;
mod timeline;

use jiff::Timestamp;

use parties::Parties;
pub use parties::is_short;

use super::{
    codec,
    record::{Micros, Record, is_id, normalise},
    settings::Rules,
};
use crate::domain::{
    call::Number,
    clean,
    fold::FoldedCall,
    number::{NumberPlan, is_withheld},
};

/// Longest name or number kept.
const LONGEST: usize = 80;

/// Folds the records of one call. None if nothing in them is a call (a line of the queue log alone).
pub fn fold(mut records: Vec<Record>, rules: &Rules) -> Option<FoldedCall> {
    normalise(&mut records);
    let events: Vec<_> =
        records.iter().filter_map(|record| if let Record::Cel(cel) = record { Some(cel) } else { None }).collect();
    let lines: Vec<_> =
        records.iter().filter_map(|record| if let Record::Cdr(cdr) = record { Some(cdr) } else { None }).collect();
    let queue: Vec<_> =
        records.iter().filter_map(|record| if let Record::Queue(queue) = record { Some(queue) } else { None }).collect();
    let parties = Parties::new(&records, rules);
    let lives = events.iter().any(|event| matches!(event.kind.as_str(), "CHAN_START" | "BRIDGE_ENTER" | "ANSWER"));
    // Whatever there is makes a call: what is not kept with one would be missing when the rest of it comes.
    let mut call = if lives || !events.is_empty() && lines.is_empty() {
        cel::fold(&cel::View::new(events, queue, parties))
    } else if !lines.is_empty() {
        cdr::fold(&lines, &queue, &parties)
    } else {
        queue::fold(&queue, rules)?
    };
    call.source_ids = source_ids(&records);
    call.records = codec::encode(&records);
    Some(call)
}

/// The linkedid of the earliest record first, then every other id in order.
fn source_ids(records: &[Record]) -> Vec<String> {
    let linked = |record: &Record| match record {
        Record::Cel(cel) => Some(cel.linked_id.clone()),
        Record::Cdr(cdr) => Some(cdr.linked_id.clone()),
        Record::Queue(_) => None,
    };
    let start = |record: &Record| if let Record::Cdr(cdr) = record { cdr.start } else { record.at() };
    let mut by_start: Vec<&Record> = records.iter().collect();
    by_start.sort_by_key(|record| start(record));
    let first = by_start.iter().filter_map(|record| linked(record)).find(|id| is_id(id));
    let mut ids: Vec<String> = first.into_iter().collect();
    let mut rest: Vec<String> = by_start.iter().flat_map(|record| record.ids()).map(str::to_owned).collect();
    if ids.is_empty() {
        ids.extend(rest.first().cloned());
    }
    rest.sort();
    rest.dedup();
    rest.retain(|id| !ids.contains(id));
    ids.extend(rest);
    ids
}

fn to_time(micros: Micros) -> Timestamp {
    Timestamp::from_microsecond(micros).unwrap_or(Timestamp::UNIX_EPOCH)
}

/// Foreign text, safe to keep and to show.
fn text(raw: &str) -> String {
    clean::line(raw.trim(), LONGEST)
}

fn to_number(raw: &str, plan: &NumberPlan) -> Option<Number> {
    if is_withheld(raw) {
        return None;
    }
    let raw = text(raw);
    let canonical = plan.canonical(&raw);
    Some(Number { raw, canonical })
}
