//! Ogg with Opus or Vorbis as one sound: positions from the pages, exact seeking, a bounded answer to whatever the file says.

use std::io;

use super::{
    Decoder, NO_SOUND, SoundError, SoundFacts, Source, apart, length_words,
    ogg::{Assembler, FIRST, LAST, Pages},
    packets::{Coding, PacketDecoder, opus_frames},
};

/// Opus needs so much before a place (RFC 7845, 4.6: 80 ms).
const PRE_ROLL: i64 = 3840;
/// Pages of headers; comments may hold pictures.
const HEADER_PAGES: usize = 1024;
/// Seconds of silence that may stand for pages that are missing.
const HOLES: u64 = 60;

/// An Ogg stream that is being heard.
pub(super) struct Stream {
    pages: Pages,
    assembler: Assembler,
    decoder: Box<dyn PacketDecoder>,
    coding: Coding,
    serial: u32,
    facts: SoundFacts,
    /// Where the pages with sound begin, and the position before the first of them.
    sound_at: u64,
    first: i64,
    /// The position that is frame 0.
    zero: i64,
    next_page: u64,
    /// Position of what is decoded next.
    granule: i64,
    /// Next frame to hand out.
    at: u64,
    holes: u64,
    decoded: Vec<i16>,
    counts: Vec<u32>,
}

fn unreadable(error: io::Error) -> SoundError {
    SoundError(format!("the sound cannot be read further: {error}"))
}

/// What the head of a stream says.
struct Head {
    coding: Coding,
    rate: u32,
    skip: i64,
    headers: usize,
}

fn head_of(packet: &[u8]) -> Result<Option<Head>, SoundError> {
    if packet.starts_with(b"OpusHead") {
        let head = packet.first_chunk::<19>().ok_or_else(|| SoundError("the head of this Opus stream is cut".to_owned()))?;
        let (version, channels, family) = (head[8], head[9], head[18]);
        if version >> 4 != 0 || !(1..=2).contains(&channels) || family > 1 {
            return Err(SoundError(format!("Opus of version {version} with {channels} channels cannot be played")));
        }
        // Family 1 tells how many streams there are, and how many of them are stereo.
        let apart = match (family, channels, packet.get(19..23)) {
            (0, ..) | (1, 1, _) | (1, 2, Some([1, 1, 0, 1])) => false,
            (1, 2, Some([2, 0, 0, 1])) => true,
            _ => return Err(SoundError("this Opus stream maps its channels in a way that cannot be played".to_owned())),
        };
        let coding = Coding::Opus { channels, gain: i16::from_le_bytes([head[16], head[17]]), apart };
        let skip = i64::from(u16::from_le_bytes([head[10], head[11]]));
        return Ok(Some(Head { coding, rate: 48_000, skip, headers: 2 }));
    }
    if packet.starts_with(b"\x01vorbis") {
        let head = packet.first_chunk::<30>().ok_or_else(|| SoundError("the head of this Vorbis stream is cut".to_owned()))?;
        let (channels, rate) = (head[11], u32::from_le_bytes([head[12], head[13], head[14], head[15]]));
        if !(1..=8).contains(&channels) || !(4_000..=192_000).contains(&rate) {
            return Err(SoundError(format!("Vorbis of {rate} Hz and {channels} channels cannot be played")));
        }
        let coding = Coding::Vorbis { channels, headers: head.to_vec() };
        return Ok(Some(Head { coding, rate, skip: 0, headers: 3 }));
    }
    Ok(None)
}

/// The name of what is in Ogg and is not read.
fn foreign(packet: &[u8]) -> Option<&'static str> {
    let names: [(&[u8], &str); 5] = [
        (b"Speex   ", "Speex in Ogg"),
        (b"\x7fFLAC", "FLAC in Ogg"),
        (b"PCM     ", "PCM in Ogg"),
        (b"\x80theora", "a film (Theora in Ogg)"),
        (b"OpusTags", "an Opus stream that has lost its head"),
    ];
    names.iter().find(|(begin, _)| packet.starts_with(begin)).map(|(_, name)| *name)
}

