//! Those who do not play by the rules: the real program, asked by bytes. Short here; `.ci/long hostile` asks long.

use std::{
    fs,
    io::{Read, Write},
    net::TcpStream,
    os::unix::net::UnixStream,
    time::{Duration, Instant},
};

use callreel::{
    client::{CallsQuery, Client},
    server::front::Limits,
    wire::NoteDraft,
};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpSocket,
};

use super::server::{Server, run};
use crate::common::{front::listen, home::Home};

/// How long a state may take to come.
const PATIENCE: Duration = Duration::from_secs(60);
const PASSWORD: &str = "correct horse battery 7";

/// A server over that many calls.
fn server_of(calls: &str) -> Server {
    let home = Home::new();
    let said = run(&home, &["generate", "--calls", calls, "--seed", "1", "--db", "a.db", "--quiet"]);
    assert_eq!(said.status, 0, "{}", said.words);
    Server::start(home)
}

fn http(server: &Server) -> String {
    server.place("http://").trim_start_matches("http://").to_owned()
}

/// One number of `/metrics`.
fn metric(server: &Server, name: &str) -> f64 {
    let mut line = TcpStream::connect(http(server)).expect("a line");
    line.write_all(b"GET /metrics HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n").expect("sent");
    let mut text = String::new();
    line.read_to_string(&mut text).expect("answer");
    let found = text.lines().find_map(|line| line.strip_prefix(name)?.trim().parse().ok());
    found.unwrap_or_else(|| panic!("{name}: {text}"))
}

const MEMORY: &str = "callreel_resident_memory_bytes ";
const MIB: f64 = 1_048_576.0;

fn client(server: &Server) -> Client {
    let _ = rustls::crypto::ring::default_provider().install_default();
    Client::network(server.place("unix:"), None).expect("a client")
}

/// Lines that ask for much and take nothing: lists, events, a backup. Others are served meanwhile, and little is held for them.
async fn nobody_takes(readers: usize, calls: &str) {
    let server = server_of(calls);
    let client = client(&server);
    let call = client.calls(&CallsQuery::new(String::new())).await.expect("calls").items[0].id.clone();
    let before = metric(&server, MEMORY);
    let mut lines = Vec::new();
    for number in 0..readers {
        let (path, form) = match number % 10 {
            // Each copies the whole database.
            0 if number < 40 => ("backup", "*/*"),
            0..=5 => ("calls", "text/csv"),
            _ => ("events", "text/event-stream"),
        };
        let mut line = UnixStream::connect(server.socket()).expect("a line");
        write!(line, "GET /api/v1/{path} HTTP/1.1\r\nHost: x\r\nAccept: {form}\r\n\r\n").expect("sent");
        lines.push(line);
    }
    // Each is at work: its first bytes have come.
    for line in &mut lines {
        line.set_read_timeout(Some(PATIENCE)).expect("set");
        let mut first = [0; 12];
        line.read_exact(&mut first).expect("an answer begins");
        assert_eq!(&first, b"HTTP/1.1 200");
    }
    // News for those who listen, and answers for those who ask.
    for number in 0..100 {
        client.add_note(&call, &NoteDraft { text: format!("note {number}"), at: None }).await.expect("served");
        client.calls(&CallsQuery::new("talk:>10s".to_owned())).await.expect("served");
    }
    let after = metric(&server, MEMORY);
    let most = 64.0 + readers as f64 * 0.5;
    assert!(after - before < most * MIB, "{readers} readers: {} MiB more", (after - before) / MIB);
    assert!(metric(&server, "callreel_event_listeners ") >= (readers * 4 / 10) as f64);
    drop(lines);
    let until = Instant::now() + PATIENCE;
    while metric(&server, "callreel_event_listeners ") > 0.0 {
        assert!(Instant::now() < until, "who went away is forgotten");
        client.who_am_i().await.expect("served");
    }
    eprintln!("{readers} readers who take nothing: {:.1} MiB more", (after - before) / MIB);
}

