//! Ogg Opus (RFC 6716, RFC 7845) by `rusty-opus`: what the archive keeps, 7.2 MB an hour of one channel.

use ogg::writing::{PacketWriteEndInfo, PacketWriter};
use rusty_opus::{Application, OpusEncoder, SignalType};

use super::{Encoder, Output, rate_for, two_at_most, unwritable};
use crate::sound::{SoundError, resample::Resampler};

/// Rates that Opus takes.
const RATES: [u32; 5] = [8_000, 12_000, 16_000, 24_000, 48_000];
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
    encoder: OpusEncoder,
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
        let mut encoder = OpusEncoder::new(rate.cast_signed(), channels.into(), Application::Voip).map_err(refused)?;
        encoder.bitrate_bps = 16_000 * i32::from(channels);
        encoder.complexity = 5;
        encoder.signal_type = Some(SignalType::Voice);
        encoder.lsb_depth = 16;
        let mut pages = Pages { writer: PacketWriter::new(Vec::new()) };
        let mut head = b"OpusHead\x01".to_vec();
        head.push(channels);
        head.extend((LOOKAHEAD as u16).to_le_bytes());
        head.extend(from.to_le_bytes());
        // No gain; one stream of one or two channels.
        head.extend([0, 0, 0]);
        pages.write(head, PacketWriteEndInfo::EndPage, 0, out)?;
        let vendor = concat!("callreel ", env!("CARGO_PKG_VERSION")).as_bytes();
        let mut tags = b"OpusTags".to_vec();
        tags.extend((vendor.len() as u32).to_le_bytes());
        tags.extend(vendor);
        tags.extend(0_u32.to_le_bytes());
        pages.write(tags, PacketWriteEndInfo::EndPage, 0, out)?;
        Ok(Self {
            encoder,
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

    fn encode_whole_packets(&mut self, out: &mut dyn Output) -> Result<(), SoundError> {
        let step = self.step() * self.channels;
        let mut done = 0;
        while let Some(samples) = self.wave.get(done..done + step) {
            let mut packet = vec![0; LONGEST];
            let length = self.encoder.encode(samples, step / self.channels, &mut packet).map_err(refused)?;
            packet.truncate(length);
            done += step;
            if let Some(earlier) = self.waiting.replace(packet) {
                self.packets += 1;
                let end = if self.packets.is_multiple_of(PAGE) {
                    PacketWriteEndInfo::EndPage
                } else {
                    PacketWriteEndInfo::NormalPacket
                };
                self.pages.write(earlier, end, self.packets * PACKET, out)?;
            }
        }
        self.wave.drain(..done);
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

fn refused(error: rusty_opus::Error) -> SoundError {
    SoundError(format!("it cannot be converted to Opus: {error}"))
}
