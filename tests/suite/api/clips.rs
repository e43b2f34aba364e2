//! Receipts, clips, collections, and sound that is cut and converted: rights, what is not there, what makes no sense.

use callreel::domain::actor::{Permission, Scope};
use http::Method;
use serde_json::{Value, json};

use super::{actor, api_of, ask, audit, audited_since, get, recorded};
use crate::common::host::{TestHost, make_test_host};

const HEARER: &[Permission] = &[Permission::See, Permission::Listen];
const TAKER: &[Permission] = &[Permission::See, Permission::Listen, Permission::Download];

fn text(value: &Value) -> String {
    value.as_str().expect("text").to_owned()
}

fn heard(from_s: f64, until_s: f64, speed: f64, side: &str) -> String {
    json!({"heard": [{"from_s": from_s, "until_s": until_s, "speed": speed, "side": side}]}).to_string()
}

async fn count(test: &TestHost, who: &str, permissions: &[Permission], q: &str) -> u64 {
    let api = api_of(test, actor(who, permissions, Scope::Company));
    get(&api, &format!("/calls/count?q={q}")).await.json()["count"].as_u64().expect("a count")
}

#[tokio::test]
async fn receipts_tell_what_was_heard_and_by_whom() {
    let test = make_test_host().await;
    let owner = test.host.local_api();
    let (call, id, _) = recorded(&owner).await.remove(0);
    let path = format!("/recordings/{id}/receipts");
    let anna = api_of(&test, actor("anna", HEARER, Scope::Company));
    let ben = api_of(&test, actor("Ben Łoś", HEARER, Scope::Company));
    let known = audit(&test).await.len();
    assert_eq!(ask(&anna, Method::POST, &path, &[], &heard(0.0, 0.5, 1.0, "both")).await.status, 204);
    assert_eq!(ask(&anna, Method::POST, &path, &[], &heard(0.5, 1.5, 1.0, "both")).await.status, 204);
    assert_eq!(ask(&anna, Method::POST, &path, &[], &heard(0.25, 1.0, 1.5, "left")).await.status, 204);
    assert_eq!(ask(&ben, Method::POST, &path, &[], &heard(1.5, 2.9, 1.0, "both")).await.status, 204, "a second behind the end");
    assert_eq!(ask(&ben, Method::POST, &path, &[], r#"{"heard":[]}"#).await.status, 204);
    let heard_row = ("recording.heard".to_owned(), "done".to_owned());
    assert_eq!(audited_since(&test, known).await, vec![heard_row; 4], "a row for each report that tells something");
    for (from, until, speed) in [(-1.0, 1.0, 1.0), (1.0, 1.0, 1.0), (0.0, 3.1, 1.0), (0.0, 1.0, 0.4), (0.0, 1.0, 3.5)] {
        ask(&anna, Method::POST, &path, &[], &heard(from, until, speed, "both")).await.problem(400, "invalid");
    }
    ask(&anna, Method::POST, &path, &[], &heard(0.0, 1.0, 1.0, "middle")).await.problem(400, "invalid");
    let many: Vec<Value> = (0..1_001).map(|_| json!({"from_s": 0.0, "until_s": 1.0, "speed": 1.0, "side": "both"})).collect();
    ask(&anna, Method::POST, &path, &[], &json!({ "heard": many }).to_string()).await.problem(400, "invalid");
    let see = api_of(&test, actor("rita", &[Permission::See], Scope::Company));
    ask(&see, Method::POST, &path, &[], &heard(0.0, 1.0, 1.0, "both")).await.problem(403, "not-allowed");
    let outside = api_of(&test, actor("sam", Permission::ALL, Scope::Projects(vec!["support".to_owned()])));
    ask(&outside, Method::POST, &path, &[], &heard(0.0, 1.0, 1.0, "both")).await.problem(404, "not-found");
    get(&outside, &path).await.problem(404, "not-found");

    let told = |listed: Value| -> Vec<(String, f64, f64, f64, String)> {
        let number = |value: &Value| value.as_f64().expect("a number");
        let each = listed.as_array().expect("a list").clone();
        each.iter()
            .map(|one| {
                let (from, until, speed) = (number(&one["from_s"]), number(&one["until_s"]), number(&one["speed"]));
                (text(&one["who"]), from, until, speed, text(&one["side"]))
            })
            .collect()
    };
    let of = |who: &str, from, until, speed, side: &str| (who.to_owned(), from, until, speed, side.to_owned());
    let all = [of("Ben Łoś", 1.5, 2.9, 1.0, "both"), of("anna", 0.25, 1.0, 1.5, "left"), of("anna", 0.0, 1.5, 1.0, "both")];
    assert_eq!(told(get(&owner, &path).await.json()), all, "newest first; what goes on is one stretch");
    assert_eq!(told(get(&anna, &path).await.json()), all[1..], "without the right audit one's own");
    assert_eq!(told(get(&owner, &format!("/calls/{call}")).await.json()["receipts"].clone()), all);
    assert_eq!(told(get(&ben, &format!("/calls/{call}")).await.json()["receipts"].clone()), all[..1]);

    for (q, found) in [("heard-by:los", 1), ("heard-by:ANN", 1), ("heard-by:=\"ben los\"", 1), ("heard-by:nobody", 0)] {
        let q = q.replace('"', "%22").replace(' ', "%20");
        assert_eq!(count(&test, "auditor", Permission::ALL, &q).await, found, "{q}");
    }
    let all = count(&test, "auditor", Permission::ALL, "").await;
    assert_eq!(count(&test, "auditor", Permission::ALL, "-heard-by:anna").await, all - 1);
    assert_eq!(count(&test, "anna", HEARER, "heard-by:los").await, 0, "what others heard is not told by counting either");
    assert_eq!(count(&test, "anna", HEARER, "heard-by:anna").await, 1);
}

#[tokio::test]
async fn downloads_are_found_and_shown_at_the_call() {
    let test = make_test_host().await;
    let owner = test.host.local_api();
    let (call, id, _) = recorded(&owner).await.remove(0);
    let tom = api_of(&test, actor("tom", TAKER, Scope::Company));
    get(&tom, &format!("/recordings/{id}/audio")).await;
    assert_eq!(count(&test, "a", Permission::ALL, "downloaded-by:tom").await, 0, "hearing takes nothing away");
    get(&tom, &format!("/recordings/{id}/audio?use=download&until=1")).await;
    assert_eq!(count(&test, "a", Permission::ALL, "downloaded-by:tom").await, 1);
    assert_eq!(count(&test, "rita", HEARER, "downloaded-by:tom").await, 0);
    let taken = get(&owner, &format!("/calls/{call}")).await.json()["taken"].clone();
    assert_eq!((text(&taken[0]["who"]), text(&taken[0]["did"])), ("tom".to_owned(), "recording.download".to_owned()));
    assert_eq!(text(&taken[0]["detail"]), "0 s to 1 s, as wav");
    let rita = api_of(&test, actor("rita", HEARER, Scope::Company));
    assert_eq!(get(&rita, &format!("/calls/{call}")).await.json()["taken"], json!([]));
}

#[tokio::test]
async fn sound_is_cut_and_converted_on_the_way() {
    let test = make_test_host().await;
    let api = test.host.local_api();
    let (_, id, _) = recorded(&api).await.remove(0);
    let path = format!("/recordings/{id}/audio");
    let whole = get(&api, &path).await.body;
    let known = audit(&test).await.len();
    let cut = get(&api, &format!("{path}?use=download&from=0.5&until=1.25")).await;
    assert_eq!((cut.status.as_u16(), cut.header("content-type"), cut.header("etag")), (200, "audio/wav", ""));
    assert_eq!(cut.header("content-length"), cut.body.len().to_string());
    assert!(cut.header("content-disposition").ends_with(".wav\""), "{:?}", cut.headers);
    // Two channels of 16 bits at 8 kHz: 32,000 bytes a second, behind a header each.
    assert_eq!(cut.body[44..], whole[whole.len() - 64_000 + 16_000..whole.len() - 64_000 + 40_000], "exact to the sample");
    let ranged = ask(&api, Method::GET, &format!("{path}?until=1"), &[("range", "bytes=0-9")], "").await;
    assert_eq!((ranged.status.as_u16(), ranged.body.len()), (200, 44 + 32_000), "what is made has no ranges");
    for (format, media, magic) in
        [("mp3", "audio/mpeg", None), ("opus", "audio/ogg; codecs=opus", Some(b"OggS")), ("wav", "audio/wav", Some(b"RIFF"))]
    {
        let made = get(&api, &format!("{path}?convert={format}")).await;
        assert_eq!((made.status.as_u16(), made.header("content-type")), (200, media));
        assert!(magic.is_none_or(|magic| made.body.starts_with(magic)) && made.body.len() > 500, "{format}");
        let seconds = if format == "opus" {
            // The last page of an Ogg stream says how many samples of 48 kHz there were (RFC 7845, 4).
            let last = made.body.windows(4).rposition(|four| four == b"OggS").expect("a page");
            u64::from_le_bytes(made.body[last + 6..last + 14].try_into().expect("eight bytes")) as f64 / 48_000.0
        } else {
            let (length, name) = (made.body.len() as u64, format!("x.{format}"));
            let decoder = callreel::sound::open(Box::new(std::io::Cursor::new(made.body)), length, &name).expect(format);
            decoder.facts().seconds()
        };
        assert!((seconds - 2.0).abs() < 0.2, "{format}: {seconds}");
    }
    let details: Vec<Option<String>> = audit(&test).await.into_iter().skip(known).map(|entry| entry.detail).collect();
    let told = ["0.5 s to 1.25 s, as wav", "0 s to 1 s, as wav", "whole, as mp3", "whole, as opus", "whole, as wav"];
    assert_eq!(details, told.map(|detail| Some(detail.to_owned())));
    let known = audit(&test).await.len();
    for wrong in ["from=2&until=1", "from=-1", "from=nan", "from=x", "until=0", "convert=exe", "from=5"] {
        ask(&api, Method::GET, &format!("{path}?{wrong}"), &[], "").await.problem(400, "invalid");
    }
    assert_eq!(get(&api, &format!("{path}?from=1&until=99")).await.body.len(), 44 + 32_000, "behind the end means the end");
    assert_eq!(audited_since(&test, known).await.len(), 1, "what was refused was not heard");
    let head = ask(&api, Method::HEAD, &format!("{path}?convert=mp3"), &[], "").await;
    assert_eq!((head.status.as_u16(), head.header("content-type"), head.body.len()), (200, "audio/mpeg", 0));
    let hearer = api_of(&test, actor("h", HEARER, Scope::Company));
    get(&hearer, &format!("{path}?use=download&until=1")).await.problem(403, "not-allowed");
    let outside = api_of(&test, actor("sam", Permission::ALL, Scope::Projects(vec!["support".to_owned()])));
    get(&outside, &format!("{path}?until=1")).await.problem(404, "not-found");
}

#[tokio::test]
async fn clips_are_cut_kept_heard_and_removed() {
    let test = make_test_host().await;
    let owner = test.host.local_api();
    let (call, recording, _) = recorded(&owner).await.remove(0);
    let tom = api_of(&test, actor("tom", TAKER, Scope::Company));
    let rita = api_of(&test, actor("rita", HEARER, Scope::Company));
    let sam = api_of(&test, actor("sam", Permission::ALL, Scope::Projects(vec!["support".to_owned()])));
    let draft =
        |from: f64, until: f64| json!({"recording": recording, "from_s": from, "until_s": until, "title": "good"}).to_string();
    let known = audit(&test).await.len();
    let made = ask(&tom, Method::POST, "/clips", &[], &draft(0.5, 1.0)).await;
    assert_eq!(made.status, 201, "{made:?}");
    let made = made.json();
    let id = text(&made["id"]);
    assert_eq!(
        (text(&made["call"]), text(&made["recording"]), text(&made["title"])),
        (call.clone(), recording.clone(), "good".to_owned())
    );
    assert_eq!(
        (&made["from_s"], &made["until_s"], &made["channels"], &made["bytes"]),
        (&json!(0.5), &json!(1.0), &json!(2), &json!(16_044))
    );
    assert_eq!((text(&made["format"]), text(&made["who"])), ("wav/pcm".to_owned(), "tom".to_owned()));
    let entry = audit(&test).await.remove(known);
    assert_eq!((entry.did.as_str(), entry.object.as_deref()), ("clip.add", Some(id.as_str())));
    assert!(entry.detail.is_some_and(|detail| detail.contains(&recording) && detail.contains("0.5 s to 1 s")));
    for (from, until) in [(1.0, 1.0), (1.5, 1.0), (-1.0, 1.0), (5.0, 6.0)] {
        ask(&tom, Method::POST, "/clips", &[], &draft(from, until)).await.problem(400, "invalid");
    }
    ask(&rita, Method::POST, "/clips", &[], &draft(0.0, 1.0)).await.problem(403, "not-allowed");
    ask(&sam, Method::POST, "/clips", &[], &draft(0.0, 1.0)).await.problem(404, "not-found");

    assert_eq!(get(&rita, &format!("/clips/{id}")).await.json(), made);
    assert_eq!(get(&rita, "/clips").await.json(), json!([made]));
    assert_eq!(get(&rita, &format!("/clips?call={call}")).await.json(), json!([made]));
    let other = recorded(&owner).await[2].0.clone();
    assert_eq!(get(&rita, &format!("/clips?call={other}")).await.json(), json!([]));
    get(&rita, "/clips?call=nothing").await.problem(404, "not-found");
    assert_eq!(get(&sam, "/clips").await.json(), json!([]));
    for path in [format!("/clips/{id}"), format!("/clips/{id}/audio"), format!("/clips?call={call}")] {
        get(&sam, &path).await.problem(404, "not-found");
    }
    ask(&sam, Method::DELETE, &format!("/clips/{id}"), &[], "").await.problem(404, "not-found");

    let known = audit(&test).await.len();
    let path = format!("/clips/{id}/audio");
    let sound = get(&rita, &path).await;
    assert_eq!((sound.status.as_u16(), sound.header("etag")), (200, format!("\"{}\"", text(&made["sha256"])).as_str()));
    let part = ask(&rita, Method::GET, &path, &[("range", "bytes=44-143")], "").await;
    assert_eq!((part.status.as_u16(), &part.body[..]), (206, &sound.body[44..144]));
    get(&rita, &format!("{path}?use=download")).await.problem(403, "not-allowed");
    get(&tom, &format!("{path}?use=download&convert=mp3")).await;
    let told: Vec<String> =
        audited_since(&test, known).await.into_iter().map(|(did, outcome)| format!("{did} {outcome}")).collect();
    assert_eq!(told, ["clip.play done", "clip.download refused", "clip.download done"]);
    assert_eq!(count(&test, "a", Permission::ALL, "downloaded-by:tom").await, 1);

    let folder = test.folder.path().join("test.recordings");
    let file = std::fs::read_dir(&folder)
        .expect("folder")
        .flatten()
        .filter(|entry| entry.path().is_dir())
        .flat_map(|entry| std::fs::read_dir(entry.path()).expect("folder").flatten())
        .map(|entry| entry.path())
        .find(|path| path.to_string_lossy().contains("-clip"))
        .expect("its bytes");
    let bytes = std::fs::read(&file).expect("bytes");
    let mut damaged = bytes.clone();
    damaged[100] ^= 1;
    // Another length of time than that of the look before.
    std::fs::write(&file, &damaged).expect("write");
    get(&owner, &path).await.problem(409, "damaged");
    std::fs::write(&file, &bytes).expect("write");
    assert_eq!(get(&owner, &path).await.status, 200);

    ask(&rita, Method::DELETE, &format!("/clips/{id}"), &[], "").await.problem(403, "not-allowed");
    assert_eq!(ask(&tom, Method::DELETE, &format!("/clips/{id}"), &[], "").await.status, 204, "one's own");
    assert!(!file.exists(), "its bytes go with it");
    ask(&tom, Method::DELETE, &format!("/clips/{id}"), &[], "").await.problem(404, "not-found");
    get(&owner, &format!("/clips/{id}")).await.problem(404, "not-found");
    assert_eq!(count(&test, "a", Permission::ALL, "downloaded-by:tom").await, 1, "that it was downloaded stays known");
    assert!(audited_since(&test, known).await.contains(&("clip.remove".to_owned(), "done".to_owned())));
}

#[tokio::test]
async fn collections_are_seen_by_owner_and_readers_only() {
    let test = make_test_host().await;
    let owner = test.host.local_api();
    let (call, recording, _) = recorded(&owner).await.remove(0);
    let anna = api_of(&test, actor("anna", TAKER, Scope::Company));
    let ben = api_of(&test, actor("ben", HEARER, Scope::Company));
    let eve = api_of(&test, actor("eve", Permission::ALL, Scope::Company));
    let sam = api_of(&test, actor("sam", Permission::ALL, Scope::Projects(vec!["support".to_owned()])));
    let version = |version: i64| [("if-match", format!("\"{version}\""))];
    let put = async |api, body: Value, seen: i64| {
        let headers = version(seen);
        ask(api, Method::PUT, "/collections/training", &[(headers[0].0, &headers[0].1)], &body.to_string()).await
    };
    let body = json!({"name": "training", "description": "good calls", "readers": ["ben"]});
    put(&anna, body.clone(), 3).await.problem(404, "not-found");
    let made = put(&anna, body.clone(), 0).await.json();
    assert_eq!((text(&made["owner"]), &made["version"], &made["items"]), ("anna".to_owned(), &json!(1), &json!([])));
    put(&anna, body.clone(), 0).await.problem(409, "conflict");
    ask(&anna, Method::PUT, "/collections/training", &[], &body.to_string()).await.problem(409, "conflict");
    ask(&anna, Method::DELETE, "/collections/training", &[], "").await.problem(428, "version-missing");
    put(&anna, body.clone(), 2).await.problem(412, "changed");
    put(&anna, json!({"name": "other"}), 1).await.problem(409, "conflict");
    put(&ben, body.clone(), 1).await.problem(403, "read-only");
    put(&ben, body.clone(), 0).await.problem(409, "conflict");
    put(&eve, body.clone(), 1).await.problem(404, "not-found");

    let draft = json!({"recording": recording, "from_s": 0, "until_s": 1, "title": null}).to_string();
    let clip = text(&ask(&anna, Method::POST, "/clips", &[], &draft).await.json()["id"]);
    let items = "/collections/training/items";
    for (kind, id) in [("call", &call), ("clip", &clip), ("call", &call)] {
        let added = ask(&anna, Method::POST, items, &[], &json!({"kind": kind, "id": id}).to_string()).await;
        assert_eq!((added.status.as_u16(), text(&added.json()["id"])), (201, id.clone()));
    }
    ask(&anna, Method::POST, items, &[], r#"{"kind":"call","id":"nothing"}"#).await.problem(404, "not-found");
    ask(&anna, Method::POST, items, &[], r#"{"kind":"song","id":"x"}"#).await.problem(400, "invalid");
    ask(&ben, Method::POST, items, &[], &json!({"kind": "call", "id": call}).to_string()).await.problem(403, "read-only");
    ask(&eve, Method::POST, items, &[], &json!({"kind": "call", "id": call}).to_string()).await.problem(404, "not-found");
    let seen = get(&ben, "/collections/training").await.json();
    let ids: Vec<String> = seen["items"].as_array().expect("items").iter().map(|item| text(&item["id"])).collect();
    assert_eq!((ids, &seen["version"]), (vec![call.clone(), clip.clone()], &json!(3)));
    assert_eq!(get(&ben, "/collections").await.json(), json!([seen]));
    get(&eve, "/collections/training").await.problem(404, "not-found");
    assert_eq!(get(&eve, "/collections").await.json(), json!([]));
    for (who, found) in [("anna", 1), ("ben", 1), ("eve", 0)] {
        assert_eq!(count(&test, who, Permission::ALL, "in:TRAIN*").await, found, "{who}");
        assert_eq!(count(&test, who, Permission::ALL, "in:train").await, 0, "the whole name is wanted");
    }

    put(&anna, json!({"readers": ["*"]}), 1).await.problem(412, "changed");
    let now = put(&anna, json!({"readers": ["*"]}), 3).await.json();
    assert_eq!(
        (&now["readers"], &now["description"], now["items"].as_array().map(Vec::len)),
        (&json!(["*"]), &json!(null), Some(2))
    );
    assert_eq!(get(&eve, "/collections/training").await.status, 200, "* is everybody");
    assert_eq!(get(&sam, "/collections/training").await.json()["items"], json!([]), "a collection widens nobody's rights");
    assert_eq!(count(&test, "eve", Permission::ALL, "in:training").await, 1);

    // A removed clip leaves the collections that had it.
    assert_eq!(ask(&anna, Method::DELETE, &format!("/clips/{clip}"), &[], "").await.status, 204);
    assert_eq!(get(&anna, "/collections/training").await.json()["items"].as_array().map(Vec::len), Some(1));
    let item = format!("{items}/call/{call}");
    ask(&ben, Method::DELETE, &item, &[], "").await.problem(403, "read-only");
    assert_eq!(ask(&anna, Method::DELETE, &item, &[], "").await.status, 204);
    ask(&anna, Method::DELETE, &item, &[], "").await.problem(404, "not-found");
    let latest = get(&anna, "/collections/training").await.json()["version"].as_i64().expect("version");
    let remove = async |api, seen: i64| {
        let headers = version(seen);
        ask(api, Method::DELETE, "/collections/training", &[(headers[0].0, &headers[0].1)], "").await
    };
    remove(&ben, latest).await.problem(403, "read-only");
    remove(&anna, latest - 1).await.problem(412, "changed");
    assert_eq!(remove(&anna, latest).await.status, 204);
    get(&anna, "/collections/training").await.problem(404, "not-found");
}

#[tokio::test]
async fn a_note_without_a_text_is_a_mark_at_its_position() {
    let test = make_test_host().await;
    let api = test.host.local_api();
    let (call, ..) = recorded(&api).await.remove(0);
    let path = format!("/calls/{call}/notes");
    ask(&api, Method::POST, &path, &[], r#"{"text":" ","at":null}"#).await.problem(400, "invalid");
    let mark = ask(&api, Method::POST, &path, &[], r#"{"text":"","at":1.5}"#).await;
    assert_eq!((mark.status.as_u16(), &mark.json()["text"], &mark.json()["at"]), (201, &json!(""), &json!(1.5)));
    let note = text(&mark.json()["id"]);
    let found = async |q: &str| get(&api, &format!("/calls/count?q={q}")).await.json()["count"].as_u64();
    assert_eq!(found("has:note").await, Some(1));
    let body = r#"{"text":"promised a refund","at":1.5}"#;
    assert_eq!(ask(&api, Method::PUT, &format!("/notes/{note}"), &[("if-match", "\"1\"")], body).await.status, 200);
    assert_eq!(found("note:refund").await, Some(1), "notes at a position are found by their words");
    let body = r#"{"text":"","at":null}"#;
    ask(&api, Method::PUT, &format!("/notes/{note}"), &[("if-match", "\"2\"")], body).await.problem(400, "invalid");
}
