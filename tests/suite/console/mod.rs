//! The console as a person has it: the real binary in a pseudo-terminal.

mod far;
mod work;

use std::time::Duration;

use rustix::process::Signal;

use crate::common::{home::Home, host::make_test_host, pty::Pty};

/// A home whose sound goes nowhere, and a database of 48 calls; the host is closed before the console opens it.
fn opened(columns: u16, rows: u16, variables: &[(&str, &str)]) -> (Home, tempfile::TempDir, Pty) {
    let runtime = tokio::runtime::Runtime::new().expect("a runtime");
    let test = runtime.block_on(make_test_host());
    let database = test.database();
    runtime.block_on(test.host.close()).expect("closed");
    let mut home = Home::new();
    for (name, value) in variables {
        home = home.set(name, value);
    }
    let pty = home.start(&["--db", database.to_str().expect("UTF-8")], columns, rows);
    pty.wait_for("48 of 48");
    (home, test.folder, pty)
}

/// Calls under the query, as the line says it.
fn typed(pty: &mut Pty, query: &str, count: &str) {
    pty.send("/");
    pty.wait_for("Enter done");
    pty.send(query);
    pty.wait_for(count);
    pty.send("\r");
    pty.wait_gone("Enter done");
}

#[test]
fn a_session_at_the_keyboard() {
    let (_home, _folder, mut pty) = opened(80, 24, &[]);
    typed(&mut pty, "has:recording", "8 of 48");
    pty.send("s");
    pty.wait_for("Sort by");
    pty.send("talk\r");
    pty.wait_for("TALK▼");
    pty.send("\r");
    pty.wait_for("◄ Calls");
    pty.wait_for("lines 1 to");
    pty.send("\u{1b}[6~\u{1b}[6~\u{1b}[6~\u{1b}[6~");
    pty.wait_for("sha256");
    pty.send("\u{1b}[5~ ");
    pty.wait_for("No way to play from here");
    pty.send("en");
    pty.wait_for("F2 or Ctrl-o saves");
    pty.send("Zwrot pieniędzy");
    pty.send("\u{f}");
    pty.wait_gone("F2 or Ctrl-o saves");
    pty.send("gg");
    pty.wait_for("Zwrot pieniędzy");
    pty.send("q");
    pty.wait_gone("◄ Calls");
    typed(&mut pty, " note:zwrot", "1 of 48");
    pty.send("q");
    pty.wait_for("Leave callreel?");
    pty.send("y");
    assert!(pty.wait_exit().success());
    assert!(pty.termios().contains(" icanon") && !pty.termios().contains("-opost"), "{}", pty.termios());
    pty.finish();
    pty.with_screen(|screen| assert!(!screen.alternate_screen(), "the picture is gone"));
}

#[test]
fn a_query_that_makes_no_sense_is_told_under_its_word() {
    let (_home, _folder, mut pty) = opened(80, 24, &[]);
    pty.send("/lenght:>2m");
    pty.wait_for("did you mean \"len:\"?");
    assert!(pty.screen().contains("48 of 48"), "the list stays");
    pty.send("\u{1b}");
    pty.wait_gone("did you mean");
}

#[test]
fn what_is_typed_ahead_is_not_lost_and_a_burst_runs_no_commands() {
    let (_home, _folder, mut pty) = opened(80, 24, &[]);
    pty.send("/is:missed,answered talk:>1s");
    pty.wait_for("is:missed,answered talk:>1s");
    pty.send("\u{1b}");
    pty.wait_gone("Enter done");
    pty.send("qyqyqyqyqyqyqyqyqyqy");
    pty.wait_for("keys came at once");
    pty.send("\u{1b}]11;rgb:1212/1616/1c1c\u{1b}\\");
    pty.send("\u{1b}[200~qy\u{1b}[201~");
    pty.wait_for("A paste outside");
    assert!(pty.exit_status().is_none());
}

#[test]
fn idle_means_idle() {
    let (_home, _folder, pty) = opened(80, 24, &[]);
    pty.settle(Duration::from_secs(1));
    // Looking for news, which happens in these seconds, is not seen.
    let idle = pty.idle(Duration::from_secs(10));
    assert_eq!(idle.bytes, 0);
    assert!(idle.cpu < Duration::from_millis(1), "{:?}", idle.cpu);
}

#[test]
fn what_another_program_writes_is_told_within_seconds_and_moves_nothing() {
    let (home, folder, mut pty) = opened(80, 24, &[]);
    pty.send("jjj");
    pty.wait_until("the cursor below", |screen| screen.contents().lines().nth(9).is_some_and(|line| line.starts_with('►')));
    let sample = include_str!("../../data/asterisk/01-out-auto.txt");
    let record = sample.lines().find(|line| line.starts_with("{\"start\"")).expect("a call record");
    let records = folder.path().join("cdr.json");
    std::fs::write(&records, format!("{record}\n")).expect("written");
    let (records, database) = (records.display().to_string(), folder.path().join("test.db").display().to_string());
    let arguments = ["import", "asterisk", "--cdr", &records, "--db", &database];
    let output = home.command(&arguments).output().expect("an import");
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    pty.wait_for("r loads");
    pty.with_screen(|screen| assert!(screen.contents().lines().nth(9).is_some_and(|line| line.starts_with('►'))));
    pty.send("r");
    pty.wait_gone("r loads");
}

