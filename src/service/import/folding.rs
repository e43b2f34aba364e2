//! The folding thread: closed calls from the reader become rows in the making, beside the reading and the writing.

use std::sync::mpsc::Receiver;

use jiff::Timestamp;
use tokio::sync::mpsc::Sender;

use super::reader::Batch;
use crate::{
    pbx::asterisk::{fold::fold, group::loose_span, record::Micros, settings::Rules},
    store::{CallPacker, ImportBatch},
};

/// Folded calls of one batch.
pub(super) struct Folded {
    pub batch: ImportBatch,
    /// From when to when calls without a linkedid were going on, if there are any.
    pub loose: Option<(Timestamp, Timestamp)>,
}

pub(super) fn run(rules: &Rules, batches: &Receiver<Batch>, folded: &Sender<Folded>) {
    let mut packer = CallPacker::default();
    for Batch { calls, positions } in batches {
        let span =
            calls.iter().flatten().filter_map(loose_span).reduce(|(from, until), next| (from.min(next.0), until.max(next.1)));
        let calls = calls.into_iter().filter_map(|records| fold(records, rules)).collect();
        let mut batch = ImportBatch::new(calls, Vec::new(), positions);
        batch.pack(&mut packer);
        let time = |micros: Micros| Timestamp::from_microsecond(micros).unwrap_or_default();
        let loose = span.map(|(from, until)| (time(from), time(until)));
        if folded.blocking_send(Folded { batch, loose }).is_err() {
            return;
        }
    }
}
