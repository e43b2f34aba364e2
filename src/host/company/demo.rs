//! `demo`: a made-up company to look at and listen to, in a folder of its own.

use std::{
    fs, io,
    path::{Path, PathBuf},
};

use jiff::{SignedDuration, Timestamp, tz::TimeZone};
use serde::{Deserialize, Serialize};

use super::{
    Company, Shape, ZONE,
    fill::{self, CompanyError},
    plan::Plan,
    recorded::Made,
    remarks,
    staff::Staff,
    voice::Voices,
};
use crate::{domain::recording::NewRecording, host::OpenRequest, store::ImportBatch, vault::Vault};

/// Calls where nothing else is said.
pub const CALLS: u64 = 5_000;
pub const SEED: u64 = 1;

/// What one seat has on a working day.
const CALLS_A_DAY: u64 = 8;
/// Recordings that can be heard: how many of each length (from, up to, in tenths of a second); all lengths, but 80 MB at most.
const HEARD: [(i64, i64, usize); 3] = [(200, 600, 22), (600, 1_200, 10), (1_200, 2_400, 4)];
/// The newest conversations that are looked at for them.
const LOOKED_AT: usize = 300;

/// Tells that a folder is a demo's, and whether it is whole.
const MARKER: &str = "demo.json";
const DATABASE: &str = "callreel.db";
const RECORDINGS: &str = "callreel.recordings";

/// What `demo` is to make.
#[derive(Clone, Debug)]
pub struct Order {
    pub folder: PathBuf,
    /// None: 5,000, and no word about an existing demo of another size.
    pub calls: Option<u64>,
    pub seed: Option<u64>,
    pub now: Timestamp,
}

/// A demo that is ready.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Demo {
    pub database: PathBuf,
    pub calls: u64,
    pub seed: u64,
    /// It was there before.
    pub known: bool,
}

#[derive(Debug, Serialize, Deserialize)]
struct Marker {
    calls: u64,
    seed: u64,
    complete: bool,
}

/// Makes the demo (`request` tells who wants it; its path does not matter), or finds the one that lies in the folder. One that was broken off is made anew.
///
/// # Errors
/// [`CompanyError::Refused`] for a folder with other contents; else what the database or the disk says.
pub async fn demo(request: OpenRequest, order: Order, progress: &(dyn Fn(u64) + Send + Sync)) -> Result<Demo, CompanyError> {
    let folder = order.folder.clone();
    let database = folder.join(DATABASE);
    let (calls, seed) = (order.calls.unwrap_or(CALLS), order.seed.unwrap_or(SEED));
    if let Some(marker) = prepare(&folder)? {
        return Ok(Demo { database, calls: marker.calls, seed: marker.seed, known: true });
    }
    mark(&folder, &Marker { calls, seed, complete: false })?;
    make(OpenRequest { path: database.clone(), ..request }, company(calls, seed, order.now)?, progress).await?;
    mark(&folder, &Marker { calls, seed, complete: true })?;
    Ok(Demo { database, calls, seed, known: false })
}

/// The marker of a whole demo; none if there is room for one.
fn prepare(folder: &Path) -> Result<Option<Marker>, CompanyError> {
    match fs::read(folder.join(MARKER)) {
        Ok(text) => {
            let marker: Option<Marker> = serde_json::from_slice(&text).ok();
            match marker {
                Some(marker) if marker.complete && folder.join(DATABASE).exists() => Ok(Some(marker)),
                Some(_) => clear(folder).map(|()| None),
                None => Err(other_contents(folder)),
            }
        }
        Err(error) if error.kind() == io::ErrorKind::NotFound => match fs::read_dir(folder).map(Iterator::count) {
            Ok(1..) => Err(other_contents(folder)),
            Ok(0) => Ok(None),
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
            Err(error) => Err(disk(folder, &error)),
        },
        Err(error) => Err(disk(folder, &error)),
    }
}

/// Removes what a demo that was broken off has left: our own files only.
fn clear(folder: &Path) -> Result<(), CompanyError> {
    for name in [DATABASE, "callreel.db-wal", "callreel.db-shm", "callreel.lock", "callreel.jobs.lock"] {
        match fs::remove_file(folder.join(name)) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(disk(&folder.join(name), &error)),
            _ => {}
        }
    }
    match fs::remove_dir_all(folder.join(RECORDINGS)) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => Err(disk(folder, &error)),
        _ => Ok(()),
    }
}

