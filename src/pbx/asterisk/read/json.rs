//! JSON lines of `cdr_custom` and `cel_custom`, also those that a caller's name has broken.
//!
//! Asterisk 22.10 writes names without escaping, so a quotation mark, a backslash or a control character in one breaks
//! the line, and a crafted one adds fields. Such a line is taken only where it can mean one thing: every field of the
//! template stands in it once, in the template's order. No field is ever taken twice.

use std::fmt;

use serde::{
    Deserialize, Deserializer,
    de::{MapAccess, Visitor},
};
use serde_json::Value;

use super::{Kind, Reject, master};
use crate::pbx::asterisk::record::{Cdr, Cel, Record};

/// The order of fields of our `cdr_custom.conf`.
const CDR_FIELDS: [&str; 20] = [
    "start",
    "answer",
    "end",
    "clid",
    "src",
    "dst",
    "dcontext",
    "channel",
    "dstchannel",
    "lastapp",
    "lastdata",
    "duration",
    "billsec",
    "disposition",
    "accountcode",
    "peeraccount",
    "uniqueid",
    "linkedid",
    "sequence",
    "userfield",
];
/// The order of fields of our `cel_custom.conf`.
const CEL_FIELDS: [&str; 18] = [
    "eventtype",
    "eventtime",
    "name",
    "num",
    "ani",
    "dnid",
    "exten",
    "context",
    "channame",
    "appname",
    "appdata",
    "accountcode",
    "uniqueid",
    "linkedid",
    "peer",
    "userfield",
    "userdeftype",
    "eventextra",
];
/// Longest text of a field kept.
const LONGEST_FIELD: usize = 2_000;

/// Reads one file's lines; learns its order of fields from sound lines.
#[derive(Clone, Debug)]
pub struct JsonReader {
    cel: bool,
    /// The order of fields that sound lines of this file agree on.
    order: Vec<String>,
    agreed: u32,
}

type Fields = Vec<(String, String)>;

impl JsonReader {
    pub fn new(kind: Kind) -> Self {
        Self { cel: kind == Kind::CelJson, order: Vec::new(), agreed: 0 }
    }

    /// One line.
    ///
    /// # Errors
    /// Why it is no record.
    pub fn read(&mut self, line: &str) -> Result<Record, Reject> {
        let fields = self.fields(line.trim())?;
        let get = |name: &str| fields.iter().find(|(key, _)| key == name).map(|(_, value)| value.as_str());
        if self.cel { cel(&get) } else { cdr(&get) }
    }

    fn fields(&mut self, line: &str) -> Result<Fields, Reject> {
        let standard: &[&str] = if self.cel { &CEL_FIELDS } else { &CDR_FIELDS };
        let learned: Vec<&str> = self.order.iter().map(String::as_str).collect();
        let parsed = serde_json::from_str::<Object>(line);
        if let Ok(object) = parsed {
            let keys: Vec<&str> = object.0.iter().map(|(key, _)| key.as_str()).collect();
            if let Some(twice) = keys.iter().enumerate().find(|(index, key)| keys[..*index].contains(key)) {
                return Err(Reject::new(format!("gives the field \"{}\" twice", crate::domain::clean::line(twice.1, 30))));
            }
            if keys == standard || keys == learned {
                self.agreed = self.agreed.saturating_add(u32::from(keys == learned));
                return Ok(object.0);
            }
            // Sound, but with other fields: a name may have added them.
            if let Some(repaired) = split(line, standard).or_else(|| (self.agreed > 0).then(|| split(line, &learned)).flatten()) {
                return Ok(repaired);
            }
            if self.agreed == 0 {
                self.order = keys.iter().map(|key| (*key).to_owned()).collect();
            }
            return Ok(object.0);
        }
        if !line.starts_with('{') {
            return Err(Reject::new("is no JSON object"));
        }
        split(line, standard)
            .or_else(|| (!learned.is_empty()).then(|| split(line, &learned)).flatten())
            .ok_or_else(|| Reject::new("is broken JSON and cannot be read in one way only"))
    }
}

