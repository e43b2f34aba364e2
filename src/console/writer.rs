//! Performs changes one after the other, in the order in which they were made; none is ever aborted.

use std::{
    collections::VecDeque,
    sync::{Arc, Mutex},
};

use tokio::sync::{Notify, mpsc};

use super::{
    effect::Write,
    message::{Msg, Written},
    runner::lock,
};
use crate::{
    client::{Client, ClientError},
    wire::{Collection, View},
};

/// Changes that wait for their turn. The model bounds them: one act changes so many calls and no more.
#[derive(Clone, Default)]
pub(super) struct Writer {
    waiting: Arc<Mutex<VecDeque<(u64, Write)>>>,
    added: Arc<Notify>,
}

impl Writer {
    pub(super) fn start(client: Arc<Mutex<Option<Client>>>, messages: mpsc::Sender<Msg>) -> Self {
        let writer = Self::default();
        tokio::spawn(writer.clone().run(client, messages));
        writer
    }

    pub(super) fn add(&self, number: u64, write: Write) {
        lock(&self.waiting).push_back((number, write));
        self.added.notify_one();
    }

    async fn run(self, client: Arc<Mutex<Option<Client>>>, messages: mpsc::Sender<Msg>) {
        loop {
            let next = lock(&self.waiting).pop_front();
            let Some((number, write)) = next else {
                self.added.notified().await;
                continue;
            };
            let client = lock(&client).clone();
            let result = match client {
                Some(client) => perform(&client, &write).await,
                None => Err(ClientError::Answer("not connected".to_owned())),
            };
            if messages.send(Msg::Written { number, write: Box::new(write), result }).await.is_err() {
                return;
            }
        }
    }
}

async fn perform(client: &Client, write: &Write) -> Result<Written, ClientError> {
    match write {
        Write::AddNote { call, draft } => return client.add_note(call, draft).await.map(Written::Note),
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
