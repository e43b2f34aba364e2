//! The disk is full: nothing acknowledged is lost, lists and sound go on, and it recovers by itself once there is room.

use std::{fs, io::Write, path::Path};

use callreel::{
    client::{AudioUse, CallsQuery, Client, InProcess},
    host::{Ballast, Host, Looked, OpenRequest},
    store::ImportBatch,
};

use super::{
    child::{Kept, check, hex, recording},
    disk::Disk,
    passed_over,
};
use crate::common::host::{call, source_id};

/// Writes zeros until there is no room.
fn fill(file: &Path, most: usize) {
    let mut file = fs::File::options().create(true).append(true).open(file).unwrap();
    let block = [0; 4_096];
    for _ in 0..most / block.len() {
        if file.write_all(&block).is_err() {
            return;
        }
    }
}

async fn ingest(host: &Host, number: usize, kept: &mut Vec<Kept>) -> Result<(), String> {
    let bytes = crate::common::host::wav(1, number);
    let name = format!("full{number}");
    let stored = host.vault().unwrap().put_bytes(&bytes, &name, "wav").map_err(|error| error.to_string())?;
    let mut new = recording(&name, stored.path.clone(), &bytes);
    new.source_ids = vec![source_id(number)];
    let batch = ImportBatch::new(vec![call(number)], vec![new], Vec::new());
    if let Err(error) = host.store().import(batch).await {
        let _ = host.vault().unwrap().remove(&stored.path);
        return Err(error.to_string());
    }
    kept.push((stored.path, hex(&stored.sha256)));
    Ok(())
}

async fn full(points: usize) {
    let mut rng = fastrand::Rng::with_seed(points as u64);
    for _ in 0..points {
        let disk = match Disk::new(48) {
            Ok(disk) => disk,
            Err(why) => return passed_over("a full disk", &format!("{why}; root and loop devices are needed")),
        };
        let (database, filler) = (disk.path().join("a.db"), disk.path().join("filler"));
        let request = OpenRequest { create: Some(Default::default()), ..OpenRequest::new(&database) };
        let host = Host::open(request).await.expect("opened");
        let ballast = Ballast::of(host.files(), 64 << 20);
        assert_eq!(ballast.look().unwrap(), Looked::Back);
        let mut kept = Vec::new();
        ingest(&host, 0, &mut kept).await.expect("the first");
        fill(&filler, rng.usize(20 << 20..40 << 20));
        let mut number = 1;
        let why = loop {
            match ingest(&host, number, &mut kept).await {
                Ok(()) => number += 1,
                Err(why) => break why,
            }
            assert!(number < 5_000, "it does not become full");
        };
        assert!(why.contains("full") || why.contains("no room"), "{why}");
        fill(&filler, usize::MAX);
        // With not one byte free lists go on.
        let api = host.local_api();
        let client = Client::in_process(InProcess::new(move |request| api(request)));
        let calls = client.calls(&CallsQuery::new("is:recorded".to_owned())).await.expect("lists");
        assert!(!calls.items.is_empty());
        // What is played is written down first: that takes the room which was held back.
        assert_eq!(ballast.look().unwrap(), Looked::LetGo);
        let id = &calls.items[0].recordings[0].id;
        assert!(!client.audio_bytes(id, AudioUse::Play).await.expect("plays").is_empty());
        assert_ne!(ballast.look().unwrap(), Looked::Back, "there is no room for it yet");
        // Room again: it goes on, and holds back anew.
        fs::remove_file(&filler).unwrap();
        assert_eq!(ballast.look().unwrap(), Looked::Back);
        ingest(&host, number, &mut kept).await.expect("goes on");
        let recordings = host.files().recordings.clone();
        host.close().await.expect("closed");
        let found = tokio::task::spawn_blocking(move || check(&database, &recordings, &kept)).await.unwrap();
        assert!(found.is_nothing(), "{found:?}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_full_disk_loses_nothing_and_recovers() {
    full(2).await;
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "takes minutes: .ci/long durability"]
async fn a_full_disk_at_twenty_points() {
    full(20).await;
}
