//! Ogg Opus (RFC 6716, RFC 7845) by `rusty-opus`: what the archive keeps, 7.2 MB an hour of one channel.
//!
//! The sides of a call are two streams of one channel each (channel mapping family 1 without coupling), not a stereo
//! stream: people who talk in turns have nothing in common that coding them together could save, and the encoder's joint
//! stereo mixes them audibly at this bit rate (correlation of a side with its original 0.3 to 0.7; apart 0.99).

use ogg::writing::{PacketWriteEndInfo, PacketWriter};
use rusty_opus::{Application, Bandwidth, OpusEncoder, SignalType};

use super::{Encoder, Output, rate_for, two_at_most, unwritable};
use crate::sound::{SoundError, resample::Resampler};

/// Rates that Opus takes and speech at 16 kbit/s can use; what is higher is brought down to the last.
const RATES: [u32; 3] = [8_000, 12_000, 16_000];
/// Granule positions count frames of this rate, whatever the sound's.
const GRANULES: u64 = 48_000;
/// Frames of sound that a packet holds at 48 kHz (20 ms).
const PACKET: u64 = 960;
/// Packets of a page: RFC 7845 wants no page longer than a second.
const PAGE: u64 = 50;
/// What the encoder delays, at 48 kHz.
const LOOKAHEAD: u64 = 312;
const SERIAL: u32 = 0x0c_a1_1e_e1;
/// RFC 6716 3.2.1: no frame is longer.
const LONGEST: usize = 1_276;

pub(super) struct Opus {
    /// One a channel.
    encoders: Vec<OpusEncoder>,
    resampler: Resampler,
    channels: usize,
    /// Of the encoder.
    rate: u32,
    /// Of the source.
    from: u64,
    /// Frames of the source.
    frames: u64,
    wave: Vec<f32>,
    packets: u64,
    /// The last packet made: only once it is known whether it is the last one it can be written.
    waiting: Option<Vec<u8>>,
    pages: Pages,
}

impl Opus {
    pub(super) fn begin(channels: u8, from: u32, out: &mut dyn Output) -> Result<Self, SoundError> {
        two_at_most(channels, "Opus")?;
        let rate = rate_for(from, &RATES);
        let encoders = (0..channels).map(|_| speech_encoder(rate)).collect::<Result<_, _>>()?;
        let mut pages = Pages { writer: PacketWriter::new(Vec::new()) };
        let mut head = b"OpusHead\x01".to_vec();
        head.push(channels);
        head.extend((LOOKAHEAD as u16).to_le_bytes());
        head.extend(from.to_le_bytes());
        // No gain. One channel is a stream (family 0); two are two streams, none of them coupled (family 1).
        let mapping: &[u8] = if channels == 1 { &[0] } else { &[1, 2, 0, 0, 1] };
        head.extend([0, 0]);
        head.extend(mapping);
        pages.write(head, PacketWriteEndInfo::EndPage, 0, out)?;
        let vendor = concat!("callreel ", env!("CARGO_PKG_VERSION")).as_bytes();
        let mut tags = b"OpusTags".to_vec();
        tags.extend((vendor.len() as u32).to_le_bytes());
        tags.extend(vendor);
        tags.extend(0_u32.to_le_bytes());
        pages.write(tags, PacketWriteEndInfo::EndPage, 0, out)?;
        Ok(Self {
            encoders,
            resampler: Resampler::new(channels, from, rate),
            channels: channels.into(),
            rate,
            from: u64::from(from),
            frames: 0,
            wave: Vec::new(),
            packets: 0,
            waiting: None,
            pages,
        })
    }

    /// Frames of the encoder's rate in a packet.
    const fn step(&self) -> usize {
        self.rate as usize / 50
    }

