//! Decoders of packets, Opus and Vorbis: what lies between the container and the samples.

use symphonia::core::{
    codecs::audio::{AudioCodecParameters, AudioDecoder, AudioDecoderOptions, well_known::CODEC_ID_VORBIS},
    packet::PacketRef,
    units::{Duration, Timestamp},
};

use super::{SoundError, guarded};

/// Samples a channel of the longest Opus packet, 120 ms.
const LONGEST: usize = 5760;

/// What is to be decoded.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Coding {
    /// Gain in 1/256 dB, from the head of the stream. `apart`: two channels, each a stream of its own in every packet, as
    /// our own files of calls have it.
    Opus { channels: u8, gain: i16, apart: bool },
    /// Identification and setup header, one behind the other.
    Vorbis { channels: u8, headers: Vec<u8> },
}

impl Coding {
    pub(super) const fn channels(&self) -> u8 {
        match self {
            Self::Opus { channels, .. } | Self::Vorbis { channels, .. } => *channels,
        }
    }
}

/// A decoder with memory: packets in order, [`Self::reset`] between places.
pub(super) trait PacketDecoder: Send {
    /// Appends the samples of these packets, interleaved, and how many frames each gave.
    ///
    /// # Errors
    /// When nothing more can be decoded. A damaged packet is no error: it gives silence of its length where that is known.
    fn decode(&mut self, packets: &[Vec<u8>], samples: &mut Vec<i16>, frames: &mut Vec<u32>) -> Result<(), SoundError>;
    /// Forgets what was decoded.
    ///
    /// # Errors
    /// When the decoder is gone.
    fn reset(&mut self) -> Result<(), SoundError>;
}

/// A decoder in this process.
pub(super) fn here(coding: &Coding) -> Result<Box<dyn PacketDecoder>, SoundError> {
    guarded(|| -> Result<Box<dyn PacketDecoder>, SoundError> {
        Ok(match coding {
            Coding::Opus { channels, gain, apart: false } => Box::new(Opus::new(*channels, *gain)?),
            Coding::Opus { gain, .. } => Box::new(TwoSides([Opus::new(1, *gain)?, Opus::new(1, *gain)?])),
            Coding::Vorbis { channels, headers } => Box::new(Vorbis::new(*channels, headers)?),
        })
    })?
}

/// Frames of 48 kHz in a packet (RFC 6716, 3.1); 0 for what is none.
pub(super) fn opus_frames(packet: &[u8]) -> u32 {
    let Some(&head) = packet.first() else { return 0 };
    let size = match head >> 3 {
        config @ 0..12 => [480, 960, 1920, 2880][usize::from(config & 3)],
        config @ 12..16 => [480, 960][usize::from(config & 1)],
        config => 120 << (config & 3),
    };
    let count = match head & 3 {
        0 => 1,
        1 | 2 => 2,
        _ => packet.get(1).map_or(0, |byte| u32::from(byte & 0x3f)),
    };
    let frames = size * count;
    if frames <= LONGEST as u32 { frames } else { 0 }
}

/// Opus by rusty-opus, 48 kHz.
struct Opus {
    decoder: rusty_opus::OpusDecoder,
    channels: usize,
    gain: f32,
    buffer: Vec<f32>,
}

impl Opus {
    fn new(channels: u8, gain: i16) -> Result<Self, SoundError> {
        let channels = usize::from(channels);
        let gain = 32_768.0 * 10_f32.powf(f32::from(gain) / (20.0 * 256.0));
        Ok(Self { decoder: opus(channels)?, channels, gain, buffer: vec![0.0; LONGEST * channels] })
    }
}

fn opus(channels: usize) -> Result<rusty_opus::OpusDecoder, SoundError> {
    rusty_opus::OpusDecoder::new(48_000, channels).map_err(|why| SoundError(format!("Opus cannot be decoded: {why:?}")))
}

