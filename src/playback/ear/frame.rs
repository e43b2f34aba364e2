//! Frames of the ear's protocol: how they are written, and how they are read from somebody who may mean harm.
//!
//! Every field is checked and every length is bounded before anything is allocated for it.

use std::io::{self, Read};

/// The protocol's version; both ends must speak the same.
pub(super) const VERSION: u16 = 1;
/// First bytes of a hello, so that a stranger's first words are known for such.
const MAGIC: &[u8; 12] = b"callreel-ear";
/// Longest frame without its length: two packets are far shorter.
pub(super) const LONGEST: usize = 4096;
/// Longest token, in bytes.
const TOKEN: usize = 64;
/// Longest text, in bytes.
const TEXT: usize = 400;

/// What the console's side says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum ToEar {
    Hello {
        version: u16,
        token: String,
    },
    /// A stream begins: rate and channels of the Opus decoder.
    Format {
        generation: u32,
        rate: u32,
        channels: u8,
    },
    /// 60 ms of sound: a packet of Opus for the left side or the only one, and one for the right side or nothing. Both
    /// numbers are the lowest 16 bits; `number` counts the sounds of its generation.
    Sound {
        generation: u16,
        number: u16,
        left: Vec<u8>,
        right: Vec<u8>,
    },
    /// What was sent is not wanted any more; what follows belongs to this generation.
    Flush {
        generation: u32,
    },
    Pause,
    Resume,
    /// Play out what was sent, then say [`FromEar::Drained`].
    Drain,
    /// The stream ends; the connection stays.
    Close,
}

/// What the ear says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum FromEar {
    Welcome {
        version: u16,
        name: String,
    },
    /// `position`: frames of this generation that came out of the loudspeaker; `buffered`: frames that arrived and did not
    /// come out yet; `underruns`: how often it ran dry since the stream began.
    Played {
        generation: u32,
        position: u64,
        buffered: u32,
        underruns: u32,
    },
    Drained {
        generation: u32,
    },
    /// The last thing that is said before hanging up.
    Refused {
        why: String,
    },
}

/// A frame that breaks the protocol, as a few words.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("it does not speak the ear's protocol: {0}")]
pub(super) struct Wrong(pub(super) &'static str);

impl From<Wrong> for io::Error {
    fn from(wrong: Wrong) -> Self {
        Self::new(io::ErrorKind::InvalidData, wrong)
    }
}

/// Reads the body of one frame into `buffer`, which never grows beyond the longest frame.
pub(super) fn read<'a>(reader: &mut impl Read, buffer: &'a mut Vec<u8>) -> io::Result<&'a [u8]> {
    let mut length = [0; 2];
    reader.read_exact(&mut length)?;
    let length = usize::from(u16::from_be_bytes(length));
    if length == 0 || length > LONGEST {
        return Err(Wrong("a frame of impossible length").into());
    }
    buffer.resize(length, 0);
    reader.read_exact(buffer)?;
    Ok(buffer)
}

/// Appends one frame.
fn write(out: &mut Vec<u8>, kind: u8, parts: &[&[u8]]) {
    let length = 1 + parts.iter().map(|part| part.len()).sum::<usize>();
    debug_assert!(length <= LONGEST, "a frame of {length} bytes");
    out.extend(u16::try_from(length).unwrap_or(u16::MAX).to_be_bytes());
    out.push(kind);
    for part in parts {
        out.extend_from_slice(part);
    }
}

/// Takes fields from the front of a body.
struct Fields<'a>(&'a [u8]);

impl<'a> Fields<'a> {
    fn bytes<const N: usize>(&mut self) -> Result<[u8; N], Wrong> {
        let (taken, rest) = self.0.split_first_chunk::<N>().ok_or(Wrong("a frame that ends early"))?;
        self.0 = rest;
        Ok(*taken)
    }

    fn u8(&mut self) -> Result<u8, Wrong> {
        self.bytes::<1>().map(|[byte]| byte)
    }

    fn u16(&mut self) -> Result<u16, Wrong> {
        self.bytes().map(u16::from_be_bytes)
    }

    fn u32(&mut self) -> Result<u32, Wrong> {
        self.bytes().map(u32::from_be_bytes)
    }

    fn u64(&mut self) -> Result<u64, Wrong> {
        self.bytes().map(u64::from_be_bytes)
    }

    /// Everything that is left.
    fn rest(&mut self) -> &'a [u8] {
        std::mem::take(&mut self.0)
    }

    fn text(&mut self, longest: usize) -> Result<String, Wrong> {
        let bytes = self.rest();
        if bytes.len() > longest {
            return Err(Wrong("a text that is too long"));
        }
        std::str::from_utf8(bytes).map(ToOwned::to_owned).map_err(|_| Wrong("a text that is not UTF-8"))
    }

    fn end(self) -> Result<(), Wrong> {
        if self.0.is_empty() { Ok(()) } else { Err(Wrong("a frame that is too long")) }
    }
}

