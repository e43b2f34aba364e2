//! Recordings that an exchange left as two files, one of each side.

use super::*;

#[tokio::test(flavor = "multi_thread")]
async fn two_files_of_one_side_are_one_recording_and_known_from_then_on() {
    let folder = tempfile::tempdir().expect("folder");
    let (db, recordings) = (folder.path().join("s.db"), folder.path().join("done"));
    fs::create_dir(&recordings).expect("folder");
    let stem = "20261121T011746_101_out_auto_pbx-1795223866.0_pbx-1795223866.0";
    let whole = fs::read(spool("done").join(format!("{stem}.raw"))).expect("sample");
    let sides = [0, 2].map(|from| whole.chunks_exact(4).flat_map(|frame| frame[from..from + 2].to_vec()).collect::<Vec<u8>>());
    let names = ["r", "t"].map(|side| recordings.join(format!("{stem}-{side}.sln")));
    for (name, bytes) in names.iter().zip(&sides) {
        fs::write(name, bytes).expect("side");
    }
    // Two calls named by their direction: no pair.
    fs::write(recordings.join("monday-in.sln"), [1, 0].repeat(8_000)).expect("call");
    fs::write(recordings.join("monday-out.sln"), [2, 0].repeat(80_000)).expect("call");
    let order = || Order {
        cel: vec![spool("events.json")],
        recordings: Some(recordings.clone()),
        company: company(),
        ..Order::default()
    };
    let summary = import(&db, order()).await;
    assert_eq!((summary.new_recordings, summary.joined_recordings, summary.rejected_recordings), (3, 1, 0), "{summary:?}");
    let call = calls(&db).await.into_iter().find(|call| !call.recordings.is_empty()).expect("a recorded call");
    let [recording] = call.recordings.as_slice() else { panic!("{:?}", call.recordings) };
    assert_eq!((recording.channels, recording.format.as_str()), (2, "wav/pcm"));
    assert_eq!(recording.bytes, whole.len() as u64 + 44);
    for (name, bytes) in names.iter().zip(&sides) {
        assert!(fs::read(name).expect("source") == *bytes, "the sources stay as they are");
    }
    let host = Host::open(OpenRequest::new(&db)).await.expect("open");
    let (kept, _) = host.store().recording(Scope::Company, recording.id.0.clone()).await.expect("recording");
    let joined = fs::read(host.vault().expect("vault").root().join(&kept.copies[0].path)).expect("joined");
    host.close().await.expect("close");
    assert!(joined[44..] == whole, "our side is the left one, and nothing is lost");

    let again = import(&db, order()).await;
    assert_eq!((again.new_recordings, again.joined_recordings, again.known_recordings), (0, 0, 4), "{again:?}");
    assert_eq!(calls(&db).await.iter().map(|call| call.recordings.len()).sum::<usize>(), 1);
}
