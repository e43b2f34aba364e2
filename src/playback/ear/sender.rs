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

/// Bits a second of all sides together, best first.
pub(super) const BITRATES: [i32; 3] = [24_000, 16_000, 12_000];
/// Where a stream begins, by its channels: mono has enough with the second.
pub(super) const fn first_bitrate(channels: u8) -> usize {
    if channels == 1 { 1 } else { 0 }
}
/// Longest packet: twice what three frames at the highest bitrate take.
const PACKET: usize = 1276;
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
    /// One a side: a quiet side costs little then, and nothing of one is heard on the other. (The stereo of rusty-opus 1.0.2
    /// is no choice here: at 8 kHz the sides come out mixed, likeness 0.3 and 0.7, whatever the bitrate.)
    encoders: Vec<OpusEncoder>,
    /// Interleaved, less than a packet.
    waiting: Vec<f32>,
}

impl Packets {
    fn new(generation: u32, from: u32, rate: u32, channels: u8) -> Result<Self, rusty_opus::Error> {
        let encoder = || {
            // Not `Voip`: it filters what is low and turns phases, likeness 0.84 instead of 0.997 at 16 kbit/s.
            let mut encoder = OpusEncoder::new(rate.cast_signed(), 1, Application::Audio)?;
            encoder.complexity = 5;
            encoder.signal_type = Some(SignalType::Voice);
            encoder.lsb_depth = 16;
            Ok(encoder)
        };
        let encoders = (0..channels).map(|_| encoder()).collect::<Result<_, _>>()?;
        let resampler = Resampler::new(channels, from, rate);
        Ok(Self { generation, number: 0, from, rate, channels, resampler, encoders, waiting: Vec::new() })
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
        let (frames, channels) = (packet_frames(self.rate), usize::from(self.channels));
        let all = BITRATES.get(bitrate).copied().unwrap_or(12_000);
        for encoder in &mut self.encoders {
            encoder.bitrate_bps = all / i32::from(self.channels.max(1));
        }
        let mut packet = [0; PACKET];
        let mut pieces = self.waiting.chunks_exact(frames * channels);
        for piece in &mut pieces {
            let mut sides = Vec::with_capacity(2);
            for (side, encoder) in self.encoders.iter_mut().enumerate() {
                let samples: Vec<f32> = piece.iter().skip(side).step_by(channels).copied().collect();
                let length = encoder.encode(&samples, frames, &mut packet)?;
                sides.push(packet.get(..length).unwrap_or_default().to_vec());
            }
            let mut sides = sides.into_iter();
            let (left, right) = (sides.next().unwrap_or_default(), sides.next().unwrap_or_default());
            ToEar::Sound { generation: self.generation as u16, number: self.number, left, right }.write(out);
            self.number = self.number.wrapping_add(1);
        }
        self.waiting = pieces.remainder().to_vec();
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use rusty_opus::OpusDecoder;

    use super::*;
    use crate::playback::ear::frame;

    fn samples(name: &str) -> Vec<i16> {
        let path = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/data/sound").join(name);
        let length = path.metadata().unwrap().len();
        let mut decoder = crate::sound::open(Box::new(std::fs::File::open(path).unwrap()), length, name).unwrap();
        let mut samples = Vec::new();
        while decoder.read(&mut samples).unwrap() > 0 {}
        samples
    }

    /// What comes out of the packets, interleaved, and their bytes.
    fn there_and_back(samples: &[i16], from: u32, channels: u8, bitrate: usize) -> (Vec<f32>, usize) {
        let rate = crate::playback::ear::rate_for(from);
        let (mut packets, mut out) = (Packets::new(1, from, rate, channels).unwrap(), Vec::new());
        samples.chunks(1000 * usize::from(channels)).for_each(|piece| packets.push(piece, bitrate, &mut out).unwrap());
        packets.finish(bitrate, &mut out).unwrap();
        let mut decoders: Vec<_> = (0..channels).map(|_| OpusDecoder::new(rate.cast_signed(), 1).unwrap()).collect();
        let (mut reader, mut buffer, mut heard, mut bytes, mut expected) = (out.as_slice(), Vec::new(), Vec::new(), 0, 0);
        while let Ok(body) = frame::read(&mut reader, &mut buffer) {
            let Ok(ToEar::Sound { generation: 1, number, left, right }) = ToEar::parse(body) else { panic!("{body:?}") };
            assert_eq!(number, expected);
            expected += 1;
            bytes += left.len() + right.len();
            let mut sides = Vec::new();
            for (decoder, opus) in decoders.iter_mut().zip([left, right]) {
                let mut side = vec![0.0; packet_frames(rate)];
                assert_eq!(decoder.decode(&opus, packet_frames(rate), &mut side).unwrap(), side.len());
                sides.push(side);
            }
            heard.extend((0..packet_frames(rate)).flat_map(|n| sides.iter().map(move |side| side[n])));
        }
        (heard, bytes)
    }

    /// Best likeness of two sounds, and the gain there.
    fn likeness(source: &[f64], heard: &[f64]) -> (f64, f64) {
        let at = |lag: usize| {
            let pairs = source.iter().zip(&heard[lag..]);
            let (ab, aa, bb) = pairs.fold((0.0, 0.0, 0.0), |(ab, aa, bb), (a, b)| (ab + a * b, aa + a * a, bb + b * b));
            (ab / f64::sqrt(aa * bb), f64::sqrt(bb / aa))
        };
        (0..120).map(at).max_by(|a, b| a.0.total_cmp(&b.0)).unwrap()
    }

    #[test]
    fn speech_comes_back_as_it_was_and_each_side_for_itself() {
        let both = samples("stereo.wav");
        let left: Vec<i16> = both.iter().copied().step_by(2).collect();
        for (channels, sound, bitrate, most, wanted) in
            [(1, &left, 1, 16.0, 0.98), (1, &left, 2, 12.0, 0.95), (2, &both, 0, 24.0, 0.95), (2, &both, 2, 13.0, 0.8)]
        {
            let (heard, bytes) = there_and_back(sound, 8000, channels, bitrate);
            let step = usize::from(channels);
            assert!(heard.len() >= sound.len(), "nothing is cut off at the end");
            let kilobits = bytes as f64 * 8.0 / (heard.len() as f64 / step as f64 / 8.0);
            assert!(kilobits < most, "{channels} channels: {kilobits:.1} kbit/s");
            for side in 0..step {
                let pick = |n: usize, sample: f64| (n % step == side).then_some(sample);
                let source: Vec<f64> = sound.iter().enumerate().filter_map(|(n, s)| pick(n, f64::from(*s) / 32_768.0)).collect();
                let found: Vec<f64> = heard.iter().enumerate().filter_map(|(n, s)| pick(n, f64::from(*s))).collect();
                let (likeness, gain) = likeness(&source, &found);
                assert!(likeness > wanted && (0.75..1.1).contains(&gain), "{channels}/{side}: {likeness:.3}, gain {gain:.3}");
            }
        }
    }

    #[test]
    fn rates_that_opus_does_not_have_are_brought_to_the_next() {
        for (from, rate) in [(11_025, 12_000), (22_050, 24_000), (44_100, 48_000), (96_000, 48_000)] {
            let sound: Vec<i16> =
                (0..from as usize).map(|n| if (n * 400 / from as usize).is_multiple_of(2) { 3000 } else { -3000 }).collect();
            let (heard, _) = there_and_back(&sound, from, 1, 1);
            assert!((rate..rate + 2 * rate / 10).contains(&heard.len()), "{from}: {} frames", heard.len());
        }
    }
}
