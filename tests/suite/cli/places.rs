//! What makes a database and what does not, and who has it.

use super::bench::Bench;

#[test]
fn only_what_fills_a_database_makes_one_and_its_folder() {
    let bench = Bench::empty();
    let pick = |words: &str, place: &str| {
        let words: Vec<&str> = words.split(' ').chain(["--db", place]).collect();
        bench.run(&words)
    };
    for asks in [
        "calls",
        "user list",
        "user add anna --role auditor --login anna",
        "role add night --permissions see",
        "token add --name x --scope see",
        "view add lost is:missed",
        "collection add training",
        "share list",
        "audit verify",
        "backup b.tar",
        "whoami",
        "serve --fingerprint",
    ] {
        for place in ["none.db", "no/folder/none.db"] {
            let said = pick(asks, place).ended(4);
            assert!(said.words.contains("there is no database") && said.words.contains("callreel import"), "{}", said.words);
        }
    }
    for sets_up in ["extension add 101 --group sales", "project add sales", "serve --listen none"] {
        let said = pick(sets_up, "no/folder/none.db").ended(4);
        assert!(said.words.contains("there is no folder no/folder") || said.words.contains("/no/folder for"), "{}", said.words);
    }
    let left: Vec<_> = std::fs::read_dir(bench.home.path()).unwrap().map(|entry| entry.unwrap().file_name()).collect();
    assert_eq!(left, ["run"], "nothing was made");
    let said = pick("extension add 101", "new.db").done();
    assert_eq!(said.words, "made the new, empty database new.db\n");
    assert_eq!(pick("extension add 102", "new.db").done().words, "");
    pick("generate --calls 3 --seed 1 --quiet", "a/folder/of/its.db").done();
    assert_eq!(pick("calls --count", "a/folder/of/its.db").done().out, "3\n");
}

#[test]
fn a_remark_survives_being_added_again() {
    let bench = Bench::imported();
    bench.run(&["project", "add", "night", "--remark", "kept", "--db", "a.db"]).done();
    bench.say("project add night").done();
    assert_eq!(bench.say("project show night --format json").done().json()["remark"], "kept");
    bench.run(&["project", "set", "night", "--remark", "", "--db", "a.db"]).done();
    assert!(bench.say("project show night --format json").done().json()["remark"].is_null());
}

#[test]
fn backups_say_what_stands_in_their_way_and_leave_nothing_half() {
    let bench = Bench::imported();
    std::fs::create_dir(bench.home.join("b")).unwrap();
    assert!(bench.say("backup b").ended(1).words.contains("is a folder"));
    let said = bench.say("backup none/b.tar").ended(1);
    assert_eq!(said.words, "callreel: none/b.tar cannot be written: there is no such folder; make it first\n");
    bench.say("backup b/1.tar").done();
    let first = std::fs::read(bench.home.join("b/1.tar")).unwrap();
    let said = bench.say("backup b/1.tar").ended(1);
    assert!(said.words.contains("is there already") && said.words.contains("--replace"), "{}", said.words);
    assert!(std::fs::read(bench.home.join("b/1.tar")).unwrap() == first);
    bench.say("backup b/1.tar --replace").done();
    let said = bench.say("restore b/1.tar").ended(1);
    assert!(said.words.contains("a.db is there already"), "{}", said.words);
    let said = bench.run(&["restore", "b/none.tar", "--db", "again.db"]).ended(4);
    assert!(said.words.contains("b/none.tar"), "{}", said.words);
    let _socket = std::os::unix::net::UnixListener::bind(bench.home.join("s")).unwrap();
    assert!(bench.say("backup s --replace").ended(1).words.contains("is no file"));
    std::fs::write(bench.home.join("cut.tar"), &first[..first.len() / 2]).unwrap();
    let said = bench.run(&["restore", "cut.tar", "--db", "again.db"]).ended(1);
    assert!(said.words.contains("cut.tar"), "{}", said.words);
    assert!(!bench.home.join("again.db").exists() && !bench.home.join("again.recordings").exists());
    let left: Vec<_> = std::fs::read_dir(bench.home.join("b")).unwrap().map(|entry| entry.unwrap().file_name()).collect();
    assert_eq!(left, ["1.tar"]);
}
