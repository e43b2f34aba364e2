//! Lists, counts, sums, groups, and what people add to calls.

use super::bench::Bench;

#[test]
fn the_same_calls_in_every_form() {
    let bench = Bench::imported();
    assert_eq!(bench.say("calls --count").done().out, "18\n");
    let calls = bench.say("calls").done().ndjson();
    assert_eq!(calls.len(), 18);
    assert!(calls.windows(2).all(|pair| pair[0]["start"].as_str() >= pair[1]["start"].as_str()), "newest first");
    assert_eq!(bench.say("calls --format json").done().json().as_array().unwrap(), &calls);
    let csv = bench.say("calls --format csv --columns start,talk,ext,from").done().out;
    assert_eq!(csv.lines().next().unwrap(), "start,talk_s,extension,from");
    assert_eq!(csv.lines().count(), 19);
    let row: Vec<&str> = csv.lines().nth(1).unwrap().split(',').collect();
    assert_eq!(row[0], calls[0]["start"].as_str().unwrap());
    assert_eq!(row[1], calls[0]["talk_s"].to_string());
    assert_eq!(row[3], calls[0]["from"].as_str().unwrap(), "a plain number stays plain");
    let table = bench.say("calls --format table").done().out;
    assert_eq!(table.lines().count(), 19);
    assert!(table.starts_with("start "), "{table}");
}

#[test]
fn a_query_is_one_argument_or_several_with_flags_anywhere() {
    let bench = Bench::imported();
    let answered = bench.say("calls is:answered --count").done().out;
    let not = bench.say("calls -is:answered --count").done().out;
    assert_eq!(answered.trim().parse::<u32>().unwrap() + not.trim().parse::<u32>().unwrap(), 18);
    assert_eq!(bench.say("--quiet calls --count -is:answered").done().out, not);
    assert_eq!(
        bench.run(&["calls", "-is:answered dir:in", "--count", "--db", "a.db"]).done().out,
        bench.say("calls -is:answered dir:in --count").done().out
    );
    assert_eq!(bench.run(&["calls", "--count", "--db", "a.db", "--", "-is:answered"]).done().out, not);
}

#[test]
fn sums_and_groups() {
    let bench = Bench::imported();
    let totals = bench.say("calls --totals").done().json();
    assert_eq!(totals["calls"], 18);
    assert_eq!(totals["recordings"], 10);
    for name in ["answered", "missed", "unanswered", "talk_s", "cost", "recorded_s", "bytes"] {
        assert!(!totals[name].is_null(), "{name}");
    }
    let facets = bench.say("calls --facets direction,dir,ext").done().json();
    let counts: u64 = facets["direction"].as_array().unwrap().iter().map(|one| one["count"].as_u64().unwrap()).sum();
    assert_eq!(counts, 18);
    assert!(facets["extension"].is_array());
    assert_eq!(bench.say("calls --count --sort -talk_s --columns start").done().out, "18\n");
    let shares = bench.say("calls --totals --by dir --format json").done().json();
    let calls: u64 = shares.as_array().unwrap().iter().map(|share| share["calls"].as_u64().unwrap()).sum();
    assert_eq!(calls, 18, "{shares}");
    let csv = bench.say("calls --totals --by extension --format csv").done().out;
    assert!(csv.starts_with("value,calls,answered,missed,unanswered,talk_s,cost,recordings,recorded_s,bytes\n"), "{csv}");
    let table = bench.say("calls --totals --by weekday --format table").done().out;
    assert!(table.lines().nth(1).is_some_and(|line| line.starts_with(|letter: char| letter.is_ascii_lowercase())), "{table}");
    assert!(bench.say("calls --totals --by to").ended(2).words.contains("no field to part sums by"));
    let reached = bench.say("calls --facets is,reached").done().json();
    assert_eq!(reached["outcome"][0]["count"], 13);
    assert!(reached["reached"].as_array().unwrap().iter().any(|one| one["value"].is_null()), "{reached}");
}

