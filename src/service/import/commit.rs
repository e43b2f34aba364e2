//! Batches of closed calls: merged with what is kept of them, folded, committed.

use jiff::Timestamp;
use sha2::{Digest, Sha256};

use super::{
    ImportRequest, Result, ServiceError, Summary,
    folding::{self, Folded},
    reader::{self, Batch, Task},
    recordings::Sweep,
    source,
};
use crate::{
    domain::fold::FoldedCall,
    pbx::asterisk::{
        codec,
        fold::fold,
        group::{Groups, loose_span},
        record::Record,
        settings::{Rules, Settings},
    },
    service::{Reporter, Service},
    store::ImportBatch,
};

/// Batches that wait for the next thread.
const WAITING: usize = 1;
/// Source ids asked for at once.
const IDS: usize = 5_000;

impl Service {
    pub(super) async fn import_records(
        &self,
        request: &ImportRequest,
        settings: &Settings,
        rules: &Rules,
        reporter: &Reporter,
        summary: &mut Summary,
    ) -> Result<()> {
        let task = Task {
            files: source::all(request),
            rules: rules.clone(),
            known: self.store().source_positions().await?,
            mark: mark(request, settings),
            now: jiff::Timestamp::now().as_microsecond(),
            follow: request.follow,
            rejects: request.rejects.clone(),
            reporter: reporter.clone(),
        };
        if task.files.is_empty() && !request.follow {
            return Ok(());
        }
        let (closed, to_fold) = std::sync::mpsc::sync_channel::<Batch>(WAITING);
        let (sender, mut batches) = tokio::sync::mpsc::channel::<Folded>(WAITING);
        let unable = |error| ServiceError::Storage(format!("no thread to read with: {error}"));
        let thread = std::thread::Builder::new();
        let thread = thread.name("import".to_owned()).spawn(move || reader::run(task, &closed)).map_err(unable)?;
        let folding_rules = rules.clone();
        let folding = std::thread::Builder::new();
        let folding = folding
            .name("import-fold".to_owned())
            .spawn(move || folding::run(&folding_rules, &to_fold, &sender))
            .map_err(unable)?;
        let mut sweep = Sweep::default();
        let mut tick = tokio::time::interval(std::time::Duration::from_secs(2));
        loop {
            tokio::select! {
                batch = batches.recv() => match batch {
                    Some(batch) => {
                        self.commit(batch, rules, summary).await?;
                    }
                    None => break,
                },
                _ = tick.tick(), if request.follow => {
                    self.sweep_recordings(request, settings, rules, reporter, summary, &mut sweep).await?;
                }
            }
        }
        let found = tokio::task::spawn_blocking(move || folding.join().and_then(|()| thread.join()))
            .await
            .ok()
            .and_then(std::result::Result::ok)
            .ok_or_else(|| {
                ServiceError::Storage("reading stopped by itself; import again, it goes on where it was".to_owned())
            })?;
        summary.lines = found.lines;
        summary.records = found.records;
        summary.rejected_lines = found.rejected;
        summary.incomplete_lines = found.incomplete;
        summary.files_read += found.files_read;
        summary.unread_files = found.unread;
        summary.cancelled = found.cancelled;
        summary.rejects_file = found.rejects_file.or_else(|| summary.rejects_file.take());
        found.problems.into_iter().for_each(|problem| summary.problem(problem));
        Ok(())
    }

    /// Calls that are new as they are, the others together with what is kept of them.
    async fn commit(&self, folded: Folded, rules: &Rules, summary: &mut Summary) -> Result<()> {
        let Folded { mut batch, loose } = folded;
        let mut again = Groups::default();
        if let Some((from, until)) = loose {
            self.take_touching(&mut batch, &mut again, from, until).await?;
        }
        let positions = batch.positions.clone();
        if !again.is_empty() {
            batch.positions.clear();
        }
        let (counts, met) = self.store().import_new(batch).await?;
        summary.add(counts);
        if met.is_empty() && again.is_empty() {
            return Ok(());
        }
        for call in met {
            decoded(&call.records).for_each(|record| {
                again.add(record);
            });
        }
        let mut ids: Vec<String> = again.open().flat_map(|(_, group)| group.ids()).cloned().collect();
        ids.sort_unstable();
        for ids in ids.chunks(IDS) {
            for (_, kept) in self.store().source_records(ids.to_vec()).await? {
                decoded(&kept).for_each(|record| {
                    again.add(record);
                });
            }
        }
        let rules = rules.clone();
        let folded =
            super::blocking(move || Ok(again.take_all().into_iter().filter_map(|records| fold(records, &rules)).collect()))
                .await?;
        summary.add(self.store().import(ImportBatch::new(folded, Vec::new(), positions)).await?);
        Ok(())
    }

    /// Lines without linkedid that an earlier import kept belong to the call whose channels they share: takes such calls out
    /// of the batch, together with what was kept.
    async fn take_touching(&self, batch: &mut ImportBatch, again: &mut Groups, from: Timestamp, until: Timestamp) -> Result<()> {
        let packed = self.store().rough_records(from, until).await?;
        let mut kept: Vec<Vec<Record>> = packed.iter().filter_map(|kept| codec::decode(kept)).collect();
        let spans = kept.iter().flatten().filter_map(loose_span);
        let Some((from, until)) = spans.reduce(|(from, until), next| (from.min(next.0), until.max(next.1))) else {
            return Ok(());
        };
        let near = |call: &FoldedCall| {
            let start = call.start.as_microsecond();
            call.start_whole_second && start <= until && call.end.map_or(start, Timestamp::as_microsecond) >= from
        };
        let mut groups = Groups::default();
        for (place, _) in batch.calls.iter().enumerate().filter(|(_, call)| near(call)) {
            decoded(&batch.records(place)?).for_each(|record| {
                groups.add(record);
            });
        }
        let all = kept.len();
        loop {
            let before = kept.len();
            kept.retain(|records| {
                let joins = records.iter().any(|record| groups.touches(record));
                if joins {
                    records.iter().for_each(|record| {
                        groups.add(record.clone());
                    });
                }
                !joins
            });
            if kept.len() == before {
                break;
            }
        }
        if kept.len() < all {
            batch.retain(|call| !near(call));
            *again = groups;
        }
        Ok(())
    }
}

/// Records of a newer version are left to the program that wrote them.
fn decoded(kept: &[u8]) -> impl Iterator<Item = Record> {
    codec::decode(kept).unwrap_or_default().into_iter()
}

/// Settings that a person gave read the files anew, so that a correction takes effect; guessed ones do not.
fn mark(request: &ImportRequest, settings: &Settings) -> String {
    if request.settings.is_none() {
        return "guessed".to_owned();
    }
    let digest = Sha256::digest(settings.to_toml().as_bytes());
    digest.iter().take(8).map(|byte| format!("{byte:02x}")).collect()
}
