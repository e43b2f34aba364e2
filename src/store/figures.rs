//! What the database is worth, in numbers: for whoever watches the machine, never for who asks about calls.

use jiff::Timestamp;

use super::{Store, audit, error::Result};
use crate::domain::{
    job::JobState,
    recording::{CopyState, RecordingState},
};

/// Counts of the whole database, at one moment.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Figures {
    /// How many recordings are in each state, and their bytes.
    pub recordings: Vec<(RecordingState, u64, u64)>,
    /// Copies of recordings of each state.
    pub copies: Vec<(CopyState, u64)>,
    /// Jobs of each kind and state.
    pub jobs: Vec<(String, JobState, u64)>,
    /// When a job of a kind last ended well, in part or whole.
    pub job_ended: Vec<(String, Timestamp)>,
    /// Sessions that have not ended.
    pub sessions: u64,
    /// Tokens that are neither revoked nor expired.
    pub tokens: u64,
    /// Number of the newest entry of the audit log, which has no gaps.
    pub audit_entries: u64,
    /// Of them those that no checkpoint has signed.
    pub audit_unsigned: u64,
}

impl Store {
    /// Counts. Looks at every recording: seconds where there are millions.
    ///
    /// # Errors
    /// When the database cannot be read.
    pub async fn figures(&self) -> Result<Figures> {
        self.threads
            .read(|reader| {
                let conn = &reader.conn;
                let mut figures = Figures::default();
                let mut statement = conn.prepare_cached("SELECT state, count(*), sum(bytes) FROM recording GROUP BY state")?;
                let mut rows = statement.query([])?;
                while let Some(row) = rows.next()? {
                    if let Some(state) = RecordingState::from_code(row.get(0)?) {
                        figures.recordings.push((state, row.get(1)?, row.get(2)?));
                    }
                }
                let mut statement = conn.prepare_cached("SELECT state, count(*) FROM recording_copy GROUP BY state")?;
                let mut rows = statement.query([])?;
                while let Some(row) = rows.next()? {
                    if let Some(state) = CopyState::from_code(row.get(0)?) {
                        figures.copies.push((state, row.get(1)?));
                    }
                }
                let mut statement = conn.prepare_cached(
                    "SELECT kind, state, count(*), max(ended_us) FROM job GROUP BY kind, state ORDER BY kind, state",
                )?;
                let mut rows = statement.query([])?;
                while let Some(row) = rows.next()? {
                    let (kind, ended): (String, Option<i64>) = (row.get(0)?, row.get(3)?);
                    let Some(state) = JobState::from_code(row.get(1)?) else { continue };
                    let ended = ended.and_then(|at| Timestamp::from_microsecond(at).ok());
                    if let (JobState::Done | JobState::Partly, Some(ended)) = (state, ended) {
                        match figures.job_ended.iter_mut().find(|(known, _)| *known == kind) {
                            Some((_, last)) => *last = ended.max(*last),
                            None => figures.job_ended.push((kind.clone(), ended)),
                        }
                    }
                    figures.jobs.push((kind, state, row.get(2)?));
                }
                let now = Timestamp::now().as_microsecond();
                figures.sessions = conn.query_row("SELECT count(*) FROM session WHERE until_us>?1", [now], |row| row.get(0))?;
                figures.tokens =
                    conn.query_row("SELECT count(*) FROM token WHERE revoked_us IS NULL AND expires_us>?1", [now], |row| {
                        row.get(0)
                    })?;
                (figures.audit_entries, figures.audit_unsigned) = audit::standing(conn)?;
                Ok(figures)
            })
            .await
    }
}
