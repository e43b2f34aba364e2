//! Sound by ranges, its hash, its waveform, and what is written down about hearing it.

use http::Method;

use super::{ask, audit, audited_since, get, recorded};
use crate::common::host::{CALLS, make_test_host, samples, wav};

#[tokio::test]
async fn the_whole_sound_comes_with_its_hash_and_type() {
    let test = make_test_host().await;
    let api = test.host.local_api();
    let all = recorded(&api).await;
    let newest = &all[0].1;
    let index = (0..CALLS).rev().find(|index| index % 6 == 0).expect("one");
    let answer = get(&api, &format!("/recordings/{newest}/audio")).await;
    assert_eq!(answer.status, 200, "{:?}", String::from_utf8_lossy(&answer.body));
    assert!(answer.body[..] == wav(2, index)[..], "the very bytes");
    assert_eq!((answer.header("content-type"), answer.header("accept-ranges")), ("audio/wav", "bytes"));
    assert_eq!(answer.header("content-length"), answer.body.len().to_string());
    let facts = get(&api, &format!("/recordings/{newest}")).await.json();
    let etag = answer.header("etag").to_owned();
    assert_eq!(etag, format!("\"{}\"", facts["sha256"].as_str().expect("hash")));
    let path = format!("/recordings/{newest}/audio");
    assert_eq!(ask(&api, Method::GET, &path, &[("if-none-match", &etag)], "").await.status, 304);

    let (_, raw, _) = all.iter().find(|(_, _, format)| format == "raw/s16le").expect("a headerless one");
    let answer = get(&api, &format!("/recordings/{raw}/audio?use=download")).await;
    assert!(answer.body[..] == samples(2, 7)[..], "headerless sound is served as it is");
    assert_eq!(answer.header("content-type"), "audio/x-raw; format=S16LE; rate=8000; channels=2");
    assert!(answer.header("content-disposition").starts_with("attachment; filename=\""));
}

#[tokio::test]
async fn ranges_are_parts_of_it() {
    let test = make_test_host().await;
    let api = test.host.local_api();
    let (_, id, _) = recorded(&api).await.remove(0);
    let path = format!("/recordings/{id}/audio");
    let whole = get(&api, &path).await.body;
    let etag = get(&api, &path).await.header("etag").to_owned();
    let total = whole.len();
    for (range, first, last) in [
        ("bytes=0-99", 0, 99),
        ("bytes=1000-", 1000, total - 1),
        ("bytes=-7", total - 7, total - 1),
        ("bytes=5-999999999", 5, total - 1),
    ] {
        let answer = ask(&api, Method::GET, &path, &[("range", range)], "").await;
        assert_eq!(answer.status, 206, "{range}");
        assert_eq!(answer.header("content-range"), format!("bytes {first}-{last}/{total}"), "{range}");
        assert!(answer.body[..] == whole[first..=last], "{range}");
    }
    let outside = ask(&api, Method::GET, &path, &[("range", &format!("bytes={total}-"))], "").await;
    outside.problem(416, "range");
    assert_eq!(outside.header("content-range"), format!("bytes */{total}"));
    let stale = [("range", "bytes=0-9"), ("if-range", "\"another\"")];
    assert_eq!(ask(&api, Method::GET, &path, &stale, "").await.status, 200);
    let fresh = [("range", "bytes=0-9"), ("if-range", etag.as_str())];
    assert_eq!(ask(&api, Method::GET, &path, &fresh, "").await.status, 206);
}