/// Takes a broken line apart at the names of its fields, if each stands in it exactly once and in order.
fn split(line: &str, order: &[&str]) -> Option<Fields> {
    let body = line.strip_prefix('{')?.strip_suffix('}')?;
    let mut places: Vec<(usize, usize)> = Vec::with_capacity(order.len());
    for (index, field) in order.iter().enumerate() {
        let marker = format!("\"{field}\":");
        let at = if index == 0 {
            body.starts_with(&marker).then_some(0)?
        } else {
            let marker = format!(",{marker}");
            let at = body.find(&marker)?;
            if body[at + 1..].contains(&marker) {
                return None;
            }
            at + 1
        };
        if places.last().is_some_and(|(_, from)| at < *from) {
            return None;
        }
        places.push((at, at + marker.len()));
    }
    let mut fields = Vec::with_capacity(order.len());
    for (index, field) in order.iter().enumerate() {
        let until = places.get(index + 1).map_or(body.len(), |(at, _)| at - 1);
        let raw = body.get(places[index].1..until)?.trim();
        fields.push(((*field).to_owned(), value(raw)?));
    }
    Some(fields)
}

/// A value of a line that was taken apart: sound JSON, a text with quotes or backslashes in it, or one without quotes.
fn value(raw: &str) -> Option<String> {
    if let Ok(value) = serde_json::from_str::<Value>(raw) {
        return Some(plain(value));
    }
    match raw.strip_prefix('"') {
        Some(rest) => rest.strip_suffix('"').map(|inner| inner.replace("\\\"", "\"").replace("\\\\", "\\")),
        None => (!raw.ends_with('"') || raw.starts_with('{')).then(|| raw.to_owned()),
    }
}

fn plain(value: Value) -> String {
    match value {
        Value::String(text) => text,
        Value::Null => String::new(),
        other => other.to_string(),
    }
}

/// An object with its fields in order, doubled ones included.
struct Object(Fields);

impl<'de> Deserialize<'de> for Object {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct InOrder;
        impl<'de> Visitor<'de> for InOrder {
            type Value = Object;
            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("an object")
            }
            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Object, A::Error> {
                let mut fields = Vec::new();
                while let Some((key, value)) = map.next_entry::<String, Value>()? {
                    fields.push((key, plain(value)));
                }
                Ok(Object(fields))
            }
        }
        deserializer.deserialize_map(InOrder)
    }
}

fn bounded(text: &str) -> String {
    text.chars().take(LONGEST_FIELD).collect()
}

fn moment(text: Option<&str>, what: &str) -> Result<Option<i64>, Reject> {
    let text = text.unwrap_or_default().trim();
    if text.starts_with('-') {
        return Err(Reject::new(format!("{what} is negative")));
    }
    master::time(text, &jiff::tz::TimeZone::UTC, None)
}

fn cdr<'a>(get: &impl Fn(&str) -> Option<&'a str>) -> Result<Record, Reject> {
    let text = |name: &str| bounded(get(name).unwrap_or_default());
    let start = moment(get("start"), "start")?.ok_or_else(|| Reject::new("has no start"))?;
    let end = moment(get("end"), "end")?.ok_or_else(|| Reject::new("has no end"))?;
    let number = |name: &str| match get(name).map(str::trim).filter(|text| !text.is_empty()) {
        None => Ok(-1),
        Some(text) => {
            let number: f64 = text.parse().map_err(|_| Reject::new(format!("{name} is no number")))?;
            if number < 0.0 { Err(Reject::new(format!("{name} is negative"))) } else { Ok(number as i64) }
        }
    };
    Ok(Record::Cdr(Cdr {
        start,
        answer: moment(get("answer"), "answer")?,
        end,
        whole_seconds: false,
        duration: number("duration")?,
        billsec: number("billsec")?,
        unique_id: text("uniqueid"),
        linked_id: text("linkedid"),
        sequence: number("sequence")?,
        source: text("src"),
        destination: text("dst"),
        context: text("dcontext"),
        caller_id: text("clid"),
        channel: text("channel"),
        far_channel: text("dstchannel"),
        app: text("lastapp"),
        app_data: text("lastdata"),
        disposition: text("disposition").to_uppercase(),
    }))
}