#[test]
fn the_last_words_are_how_many_there_were() {
    let bench = Bench::imported();
    let last = |words: &str| words.trim_end().lines().last().unwrap_or_default().to_owned();
    for form in ["csv", "json", "ndjson"] {
        assert_eq!(last(&bench.say(&format!("calls --format {form}")).done().words), "18 calls", "{form}");
        assert_eq!(last(&bench.say(&format!("calls is:abandoned --format {form} --columns id,agent")).done().words), "1 call");
        assert_eq!(last(&bench.say(&format!("calls tag:none --format {form}")).done().words), "0 calls");
        assert!(
            last(&bench.say(&format!("calls --limit 5 --format {form}")).done().words).starts_with("5 calls; there are more")
        );
        assert_eq!(bench.say(&format!("calls --quiet --format {form}")).done().words, "");
    }
    assert_eq!(bench.say("calls --format table").done().words, "");
    assert!(!bench.say("calls --format csv").done().out.contains('\r'));
    assert_eq!(bench.say("calls tag:none --format csv --columns id,from").done().out, "id,from\n");
}

#[test]
fn pages_go_on_where_the_last_ended() {
    let bench = Bench::imported();
    for sort in ["-start", "talk_s", "-talk", "from", "-reached", "answered", "-end", "legs", "mode", "flagged", "id"] {
        let all: Vec<_> = bench.say(&format!("calls --sort {sort} --columns id")).done().ndjson();
        let (mut paged, mut after) = (Vec::new(), String::new());
        loop {
            let said = bench.say(&format!("calls --sort {sort} --columns id --limit 7{after}")).done();
            paged.extend(said.ndjson());
            let Some(cursor) = said.words.trim().split("--after ").nth(1) else { break };
            after = format!(" --after {cursor}");
        }
        assert_eq!(paged, all, "{sort}");
    }
}

#[test]
fn one_call_by_our_id_or_the_exchanges() {
    let bench = Bench::imported();
    let call = &bench.say("calls is:recorded --limit 1 --quiet").done().ndjson()[0];
    let id = call["id"].as_str().unwrap();
    let shown = bench.say(&format!("show {id}")).done().json();
    for name in ["from_raw", "to_raw", "timeline", "notes", "history"] {
        assert!(shown.get(name).is_some(), "{name}");
    }
    let source = call["source_ids"][0].as_str().unwrap();
    assert_eq!(bench.say(&format!("show {source}")).done().json()["id"], id);
    let page = bench.say(&format!("show {id} --format table")).done().out;
    assert!(page.contains("\ntimeline\n") && page.contains("\nrecordings\n"), "{page}");
}

#[test]
fn what_people_add_is_found_again() {
    let bench = Bench::imported();
    let id = bench.say("calls is:recorded --limit 1 --columns id --quiet").done().ndjson()[0]["id"].as_str().unwrap().to_owned();
    let note = bench.run(&["note", "add", &id, "Reklamacja od Jiříka", "--at", "1:05", "--db", "a.db"]).done().json();
    assert_eq!(note["at"], 65.0);
    assert_eq!(bench.say("calls note:jirik --count").done().out, "1\n");
    bench.say(&format!("tag add {id} refund vip")).done();
    bench.say(&format!("case add {id} C-17")).done();
    bench.say(&format!("flag add {id}")).done();
    assert_eq!(bench.say("calls tag:refund tag:vip case:C-17 is:flagged has:note --count").done().out, "1\n");
    assert_eq!(bench.say(&format!("note list {id}")).done().ndjson().len(), 1);
    bench.say(&format!("note remove {id}")).done();
    bench.say(&format!("tag remove {id} refund")).done();
    assert!(bench.say(&format!("case remove {id} C-99")).ended(4).words.contains("not tied to a case C-99"));
    assert_eq!(bench.say("calls case:C-17 --count").done().out, "1\n");
    bench.say(&format!("case remove {id} C-17")).done();
    bench.say(&format!("case remove {id}")).done();
    bench.run(&["tag", "add", &id, "", "--db", "a.db"]).ended(2);
    bench.say(&format!("flag remove {id}")).done();
    assert_eq!(bench.say("calls tag:refund | has:case | is:flagged | has:note --count").done().out, "0\n");
    // Of several calls, one that does not exist does not stop the others.
    let said = bench.say(&format!("flag add {id} nothing")).ended(5);
    assert!(said.words.contains("nothing"), "{}", said.words);
    assert_eq!(bench.say("calls is:flagged --count").done().out, "1\n");
    // Many at once.
    let all: Vec<String> = bench
        .say("calls --columns id --quiet")
        .done()
        .ndjson()
        .iter()
        .map(|call| call["id"].as_str().unwrap().to_owned())
        .collect();
    bench.say(&format!("flag add {}", all.join(" "))).done();
    let others: String = all.iter().skip(1).map(|id| format!(" --call {id}")).collect();
    let notes = bench.say(&format!("note add {} word{others}", all[0])).done().ndjson();
    assert_eq!((notes.len(), notes[0]["version"].as_i64()), (18, Some(1)));
    bench.say(&format!("tag add {} many{others}", all[0])).done();
    bench.say(&format!("case add {} C-18{others}", all[0])).done();
    assert_eq!(bench.say("calls tag:many case:C-18 is:flagged note:word --count").done().out, "18\n");
    bench.say(&format!("case remove {}", all.join(" "))).done();
    assert_eq!(bench.say("calls has:case --count").done().out, "0\n");
}