#[tokio::test]
async fn hearing_is_written_down_once_a_playback() {
    let test = make_test_host().await;
    let api = test.host.local_api();
    let (_, id, _) = recorded(&api).await.remove(0);
    let known = audit(&test).await.len();
    let path = format!("/recordings/{id}/audio");
    ask(&api, Method::GET, &path, &[("range", "bytes=500-599")], "").await;
    for range in ["bytes=600-699", "bytes=100-199", "bytes=5000-"] {
        ask(&api, Method::GET, &path, &[("range", range)], "").await;
    }
    let done = |did: &str| (did.to_owned(), "done".to_owned());
    assert_eq!(audited_since(&test, known).await, [done("recording.play")], "further ranges belong to the same playback");
    get(&api, &path).await;
    get(&api, &format!("{path}?use=download")).await;
    ask(&api, Method::GET, &path, &[("range", "bytes=99999999-")], "").await.problem(416, "range");
    ask(&api, Method::HEAD, &path, &[], "").await;
    assert_eq!(audited_since(&test, known).await, [done("recording.play"), done("recording.play"), done("recording.download")]);
    assert_eq!(audit(&test).await[known].object.as_deref(), Some(id.as_str()));
}

#[tokio::test]
async fn a_changed_file_is_found_said_and_marked() {
    let test = make_test_host().await;
    let api = test.host.local_api();
    let all = recorded(&api).await;
    let (_, id, _) = &all[0];
    let (recording, _) =
        test.host.store().recording(callreel::domain::actor::Scope::Company, id.clone()).await.expect("recording");
    let path = test.folder.path().join("test.recordings").join(&recording.copies[0].path);
    let mut bytes = std::fs::read(&path).expect("the copy");
    bytes[1000] ^= 1;
    make_writable(&path);
    std::fs::write(&path, &bytes).expect("write");
    let known = audit(&test).await.len();
    let problem = get(&api, &format!("/recordings/{id}/audio")).await.problem(409, "damaged");
    assert!(problem["detail"].as_str().is_some_and(|detail| detail.contains(id.as_str())), "{problem}");
    assert_eq!(get(&api, &format!("/recordings/{id}")).await.json()["copies"][0]["state"], "damaged");
    get(&api, &format!("/recordings/{id}/audio")).await.problem(409, "damaged");
    assert_eq!(audited_since(&test, known).await, [], "nothing was heard");
    bytes[1000] ^= 1;
    std::fs::write(&path, &bytes).expect("write");
    assert_eq!(get(&api, &format!("/recordings/{id}/audio")).await.status, 200, "put back from a backup, it is heard again");
    assert_eq!(get(&api, &format!("/recordings/{id}")).await.json()["copies"][0]["state"], "verified");

    let (_, missing, _) = &all[1];
    let (recording, _) =
        test.host.store().recording(callreel::domain::actor::Scope::Company, missing.clone()).await.expect("recording");
    std::fs::remove_file(test.folder.path().join("test.recordings").join(&recording.copies[0].path)).expect("remove");
    get(&api, &format!("/recordings/{missing}/audio")).await.problem(409, "no-sound");
    assert_eq!(get(&api, &format!("/recordings/{missing}")).await.json()["copies"][0]["state"], "missing");
}

fn make_writable(path: &std::path::Path) {
    use std::os::unix::fs::PermissionsExt;
    std::fs::set_permissions(path, std::fs::Permissions::from_mode(0o600)).expect("permissions");
}

#[tokio::test]
async fn waveforms_are_computed_once_and_kept() {
    let test = make_test_host().await;
    let api = test.host.local_api();
    for (_, id, format) in recorded(&api).await {
        let known = audit(&test).await.len();
        let peaks = get(&api, &format!("/recordings/{id}/peaks?width=40")).await.json();
        assert_eq!(
            (&peaks["recording"], &peaks["channels"], &peaks["width"]),
            (&id.as_str().into(), &2.into(), &40.into()),
            "{format}"
        );
        assert_eq!(peaks["length_s"], 2.0, "{format}");
        let levels: Vec<Vec<u8>> = serde_json::from_value(peaks["levels"].clone()).expect("levels");
        assert!(
            levels.len() == 2 && levels.iter().all(|side| side.len() == 40 && side.iter().all(|level| *level > 100)),
            "{levels:?}"
        );
        assert!(test.host.store().peaks(id.clone()).await.expect("peaks").is_some());
        get(&api, &format!("/recordings/{id}/peaks?width=80")).await;
        assert_eq!(audited_since(&test, known).await.len(), 1, "drawing it again is the same look");
    }
    let (_, id, _) = recorded(&api).await.remove(0);
    get(&api, &format!("/recordings/{id}/peaks?width=0")).await.problem(400, "invalid");
    get(&api, "/recordings/01JZZZZZZZZZZZZZZZZZZZZZZZ/peaks").await.problem(404, "not-found");
}

