//! The ear as an output of the player.

use std::{
    io::{BufReader, Write},
    sync::{Arc, Mutex, MutexGuard, atomic::Ordering},
    time::{Duration, Instant},
};

use super::{
    frame::{self, FromEar, ToEar, VERSION},
    listener::{Listener, Shared, lock, words},
    place::Place,
    rate_for,
    sender::{self, Order, Orders},
};
use crate::{
    domain::clean,
    playback::{
        mailbox::{Mailbox, Report},
        output::{Output, OutputError},
        pulse::socket::Socket,
    },
};

/// Longest wait for a welcome.
const WELCOME: Duration = Duration::from_millis(1500);
/// What may be on its way and in the ear: at first, and after it ran dry; in milliseconds.
const WINDOW_MS: [u64; 3] = [600, 1200, 2400];

/// Connects to an ear; blocks for 2.2 s at most.
pub(in crate::playback) fn connect(place: &Place, mailbox: &Arc<Mailbox>) -> Result<Box<dyn Output>, OutputError> {
    Ear::connect(place, mailbox).map(|ear| Box::new(ear) as Box<dyn Output>)
}

/// A line to an ear.
pub(super) struct Ear {
    name: String,
    socket: Socket,
    shared: Arc<Mutex<Shared>>,
    orders: Arc<Orders>,
    mailbox: Arc<Mailbox>,
    window: usize,
    /// Generations go on from stream to stream.
    generation: u32,
}

impl Ear {
    /// Connects and says hello; blocks for 2.2 s at most.
    pub(super) fn connect(place: &Place, mailbox: &Arc<Mailbox>) -> Result<Self, OutputError> {
        let failed = |error: std::io::Error| OutputError(words(&error));
        let mut socket = Socket::connect(&place.address).map_err(failed)?;
        let mut hello = Vec::new();
        ToEar::Hello { version: VERSION, token: place.token.clone() }.write(&mut hello);
        socket.write_all(&hello).map_err(failed)?;
        socket.set_read_timeout(Some(WELCOME)).map_err(failed)?;
        let mut reader = BufReader::new(socket.try_clone().map_err(failed)?);
        let mut buffer = Vec::new();
        let answer = frame::read(&mut reader, &mut buffer).and_then(|body| Ok(FromEar::parse(body)?)).map_err(failed)?;
        let name = match answer {
            FromEar::Welcome { version: VERSION, name } => clean::line(&name, 60),
            FromEar::Welcome { version, .. } => {
                return Err(OutputError(format!("it speaks version {version} of the protocol, this callreel {VERSION}")));
            }
            FromEar::Refused { why } => return Err(OutputError(clean::line(&why, 200))),
            FromEar::Played { .. } | FromEar::Drained { .. } => {
                return Err(OutputError("it does not begin with a welcome".to_owned()));
            }
        };
        reader.get_ref().set_read_timeout(None).map_err(failed)?;
        let (shared, orders) = (Arc::default(), Arc::new(Orders::default()));
        let listener =
            Listener { reader, shared: Arc::clone(&shared), orders: Arc::clone(&orders), mailbox: Arc::clone(mailbox) };
        spawn("ear answers", move || listener.run())?;
        let (writer, waiting, reports) = (socket.try_clone().map_err(failed)?, Arc::clone(&orders), Arc::clone(mailbox));
        spawn("ear sends", move || sender::run(writer, &waiting, &reports))?;
        let name = if name.is_empty() { "your ear".to_owned() } else { format!("your ear at {name}") };
        Ok(Self { name, socket, shared, orders, mailbox: Arc::clone(mailbox), window: 0, generation: 0 })
    }

    fn shared(&self) -> MutexGuard<'_, Shared> {
        lock(&self.shared)
    }

    fn open_stream(&self) -> Result<MutexGuard<'_, Shared>, OutputError> {
        let shared = self.shared();
        if shared.stream == 0 { Err(OutputError("its stream is not open".to_owned())) } else { Ok(shared) }
    }
}

fn spawn(name: &str, work: impl FnOnce() + Send + 'static) -> Result<(), OutputError> {
    let started = std::thread::Builder::new().name(name.to_owned()).spawn(work);
    started.map(|_| ()).map_err(|error| OutputError(format!("no thread for it: {error}")))
}

