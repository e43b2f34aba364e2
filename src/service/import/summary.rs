//! What an import did.

use serde::{Deserialize, Serialize};

use super::ImportRequest;
use crate::store::ImportCounts;

/// Counts and complaints of one import.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Summary {
    pub lines: u64,
    pub records: u64,
    pub rejected_lines: u64,
    /// Named files that could not be read, or not to their end.
    pub unread_files: u64,
    /// Last lines that are not complete yet; they are read when they are.
    pub incomplete_lines: u64,
    pub new_calls: u64,
    pub changed_calls: u64,
    pub unchanged_calls: u64,
    pub new_recordings: u64,
    pub known_recordings: u64,
    /// Of the new ones those made of two files, one of each side.
    pub joined_recordings: u64,
    pub rejected_recordings: u64,
    /// Recordings whose call is not known yet.
    pub unassigned_recordings: u64,
    /// Where rejected lines and recordings are listed, with line and reason.
    pub rejects_file: Option<String>,
    pub cancelled: bool,
    /// Files that could not be read, recordings that were not taken; the first of them.
    pub problems: Vec<String>,
    /// So many more; all of them stand in the rejects file.
    pub more_problems: u64,
    #[serde(skip)]
    pub(super) files_read: u64,
}

/// Complaints kept for the screen; all of them stand in the rejects file.
const PROBLEMS: usize = 50;

impl Summary {
    pub(super) fn add(&mut self, counts: ImportCounts) {
        self.new_calls += counts.new_calls;
        self.changed_calls += counts.changed_calls;
        self.unchanged_calls += counts.unchanged_calls;
        self.new_recordings += counts.new_recordings;
        self.known_recordings += counts.known_recordings;
        self.unassigned_recordings += counts.unassigned;
    }

    pub(super) fn problem(&mut self, problem: String) {
        if self.problems.len() < PROBLEMS {
            self.problems.push(problem);
        } else {
            self.more_problems += 1;
        }
    }

    /// Files were named and none could be read.
    pub(super) fn nothing_read(&self, request: &ImportRequest) -> bool {
        self.files_read == 0
            && (request.files().next().is_some() || request.recordings.is_some())
            && !self.problems.is_empty()
            && !self.cancelled
    }

    /// Something that was there has not been taken.
    pub const fn is_partial(&self) -> bool {
        self.rejected_lines > 0 || self.rejected_recordings > 0 || self.unread_files > 0
    }

    /// In one line.
    pub fn words(&self) -> String {
        let mut words = format!(
            "{} new calls, {} changed, {} unchanged; {} new recordings, {} known, {} unassigned; {} lines read, {} rejected",
            self.new_calls,
            self.changed_calls,
            self.unchanged_calls,
            self.new_recordings,
            self.known_recordings,
            self.unassigned_recordings,
            self.lines,
            self.rejected_lines
        );
        if self.joined_recordings > 0 {
            words.push_str(&format!("; {} recordings joined of two sides", self.joined_recordings));
        }
        if self.rejected_recordings > 0 {
            words.push_str(&format!("; {} recordings rejected", self.rejected_recordings));
        }
        if self.incomplete_lines > 0 {
            words.push_str(&format!("; {} last lines are not complete yet", self.incomplete_lines));
        }
        if self.cancelled {
            words.push_str("; stopped before the end");
        }
        words
    }
}
