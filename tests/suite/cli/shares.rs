//! `callreel share` on the command line: what it makes, lists and ends, and how long at most.

use serde_json::Value;

use super::bench::Bench;

fn recorded(bench: &Bench) -> (String, String) {
    let call = bench.say("calls is:recorded --limit 1 --format json").done().json();
    let text = |value: &Value| value.as_str().unwrap().to_owned();
    (text(&call[0]["id"]), text(&call[0]["recordings"][0]["id"]))
}

#[test]
fn a_clip_is_shared_and_the_list_tells_how_it_stands() {
    let bench = Bench::imported();
    let (call, recording) = recorded(&bench);
    let clip = bench.say(&format!("clip add {recording} --from 0 --until 1 --title start --format json")).done().json();
    let clip = clip["id"].as_str().unwrap();
    let made = bench.say(&format!("share add {clip} {call} --title hello --plays 3 --expires 2w --format json")).done();
    let words = made.words.clone();
    let made = made.json();
    assert!(
        made["path"].as_str().unwrap().starts_with("/s/") && made["url"].is_null() && words.contains("address of your server")
    );
    let kinds: Vec<&str> = made["items"].as_array().unwrap().iter().map(|item| item["kind"].as_str().unwrap()).collect();
    assert!(kinds.len() >= 2 && kinds[0] == "clip" && kinds[1..].iter().all(|kind| *kind == "recording"), "{made}");
    let id = made["id"].as_str().unwrap();
    let line = |format: &str| bench.say(&format!("share list --format {format}")).done().out;
    let csv = line("csv");
    assert!(csv.starts_with("id,title,who,state,expires,plays_left,played,passphrase\n"), "{csv}");
    assert!(csv.contains(&format!("{id},hello,local:root,open,")) || csv.contains(",open,"), "{csv}");
    assert!(line("table").contains("open") && !line("json").contains("/s/"), "the link is told once");
    let shown = bench.say(&format!("share show {id} --format json")).done().json();
    assert_eq!((&shown["plays_left"], &shown["state"]), (&3.into(), &"open".into()));
    bench.say(&format!("share revoke {id}")).done();
    assert_eq!(bench.say(&format!("share show {id} --format json")).done().json()["state"], "revoked");
    bench.say(&format!("share revoke {id} h-none")).ended(5);
    assert!(bench.say("share add nothing").ended(4).words.contains("no recording, clip or call"));
    assert!(bench.say("share show h-none").ended(4).words.contains("callreel share list"));
}

#[test]
fn the_longest_share_is_a_setting() {
    let bench = Bench::imported();
    let (_, recording) = recorded(&bench);
    let add = |more: &str| bench.say(&format!("share add {recording} {more}"));
    assert!(add("--expires 91d").ended(2).words.contains("1 second to 90 days"));
    assert!(add("--expires 0d").ended(2).words.contains("end at once"));
    add("--expires 5s").done();
    std::fs::write(bench.home.join("c.toml"), "[shares]\nlongest = \"2w\"\n").unwrap();
    assert!(add("--expires 15d --config c.toml").ended(2).words.contains("1 second to 14 days"));
    add("--expires 2w --config c.toml").done();
    std::fs::write(bench.home.join("c.toml"), "[shares]\nlongest = \"200d\"\n").unwrap();
    add("--expires 199d --config c.toml").done();
    std::fs::write(bench.home.join("c.toml"), "[shares]\nlongest = \"soon\"\n").unwrap();
    assert!(add("--config c.toml").ended(2).words.contains("c.toml:2: \"shares.longest\""));
}
