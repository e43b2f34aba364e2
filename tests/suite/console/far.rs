//! The console on a server whose line breaks, stalls, and whose sign-in ends: the real program against a listener behind a relay.

use std::{
    os::unix::fs::PermissionsExt,
    sync::{
        Arc, Mutex,
        atomic::{AtomicBool, AtomicU64, Ordering},
    },
    time::{Duration, Instant},
};

use axum::{
    extract::Request,
    http::{Method, StatusCode, header},
    middleware::{self, Next},
    response::{IntoResponse, Response},
};
use futures_util::StreamExt;

use callreel::{client::CallsQuery, domain::actor::Actor, server::router, store::ImportBatch};

use crate::{
    common::{
        home::Home,
        host::{TestHost, call, make_test_host},
        pty::Pty,
    },
    ear::relay::Relay,
    sound::sink::Sink,
};

const PASSWORD: &str = "correct-horse-battery";
const TOKEN: &str = "session-token-of-anna";

/// What the listener is told to do.
#[derive(Default)]
struct Wishes {
    /// Milliseconds before anything else is done.
    late: AtomicU64,
    /// The session has ended.
    ended: AtomicBool,
    /// The next note is written, and its answer lost.
    loses: AtomicBool,
    /// The next sound breaks off in its middle, and the line with it.
    breaks_sound: AtomicBool,
    /// Where sounds were asked for from, as the header says it.
    ranges: Mutex<Vec<String>>,
    /// Questions for the revision, and streams of news.
    asked: AtomicU64,
    streams: AtomicU64,
}

/// A server that asks for a password, with a relay before it.
struct Far {
    runtime: tokio::runtime::Runtime,
    test: TestHost,
    relay: Arc<Relay>,
    wishes: Arc<Wishes>,
}

impl Far {
    fn start() -> Self {
        let runtime = tokio::runtime::Runtime::new().expect("a runtime");
        let test = runtime.block_on(make_test_host());
        let listener = runtime.block_on(tokio::net::TcpListener::bind("127.0.0.1:0")).expect("a port");
        let port = listener.local_addr().expect("an address").port();
        let (relay, wishes) = (Arc::new(Relay::to(port, Duration::ZERO)), Arc::new(Wishes::default()));
        let mut anna = test.host.actor().clone();
        (anna.name, anna.origin.via) = ("anna".to_owned(), "http".to_owned());
        let (told, line) = (Arc::clone(&wishes), Arc::clone(&relay));
        let front = move |request: Request, next: Next| {
            let (told, line, anna) = (Arc::clone(&told), Arc::clone(&line), anna.clone());
            async move { answer(request, next, &told, &line, anna).await }
        };
        let app = router(test.host.service().clone()).layer(middleware::from_fn(front));
        runtime.spawn(async move { axum::serve(listener, app).await });
        Self { runtime, test, relay, wishes }
    }

    fn open(&self, home: &Home, columns: u16, rows: u16) -> Pty {
        home.start(&["--server", &format!("http://127.0.0.1:{}", self.relay.port())], columns, rows)
    }

    /// Notes with this text.
    fn notes(&self, text: &str) -> u64 {
        let client = self.test.client();
        let calls = self.runtime.block_on(client.calls(&CallsQuery::new("has:note"))).expect("calls");
        let notes = calls.items.iter().flat_map(|call| self.runtime.block_on(client.call(&call.id)).expect("a call").notes);
        notes.filter(|note| note.text == text).count() as u64
    }
}

/// The first half of an answer; then the line is cut.
async fn broken(answer: Response, relay: Arc<Relay>) -> Response {
    let (parts, body) = answer.into_parts();
    let bytes = axum::body::to_bytes(body, 10_000_000).await.expect("a sound");
    let half = bytes.slice(..bytes.len() / 2);
    let rest = futures_util::stream::once(async move {
        tokio::time::sleep(Duration::from_millis(500)).await;
        relay.cut();
        Err(std::io::Error::other("the line is cut"))
    });
    let stream = futures_util::stream::iter([Ok(half)]).chain(rest);
    Response::from_parts(parts, axum::body::Body::from_stream(stream))
}

