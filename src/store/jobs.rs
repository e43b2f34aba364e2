//! Long work, so that it survives a restart.

use jiff::Timestamp;
use rusqlite::{Connection, OptionalExtension, Row, params};

use super::{
    Store, audit,
    error::{Result, Sql, StoreError, damaged},
    writer::Durable,
};
use crate::domain::{
    audit::AuditRecord,
    job::{Job, JobState},
};

/// Jobs of a list, newest first.
const LISTED: usize = 500;
/// Jobs that ended and are kept.
const KEPT: i64 = 1_000;

/// Work to be done.
#[derive(Clone, Debug)]
pub struct NewJob {
    pub id: String,
    pub kind: &'static str,
    pub who: String,
    /// What to do, JSON by kind.
    pub orders: String,
}

/// A job that is to be done now, with what it was asked.
#[derive(Clone, Debug)]
pub struct JobOrder {
    pub job: Job,
    pub orders: String,
}

const COLUMNS: &str = "id, kind, state, who, created_us, started_us, ended_us, done, total, detail, result";

impl Store {
    /// Puts work into the queue.
    pub async fn add_job(&self, new: NewJob, record: AuditRecord) -> Result<Job> {
        self.threads
            .write(move |writer| {
                writer.act(Durable::Now, |transaction, _state| {
                    transaction.execute(
                        "INSERT INTO job(id, kind, state, who, created_us, done, orders) VALUES(?1, ?2, 0, ?3, ?4, 0, ?5)",
                        params![new.id, new.kind, new.who, Timestamp::now().as_microsecond(), new.orders],
                    )?;
                    transaction.execute(
                        "DELETE FROM job WHERE state>1 AND id NOT IN (SELECT id FROM job WHERE state>1 ORDER BY created_us DESC LIMIT ?1)",
                        [KEPT],
                    )?;
                    audit::append(transaction, &record)?;
                    needed(transaction, &new.id)
                })
            })
            .await
    }

    /// Newest first; `who`: only theirs.
    pub async fn jobs(&self, who: Option<String>) -> Result<Vec<Job>> {
        self.threads
            .read(move |reader| {
                let sql = format!(
                    "SELECT {COLUMNS} FROM job WHERE ?1 IS NULL OR who=?1 ORDER BY created_us DESC, id DESC LIMIT {LISTED}"
                );
                let mut statement = reader.conn.prepare_cached(&sql)?;
                let mut rows = statement.query([who])?;
                let mut jobs = Vec::new();
                while let Some(row) = rows.next()? {
                    jobs.push(read(row)?);
                }
                Ok(jobs)
            })
            .await
    }

    /// # Errors
    /// [`StoreError::NotFound`] when there is none, or it is somebody else's than `who`.
    pub async fn job(&self, id: String, who: Option<String>) -> Result<Job> {
        self.threads
            .read(move |reader| {
                let job = find(&reader.conn, &id)?.filter(|job| who.as_ref().is_none_or(|who| *who == job.who));
                Ok(job.ok_or_else(no_job)?)
            })
            .await
    }

    /// Asks a job to end; one that waits ends at once, one that has ended stays as it is.
    pub async fn cancel_job(&self, id: String, record: AuditRecord) -> Result<Job> {
        self.threads
            .write(move |writer| {
                writer.act(Durable::Now, |transaction, _state| {
                    let waits = transaction.execute(
                        "UPDATE job SET state=5, ended_us=?2, cancelled=1 WHERE id=?1 AND state=0",
                        params![id, Timestamp::now().as_microsecond()],
                    )?;
                    let runs = transaction.execute("UPDATE job SET cancelled=1 WHERE id=?1 AND state=1", [&id])?;
                    let job = needed(transaction, &id)?;
                    if waits + runs == 0 {
                        return Err(StoreError::Conflict(format!("job {id} has ended already ({})", job.state)).into());
                    }
                    audit::append(transaction, &record)?;
                    Ok(job)
                })
            })
            .await
    }

    /// What ran when its program ended waits again. For the one program that runs jobs, when it begins.
    pub async fn resume_jobs(&self) -> Result<()> {
        self.threads
            .write(|writer| {
                writer.act(Durable::Now, |transaction, _state| {
                    transaction.execute("UPDATE job SET state=0 WHERE state=1", [])?;
                    Ok(())
                })
            })
            .await
    }