fn mark(folder: &Path, marker: &Marker) -> Result<(), CompanyError> {
    let mut builder = fs::DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder.create(folder).map_err(|error| disk(folder, &error))?;
    let text = serde_json::to_vec(marker).map_err(|why| CompanyError::Refused(why.to_string()))?;
    let (new, file) = (folder.join("demo.json.new"), folder.join(MARKER));
    fs::write(&new, text).and_then(|()| fs::rename(&new, &file)).map_err(|error| disk(&file, &error))
}

fn other_contents(folder: &Path) -> CompanyError {
    CompanyError::Refused(format!(
        "{} holds other things than a demo, and a demo has a folder of its own; name a new or empty one with --dir",
        folder.display()
    ))
}

fn disk(path: &Path, error: &io::Error) -> CompanyError {
    CompanyError::Refused(format!("{} cannot be used for the demo: {error}; name another folder with --dir", path.display()))
}

/// A company whose days are as full as its seats can bear, up to now.
fn company(calls: u64, seed: u64, now: Timestamp) -> Result<Company, CompanyError> {
    let zone = TimeZone::get(ZONE).map_err(|why| CompanyError::Refused(format!("the zone {ZONE} is not known here: {why}")))?;
    let seats = Staff::seats_for(calls) as u64;
    let days = i64::try_from(calls / (seats * CALLS_A_DAY)).unwrap_or(i64::MAX).clamp(7, 1_095);
    let before = |length| now.checked_sub(length).map_err(|why| CompanyError::Refused(why.to_string()));
    let (since, until) = (before(SignedDuration::from_hours(24 * days))?, before(super::QUIET)?);
    Ok(Company::new(Shape { calls, seed, since, until, zone, alive: true, lean: false }))
}

async fn make(request: OpenRequest, company: Company, progress: &(dyn Fn(u64) + Send + Sync)) -> Result<(), CompanyError> {
    let (host, vault) = fill::open(request, "demo").await?;
    let (store, actor) = (host.store(), host.actor());
    let sounds = {
        let company = company.clone();
        tokio::task::spawn_blocking(move || sounds(&company, &vault))
    };
    fill::directory(store, &company, actor).await?;
    let recent = fill::calls(store, &company, None, progress).await?;
    let sounds = sounds.await.map_err(|why| CompanyError::Refused(format!("making sounds broke off: {why}")))??;
    store.import(ImportBatch::new(Vec::new(), sounds, Vec::new())).await?;
    store.finish_bulk().await?;
    fill::remarks(store, remarks::remarks(&company, &recent), actor).await?;
    for view in remarks::views(&actor.name) {
        let audit = fill::record(actor, "view.set", Some(view.name.clone()), None);
        store.put_view(view, audit).await?;
    }
    let detail = format!("{} calls, seed {}", company.shape().calls, company.shape().seed);
    store.append_audit(fill::record(actor, "demo.run", None, Some(detail))).await?;
    Ok(host.close().await?)
}

/// Makes the sounds of the newest conversations, on two threads.
fn sounds(company: &Company, vault: &Vault) -> Result<Vec<NewRecording>, CompanyError> {
    let chosen = chosen(company);
    let voices = Voices::new(company.shape().seed);
    let half = |first: usize| -> Result<Vec<NewRecording>, CompanyError> {
        let plans = chosen.iter().skip(first).step_by(2);
        plans.map(|plan| Ok(fill::keep(vault, Made::new(company, &voices, plan, false))?)).collect()
    };
    std::thread::scope(|scope| {
        let odd = scope.spawn(|| half(1));
        let mut made = half(0)?;
        let odd = odd.join().map_err(|_| CompanyError::Refused("making sounds broke off".to_owned()))?;
        made.extend(odd?);
        Ok(made)
    })
}

/// The newest conversations of each length.
fn chosen(company: &Company) -> Vec<Plan> {
    let mut newest = std::collections::VecDeque::with_capacity(LOOKED_AT + 1);
    for plan in company.plans().filter(|plan| plan.outcome == crate::domain::call::Outcome::Answered) {
        newest.push_back(plan);
        if newest.len() > LOOKED_AT {
            newest.pop_front();
        }
    }
    let mut left = HEARD;
    let mut fits = |plan: &Plan| {
        let length = plan.conversation();
        let room = left.iter_mut().find(|(from, until, count)| (*from..*until).contains(&length) && *count > 0);
        room.map(|(_, _, count)| *count -= 1).is_some()
    };
    newest.into_iter().rev().filter(|plan| fits(plan)).collect()
}
