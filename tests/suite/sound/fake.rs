//! Sound servers that behave badly.

use std::{
    io::{BufReader, Cursor, Read, Write},
    os::unix::net::{UnixListener, UnixStream},
    path::Path,
    time::{Duration, Instant},
};

use callreel::playback::{Command, Event};
use pulseaudio::protocol as wire;

use super::player::{Heard, stairs};

/// Answers connections one after the other as `behave` says; holds each as long as that runs.
fn server(folder: &Path, behave: impl Fn(UnixStream) + Send + 'static) -> String {
    let path = folder.join("native");
    let listener = UnixListener::bind(&path).expect("a socket");
    std::thread::spawn(move || {
        while let Ok((stream, _)) = listener.accept() {
            behave(stream);
        }
    });
    format!("unix:{}", path.display())
}

fn no_output(heard: &Heard) -> Vec<String> {
    heard.until("no output", |event| match event {
        Event::NoOutput { tried, .. } => Some(tried.clone()),
        _ => None,
    })
}

/// Shakes hands, then lets `then` have each command.
fn polite(stream: UnixStream, mut then: impl FnMut(&mut UnixStream, u32, wire::Command) -> bool) {
    let mut reader = BufReader::new(stream.try_clone().expect("a socket"));
    let mut writer = stream;
    let version = wire::MAX_VERSION;
    while let Ok(head) = wire::read_descriptor(&mut reader) {
        let mut body = vec![0; head.length as usize];
        if reader.read_exact(&mut body).is_err() {
            return;
        }
        if head.channel != u32::MAX {
            continue; // Sound: swallowed.
        }
        let Ok((sequence, command)) = wire::Command::read_tag_prefixed(&mut Cursor::new(body), version) else { return };
        match command {
            wire::Command::Auth(_) => {
                let reply = wire::AuthReply { version, use_memfd: false, use_shm: false };
                wire::write_reply_message(&mut writer, sequence, &reply, version).expect("an answer");
            }
            wire::Command::SetClientName(_) => {
                let reply = wire::SetClientNameReply { client_id: 1 };
                wire::write_reply_message(&mut writer, sequence, &reply, version).expect("an answer");
            }
            other => {
                if !then(&mut writer, sequence, other) {
                    return;
                }
            }
        }
    }
}

fn load(heard: &Heard) {
    heard.player.send(Command::Load { generation: 1, decoder: stairs(5), at: 0.0 });
}

#[test]
fn one_that_never_answers_is_given_up_after_a_second_and_a_half() {
    let folder = tempfile::tempdir().expect("a folder");
    let (stop, stopped) = std::sync::mpsc::channel::<()>();
    let address = server(folder.path(), move |_held| {
        let _ = stopped.recv();
    });
    let heard = Heard::start(&address);
    let begun = Instant::now();
    load(&heard);
    let tried = no_output(&heard);
    assert!(tried[0].ends_with("does not answer"), "{tried:?}");
    assert!((1.0..20.0).contains(&begun.elapsed().as_secs_f64()), "{:?}", begun.elapsed());
    heard.is("pause", &Event::Paused { generation: 1 });
    drop(stop);
}

#[test]
fn one_that_refuses_is_quoted() {
    let folder = tempfile::tempdir().expect("a folder");
    let address = server(folder.path(), |stream| {
        let mut reader = BufReader::new(stream.try_clone().expect("a socket"));
        let mut writer = stream;
        let (sequence, _) = wire::read_command_message(&mut reader, wire::MAX_VERSION).expect("a greeting");
        wire::write_error(&mut writer, sequence, &wire::PulseError::AccessDenied).expect("an answer");
    });
    let heard = Heard::start(&address);
    load(&heard);
    let tried = no_output(&heard);
    assert!(tried[0].contains("access denied") && tried[0].contains("cookie"), "{tried:?}");
}

#[test]
fn one_that_speaks_something_else_is_no_sound_server() {
    let folder = tempfile::tempdir().expect("a folder");
    let address = server(folder.path(), |mut stream| {
        let _ = stream.write_all(b"HTTP/1.1 400 Bad Request\r\nContent-Length: 0\r\n\r\n");
    });
    let heard = Heard::start(&address);
    load(&heard);
    let tried = no_output(&heard);
    assert!(tried[0].contains("native: "), "{tried:?}");
}

#[test]
fn one_without_a_sink_says_so() {
    let folder = tempfile::tempdir().expect("a folder");
    let address = server(folder.path(), |stream| {
        polite(stream, |writer, sequence, _| wire::write_error(writer, sequence, &wire::PulseError::NoEntity).is_ok());
    });
    let heard = Heard::start(&address);
    load(&heard);
    let tried = no_output(&heard);
    assert!(tried[0].contains("no such sound output"), "{tried:?}");
}

#[test]
fn one_that_opens_a_stream_and_takes_nothing_is_lost_after_two_seconds() {
    let folder = tempfile::tempdir().expect("a folder");
    let address = server(folder.path(), |stream| {
        polite(stream, |writer, sequence, command| match command {
            wire::Command::CreatePlaybackStream(parameters) => {
                let reply = wire::CreatePlaybackStreamReply {
                    channel: 3,
                    stream_index: 4,
                    requested_bytes: 1600,
                    buffer_attr: parameters.buffer_attr,
                    sample_spec: parameters.sample_spec,
                    channel_map: parameters.channel_map,
                    sink_name: Some(c"null".to_owned()),
                    ..wire::CreatePlaybackStreamReply::default()
                };
                wire::write_reply_message(writer, sequence, &reply, wire::MAX_VERSION).is_ok()
            }
            _ => true,
        });
    });
    let heard = Heard::start(&address);
    load(&heard);
    heard.is("playing", &Event::Playing { generation: 1 });
    let begun = Instant::now();
    let why = heard.lost();
    assert!(why.contains("takes no sound any more"), "{why}");
    assert!(begun.elapsed() >= Duration::from_millis(1900), "{:?}", begun.elapsed());
    heard.is("pause", &Event::Paused { generation: 1 });
}
