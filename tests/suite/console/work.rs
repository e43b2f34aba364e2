//! Work on many calls at the keyboard of the real program: changed, taken back, saved, downloaded; two people at one note.

use std::fs;

use super::{opened, typed};
use crate::common::home::Home;

fn files(home: &Home) -> Vec<String> {
    let folder = fs::read_dir(home.join("callreel")).expect("the folder of what was taken out");
    let mut names: Vec<String> = folder.map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect();
    names.sort();
    names
}

#[test]
fn everything_that_matches_is_flagged_taken_back_saved_and_downloaded() {
    let (home, _folder, mut pty) = opened(120, 40, &[]);
    typed(&mut pty, "has:recording", "8 of 48");
    pty.send("*");
    pty.wait_for("all marked");
    pty.send("F");
    pty.wait_for("Flag 8 calls");
    pty.wait_for("8 calls, counted just now. 8 have no flag");
    pty.send("y");
    pty.wait_for("8 changed; u undoes");
    pty.send("u");
    pty.wait_until("all taken back", |screen| {
        let text = screen.contents();
        text.contains("8 changed") && !text.contains("u undoes")
    });
    pty.send("xl");
    pty.wait_for("8 calls, counted just now");
    pty.send("\r");
    pty.wait_for("8 rows in");
    let list = files(&home).into_iter().find(|name| name.ends_with(".csv")).expect("a list");
    let text = fs::read_to_string(home.join("callreel").join(list)).expect("the list");
    let mut reader = csv::Reader::from_reader(text.as_bytes());
    let flagged = reader.headers().expect("a header").iter().position(|name| name == "flagged").expect("flagged");
    let rows: Vec<csv::StringRecord> = reader.records().map(Result::unwrap).collect();
    assert_eq!(rows.len(), 8);
    assert!(rows.iter().all(|row| &row[flagged] == "false"), "taken back exactly");
    pty.send("xl");
    pty.wait_for("8 calls, counted just now");
    pty.send("\r");
    pty.wait_for("Replace it?");
    pty.send("n");
    pty.wait_gone("Replace it?");
    pty.send("\u{1b}");
    pty.wait_gone("Save the list");
    pty.send("xd");
    pty.wait_for("9 recordings of 8 calls");
    pty.send("\r");
    pty.wait_for("9 recordings saved in");
    let sounds = files(&home).iter().filter(|name| name.ends_with(".wav")).count();
    assert_eq!((sounds, files(&home).contains(&"manifest.csv".to_owned())), (9, true), "{:?}", files(&home));
    pty.send("xd");
    pty.wait_for("9 recordings of 8 calls");
    pty.send("\r");
    pty.wait_for("9 were there already");
    pty.send("en");
    pty.wait_for("The same note at all that match");
    pty.send("Zwrot pieniędzy");
    pty.send("\u{f}");
    pty.wait_for("Write a note at 8 calls");
    pty.send("y");
    pty.wait_for("8 changed; u undoes");
    pty.send("gj");
    pty.wait_for("Work of this session");
    pty.wait_for("Write a note at 8 calls");
    pty.send("q");
    pty.wait_gone("Work of this session");
    typed(&mut pty, " note:zwrot", "8 of 48");
    pty.send("u");
    pty.wait_gone("note:zwrot");
    pty.send("u");
    pty.wait_until("the notes taken back", |screen| {
        let text = screen.contents();
        text.contains("8 changed") && !text.contains("u undoes")
    });
    typed(&mut pty, " note:zwrot", "0 of 48");
}

#[test]
fn a_folder_that_cannot_be_written_says_so_and_leaves_nothing() {
    let (home, _folder, mut pty) = opened(120, 40, &[]);
    fs::write(home.join("taken"), "a file").expect("written");
    typed(&mut pty, "has:recording", "8 of 48");
    pty.send("*xd");
    pty.wait_for("9 recordings of 8 calls");
    pty.send("\u{15}~/taken\r");
    pty.wait_for("is a file, not a folder");
    pty.send("xl");
    pty.wait_for("8 calls, counted just now");
    pty.send("\u{15}~/taken/list.csv\r");
    pty.wait_for("taken is a file, not a folder");
    assert_eq!(fs::read_to_string(home.join("taken")).expect("still there"), "a file");
}

#[test]
fn two_people_at_one_note_lose_nothing() {
    let (home, folder, mut first) = opened(120, 40, &[]);
    first.send("en");
    first.wait_for("F2 or Ctrl-o saves");
    first.send("as it was\u{f}");
    first.wait_gone("F2 or Ctrl-o saves");
    first.wait_for("as it was");
    let database = folder.path().join("test.db");
    let mut second = home.start(&["--db", database.to_str().expect("UTF-8")], 120, 40);
    second.wait_for("48 of 48");
    for pty in [&mut first, &mut second] {
        pty.send("\r");
        pty.wait_for("◄ Calls");
        pty.wait_for("as it was");
        pty.send("\t\r");
        pty.wait_for("Change the note");
    }
    second.send(", said the second\u{f}");
    second.wait_gone("F2 or Ctrl-o saves");
    second.wait_for("as it was, said the second");
    first.send(", said the first\u{f}");
    first.wait_for("Somebody else changed that note");
    first.wait_for("as it was, said the first");
    first.send("\u{f}");
    first.wait_gone("F2 or Ctrl-o saves");
    first.wait_for("said the second");
    first.wait_for("said the first");
}
