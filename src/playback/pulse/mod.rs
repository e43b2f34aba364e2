//! PulseAudio's own protocol over a blocking socket: PulseAudio and PipeWire, local, by TCP, or forwarded by SSH.
//! No library is needed, neither to build nor to run.

pub(super) mod address;
mod handshake;
mod law;
mod reader;
pub(super) mod socket;

use std::{
    ffi::CString,
    io::{BufReader, Write},
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::SystemTime,
};

use pulseaudio::protocol::{
    self as wire, ChannelMap, ChannelPosition, ChannelVolume, Command, LatencyParams, PlaybackStreamParams, Prop, Props,
    ProtocolError, PulseError, SampleFormat, SampleSpec,
    stream::{BufferAttr, CorkStreamParams, StreamFlags},
};

use super::{
    Environment,
    mailbox::Mailbox,
    output::{Output, OutputError},
};
use address::Address;
use handshake::words;
use reader::{Listener, Open, Question, Shared};
use socket::Socket;

/// What the server holds ahead at first, and at most after it ran dry, in milliseconds. A line of SSH begins with the last:
/// small packets cost most there.
const HOLD_MS: [u32; 3] = [200, 400, 1000];
/// What must be there before sound begins, in milliseconds.
const BEGIN_MS: u32 = 40;

/// A connection to a sound server.
pub(super) struct Pulse {
    name: String,
    sink: Option<CString>,
    socket: Socket,
    version: u16,
    sequence: u32,
    shared: Arc<Mutex<Shared>>,
    stream: u64,
    hold: usize,
    /// The line to it is thin: telephone sound goes over it as mu-law.
    forwarded: bool,
    law: bool,
}

impl Pulse {
    /// Connects and shakes hands; blocks for 2.2 s at most. `forwarded`: the server is at the other end of a line.
    pub(super) fn connect(
        address: &Address,
        sink: Option<&str>,
        forwarded: bool,
        environment: &Environment,
        mailbox: &Arc<Mailbox>,
    ) -> Result<Self, OutputError> {
        let (socket, reader, version) = greet(address, environment).map_err(|error| words(&error))?;
        reader.get_ref().set_read_timeout(None).map_err(|error| words(&error.into()))?;
        let shared = Arc::new(Mutex::new(Shared::default()));
        let listener = Listener { reader, version, shared: Arc::clone(&shared), mailbox: Arc::clone(mailbox) };
        std::thread::Builder::new()
            .name("pulse".to_owned())
            .spawn(move || listener.run())
            .map_err(|error| OutputError(format!("no thread for it: {error}")))?;
        let name = match address {
            Address::Unix(_) if forwarded => "PulseAudio at your end".to_owned(),
            Address::Unix(_) => "PulseAudio".to_owned(),
            Address::Tcp { host, .. } => format!("PulseAudio on {host}"),
        };
        let sink = sink.and_then(|sink| CString::new(sink).ok());
        let hold = if forwarded { HOLD_MS.len() - 1 } else { 0 };
        Ok(Self { name, sink, socket, version, sequence: 2, shared, stream: 0, hold, forwarded, law: false })
    }

    fn shared(&self) -> MutexGuard<'_, Shared> {
        self.shared.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn open_stream(&self) -> Result<Open, OutputError> {
        self.shared().open.ok_or_else(|| OutputError("its stream is not open".to_owned()))
    }

    fn send(&mut self, command: &Command, question: Question) -> Result<(), OutputError> {
        self.sequence = self.sequence.wrapping_add(1);
        self.shared().questions.insert(self.sequence, question);
        let mut message = Vec::new();
        wire::write_command_message(&mut message, self.sequence, command, self.version).map_err(|error| words(&error))?;
        self.socket.write_all(&message).map_err(|error| words(&error.into()))
    }
}

impl Output for Pulse {
    fn name(&self) -> &str {
        &self.name
    }

    fn open(&mut self, stream: u64, rate: u32, channels: u8) -> Result<(), OutputError> {
        self.close();
        self.stream = stream;
        // Half the bytes, and no loss at all for what came over G.711.
        self.law = self.forwarded && rate <= 8000;
        let block = usize::from(channels) * if self.law { 1 } else { 2 };
        let bytes = |milliseconds: u32| {
            let frames = u64::from(rate) * u64::from(milliseconds) / 1000;
            u32::try_from(frames * block as u64).unwrap_or(u32::MAX)
        };
        let target = HOLD_MS[self.hold];
        let mut props = Props::new();
        props.set(Prop::MediaName, c"recording");
        props.set(Prop::MediaRole, c"phone");
        let parameters = PlaybackStreamParams {
            sample_spec: SampleSpec {
                format: if self.law { SampleFormat::Ulaw } else { SampleFormat::S16Le },
                channels,
                sample_rate: rate,
            },
            channel_map: channel_map(channels),
            sink_name: Some(self.sink.clone().unwrap_or_else(|| wire::DEFAULT_SINK.to_owned())),
            buffer_attr: BufferAttr {
                max_length: u32::MAX,
                target_length: bytes(target),
                pre_buffering: bytes(BEGIN_MS),
                // Not u32::MAX: the server would then ask every 20 ms.
                minimum_request_length: bytes(target / 4),
                fragment_size: u32::MAX,
            },
            cvolume: Some(ChannelVolume::norm(channels)),
            props,
            flags: StreamFlags { adjust_latency: true, start_muted: Some(false), ..StreamFlags::default() },
            ..PlaybackStreamParams::default()
        };
        self.send(&Command::CreatePlaybackStream(parameters), Question::Open { stream, rate, block, channels })
    }