    /// The oldest job that waits runs from now on.
    pub async fn next_job(&self) -> Result<Option<JobOrder>> {
        let waits = self
            .threads
            .read(|reader| {
                let mut statement = reader.conn.prepare_cached("SELECT EXISTS(SELECT 1 FROM job WHERE state=0)")?;
                Ok(statement.query_row([], |row| row.get::<_, bool>(0))?)
            })
            .await?;
        if !waits {
            return Ok(None);
        }
        self.threads
            .write(|writer| {
                writer.act(Durable::Now, |transaction, _state| {
                    let next: Option<(String, String)> = transaction
                        .query_row("SELECT id, orders FROM job WHERE state=0 ORDER BY created_us, id LIMIT 1", [], |row| {
                            Ok((row.get(0)?, row.get(1)?))
                        })
                        .optional()?;
                    let Some((id, orders)) = next else { return Ok(None) };
                    transaction.execute(
                        "UPDATE job SET state=1, started_us=ifnull(started_us, ?2) WHERE id=?1",
                        params![id, Timestamp::now().as_microsecond()],
                    )?;
                    Ok(Some(JobOrder { job: needed(transaction, &id)?, orders }))
                })
            })
            .await
    }

    /// Notes how far a running job is; gives whether it is to end.
    pub async fn job_progress(&self, id: String, done: u64, all: Option<u64>, detail: String) -> Result<(Job, bool)> {
        self.threads
            .write(move |writer| {
                writer.act(Durable::Soon, |transaction, _state| {
                    transaction
                        .execute("UPDATE job SET done=?2, total=?3, detail=?4 WHERE id=?1", params![id, done, all, detail])?;
                    let cancelled = transaction.query_row("SELECT cancelled FROM job WHERE id=?1", [&id], |row| row.get(0))?;
                    Ok((needed(transaction, &id)?, cancelled))
                })
            })
            .await
    }

    /// A job has ended.
    pub async fn end_job(
        &self,
        id: String,
        state: JobState,
        detail: Option<String>,
        result: Option<serde_json::Value>,
    ) -> Result<Job> {
        self.threads
            .write(move |writer| {
                writer.act(Durable::Now, |transaction, _state| {
                    transaction.execute(
                        "UPDATE job SET state=?2, ended_us=?3, detail=?4, result=?5, orders='' WHERE id=?1",
                        params![
                            id,
                            state.code(),
                            Timestamp::now().as_microsecond(),
                            detail,
                            result.as_ref().map(ToString::to_string)
                        ],
                    )?;
                    needed(transaction, &id)
                })
            })
            .await
    }

    /// Ids of jobs that have not ended.
    pub async fn open_jobs(&self) -> Result<Vec<String>> {
        self.threads
            .read(|reader| {
                let mut statement = reader.conn.prepare_cached("SELECT id FROM job WHERE state<2")?;
                Ok(statement.query_map([], |row| row.get(0))?.collect::<rusqlite::Result<_>>()?)
            })
            .await
    }
}

fn no_job() -> StoreError {
    StoreError::NotFound("there is no such job, or it is not yours".to_owned())
}

fn needed(conn: &Connection, id: &str) -> Sql<Job> {
    Ok(find(conn, id)?.ok_or_else(no_job)?)
}

fn find(conn: &Connection, id: &str) -> Sql<Option<Job>> {
    let mut statement = conn.prepare_cached(&format!("SELECT {COLUMNS} FROM job WHERE id=?1"))?;
    let mut rows = statement.query([id])?;
    rows.next()?.map(read).transpose()
}

fn read(row: &Row<'_>) -> Sql<Job> {
    let at = |us: i64| Timestamp::from_microsecond(us).map_err(|_error| damaged("a job's time"));
    let result: Option<String> = row.get(10)?;
    Ok(Job {
        id: row.get(0)?,
        kind: row.get(1)?,
        state: JobState::from_code(row.get(2)?).ok_or_else(|| damaged("a job's state"))?,
        who: row.get(3)?,
        created: at(row.get(4)?)?,
        started: row.get::<_, Option<i64>>(5)?.map(at).transpose()?,
        ended: row.get::<_, Option<i64>>(6)?.map(at).transpose()?,
        done: row.get(7)?,
        all: row.get(8)?,
        detail: row.get(9)?,
        result: result.and_then(|text| serde_json::from_str(&text).ok()),
    })
}
