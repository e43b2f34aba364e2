//! Lines that are slow, many, or at work when the server stops.

use std::time::Duration;

use callreel::{client::Client, server::front::Limits};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::{TcpStream, UnixStream},
};

use crate::common::front::listen;

#[tokio::test]
async fn half_open_lines_are_closed_while_others_are_served() {
    let limits = Limits { head: Duration::from_millis(1_500), ..Limits::default() };
    let server = listen(limits).await;
    let mut slow = Vec::new();
    for half in 0..300 {
        let mut line = TcpStream::connect(&server.address).await.expect("a line");
        let begun: &[u8] = if half % 2 == 0 { b"GET / HTTP/1.1\r\nX-" } else { b"" };
        line.write_all(begun).await.expect("sent");
        slow.push(line);
    }
    let client = Client::network(&format!("unix:{}", server.socket.display()), None).expect("a client");
    client.who_am_i().await.expect("others are served");
    for line in &mut slow {
        let mut rest = Vec::new();
        // Closed or reset: either ends the wait.
        let _ = tokio::time::timeout(Duration::from_secs(30), line.read_to_end(&mut rest)).await.expect("closed");
    }
}

#[tokio::test]
async fn one_line_too_many_is_closed_and_the_socket_has_its_own() {
    let server = listen(Limits { connections: 2, ..Limits::default() }).await;
    let ask = async |line: &mut TcpStream| {
        line.write_all(b"GET /health/live HTTP/1.1\r\nHost: x\r\n\r\n").await.ok();
        let mut answer = [0; 12];
        line.read_exact(&mut answer).await.map(|_| answer)
    };
    let mut held = Vec::new();
    for _ in 0..2 {
        let mut line = TcpStream::connect(&server.address).await.expect("a line");
        assert_eq!(&ask(&mut line).await.expect("answered"), b"HTTP/1.1 200");
        held.push(line);
    }
    let mut more = TcpStream::connect(&server.address).await.expect("a line");
    assert!(ask(&mut more).await.is_err());
    let client = Client::network(&format!("unix:{}", server.socket.display()), None).expect("a client");
    client.who_am_i().await.expect("the socket is never full of strangers");
}

#[tokio::test]
async fn a_stop_lets_the_request_at_work_end_and_takes_no_more() {
    let server = listen(Limits::default()).await;
    let client = Client::network(&format!("unix:{}", server.socket.display()), None).expect("a client");
    let known = client.revision().await.expect("revision").revision;
    let waiting = {
        let client = client.clone();
        tokio::spawn(async move { client.revision_after(&known).await })
    };
    let mut line = UnixStream::connect(&server.socket).await.expect("a line");
    let body = r#"{"name":"night","remark":null}"#;
    let head = format!(
        "PUT /api/v1/groups/night HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: {}\r\n\r\n",
        body.len()
    );
    line.write_all(head.as_bytes()).await.expect("sent");
    line.write_all(&body.as_bytes()[..5]).await.expect("sent");
    // The request is at work once another one on a younger line has been answered.
    client.groups().await.expect("groups");
    server.stop.notify_one();
    while UnixStream::connect(&server.socket).await.is_ok() {
        tokio::task::yield_now().await;
    }
    assert!(waiting.await.expect("task").is_err(), "who only waits for news is let go");
    line.write_all(&body.as_bytes()[5..]).await.expect("sent");
    let mut answer = String::new();
    line.read_to_string(&mut answer).await.expect("answer");
    assert!(answer.starts_with("HTTP/1.1 204") || answer.starts_with("HTTP/1.1 200"), "{answer}");
    assert!(server.ended.await.expect("ended"), "all requests ended in time");
    assert!(!server.socket.exists());
}
