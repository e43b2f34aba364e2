//! Packets decoded in a process of their own. The Opus decoder is fast because parts of it are not checked by the compiler
//! (`unsafe`), and the tables of a Vorbis header may claim gigabytes: what a hostile file does to them, it does to a child
//! that holds no key, no file and little memory, and the parent says that the sound cannot be read further.
//!
//! The program turns it on at its start ([`enable`]) and answers the child's call with [`serve`]; tests and other programs
//! decode in place. Both ends speak over one socket: a length, then so many bytes.

use std::{
    io::{self, Read, Write},
    os::{
        fd::{AsFd, OwnedFd},
        unix::net::UnixStream,
    },
    process::{Child, Command, Stdio},
    sync::atomic::{AtomicBool, Ordering},
    time::Duration,
};

use super::{
    SoundError,
    packets::{self, Coding, PacketDecoder},
};

/// The only argument of a child.
pub const ARGUMENT: &str = "decode-packets";
/// Address space of a child: the program itself, and what decoding may need.
const MEMORY: u64 = 768 << 20;
/// Processor time of a child: more than ten hours of sound need.
const SECONDS: u64 = 3_600;
/// A page of packets takes milliseconds.
const PATIENCE: Duration = Duration::from_secs(10);
/// No message is larger; an honest one has a page of packets or the samples of one.
const LARGEST: usize = 64 << 20;

static APART: AtomicBool = AtomicBool::new(false);

/// From now on packets are decoded in child processes of this program, which has to call [`serve`] when it is started with
/// [`ARGUMENT`].
pub fn enable() {
    APART.store(true, Ordering::Relaxed);
}

/// A decoder in a child, or here where there are none.
pub(super) fn decoder(coding: &Coding) -> Result<Box<dyn PacketDecoder>, SoundError> {
    if APART.load(Ordering::Relaxed) { Ok(Box::new(Remote::start(coding)?)) } else { packets::here(coding) }
}

fn send(socket: &mut UnixStream, message: &[u8]) -> io::Result<()> {
    let length = u32::try_from(message.len()).map_err(|_| io::Error::from(io::ErrorKind::InvalidInput))?;
    socket.write_all(&length.to_le_bytes())?;
    socket.write_all(message)
}

fn receive(socket: &mut UnixStream) -> io::Result<Vec<u8>> {
    let mut length = [0; 4];
    socket.read_exact(&mut length)?;
    let length = u32::from_le_bytes(length) as usize;
    if length > LARGEST {
        return Err(io::Error::from(io::ErrorKind::InvalidData));
    }
    let mut message = vec![0; length];
    socket.read_exact(&mut message)?;
    Ok(message)
}

/// The parent's end.
struct Remote {
    child: Child,
    socket: UnixStream,
    dead: bool,
}

impl Remote {
    fn start(coding: &Coding) -> Result<Self, SoundError> {
        let unable = |why: io::Error| SoundError(format!("no process to decode in could be started: {why}"));
        let (ours, theirs) = UnixStream::pair().map_err(unable)?;
        ours.set_read_timeout(Some(PATIENCE)).and_then(|()| ours.set_write_timeout(Some(PATIENCE))).map_err(unable)?;
        // The running program, also after its file was replaced.
        let program =
            if cfg!(target_os = "linux") { "/proc/self/exe".into() } else { std::env::current_exe().map_err(unable)? };
        let child = Command::new(program)
            .arg(ARGUMENT)
            .env_clear()
            .stdin(OwnedFd::from(theirs))
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .map_err(unable)?;
        let mut remote = Self { child, socket: ours, dead: false };
        let hello = match coding {
            Coding::Opus { channels, gain, apart } => [&[0, *channels | u8::from(*apart) << 7][..], &gain.to_le_bytes()].concat(),
            Coding::Vorbis { channels, headers } => [&[1, *channels][..], headers].concat(),
        };
        remote.ask(&hello)?;
        Ok(remote)
    }

