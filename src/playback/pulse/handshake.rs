//! The first words with a sound server: version, cookie, who we are.

use std::{
    io::{BufReader, Write},
    time::{Duration, Instant},
};

use pulseaudio::protocol::{
    self as wire, AuthParams, AuthReply, Command, Prop, Props, ProtocolError, PulseError, SetClientNameReply,
};

use super::socket::Socket;
use crate::playback::output::OutputError;

/// Longest wait for both answers together.
const LIMIT: Duration = Duration::from_millis(1500);
/// Size of a cookie; an absent one is all zeros, which suffices for one's own server.
pub(super) const COOKIE: usize = 256;

/// Speaks until the server knows us; gives the protocol's version.
pub(super) fn shake_hands(socket: &mut Socket, reader: &mut BufReader<Socket>, cookie: Vec<u8>) -> Result<u16, ProtocolError> {
    let deadline = Instant::now() + LIMIT;
    // No shared memory is offered: it would fail through a forwarded socket.
    let auth = AuthParams { version: wire::MAX_VERSION, supports_shm: false, supports_memfd: false, cookie };
    let answer: AuthReply = ask(socket, reader, deadline, 0, &Command::Auth(auth), wire::MAX_VERSION)?;
    if answer.version < wire::MIN_VERSION {
        return Err(ProtocolError::UnsupportedVersion(answer.version));
    }
    let version = answer.version.min(wire::MAX_VERSION);
    let mut properties = Props::new();
    properties.set(Prop::ApplicationName, c"callreel");
    properties.set(Prop::ApplicationProcessBinary, c"callreel");
    let _: SetClientNameReply = ask(socket, reader, deadline, 1, &Command::SetClientName(properties), version)?;
    Ok(version)
}

fn ask<T: wire::CommandReply>(
    socket: &mut Socket,
    reader: &mut BufReader<Socket>,
    deadline: Instant,
    sequence: u32,
    command: &Command,
    version: u16,
) -> Result<T, ProtocolError> {
    let left = deadline.saturating_duration_since(Instant::now()).max(Duration::from_millis(1));
    let mut message = Vec::new();
    wire::write_command_message(&mut message, sequence, command, version)?;
    reader.get_ref().set_read_timeout(Some(left))?;
    socket.write_all(&message)?;
    let (_, answer) = wire::read_reply_message::<T>(reader, version)?;
    Ok(answer)
}

/// Failures of the protocol in words for people.
pub(super) fn words(error: &ProtocolError) -> OutputError {
    use std::io::ErrorKind::{
        BrokenPipe, ConnectionRefused, ConnectionReset, NotFound, PermissionDenied, TimedOut, UnexpectedEof, WouldBlock,
    };
    OutputError(match error {
        ProtocolError::Io(error) => match error.kind() {
            NotFound => "not there".to_owned(),
            ConnectionRefused => "nobody listens".to_owned(),
            PermissionDenied => "permission denied".to_owned(),
            TimedOut | WouldBlock => "does not answer".to_owned(),
            UnexpectedEof | ConnectionReset | BrokenPipe => "hung up".to_owned(),
            _ => error.to_string(),
        },
        ProtocolError::ServerError(PulseError::AccessDenied | PulseError::AuthKey) => {
            "access denied; copy its cookie (~/.config/pulse/cookie) here".to_owned()
        }
        ProtocolError::ServerError(PulseError::NoEntity) => "it has no such sound output".to_owned(),
        ProtocolError::UnsupportedVersion(version) => format!("it speaks protocol {version}, too old"),
        ProtocolError::ServerError(error) => format!("it refuses: {error}"),
        _ => "it does not speak PulseAudio's protocol".to_owned(),
    })
}