#[tokio::test(flavor = "multi_thread")]
async fn readers_who_take_nothing_cost_little() {
    nobody_takes(40, "2000").await;
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "takes long: .ci/long hostile"]
async fn five_hundred_readers_who_take_nothing() {
    nobody_takes(500, "20000").await;
}

/// One try to sign in, from this address of this machine; its status.
async fn try_to_sign_in(server: &str, from: &str, user: &str, password: &str) -> u16 {
    let socket = TcpSocket::new_v4().expect("a socket");
    socket.bind(format!("{from}:0").parse().expect("address")).expect("bound");
    let mut line = socket.connect(server.parse().expect("address")).await.expect("a line");
    let body = format!("{{\"user\":\"{user}\",\"password\":\"{password}\"}}");
    let head = format!(
        "POST /api/v1/sessions HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: {}\r\nConnection: close\r\n\r\n",
        body.len()
    );
    line.write_all(&[head.as_bytes(), body.as_bytes()].concat()).await.expect("sent");
    let mut answer = String::new();
    line.read_to_string(&mut answer).await.expect("answer");
    answer.get(9..12).and_then(|status| status.parse().ok()).unwrap_or_else(|| panic!("{answer}"))
}

/// Wrong passwords by the hundred: few are hashed (a 401 was, a 429 was not), and who knows theirs comes in from elsewhere.
async fn guesses(tries: usize) {
    let server = server_of("60");
    let owner = client(&server);
    let draft = serde_json::from_value(serde_json::json!({"grants": [{"role": "supervisor", "over": "*"}]})).expect("a draft");
    owner.put_user("anna", &draft, None).await.expect("an account");
    owner.set_password("anna", Some(PASSWORD), None).await.expect("a password");
    let address = http(&server);
    let (before, begun) = (metric(&server, MEMORY), Instant::now());
    let (mut compared, mut refused) = (0, 0);
    let mut most = before;
    for round in 0..tries / 50 {
        let name = |number: usize| if number.is_multiple_of(2) { "anna".to_owned() } else { format!("guess{number}") };
        let all = (0..50).map(|number| {
            let (address, name) = (&address, name(round * 50 + number));
            async move { try_to_sign_in(address, "127.0.0.1", &name, "wrong but long enough").await }
        });
        for status in futures_util::future::join_all(all).await {
            match status {
                401 => compared += 1,
                429 => refused += 1,
                other => panic!("status {other}"),
            }
        }
        most = most.max(metric(&server, MEMORY));
    }
    let minutes = begun.elapsed().as_secs_f64() / 60.0;
    assert_eq!(compared + refused, tries);
    assert!(f64::from(u32::try_from(compared).unwrap()) <= 20.0 * (1.0 + minutes), "{compared} hashes in {minutes:.2} minutes");
    assert!(most - before < 64.0 * MIB + 2.0 * 19.0 * MIB, "{} MiB more", (most - before) / MIB);
    let status = try_to_sign_in(&address, "127.0.0.2", "anna", PASSWORD).await;
    assert!((200..300).contains(&status), "the right one from another address: {status}");
    eprintln!("{tries} guesses: {compared} hashes in {minutes:.2} minutes, {:.1} MiB more", (most - before) / MIB);
}

#[tokio::test(flavor = "multi_thread")]
async fn guesses_are_few_hashes_and_hold_up_nobody_elsewhere() {
    guesses(200).await;
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "takes long: .ci/long hostile"]
async fn a_thousand_guesses() {
    guesses(1_000).await;
}

/// A body that stops coming is given up, and holds up nobody meanwhile.
#[tokio::test]
async fn bodies_that_stop_are_given_up() {
    let server = listen(Limits { body: Duration::from_millis(800), ..Limits::default() }).await;
    let mut lines = Vec::new();
    for _ in 0..50 {
        let mut line = tokio::net::UnixStream::connect(&server.socket).await.expect("a line");
        let head =
            "PUT /api/v1/groups/night HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: 1000\r\n\r\n{";
        line.write_all(head.as_bytes()).await.expect("sent");
        lines.push(line);
    }
    let client = Client::network(&format!("unix:{}", server.socket.display()), None).expect("a client");
    client.who_am_i().await.expect("others are served");
    for line in &mut lines {
        let mut answer = Vec::new();
        let read = tokio::time::timeout(PATIENCE, line.read_to_end(&mut answer)).await.expect("it ends");
        let answer = String::from_utf8_lossy(&answer).into_owned();
        assert!(read.is_err() || answer.is_empty() || answer.starts_with("HTTP/1.1 4"), "{answer}");
    }
    assert!(!client.groups().await.expect("groups").iter().any(|group| group.name == "night"), "nothing was done");
}

