//! The pty driver itself, against programs whose behaviour is known.

use std::time::Duration;

use rustix::process::Signal;

use crate::common::home::Home;

#[test]
fn keys_come_back_on_the_screen() {
    let home = Home::new();
    let mut pty = home.start_other("/bin/cat", &[], 40, 5);
    pty.send("Zażółć gęślą\r");
    pty.wait_until("the line echoed and printed", |screen| screen.contents().matches("Zażółć gęślą").count() == 2);
    assert!(pty.screen().starts_with("Zażółć gęślą\nZażółć gęślą\n"));
    pty.send("\u{4}");
    assert!(pty.finish().success());
    assert!(pty.bytes_written() > 30);
}

#[test]
fn the_environment_is_the_given_one() {
    let home = Home::new().set("GREETING", "hello");
    let mut pty = home.start_other("/bin/sh", &["-c", "env | sort; stty size; exit 7"], 90, 30);
    assert_eq!(pty.finish().exit_code(), 7);
    let screen = pty.screen();
    assert!(screen.contains("GREETING=hello") && screen.contains("TERM=xterm-256color") && screen.contains("30 90"), "{screen}");
    assert!(screen.contains(&format!("HOME={}", home.path().display())), "{screen}");
    assert!(!screen.contains("CARGO"), "{screen}");
}

#[test]
fn changed_settings_of_the_terminal_show() {
    let home = Home::new();
    let mut pty = home.start_other("/bin/sh", &["-c", "echo ready; read x; stty raw -echo; echo changed; read y"], 80, 24);
    pty.wait_for("ready");
    let before = pty.termios();
    pty.send("x\r");
    pty.wait_for("changed");
    assert_ne!(pty.termios(), before);
    pty.signal(Signal::TERM);
    assert!(!pty.wait_exit().success());
    assert_ne!(pty.termios(), before, "what the program left behind stays to be seen");
    pty.finish();

    let mut pty = home.start_other("/bin/sh", &["-c", "echo ready; read x; kept=$(stty -g); stty raw -echo; stty $kept"], 80, 24);
    pty.wait_for("ready");
    let before = pty.termios();
    pty.send("x\r");
    assert!(pty.wait_exit().success());
    assert_eq!(pty.termios(), before);
    pty.finish();
}

#[test]
fn rest_and_work_are_told_apart() {
    let home = Home::new();
    let mut pty = home.start_other("/bin/sh", &["-c", "echo ready; read x; while :; do :; done"], 80, 24);
    pty.wait_for("ready");
    pty.settle(Duration::from_millis(50));
    let idle = pty.idle(Duration::from_millis(200));
    assert_eq!((idle.bytes, idle.cpu < Duration::from_millis(1)), (0, true), "{idle:?}");
    pty.send("x\r");
    pty.wait_until("the echo", |screen| screen.contents().contains('x'));
    let busy = pty.idle(Duration::from_millis(500));
    assert!(busy.cpu > Duration::from_millis(1), "{busy:?}");
}

#[test]
fn a_new_size_reaches_the_program() {
    let home = Home::new();
    let pty =
        home.start_other("/bin/sh", &["-c", "trap 'stty size; exit' WINCH; echo ready; while :; do read x || :; done"], 80, 24);
    pty.wait_for("ready");
    pty.resize(120, 40);
    pty.wait_for("40 120");
}
