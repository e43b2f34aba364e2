//! A backup made while others write becomes the same database again, and whatever happened to it on the way is found.

use std::{
    fs,
    path::Path,
    sync::atomic::{AtomicBool, Ordering},
};

use callreel::{
    client::{BackupQuery, CallsQuery, Client, InProcess},
    domain::actor::Scope,
    host::{Host, OpenRequest, restore},
    store::CheckAsk,
    takeout::{SavedBackup, TakeError, save_backup},
    wire::NoteDraft,
};
use futures_util::StreamExt;
use http_body_util::{BodyExt, StreamBody};

use crate::{
    cli::bench::Bench,
    common::host::{CALLS, TestHost, make_test_host},
};

const WHOLE: BackupQuery = BackupQuery { recordings: true, keys: false };

async fn back_up(client: &Client, file: &Path) -> Result<Option<SavedBackup>, TakeError> {
    save_backup(client, WHOLE, (file, false), &mut |_, _| (), std::future::pending()).await
}

async fn restored(file: &Path, to: &Path) -> (restore::Restored, Host) {
    let done = restore::restore(file.to_owned(), OpenRequest::new(to), Box::new(|_, _| true)).await.expect("restored");
    (done, Host::open(OpenRequest::new(to)).await.expect("opened"))
}

/// Everything that the folder of a failed restore may still have.
fn names(folder: &Path) -> Vec<String> {
    let mut names: Vec<String> =
        fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect();
    names.sort();
    names
}