/// A text as it may be sent.
fn cut(text: &str, longest: usize) -> &str {
    let end = (0..=longest.min(text.len())).rev().find(|at| text.is_char_boundary(*at)).unwrap_or(0);
    text.get(..end).unwrap_or_default()
}

impl ToEar {
    /// Appends this frame.
    pub(super) fn write(&self, out: &mut Vec<u8>) {
        match self {
            Self::Hello { version, token } => {
                write(out, 1, &[MAGIC, &version.to_be_bytes(), cut(token, TOKEN).as_bytes()]);
            }
            Self::Format { generation, rate, channels } => {
                write(out, 2, &[&generation.to_be_bytes(), &rate.to_be_bytes(), &[*channels]]);
            }
            Self::Sound { generation, number, left, right } => {
                let length = u16::try_from(left.len()).unwrap_or(u16::MAX).to_be_bytes();
                write(out, 3, &[&generation.to_be_bytes(), &number.to_be_bytes(), &length, left, right]);
            }
            Self::Flush { generation } => write(out, 4, &[&generation.to_be_bytes()]),
            Self::Pause => write(out, 5, &[]),
            Self::Resume => write(out, 6, &[]),
            Self::Drain => write(out, 7, &[]),
            Self::Close => write(out, 8, &[]),
        }
    }

    /// Understands the body of a frame.
    ///
    /// # Errors
    /// For an unknown kind, missing or left-over bytes, and values that cannot be.
    pub(super) fn parse(body: &[u8]) -> Result<Self, Wrong> {
        let mut fields = Fields(body);
        let frame = match fields.u8()? {
            1 => {
                if fields.bytes()? != *MAGIC {
                    return Err(Wrong("another greeting"));
                }
                Self::Hello { version: fields.u16()?, token: fields.text(TOKEN)? }
            }
            2 => {
                let (generation, rate, channels) = (fields.u32()?, fields.u32()?, fields.u8()?);
                if !super::RATES.contains(&rate) || !(1..=2).contains(&channels) {
                    return Err(Wrong("a rate or channels that Opus does not have"));
                }
                Self::Format { generation, rate, channels }
            }
            3 => {
                let (generation, number, length) = (fields.u16()?, fields.u16()?, fields.u16()?);
                let sides = fields.rest().split_at_checked(usize::from(length));
                let (left, right) = sides.ok_or(Wrong("a frame that ends early"))?;
                if left.is_empty() {
                    return Err(Wrong("a packet without sound"));
                }
                Self::Sound { generation, number, left: left.to_vec(), right: right.to_vec() }
            }
            4 => Self::Flush { generation: fields.u32()? },
            5 => Self::Pause,
            6 => Self::Resume,
            7 => Self::Drain,
            8 => Self::Close,
            _ => return Err(Wrong("an unknown frame")),
        };
        fields.end()?;
        Ok(frame)
    }
}

impl FromEar {
    /// Appends this frame.
    pub(super) fn write(&self, out: &mut Vec<u8>) {
        match self {
            Self::Welcome { version, name } => write(out, 129, &[&version.to_be_bytes(), cut(name, TEXT).as_bytes()]),
            Self::Played { generation, position, buffered, underruns } => write(
                out,
                130,
                &[&generation.to_be_bytes(), &position.to_be_bytes(), &buffered.to_be_bytes(), &underruns.to_be_bytes()],
            ),
            Self::Drained { generation } => write(out, 131, &[&generation.to_be_bytes()]),
            Self::Refused { why } => write(out, 132, &[cut(why, TEXT).as_bytes()]),
        }
    }