#[test]
fn the_directory_is_kept_by_commands() {
    let bench = Bench::imported();
    assert_eq!(bench.say("extension show 101").done().json()["agent"], "Anna Nowak");
    assert_ne!(bench.say("calls agent:nowak --count").done().out, "0\n");
    bench.say("extension set 101 --label Reception").done();
    let shown = bench.say("extension show 101").done().json();
    assert_eq!((&shown["label"], &shown["group"]), (&"Reception".into(), &"sales".into()));
    assert_eq!(bench.say("group list").done().ndjson()[0]["name"], "sales");
    bench.say("group remove sales").ended(1);
    bench.say("project add board --remark top").done();
    assert_eq!(bench.say("project show board").done().json()["remark"], "top");
    bench.say("view add lost is:missed dir:in").done();
    assert_eq!(bench.say("calls view:lost --count").done().out, bench.say("calls is:missed dir:in --count").done().out);
    let said = bench.say("view add wrong lenght:3").ended(2);
    assert!(said.words.contains("did you mean \"len:\"?"), "{}", said.words);
    bench.say("view remove lost").done();
    bench.say("calls view:lost --count").ended(2);
}

#[test]
fn customers_come_from_a_file_and_only_once() {
    let bench = Bench::imported();
    let from = bench.say("calls dir:in --limit 1 --columns from --quiet").done().ndjson()[0]["from"].as_str().unwrap().to_owned();
    let text = format!("Nazwa;Telefon\nŻółw i Syn;{from}\n;123456\nZły;brak\n");
    std::fs::write(bench.home.join("c.csv"), text).unwrap();
    let said = bench.say("customer import c.csv").ended(5);
    assert!(said.words.contains("c.csv:3: no name") && said.words.contains("c.csv:4: "), "{}", said.words);
    assert_ne!(bench.say("calls name:zolw --count").done().out, "0\n");
    let customers = bench.say("customer list").done().out;
    assert!(bench.say("customer import c.csv").ended(5).words.contains("0 customers added, 0 changed, 1 known already"));
    assert_eq!(bench.say("customer list").done().out, customers);
    bench.say("customer import none.csv").ended(4);
}

#[test]
fn instants_are_told_to_the_millisecond_so_that_texts_sort_as_they_do() {
    fn look(value: &serde_json::Value, seen: &mut usize) {
        match value {
            serde_json::Value::Object(fields) => {
                for (name, value) in fields {
                    if let (true, Some(text)) =
                        (matches!(name.as_str(), "start" | "answered" | "end" | "at" | "created"), value.as_str())
                    {
                        assert_eq!((text.len(), text.as_bytes()[19], text.as_bytes()[23]), (24, b'.', b'Z'), "{name}: {text}");
                        *seen += 1;
                    }
                    look(value, seen);
                }
            }
            serde_json::Value::Array(items) => items.iter().for_each(|item| look(item, seen)),
            _ => {}
        }
    }
    let bench = Bench::imported();
    let calls = bench.say("calls").done().ndjson();
    let id = calls[0]["id"].as_str().unwrap();
    bench.say(&format!("tag add {id} refund")).done();
    let mut seen = 0;
    look(&bench.say(&format!("show {id}")).done().json(), &mut seen);
    calls.iter().for_each(|call| look(call, &mut seen));
    assert!(seen > 60, "{seen}");
    let mut sorted = bench.say("calls --sort end --columns end").done().ndjson();
    let given = sorted.clone();
    sorted.sort_by_key(|call| call["end"].as_str().unwrap().to_owned());
    assert_eq!(given, sorted);
}
