//! The reader thread: records of all files in order of time, gathered into calls, closed calls handed on.

use std::{
    fs,
    os::unix::fs::MetadataExt,
    path::PathBuf,
    sync::mpsc::SyncSender,
    time::{Duration, Instant},
};

use super::{rejects::Rejects, source::Source};
use crate::{
    pbx::asterisk::{group::Group, group::Groups, read::Kind, record::Record, settings::Rules},
    service::{Progress, Reporter},
    store::SourcePosition,
};

/// Records read between two batches, about.
const BATCH_RECORDS: usize = 10_000;
/// Longest time between batches while there is something to hand on.
const BATCH_TIME: Duration = Duration::from_millis(200);
/// Records held of open calls; beyond it the quietest are closed early (and merged again when more of them comes).
const OPEN_RECORDS: usize = 300_000;
/// Records between two looks at the clock.
const LOOK_EVERY: u64 = 250;
/// A call is over so long after its end or, while following, after its last record; by the exchange's clock.
const QUIET: i64 = 60_000_000;
/// Calls without an end, and lines without linkedid, whose transfer may be written when the next leg ends.
const LONG_QUIET: i64 = 6 * 3600 * 1_000_000;
/// While following, an ended call waits so long for its call record.
const FOLLOW_ENDED: Duration = Duration::from_secs(2);
const FOLLOW_QUIET: Duration = Duration::from_secs(60);
const POLL: Duration = Duration::from_secs(1);

/// Closed calls, of which no two belong together, and how far the files are read once they are committed.
pub(super) struct Batch {
    pub calls: Vec<Vec<Record>>,
    pub positions: Vec<SourcePosition>,
}

/// What the thread is given.
pub(super) struct Task {
    pub files: Vec<(PathBuf, Kind)>,
    pub rules: Rules,
    pub known: Vec<SourcePosition>,
    /// Tells one set of settings from another: other settings read the files anew.
    pub mark: String,
    pub now: i64,
    pub follow: bool,
    pub rejects: PathBuf,
    pub reporter: Reporter,
}

/// What the thread found, apart from calls.
#[derive(Default)]
pub(super) struct Found {
    pub lines: u64,
    pub records: u64,
    pub rejected: u64,
    pub incomplete: u64,
    pub files_read: u64,
    pub unread: u64,
    pub cancelled: bool,
    pub rejects_file: Option<String>,
    pub problems: Vec<String>,
}

pub(super) fn run(task: Task, batches: &SyncSender<Batch>) -> Found {
    let mut found = Found::default();
    let mut rejects = Rejects::new(task.rejects.clone());
    let mut reading = Reading::open(&task, &mut found);
    reading.run(&task, &mut rejects, &mut found, batches);
    found.rejected = rejects.count;
    found.problems.append(&mut rejects.first);
    let open = reading.sources.iter().filter(|source| source.open_line && !task.follow);
    found.problems.extend(open.map(|source| {
        let path = crate::domain::clean::line(&source.path.display().to_string(), 300);
        format!("{path} line {} is not complete; import again when it is", source.read_to.1 + 1)
    }));
    found.lines = reading.sources.iter().map(|source| source.lines).sum::<u64>() + reading.lines_of_rotated;
    found.incomplete = reading.sources.iter().filter(|source| source.open_line).count() as u64;
    match rejects.finish() {
        Ok(file) => found.rejects_file = file,
        Err(problem) => found.problems.push(problem),
    }
    found
}

struct Reading {
    sources: Vec<Source>,
    kinds: Vec<Kind>,
    groups: Groups,
    /// Records since the last batch.
    fresh: usize,
    clock: i64,
    began: Instant,
    sent: Instant,
    lines_of_rotated: u64,
    moved: bool,
}

impl Reading {
    fn open(task: &Task, found: &mut Found) -> Self {
        let (mut sources, mut kinds) = (Vec::new(), Vec::new());
        for (path, kind) in &task.files {
            match Source::open(path, *kind, task.now, &task.known, &task.mark) {
                Ok(source) => {
                    sources.push(source);
                    kinds.push(*kind);
                }
                Err(problem) => {
                    found.unread += 1;
                    found.problems.push(problem);
                }
            }
        }
        found.files_read = sources.len() as u64;
        Self {
            sources,
            kinds,
            groups: Groups::default(),
            fresh: 0,
            clock: i64::MIN,
            began: Instant::now(),
            sent: Instant::now(),
            lines_of_rotated: 0,
            moved: false,
        }
    }