#[test]
fn on_a_dear_line_a_step_is_a_few_bytes() {
    let (_home, _folder, mut pty) = opened(80, 24, &[("SSH_CONNECTION", "192.0.2.1 1 192.0.2.2 22")]);
    for (row, allowed) in [(7, 60), (8, 60), (9, 60)] {
        pty.settle(Duration::from_millis(600));
        let before = pty.bytes_written();
        pty.send("j");
        pty.wait_until("the cursor on the row", |screen| screen.cursor_position() == (row, 0) && !screen.hide_cursor());
        let step = pty.bytes_written() - before;
        assert!(step <= allowed + 100, "{step} bytes, the strip included");
    }
}

#[test]
fn every_end_puts_the_terminal_right() {
    for (signal, status) in [(Signal::TERM, 143), (Signal::INT, 130), (Signal::HUP, 129)] {
        let (_home, _folder, mut pty) = opened(80, 24, &[]);
        pty.signal(signal);
        assert_eq!(pty.wait_exit().exit_code(), status, "{signal:?}");
        assert!(pty.termios().contains(" icanon"), "{signal:?}: {}", pty.termios());
        assert!(pty.termios().contains(" echo "), "{signal:?}: {}", pty.termios());
        pty.finish();
        pty.with_screen(|screen| assert!(!screen.alternate_screen() && !screen.hide_cursor(), "{signal:?}"));
    }
}

#[test]
fn half_a_key_does_not_stop_the_screen() {
    let (_home, _folder, mut pty) = opened(80, 24, &[]);
    pty.send_bytes(b"\xc4");
    pty.resize(100, 30);
    pty.wait_until("a wider picture", |screen| screen.size() == (30, 100) && screen.contents().contains("48 of 48"));
    pty.send("?");
    pty.wait_for("Keys here");
}

#[test]
fn without_colour_the_cursor_is_reversed_and_nothing_is_coloured() {
    let (_home, _folder, pty) = opened(80, 24, &[("NO_COLOR", "1")]);
    pty.wait_until("a reversed cursor row", |screen| {
        let cursor = (0..24).find(|row| screen.cell(*row, 0).is_some_and(|cell| cell.contents() == "►"));
        cursor.is_some_and(|row| [0, 10, 79].iter().all(|column| screen.cell(row, *column).is_some_and(vt100::Cell::inverse)))
    });
    let raw = String::from_utf8_lossy(&pty.raw()).into_owned();
    assert!(!raw.contains("\u{1b}[;m"), "an empty reset");
    assert!(!raw.contains("\u{1b}[38;") && !raw.contains("\u{1b}[48;"), "a colour");
}

#[test]
fn the_first_start_makes_nothing_until_somebody_chooses() {
    let home = Home::new();
    let mut pty = home.start(&[], 80, 24);
    pty.wait_for("No calls here yet");
    pty.send("q");
    pty.wait_for("Leave callreel?");
    pty.send("y");
    assert!(pty.wait_exit().success());
    assert!(!home.join(".local/share/callreel").exists());
}

#[test]
fn stopped_and_continued_it_draws_again() {
    let runtime = tokio::runtime::Runtime::new().expect("a runtime");
    let test = runtime.block_on(make_test_host());
    let database = test.database();
    runtime.block_on(test.host.close()).expect("closed");
    let home = Home::new();
    let mut pty = home.start_other("/bin/bash", &["--norc", "--noprofile", "-i"], 80, 24);
    pty.send(&format!("PS1='ready> '; stty -g >before; {} --db {}\r", crate::common::home::PROGRAM, database.display()));
    pty.wait_for("48 of 48");
    pty.send("\u{1a}");
    pty.wait_for("Stopped");
    pty.send("stty -a | grep -o ' icanon'\r");
    pty.wait_for("icanon");
    pty.send("fg\r");
    pty.wait_for("48 of 48");
    pty.send("?");
    pty.wait_for("Keys here");
    pty.send("\u{1b}");
    pty.wait_gone("Keys here");
    pty.send("q");
    pty.wait_for("Leave callreel?");
    pty.send("y");
    pty.wait_until("the shell's prompt", |screen| screen.contents().trim_end().ends_with("ready>"));
    pty.send("stty -g | cmp before - && echo same $((40+2))\r");
    pty.wait_for("same 42");
}
