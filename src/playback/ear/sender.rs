//! The thread that encodes and sends. It alone waits for the line, so that the player never does.

use std::{
    collections::VecDeque,
    io::Write,
    sync::{
        Arc, Condvar, Mutex, MutexGuard, PoisonError,
        atomic::{AtomicUsize, Ordering},
    },
};

use rusty_opus::{Application, OpusEncoder, SignalType};

use super::{frame::ToEar, packet_frames};
use crate::{
    playback::{
        mailbox::{Mailbox, Report},
        pulse::socket::Socket,
    },
    sound::Resampler,
};

/// Bits a second, best first.
pub(super) const BITRATES: [i32; 3] = [24_000, 16_000, 12_000];
/// Where a stream begins, by its channels: mono has enough with the second.
pub(super) const fn first_bitrate(channels: u8) -> usize {
    if channels == 1 { 1 } else { 0 }
}
/// Longest packet.
const PACKET: usize = 3 * 1276;
/// What the encoder holds back, in milliseconds, rounded up.
const LOOKAHEAD_MS: usize = 10;

/// One thing to send.
pub(super) enum Order {
    /// `from`: the recording's rate; `rate`: that of Opus.
    Format {
        generation: u32,
        from: u32,
        rate: u32,
        channels: u8,
    },
    Sound {
        generation: u32,
        samples: Vec<i16>,
    },
    Flush {
        generation: u32,
    },
    Pause(bool),
    Drain,
    Close,
}

/// What waits to be sent.
#[derive(Default)]
pub(super) struct Orders {
    inside: Mutex<(VecDeque<Order>, bool)>,
    arrived: Condvar,
    /// Index of [`BITRATES`], as the listener decides.
    pub(super) bitrate: AtomicUsize,
}

impl Orders {
    fn lock(&self) -> MutexGuard<'_, (VecDeque<Order>, bool)> {
        self.inside.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Never blocks. What a flush, a format or a close makes pointless is dropped; the rest is bounded by the credit that
    /// was given.
    pub(super) fn push(&self, order: Order) {
        let mut inside = self.lock();
        if matches!(order, Order::Flush { .. } | Order::Format { .. } | Order::Close) {
            inside.0.retain(|waiting| !matches!(waiting, Order::Sound { .. } | Order::Drain));
        }
        inside.0.push_back(order);
        drop(inside);
        self.arrived.notify_one();
    }

    /// Ends the thread.
    pub(super) fn end(&self) {
        self.lock().1 = true;
        self.arrived.notify_one();
    }

    /// Everything that waits; none at the end.
    fn take(&self) -> Option<VecDeque<Order>> {
        let mut inside = self.lock();
        loop {
            if inside.1 {
                return None;
            }
            if !inside.0.is_empty() {
                return Some(std::mem::take(&mut inside.0));
            }
            inside = self.arrived.wait(inside).unwrap_or_else(PoisonError::into_inner);
        }
    }
}

/// Sends until the end of the orders or of the line.
pub(super) fn run(mut socket: Socket, orders: &Arc<Orders>, mailbox: &Arc<Mailbox>) {
    let mut packets = None;
    let mut out = Vec::new();
    while let Some(batch) = orders.take() {
        out.clear();
        for order in batch {
            if let Err(why) = carry_out(order, &mut packets, orders, &mut out) {
                mailbox.report(0, Report::Lost { why: format!("the sound cannot be encoded: {why}") });
                return;
            }
        }
        if let Err(error) = socket.write_all(&out) {
            // The listener tells of a line that was cut; this one may be alive and take nothing.
            mailbox.report(0, Report::Lost { why: super::listener::words(&error) });
            return;
        }
    }
}

fn carry_out(order: Order, packets: &mut Option<Packets>, orders: &Orders, out: &mut Vec<u8>) -> Result<(), rusty_opus::Error> {
    match order {
        Order::Format { generation, from, rate, channels } => {
            ToEar::Format { generation, rate, channels }.write(out);
            *packets = Some(Packets::new(generation, from, rate, channels)?);
        }
        Order::Sound { generation, samples } => {
            if let Some(packets) = packets.as_mut().filter(|packets| packets.generation == generation) {
                packets.push(&samples, orders.bitrate.load(Ordering::Relaxed), out)?;
            }
        }
        Order::Flush { generation } => {
            ToEar::Flush { generation }.write(out);
            if let Some(old) = packets {
                *old = Packets::new(generation, old.from, old.rate, old.channels)?;
            }
        }
        Order::Pause(true) => ToEar::Pause.write(out),
        Order::Pause(false) => ToEar::Resume.write(out),
        Order::Drain => {
            if let Some(packets) = packets {
                packets.finish(orders.bitrate.load(Ordering::Relaxed), out)?;
            }
            ToEar::Drain.write(out);
        }
        Order::Close => {
            *packets = None;
            ToEar::Close.write(out);
        }
    }
    Ok(())
}

/// Sound of one generation on its way into packets of 60 ms.
struct Packets {
    generation: u32,
    number: u16,
    from: u32,
    rate: u32,
    channels: u8,
    resampler: Resampler,
    encoder: OpusEncoder,
    /// Interleaved, less than a packet.
    waiting: Vec<f32>,
}

impl Packets {
    fn new(generation: u32, from: u32, rate: u32, channels: u8) -> Result<Self, rusty_opus::Error> {
        let mut encoder = OpusEncoder::new(rate.cast_signed(), usize::from(channels), Application::Voip)?;
        encoder.complexity = 5;
        encoder.signal_type = Some(SignalType::Voice);
        encoder.lsb_depth = 16;
        let resampler = Resampler::new(channels, from, rate);
        Ok(Self { generation, number: 0, from, rate, channels, resampler, encoder, waiting: Vec::new() })
    }

    fn push(&mut self, samples: &[i16], bitrate: usize, out: &mut Vec<u8>) -> Result<(), rusty_opus::Error> {
        self.resampler.push(samples, &mut self.waiting);
        self.encode(bitrate, out)
    }

    /// The rest, filled up with silence.
    fn finish(&mut self, bitrate: usize, out: &mut Vec<u8>) -> Result<(), rusty_opus::Error> {
        self.resampler.finish(&mut self.waiting);
        let channels = usize::from(self.channels);
        let packet = packet_frames(self.rate) * channels;
        let held_back = self.rate as usize * LOOKAHEAD_MS / 1000 * channels;
        let full = (self.waiting.len() + held_back).next_multiple_of(packet);
        self.waiting.resize(full, 0.0);
        self.encode(bitrate, out)
    }

    fn encode(&mut self, bitrate: usize, out: &mut Vec<u8>) -> Result<(), rusty_opus::Error> {
        self.encoder.bitrate_bps = BITRATES.get(bitrate).copied().unwrap_or(12_000);
        let frames = packet_frames(self.rate);
        let mut packet = [0; PACKET];
        let mut pieces = self.waiting.chunks_exact(frames * usize::from(self.channels));
        for piece in &mut pieces {
            let length = self.encoder.encode(piece, frames, &mut packet)?;
            let opus = packet.get(..length).unwrap_or_default().to_vec();
            ToEar::Sound { generation: self.generation as u16, number: self.number, opus }.write(out);
            self.number = self.number.wrapping_add(1);
        }
        self.waiting = pieces.remainder().to_vec();
        Ok(())
    }
}
