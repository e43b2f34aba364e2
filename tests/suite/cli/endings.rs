//! Exit statuses, and what is said with them.

use std::{
    io::{BufRead, BufReader},
    process::Stdio,
};

use super::bench::Bench;

#[test]
fn a_wrong_query_shows_where() {
    let bench = Bench::imported();
    let said = bench.say("calls is:missed lenght:>2m").ended(2);
    assert_eq!(said.out, "");
    assert_eq!(
        said.words,
        "callreel: no field \"lenght:\"; did you mean \"len:\"?\n  is:missed lenght:>2m\n            ^^^^^^^\n"
    );
}

#[test]
fn wrong_usage_is_two_with_the_nearest_word() {
    let bench = Bench::imported();
    for (line, wanted) in [
        ("cals", "no command \"cals\"; did you mean \"calls\"?"),
        ("calls --cuont", "no flag \"--cuont\" here; did you mean \"--count\"?"),
        ("calls --columns strat", "did you mean \"start\"?"),
        ("calls --sort tlak", "did you mean \"talk"),
        ("calls --facets directoin", "did you mean \"direction\"?"),
        ("calls --format xml", "xml"),
        ("calls --count --totals", "cannot be used with"),
        ("calls --server http://127.0.0.1:9", "cannot be used with"),
        ("calls --limit 0", "at least 1"),
    ] {
        let said = bench.say(line).ended(2);
        assert!(said.words.starts_with("callreel: ") && said.words.contains(wanted), "{line}: {}", said.words);
        assert_eq!(said.out, "", "{line}");
    }
}

#[test]
fn what_is_not_there_is_four_and_out_of_reach_is_six() {
    let bench = Bench::imported();
    bench.say("show nothing").ended(4);
    bench.run(&["import", "asterisk", "--cdr", "none.json", "--db", "new.db"]).ended(4);
    assert!(!bench.home.join("new.db").exists(), "nothing is made for a file that is not there");
    let long = "a".repeat(100_000);
    assert!(bench.run(&["calls", "--db", "a.db", &long]).ended(2).words.contains("too long"));
    assert!(bench.say("show nothing --columns start").ended(2).words.contains("it belongs to `calls`"));
    bench.say("note add nothing text").ended(4);
    bench.say("extension show 999").ended(4);
    let said = bench.run(&["calls", "--db", "none.db"]).ended(4);
    assert!(said.words.contains("none.db"), "{}", said.words);
    assert!(!bench.home.join("none.db").exists(), "a question makes no database");
    let said = bench.run(&["calls", "--count"]).ended(4);
    assert!(said.words.contains("callreel.db"), "{}", said.words);
    let said = bench.run(&["calls", "--count", "--server", "http://127.0.0.1:9"]).ended(6);
    assert!(said.words.contains("http://127.0.0.1:9"), "{}", said.words);
    bench.run(&["calls", "--server", "unix:/run/x.sock"]).ended(6);
}

#[test]
fn a_wrong_configuration_names_line_and_key() {
    let bench = Bench::imported();
    std::fs::write(bench.home.join("c.toml"), "\nthem = \"dark\"\n").unwrap();
    for line in ["calls --count", "config check"] {
        let said = bench.say(&format!("{line} --config c.toml")).ended(2);
        assert_eq!(said.words, "callreel: c.toml:2: no key \"them\"; did you mean \"theme\"?\n");
    }
    assert_eq!(bench.say("config path --config c.toml").done().out, "c.toml\n");
    bench.say("calls --config none.toml").ended(2);
    bench.run(&["config", "init"]).done();
    bench.run(&["config", "check"]).done();
    bench.run(&["config", "init"]).ended(1);
}

#[test]
fn the_environment_names_the_place_and_flags_beat_it() {
    let bench = Bench::imported();
    let count = |variable: &str, value: &str, words: &[&str]| {
        let output = bench.home.command(words).env(variable, value).output().unwrap();
        (output.status.code(), String::from_utf8(output.stdout).unwrap())
    };
    assert_eq!(count("CALLREEL_DB", "a.db", &["calls", "--count"]), (Some(0), "18\n".to_owned()));
    assert_eq!(count("CALLREEL_DB", "none.db", &["calls", "--count", "--db", "a.db"]), (Some(0), "18\n".to_owned()));
    assert_eq!(count("CALLREEL_SERVER", "http://127.0.0.1:9", &["calls", "--count"]).0, Some(6));
    std::fs::write(bench.home.join("c.toml"), "active_profile = \"x\"\n[profile.x]\ndb = \"a.db\"\n").unwrap();
    assert_eq!(count("CALLREEL_CONFIG", "c.toml", &["calls", "--count"]), (Some(0), "18\n".to_owned()));
    assert_eq!(count("CALLREEL_CONFIG", "c.toml", &["calls", "--count", "--profile", "y"]).0, Some(2));
}

#[test]
fn a_closed_pipe_ends_quietly() {
    let bench = Bench::empty();
    bench.run(&["generate", "--calls", "3000", "--seed", "1", "--db", "a.db", "--quiet"]).done();
    let words = ["calls", "--db", "a.db"];
    let mut child = bench.home.command(&words).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    let mut first = String::new();
    // Reading one line and going away is what `head -1` does.
    BufReader::new(child.stdout.take().unwrap()).read_line(&mut first).unwrap();
    assert!(first.starts_with('{'), "{first}");
    let output = child.wait_with_output().unwrap();
    assert_eq!((output.status.code(), String::from_utf8(output.stderr).unwrap()), (Some(0), String::new()));
}