impl Stream {
    pub(super) fn open(source: Box<dyn Source>, length: u64) -> Result<Self, SoundError> {
        let mut pages = Pages::new(source, length);
        let mut assembler = Assembler::default();
        let (mut at, mut named, mut found, mut headers) = (0, None, None::<(u32, Head)>, Vec::new());
        for _ in 0..HEADER_PAGES {
            let Some(page) = pages.next(at, length).map_err(unreadable)? else { break };
            at = page.end;
            if found.is_none() && page.flags & FIRST != 0 {
                named = named.or_else(|| foreign(&page.body));
                found = head_of(&page.body)?.map(|head| (page.serial, head));
            }
            let Some((_, head)) = found.as_ref().filter(|(serial, _)| *serial == page.serial) else { continue };
            headers.extend(assembler.take(&page));
            if headers.len() >= head.headers {
                break;
            }
        }
        let Some((serial, head)) = found else {
            let what = named.unwrap_or("Ogg without Opus or Vorbis");
            return Err(SoundError(format!("{what}: callreel does not read it")));
        };
        if headers.len() < head.headers {
            return Err(SoundError(format!("this Ogg file ends inside its header: {NO_SOUND}")));
        }
        let Head { mut coding, rate, skip, .. } = head;
        if let Coding::Vorbis { headers: kept, .. } = &mut coding {
            kept.extend(headers.get(2).into_iter().flatten());
        }
        let name = if matches!(coding, Coding::Opus { .. }) { "ogg/opus" } else { "ogg/vorbis" };
        let facts = SoundFacts { format: name.to_owned(), channels: coding.channels(), rate, frames: 0, warning: None };
        let mut stream = Self {
            decoder: apart::decoder(&coding)?,
            pages,
            assembler: Assembler::default(),
            coding,
            serial,
            facts,
            sound_at: at,
            first: 0,
            zero: skip,
            next_page: at,
            granule: 0,
            at: 0,
            holes: 0,
            decoded: Vec::new(),
            counts: Vec::new(),
        };
        stream.measure(skip)?;
        stream.seek(0)?;
        Ok(stream)
    }

    const fn is_opus(&self) -> bool {
        matches!(self.coding, Coding::Opus { .. })
    }

    /// Where the first page begins, and where the last one ends.
    fn measure(&mut self, skip: i64) -> Result<(), SoundError> {
        let end = self.pages.length;
        let last = self.pages.last(self.serial, self.sound_at).map_err(unreadable)?;
        let mut at = self.sound_at;
        while let Some(page) = self.pages.next(at, end).map_err(unreadable)? {
            at = page.end;
            if page.serial != self.serial {
                continue;
            }
            let packets = self.assembler.take(&page);
            if packets.is_empty() {
                continue;
            }
            let count = if self.is_opus() {
                packets.iter().map(|packet| i64::from(opus_frames(packet))).sum()
            } else {
                self.decode(&packets)?
            };
            let first = if page.granule < 0 { 0 } else { page.granule.saturating_sub(count) };
            // Fewer than were decoded: an only page says where the sound ends, another one where it begins.
            self.first = if page.flags & LAST != 0 || self.is_opus() { first.max(0) } else { first };
            break;
        }
        self.zero = self.first.max(0).saturating_add(skip);
        let (told, flags, behind) =
            last.as_ref().map_or((self.first, 0, self.sound_at), |last| (last.granule, last.flags, last.end));
        let broken_off = if flags & LAST == 0 { self.cut_page(behind)? } else { 0 };
        // No page tells of more than its bytes can hold: the smallest packet is two bytes, the longest 120 ms.
        let most = end.saturating_mul(u64::from(self.facts.rate) / 16);
        self.facts.frames = u64::try_from(told.saturating_add(broken_off).saturating_sub(self.zero)).unwrap_or(0).min(most);
        let length = length_words(self.facts.frames, self.facts.rate);
        self.facts.warning = if self.facts.frames == 0 {
            Some(NO_SOUND.to_owned())
        } else if flags & LAST == 0 {
            Some(format!("ends early: the file breaks off after {length}"))
        } else if self.follows(behind)? {
            Some(format!("another sound follows after {length}; only the first is played"))
        } else {
            None
        };
        Ok(())
    }