#[tokio::test(flavor = "multi_thread")]
async fn a_backup_made_while_others_write_is_the_database_of_one_moment() {
    let TestHost { host, folder } = make_test_host().await;
    let client = TestHost { host, folder };
    let (test, client) = (&client, client.client());
    let call = client.calls(&CallsQuery::new(String::new())).await.expect("calls").items[0].id.clone();
    let note = |text: String| {
        let (client, call) = (client.clone(), call.clone());
        async move { client.add_note(&call, &NoteDraft { text, at: None }).await.expect("a note") }
    };
    for number in 0..20 {
        note(format!("before {number}")).await;
    }
    let (ended, file) = (AtomicBool::new(false), test.folder.path().join("calls.backup"));
    let writes = async {
        let mut written = 0;
        while !ended.load(Ordering::Relaxed) || written == 0 {
            note(format!("during {written}")).await;
            written += 1;
        }
        written
    };
    let backup = async {
        let made = back_up(&client, &file).await.expect("made").expect("not cancelled");
        ended.store(true, Ordering::Relaxed);
        made
    };
    let (written, made) = tokio::join!(writes, backup);
    assert!(written > 0 && made.bytes == fs::metadata(&file).unwrap().len());
    assert_eq!(made.seal, callreel::takeout::Seal::default());
    let found = restore::verify(&file, &mut |_, _| true).expect("whole");

    let (done, other) = restored(&file, &test.folder.path().join("there/new.db")).await;
    assert_eq!((done.recordings, found.recordings), (9, 9));
    let again = Client::in_process({
        let api = other.local_api();
        InProcess::new(move |request| api(request))
    });
    assert_eq!(again.count(&CallsQuery::new(String::new())).await.expect("count").count, CALLS as u64);
    assert_eq!(other.store().database_id(), test.host.store().database_id());
    // Notes of the moment: all from before, then those of the meantime without a gap.
    let notes = again.call(&call).await.expect("the call").notes;
    let texts: Vec<&str> = notes.iter().map(|note| note.text.as_str()).collect();
    let wanted: Vec<String> =
        (0..20).map(|n| format!("before {n}")).chain((0..texts.len() - 20).map(|n| format!("during {n}"))).collect();
    let mut sorted = texts.clone();
    sorted.sort_by_key(|text| wanted.iter().position(|known| known == text));
    assert_eq!(sorted, wanted);
    // The chain is whole, tells of the backup before its bytes left, and ends with the restoring.
    let check = other.store().check_audit(CheckAsk::default()).await.expect("checked");
    assert!(check.faults.is_empty(), "{:?}", check.faults);
    let log = other.store().audit(None, 1_000).await.expect("log");
    assert!(log.iter().any(|entry| entry.did == "backup.make" && entry.outcome == "done"));
    assert_eq!(log.last().map(|entry| entry.did.as_str()), Some("backup.restore"));
    // Every recording is there, with its bytes.
    let mut recordings = 0;
    for call in again.calls(&CallsQuery::new("is:recorded".to_owned())).await.expect("calls").items {
        for recording in call.recordings {
            let (kept, _) = other.store().recording(Scope::Company, recording.id).await.expect("recording");
            let hash: [u8; 32] = std::array::from_fn(|at| u8::from_str_radix(&kept.sha256[2 * at..2 * at + 2], 16).unwrap());
            assert!(other.vault().unwrap().verify(&kept.copies[0].path, &hash).expect("read"));
            recordings += 1;
        }
    }
    assert_eq!(recordings, 9);
    assert_eq!(
        names(&test.folder.path().join("there")),
        ["new.columns.lock", "new.db", "new.db-shm", "new.db-wal", "new.lock", "new.recordings"]
            .into_iter()
            .filter(|name| test.folder.path().join("there").join(name).exists())
            .collect::<Vec<_>>()
    );
    other.close().await.expect("closed");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_breaks_on_the_way_leaves_no_file() {
    let test = make_test_host().await;
    let file = test.folder.path().join("calls.backup");
    back_up(&test.client(), &file).await.expect("made").expect("whole");
    let length = fs::metadata(&file).unwrap().len() as usize;
    fs::remove_file(&file).unwrap();
    let before = names(test.folder.path());
    for (most, fails) in
        [(0, false), (1_024, true), (length / 2, false), (length / 2, true), (length - 2_048, false), (length - 1, false)]
    {
        let api = test.host.local_api();
        let cut = Client::in_process(InProcess::new(move |request| {
            let answer = api(request);
            Box::pin(async move {
                let mut left = most;
                answer.await.map(|body| {
                    let pieces = body.into_data_stream().scan(false, move |ended, piece| {
                        let mut piece = piece.expect("the router's own stream");
                        piece.truncate(left);
                        left -= piece.len();
                        let end = std::mem::replace(ended, left == 0);
                        futures_util::future::ready(match (end, fails) {
                            (false, _) => Some(Ok(http_body::Frame::data(piece))),
                            (true, true) => Some(Err("the line broke".into())),
                            (true, false) => None,
                        })
                    });
                    StreamBody::new(pieces).boxed_unsync()
                })
            })
        }));
        let error = back_up(&cut, &file).await.expect_err("broken");
        assert!(matches!(error, TakeError::Failed(_) | TakeError::Api { .. }), "{error}");
        // The maker notices that nobody reads, and takes its copy away.
        let until = std::time::Instant::now() + std::time::Duration::from_secs(20);
        while names(test.folder.path()) != before {
            assert!(std::time::Instant::now() < until, "{:?}", names(test.folder.path()));
            tokio::task::yield_now().await;
        }
    }
}

#[test]
fn the_command_line_backs_up_checks_and_restores() {
    let bench = Bench::imported();
    let path = |name: &str| bench.home.join(name);
    let says = |line: &str, status: i32, word: &str| {
        let said = bench.say(line).ended(status);
        assert!(said.words.contains(word), "{line}: {}", said.words);
    };
    let restores = |file: &str, to: &str, status: i32, word: &str| {
        let said = bench.run(&["restore", file, "--db", to]).ended(status);
        assert!(said.words.contains(word), "{file}: {}", said.words);
    };
    let calls = bench.say("calls --format json").done().out;
    says("backup a.tar", 0, "holds the backup");
    says("backup a.tar", 1, "--replace");
    says("backup a.tar --replace", 0, "");
    says("backup --verify a.tar", 0, "is whole");
    says("backup --verify none.tar", 4, "none.tar");
    restores("a.tar", "b.db", 0, "is restored");
    assert_eq!(bench.run(&["calls", "--format", "json", "--db", "b.db"]).done().out, calls);
    restores("a.tar", "b.db", 1, "already");
    let whole = fs::read(path("a.tar")).unwrap();
    assert!(whole.len() > 100_000, "recordings are in it");
    let mut rng = fastrand::Rng::with_seed(7);
    for turn in 0..6 {
        let mut wrong = whole.clone();
        match turn % 3 {
            0 => wrong.truncate(rng.usize(1..whole.len())),
            1 => wrong.extend_from_slice(b"more"),
            _ => {
                let at = rng.usize(..whole.len());
                wrong[at] ^= 1 << rng.u8(..8);
            }
        }
        fs::write(path("wrong.tar"), wrong).unwrap();
        says("backup --verify wrong.tar", 1, "wrong.tar");
        restores("wrong.tar", "sub/c.db", 1, "wrong.tar");
        assert!(names(&path("sub")).is_empty(), "{:?}", names(&path("sub")));
    }
    says("backup small.tar --no-recordings", 0, "");
    assert!(fs::metadata(path("small.tar")).unwrap().len() < whole.len() as u64 / 2);
    // What lies in the folder of recordings no longer is told, and the rest is saved.
    let folder = names(&path("a.recordings")).into_iter().find(|name| name.len() == 2).unwrap();
    fs::remove_dir_all(path("a.recordings").join(folder)).unwrap();
    says("backup part.tar", 5, "were not there");
    restores("part.tar", "d.db", 5, "were not there");
}
