//! Does the work, and reports. A request that changes something is never cut off: work ends between two of them.

use std::{
    path::PathBuf,
    time::{Duration, Instant},
};

use serde::Deserialize;
use tokio::sync::mpsc;
use tokio_util::sync::CancellationToken;

use super::{Ids, Part, Scope, Task, TaskEnd, TaskEvent};
use crate::{
    client::{CallsQuery, Client},
    console::message::Msg,
    domain::naming::Template,
    takeout::{self, Lines, Plan, Selection, TakeError, Wanted},
    wire::Changes,
};

/// Calls of one request.
const CHUNK: usize = 500;

/// Where a task tells how far it is; progress at most so often, everything else always.
pub(in crate::console) struct Report {
    messages: mpsc::Sender<Msg>,
    number: u64,
    every: Duration,
    told: Option<Instant>,
}

impl Report {
    pub(in crate::console) const fn new(messages: mpsc::Sender<Msg>, number: u64, remote: bool) -> Self {
        let every = Duration::from_millis(if remote { 1_000 } else { 250 });
        Self { messages, number, every, told: None }
    }

    fn progress(&mut self, done: u64, all: Option<u64>) {
        if self.told.is_some_and(|told| told.elapsed() < self.every) {
            return;
        }
        self.told = Some(Instant::now());
        // The work must never wait for the screen: a full channel loses a step of the progress and nothing else.
        let _ = self.messages.try_send(Msg::Task { number: self.number, event: TaskEvent::Progress { done, all } });
    }

    pub(in crate::console) async fn tell(&self, event: TaskEvent) {
        let _ = self.messages.send(Msg::Task { number: self.number, event }).await;
    }
}

/// The folder that `~` stands for.
pub(in crate::console) fn home() -> Option<PathBuf> {
    std::env::home_dir()
}

/// Does a piece of work; the last thing told is its end.
pub(in crate::console) async fn run(client: Client, task: Task, cancel: CancellationToken, mut report: Report) {
    let done = match task {
        Task::Change { scope, changes } => change(&client, scope, changes, &cancel, &mut report).await,
        Task::Restore(parts) => restore(&client, &parts, &cancel, &mut report).await,
        Task::Download { scope, folder, template, zone, all } => {
            let plan = Template::parse(&template).map_err(|why| TakeError::Failed(why.to_string())).map(|template| Plan {
                folder: takeout::at_home(&folder, home().as_deref()),
                template,
                zone,
                count: false,
                making: takeout::Making::default(),
            });
            match plan {
                Ok(plan) => download(&client, scope, plan, all, &cancel, &mut report).await,
                Err(why) => Err(why),
            }
        }
        Task::SaveLog { query, file, replace, form, all } => {
            let file = takeout::at_home(&file, home().as_deref());
            let mut progress = |done, _| report.progress(done, all);
            takeout::save_log(&client, &query, (&file, replace), form, all, &mut progress, cancel.cancelled())
                .await
                .map(|saved| TaskEnd::Saved(Box::new(saved)))
        }
        Task::Save { scope, sort, file, replace, form, columns, all } => {
            let selection = match scope {
                Scope::Query { q, .. } => Selection::Query(CallsQuery { sort, ..CallsQuery::new(q) }),
                Scope::Calls(ids) => {
                    // Ids go by time: the newest stand first, as in the list.
                    let mut ids: Vec<String> = ids.iter().map(ToOwned::to_owned).collect();
                    ids.sort_unstable_by(|a, b| b.cmp(a));
                    Selection::Calls { ids, sort }
                }
            };
            let file = takeout::at_home(&file, home().as_deref());
            let mut progress = |done, _| report.progress(done, all);
            takeout::save_list(&client, &selection, (&file, replace), (form, &columns), all, &mut progress, cancel.cancelled())
                .await
                .map(|saved| TaskEnd::Saved(Box::new(saved)))
        }
    };
    let end = done.unwrap_or_else(|why| TaskEnd::Failed(why.to_string()));
    report.tell(TaskEvent::Ended(end)).await;
}

async fn download(
    client: &Client,
    scope: Scope,
    plan: Plan,
    all: Option<u64>,
    cancel: &CancellationToken,
    report: &mut Report,
) -> Result<TaskEnd, TakeError> {
    let wanted = match scope {
        Scope::Query { q, .. } => Wanted::found(client, q).await?,
        Scope::Calls(ids) => Wanted::named(client, ids.iter().map(ToOwned::to_owned).collect()),
    };
    let mut progress = |done, known: Option<u64>| report.progress(done, known.or(all));
    let downloaded = takeout::download(client, wanted, &plan, &mut progress, cancel.cancelled()).await?;
    Ok(TaskEnd::Downloaded(Box::new(downloaded)))
}

#[derive(Deserialize)]
struct Id {
    id: String,
}

/// The ids of everything that matches, before anything changes: what matches may change by what is done. None: cancelled.
async fn ids_of(client: &Client, q: String, cancel: &CancellationToken) -> Result<Option<Ids>, TakeError> {
    let query = CallsQuery { columns: "id".to_owned(), ..CallsQuery::new(q) };
    let mut lines = Lines::open(client, query, None).await?;
    let mut ids = Ids::default();
    while let Some(line) = lines.next().await? {
        let id: Id =
            serde_json::from_str(&line).map_err(|why| TakeError::Failed(format!("the server's answer is not a call: {why}")))?;
        ids.push(&id.id);
        if ids.len().is_multiple_of(1_000) {
            if cancel.is_cancelled() {
                return Ok(None);
            }
            tokio::task::yield_now().await;
        }
    }
    Ok(Some(ids))
}

async fn change(
    client: &Client,
    scope: Scope,
    changes: Changes,
    cancel: &CancellationToken,
    report: &mut Report,
) -> Result<TaskEnd, TakeError> {
    let calls = match scope {
        Scope::Calls(ids) => ids.as_ref().clone(),
        Scope::Query { q, .. } => match ids_of(client, q, cancel).await? {
            Some(ids) => ids,
            None => return Ok(TaskEnd::Changed { cancelled: true }),
        },
    };
    let part = Part { changes, calls, ..Part::default() };
    restore(client, std::slice::from_ref(&part), cancel, report).await
}

async fn restore(client: &Client, parts: &[Part], cancel: &CancellationToken, report: &mut Report) -> Result<TaskEnd, TakeError> {
    let all = parts.iter().map(|part| part.calls.len() as u64).sum();
    let mut done = 0;
    report.progress(0, Some(all));
    for (number, part) in parts.iter().enumerate() {
        for from in (0..part.calls.len()).step_by(CHUNK) {
            if cancel.is_cancelled() {
                return Ok(TaskEnd::Changed { cancelled: true });
            }
            let to = (from + CHUNK).min(part.calls.len());
            let request = Changes {
                calls: (from..to).filter_map(|at| part.calls.get(at)).map(ToOwned::to_owned).collect(),
                remove_notes: part.notes.get(from..to).unwrap_or_default().to_vec(),
                ..part.changes.clone()
            };
            let changed = client.change(&request).await?;
            report.tell(TaskEvent::Changed { part: number, changed: Box::new(changed) }).await;
            done += (to - from) as u64;
            report.progress(done, Some(all));
        }
    }
    Ok(TaskEnd::Changed { cancelled: false })
}
