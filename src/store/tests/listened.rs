//! What people heard, took away and put together, for the comparison of the query language with its naive meaning.

use std::collections::HashMap;

use fastrand::Rng;

use super::{
    differential::{everything, pick},
    make::{clip_of, record},
};
use crate::{
    domain::{
        actor::Scope,
        audit::AuditRecord,
        call::Call,
        clip::{Collection, ItemKind},
        query::{CollectionFacts, Filter, Sort},
        receipt::{Heard, HeardSide},
    },
    store::Store,
};

/// By call: who heard it, who downloaded it, and the collections that have it.
pub(super) type Listened = HashMap<String, (Vec<String>, Vec<String>, Vec<CollectionFacts>)>;

pub(super) const PEOPLE: [&str; 3] = ["local:anna", "Łucja Nowak", "ben"];

/// Receipts, downloads, clips and collections of some calls.
pub(super) async fn make(rng: &mut Rng, store: &Store) -> Listened {
    let calls = everything(store, Filter::All, Sort::default(), false, 500).await;
    let recorded: Vec<Call> = calls.iter().filter(|call| !call.recordings.is_empty()).cloned().collect();
    let mut listened = Listened::new();
    for call in rng.choose_multiple(&recorded, 80) {
        let (recording, who) = (pick(rng, &call.recordings).id.0, pick(rng, &PEOPLE).to_owned());
        let known = listened.entry(call.id.0.clone()).or_default();
        if rng.bool() {
            let heard = Heard { from_s: 0.0, until_s: 1.0, speed: 1.0, side: HeardSide::Both };
            store
                .add_receipts(recording, vec![heard], AuditRecord { who: who.clone(), ..record("recording.heard") })
                .await
                .expect("receipt");
            known.0.push(who);
        } else {
            let did = pick(rng, &["recording.download", "recording.play"]);
            let outcome = pick(rng, &["done", "done", "refused"]);
            let download = AuditRecord { who: who.clone(), object: Some(recording), outcome, ..record(did) };
            store.append_audit(download).await.expect("audit");
            if (did, outcome) == ("recording.download", "done") {
                known.1.push(who);
            }
        }
    }
    let collections =
        [("Training", "ben", vec!["*"]), ("training two", "local:anna", vec!["ben"]), ("Own", "Łucja Nowak", vec![])];
    for (name, owner, readers) in collections {
        let (name, owner) = (name.to_owned(), owner.to_owned());
        let readers: Vec<String> = readers.into_iter().map(ToOwned::to_owned).collect();
        let collection = Collection {
            name: name.clone(),
            description: None,
            owner: owner.clone(),
            readers: readers.clone(),
            items: vec![],
            version: 0,
        };
        store.put_collection(Scope::Company, owner.clone(), collection, record("collection.set")).await.expect("collection");
        for call in rng.choose_multiple(&recorded, 25) {
            let item = if rng.bool() {
                (ItemKind::Call, call.id.0.clone())
            } else {
                let clip = store.add_clip(clip_of(&call.recordings[0].id.0, &owner), record("clip.add")).await.expect("clip");
                if rng.bool() {
                    let download = AuditRecord { who: owner.clone(), object: Some(clip.id.clone()), ..record("clip.download") };
                    store.append_audit(download).await.expect("audit");
                    listened.entry(call.id.0.clone()).or_default().1.push(owner.clone());
                }
                (ItemKind::Clip, clip.id)
            };
            store.collect(Scope::Company, owner.clone(), name.clone(), item, record("collection.put")).await.expect("collected");
            let facts = CollectionFacts { name: name.clone(), owner: owner.clone(), readers: readers.clone() };
            listened.entry(call.id.0.clone()).or_default().2.push(facts);
        }
    }
    listened
}

/// The same, asked of the store.
pub(super) async fn read(store: &Store, calls: &[Call]) -> Listened {
    let mut listened = Listened::new();
    for call in calls.iter().filter(|call| !call.recordings.is_empty()) {
        let detail = store.call(Scope::Company, call.id.0.clone()).await.expect("call");
        let known = listened.entry(call.id.0.clone()).or_default();
        known.0 = detail.receipts.into_iter().map(|receipt| receipt.who).collect();
        known.1 = detail.taken.into_iter().map(|taken| taken.who).collect();
    }
    for who in PEOPLE {
        let collections = store.collections(Scope::Company, who.to_owned()).await.expect("collections");
        for Collection { name, owner, readers, items, .. } in collections.into_iter().filter(|one| one.owner == who) {
            for item in items {
                let call = match item.kind {
                    ItemKind::Call => item.id,
                    ItemKind::Clip => store.clip(Scope::Company, item.id).await.expect("clip").clip.call,
                };
                let facts = CollectionFacts { name: name.clone(), owner: owner.clone(), readers: readers.clone() };
                listened.entry(call).or_default().2.push(facts);
            }
        }
    }
    listened
}