    /// One packet of all channels: each stream but the last tells its length (RFC 6716, appendix B).
    fn packet(&mut self, samples: &[f32]) -> Result<Vec<u8>, SoundError> {
        let (step, channels) = (self.step(), self.channels);
        let mut whole = Vec::new();
        for (channel, encoder) in self.encoders.iter_mut().enumerate() {
            let side: Vec<f32> = samples.iter().skip(channel).step_by(channels).copied().collect();
            let mut packet = [0; LONGEST];
            let length = encoder.encode(&side, step, &mut packet).map_err(refused)?;
            let Some((head, frame)) = packet.get(..length).and_then(<[u8]>::split_first) else {
                return Err(SoundError("it cannot be converted to Opus: an empty packet".to_owned()));
            };
            whole.push(*head);
            if channel + 1 < channels {
                whole.extend(frame_length(frame.len()));
            }
            whole.extend(frame);
        }
        Ok(whole)
    }

    fn encode_whole_packets(&mut self, out: &mut dyn Output) -> Result<(), SoundError> {
        let step = self.step() * self.channels;
        let mut wave = std::mem::take(&mut self.wave);
        let mut done = 0;
        while let Some(samples) = wave.get(done..done + step) {
            let packet = self.packet(samples)?;
            done += step;
            if let Some(earlier) = self.waiting.replace(packet) {
                self.packets += 1;
                let page_ends = self.packets.is_multiple_of(PAGE);
                let end = if page_ends { PacketWriteEndInfo::EndPage } else { PacketWriteEndInfo::NormalPacket };
                self.pages.write(earlier, end, self.packets * PACKET, out)?;
            }
        }
        wave.drain(..done);
        self.wave = wave;
        Ok(())
    }
}

impl Encoder for Opus {
    fn push(&mut self, samples: &[i16], out: &mut dyn Output) -> Result<(), SoundError> {
        self.frames += (samples.len() / self.channels) as u64;
        self.resampler.push(samples, &mut self.wave);
        self.encode_whole_packets(out)
    }

    fn finish(&mut self, out: &mut dyn Output) -> Result<(), SoundError> {
        self.resampler.finish(&mut self.wave);
        self.encode_whole_packets(out)?;
        // What is decoded begins with the encoder's delay and lasts as long as the source; the rest of the last packet is
        // cut off by a granule position that ends inside it.
        let length = (u128::from(self.frames) * u128::from(GRANULES)).div_ceil(u128::from(self.from.max(1))) as u64 + LOOKAHEAD;
        let step = self.step() * self.channels;
        while (self.packets + u64::from(self.waiting.is_some())) * PACKET < length {
            self.wave.resize(step, 0.0);
            self.encode_whole_packets(out)?;
        }
        match self.waiting.take() {
            Some(last) => self.pages.write(last, PacketWriteEndInfo::EndStream, length, out),
            None => Ok(()),
        }
    }
}

/// Pages as they become complete.
struct Pages {
    writer: PacketWriter<'static, Vec<u8>>,
}

impl Pages {
    fn write(&mut self, packet: Vec<u8>, end: PacketWriteEndInfo, granule: u64, out: &mut dyn Output) -> Result<(), SoundError> {
        self.writer.write_packet(packet, SERIAL, end, granule).map_err(unwritable)?;
        let done = self.writer.inner_mut();
        out.write_all(done).map_err(unwritable)?;
        done.clear();
        Ok(())
    }
}

fn speech_encoder(rate: u32) -> Result<OpusEncoder, SoundError> {
    // Not `Voip`: its high pass changes the low voices of what is to be kept.
    let mut encoder = OpusEncoder::new(rate.cast_signed(), 1, Application::Audio).map_err(refused)?;
    encoder.bitrate_bps = 16_000;
    encoder.complexity = 5;
    encoder.signal_type = Some(SignalType::Voice);
    // One coding throughout; wider ones cost more than 16 kbit/s can pay.
    encoder.max_bandwidth = Bandwidth::Wideband;
    encoder.lsb_depth = 16;
    Ok(encoder)
}

/// RFC 6716 3.2.1.
fn frame_length(bytes: usize) -> Vec<u8> {
    if bytes < 252 {
        return vec![bytes as u8];
    }
    let first = 252 + bytes % 4;
    vec![first as u8, ((bytes - first) / 4) as u8]
}

fn refused(error: rusty_opus::Error) -> SoundError {
    SoundError(format!("it cannot be converted to Opus: {error}"))
}
