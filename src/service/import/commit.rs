//! Batches of closed calls: merged with what is kept of them, folded, committed.

use sha2::{Digest, Sha256};

use super::{
    ImportRequest, Result, ServiceError, Summary,
    reader::{self, Batch, Task},
    recordings::Sweep,
    source,
};
use crate::{
    pbx::asterisk::{
        codec,
        fold::fold,
        group::Groups,
        record::Record,
        settings::{Rules, Settings},
    },
    service::{Reporter, Service},
    store::{ImportBatch, SourcePosition},
};

/// Batches that wait for the database.
const WAITING: usize = 2;
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
        let (sender, mut batches) = tokio::sync::mpsc::channel::<Batch>(WAITING);
        let thread = std::thread::Builder::new()
            .name("import".to_owned())
            .spawn(move || reader::run(task, &sender))
            .map_err(|error| ServiceError::Storage(format!("no thread to read with: {error}")))?;
        let mut sweep = Sweep::default();
        let mut tick = tokio::time::interval(std::time::Duration::from_secs(2));
        loop {
            tokio::select! {
                batch = batches.recv() => match batch {
                    Some(batch) => {
                        let counts = self.commit(batch.calls, batch.positions, rules).await?;
                        summary.add(counts);
                    }
                    None => break,
                },
                _ = tick.tick(), if request.follow => {
                    self.sweep_recordings(request, settings, rules, reporter, summary, &mut sweep).await?;
                }
            }
        }
        let found =
            tokio::task::spawn_blocking(move || thread.join()).await.ok().and_then(std::result::Result::ok).ok_or_else(|| {
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

    async fn commit(
        &self,
        calls: Vec<Vec<Record>>,
        positions: Vec<SourcePosition>,
        rules: &Rules,
    ) -> Result<crate::store::ImportCounts> {
        let mut ids: Vec<String> = calls.iter().flatten().flat_map(Record::ids).map(str::to_owned).collect();
        ids.sort();
        ids.dedup();
        let mut groups = Groups::default();
        for ids in ids.chunks(IDS) {
            for (_, kept) in self.store().source_records(ids.to_vec()).await? {
                // Kept records that cannot be read (of a newer version) are left to the program that wrote them.
                codec::decode(&kept).unwrap_or_default().into_iter().for_each(|record| {
                    groups.add(record);
                });
            }
        }
        calls.into_iter().flatten().for_each(|record| {
            groups.add(record);
        });
        self.add_touching(&mut groups).await?;
        let rules = rules.clone();
        let folded =
            super::blocking(move || Ok(groups.take_all().into_iter().filter_map(|records| fold(records, &rules)).collect()))
                .await?;
        Ok(self.store().import(ImportBatch { calls: folded, recordings: Vec::new(), positions }).await?)
    }
}

impl Service {
    /// Lines without linkedid that an earlier import kept belong to the call whose channels they share.
    async fn add_touching(&self, groups: &mut Groups) -> Result<()> {
        let Some((from, until)) = groups.loose_span() else { return Ok(()) };
        let time = |micros| jiff::Timestamp::from_microsecond(micros).unwrap_or_default();
        let mut kept: Vec<Vec<Record>> = Vec::new();
        for packed in self.store().rough_records(time(from), time(until)).await? {
            kept.extend(codec::decode(&packed));
        }
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
                return Ok(());
            }
        }
    }
}

/// Settings that a person gave read the files anew, so that a correction takes effect; guessed ones do not.
fn mark(request: &ImportRequest, settings: &Settings) -> String {
    if request.settings.is_none() {
        return "guessed".to_owned();
    }
    let digest = Sha256::digest(settings.to_toml().as_bytes());
    digest.iter().take(8).map(|byte| format!("{byte:02x}")).collect()
}
