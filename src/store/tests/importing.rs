use jiff::SignedDuration;

use super::make::{all, at, batch, call, record, recording, store};
use crate::{
    domain::{actor::Scope, length::Tenths},
    store::{CallPacker, ImportBatch, ImportCounts, SourcePosition, StoreError},
};

const START: &str = "2026-11-07T13:21:04.927Z";

#[tokio::test]
async fn a_call_comes_back_as_it_went_in() {
    let (_folder, store) = store().await;
    let given = call(&["sys-1795219324.17", "sys-1795219324.18"], START);
    let counts = store.import(batch(vec![given.clone()], vec![])).await.expect("import");
    assert_eq!(counts, ImportCounts { new_calls: 1, ..ImportCounts::default() });
    let listed = all(&store).await;
    let detail = store.call(Scope::Company, "sys-1795219324.18".to_owned()).await.expect("call");
    assert_eq!(listed, vec![detail.call.clone()]);
    assert_eq!(store.call(Scope::Company, detail.call.id.0.clone()).await.expect("call"), detail);
    let got = detail.call;
    assert_eq!((got.start, got.answered, got.end), (given.start, given.answered, given.end));
    assert_eq!((got.from, got.to, got.reached), (given.from, given.to, given.reached));
    assert_eq!((got.extension, got.extensions, got.queue), (given.extension, given.extensions, given.queue));
    assert_eq!((got.wait, got.talk, got.talk_at_most), (given.wait, given.talk, given.talk_at_most));
    assert_eq!((got.on_hold, got.duration, got.legs), (given.on_hold, given.duration, given.leg_count));
    assert_eq!(got.customer.as_deref(), Some("Jiří Černý"));
    assert_eq!((detail.legs, detail.timeline), (given.legs, given.timeline));
    let kept = store.source_records(vec!["sys-1795219324.18".to_owned(), "unknown".to_owned()]).await.expect("records");
    assert_eq!(kept, vec![(given.source_ids, given.records)]);
}

#[tokio::test]
async fn importing_again_adds_nothing() {
    let (_folder, store) = store().await;
    let calls: Vec<_> = (0..40).map(|n| call(&[&format!("sys-1795219324.{n}")], START)).collect();
    let sounds: Vec<_> = (0..3).map(|n| recording(&format!("{n}.wav"), &[&format!("sys-1795219324.{n}")])).collect();
    store.import(batch(calls.clone(), sounds.clone())).await.expect("import");
    let before = all(&store).await;
    assert_eq!(before.len(), 40, "more calls of one millisecond than there are ties");
    assert!(before.iter().all(|call| call.start == at(START)), "the start is the true one even where its key was taken");
    let counts = store.import(batch(calls, sounds)).await.expect("import");
    assert_eq!(counts, ImportCounts { unchanged_calls: 40, known_recordings: 3, ..ImportCounts::default() });
    assert_eq!(all(&store).await, before);
}

#[tokio::test]
async fn a_better_start_moves_the_call_and_keeps_its_id_and_what_people_added() {
    let (_folder, store) = store().await;
    let mut sound = recording("a.wav", &["sys-1795219324.17"]);
    sound.started = Some(at("2026-11-07T13:21:06Z"));
    // Longer than from the answer to the end: it holds the ringing too.
    sound.length = Tenths(630);
    let mut rough = call(&["sys-1795219324.17"], "2026-11-07T13:21:04Z");
    rough.start_whole_second = true;
    store.import(batch(vec![rough], vec![sound])).await.expect("import");
    let id = all(&store).await[0].id.0.clone();
    store.set_tag(Scope::Company, id.clone(), "refund".to_owned(), true, record("tag.add")).await.expect("tag");
    store.set_flag(Scope::Company, id.clone(), true, record("flag.add")).await.expect("flag");
    store.set_case(Scope::Company, id.clone(), Some("C-17".to_owned()), record("case.add")).await.expect("case");
    store
        .add_note(Scope::Company, id.clone(), "anna".to_owned(), None, "Zażółć gęślą".to_owned(), record("note.add"))
        .await
        .expect("note");
    let counts = store.import(batch(vec![call(&["sys-1795219324.17"], START)], vec![])).await.expect("import");
    assert_eq!(counts.changed_calls, 1);
    let detail = store.call(Scope::Company, id.clone()).await.expect("the id lives on");
    assert_eq!((detail.call.id.0.as_str(), detail.call.start), (id.as_str(), at(START)));
    assert_eq!(
        super::make::ids(&store, &crate::domain::query::Filter::All, crate::domain::query::Sort::default(), 1).await,
        std::slice::from_ref(&id),
        "a list of ids knows it too"
    );
    assert_eq!((detail.call.tags.as_slice(), detail.call.case.as_deref()), (["refund".to_owned()].as_slice(), Some("C-17")));
    assert!(detail.call.flagged && detail.call.has_note && !detail.call.start_whole_second);
    assert_eq!((detail.notes.len(), detail.history.len()), (1, 4));
    assert_eq!(detail.call.recordings[0].offset, Some(Tenths(11)));
    // The place that it left is not given to another call.
    store.import(batch(vec![call(&["sys-1795219324.99"], "2026-11-07T13:21:04Z")], vec![])).await.expect("import");
    let other = store.call(Scope::Company, "sys-1795219324.99".to_owned()).await.expect("call").call;
    assert_ne!(other.id.0, id);
    assert_eq!(store.call(Scope::Company, id).await.expect("call").call.start, at(START));
}

