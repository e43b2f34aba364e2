//! Kept records as bytes: texts once, then each event as what differs from the last event of its channel. The store
//! compresses the whole.

use std::{collections::HashMap, sync::LazyLock};

use super::record::{Cdr, Cel, QueueEvent, Record};

const VERSION: u8 = 2;

/// Texts of most calls, known by their place; part of the format, so new ones go to the end of a new version.
const COMMON: [&str; 72] = [
    "",
    "s",
    "CHAN_START",
    "CHAN_END",
    "HANGUP",
    "ANSWER",
    "BRIDGE_ENTER",
    "BRIDGE_EXIT",
    "APP_START",
    "APP_END",
    "LINKEDID_END",
    "BLINDTRANSFER",
    "ATTENDEDTRANSFER",
    "PICKUP",
    "FORWARD",
    "LOCAL_OPTIMIZE",
    "LOCAL_OPTIMIZE_BEGIN",
    "PARK_START",
    "PARK_END",
    "HOLD",
    "UNHOLD",
    "USER_DEFINED",
    "bridge_id",
    "hangupcause",
    "hangupsource",
    "dialstatus",
    "channel2_uniqueid",
    "transferee_channel_uniqueid",
    "transfer_target_channel_uniqueid",
    "extension",
    "0",
    "16",
    "17",
    "19",
    "21",
    "26",
    "27",
    "34",
    "ANSWERED",
    "NO ANSWER",
    "BUSY",
    "FAILED",
    "CONGESTION",
    "CANCEL",
    "NOANSWER",
    "CHANUNAVAIL",
    "dialplan/builtin",
    "Dial",
    "Queue",
    "AppDial",
    "AppDial2",
    "AppQueue",
    "(Outgoing Line)",
    "Hangup",
    "Playback",
    "BackGround",
    "Read",
    "WaitExten",
    "VoiceMail",
    "from-internal",
    "from-trunk",
    "from-queue",
    "macro-dial",
    "ext-queues",
    "ENTERQUEUE",
    "CONNECT",
    "ABANDON",
    "COMPLETECALLER",
    "COMPLETEAGENT",
    "RINGNOANSWER",
    "NONE",
    "h",
];

/// Fields of an event that stay the same for most of its channel's life; those that change most come first, so that the
/// bits that tell which do fit one byte.
const STEADY: usize = 11;

fn steady(cel: &Cel) -> [&String; STEADY] {
    [
        &cel.exten,
        &cel.app,
        &cel.app_data,
        &cel.peer,
        &cel.context,
        &cel.number,
        &cel.name,
        &cel.dnid,
        &cel.ani,
        &cel.channel,
        &cel.linked_id,
    ]
}

fn steady_mut(cel: &mut Cel) -> [&mut String; STEADY] {
    [
        &mut cel.exten,
        &mut cel.app,
        &mut cel.app_data,
        &mut cel.peer,
        &mut cel.context,
        &mut cel.number,
        &mut cel.name,
        &mut cel.dnid,
        &mut cel.ani,
        &mut cel.channel,
        &mut cel.linked_id,
    ]
}

/// What the last event of each channel said; a new channel begins with nothing but the linkedid of the event before.
#[derive(Default)]
struct Before {
    by_channel: HashMap<usize, [usize; STEADY]>,
    linked: usize,
}

impl Before {
    fn of(&self, channel: usize) -> [usize; STEADY] {
        let mut fresh = [0; STEADY];
        fresh[STEADY - 1] = self.linked;
        self.by_channel.get(&channel).copied().unwrap_or(fresh)
    }

    fn set(&mut self, channel: usize, fields: [usize; STEADY]) {
        self.linked = fields[STEADY - 1];
        self.by_channel.insert(channel, fields);
    }
}

