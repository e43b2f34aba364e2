//! A person listens: speed, A-B, a mark, a clip, the next call, and what is kept of it.

use callreel::{
    client::{Client, InProcess},
    host::{Host, OpenRequest},
};

use super::sink::Sink;
use crate::common::{home::Home, host::make_test_host};

#[test]
fn a_stretch_is_heard_again_marked_saved_and_reported() {
    let Some(sink) = Sink::start() else { return };
    let runtime = tokio::runtime::Runtime::new().expect("a runtime");
    let test = runtime.block_on(make_test_host());
    let database = test.database();
    runtime.block_on(test.host.close()).expect("closed");
    let home = Home::new().set("PULSE_SERVER", &sink.server());
    let mut pty = home.start(&["--db", database.to_str().expect("UTF-8")], 120, 40);
    pty.wait_for("48 of 48");
    pty.send("/has:recording\r");
    pty.wait_for("8 of 48");
    pty.send("\r");
    pty.wait_for("◄ Calls");
    pty.send("--");
    pty.wait_for("speed 0.5×");
    pty.send(" ");
    pty.wait_for("► playing");
    pty.send("a");
    pty.wait_for("a again sets B");
    pty.wait_for("0:01 / 0:02");
    pty.send("a");
    pty.wait_for("again and again");
    // Whoever hears A again after B heard a loop.
    pty.wait_for("0:00 / 0:02");
    pty.wait_for("0:01 / 0:02");
    pty.wait_for("0:00 / 0:02");
    pty.send("m");
    pty.wait_for("Mark at");
    pty.send("C");
    pty.wait_for("Save the stretch from A to B");
    pty.send("Powitanie\r");
    pty.wait_for("\"Powitanie\" saved");
    let title = |screen: &vt100::Screen| screen.contents().lines().nth(1).unwrap_or_default().to_owned();
    let before = pty.with_screen(title);
    pty.send("n");
    pty.wait_until("the next call plays", |screen| title(screen) != before && screen.contents().contains("► playing"));
    pty.send("qq");
    pty.wait_for("Leave callreel?");
    pty.send("y");
    assert!(pty.wait_exit().success());

    let request = OpenRequest { login: "tester".to_owned(), ..OpenRequest::new(database) };
    let host = runtime.block_on(Host::open(request)).expect("the same database");
    let api = host.local_api();
    let client = Client::in_process(InProcess::new(move |request| api(request)));
    let clips = runtime.block_on(client.clips()).expect("clips");
    assert_eq!(clips.iter().map(|clip| clip.title.as_deref()).collect::<Vec<_>>(), [Some("Powitanie")]);
    assert!(clips[0].until_s - clips[0].from_s > 0.2 && clips[0].bytes > 1_000, "{clips:?}");
    let receipts = runtime.block_on(client.receipts(&clips[0].recording)).expect("receipts");
    let heard: f64 = receipts.iter().map(|receipt| receipt.heard.until_s - receipt.heard.from_s).sum();
    let slow = receipts.iter().all(|receipt| (receipt.heard.speed - 0.5).abs() < 0.01);
    assert!(heard > 1.0 && slow, "more than once through the stretch: {receipts:?}");
    let call = runtime.block_on(client.call(&clips[0].call)).expect("the call");
    assert!(call.notes.iter().any(|note| note.text.is_empty() && note.at.is_some()), "the mark: {:?}", call.notes);
    let state = std::fs::read_to_string(home.join(".local/state/callreel/console.toml")).expect("what is remembered");
    assert!(state.contains("speed = 0.5"), "{state}");
    runtime.block_on(host.close()).expect("closed");
}
