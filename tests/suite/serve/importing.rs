//! `callreel import` through a server tells and does what it does with a file.

use std::{
    fs,
    os::unix::fs::PermissionsExt,
    path::{Path, PathBuf},
};

use serde_json::Value;

use super::server::{Said, Server, home, run};
use crate::common::home::Home;

fn sample(name: &str) -> String {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/data/asterisk/spool").join(name);
    path.to_str().expect("UTF-8").to_owned()
}

/// The whole sample, with further options.
fn import(home: &Home, more: &[&str]) -> Said {
    let files = ["calls.json", "events.json", "queue_log", "done"].map(sample);
    let [cdr, cel, queue_log, done] = files.each_ref().map(String::as_str);
    let command = ["import", "asterisk", "--cdr", cdr, "--cel", cel, "--queue-log", queue_log, "--recordings", done];
    run(home, &[command.as_slice(), more].concat())
}

fn without_ids(value: &mut Value) {
    match value {
        Value::Object(fields) => {
            fields.retain(|name, _| name != "id");
            fields.values_mut().for_each(without_ids);
        }
        Value::Array(items) => items.iter_mut().for_each(without_ids),
        _ => {}
    }
}

/// All calls as they are listed, without what every database makes for itself.
fn calls(home: &Home, place: &[&str]) -> Vec<String> {
    let said = run(home, &[["calls", "--format", "ndjson"].as_slice(), place].concat());
    assert_eq!(said.status, 0, "{}", said.words);
    let mut calls: Vec<String> = said
        .out
        .lines()
        .map(|line| {
            let mut call = serde_json::from_str(line).expect("a call");
            without_ids(&mut call);
            call.to_string()
        })
        .collect();
    calls.sort();
    calls
}

fn spool(home: &Home) -> Vec<PathBuf> {
    fs::read_dir(home.join("a.spool"))
        .map(|entries| entries.map(|entry| entry.expect("entry").path()).collect())
        .unwrap_or_default()
}

#[test]
fn an_import_through_a_server_is_as_one_into_a_file() {
    let home = home();
    assert_eq!(run(&home, &["generate", "--calls", "60", "--seed", "1", "--db", "b.db", "--quiet"]).status, 0);
    let local = import(&home, &["--db", "b.db", "--format", "json"]);
    let preview = import(&home, &["--db", "b.db", "--preview"]);
    let expected = calls(&home, &["--db", "b.db"]);
    let server = Server::start(home);
    let socket = server.place("unix:").to_owned();
    let far = import(&server.home, &["--server", &socket, "--preview"]);
    assert_eq!((far.status, &far.out), (0, &preview.out), "{}", far.words);
    assert!(far.out.contains("[asterisk]"));
    let far = import(&server.home, &["--server", &socket, "--format", "json"]);
    assert_eq!((far.status, &far.words), (local.status, &local.words));
    assert_eq!(
        serde_json::from_str::<Value>(&far.out).expect("json"),
        serde_json::from_str::<Value>(&local.out).expect("json"),
        "the same counts"
    );
    assert_eq!(calls(&server.home, &["--server", &socket]), expected);
    assert!(expected.len() > 70, "60 were there before");
    // By the name of the database that the server holds, and again: nothing is added.
    let again = import(&server.home, &["--db", "a.db", "--format", "json"]);
    let counts: Value = serde_json::from_str(&again.out).expect("json");
    assert_eq!((again.status, &counts["new_calls"], &counts["new_recordings"]), (0, &0.into(), &0.into()), "{counts}");
    assert_eq!(calls(&server.home, &["--db", "a.db"]), expected);
    assert_eq!(spool(&server.home), Vec::<PathBuf>::new(), "what was sent goes with its job");
}

#[test]
fn what_is_wrong_is_named_and_ends_as_it_does_with_a_file() {
    let server = Server::start(home());
    let place = ["--db", "a.db"];
    let wrong = server.home.join("wrong one.json");
    fs::write(&wrong, "hello, this is no record\n").expect("written");
    let wrong = wrong.to_str().expect("UTF-8");
    let run = |more: &[&str]| server.run(&[["import", "asterisk"].as_slice(), more, &place].concat());
    let said = run(&["--cdr", wrong]);
    assert_eq!(said.status, 1, "{}", said.words);
    assert!(said.words.contains("wrong one.json") && said.words.contains("Master.csv"), "{}", said.words);
    assert!(!said.words.contains(".spool"), "no path of the server is told: {}", said.words);
    let good = sample("calls.json");
    let said = run(&["--cdr", &good, wrong]);
    assert_eq!(said.status, 5, "the others were taken: {}", said.words);
    assert!(said.words.contains("wrong one.json"), "{}", said.words);
    assert!(said.words.contains("new calls") && !said.words.contains(".spool"), "{}", said.words);
    for (more, status, words) in [
        (["--cdr", "none.json"].as_slice(), 4, "none.json"),
        (&["--cdr", &good, "--follow"], 2, "--follow"),
        (&["--cdr", &good, "--in-place"], 2, "--in-place"),
        (&["--cdr", &good, "--settings", wrong], 2, "wrong"),
    ] {
        let said = run(more);
        assert_eq!(said.status, status, "{more:?}: {}", said.words);
        assert!(said.words.contains(words), "{more:?}: {}", said.words);
    }
    let customers = server.home.join("customers.csv");
    fs::write(&customers, "name,number\nKowalski,+48600100900\n").expect("written");
    let said = server.run(&["customer", "import", customers.to_str().expect("UTF-8"), "--db", "a.db"]);
    assert_eq!(said.status, 0, "{}", said.words);
    assert!(said.words.contains("1 customers added"), "{}", said.words);
    assert_eq!(spool(&server.home), Vec::<PathBuf>::new());
}

#[test]
fn settings_are_sent_and_who_may_not_import_is_told_before_anything_goes() {
    let server = Server::start(home());
    let preview = import(&server.home, &["--db", "a.db", "--preview"]);
    fs::write(server.home.join("s.toml"), preview.out.replace("zone = ", "zone = \"Asia/Tokyo\" # ")).expect("written");
    let said = import(&server.home, &["--db", "a.db", "--preview", "--settings", "s.toml"]);
    assert!(said.out.contains("Asia/Tokyo"), "{}{}", said.out, said.words);
    let token = server.run(&["token", "add", "--name", "reader", "--scope", "see", "--db", "a.db", "--format", "json"]);
    assert_eq!(token.status, 0, "{}", token.words);
    let token: Value = serde_json::from_str(&token.out).expect("json");
    fs::write(server.home.join("t"), token["token"].as_str().expect("a token")).expect("written");
    fs::set_permissions(server.home.join("t"), fs::Permissions::from_mode(0o600)).expect("mode");
    let home = &server.home;
    let mut command = home.command(&["import", "asterisk", "--cdr", &sample("calls.json"), "--server", server.place("http://")]);
    let said = command.env("CALLREEL_TOKEN_FILE", home.join("t")).output().expect("the program");
    let words = String::from_utf8_lossy(&said.stderr);
    assert_eq!(said.status.code(), Some(3), "{words}");
    assert!(words.contains("\"import\""), "{words}");
}