#[tokio::test]
async fn two_calls_that_turn_out_to_be_one_are_merged() {
    let (_folder, store) = store().await;
    let (first, second) = (call(&["sys-1795219324.1"], START), call(&["sys-1795219324.2"], "2026-11-07T13:21:09Z"));
    let sounds = vec![recording("a.wav", &["sys-1795219324.1"]), recording("b.wav", &["sys-1795219324.2"])];
    store.import(batch(vec![first, second], sounds)).await.expect("import");
    let ids: Vec<String> = all(&store).await.into_iter().map(|call| call.id.0).collect();
    for (id, tag) in ids.iter().zip(["one", "two"]) {
        store.set_tag(Scope::Company, id.clone(), tag.to_owned(), true, record("tag.add")).await.expect("tag");
    }
    store.import(batch(vec![call(&["sys-1795219324.1", "sys-1795219324.2"], START)], vec![])).await.expect("import");
    let calls = all(&store).await;
    assert_eq!(calls.len(), 1);
    assert_eq!((calls[0].recordings.len(), calls[0].tags.len()), (2, 2));
    for id in ids {
        assert_eq!(store.call(Scope::Company, id).await.expect("both ids live on").call, calls[0]);
    }
}

#[tokio::test]
async fn sound_finds_its_call_before_and_after() {
    for later in [false, true] {
        let (_folder, store) = store().await;
        let sound = recording("a.wav", &["sys-1795219324.5", "sys-1795219324.1"]);
        let (poor, best) = (call(&["sys-1795219324.1"], START), call(&["sys-1795219324.5"], "2026-11-07T13:22:00Z"));
        if later {
            let counts = store.import(batch(vec![], vec![sound])).await.expect("import");
            assert_eq!((counts.new_recordings, counts.unassigned), (1, 1));
            assert!(all(&store).await.is_empty());
            store.import(batch(vec![poor], vec![])).await.expect("import");
            assert_eq!(all(&store).await[0].recordings.len(), 1, "joined by its second-best id");
            store.import(batch(vec![best], vec![])).await.expect("import");
        } else {
            store.import(batch(vec![poor, best], vec![sound])).await.expect("import");
        }
        let calls = all(&store).await;
        let counts: Vec<usize> = calls.iter().map(|call| call.recordings.len()).collect();
        assert_eq!(counts, [1, 0], "the best id wins in any order");
        let id = calls[0].recordings[0].id.0.clone();
        let (got, of) = store.recording(Scope::Company, id.clone()).await.expect("recording");
        assert_eq!((Some(calls[0].id.clone()), &calls[0].recordings[0]), (of, &got));
        let scope = Scope::Own(vec!["999".to_owned()]);
        assert!(matches!(store.recording(scope, id).await, Err(StoreError::NotFound(_))));
    }
}

#[tokio::test]
async fn a_failed_batch_changes_nothing_and_the_next_works() {
    let (_folder, store) = store().await;
    let mut ancient = call(&["sys-1795219324.2"], START);
    ancient.start = at("1999-12-31T23:59:59Z");
    let mut strange = call(&["sys-1795219324.1"], "1999-12-31T00:00:00Z");
    strange.start = at(START);
    strange.extension = Some("777".to_owned());
    let position = SourcePosition { path: "/x".to_owned(), identity: "1".to_owned(), offset: 10, line: 1 };
    let mut given = batch(vec![strange.clone(), ancient], vec![]);
    given.positions.push(position.clone());
    let error = store.import(given).await.expect_err("too old");
    assert!(matches!(&error, StoreError::Invalid(text) if text.contains("2000")), "{error}");
    assert!(all(&store).await.is_empty() && store.source_positions().await.expect("positions").is_empty());
    let mut given = batch(vec![strange], vec![]);
    given.positions.push(position.clone());
    store.import(given).await.expect("import");
    assert_eq!(all(&store).await[0].extension.as_deref(), Some("777"));
    assert_eq!(store.source_positions().await.expect("positions"), vec![position]);
    assert!(store.imported_at().await.expect("time").is_some());
}

