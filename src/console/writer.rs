//! Performs changes one after the other, in the order in which they were made; none is ever aborted.

use std::{
    collections::VecDeque,
    sync::{
        Arc, Mutex,
        atomic::{AtomicBool, Ordering},
    },
    time::Duration,
};

use tokio::sync::{Notify, mpsc};

use super::{
    access,
    effect::Write,
    message::{Msg, Written},
    runner::lock,
};
use crate::{
    client::{Client, ClientError},
    wire::{Collection, View},
};

/// One change to be sent.
pub(super) struct Order {
    pub(super) number: u64,
    pub(super) write: Write,
    pub(super) key: String,
    /// It was sent before, and may have been done.
    pub(super) again: bool,
}

/// Changes that wait for their turn. The model bounds them: one act changes so many calls and no more.
#[derive(Clone, Default)]
pub(super) struct Writer {
    waiting: Arc<Mutex<VecDeque<Order>>>,
    added: Arc<Notify>,
    /// The line failed one: those behind it must not overtake it.
    halted: Arc<AtomicBool>,
}

/// A change without an answer for so long is given up: the line is away.
const SILENT: Duration = Duration::from_secs(60);

impl Writer {
    pub(super) fn start(client: Arc<Mutex<Option<Client>>>, messages: mpsc::Sender<Msg>) -> Self {
        let writer = Self::default();
        tokio::spawn(writer.clone().run(client, messages));
        writer
    }

    pub(super) fn add(&self, order: Order) {
        lock(&self.waiting).push_back(order);
        self.added.notify_one();
    }

    /// There is a line again.
    pub(super) fn goes_on(&self) {
        self.halted.store(false, Ordering::Release);
    }

    async fn run(self, client: Arc<Mutex<Option<Client>>>, messages: mpsc::Sender<Msg>) {
        loop {
            let next = lock(&self.waiting).pop_front();
            let Some(order) = next else {
                self.added.notified().await;
                continue;
            };
            let client = lock(&client).clone();
            let away = || ClientError::Unreachable { place: "the server".to_owned(), why: "the line is away".to_owned() };
            let result = match client {
                None => Err(ClientError::Answer("not connected".to_owned())),
                Some(_) if self.halted.load(Ordering::Acquire) => Err(away()),
                Some(client) if client.is_in_process() => perform(&client, &order).await,
                Some(client) => {
                    let result =
                        tokio::time::timeout(SILENT, perform(&client, &order)).await.unwrap_or_else(|_silent| Err(away()));
                    if matches!(result, Err(ClientError::Unreachable { .. })) {
                        self.halted.store(true, Ordering::Release);
                    }
                    result
                }
            };
            let Order { number, write, .. } = order;
            if messages.send(Msg::Written { number, write: Box::new(write), result }).await.is_err() {
                return;
            }
        }
    }
}

/// Whether a change that was sent before and is refused now was done the first time.
async fn was_done(client: &Client, write: &Write, error: &ClientError) -> Option<Written> {
    let status = error.problem()?.status;
    match write {
        Write::EditNote { call, note, draft, .. } if status == 412 => {
            let there = client.call(call).await.ok()?.notes.into_iter().find(|there| there.id == *note)?;
            (there.text == draft.text && there.at == draft.at).then_some(Written::Note(there))
        }
        Write::RemoveNote { .. } | Write::RemoveTag { .. } if status == 404 => Some(Written::Done),
        _ => None,
    }
}

async fn perform(client: &Client, order: &Order) -> Result<Written, ClientError> {
    match attempt(client, order).await {
        Err(error) if order.again => was_done(client, &order.write, &error).await.ok_or(error),
        result => result,
    }
}

async fn attempt(client: &Client, Order { write, key, .. }: &Order) -> Result<Written, ClientError> {
    match write {
        Write::AddNote { call, draft } => return client.add_note_once(call, draft, key).await.map(Written::Note),
        Write::EditNote { note, version, draft, .. } => {
            return client.edit_note(note, *version, draft).await.map(Written::Note);
        }
        Write::RemoveNote { note, version, .. } => client.remove_note(note, *version).await?,
        Write::PutView { view, .. } => return client.put_view(view).await.map(Written::View),
        Write::RemoveView { view } => client.remove_view(&view.name, view.version).await?,
        Write::RenameView { view, to } => {
            let renamed = View { name: to.clone(), version: 0, ..view.clone() };
            let renamed = client.put_view(&renamed).await?;
            if let Err(error) = client.remove_view(&view.name, view.version).await {
                // Two views of the same are not what was asked for.
                let _ = client.remove_view(&renamed.name, renamed.version).await;
                return Err(error);
            }
            return Ok(Written::View(renamed));
        }
        Write::Access(write) => return access::perform(client, write).await,
        Write::Receipt { recording, draft } => client.send_receipt(recording, draft).await?,
        Write::MakeClip { draft } => return client.make_clip(draft).await.map(|clip| Written::Clip(Box::new(clip))),
        Write::RemoveClip { clip } => client.remove_clip(&clip.id).await?,
        Write::Collect { name, new, kind, ids } => {
            if *new {
                let fresh = Collection {
                    name: name.clone(),
                    description: None,
                    owner: String::new(),
                    readers: Vec::new(),
                    items: Vec::new(),
                    version: 0,
                };
                client.put_collection(&fresh).await?;
            }
            for id in ids {
                client.collect(name, *kind, id).await?;
            }
        }
        Write::Uncollect { name, last, kind, ids } => {
            for id in ids {
                client.uncollect(name, *kind, id).await?;
            }
            if *last {
                let collection = client.collection(name).await?;
                // Others may have put something in meanwhile.
                if collection.items.is_empty() {
                    client.remove_collection(name, collection.version).await?;
                }
            }
        }
        Write::AddTag { call, tag } => client.add_tag(call, tag).await?,
        Write::RemoveTag { call, tag } => client.remove_tag(call, tag).await?,
        Write::SetCase { call, case, .. } => client.set_case(call, case.as_deref()).await?,
        Write::SetFlag { call, flagged } => client.set_flag(call, *flagged).await?,
    }
    Ok(Written::Done)
}
