//! Ogg (RFC 3533): pages and the packets in them. Nothing is allocated by a number in the file: a page is at most 64 KB, a
//! packet that grows beyond a bound is dropped.

use std::io::{self, SeekFrom};

use memchr::memmem;

use super::{Source, pcm::read_full};

/// The largest page: head, 255 lengths, 255 times 255 bytes.
const LARGEST: usize = 27 + 255 + 255 * 255;
/// Bytes read at once.
const WINDOW: usize = LARGEST + 8 * 1024;
/// The largest packet that is kept; comments with pictures are larger, sound never.
const PACKET: usize = 4 << 20;

pub(super) const FIRST: u8 = 2;
pub(super) const LAST: u8 = 4;

/// A page whose checksum is right.
pub(super) struct Page {
    /// Where it begins and ends in the file.
    pub at: u64,
    pub end: u64,
    pub flags: u8,
    /// Position at the end of the last packet that ends here; negative: none ends here.
    pub granule: i64,
    pub serial: u32,
    lacing: Vec<u8>,
    pub body: Vec<u8>,
}

/// Finds pages in a source.
pub(super) struct Pages {
    source: Box<dyn Source>,
    pub length: u64,
    window: Vec<u8>,
    start: u64,
}

impl Pages {
    pub(super) const fn new(source: Box<dyn Source>, length: u64) -> Self {
        Self { source, length, window: Vec::new(), start: 0 }
    }

    /// Bytes from a place on: a whole page of them, or what is left of the file.
    fn bytes(&mut self, at: u64) -> io::Result<&[u8]> {
        let held = at
            .checked_sub(self.start)
            .and_then(|skip| usize::try_from(skip).ok())
            .filter(|&skip| skip <= self.window.len() && (self.window.len() - skip >= LARGEST || self.window.len() < WINDOW));
        let skip = match held {
            Some(skip) if !self.window.is_empty() => skip,
            _ => {
                self.window.resize(WINDOW, 0);
                self.source.seek(SeekFrom::Start(at))?;
                let got = read_full(&mut *self.source, &mut self.window)?;
                self.window.truncate(got);
                self.start = at;
                0
            }
        };
        Ok(self.window.get(skip..).unwrap_or_default())
    }

    /// The first whole page at or behind a place and before another; damaged ones are passed over.
    pub(super) fn next(&mut self, mut at: u64, until: u64) -> io::Result<Option<Page>> {
        while at < until {
            let length = self.length;
            let bytes = self.bytes(at)?;
            match memmem::find(bytes, b"OggS") {
                Some(0) => {
                    let page = parse(bytes, at);
                    if let Some(page) = page.or_else(|| parse_cut(bytes, at).filter(|_| at + bytes.len() as u64 >= length)) {
                        return Ok(Some(page));
                    }
                    at += 1;
                }
                Some(skip) => at += skip as u64,
                None if bytes.len() < 4 => return Ok(None),
                None => at += bytes.len() as u64 - 3,
            }
        }
        Ok(None)
    }

    /// The last page of a stream that tells a position.
    pub(super) fn last(&mut self, serial: u32, from: u64) -> io::Result<Option<Page>> {
        let (mut until, mut found) = (self.length, None);
        while found.is_none() && until > from {
            let start = until.saturating_sub(WINDOW as u64).max(from);
            let mut at = start;
            while let Some(page) = self.next(at, until)? {
                at = page.end;
                if page.serial == serial && page.granule >= 0 {
                    found = Some(page);
                }
            }
            until = start;
        }
        Ok(found)
    }

    /// The last page of a stream whose position is not behind `granule`, between two places in the file.
    pub(super) fn before(&mut self, serial: u32, granule: i64, from: u64, until: u64) -> io::Result<Option<Page>> {
        let (mut low, mut high) = (from, until);
        while high - low > 2 * LARGEST as u64 {
            let middle = low + (high - low) / 2;
            match self.telling(serial, middle, high)? {
                Some(page) if page.granule <= granule => low = page.at,
                _ => high = middle,
            }
        }
        let (mut at, mut found) = (low, None);
        while let Some(page) = self.telling(serial, at, until)? {
            if page.granule > granule {
                break;
            }
            at = page.end;
            found = Some(page);
        }
        Ok(found)
    }