#[test]
fn what_is_too_large_is_refused_and_costs_nothing() {
    let server = server_of("60");
    let before = metric(&server, MEMORY);
    let ask = |head: String, body: usize| {
        let mut line = UnixStream::connect(server.socket()).expect("a line");
        line.write_all(head.as_bytes()).expect("sent");
        // Refused while it comes: then the line breaks for who sends on.
        let block = vec![b' '; 65_536];
        let mut left = body;
        while left > 0 && line.write_all(&block[..left.min(block.len())]).is_ok() {
            left -= left.min(block.len());
        }
        let mut answer = Vec::new();
        let _ = line.read_to_end(&mut answer);
        String::from_utf8_lossy(&answer).chars().take(12).collect::<String>()
    };
    let many: String = (0..200).map(|number| format!("X-{number}: x\r\n")).collect();
    let long = "x".repeat(200_000);
    for (what, head, body, status) in [
        ("headers", format!("GET /health/live HTTP/1.1\r\nHost: x\r\n{many}\r\n"), 0, "431"),
        ("a header", format!("GET /health/live HTTP/1.1\r\nHost: x\r\nX-Long: {long}\r\n\r\n"), 0, "431"),
        ("an address", format!("GET /api/v1/calls?q={long} HTTP/1.1\r\nHost: x\r\n\r\n"), 0, "4"),
        (
            "a body",
            "PUT /api/v1/groups/x HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: 50000000\r\n\r\n"
                .to_owned(),
            50_000_000,
            "413",
        ),
    ] {
        let answer = ask(head, body);
        // A line that broke under what was still sent may have taken the answer along.
        assert!(answer.starts_with(&format!("HTTP/1.1 {status}")) || body > 0 && answer.is_empty(), "{what}: {answer}");
    }
    assert!(metric(&server, MEMORY) - before < 32.0 * MIB);
    assert!(fs::metadata(server.socket()).is_ok() && server.run(&["calls", "--count"]).out.trim() == "60");
}

/// 1,000 lines that never finish their headers: closed within 12 seconds, others served all the time.
#[tokio::test(flavor = "multi_thread")]
#[ignore = "takes long: .ci/long hostile"]
async fn a_thousand_half_open_lines() {
    let server = server_of("2000");
    let client = client(&server);
    let address = http(&server);
    let mut lines = Vec::new();
    for number in 0..1_000 {
        let mut line = tokio::net::TcpStream::connect(&address).await.expect("a line");
        if number % 2 == 0 {
            line.write_all(b"GET /api/v1/calls HTTP/1.1\r\nX-").await.expect("sent");
        }
        lines.push((line, Instant::now()));
    }
    let closing = tokio::spawn(async move {
        let mut longest = Duration::ZERO;
        for (mut line, begun) in lines {
            let mut rest = Vec::new();
            let _ = tokio::time::timeout(PATIENCE, line.read_to_end(&mut rest)).await.expect("closed");
            longest = longest.max(begun.elapsed());
        }
        longest
    });
    let mut took = Vec::new();
    while !closing.is_finished() {
        let begun = Instant::now();
        client.calls(&CallsQuery::new(String::new())).await.expect("others are served");
        took.push(begun.elapsed());
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    let longest = closing.await.expect("task");
    took.sort();
    let slow = took[took.len() * 99 / 100];
    eprintln!("1,000 half-open lines: the last closed after {longest:.1?}; {} other requests, p99 {slow:.1?}", took.len());
    assert!(longest < Duration::from_secs(12), "{longest:?}");
    assert!(slow < Duration::from_millis(if cfg!(debug_assertions) { 1_000 } else { 200 }), "{slow:?}");
}
