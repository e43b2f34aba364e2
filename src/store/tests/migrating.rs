//! A database of the first version is brought to the newest with everything in it.

use rusqlite::{Connection, params};

use super::make::{all, batch, call, clip_of, options, record, recording};
use crate::{
    domain::{
        actor::Scope,
        audit::AuditRecord,
        call::Number,
        id::EPOCH_SECONDS,
        query::{Filter, NamePattern, Predicate, Sort},
        receipt::{Heard, HeardSide},
        recording::{CopyState, INTERNAL},
    },
    store::{ImportCounts, Store, recordings::seen_key, source_key::source_key},
};

const FIRST: &str = include_str!("../migrations/0001_first.sql");
const SECOND: i64 = 1_795_219_324;
const START: &str = "2026-11-21T00:02:04Z";

/// What the first version wrote: a call with an id of its second and one of a later second, and a recording with two copies.
fn first_version(path: &std::path::Path) {
    let conn = Connection::open(path).expect("open");
    conn.execute_batch(FIRST).expect("schema");
    conn.execute_batch("PRAGMA application_id=0x43524c31; PRAGMA user_version=1").expect("version");
    let key = (SECOND - EPOCH_SECONDS) << 14;
    let sound = recording("pbx-1795219324.17.wav", &["pbx-1795219324.17"]);
    conn.execute_batch(&format!(
        "INSERT INTO number VALUES(1,'+48221234567','48221234567'),(2,'+48601','0601'),(3,'601','601'),(4,'+44','+44');
         INSERT INTO extension(name) VALUES('601'); INSERT INTO extset(name) VALUES('1');
         INSERT INTO place(name) VALUES('internal'),('/mnt/sound'); INSERT INTO format(name) VALUES('wav/pcm');
         INSERT INTO call(id,dir,outcome,from_no,to_no,reached_no,ext,extset,agentset,grpset,projset,rec_count,rec_bytes,rec_ds,rec_modes,flags)
           VALUES({key},1,0,1,2,3,1,1,0,0,0,1,960044,600,1,64);
         INSERT INTO call_more VALUES({key},NULL,'pbx-1795219324.17' || char(10) || 'pbx-1795219330.18',NULL,4200,64250,1,NULL,NULL);
         INSERT INTO call_extension VALUES(1,{key});
         INSERT INTO source VALUES({},{key}),({},{key});",
        source_key("pbx-1795219324.17"),
        source_key("pbx-1795219330.18"),
    ))
    .expect("call");
    conn.execute(
        "INSERT INTO recording VALUES(?1,?1,'pbx-1795219324.17.wav','pbx-1795219324.17',NULL,NULL,600,960044,2,1,0,1,?2,NULL)",
        params![key, sound.sha256],
    )
    .expect("recording");
    conn.execute("INSERT INTO recording_seen VALUES(?1,?2)", [seen_key(&sound.source_name, sound.bytes, &sound.sha256), key])
        .expect("seen");
    conn.execute("INSERT INTO recording_copy VALUES(?1,1,0,'aa/one'),(?1,2,1,'/mnt/sound/one')", [key]).expect("copies");
}

#[tokio::test]
async fn the_first_version_becomes_the_newest() {
    let folder = tempfile::tempdir().expect("folder");
    first_version(&options(&folder).path);
    let store = Store::open(options(&folder)).await.expect("open");
    let listed = all(&store).await;
    assert_eq!(listed.len(), 1);
    let number = |canonical: &str, raw: &str| Some(Number { canonical: canonical.to_owned(), raw: raw.to_owned() });
    assert_eq!(listed[0].from, number("+48221234567", "48221234567"));
    assert_eq!(listed[0].to, number("+48601", "0601"));
    assert_eq!(listed[0].source_ids, ["pbx-1795219324.17", "pbx-1795219330.18"]);
    for id in ["pbx-1795219324.17", "pbx-1795219330.18"] {
        assert_eq!(store.call(Scope::Company, id.to_owned()).await.expect("by source id").call, listed[0], "{id}");
    }
    let copies = &listed[0].recordings[0].copies;
    let told: Vec<_> = copies.iter().map(|copy| (copy.place.as_str(), copy.state, copy.path.as_str())).collect();
    assert_eq!(told, [(INTERNAL, CopyState::Verified, "aa/one"), ("/mnt/sound", CopyState::Unverified, "/mnt/sound/one")]);
    // What is imported again is known again, and the row becomes one of today.
    let counts = store
        .import(batch(
            vec![call(&["pbx-1795219324.17", "pbx-1795219330.18"], START)],
            vec![recording("pbx-1795219324.17.wav", &["pbx-1795219324.17"])],
        ))
        .await
        .expect("import");
    assert_eq!(counts, ImportCounts { changed_calls: 1, known_recordings: 1, ..ImportCounts::default() });
    let again = all(&store).await;
    assert_eq!((again.len(), &again[0].id, again[0].recordings.len()), (1, &listed[0].id, 1));
    assert_eq!(again[0].source_ids, listed[0].source_ids);
    // What came with later versions works on it: receipts, clips, collections, downloads found in the audit log.
    let (call, sound) = (again[0].id.0.clone(), again[0].recordings[0].id.0.clone());
    let heard = Heard { from_s: 0.0, until_s: 5.0, speed: 1.0, side: HeardSide::Both };
    store
        .add_receipts(sound.clone(), vec![heard], AuditRecord { who: "anna".to_owned(), ..record("recording.heard") })
        .await
        .expect("receipt");
    store.add_clip(clip_of(&sound, "anna"), record("clip.add")).await.expect("clip");
    let download = AuditRecord { who: "anna".to_owned(), object: Some(sound), ..record("recording.download") };
    store.append_audit(download).await.expect("audit");
    let detail = store.call(Scope::Company, call.clone()).await.expect("call");
    assert_eq!((detail.receipts.len(), detail.taken.len()), (1, 1));
    let name = NamePattern::Part("ann".to_owned());
    for asked in [Predicate::HeardBy { name: name.clone(), only: None }, Predicate::DownloadedBy { name, only: None }] {
        let found = super::make::ids(&store, &Filter::Is(asked), Sort::default(), 10).await;
        assert_eq!(found, std::slice::from_ref(&call));
    }
    store.close().await.expect("close");
    let conn = Connection::open(options(&folder).path).expect("open");
    let count = |sql: &str| conn.query_row(sql, [], |row| row.get::<_, i64>(0)).expect("count");
    assert_eq!(count("SELECT count(*) FROM source"), 1, "the id of the call's own second needs none");
    assert_eq!(count("SELECT count(*) FROM number WHERE raw IS NULL"), 2);
    assert_eq!(count("SELECT count(*) FROM further_copy"), 1);
}