    fn telling(&mut self, serial: u32, mut at: u64, until: u64) -> io::Result<Option<Page>> {
        while let Some(page) = self.next(at, until)? {
            if page.serial == serial && page.granule >= 0 {
                return Ok(Some(page));
            }
            at = page.end;
        }
        Ok(None)
    }
}

/// A page at the beginning of these bytes, if it is whole and its checksum right.
fn parse(bytes: &[u8], at: u64) -> Option<Page> {
    let head = bytes.first_chunk::<27>()?;
    let lacing = bytes.get(27..27 + usize::from(head[26]))?;
    let body_at = 27 + lacing.len();
    let length: usize = lacing.iter().map(|&part| usize::from(part)).sum();
    let body = bytes.get(body_at..body_at + length)?;
    let word = |at: usize| u32::from_le_bytes([head[at], head[at + 1], head[at + 2], head[at + 3]]);
    let sum = [&head[..22], &[0; 4], &head[26..], lacing, body].into_iter().fold(0, checksum);
    if head[4] != 0 || sum != word(22) {
        return None;
    }
    Some(Page {
        at,
        end: at + (body_at + length) as u64,
        flags: head[5],
        granule: i64::from_le_bytes([head[6], head[7], head[8], head[9], head[10], head[11], head[12], head[13]]),
        serial: word(14),
        lacing: lacing.to_vec(),
        body: body.to_vec(),
    })
}

/// The last page of a file that broke off: the packets that are whole. Its checksum cannot be compared any more.
fn parse_cut(bytes: &[u8], at: u64) -> Option<Page> {
    let head = bytes.first_chunk::<27>()?;
    let lacing = bytes.get(27..27 + usize::from(head[26]))?;
    let body = &bytes[27 + lacing.len()..];
    let mut left = body.len();
    let whole = lacing.iter().take_while(|&&part| {
        let fits = usize::from(part) <= left;
        left = left.saturating_sub(part.into());
        fits
    });
    let whole = whole.count();
    (head[4] == 0 && whole < lacing.len()).then(|| Page {
        at,
        end: at + bytes.len() as u64,
        flags: head[5] & 1,
        granule: -1,
        serial: u32::from_le_bytes([head[14], head[15], head[16], head[17]]),
        lacing: lacing[..whole].to_vec(),
        body: body.to_vec(),
    })
}

pub(super) fn checksum(sum: u32, bytes: &[u8]) -> u32 {
    bytes.iter().fold(sum, |sum, &byte| sum << 8 ^ SUMS[usize::from((sum >> 24) as u8 ^ byte)])
}

/// CRC of polynomial 0x04c11db7, not reflected.
const SUMS: [u32; 256] = {
    let mut table = [0; 256];
    let mut byte = 0;
    while byte < 256 {
        let mut sum = (byte as u32) << 24;
        let mut bit = 0;
        while bit < 8 {
            sum = sum << 1 ^ if sum >> 31 == 1 { 0x04c1_1db7 } else { 0 };
            bit += 1;
        }
        table[byte] = sum;
        byte += 1;
    }
    table
};

/// Puts packets together from pages.
#[derive(Default)]
pub(super) struct Assembler {
    partial: Vec<u8>,
    open: bool,
    /// The packet under way lacks its beginning.
    headless: bool,
}

impl Assembler {
    /// The packets that end on this page. One whose beginning is missing is left out; one that is too large comes empty.
    pub(super) fn take(&mut self, page: &Page) -> Vec<Vec<u8>> {
        let continued = page.flags & 1 != 0;
        if !continued || !self.open {
            self.partial.clear();
            self.headless = continued;
        }
        let (mut packets, mut rest) = (Vec::new(), page.body.as_slice());
        for &length in &page.lacing {
            let (part, later) = rest.split_at_checked(length.into()).unwrap_or((rest, &[]));
            rest = later;
            if self.partial.len() <= PACKET {
                self.partial.extend_from_slice(part);
            }
            self.open = length == 255;
            if !self.open {
                let packet = std::mem::take(&mut self.partial);
                if !std::mem::take(&mut self.headless) {
                    packets.push(if packet.len() > PACKET { Vec::new() } else { packet });
                }
            }
        }
        packets
    }

    pub(super) fn clear(&mut self) {
        *self = Self::default();
    }
}
