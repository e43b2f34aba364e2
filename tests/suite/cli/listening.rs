//! Clips, collections, marks, cut and converted downloads, and what `show` tells of listening.

use std::{fs, path::Path};

use super::bench::Bench;

/// A call with a recording of some length: its id, the recording's, its length.
fn recorded(bench: &Bench) -> (String, String, f64) {
    let calls = bench.say("calls is:recorded --quiet").done().ndjson();
    let longest = calls
        .iter()
        .flat_map(|call| call["recordings"].as_array().unwrap().iter().map(move |recording| (call, recording)))
        .max_by(|(_, a), (_, b)| a["length_s"].as_f64().unwrap().total_cmp(&b["length_s"].as_f64().unwrap()))
        .unwrap();
    let text = |value: &serde_json::Value| value.as_str().unwrap().to_owned();
    (text(&longest.0["id"]), text(&longest.1["id"]), longest.1["length_s"].as_f64().unwrap())
}

fn rows(folder: &Path) -> Vec<csv::StringRecord> {
    csv::Reader::from_path(folder.join("manifest.csv")).unwrap().records().map(Result::unwrap).collect()
}

#[test]
fn a_clip_is_cut_shown_collected_played_downloaded_and_removed() {
    let bench = Bench::imported();
    let (call, recording, length) = recorded(&bench);
    assert!(length > 2.0, "{length}");
    let made =
        bench.run(&["clip", "add", &recording, "--from", "0:01", "--until", "2s", "--title", "good opening", "--db", "a.db"]);
    let made = made.done().json();
    let clip = made["id"].as_str().unwrap();
    assert_eq!((&made["call"], &made["from_s"], &made["until_s"]), (&call.as_str().into(), &1.0.into(), &2.0.into()));
    assert_eq!(bench.say("clip list").done().ndjson().len(), 1);
    assert_eq!(bench.say(&format!("clip list {call}")).done().ndjson()[0]["id"], clip);
    assert_eq!(bench.say(&format!("clip show {clip}")).done().json(), made);
    bench.say(&format!("clip add {recording} --from 2 --until 1")).ended(2);
    bench.say(&format!("clip add {recording} --from 99999 --until 99999.5")).ended(2);
    bench.say("clip add nothing --from 0 --until 1").ended(4);
    bench.say("clip show nothing").ended(4);

    bench.say(&format!("play {clip} --output clip.wav")).done();
    let played = fs::read(bench.home.join("clip.wav")).unwrap();
    assert_eq!((played.len() as u64, &played[..4]), (made["bytes"].as_u64().unwrap(), &b"RIFF"[..]));
    let said = bench.say(&format!("download --id {clip} --to out")).done();
    assert!(said.words.contains("1 recordings saved"), "{}", said.words);
    let row = &rows(&bench.home.join("out"))[0];
    assert_eq!((&row[0], &row[1], &row[4]), (clip, call.as_str(), made["sha256"].as_str().unwrap()));
    bench.say(&format!("download --id {clip} --to mp3 --convert mp3")).done();
    assert!(rows(&bench.home.join("mp3"))[0][2].ends_with(".mp3"));

    let new =
        ["collection", "add", "training", "--description", "good calls", "--reader", "ben", "--reader", "eve", "--db", "a.db"];
    assert_eq!(bench.run(&new).done().json()["readers"], serde_json::json!(["ben", "eve"]));
    bench.run(&new).ended(1);
    bench.say(&format!("collection put training {call} {clip}")).done();
    bench.say(&format!("collection put training {call} nothing")).ended(5);
    bench.say("collection put training nothing").ended(4);
    bench.say(&format!("collection put trainin {call}")).ended(4);
    assert_eq!(bench.say("collection show training").done().json()["items"].as_array().unwrap().len(), 2);
    assert_eq!(bench.say("calls in:training --count").done().out.trim(), "1");
    assert_eq!(bench.say("calls downloaded-by:local --count").done().out.trim(), "1");
    let changed = bench.run(&["collection", "set", "training", "--reader", "*", "--db", "a.db"]).done().json();
    assert_eq!((&changed["readers"], &changed["description"]), (&serde_json::json!(["*"]), &"good calls".into()));
    let listed = bench.say("collection list").done().ndjson();
    assert_eq!((&listed[0]["calls"], &listed[0]["clips"]), (&1.into(), &1.into()));
    bench.say(&format!("collection take training {clip}")).done();
    bench.say(&format!("collection take training {clip}")).ended(4);

    let page = bench.say(&format!("show {call} --format table")).done().out;
    for part in ["good opening", "0:01.0 to 0:02.0", "clip.download", "\ntaken\n", "\nclips\n"] {
        assert!(page.contains(part), "{part}: {page}");
    }
    bench.say(&format!("clip remove {clip}")).done();
    bench.say(&format!("clip remove {clip}")).ended(4);
    bench.say(&format!("play {clip} --output x.wav")).ended(4);
    bench.say("collection remove training").done();
    bench.say("collection show training").ended(4);
}

#[test]
fn a_mark_is_a_note_without_a_text() {
    let bench = Bench::imported();
    let (call, ..) = recorded(&bench);
    bench.say(&format!("note add {call}")).ended(2);
    let mark = bench.say(&format!("note add {call} --at 1:05")).done().json();
    assert_eq!((&mark["at"], &mark["text"]), (&65.0.into(), &"".into()));
    let page = bench.say(&format!("show {call} --format table")).done().out;
    assert!(page.contains("at 1:05, a mark"), "{page}");
    let said = bench.say(&format!("note remove {call} 1")).done();
    assert!(said.words.contains("removed the mark at 1:05"), "{}", said.words);
}

#[test]
fn recordings_are_cut_and_converted_on_the_way() {
    let bench = Bench::imported();
    let cut = bench.say("download is:recorded --to out --from 0.5 --until 1.5 --convert opus");
    // Recordings without a sound at that place fail by themselves.
    assert!([0, 5].contains(&cut.status), "{}", cut.words);
    let first = rows(&bench.home.join("out"));
    assert_eq!(first.len(), 10);
    let saved: Vec<_> = first.iter().filter(|row| &row[5] == "saved").collect();
    assert!(saved.len() > 5, "{first:?}");
    for row in &saved {
        assert_eq!((&row[7], &row[8], &row[9]), ("0.5", "1.5", "opus"));
        let bytes = fs::read(bench.home.join("out").join(&row[2])).unwrap();
        assert!(row[2].ends_with(".opus") && bytes.starts_with(b"OggS") && bytes.len().to_string() == row[3], "{row:?}");
    }
    let kept = bench.say("download is:recorded --to out --from 0.5 --until 1.5 --convert opus");
    assert!(kept.words.contains(&format!("0 recordings saved in out, {} were there already", saved.len())), "{}", kept.words);
    // The whole beside the stretch: another file, another line.
    bench.say("download is:recorded --to out").done();
    let all = rows(&bench.home.join("out"));
    assert_eq!(all.iter().filter(|row| row[2].ends_with(".opus")).count(), saved.len());
    assert_eq!(all.iter().filter(|row| row[9].is_empty() && &row[5] == "saved").count(), 10);
    bench.say("download is:recorded --to x --from 2 --until 1").ended(2);
    bench.say("download is:recorded --to x --convert exe").ended(2);
}
