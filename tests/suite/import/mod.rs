//! `import asterisk` through the real store: the samples as they lie on disk, twice, split, and broken.

mod sides;

use std::{
    collections::BTreeMap,
    fs,
    path::{Path, PathBuf},
};

use callreel::{
    domain::{
        actor::Scope,
        call::{Call, Number},
        directory::Company,
        length::Tenths,
        list::PageRequest,
        query::{Filter, Sort},
        why::why,
    },
    host::{
        Host, OpenRequest,
        import::{Order, Summary, preview, run},
    },
};

fn data(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/data/asterisk").join(name)
}

fn spool(name: &str) -> PathBuf {
    data("spool").join(name)
}

fn everything() -> Order {
    Order {
        company: company(),
        cdr: vec![spool("calls.json")],
        cel: vec![spool("events.json")],
        queue_log: vec![spool("queue_log")],
        recordings: Some(spool("done")),
        ..Order::default()
    }
}

fn company() -> Company {
    Company { zone: "UTC".to_owned(), ..Company::default() }
}

async fn import(db: &Path, order: Order) -> Summary {
    run(OpenRequest::new(db), order, |_| {}, std::future::pending()).await.expect("import")
}

async fn calls(db: &Path) -> Vec<Call> {
    let host = Host::open(OpenRequest::new(db)).await.expect("open");
    let request = PageRequest { filter: Filter::All, sort: Sort::default(), limit: 500, after: None, backwards: false };
    let mut items = host.store().page(Scope::Company, request).await.expect("page").items;
    host.close().await.expect("close");
    items.sort_by_key(|call| call.start);
    items
}

fn rows(file: &str) -> Vec<BTreeMap<String, String>> {
    csv::Reader::from_path(data(file)).expect("expected").deserialize().collect::<Result<_, _>>().expect("rows")
}

fn digits(number: &Option<Number>) -> String {
    number.as_ref().map(|number| number.canonical.replace('+', "")).unwrap_or_default()
}

fn word<T: ToString>(value: &Option<T>) -> String {
    value.as_ref().map(ToString::to_string).unwrap_or_default()
}

fn near(what: &str, expected: &str, got: Option<Tenths>) {
    let expected: f64 = expected.parse().expect("number");
    let got = got.unwrap_or_else(|| panic!("{what} unknown")).seconds();
    assert!((expected - got).abs() <= 0.15, "{what}: {got}, expected {expected}");
}