    /// As [`ToEar::parse`].
    ///
    /// # Errors
    /// As there.
    pub(super) fn parse(body: &[u8]) -> Result<Self, Wrong> {
        let mut fields = Fields(body);
        let frame = match fields.u8()? {
            129 => Self::Welcome { version: fields.u16()?, name: fields.text(TEXT)? },
            130 => Self::Played {
                generation: fields.u32()?,
                position: fields.u64()?,
                buffered: fields.u32()?,
                underruns: fields.u32()?,
            },
            131 => Self::Drained { generation: fields.u32()? },
            132 => Self::Refused { why: fields.text(TEXT)? },
            _ => return Err(Wrong("an unknown frame")),
        };
        fields.end()?;
        Ok(frame)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn to_ear() -> impl Strategy<Value = ToEar> {
        prop_oneof![
            (any::<u16>(), "[0-9a-f]{0,64}").prop_map(|(version, token)| ToEar::Hello { version, token }),
            (any::<u32>(), proptest::sample::select(&crate::playback::ear::RATES), 1..=2_u8)
                .prop_map(|(generation, rate, channels)| ToEar::Format { generation, rate, channels }),
            (
                any::<u16>(),
                any::<u16>(),
                proptest::collection::vec(any::<u8>(), 1..2000),
                proptest::collection::vec(any::<u8>(), 0..2000)
            )
                .prop_map(|(generation, number, left, right)| ToEar::Sound { generation, number, left, right }),
            any::<u32>().prop_map(|generation| ToEar::Flush { generation }),
            Just(ToEar::Pause),
            Just(ToEar::Resume),
            Just(ToEar::Drain),
            Just(ToEar::Close),
        ]
    }

    fn from_ear() -> impl Strategy<Value = FromEar> {
        prop_oneof![
            (any::<u16>(), ".{0,60}").prop_map(|(version, name)| FromEar::Welcome { version, name }),
            (any::<u32>(), any::<u64>(), any::<u32>(), any::<u32>()).prop_map(|(generation, position, buffered, underruns)| {
                FromEar::Played { generation, position, buffered, underruns }
            }),
            any::<u32>().prop_map(|generation| FromEar::Drained { generation }),
            ".{0,60}".prop_map(|why| FromEar::Refused { why }),
        ]
    }

    proptest! {
        #[test]
        fn what_is_written_is_read(frames in proptest::collection::vec(to_ear(), 0..8), answers in proptest::collection::vec(from_ear(), 0..8)) {
            let (mut bytes, mut buffer) = (Vec::new(), Vec::new());
            frames.iter().for_each(|frame| frame.write(&mut bytes));
            answers.iter().for_each(|frame| frame.write(&mut bytes));
            let mut reader = bytes.as_slice();
            for frame in &frames {
                prop_assert_eq!(&ToEar::parse(read(&mut reader, &mut buffer).unwrap()).unwrap(), frame);
            }
            for frame in &answers {
                prop_assert_eq!(&FromEar::parse(read(&mut reader, &mut buffer).unwrap()).unwrap(), frame);
            }
            prop_assert_eq!(read(&mut reader, &mut buffer).unwrap_err().kind(), io::ErrorKind::UnexpectedEof);
        }

        /// Whatever is understood is said again in the same bytes: nothing is read that was not written.
        #[test]
        fn any_bytes_are_a_frame_or_an_error(body in proptest::collection::vec(any::<u8>(), 0..300), kind in 0..=134_u8) {
            let mut body = body;
            if let Some(first) = body.first_mut() {
                *first = kind;
            }
            let mut again = Vec::new();
            if let Ok(frame) = ToEar::parse(&body) {
                frame.write(&mut again);
                prop_assert_eq!(&again[2..], &body);
            }
            if let Ok(frame) = FromEar::parse(&body) {
                frame.write(&mut again);
                prop_assert_eq!(&again[2..], &body);
            }
        }

        /// A stream that was damaged anywhere ends with an error or at its end, within its own bytes.
        #[test]
        fn damaged_streams_end(frames in proptest::collection::vec(to_ear(), 1..6), at in any::<proptest::sample::Index>(), with in any::<u8>()) {
            let (mut bytes, mut buffer) = (Vec::new(), Vec::new());
            frames.iter().for_each(|frame| frame.write(&mut bytes));
            *at.get_mut(&mut bytes) = with;
            let mut reader = bytes.as_slice();
            while let Ok(body) = read(&mut reader, &mut buffer) {
                let _ = ToEar::parse(body);
                prop_assert!(buffer.capacity() <= 2 * LONGEST);
            }
        }
    }

    #[test]
    fn impossible_values_are_refused() {
        let format = |rate: u32, channels: u8| {
            let mut body = vec![2, 0, 0, 0, 1];
            body.extend(rate.to_be_bytes());
            body.push(channels);
            ToEar::parse(&body)
        };
        assert!(format(8000, 1).is_ok() && format(48_000, 2).is_ok());
        for (rate, channels) in [(0, 1), (44_100, 1), (u32::MAX, 1), (8000, 0), (8000, 3)] {
            assert!(format(rate, channels).is_err(), "{rate} {channels}");
        }
        assert_eq!(ToEar::parse(&[3, 0, 0, 0, 0, 0, 0]), Err(Wrong("a packet without sound")));
        assert_eq!(ToEar::parse(&[3, 0, 0, 0, 0, 0, 3, 1, 1]), Err(Wrong("a frame that ends early")));
        assert_eq!(ToEar::parse(b"GET / HTTP/1.1"), Err(Wrong("an unknown frame")));
        let mut buffer = Vec::new();
        for length in [[0, 0], [0x10, 0x01], [0xff, 0xff]] {
            assert_eq!(read(&mut length.as_slice(), &mut buffer).unwrap_err().kind(), io::ErrorKind::InvalidData);
        }
        assert_eq!(buffer.capacity(), 0, "nothing is allocated for a length that cannot be");
    }
}