/// Opus has two channels at most: those of a sound with more are added up on the sides in turn.
fn two_sides(samples: &[i16], channels: usize) -> Vec<i16> {
    let side = |frame: &[i16], first: usize| {
        let (sum, count) = frame.iter().skip(first).step_by(2).fold((0, 0), |(sum, n), sample| (sum + i32::from(*sample), n + 1));
        i16::try_from(sum / count.max(1)).unwrap_or(0)
    };
    samples.chunks_exact(channels).flat_map(|frame| [side(frame, 0), side(frame, 1)]).collect()
}

impl Output for Ear {
    fn name(&self) -> &str {
        &self.name
    }

    /// Who hears by an ear does not sit at the loudspeaker that is found next.
    fn again(&self) -> Option<&'static str> {
        Some("ear")
    }

    fn open(&mut self, stream: u64, rate: u32, channels: u8) -> Result<(), OutputError> {
        self.close();
        self.generation = self.generation.wrapping_add(1);
        let (generation, opus_rate, sides) = (self.generation, rate_for(rate), channels.clamp(1, 2));
        let best = sender::first_bitrate(sides);
        self.orders.bitrate.store(best, Ordering::Relaxed);
        let bytes = {
            let mut shared = self.shared();
            *shared = Shared {
                stream,
                generation,
                channels,
                from: rate,
                rate: opus_rate,
                window: u64::from(rate) * WINDOW_MS[self.window] / 1000,
                best,
                closed: shared.closed,
                ..Shared::default()
            };
            shared.grant(0)
        };
        self.orders.push(Order::Format { generation, from: rate, rate: opus_rate, channels: sides });
        // At once: waiting for an answer would cost a round trip.
        self.mailbox.report(stream, Report::Opened { bytes });
        Ok(())
    }

    fn write(&mut self, samples: &[i16]) -> Result<(), OutputError> {
        let (generation, channels) = {
            let mut shared = self.open_stream()?;
            shared.written += (samples.len() / usize::from(shared.channels)) as u64;
            (shared.generation, usize::from(shared.channels))
        };
        let samples = if channels > 2 { two_sides(samples, channels) } else { samples.to_vec() };
        self.orders.push(Order::Sound { generation, samples });
        Ok(())
    }

    fn pause(&mut self, pause: bool) -> Result<(), OutputError> {
        {
            let mut shared = self.open_stream()?;
            let heard = shared.heard_now();
            shared.paused = pause;
            shared.heard = heard.map(|frames| (frames, Instant::now()));
        }
        self.orders.push(Order::Pause(pause));
        Ok(())
    }

    fn flush(&mut self) -> Result<(), OutputError> {
        self.generation = self.generation.wrapping_add(1);
        let (stream, bytes) = {
            let mut shared = self.open_stream()?;
            shared.generation = self.generation;
            shared.base = shared.written;
            shared.heard = None;
            shared.draining = false;
            let written = shared.written;
            (shared.stream, shared.grant(written))
        };
        self.orders.push(Order::Flush { generation: self.generation });
        self.mailbox.report(stream, Report::Credit { bytes });
        Ok(())
    }

    fn drain(&mut self) -> Result<(), OutputError> {
        self.open_stream()?.draining = true;
        self.orders.push(Order::Drain);
        Ok(())
    }

    fn ask_latency(&mut self, written: u64) -> Result<(), OutputError> {
        let shared = self.open_stream()?;
        let (stream, paused, heard) = (shared.stream, shared.paused, shared.heard_now());
        drop(shared);
        // Before the ear said something of this generation, the first 60 ms are on their way.
        if let Some(heard) = heard {
            let waiting = (written as f64 - heard).max(0.0);
            self.mailbox.report(stream, Report::Latency { written, waiting, playing: !paused });
        }
        Ok(())
    }

    fn close(&mut self) {
        let was_open = std::mem::take(&mut self.shared().stream) != 0;
        if was_open {
            self.orders.push(Order::Close);
        }
    }

    fn hold_more(&mut self) {
        self.window = (self.window + 1).min(WINDOW_MS.len() - 1);
        let mut shared = self.shared();
        if shared.stream != 0 {
            // For this stream already: credit follows what is heard next.
            shared.window = u64::from(shared.from) * WINDOW_MS[self.window] / 1000;
        }
    }
}

impl Drop for Ear {
    fn drop(&mut self) {
        self.shared().closed = true;
        self.orders.end();
        self.socket.shut_down();
    }
}