#[tokio::test]
async fn the_newest_name_of_the_exchange_wins_but_never_over_people() {
    let (_folder, store) = store().await;
    let named = |id: &str, minutes: i64, name: &str| {
        let mut call = call(&[id], START);
        call.start += SignedDuration::from_mins(minutes);
        call.caller_name = Some(name.to_owned());
        call
    };
    store
        .import(batch(vec![named("1.1", 9, "New"), named("1.2", 5, "Old"), named("1.3", 7, "+48 22")], vec![]))
        .await
        .expect("import");
    let mut customer = store.customers().await.expect("customers").remove(0);
    assert_eq!((customer.name.as_str(), customer.numbers.as_slice()), ("New", ["+48221234567".to_owned()].as_slice()));
    customer.name = "Firma".to_owned();
    store.put_customer(customer, record("customer.set")).await.expect("put");
    store.import(batch(vec![named("1.4", 99, "Newer")], vec![])).await.expect("import");
    assert!(all(&store).await.iter().all(|call| call.customer.as_deref() == Some("Firma")));
}

#[tokio::test]
async fn a_recording_told_before_the_answer_begins_with_the_answer_where_its_sound_fits() {
    let (_folder, store) = store().await;
    let mut sound = recording("a.wav", &["sys-1795219324.17"]);
    sound.started = Some(at(START));
    store.import(batch(vec![], vec![sound.clone()])).await.expect("import");
    store.import(batch(vec![call(&["sys-1795219324.17"], START)], vec![])).await.expect("import");
    sound.source_name = "b.wav".to_owned();
    sound.started = Some(at(START) + jiff::SignedDuration::from_secs(30));
    sound.length = Tenths(300);
    sound.sha256 = [7; 32];
    store.import(batch(vec![], vec![sound])).await.expect("import");
    let mut offsets: Vec<_> = all(&store).await[0].recordings.iter().map(|recording| recording.offset).collect();
    offsets.sort();
    assert_eq!(offsets, [Some(Tenths(42)), Some(Tenths(300))]);
}

#[tokio::test]
async fn ids_of_the_second_of_their_call_take_no_row_and_are_found() {
    let (folder, store) = store().await;
    let second = 1_795_219_324;
    let id = |n: i64| format!("pbx-{}.{n}", second + n / 20);
    let calls: Vec<_> =
        (0..60).map(|n| call(&[&id(n), "late-1795219999.5"][..1 + usize::from(n == 7)], "2026-11-21T00:02:04Z")).collect();
    let given = calls.into_iter().zip(0..).map(|(mut call, n): (_, i64)| {
        call.start += SignedDuration::from_secs(n / 20);
        call
    });
    store.import(batch(given.collect(), vec![])).await.expect("import");
    let mut found = Vec::new();
    for n in 0..60 {
        let one = store.call(Scope::Company, id(n)).await.expect("by source id").call;
        assert!(one.source_ids.contains(&id(n)), "{n}");
        found.push(one.id);
    }
    assert_eq!(store.call(Scope::Company, "late-1795219999.5".to_owned()).await.expect("by its other id").call.id, found[7]);
    for unknown in ["pbx-1795219324.99", "qbx-1795219324.1", "pbx-1795219323.1", "pbx-1795219327.59"] {
        assert!(matches!(store.call(Scope::Company, unknown.to_owned()).await, Err(StoreError::NotFound(_))), "{unknown}");
    }
    found.sort();
    found.dedup();
    assert_eq!(found.len(), 60);
    store.close().await.expect("close");
    let conn = rusqlite::Connection::open(super::make::options(&folder).path).expect("open");
    let rows: i64 = conn.query_row("SELECT count(*) FROM source", [], |row| row.get(0)).expect("count");
    // Of twenty calls in one millisecond four stand later than they began; and the id of another second.
    assert_eq!(rows, 3 * 4 + 1);
}

#[tokio::test]
async fn only_new_calls_are_taken_and_the_others_given_back_whole() {
    let (_folder, store) = store().await;
    let (old, new) = (call(&["pbx-1795219324.1"], START), call(&["pbx-1795219324.2"], START));
    store.import(batch(vec![old.clone()], vec![])).await.expect("import");
    let position = SourcePosition { path: "/x".to_owned(), identity: "1".to_owned(), offset: 10, line: 1 };
    for packed in [false, true] {
        let mut given = ImportBatch::new(vec![new.clone(), old.clone()], Vec::new(), vec![position.clone()]);
        if packed {
            given.pack(&mut CallPacker::default());
            assert_eq!(given.records(1).expect("records"), old.records);
        }
        let (counts, met) = store.import_new(given).await.expect("import");
        // The first time one of them is new, the second time none.
        assert_eq!((counts.new_calls, met.len()), (u64::from(!packed), 1 + usize::from(packed)));
        assert!(met.iter().all(|call| call.records == old.records), "with what is kept of them");
        assert!(store.source_positions().await.expect("positions").is_empty(), "not before all is in");
    }
    let mut given = batch(vec![new], vec![]);
    given.pack(&mut CallPacker::default());
    let counts = store.import(given).await.expect("import");
    assert_eq!(counts.unchanged_calls, 1, "packed or not is the same");
}