async fn answer(mut request: Request, next: Next, wishes: &Wishes, relay: &Arc<Relay>, anna: Actor) -> Response {
    request.extensions_mut().remove::<Actor>();
    let (method, path) = (request.method().clone(), request.uri().path().to_owned());
    if (&method, path.as_str()) == (&Method::POST, "/api/v1/sessions") {
        let body = axum::body::to_bytes(request.into_body(), 10_000).await.expect("a body");
        if !String::from_utf8_lossy(&body).contains(PASSWORD) {
            let problem = r#"{"type":"not-signed-in","title":"Not signed in","status":401,"detail":"name or password is wrong"}"#;
            return (StatusCode::UNAUTHORIZED, [(header::CONTENT_TYPE, "application/problem+json")], problem).into_response();
        }
        wishes.ended.store(false, Ordering::Release);
        let session = format!(r#"{{"id":"1","token":"{TOKEN}","user":"anna","until":"2099-01-01T00:00:00Z","idle_s":900}}"#);
        return (StatusCode::CREATED, [(header::CONTENT_TYPE, "application/json")], session).into_response();
    }
    tokio::time::sleep(Duration::from_millis(wishes.late.load(Ordering::Acquire))).await;
    let shown = request.headers().get(header::AUTHORIZATION).and_then(|value| value.to_str().ok()).unwrap_or_default();
    if shown == format!("Bearer {TOKEN}") && !wishes.ended.load(Ordering::Acquire) {
        request.extensions_mut().insert(anna);
    }
    match path.as_str() {
        "/api/v1/revision" => drop(wishes.asked.fetch_add(1, Ordering::AcqRel)),
        "/api/v1/events" => drop(wishes.streams.fetch_add(1, Ordering::AcqRel)),
        _ => {}
    }
    if path.ends_with("/audio") {
        let range = request.headers().get(header::RANGE).and_then(|value| value.to_str().ok()).unwrap_or_default();
        wishes.ranges.lock().expect("ranges").push(range.to_owned());
    }
    let answer = next.run(request).await;
    if path.ends_with("/audio") && wishes.breaks_sound.swap(false, Ordering::AcqRel) {
        return broken(answer, Arc::clone(relay)).await;
    }
    if method == Method::POST && path.ends_with("/notes") && wishes.loses.swap(false, Ordering::AcqRel) {
        relay.cut();
    }
    answer
}

impl Far {
    /// What is on its way is no longer called unsent.
    fn wait_for_note(&self, text: &str, pty: &Pty) {
        let until = Instant::now() + Duration::from_secs(20);
        while self.notes(text) == 0 && Instant::now() < until {
            pty.settle(Duration::from_millis(100));
        }
    }
}

fn sign_in(pty: &mut Pty) {
    pty.wait_for("asks who you are");
    pty.wait_for("Password");
    pty.send("anna\r");
    pty.send(PASSWORD);
    pty.wait_for("*********************");
    pty.send("\r");
    pty.wait_for("48 of 48");
}

fn write_note(pty: &mut Pty, text: &str) {
    pty.send("en");
    pty.wait_for("F2 or Ctrl-o saves");
    pty.send(text);
    pty.send("\u{f}");
    pty.wait_gone("F2 or Ctrl-o saves");
}

#[test]
fn a_line_that_breaks_loses_nothing_and_writes_nothing_twice() {
    let (far, home) = (Far::start(), Home::new());
    let mut pty = far.open(&home, 100, 30);
    sign_in(&mut pty);
    far.relay.cut();
    pty.wait_for("line lost");
    pty.send("jj\r");
    pty.wait_for("◄ Calls");
    pty.send("q");
    pty.wait_for("48 of 48");
    write_note(&mut pty, "while the line was away");
    pty.wait_for("1 unsent");
    far.relay.mend();
    pty.send("r");
    pty.wait_gone("line lost");
    pty.wait_gone("unsent");
    far.wait_for_note("while the line was away", &pty);
    assert_eq!(far.notes("while the line was away"), 1);
    far.wishes.loses.store(true, Ordering::Release);
    write_note(&mut pty, "its answer never came");
    pty.wait_for("1 unsent");
    assert_eq!(far.notes("its answer never came"), 1, "the server has it");
    far.relay.mend();
    pty.send("r");
    pty.wait_gone("unsent");
    assert_eq!(far.notes("its answer never came"), 1);
}

#[test]
fn what_is_not_sent_is_offered_at_the_next_start() {
    let (far, home) = (Far::start(), Home::new());
    let mut pty = far.open(&home, 80, 24);
    sign_in(&mut pty);
    far.relay.cut();
    pty.wait_for("line lost");
    write_note(&mut pty, "kept from one start to the next");
    pty.wait_for("1 unsent");
    let file = home.join(".local/state/callreel/unsent.json");
    assert_eq!(file.metadata().expect("a file").permissions().mode() & 0o777, 0o600);
    pty.send("q");
    pty.wait_for("Leave callreel?");
    pty.send("y");
    assert!(pty.wait_exit().success());
    far.relay.mend();
    let mut pty = far.open(&home, 80, 24);
    sign_in(&mut pty);
    pty.wait_for("from an earlier session");
    assert_eq!(far.notes("kept from one start to the next"), 0);
    pty.send("s");
    pty.wait_gone("from an earlier session");
    pty.wait_gone("unsent");
    assert_eq!(far.notes("kept from one start to the next"), 1);
    pty.send("qy");
    assert!(pty.wait_exit().success());
    assert!(!file.exists());
}

#[test]
fn a_slow_server_freezes_no_key() {
    let (far, home) = (Far::start(), Home::new());
    let mut pty = far.open(&home, 80, 24);
    sign_in(&mut pty);
    far.wishes.late.store(5_000, Ordering::Release);
    let begun = Instant::now();
    pty.send("/");
    pty.wait_for("Enter done");
    pty.send("is:missed");
    pty.wait_for("is:missed");
    pty.send("\r");
    pty.wait_gone("Enter done");
    pty.send("jjj");
    pty.wait_until("the cursor below", |screen| screen.contents().lines().nth(6).is_some_and(|line| line.starts_with('►')));
    assert!(begun.elapsed() < Duration::from_secs(4), "the server has not answered yet");
    pty.wait_for("~ slow");
    pty.send("\u{1b}");
    pty.wait_for("Not waited for any more");
    pty.wait_gone("~ slow");
    far.wishes.late.store(0, Ordering::Release);
    pty.send("r");
    pty.wait_gone("48 of 48");
}

#[test]
fn a_session_that_ends_and_a_lock_keep_the_work_and_hide_it() {
    let (far, home) = (Far::start(), Home::new());
    let mut pty = far.open(&home, 80, 24);
    sign_in(&mut pty);
    far.wishes.ended.store(true, Ordering::Release);
    pty.send("j\r");
    pty.wait_for("Your sign-in has ended");
    pty.send("\u{1b}");
    pty.with_screen(|screen| assert!(!screen.contents().contains("TALK"), "{}", screen.contents()));
    pty.send("wrong\r");
    pty.wait_for("name or password is wrong");
    pty.send(PASSWORD);
    pty.send("\r");
    pty.wait_gone("Signed out since");
    pty.wait_for("◄ Calls");
    pty.send("en");
    pty.wait_for("F2 or Ctrl-o saves");
    pty.send("half a thought");
    pty.wait_for("half a thought");
    pty.send("\u{1b}");
    pty.wait_for("Save this note?");
    pty.send("n");
    pty.wait_gone("Note on");
    pty.send(":lock\r");
    pty.wait_for("Locked since");
    pty.with_screen(|screen| {
        let text = screen.contents();
        assert!(!text.contains("Calls") || !text.contains("◄"), "{text}");
        assert!(text.contains("locked") && !text.contains("half a thought"), "{text}");
    });
    pty.send(PASSWORD);
    pty.send("\r");
    pty.wait_gone("Locked since");
    pty.wait_for("◄ Calls");
    assert!(!String::from_utf8_lossy(&pty.raw()).contains(PASSWORD));
    pty.send("qqy");
    assert!(pty.wait_exit().success());
    for entry in walk(home.path()) {
        let text = String::from_utf8_lossy(&std::fs::read(&entry).unwrap_or_default()).into_owned();
        assert!(!text.contains(PASSWORD) && !text.contains(TOKEN), "{}", entry.display());
    }
}

#[test]
fn what_plays_when_the_line_is_cut_goes_on_where_it_was() {
    let Some(sink) = Sink::start() else { return };
    let (far, home) = (Far::start(), Home::new().set("PULSE_SERVER", &sink.server()));
    let mut pty = far.open(&home, 100, 30);
    sign_in(&mut pty);
    pty.send("/has:recording\r");
    pty.wait_for("8 of 48");
    pty.send("\r");
    pty.wait_for("stopped  0:00 / 0:02");
    far.wishes.breaks_sound.store(true, Ordering::Release);
    pty.send(" ");
    pty.wait_for("line lost");
    let before = far.wishes.ranges.lock().expect("ranges").len();
    assert!(!pty.screen().contains("0:02 / 0:02"), "half of it never came");
    far.relay.mend();
    pty.send("r");
    pty.wait_gone("line lost");
    pty.wait_for("0:02 / 0:02");
    let ranges = far.wishes.ranges.lock().expect("ranges")[before..].to_vec();
    assert!(
        ranges.iter().any(|range| range.starts_with("bytes=") && !range.starts_with("bytes=0-")),
        "what is there is not fetched again: {ranges:?}"
    );
}

#[test]
fn a_call_that_comes_is_told_by_the_stream_and_nobody_asks_again_and_again() {
    let (far, home) = (Far::start(), Home::new());
    let mut pty = far.open(&home, 80, 24);
    sign_in(&mut pty);
    pty.send("jjj");
    pty.wait_until("the cursor below", |screen| screen.contents().lines().nth(9).is_some_and(|line| line.starts_with('►')));
    pty.settle(Duration::from_secs(2));
    let (asked, streams) = (far.wishes.asked.load(Ordering::Acquire), far.wishes.streams.load(Ordering::Acquire));
    let idle = pty.idle(Duration::from_secs(5));
    assert_eq!((idle.bytes, far.wishes.asked.load(Ordering::Acquire), streams), (0, asked, 1));
    let batch = ImportBatch::new(vec![call(48)], Vec::new(), Vec::new());
    far.runtime.block_on(far.test.host.store().import(batch)).expect("an import");
    pty.wait_for("r loads");
    // The call itself has come too by then.
    pty.settle(Duration::from_secs(2));
    pty.with_screen(|screen| assert!(screen.contents().lines().nth(9).is_some_and(|line| line.starts_with('►'))));
    pty.send("r");
    pty.wait_gone("r loads");
    pty.wait_until("the new call above, marked", |screen| screen.contents().lines().any(|line| line.starts_with(" +")));
}

fn walk(folder: &std::path::Path) -> Vec<std::path::PathBuf> {
    let entries = std::fs::read_dir(folder).expect("a folder").filter_map(Result::ok);
    entries.flat_map(|entry| if entry.path().is_dir() { walk(&entry.path()) } else { vec![entry.path()] }).collect()
}
