//! Recordings as files.

use std::{fs, path::Path};

use super::bench::Bench;

fn manifest(folder: &Path) -> Vec<csv::StringRecord> {
    let mut reader = csv::Reader::from_path(folder.join("manifest.csv")).unwrap();
    assert_eq!(
        reader.headers().unwrap().iter().collect::<Vec<_>>(),
        ["recording", "call", "file", "bytes", "sha256", "result", "reason", "from_s", "until_s", "format"]
    );
    reader.records().map(Result::unwrap).collect()
}

fn files(folder: &Path) -> Vec<String> {
    let mut names: Vec<String> =
        fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect();
    names.sort();
    names
}

#[test]
fn headerless_sound_is_wrapped_and_a_second_run_keeps_it() {
    let bench = Bench::imported();
    let folder = bench.home.join("out");
    bench.say("download is:recorded --to out").done();
    let rows = manifest(&folder);
    assert_eq!(rows.len(), 10);
    assert_eq!(files(&folder).len(), 11, "the manifest and nothing else beside the sound");
    for row in &rows {
        let bytes = fs::read(folder.join(&row[2])).unwrap();
        assert_eq!(bytes.len().to_string(), row[3]);
        assert_eq!((&bytes[..4], &bytes[8..12]), (&b"RIFF"[..], &b"WAVE"[..]));
        assert_eq!(&row[5], "saved");
    }
    // One file is another by now, one is gone, one lost its end: those three come again, and what is another's is kept.
    fs::write(folder.join(&rows[0][2]), "damaged").unwrap();
    fs::remove_file(folder.join(&rows[1][2])).unwrap();
    let whole = fs::read(folder.join(&rows[2][2])).unwrap();
    fs::write(folder.join(&rows[2][2]), &whole[..1_000]).unwrap();
    let said = bench.say("download is:recorded --to out").done();
    assert!(said.words.contains("3 recordings saved in out, 7 were there already, 0 failed"), "{}", said.words);
    assert_eq!(fs::read(folder.join(&rows[0][2])).unwrap(), b"damaged");
    assert_eq!(fs::read(folder.join(&rows[2][2])).unwrap(), whole);
    assert_eq!(manifest(&folder).len(), 10);
}

#[test]
fn a_template_makes_folders_and_two_calls_never_share_a_name() {
    let bench = Bench::imported();
    let said = bench.run(&["download", "is:recorded", "--to", "out", "--name", "{kind}/{ext}", "--db", "a.db"]).done();
    assert!(said.words.contains("10 recordings saved"), "{}", said.words);
    let rows = manifest(&bench.home.join("out"));
    let names: std::collections::HashSet<_> = rows.iter().map(|row| row[2].to_owned()).collect();
    assert_eq!(names.len(), 10);
    assert!(names.contains("internal/101.wav"), "{names:?}");
    let said = bench.run(&["download", "is:recorded", "--to", "x", "--name", "{agnet}", "--db", "a.db"]).ended(2);
    assert!(said.words.contains("did you mean \"agent\"?"), "{}", said.words);
    assert!(!bench.home.join("x").exists());
}

#[test]
fn one_bad_file_never_fails_the_rest() {
    let bench = Bench::imported();
    let mut damaged = None;
    for folder in
        fs::read_dir(bench.home.join("a.recordings")).unwrap().map(|entry| entry.unwrap().path()).filter(|path| path.is_dir())
    {
        for file in fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()) {
            damaged = Some(file);
        }
    }
    let damaged = damaged.expect("a file of sound");
    let mut permissions = fs::metadata(&damaged).unwrap().permissions();
    #[expect(clippy::permissions_set_readonly_false, reason = "a file of this test alone")]
    permissions.set_readonly(false);
    fs::set_permissions(&damaged, permissions).unwrap();
    let length = fs::metadata(&damaged).unwrap().len();
    fs::write(&damaged, vec![1; usize::try_from(length).unwrap()]).unwrap();
    let said = bench.say("download is:recorded --to out").ended(5);
    assert!(said.words.contains("9 recordings saved in out, 0 were there already, 1 failed"), "{}", said.words);
    let rows = manifest(&bench.home.join("out"));
    let failed: Vec<_> = rows.iter().filter(|row| &row[5] == "failed").collect();
    assert_eq!(failed.len(), 1);
    assert!(!failed[0][6].is_empty(), "the manifest says why");
}

#[test]
fn calls_and_recordings_are_named_by_id() {
    let bench = Bench::imported();
    let call = &bench.say("calls is:recorded --limit 1 --quiet").done().ndjson()[0];
    let (id, recording) = (call["id"].as_str().unwrap(), call["recordings"][0]["id"].as_str().unwrap());
    bench.say(&format!("download --id {id} --to one")).done();
    bench.say(&format!("download --id {recording} --to two")).done();
    assert_eq!(&manifest(&bench.home.join("one"))[0][0], recording);
    assert_eq!(&manifest(&bench.home.join("two"))[0][0], recording);
    bench.say(&format!("download --id {id} nothing --to three")).ended(5);
    bench.say("download --id nothing --to four").ended(4);
    bench.say("download is:missed --to five").ended(4);
    assert!(!bench.home.join("five").exists(), "nothing is made where nothing matches");
}
