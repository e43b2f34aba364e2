//! Kept records as bytes: one table of texts, then numbers. The store compresses the whole.

use std::collections::HashMap;

use super::record::{Cdr, Cel, QueueEvent, Record};

const VERSION: u8 = 1;

/// Records as kept with a call, in the order given.
pub fn encode(records: &[Record]) -> Vec<u8> {
    let mut writer = Writer::default();
    let mut before = 0;
    writer.number(records.len() as i64);
    for record in records {
        match record {
            Record::Cel(cel) => {
                writer.number(0);
                writer.number(cel.at - before);
                before = cel.at;
                for text in [
                    &cel.kind,
                    &cel.unique_id,
                    &cel.linked_id,
                    &cel.channel,
                    &cel.name,
                    &cel.number,
                    &cel.ani,
                    &cel.dnid,
                    &cel.exten,
                    &cel.context,
                    &cel.app,
                    &cel.app_data,
                    &cel.peer,
                ] {
                    writer.text(text);
                }
                writer.number(cel.extra.len() as i64);
                for (key, value) in &cel.extra {
                    writer.text(key);
                    writer.text(value);
                }
            }
            Record::Cdr(cdr) => {
                writer.number(if cdr.whole_seconds { 2 } else { 1 });
                writer.number(cdr.start - before);
                before = cdr.start;
                writer.number(cdr.answer.map_or(-1, |answer| answer - cdr.start));
                for number in [cdr.end - cdr.start, cdr.duration, cdr.billsec, cdr.sequence] {
                    writer.number(number);
                }
                for text in [
                    &cdr.unique_id,
                    &cdr.linked_id,
                    &cdr.source,
                    &cdr.destination,
                    &cdr.context,
                    &cdr.caller_id,
                    &cdr.channel,
                    &cdr.far_channel,
                    &cdr.app,
                    &cdr.app_data,
                    &cdr.disposition,
                ] {
                    writer.text(text);
                }
            }
            Record::Queue(event) => {
                writer.number(3);
                writer.number(event.at - before);
                before = event.at;
                for text in [&event.unique_id, &event.queue, &event.agent, &event.kind] {
                    writer.text(text);
                }
                writer.number(event.data.len() as i64);
                for text in &event.data {
                    writer.text(text);
                }
            }
        }
    }
    writer.finish()
}

/// Reads what [`encode`] wrote; none if the bytes are damaged or of a newer version.
pub fn decode(bytes: &[u8]) -> Option<Vec<Record>> {
    let (version, rest) = bytes.split_first()?;
    if *version != VERSION {
        return None;
    }
    let mut reader = Reader { bytes: rest, texts: Vec::new() };
    let count = usize::try_from(reader.number()?).ok().filter(|count| *count <= bytes.len())?;
    for _ in 0..count {
        let length = usize::try_from(reader.number()?).ok()?;
        let text = reader.bytes.get(..length)?;
        reader.texts.push(std::str::from_utf8(text).ok()?.to_owned());
        reader.bytes = reader.bytes.get(length..)?;
    }
    let count = usize::try_from(reader.number()?).ok().filter(|count| *count <= bytes.len())?;
    let mut records = Vec::with_capacity(count);
    let mut before = 0i64;
    for _ in 0..count {
        let kind = reader.number()?;
        before = before.checked_add(reader.number()?)?;
        records.push(match kind {
            0 => Record::Cel(reader.cel(before)?),
            1 | 2 => Record::Cdr(reader.cdr(before, kind == 2)?),
            3 => Record::Queue(reader.queue(before)?),
            _ => return None,
        });
    }
    Some(records)
}

#[derive(Default)]
struct Writer {
    texts: Vec<u8>,
    count: i64,
    known: HashMap<String, i64>,
    body: Vec<u8>,
}

impl Writer {
    fn number(&mut self, number: i64) {
        varint(&mut self.body, number);
    }

    fn text(&mut self, text: &str) {
        let index = match self.known.get(text) {
            Some(index) => *index,
            None => {
                let index = self.count;
                varint(&mut self.texts, text.len() as i64);
                self.texts.extend_from_slice(text.as_bytes());
                self.known.insert(text.to_owned(), index);
                self.count += 1;
                index
            }
        };
        self.number(index);
    }

    fn finish(self) -> Vec<u8> {
        let mut bytes = vec![VERSION];
        varint(&mut bytes, self.count);
        bytes.extend_from_slice(&self.texts);
        bytes.extend_from_slice(&self.body);
        bytes
    }
}

/// Zigzag, seven bits a byte.
fn varint(out: &mut Vec<u8>, number: i64) {
    let mut rest = ((number << 1) ^ (number >> 63)).cast_unsigned();
    while rest >= 0x80 {
        out.push((rest & 0x7f) as u8 | 0x80);
        rest >>= 7;
    }
    out.push(rest as u8);
}

struct Reader<'a> {
    bytes: &'a [u8],
    texts: Vec<String>,
}

impl Reader<'_> {
    fn number(&mut self) -> Option<i64> {
        let mut value = 0u64;
        for shift in (0..64).step_by(7) {
            let (byte, rest) = self.bytes.split_first()?;
            self.bytes = rest;
            value |= u64::from(byte & 0x7f).checked_shl(shift)?;
            if byte & 0x80 == 0 {
                return Some((value >> 1).cast_signed() ^ -(value & 1).cast_signed());
            }
        }
        None
    }

    fn text(&mut self) -> Option<String> {
        let index = usize::try_from(self.number()?).ok()?;
        self.texts.get(index).cloned()
    }

    fn cel(&mut self, at: i64) -> Option<Cel> {
        let mut cel = Cel { at, ..Cel::default() };
        for field in [
            &mut cel.kind,
            &mut cel.unique_id,
            &mut cel.linked_id,
            &mut cel.channel,
            &mut cel.name,
            &mut cel.number,
            &mut cel.ani,
            &mut cel.dnid,
            &mut cel.exten,
            &mut cel.context,
            &mut cel.app,
            &mut cel.app_data,
            &mut cel.peer,
        ] {
            *field = self.text()?;
        }
        for _ in 0..self.number()? {
            cel.extra.push((self.text()?, self.text()?));
        }
        Some(cel)
    }

    fn cdr(&mut self, start: i64, whole_seconds: bool) -> Option<Cdr> {
        let answer = self.number()?;
        let mut cdr = Cdr { start, whole_seconds, ..Cdr::default() };
        cdr.answer = (answer >= 0).then_some(start.checked_add(answer)?);
        cdr.end = start.checked_add(self.number()?)?;
        for field in [&mut cdr.duration, &mut cdr.billsec, &mut cdr.sequence] {
            *field = self.number()?;
        }
        for field in [
            &mut cdr.unique_id,
            &mut cdr.linked_id,
            &mut cdr.source,
            &mut cdr.destination,
            &mut cdr.context,
            &mut cdr.caller_id,
            &mut cdr.channel,
            &mut cdr.far_channel,
            &mut cdr.app,
            &mut cdr.app_data,
            &mut cdr.disposition,
        ] {
            *field = self.text()?;
        }
        Some(cdr)
    }

    fn queue(&mut self, at: i64) -> Option<QueueEvent> {
        let mut event = QueueEvent { at, ..QueueEvent::default() };
        for field in [&mut event.unique_id, &mut event.queue, &mut event.agent, &mut event.kind] {
            *field = self.text()?;
        }
        for _ in 0..self.number()? {
            event.data.push(self.text()?);
        }
        Some(event)
    }
}