fn cel<'a>(get: &impl Fn(&str) -> Option<&'a str>) -> Result<Record, Reject> {
    let text = |name: &str| bounded(get(name).unwrap_or_default());
    let kind = text("eventtype");
    if kind.is_empty() || !kind.bytes().all(|byte| byte.is_ascii_uppercase() || byte.is_ascii_digit() || byte == b'_') {
        return Err(Reject::new("has no event type"));
    }
    let at = moment(get("eventtime"), "eventtime")?.ok_or_else(|| Reject::new("has no time"))?;
    Ok(Record::Cel(Cel {
        at,
        kind,
        unique_id: text("uniqueid"),
        linked_id: text("linkedid"),
        channel: text("channame"),
        name: text("name"),
        number: text("num"),
        ani: text("ani"),
        dnid: text("dnid"),
        exten: text("exten"),
        context: text("context"),
        app: text("appname"),
        app_data: text("appdata"),
        peer: text("peer"),
        extra: extra(get("eventextra").or_else(|| get("extra")).unwrap_or_default()),
    }))
}

/// What the fold needs of `eventextra`, in order of keys.
fn extra(text: &str) -> Vec<(String, String)> {
    let Ok(Value::Object(map)) = serde_json::from_str::<Value>(text) else { return Vec::new() };
    let mut kept: Vec<(String, String)> = map
        .into_iter()
        .filter(|(key, _)| {
            key.ends_with("_uniqueid")
                || matches!(
                    key.as_str(),
                    "bridge_id"
                        | "hangupcause"
                        | "hangupsource"
                        | "dialstatus"
                        | "extension"
                        | "forward"
                        | "pickup_channel"
                        | "parking_lot"
                )
        })
        .map(|(key, value)| {
            let value = plain(value);
            // The first two groups of a bridge's id tell the bridges of one call apart.
            let value = if key == "bridge_id" { value.chars().take(13).collect() } else { bounded(&value) };
            (key, value)
        })
        .collect();
    kept.sort();
    kept
}

#[cfg(test)]
mod tests {
    use super::*;

    fn event(name: &str) -> String {
        format!(
            "{{\"eventtype\":\"CHAN_START\",\"eventtime\":1795223913.112855,\"name\":\"{name}\",\"num\":\"79160000007\",\"ani\":\"\",\"dnid\":\"\",\
             \"exten\":\"74951230101\",\"context\":\"from-city\",\"channame\":\"PJSIP/trunk-0000000c\",\"appname\":\"\",\"appdata\":\"\",\
             \"accountcode\":\"\",\"uniqueid\":\"pbx-1.19\",\"linkedid\":\"pbx-1.19\",\"peer\":\"\",\"userfield\":\"\",\"userdeftype\":\"\",\"eventextra\":\"\"}}"
        )
    }

    fn name_of(line: &str) -> Result<String, String> {
        match JsonReader::new(Kind::CelJson).read(line) {
            Ok(Record::Cel(cel)) => {
                assert_eq!(
                    (cel.number.as_str(), cel.exten.as_str(), cel.at),
                    ("79160000007", "74951230101", 1_795_223_913_112_855)
                );
                Ok(cel.name)
            }
            Ok(_) => Err("another record".to_owned()),
            Err(reject) => Err(reject.0),
        }
    }

    #[test]
    fn names_that_break_the_line_are_repaired_or_the_line_is_refused() {
        assert_eq!(name_of(&event("Caller 7")).as_deref(), Ok("Caller 7"));
        assert_eq!(name_of(&event("Jan \"Gruby\" Nowak")).as_deref(), Ok("Jan \"Gruby\" Nowak"));
        assert_eq!(name_of(&event("back\\slash")).as_deref(), Ok("back\\slash"));
        assert_eq!(name_of(&event("ends with \\")).as_deref(), Ok("ends with \\"));
        assert_eq!(name_of(&event("bell\u{7}")).as_deref(), Ok("bell\u{7}"));
        assert_eq!(name_of(&event("x\",\"vip\":\"1")).as_deref(), Ok("x\",\"vip\":\"1"));
        assert!(name_of(&event("x\",\"num\":\"101")).expect_err("field twice").contains("num"));
        assert!(name_of(&event("x\",\"num\":\"10\"1")).expect_err("field twice").contains("one way"));
        let bare = event("Caller 7").replace("\"Caller 7\"", "Caller 7");
        assert_eq!(name_of(&bare).as_deref(), Ok("Caller 7"));
    }

    #[test]
    fn what_is_no_record_says_so() {
        for line in ["{}", "[]", "{\"eventtype\":\"CHAN_START\"}", "nonsense", "{\"eventtype\":\"a\u{1b}\",\"eventtime\":1}"] {
            assert!(JsonReader::new(Kind::CelJson).read(line).is_err(), "{line}");
        }
    }
}