#[tokio::test]
async fn a_part_of_a_waveform_is_drawn_from_its_own_samples() {
    let test = make_test_host().await;
    let api = test.host.local_api();
    for (_, id, format) in recorded(&api).await.into_iter().take(3) {
        let bytes = get(&api, &format!("/recordings/{id}/audio")).await.body;
        let name = format!("a.{}", if format.starts_with("raw") { "raw" } else { "wav" });
        let length = bytes.len() as u64;
        let mut decoder = callreel::sound::open(Box::new(std::io::Cursor::new(bytes)), length, &name).expect("sound");
        let wanted = callreel::sound::part(&mut *decoder, [4_000, 12_000], 100).expect("sound");
        let part = get(&api, &format!("/recordings/{id}/peaks?width=100&from=0.5&until=1.5")).await.json();
        assert_eq!((&part["from_s"], &part["until_s"], &part["length_s"]), (&0.5.into(), &1.5.into(), &2.0.into()));
        assert_eq!(part["levels"], serde_json::to_value(&wanted).expect("levels"), "{format}");
        let coarse = get(&api, &format!("/recordings/{id}/peaks?width=5&from=1&until=99")).await.json();
        let whole = get(&api, &format!("/recordings/{id}/peaks?width=10")).await.json();
        assert_eq!((&coarse["from_s"], &coarse["until_s"]), (&1.0.into(), &2.0.into()));
        assert_eq!(coarse["levels"][0].as_array().expect("side")[..], whole["levels"][0].as_array().expect("side")[5..]);
        for wrong in ["from=1&until=1", "from=-1", "from=2", "until=0", "from=NaN"] {
            get(&api, &format!("/recordings/{id}/peaks?width=10&{wrong}")).await.problem(400, "invalid");
        }
    }
}

#[tokio::test]
async fn speech_is_found_once_and_kept_with_the_waveform() {
    let test = make_test_host().await;
    let api = test.host.local_api();
    let (_, id, _) = recorded(&api).await.remove(0);
    let known = audit(&test).await.len();
    let path = format!("/recordings/{id}/speech");
    let (one, other) = tokio::join!(get(&api, &path), get(&api, &path));
    let speech = one.json();
    assert_eq!(speech, other.json());
    assert_eq!((&speech["recording"], &speech["length_s"]), (&id.as_str().into(), &2.0.into()));
    assert_eq!(speech["sides"].as_array().expect("sides").len(), 2);
    for list in ["overlap", "silence", "turns", "hold", "paused"] {
        assert!(speech[list].is_array(), "{list}");
    }
    let stored = test.host.store().peaks(id.clone()).await.expect("store").expect("kept");
    let kept = callreel::sound::StoredPeaks::from_bytes(&stored).expect("of this version");
    assert_eq!(kept.speech.expect("speech").0.len(), 2);
    get(&api, &format!("/recordings/{id}/peaks")).await;
    assert_eq!(test.host.store().peaks(id.clone()).await.expect("store"), Some(stored), "the waveform came with it");
    assert_eq!(get(&api, &path).await.json(), speech);
    assert!(audited_since(&test, known).await.len() <= 2, "one look, not many");
    // What an older version kept is computed again.
    test.host.store().set_peaks(id.clone(), vec![1, 2, 0x40, 0x1f, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0]).await.expect("store");
    assert_eq!(get(&api, &path).await.json(), speech);
    get(&api, "/recordings/01JZZZZZZZZZZZZZZZZZZZZZZZ/speech").await.problem(404, "not-found");
}