fn compare(calls: &[Call], with_recordings: bool) {
    let rows = rows("expected.csv");
    assert_eq!(calls.len(), rows.len());
    for (row, call) in rows.iter().zip(calls) {
        let kind = &row["kind"];
        let start: jiff::Timestamp = row["start"].parse().expect("start");
        assert!((call.start.as_millisecond() - start.as_millisecond()).abs() <= 150, "{kind}");
        for (what, got) in [
            ("direction", call.direction.to_string()),
            ("route", word(&call.route)),
            ("outcome", call.outcome.to_string()),
            ("from", digits(&call.from)),
            ("to", digits(&call.to)),
            ("reached", digits(&call.reached)),
            ("extension", word(&call.extension)),
            ("extensions", call.extensions.join(" ")),
            ("queue", word(&call.queue)),
            ("legs", call.legs.to_string()),
        ] {
            assert_eq!(got, row[what], "{kind}: {what}");
        }
        near(&format!("{kind}: wait"), &row["wait_s"], call.wait);
        near(&format!("{kind}: talk"), &row["talk_s"], call.talk);
        near(&format!("{kind}: on hold"), &row["on_hold_s"], call.on_hold);
        near(&format!("{kind}: duration"), &row["duration_s"], call.duration);
        if with_recordings {
            assert_eq!(call.recordings.len().to_string(), row["recordings"], "{kind}: recordings");
            assert_eq!(word(&call.recording_mode()), row["mode"], "{kind}: mode");
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_spool_is_the_calls_that_were_made_and_importing_again_adds_nothing() {
    let folder = tempfile::tempdir().expect("folder");
    let db = folder.path().join("a.db");
    let first = import(&db, everything()).await;
    assert_eq!(
        (first.new_calls, first.new_recordings, first.rejected_lines, first.unassigned_recordings),
        (18, 10, 0, 0),
        "{first:?}"
    );
    compare(&calls(&db).await, true);
    let again = import(&db, everything()).await;
    assert_eq!((again.new_calls, again.changed_calls, again.new_recordings, again.known_recordings), (0, 0, 0, 10), "{again:?}");
    let master = import(&db, Order { company: company(), cdr: vec![spool("Master.csv")], ..Order::default() }).await;
    assert_eq!((master.new_calls, master.rejected_lines), (0, 0), "{master:?}");
    compare(&calls(&db).await, true);
}

#[tokio::test(flavor = "multi_thread")]
async fn each_call_tells_why_it_was_recorded_or_not() {
    let folder = tempfile::tempdir().expect("folder");
    let db = folder.path().join("a.db");
    import(&db, everything()).await;
    let host = Host::open(OpenRequest::new(&db)).await.expect("open");
    for row in rows("expected.csv") {
        let detail = host.store().call(Scope::Company, row["linkedid"].clone()).await.expect("call");
        let told = why(&detail);
        let codes: Vec<&str> = told.iter().map(|why| why.code.as_str()).collect();
        let expected: &[&str] = match row["kind"].as_str() {
            "out-demand" | "direct-demand" => &["on-demand", "rule-unknown"],
            "out-silent" | "out-never" | "direct-never" => &["no-file", "no-file-means", "rule-unknown"],
            // The file ends with the extension that transferred.
            "blind" | "attended" | "refer" => &["automatic", "not-after-transfer", "rule-unknown"],
            _ if row["mode"] == "auto" => &["automatic", "rule-unknown"],
            _ => &["nobody-talked"],
        };
        assert_eq!(codes, expected, "{}: {told:#?}", row["kind"]);
        let switched = told.first().map(|why| why.text.clone()).unwrap_or_default();
        match row["kind"].as_str() {
            "out-demand" => {
                assert!(switched.contains("at extension 102 at 0:0"), "{switched}");
                assert!(switched.contains("The exchange tells of the feature \"rec-demand\" at 0:03"), "{switched}");
            }
            // A press of the called side leaves no event.
            "direct-demand" => assert!(!switched.contains("exchange"), "{switched}"),
            _ => {}
        }
    }
    host.close().await.expect("close");
}

#[tokio::test(flavor = "multi_thread")]
async fn pieces_in_any_order_give_the_same_calls() {
    let folder = tempfile::tempdir().expect("folder");
    for seed in 0..4 {
        let mut random = fastrand::Rng::with_seed(seed);
        let db = folder.path().join(format!("{seed}.db"));
        let mut orders: Vec<Order> = Vec::new();
        for (file, kind) in [("calls.json", 0), ("events.json", 1), ("queue_log", 2), ("Master.csv", 0)] {
            let text = fs::read_to_string(spool(file)).expect("sample");
            let lines: Vec<&str> = text.lines().collect();
            let (head, tail) = lines.split_at(random.usize(1..lines.len()));
            for (index, part) in [head, tail].into_iter().enumerate() {
                let path = folder.path().join(format!("{seed}-{index}-{file}"));
                fs::write(&path, part.join("\n") + "\n").expect("part");
                let mut order = Order { company: company(), ..Order::default() };
                match kind {
                    0 => order.cdr = vec![path],
                    1 => order.cel = vec![path],
                    _ => order.queue_log = vec![path],
                }
                orders.push(order);
            }
        }
        orders.push(Order { company: company(), recordings: Some(spool("done")), ..Order::default() });
        random.shuffle(&mut orders);
        for order in orders {
            import(&db, order).await;
        }
        compare(&calls(&db).await, true);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn master_csv_alone_knows_what_it_cannot_know() {
    let folder = tempfile::tempdir().expect("folder");
    let db = folder.path().join("m.db");
    let summary = import(&db, Order { company: company(), cdr: vec![spool("Master.csv")], ..Order::default() }).await;
    assert_eq!(summary.new_calls, 18);
    for (row, call) in rows("expected-master-only.csv").iter().zip(calls(&db).await) {
        let kind = &row["kind"];
        let known = |column: &str| if row[column] == "unknown" { String::new() } else { row[column].clone() };
        assert_eq!(call.outcome.to_string(), row["outcome"], "{kind}");
        assert_eq!((word(&call.route), digits(&call.to)), (known("route"), known("to")), "{kind}");
        for (column, got) in [("wait_s", call.wait), ("talk_s", call.talk), ("talk_at_most_s", call.talk_at_most)] {
            match row[column].as_str() {
                "unknown" => assert_eq!(got, None, "{kind}: {column}"),
                expected => assert!(
                    (expected.parse::<f64>().expect("number") - got.expect("known").seconds()).abs() <= 1.0,
                    "{kind}: {column}"
                ),
            }
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn bad_lines_and_files_are_told_and_the_rest_is_imported() {
    let folder = tempfile::tempdir().expect("folder");
    let db = folder.path().join("b.db");
    let mut events = fs::read(spool("events.json")).expect("sample");
    events.extend_from_slice(b"{\"eventtype\":\"CHAN_START\",broken}\n\x00\x01\x02\x03\n");
    let whole = events.len();
    events.extend_from_slice(b"{\"eventtype\":\"CHAN_ST");
    let cel = folder.path().join("events.json");
    fs::write(&cel, &events).expect("events");
    let recordings = folder.path().join("done");
    fs::create_dir(&recordings).expect("folder");
    fs::write(recordings.join("empty.wav"), b"").expect("file");
    fs::write(recordings.join("header.wav"), [0; 44]).expect("file");
    fs::write(recordings.join("nonsense.wav"), b"this is no sound, only words that go on and on and on and on").expect("file");
    std::os::unix::fs::symlink(data("expected.csv"), recordings.join("away.raw")).expect("link");
    let name = "20261121T011746_101_out_auto_pbx-1795223866.0_pbx-1795223866.0.raw";
    fs::copy(spool("done").join(name), recordings.join(name)).expect("copy");
    fs::write(recordings.join("whose.raw"), vec![1; 32_000]).expect("file");
    let order = Order { company: company(), cel: vec![cel.clone()], recordings: Some(recordings), ..Order::default() };
    let summary = import(&db, order).await;
    assert_eq!((summary.new_calls, summary.rejected_lines, summary.incomplete_lines), (18, 2, 1), "{summary:?}");
    assert_eq!(
        (summary.new_recordings + summary.unassigned_recordings, summary.rejected_recordings),
        (summary.new_recordings + 1, 4),
        "{summary:?}"
    );
    let rejects = fs::read_to_string(summary.rejects_file.expect("rejects file")).expect("readable");
    assert!(rejects.contains("events.json\t293\t") && rejects.contains("\t294\t") && rejects.contains("away.raw"), "{rejects}");
    assert!(fs::read(&cel).expect("source").len() > whole, "the source is as it was");
}

#[tokio::test(flavor = "multi_thread")]
async fn the_preview_makes_nothing_and_can_be_given_back() {
    let folder = tempfile::tempdir().expect("folder");
    let db = folder.path().join("p.db");
    let settings = preview(OpenRequest::new(&db), everything()).await.expect("preview");
    assert!(!db.exists());
    assert!(settings.contains("PJSIP/trunk") && settings.contains("country_code = \"7\""), "{settings}");
    let file = folder.path().join("settings.toml");
    fs::write(&file, &settings).expect("settings");
    import(&db, Order { settings: Some(file), ..everything() }).await;
    compare(&calls(&db).await, true);
}

#[tokio::test(flavor = "multi_thread")]
async fn nothing_that_can_be_read_is_a_failure() {
    let folder = tempfile::tempdir().expect("folder");
    let order = Order { company: company(), cel: vec![folder.path().join("missing.json")], ..Order::default() };
    let error =
        run(OpenRequest::new(folder.path().join("n.db")), order, |_| {}, std::future::pending()).await.expect_err("missing");
    assert!(error.to_string().contains("missing.json"), "{error}");
}

#[tokio::test(flavor = "multi_thread")]
async fn master_csv_cut_within_a_transfer_is_one_call_in_either_order() {
    let folder = tempfile::tempdir().expect("folder");
    let text = fs::read_to_string(spool("Master.csv")).expect("sample");
    let lines: Vec<&str> = text.lines().collect();
    for (cut, turned) in [(20, false), (21, true), (22, false)] {
        let db = folder.path().join(format!("{cut}.db"));
        let (head, tail) = lines.split_at(cut);
        let mut parts = [head, tail];
        if turned {
            parts.reverse();
        }
        for (index, part) in parts.into_iter().enumerate() {
            let path = folder.path().join(format!("{cut}-{index}.csv"));
            fs::write(&path, part.join("\n") + "\n").expect("part");
            import(&db, Order { company: company(), cdr: vec![path], ..Order::default() }).await;
        }
        let calls = calls(&db).await;
        assert_eq!(calls.len(), 18, "cut before line {}", cut + 1);
        assert_eq!(calls[16].extensions, ["101", "202"]);
    }
}

/// The samples' `Master.csv` moved to another day and written by another clock.
fn master_at(first_call: &str, zone: &str) -> String {
    let zone = jiff::tz::TimeZone::get(zone).expect("zone");
    let shift = first_call.parse::<jiff::Timestamp>().expect("instant").as_second() - 1_795_223_866;
    let text = fs::read_to_string(spool("Master.csv")).expect("sample");
    let mut out = String::new();
    for row in csv::ReaderBuilder::new().has_headers(false).from_reader(text.as_bytes()).records() {
        let row = row.expect("row");
        let cell = |(index, cell): (usize, &str)| match index {
            9..=11 if !cell.is_empty() => {
                let utc: jiff::civil::DateTime = cell.parse().expect("time");
                let at = jiff::tz::TimeZone::UTC.to_timestamp(utc).expect("time").as_second() + shift;
                let at = jiff::Timestamp::from_second(at).expect("time").to_zoned(zone.clone());
                at.strftime("\"%Y-%m-%d %H:%M:%S\"").to_string()
            }
            12 | 13 => cell.to_owned(),
            16 => {
                let (second, counter) = cell.trim_start_matches("pbx-").split_once('.').expect("id");
                format!("\"pbx-{}.{counter}\"", second.parse::<i64>().expect("second") + shift)
            }
            _ => format!("\"{}\"", cell.replace('"', "\"\"")),
        };
        out += &(row.iter().enumerate().map(cell).collect::<Vec<_>>().join(",") + "\n");
    }
    out
}

#[tokio::test(flavor = "multi_thread")]
async fn the_clock_of_master_csv_is_guessed_through_the_doubled_and_the_missing_hour() {
    let folder = tempfile::tempdir().expect("folder");
    for (index, first) in
        ["2025-10-26T00:58:30Z", "2025-10-26T00:59:50Z", "2026-03-29T00:58:30Z", "2026-07-01T12:00:00Z"].into_iter().enumerate()
    {
        let path = folder.path().join(format!("{index}.csv"));
        fs::write(&path, master_at(first, "Europe/Warsaw")).expect("file");
        let db = folder.path().join(format!("{index}.db"));
        import(&db, Order { company: company(), cdr: vec![path], ..Order::default() }).await;
        let shift = first.parse::<jiff::Timestamp>().expect("instant").as_second() - 1_795_223_866;
        let calls = calls(&db).await;
        assert_eq!(calls.len(), 18, "{first}");
        for (row, call) in rows("expected.csv").iter().zip(&calls) {
            let start = row["start"].parse::<jiff::Timestamp>().expect("start").as_second() + shift;
            assert_eq!(call.start.as_second(), start, "{first}: {}", row["kind"]);
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn endpoints_with_names_are_found_to_be_extensions() {
    let folder = tempfile::tempdir().expect("folder");
    let names = [("101", "anna-desk"), ("102", "bob"), ("201", "carl"), ("202", "dora-2"), ("301", "eve"), ("401", "front.desk")];
    for file in ["calls.json", "events.json", "Master.csv"] {
        let mut text = fs::read_to_string(spool(file)).expect("sample");
        for (number, name) in names {
            text = text.replace(&format!("PJSIP/{number}"), &format!("PJSIP/{name}"));
        }
        fs::write(folder.path().join(file), text).expect("file");
    }
    let path = |file: &str| vec![folder.path().join(file)];
    let both = Order { company: company(), cdr: path("calls.json"), cel: path("events.json"), ..Order::default() };
    let db = folder.path().join("both.db");
    import(&db, both).await;
    compare(&calls(&db).await, false);
    let db = folder.path().join("master.db");
    import(&db, Order { company: company(), cdr: path("Master.csv"), ..Order::default() }).await;
    for (row, call) in rows("expected.csv").iter().zip(&calls(&db).await) {
        let kind = &row["kind"];
        assert_eq!(call.direction.to_string(), row["direction"], "{kind}");
        assert_eq!(call.outcome.to_string(), row["outcome"], "{kind}");
        assert_eq!(call.extensions.len(), row["extensions"].split(' ').count(), "{kind}: {:?}", call.extensions);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_was_not_taken_is_told_with_file_and_line() {
    let folder = tempfile::tempdir().expect("folder");
    let events = fs::read_to_string(spool("events.json")).expect("sample");
    let long = format!("{{\"eventtype\":\"CHAN_START\",\"name\":\"{}\"}}", "x".repeat(100_000));
    let path = folder.path().join("events.json");
    fs::write(&path, format!("\u{feff}{events}{long}\n{{\"eventtype\":\"CHAN_ST")).expect("file");
    let lines = events.lines().count();
    let db = folder.path().join("a.db");
    let cel = vec![path.clone(), folder.path().join("missing.json")];
    let summary = import(&db, Order { company: company(), cel, ..Order::default() }).await;
    assert_eq!((summary.new_calls, summary.rejected_lines, summary.unread_files, summary.incomplete_lines), (18, 1, 1, 1));
    assert!(summary.is_partial());
    let told = |text: &str| summary.problems.iter().any(|problem| problem.contains(text));
    assert!(told(&format!("events.json line {} is longer than 64 KB", lines + 1)), "{:?}", summary.problems);
    assert!(told(&format!("events.json line {} is not complete", lines + 2)), "{:?}", summary.problems);
    assert!(told("missing.json"), "{:?}", summary.problems);
    let rejects = fs::read_to_string(summary.rejects_file.expect("rejects file")).expect("readable");
    assert!(rejects.contains("xxxxxxxxxx"), "the beginning of the line is kept");
    compare(&calls(&db).await, false);
}
