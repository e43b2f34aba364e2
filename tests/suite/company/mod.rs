//! Made-up companies through the real program: `generate` and `demo`.

use std::process::Output;

use crate::common::home::Home;

fn callreel(home: &Home, words: &[&str]) -> Output {
    home.command(words).output().expect("the program starts")
}

fn done(home: &Home, words: &[&str]) -> String {
    let output = callreel(home, words);
    let errors = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{words:?}: {:?} {errors}", output.status);
    String::from_utf8(output.stdout).expect("text")
}

fn count(home: &Home, database: &str, query: &[&str]) -> u64 {
    let words: Vec<&str> = [&["calls", "--count", "--db", database], query].concat();
    let text = done(home, &words);
    text.trim().parse().unwrap_or_else(|_| panic!("{query:?} counts {text:?}"))
}

#[test]
fn generate_fills_an_empty_database_and_refuses_a_full_one() {
    let home = &Home::new().set("TZ", "Pacific/Auckland");
    done(home, &["generate", "--calls", "2000", "--seed", "1", "--recordings", "5", "--db", "a.db"]);
    assert_eq!(count(home, "a.db", &[]), 2_000);
    assert_eq!(count(home, "a.db", &["is:recorded"]), 820);
    assert_eq!(count(home, "a.db", &["on:internal"]), 5);
    assert_eq!(count(home, "a.db", &["date:2023-11-01..2026-10-31"]), 2_000);
    assert!(count(home, "a.db", &["has:note"]) > 5);
    assert!(count(home, "a.db", &["has:tag"]) > 5);
    let sum: u64 = ["answered", "missed", "unanswered", "abandoned", "busy", "failed"]
        .iter()
        .map(|outcome| count(home, "a.db", &[&format!("is:{outcome}")]))
        .sum();
    assert_eq!(sum, 2_000);
    let again = callreel(home, &["generate", "--calls", "10", "--seed", "1", "--db", "a.db"]);
    assert_eq!(again.status.code(), Some(1));
    let words = String::from_utf8_lossy(&again.stderr);
    assert!(words.contains("a.db") && words.contains("has calls already"), "{words}");
    assert_eq!(count(home, "a.db", &[]), 2_000);
}

#[test]
fn the_same_seed_fills_two_databases_alike() {
    let home = &Home::new().set("TZ", "Pacific/Auckland");
    let list = |database: &str, seed: &str| {
        done(home, &["generate", "--calls", "300", "--seed", seed, "--db", database]);
        done(home, &["calls", "--format", "ndjson", "--db", database])
    };
    let (first, second, other) = (list("a.db", "7"), list("b.db", "7"), list("c.db", "8"));
    assert_eq!(first.lines().count(), 300);
    for (first, second) in first.lines().zip(second.lines()) {
        assert_eq!(first, second);
    }
    assert!(first != other, "another seed gives other calls");
}

#[test]
fn generate_asked_for_the_impossible_makes_nothing() {
    let home = &Home::new().set("TZ", "Pacific/Auckland");
    for words in [
        vec!["generate", "--calls", "10", "--recordings", "11", "--db", "a.db"],
        vec!["generate", "--calls", "10", "--until", "2002-01-01", "--db", "a.db"],
        vec!["generate", "--calls", "10", "--server", "http://127.0.0.1:9"],
    ] {
        let output = callreel(home, &words);
        assert_eq!(output.status.code(), Some(2), "{words:?} {}", String::from_utf8_lossy(&output.stderr));
    }
    assert!(!home.join("a.db").exists());
}

#[test]
fn a_demo_is_made_once_and_found_again() {
    let home = &Home::new().set("TZ", "Pacific/Auckland");
    let make = |words: &[&str]| callreel(home, &[&["demo", "--dir", "demo"], words].concat());
    let made = make(&["--calls", "1500"]);
    let words = String::from_utf8_lossy(&made.stderr).into_owned();
    assert!(made.status.success() && words.contains("demo/callreel.db"), "{words}");
    assert_eq!(count(home, "demo/callreel.db", &[]), 1_500);
    let heard = count(home, "demo/callreel.db", &["on:internal"]);
    assert!((24..=40).contains(&heard), "{heard}");
    assert!(count(home, "demo/callreel.db", &["date:-12h.."]) > 10, "the newest calls are of now");
    let first = done(home, &["calls", "--format", "ndjson", "--limit", "5", "--db", "demo/callreel.db"]);
    let again = make(&[]);
    assert!(again.status.success());
    assert_eq!(done(home, &["calls", "--format", "ndjson", "--limit", "5", "--db", "demo/callreel.db"]), first);
    let other = make(&["--seed", "5"]);
    assert!(other.status.success() && String::from_utf8_lossy(&other.stderr).contains("--dir"));
}

#[test]
fn a_demo_wants_a_folder_of_its_own() {
    let home = &Home::new().set("TZ", "Pacific/Auckland");
    std::fs::create_dir(home.join("mine")).expect("folder");
    std::fs::write(home.join("mine/letter.txt"), "hello").expect("file");
    let refused = callreel(home, &["demo", "--dir", "mine"]);
    assert_eq!(refused.status.code(), Some(1));
    assert!(String::from_utf8_lossy(&refused.stderr).contains("--dir"));
    let left: Vec<_> = std::fs::read_dir(home.join("mine")).expect("folder").collect();
    assert_eq!(left.len(), 1, "nothing was put there");
}

#[test]
fn a_demo_that_was_broken_off_is_made_anew() {
    let home = &Home::new().set("TZ", "Pacific/Auckland");
    std::fs::create_dir(home.join("demo")).expect("folder");
    std::fs::write(home.join("demo/demo.json"), r#"{"calls":100,"seed":1,"complete":false}"#).expect("marker");
    std::fs::write(home.join("demo/callreel.db"), "").expect("rest");
    let made = callreel(home, &["demo", "--dir", "demo", "--calls", "400"]);
    assert!(made.status.success(), "{}", String::from_utf8_lossy(&made.stderr));
    assert_eq!(count(home, "demo/callreel.db", &[]), 400);
}