    fn write(&mut self, samples: &[i16]) -> Result<(), OutputError> {
        let channel = self.open_stream()?.channel;
        for part in samples.chunks(32 * 1024) {
            let bytes: Vec<u8> = if self.law {
                part.iter().map(|sample| law::mulaw(*sample)).collect()
            } else {
                part.iter().flat_map(|sample| sample.to_le_bytes()).collect()
            };
            let mut message = Vec::with_capacity(bytes.len() + wire::DESCRIPTOR_SIZE);
            wire::write_memblock(&mut message, channel, &bytes, 0).map_err(|error| words(&error))?;
            self.socket.write_all(&message).map_err(|error| words(&error.into()))?;
        }
        Ok(())
    }

    fn pause(&mut self, pause: bool) -> Result<(), OutputError> {
        let channel = self.open_stream()?.channel;
        let stream = self.stream;
        self.send(&Command::CorkPlaybackStream(CorkStreamParams { channel, cork: pause }), Question::Other { stream })
    }

    fn flush(&mut self) -> Result<(), OutputError> {
        let channel = self.open_stream()?.channel;
        let stream = self.stream;
        self.send(&Command::FlushPlaybackStream(channel), Question::Other { stream })
    }

    fn drain(&mut self) -> Result<(), OutputError> {
        let channel = self.open_stream()?.channel;
        let stream = self.stream;
        self.send(&Command::DrainPlaybackStream(channel), Question::Drain { stream })
    }

    fn ask_latency(&mut self, written: u64) -> Result<(), OutputError> {
        let channel = self.open_stream()?.channel;
        // The server only sends this time back, and nothing here reads it.
        let parameters = LatencyParams { channel, now: SystemTime::UNIX_EPOCH };
        let stream = self.stream;
        self.send(&Command::GetPlaybackLatency(parameters), Question::Latency { stream, written })
    }

    fn close(&mut self) {
        let open = self.shared().open.take();
        if let Some(open) = open {
            // Answers to what was asked of this stream are of the past; the one to this must still be known when it comes.
            self.shared().questions.clear();
            // A stream that is gone already, or a dead connection: both are what is wanted.
            let _ = self.send(&Command::DeletePlaybackStream(open.channel), Question::Close);
        }
    }

    fn hold_more(&mut self) {
        self.hold = (self.hold + 1).min(HOLD_MS.len() - 1);
    }
}

impl Drop for Pulse {
    fn drop(&mut self) {
        self.shared().closed = true;
        self.socket.shut_down();
    }
}

/// Connects until the server knows us. Its check of who we are looks at what the kernel attached to our first message, and
/// that is missing if the message comes between its `accept` and its asking for it: a denial is believed at the third time.
fn greet(address: &Address, environment: &Environment) -> Result<(Socket, BufReader<Socket>, u16), ProtocolError> {
    let mut attempt = 0;
    loop {
        attempt += 1;
        let mut socket = Socket::connect(address)?;
        let mut reader = BufReader::new(socket.try_clone()?);
        match handshake::shake_hands(&mut socket, &mut reader, cookie(environment)) {
            Ok(version) => return Ok((socket, reader, version)),
            Err(ProtocolError::ServerError(PulseError::AccessDenied)) if attempt < 3 && matches!(address, Address::Unix(_)) => {}
            Err(error) => return Err(error),
        }
    }
}

fn channel_map(channels: u8) -> ChannelMap {
    match channels {
        1 => ChannelMap::mono(),
        2 => ChannelMap::stereo(),
        more => ChannelMap::new((0..more).map(|_| ChannelPosition::Mono)),
    }
}

/// The server's password: `PULSE_COOKIE`, `~/.config/pulse/cookie`, `~/.pulse-cookie`, else zeros.
fn cookie(environment: &Environment) -> Vec<u8> {
    let home = |path: &str| environment.home.as_ref().map(|home| home.join(path));
    let places = [environment.pulse_cookie.clone(), home(".config/pulse/cookie"), home(".pulse-cookie")];
    places
        .into_iter()
        .flatten()
        .find_map(|place| std::fs::read(place).ok().filter(|bytes| bytes.len() == handshake::COOKIE))
        .unwrap_or_else(|| vec![0; handshake::COOKIE])
}