/// Records as kept with a call, in the order given.
pub fn encode(records: &[Record]) -> Vec<u8> {
    let mut writer = Writer::new();
    let mut before = 0;
    writer.number(records.len() as i64);
    for record in records {
        match record {
            Record::Cel(cel) => {
                writer.number(0);
                writer.number(cel.at - before);
                before = cel.at;
                writer.text(&cel.kind);
                let channel = writer.text(&cel.unique_id);
                let fields = steady(cel).map(|field| writer.index_of(field));
                let old = writer.before.of(channel);
                let changed = (0..STEADY).filter(|index| fields[*index] != old[*index]);
                writer.index(changed.clone().map(|index| 1 << index).sum());
                changed.for_each(|index| writer.index(fields[index]));
                writer.before.set(channel, fields);
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
    let mut reader = Reader { bytes: rest, texts: COMMON.map(str::to_owned).to_vec(), before: Before::default() };
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

/// [`COMMON`] in the order of the texts.
static SORTED: LazyLock<Vec<(&str, usize)>> = LazyLock::new(|| {
    let mut sorted: Vec<(&str, usize)> = COMMON.into_iter().zip(0..).collect();
    sorted.sort_unstable();
    sorted
});

/// Up to so many texts of a call are found by looking at each.
const FEW: usize = 32;

struct Writer<'a> {
    texts: Vec<u8>,
    known: Vec<&'a str>,
    /// Places of the texts beyond [`FEW`].
    places: HashMap<&'a str, usize>,
    body: Vec<u8>,
    before: Before,
}

impl<'a> Writer<'a> {
    fn new() -> Self {
        Self {
            texts: Vec::with_capacity(256),
            known: Vec::with_capacity(FEW),
            places: HashMap::new(),
            body: Vec::with_capacity(128),
            before: Before::default(),
        }
    }

    fn place_of(&self, text: &str) -> Option<usize> {
        let few = self.known.get(..FEW).unwrap_or(&self.known);
        few.iter().position(|known| *known == text).or_else(|| self.places.get(text).copied())
    }

    fn number(&mut self, number: i64) {
        varint(&mut self.body, number);
    }

    fn index(&mut self, index: usize) {
        unsigned(&mut self.body, index as u64);
    }

    fn text(&mut self, text: &'a str) -> usize {
        let index = self.index_of(text);
        self.index(index);
        index
    }

    /// Places of common texts first, then those of this call.
    fn index_of(&mut self, text: &'a str) -> usize {
        if text.is_empty() {
            return 0;
        }
        if let Ok(place) = SORTED.binary_search_by(|(common, _)| (*common).cmp(text)) {
            return SORTED[place].1;
        }
        if let Some(place) = self.place_of(text) {
            return COMMON.len() + place;
        }
        varint(&mut self.texts, text.len() as i64);
        self.texts.extend_from_slice(text.as_bytes());
        if self.known.len() >= FEW {
            self.places.insert(text, self.known.len());
        }
        self.known.push(text);
        COMMON.len() + self.known.len() - 1
    }

    fn finish(self) -> Vec<u8> {
        let mut bytes = Vec::with_capacity(self.texts.len() + self.body.len() + 4);
        bytes.push(VERSION);
        varint(&mut bytes, self.known.len() as i64);
        bytes.extend_from_slice(&self.texts);
        bytes.extend_from_slice(&self.body);
        bytes
    }
}

/// Zigzag, seven bits a byte.
fn varint(out: &mut Vec<u8>, number: i64) {
    unsigned(out, ((number << 1) ^ (number >> 63)).cast_unsigned());
}

fn unsigned(out: &mut Vec<u8>, mut rest: u64) {
    while rest >= 0x80 {
        out.push((rest & 0x7f) as u8 | 0x80);
        rest >>= 7;
    }
    out.push(rest as u8);
}

struct Reader<'a> {
    bytes: &'a [u8],
    texts: Vec<String>,
    before: Before,
}

impl Reader<'_> {
    fn number(&mut self) -> Option<i64> {
        let value = self.unsigned()?;
        Some((value >> 1).cast_signed() ^ -(value & 1).cast_signed())
    }

    fn unsigned(&mut self) -> Option<u64> {
        let mut value = 0u64;
        for shift in (0..64).step_by(7) {
            let (byte, rest) = self.bytes.split_first()?;
            self.bytes = rest;
            value |= u64::from(byte & 0x7f).checked_shl(shift)?;
            if byte & 0x80 == 0 {
                return Some(value);
            }
        }
        None
    }

    fn index(&mut self) -> Option<usize> {
        usize::try_from(self.unsigned()?).ok()
    }

    fn text(&mut self) -> Option<String> {
        let index = self.index()?;
        self.texts.get(index).cloned()
    }

    fn cel(&mut self, at: i64) -> Option<Cel> {
        let mut cel = Cel { at, ..Cel::default() };
        cel.kind = self.text()?;
        let channel = self.index()?;
        cel.unique_id = self.texts.get(channel)?.clone();
        let changed = self.index()?;
        let mut fields = self.before.of(channel);
        for (bit, field) in fields.iter_mut().enumerate() {
            if changed >> bit & 1 == 1 {
                *field = self.index()?;
            }
        }
        for (field, index) in steady_mut(&mut cel).into_iter().zip(fields) {
            self.texts.get(index)?.clone_into(field);
        }
        self.before.set(channel, fields);
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn calls_with_few_and_with_many_texts_come_back() {
        for count in [0, 1, FEW, FEW + 1, 5 * FEW] {
            let event = |n: usize| QueueEvent {
                at: n as i64,
                unique_id: format!("pbx-1795219324.{n}"),
                agent: format!("agent {}", n / 2),
                kind: "CONNECT".to_owned(),
                ..QueueEvent::default()
            };
            let records: Vec<Record> = (0..count).map(|n| Record::Queue(event(n))).collect();
            assert_eq!(decode(&encode(&records)), Some(records), "{count}");
        }
    }
}
