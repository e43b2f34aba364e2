//! A clip shared on the command line, and the page that somebody without an account opens.

use std::{
    io::{Read, Write},
    net::TcpStream,
};

use serde_json::Value;

use super::server::{Server, run};
use crate::common::home::Home;

fn ask(address: &str, path: &str) -> (u16, Vec<u8>) {
    let mut line = TcpStream::connect(address).expect("a line");
    write!(line, "GET {path} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n").expect("sent");
    let mut answer = Vec::new();
    line.read_to_end(&mut answer).expect("an answer");
    let head = memchr::memmem::find(&answer, b"\r\n\r\n").expect("a head");
    let status = String::from_utf8_lossy(&answer[9..12]).parse().expect("a status");
    (status, answer.split_off(head + 4))
}

#[test]
fn a_clip_shared_on_the_command_line_plays_as_often_as_was_said() {
    let home = Home::new();
    let made = run(&home, &["generate", "--calls", "60", "--recordings", "3", "--seed", "1", "--db", "a.db", "--quiet"]);
    assert_eq!(made.status, 0, "{}", made.words);
    let server = Server::start(home);
    let (socket, address) = (server.place("unix:").to_owned(), server.place("http://").trim_start_matches("http://").to_owned());
    let json = |line: &str| {
        let words: Vec<&str> = line.split(' ').chain(["--format", "json", "--server", &socket]).collect();
        let said = server.run(&words);
        assert_eq!(said.status, 0, "{line}: {}", said.words);
        serde_json::from_str::<Value>(&said.out).expect("JSON")
    };
    let text = |value: &Value| value.as_str().expect("text").to_owned();
    let calls = json("calls is:recorded on:internal --limit 1");
    let clip = json(&format!("clip add {} --from 0 --until 1", text(&calls[0]["recordings"][0]["id"])));
    let made = json(&format!("share add {} --title Hello --plays 1", text(&clip["id"])));
    let (id, path) = (text(&made["id"]), text(&made["path"]));
    let (status, page) = ask(&address, &path);
    let page = String::from_utf8(page).expect("text");
    assert!(status == 200 && page.contains("Hello") && page.contains("<audio controls"), "{page}");
    assert!(!page.contains(&text(&clip["id"])) && !page.contains("+48"), "neither ids nor numbers: {page}");
    let shown = json(&format!("share show {id}"));
    assert_eq!((&shown["state"], &shown["plays_left"]), (&"open".into(), &1.into()), "opening the page is no play");
    let (status, sound) = ask(&address, &format!("{path}/audio/0"));
    assert!(status == 200 && sound.starts_with(b"RIFF"), "{status}");
    let shown = json(&format!("share show {id}"));
    assert_eq!((&shown["state"], &shown["plays_left"]), (&"used-up".into(), &0.into()));
    let other = json(&format!("share add {}", text(&clip["id"])));
    assert_eq!(ask(&address, &text(&other["path"])).0, 200);
    let ended = server.run(&["share", "revoke", &text(&other["id"]), "--server", &socket]);
    assert_eq!(ended.status, 0, "{}", ended.words);
    let (gone, never) = (ask(&address, &text(&other["path"])), ask(&address, "/s/never"));
    assert_eq!((gone.0, gone.1.len()), (404, never.1.len()), "as if it had never been");
}