impl PacketDecoder for Opus {
    fn decode(&mut self, packets: &[Vec<u8>], samples: &mut Vec<i16>, frames: &mut Vec<u32>) -> Result<(), SoundError> {
        for packet in packets {
            let told = opus_frames(packet) as usize;
            let decoded = if told == 0 {
                Ok(Some(0))
            } else {
                guarded(|| self.decoder.decode(packet, LONGEST, &mut self.buffer).ok().filter(|&count| count == told))
            };
            match decoded {
                Ok(Some(count)) => {
                    samples.extend(self.buffer[..count * self.channels].iter().map(|&value| to_sample(value * self.gain)));
                }
                broken => {
                    if broken.is_err() {
                        // What panicked is in no known state.
                        self.decoder = opus(self.channels)?;
                    }
                    samples.resize(samples.len() + told * self.channels, 0);
                }
            }
            frames.push(told as u32);
        }
        Ok(())
    }

    fn reset(&mut self) -> Result<(), SoundError> {
        self.decoder = opus(self.channels)?;
        Ok(())
    }
}

/// Two streams of one channel each (RFC 7845, 5.1.1.2, without coupling).
struct TwoSides([Opus; 2]);

impl PacketDecoder for TwoSides {
    fn decode(&mut self, packets: &[Vec<u8>], samples: &mut Vec<i16>, frames: &mut Vec<u32>) -> Result<(), SoundError> {
        let (mut sides, mut counts) = ([Vec::new(), Vec::new()], Vec::new());
        for packet in packets {
            let told = opus_frames(packet);
            let (first, second) = first_of_two(packet).unwrap_or_default();
            let [left, right] = &mut self.0;
            for ((decoder, part), side) in [(left, first), (right, second)].into_iter().zip(&mut sides) {
                side.clear();
                counts.clear();
                decoder.decode(&[part], side, &mut counts)?;
                side.resize(told as usize, 0);
            }
            samples.extend(sides[0].iter().zip(&sides[1]).flat_map(|(left, right)| [*left, *right]));
            frames.push(told);
        }
        Ok(())
    }

    fn reset(&mut self) -> Result<(), SoundError> {
        self.0.iter_mut().try_for_each(Opus::reset)
    }
}

/// The packets of both streams: the first tells its length (RFC 6716, appendix B). None for packets of several frames.
fn first_of_two(packet: &[u8]) -> Option<(Vec<u8>, Vec<u8>)> {
    let (&head, rest) = packet.split_first().filter(|(head, _)| **head & 3 == 0)?;
    let (length, rest) = match rest {
        [short @ ..252, rest @ ..] => (usize::from(*short), rest),
        [first, more, rest @ ..] => (usize::from(*first) + 4 * usize::from(*more), rest),
        _ => return None,
    };
    let (frame, second) = rest.split_at_checked(length)?;
    Some(([&[head], frame].concat(), second.to_vec()))
}

fn to_sample(value: f32) -> i16 {
    value.round_ties_even() as i16
}

/// Vorbis by symphonia.
struct Vorbis {
    decoder: Box<dyn AudioDecoder>,
    channels: usize,
    buffer: Vec<f32>,
}

impl Vorbis {
    fn new(channels: u8, headers: &[u8]) -> Result<Self, SoundError> {
        let mut parameters = AudioCodecParameters::new();
        parameters.for_codec(CODEC_ID_VORBIS).with_extra_data(headers.into());
        let decoder = symphonia::default::get_codecs()
            .make_audio_decoder(&parameters, &AudioDecoderOptions::default())
            .map_err(|why| SoundError(format!("the headers of this Vorbis stream are damaged: {why}")))?;
        Ok(Self { decoder, channels: channels.into(), buffer: Vec::new() })
    }
}

impl PacketDecoder for Vorbis {
    fn decode(&mut self, packets: &[Vec<u8>], samples: &mut Vec<i16>, frames: &mut Vec<u32>) -> Result<(), SoundError> {
        for packet in packets {
            let packet = PacketRef::new(0, Timestamp::new(0), Duration::ZERO, packet);
            let count = guarded(|| match self.decoder.decode_ref(&packet) {
                Ok(buffer) if buffer.num_planes() == self.channels => {
                    buffer.copy_to_vec_interleaved(&mut self.buffer);
                    buffer.frames()
                }
                _ => 0,
            })?;
            samples.extend(self.buffer.iter().take(count * self.channels).map(|&value| to_sample(value * 32_768.0)));
            frames.push(count as u32);
        }
        Ok(())
    }

    fn reset(&mut self) -> Result<(), SoundError> {
        guarded(|| self.decoder.reset())
    }
}