    fn run(&mut self, task: &Task, rejects: &mut Rejects, found: &mut Found, batches: &SyncSender<Batch>) {
        loop {
            if task.reporter.cancelled() {
                found.cancelled = true;
                break;
            }
            match self.take_next(task, rejects, found) {
                Some(index) => {
                    self.gather(index);
                    found.records += 1;
                    self.fresh += 1;
                    if found.records.is_multiple_of(LOOK_EVERY) && self.is_time() {
                        task.reporter.report(Progress { stage: "reading calls", done: found.records, total: None });
                        if !self.hand_on(task.follow, batches) {
                            return;
                        }
                    }
                }
                None if task.follow => {
                    if !self.hand_on(true, batches) {
                        return;
                    }
                    std::thread::park_timeout(POLL);
                    self.reopen_rotated(task, found);
                }
                None => break,
            }
        }
        // An interrupted import goes on where its open calls begin; everything else is over now.
        if !found.cancelled || task.follow {
            let mut numbers: Vec<u64> = self.groups.open().map(|(number, _)| number).collect();
            numbers.sort_unstable();
            for numbers in numbers.chunks(BATCH_RECORDS) {
                if !self.send(numbers, batches) {
                    return;
                }
            }
        }
        self.send(&[], batches);
    }

    fn is_time(&self) -> bool {
        self.fresh >= BATCH_RECORDS || self.sent.elapsed() >= BATCH_TIME || self.groups.records() > OPEN_RECORDS
    }

    /// Closes what is over and hands it on. False: nobody takes batches any more.
    fn hand_on(&mut self, follow: bool, batches: &SyncSender<Batch>) -> bool {
        let due = self.due(follow);
        self.fresh = 0;
        let taken = due.is_empty() || self.send(&due, batches);
        self.sent = Instant::now();
        taken
    }

    /// The file whose next record is the earliest.
    fn take_next(&mut self, task: &Task, rejects: &mut Rejects, found: &mut Found) -> Option<usize> {
        for source in &mut self.sources {
            if source.next.is_none()
                && let Err(error) = source.advance(&task.rules, rejects, !task.follow)
            {
                let problem = format!("cannot read on in {}: {error}", source.path.display());
                if !found.problems.contains(&problem) {
                    found.unread += 1;
                    found.problems.push(problem);
                }
            }
        }
        let at = |source: &Source| source.next.as_ref().map(|(record, ..)| record.at());
        (0..self.sources.len()).filter(|index| at(&self.sources[*index]).is_some()).min_by_key(|index| at(&self.sources[*index]))
    }

    fn gather(&mut self, index: usize) {
        let Some((record, offset, lines)) = self.sources[index].next.take() else { return };
        self.clock = self.clock.max(record.at());
        self.moved = true;
        let number = self.groups.add(record);
        let touched = self.began.elapsed().as_millis() as u64;
        if let Some(group) = self.groups.get_mut(number) {
            group.note_place((index, offset, lines));
            group.touched = touched;
        }
    }

    /// Numbers of the calls that are over.
    fn due(&self, follow: bool) -> Vec<u64> {
        let now = self.began.elapsed();
        let due = |group: &Group| {
            let quiet = self.clock.saturating_sub(group.latest);
            let untouched = now.saturating_sub(Duration::from_millis(group.touched));
            if follow && (group.ended && untouched >= FOLLOW_ENDED || untouched >= FOLLOW_QUIET) {
                return true;
            }
            if group.ended || !group.events && !group.loose { quiet > QUIET } else { quiet > LONG_QUIET }
        };
        let mut numbers: Vec<u64> = self.groups.open().filter(|(_, group)| due(group)).map(|(number, _)| number).collect();
        if self.groups.records() > OPEN_RECORDS {
            let mut open: Vec<(i64, u64)> = self.groups.open().map(|(number, group)| (group.latest, number)).collect();
            open.sort_unstable();
            numbers.extend(open.iter().take(open.len() / 2 + 1).map(|(_, number)| *number));
        }
        numbers.sort_unstable();
        numbers.dedup();
        numbers
    }

    /// Closes these calls and hands them on. False: nobody takes batches any more.
    fn send(&mut self, numbers: &[u64], batches: &SyncSender<Batch>) -> bool {
        let calls = numbers.iter().filter_map(|number| self.groups.take(*number)).map(|group| group.records).collect();
        let positions = self
            .sources
            .iter()
            .enumerate()
            .map(|(index, source)| {
                let open = self.groups.open().flat_map(|(_, group)| &group.places).filter(|(file, ..)| *file == index);
                let open = open.map(|(_, offset, lines)| (*offset, *lines));
                let pending = source.next.as_ref().map(|(_, offset, lines)| (*offset, *lines));
                source.position(open.chain(pending).min())
            })
            .collect();
        batches.send(Batch { calls, positions }).is_ok()
    }

    /// A file that was renamed or cut while following is read from the beginning of the new one.
    fn reopen_rotated(&mut self, task: &Task, found: &mut Found) {
        for index in 0..self.sources.len() {
            let source = &self.sources[index];
            let Ok(facts) = fs::metadata(&source.path) else { continue };
            if source.next.is_some() || source.is_file(facts.dev(), facts.ino()) && facts.len() >= source.read_to.0 {
                continue;
            }
            match Source::open(&source.path, self.kinds[index], task.now, &[], &task.mark) {
                Ok(fresh) => {
                    self.lines_of_rotated += source.lines;
                    self.sources[index] = fresh;
                }
                Err(problem) => found.problems.push(problem),
            }
        }
    }
}
