//! Puts a made-up company into a database.

use std::collections::VecDeque;

use tokio::sync::mpsc;

use super::{
    Company,
    plan::Plan,
    recorded::{Draw, Made, Sound, row},
    remarks::{Remark, What},
    voice::Voices,
};
use crate::{
    domain::{
        actor::{Actor, Scope},
        audit::AuditRecord,
        call::{Direction, Outcome},
        recording::NewRecording,
    },
    host::{Host, HostError, OpenRequest},
    store::{CallPacker, ImportBatch, Store, StoreError},
    vault::{Vault, VaultError},
};

/// Calls a transaction.
const BATCH: usize = 20_000;
/// How many of the newest conversations are remembered for remarks and recordings.
const RECENT: usize = 400;

/// Why a company could not be made.
#[derive(Debug, thiserror::Error)]
pub enum CompanyError {
    /// Asked for what cannot be.
    #[error("{0}")]
    Usage(String),
    /// The place is in use, or the machine refuses.
    #[error("{0}")]
    Refused(String),
    #[error(transparent)]
    Host(#[from] HostError),
    #[error(transparent)]
    Store(#[from] StoreError),
    #[error(transparent)]
    Vault(#[from] VaultError),
}

/// Opens (or makes) a database for a bulk load, and its folder of recordings.
pub async fn open(request: OpenRequest, program: &str) -> Result<(Host, Vault), CompanyError> {
    let request = OpenRequest {
        create: Some(Company::settings()),
        makes_folder: true,
        bulk: true,
        readers: 1,
        program: program.to_owned(),
        ..request
    };
    let host = Host::open(request).await?;
    let unwritable = |why: &str| CompanyError::Refused(format!("{why}; a made-up company needs a file of its own: name another"));
    if let Some(why) = host.read_only() {
        return Err(unwritable(why));
    }
    let vault = host.vault().cloned().ok_or_else(|| unwritable("the folder of recordings is not there"))?;
    Ok((host, vault))
}

/// What the log says of an act.
pub fn record(actor: &Actor, did: &'static str, object: Option<String>, detail: Option<String>) -> AuditRecord {
    AuditRecord {
        who: actor.name.clone(),
        origin: actor.origin.clone(),
        did,
        object,
        project: None,
        outcome: "done",
        detail,
        foreign: None,
    }
}

/// Groups, projects, extensions, customers.
pub async fn directory(store: &Store, company: &Company, actor: &Actor) -> Result<(), CompanyError> {
    for group in super::staff::Staff::groups() {
        let audit = record(actor, "group.set", Some(group.name.clone()), None);
        store.put_group(group, audit).await?;
    }
    for project in company.staff().projects() {
        let audit = record(actor, "project.set", Some(project.name.clone()), None);
        store.put_project(project, audit).await?;
    }
    for extension in company.staff().extensions() {
        let audit = record(actor, "extension.set", Some(extension.number.clone()), None);
        store.put_extension(extension, audit).await?;
    }
    for customer in company.customers() {
        store.put_customer(customer, record(actor, "customer.add", None, None)).await?;
    }
    Ok(())
}

/// Where sounds of calls go while a company is filled in.
pub struct Sounds {
    pub draw: Draw,
    pub vault: Vault,
}

/// Every call, and the recordings drawn for them. Gives back the newest conversations with somebody outside, oldest first.
///
/// Calls are made on a thread of their own while the database writes those before; never more than three batches are held.
pub async fn calls(
    store: &Store,
    company: &Company,
    mut sounds: Option<Sounds>,
    progress: &(dyn Fn(u64) + Send + Sync),
) -> Result<Vec<Plan>, CompanyError> {
    let (sender, mut receiver) = mpsc::channel::<Result<ImportBatch, VaultError>>(1);
    let made = company.clone();
    let maker = tokio::task::spawn_blocking(move || {
        let mut packer = CallPacker::default();
        let mut voices = None;
        let mut recent = VecDeque::with_capacity(RECENT + 1);
        let mut batch = ImportBatch::default();
        for plan in made.plans() {
            if plan.outcome == Outcome::Answered && plan.direction != Direction::Internal {
                recent.push_back(plan);
                if recent.len() > RECENT {
                    recent.pop_front();
                }
            }
            batch.calls.push(made.tell(&plan));
            match sound(&made, sounds.as_mut(), &mut voices, &plan) {
                Ok(recording) => batch.recordings.extend(recording),
                Err(error) => {
                    let _ = sender.blocking_send(Err(error));
                    break;
                }
            }
            if batch.calls.len() == BATCH {
                batch.pack(&mut packer);
                if sender.blocking_send(Ok(std::mem::take(&mut batch))).is_err() {
                    break;
                }
            }
        }
        batch.pack(&mut packer);
        let _ = sender.blocking_send(Ok(batch));
        recent
    });
    let mut done = 0;
    while let Some(batch) = receiver.recv().await {
        let batch = batch?;
        let count = batch.calls.len() as u64;
        store.import(batch).await?;
        done += count;
        progress(done);
    }
    let recent = maker.await.map_err(|why| CompanyError::Refused(format!("making calls broke off: {why}")))?;
    Ok(recent.into())
}

fn sound(
    company: &Company,
    sounds: Option<&mut Sounds>,
    voices: &mut Option<Voices>,
    plan: &Plan,
) -> Result<Option<NewRecording>, VaultError> {
    let Some(sounds) = sounds else { return Ok(None) };
    match sounds.draw.next(plan) {
        Sound::None => Ok(None),
        Sound::Row => Ok(Some(row(company.shape().seed, plan))),
        Sound::Bytes => {
            let voices = voices.get_or_insert_with(|| Voices::new(company.shape().seed));
            keep(&sounds.vault, Made::new(company, voices, plan, true)).map(Some)
        }
    }
}

/// Puts a sound into the vault.
pub fn keep(vault: &Vault, made: Made) -> Result<NewRecording, VaultError> {
    let stored = vault.put_bytes(&made.bytes, &made.name.replace('.', "-"), "wav")?;
    Ok(made.stored(stored.path, stored.sha256))
}

/// Notes, tags, cases and flags.
pub async fn remarks(store: &Store, remarks: Vec<Remark>, actor: &Actor) -> Result<(), CompanyError> {
    for Remark { call, what } in remarks {
        let audit = |did| record(actor, did, Some(call.clone()), None);
        match what {
            What::Note { author, at, text } => {
                store.add_note(Scope::Company, call.clone(), author, at, text, audit("note.add")).await?;
            }
            What::Tag(tag) => store.set_tag(Scope::Company, call.clone(), tag.to_owned(), true, audit("tag.add")).await?,
            What::Case(case) => store.set_case(Scope::Company, call.clone(), Some(case), audit("case.set")).await?,
            What::Flag => store.set_flag(Scope::Company, call.clone(), true, audit("flag.add")).await?,
        }
    }
    Ok(())
}