    /// The answer to a message: what the child says, or that it is no more.
    fn ask(&mut self, message: &[u8]) -> Result<Vec<u8>, SoundError> {
        let answer = if self.dead {
            Err(io::Error::from(io::ErrorKind::BrokenPipe))
        } else {
            send(&mut self.socket, message).and_then(|()| receive(&mut self.socket))
        };
        match answer.as_deref().map(<[u8]>::split_first) {
            Ok(Some((0, _))) => Ok(answer.map(|mut answer| answer.split_off(1)).unwrap_or_default()),
            Ok(Some((_, why))) => Err(SoundError(String::from_utf8_lossy(why).into_owned())),
            Ok(None) | Err(_) => {
                self.dead = true;
                Err(SoundError("this file breaks its decoder: the sound cannot be read further".to_owned()))
            }
        }
    }
}

impl PacketDecoder for Remote {
    fn decode(&mut self, packets: &[Vec<u8>], samples: &mut Vec<i16>, frames: &mut Vec<u32>) -> Result<(), SoundError> {
        let mut message = vec![1];
        for packet in packets {
            message.extend((packet.len() as u32).to_le_bytes());
            message.extend(packet);
        }
        let answer = self.ask(&message)?;
        let damaged = || SoundError("the process that decodes answers nonsense".to_owned());
        let (counts, sound) = answer.split_at_checked(packets.len() * 4).ok_or_else(damaged)?;
        frames.extend(counts.as_chunks().0.iter().map(|&count| u32::from_le_bytes(count)));
        samples.extend(sound.as_chunks().0.iter().map(|&sample| i16::from_le_bytes(sample)));
        Ok(())
    }

    fn reset(&mut self) -> Result<(), SoundError> {
        self.ask(&[0]).map(drop)
    }
}

impl Drop for Remote {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// The child: limits itself, then decodes what comes in on standard input until the parent goes.
///
/// # Errors
/// When standard input is no socket or breaks.
pub fn serve() -> io::Result<()> {
    let mut socket = UnixStream::from(io::stdin().as_fd().try_clone_to_owned()?);
    limit();
    let hello = receive(&mut socket)?;
    let coding = match hello.as_slice() {
        [0, channels, low, high] => {
            let (channels, apart) = (channels & 0x7f, channels & 0x80 != 0);
            Coding::Opus { channels, gain: i16::from_le_bytes([*low, *high]), apart }
        }
        [1, channels, headers @ ..] => Coding::Vorbis { channels: *channels, headers: headers.to_vec() },
        _ => return Err(io::Error::from(io::ErrorKind::InvalidData)),
    };
    let mut decoder = match packets::here(&coding) {
        Ok(decoder) => decoder,
        Err(why) => return refuse(&mut socket, &why),
    };
    send(&mut socket, &[0])?;
    let (mut samples, mut frames, mut answer) = (Vec::new(), Vec::new(), Vec::new());
    while let Ok(message) = receive(&mut socket) {
        let Some((&kind, mut rest)) = message.split_first() else { return Ok(()) };
        samples.clear();
        frames.clear();
        let done = if kind == 0 {
            decoder.reset()
        } else {
            let mut packets = Vec::new();
            while let Some((length, later)) = rest.split_first_chunk() {
                let length = u32::from_le_bytes(*length) as usize;
                let Some((packet, later)) = later.split_at_checked(length) else { break };
                packets.push(packet.to_vec());
                rest = later;
            }
            decoder.decode(&packets, &mut samples, &mut frames)
        };
        if let Err(why) = done {
            refuse(&mut socket, &why)?;
            continue;
        }
        answer.clear();
        answer.push(0);
        frames.iter().for_each(|count| answer.extend(count.to_le_bytes()));
        samples.iter().for_each(|sample| answer.extend(sample.to_le_bytes()));
        send(&mut socket, &answer)?;
    }
    Ok(())
}

fn refuse(socket: &mut UnixStream, why: &SoundError) -> io::Result<()> {
    send(socket, &[&[1], why.0.as_bytes()].concat())
}

/// Takes away what decoding does not need.
fn limit() {
    use rustix::process::{Resource, Rlimit, setrlimit};
    let most = |value| Rlimit { current: Some(value), maximum: Some(value) };
    // A limit that cannot be set was lower already.
    let _ = setrlimit(Resource::As, most(MEMORY));
    let _ = setrlimit(Resource::Cpu, most(SECONDS));
    let _ = setrlimit(Resource::Core, most(0));
    let _ = setrlimit(Resource::Fsize, most(0));
    let _ = setrlimit(Resource::Nofile, most(0));
}