    /// How much can be heard of a last page that broke off; Vorbis does not tell.
    fn cut_page(&mut self, behind: u64) -> Result<i64, SoundError> {
        let page = self.pages.next(behind, self.pages.length).map_err(unreadable)?;
        let page = page.filter(|page| page.serial == self.serial && self.is_opus());
        let packets = page.map(|page| Assembler::default().take(&page)).unwrap_or_default();
        Ok(packets.iter().map(|packet| i64::from(opus_frames(packet))).sum())
    }

    /// Whether another stream begins behind the last page of this one.
    fn follows(&mut self, behind: u64) -> Result<bool, SoundError> {
        let next = self.pages.next(behind, self.pages.length).map_err(unreadable)?;
        Ok(next.is_some_and(|page| page.flags & FIRST != 0 && page.serial != self.serial))
    }

    /// Decodes packets into `self.decoded`; tells how many frames.
    fn decode(&mut self, packets: &[Vec<u8>]) -> Result<i64, SoundError> {
        self.decoded.clear();
        self.counts.clear();
        self.decoder.decode(packets, &mut self.decoded, &mut self.counts)?;
        Ok((self.decoded.len() / usize::from(self.facts.channels.max(1))) as i64)
    }

    fn begin_anew(&mut self) {
        self.next_page = self.sound_at;
        self.granule = self.first;
        self.assembler.clear();
    }

    /// Goes behind the last page before a position, with what the decoder needs of it.
    fn go_before(&mut self, granule: i64) -> Result<(), SoundError> {
        let mut granule = granule;
        for _ in 0..8 {
            if granule <= self.first {
                break;
            }
            let page = self.pages.before(self.serial, granule, self.sound_at, self.pages.length).map_err(unreadable)?;
            let Some(page) = page else { break };
            self.assembler.clear();
            let packets = self.assembler.take(&page);
            if self.is_opus() {
                (self.granule, self.next_page) = (page.granule, page.end);
                return Ok(());
            }
            // The first packet after a reset only fills the overlap: it has to be the one before.
            if let Some(last) = packets.last() {
                (self.granule, self.next_page) = (page.granule, page.end);
                return self.decode(std::slice::from_ref(last)).map(drop);
            }
            granule = page.granule - 1;
        }
        self.begin_anew();
        Ok(())
    }
}

impl Decoder for Stream {
    fn facts(&self) -> &SoundFacts {
        &self.facts
    }

    fn read(&mut self, samples: &mut Vec<i16>) -> Result<usize, SoundError> {
        let channels = usize::from(self.facts.channels);
        while self.at < self.facts.frames {
            let Some(page) = self.pages.next(self.next_page, self.pages.length).map_err(unreadable)? else { return Ok(0) };
            self.next_page = page.end;
            if page.serial != self.serial {
                continue;
            }
            let packets = self.assembler.take(&page);
            if packets.is_empty() {
                continue;
            }
            let count = self.decode(&packets)?;
            // Pages are missing where a position is further on than was decoded.
            if page.flags & LAST == 0 && page.granule > self.granule.saturating_add(count) {
                self.granule = page.granule - count;
            }
            let start = self.granule.saturating_sub(self.zero);
            self.granule = self.granule.saturating_add(count);
            let end = u64::try_from(start.saturating_add(count)).unwrap_or(0).min(self.facts.frames);
            if end <= self.at {
                continue;
            }
            let hole = u64::try_from(start).unwrap_or(0).saturating_sub(self.at);
            if hole > self.holes {
                return Ok(0);
            }
            self.holes -= hole;
            let silence = usize::try_from(hole).unwrap_or(0);
            samples.resize(samples.len() + silence * channels, 0);
            self.at += hole;
            let first = usize::try_from(i64::try_from(self.at).unwrap_or(i64::MAX) - start).unwrap_or(0);
            let last = first + (end - self.at) as usize;
            samples.extend_from_slice(&self.decoded[first * channels..last * channels]);
            self.at = end;
            return Ok(silence + last - first);
        }
        Ok(0)
    }

    fn seek(&mut self, frame: u64) -> Result<(), SoundError> {
        self.at = frame.min(self.facts.frames);
        self.holes = HOLES * u64::from(self.facts.rate);
        self.decoder.reset()?;
        let target = self.zero.saturating_add(i64::try_from(self.at).unwrap_or(i64::MAX));
        self.go_before(target.saturating_sub(if self.is_opus() { PRE_ROLL } else { 0 }))
    }
}
