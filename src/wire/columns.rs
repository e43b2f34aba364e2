//! A call as cells of a table: the columns of `domain::column` as text.

use serde::Serialize;

use super::{CallBody, Money};
use crate::domain::{clean, instant, length::Tenths};

impl CallBody {
    /// The text of one column, by JSON name; unknown values are empty. None: there is no such column.
    pub fn cell(&self, column: &str) -> Option<String> {
        let text = |value: &Option<String>| value.clone().unwrap_or_default();
        let seconds = |value: Option<Tenths>| value.map(decimal).unwrap_or_default();
        let at = |value: Option<jiff::Timestamp>| value.map(instant::text).unwrap_or_default();
        Some(match column {
            "id" => self.id.clone(),
            "source_ids" => self.source_ids.join(", "),
            "start" => instant::text(self.start),
            "answered" => at(self.answered),
            "end" => at(self.end),
            "direction" => self.direction.to_string(),
            "route" => self.route.map(|route| route.to_string()).unwrap_or_default(),
            "outcome" => self.outcome.to_string(),
            "from" => text(&self.from),
            "to" => text(&self.to),
            "reached" => text(&self.reached),
            "customer" => text(&self.customer),
            "extension" => text(&self.extension),
            "extensions" => self.extensions.join(", "),
            "agent" => text(&self.agent),
            "group" => text(&self.group),
            "projects" => self.projects.join(", "),
            "queue" => text(&self.queue),
            "wait_s" => seconds(self.wait_s),
            "talk_s" => seconds(self.talk_s),
            "talk_at_most_s" => seconds(self.talk_at_most_s),
            "on_hold_s" => seconds(self.on_hold_s),
            "duration_s" => seconds(self.duration_s),
            "cost" => self.cost.as_ref().map(money).unwrap_or_default(),
            "case" => text(&self.case),
            "tags" => self.tags.join(", "),
            "flagged" => self.flagged.to_string(),
            "recordings" => self.recordings.iter().map(|recording| recording.id.as_str()).collect::<Vec<_>>().join(", "),
            "recorded_s" if self.recordings.is_empty() => String::new(),
            "recorded_s" => decimal(Tenths(self.recordings.iter().map(|recording| recording.length_s.0).sum())),
            "bytes" if self.recordings.is_empty() => String::new(),
            "bytes" => self.recordings.iter().map(|recording| recording.bytes).sum::<u64>().to_string(),
            "mode" => {
                self.recordings.first().and_then(|recording| recording.mode).map(|mode| mode.to_string()).unwrap_or_default()
            }
            "legs" => self.legs.to_string(),
            _ => return None,
        })
    }

    /// The chosen columns as one JSON object in their order, with the values of the whole call's JSON; sums of recordings are
    /// null without any.
    ///
    /// # Errors
    /// When a value cannot be told as JSON (a fault of ours).
    pub fn json(&self, columns: &[&str]) -> serde_json::Result<Vec<u8>> {
        let mut object = vec![b'{'];
        for (index, column) in columns.iter().enumerate() {
            if index > 0 {
                object.push(b',');
            }
            serde_json::to_writer(&mut object, column)?;
            object.push(b':');
            self.json_value(column, &mut object)?;
        }
        object.push(b'}');
        Ok(object)
    }

    fn json_value(&self, column: &str, into: &mut Vec<u8>) -> serde_json::Result<()> {
        fn put(value: &(impl Serialize + ?Sized), into: &mut Vec<u8>) -> serde_json::Result<()> {
            serde_json::to_writer(into, value)
        }
        let recorded = Some(&self.recordings).filter(|recordings| !recordings.is_empty());
        match column {
            "id" => put(&self.id, into),
            "source_ids" => put(&self.source_ids, into),
            "start" => put(&instant::text(self.start), into),
            "answered" => put(&self.answered.map(instant::text), into),
            "end" => put(&self.end.map(instant::text), into),
            "direction" => put(&self.direction, into),
            "route" => put(&self.route, into),
            "outcome" => put(&self.outcome, into),
            "from" => put(&self.from, into),
            "to" => put(&self.to, into),
            "reached" => put(&self.reached, into),
            "customer" => put(&self.customer, into),
            "extension" => put(&self.extension, into),
            "extensions" => put(&self.extensions, into),
            "agent" => put(&self.agent, into),
            "group" => put(&self.group, into),
            "projects" => put(&self.projects, into),
            "queue" => put(&self.queue, into),
            "wait_s" => put(&self.wait_s, into),
            "talk_s" => put(&self.talk_s, into),
            "talk_at_most_s" => put(&self.talk_at_most_s, into),
            "on_hold_s" => put(&self.on_hold_s, into),
            "duration_s" => put(&self.duration_s, into),
            "cost" => put(&self.cost, into),
            "case" => put(&self.case, into),
            "tags" => put(&self.tags, into),
            "flagged" => put(&self.flagged, into),
            "recordings" => put(&self.recordings, into),
            "recorded_s" => put(&recorded.map(|all| Tenths(all.iter().map(|recording| recording.length_s.0).sum())), into),
            "bytes" => put(&recorded.map(|all| all.iter().map(|recording| recording.bytes).sum::<u64>()), into),
            "mode" => put(&recorded.and_then(|all| all.first()).and_then(|recording| recording.mode), into),
            "legs" => put(&self.legs, into),
            _ => put(&(), into),
        }
    }

    /// Writes the chosen columns as one line of a CSV file without its line break: the cells of [`Self::csv_cell`].
    pub fn csv(&self, columns: &[&str], into: &mut Vec<u8>) {
        let begun = into.len();
        for (index, column) in columns.iter().enumerate() {
            if index > 0 {
                into.push(b',');
            }
            self.csv_column(column, into);
        }
        // An empty line would be none.
        if into.len() == begun {
            into.extend_from_slice(b"\"\"");
        }
    }

    fn csv_column(&self, column: &str, into: &mut Vec<u8>) {
        let at = |at: Option<jiff::Timestamp>, into: &mut Vec<u8>| {
            if let Some(at) = at {
                into.extend_from_slice(instant::text(at).as_bytes());
            }
        };
        match column {
            "id" => into.extend_from_slice(self.id.as_bytes()),
            "start" => at(Some(self.start), into),
            "answered" => at(self.answered, into),
            "end" => at(self.end, into),
            "direction" => into.extend_from_slice(self.direction.word().as_bytes()),
            "outcome" => into.extend_from_slice(self.outcome.word().as_bytes()),
            "from" => csv_text(self.from.as_deref().unwrap_or_default(), into),
            "to" => csv_text(self.to.as_deref().unwrap_or_default(), into),
            "reached" => csv_text(self.reached.as_deref().unwrap_or_default(), into),
            "customer" => csv_text(self.customer.as_deref().unwrap_or_default(), into),
            "extension" => csv_text(self.extension.as_deref().unwrap_or_default(), into),
            "agent" => csv_text(self.agent.as_deref().unwrap_or_default(), into),
            "group" => csv_text(self.group.as_deref().unwrap_or_default(), into),
            "queue" => csv_text(self.queue.as_deref().unwrap_or_default(), into),
            "source_ids" => csv_list(&self.source_ids, into),
            "extensions" => csv_list(&self.extensions, into),
            "projects" => csv_list(&self.projects, into),
            "tags" => csv_list(&self.tags, into),
            _ => csv_text(&self.cell(column).unwrap_or_default(), into),
        }
    }

    /// As [`Self::cell`], safe in a spreadsheet; nothing in it can act on a terminal that shows the file.
    pub fn csv_cell(&self, column: &str) -> Option<String> {
        self.cell(column).map(|text| clean::csv_cell(&clean::line(&text, usize::MAX / 8)))
    }
}

/// Texts as one line of a CSV file without its line break, safe in a spreadsheet and on a terminal.
pub fn csv_line(cells: impl Iterator<Item = String>, into: &mut Vec<u8>) {
    for (index, cell) in cells.enumerate() {
        if index > 0 {
            into.push(b',');
        }
        csv_text(&cell, into);
    }
}

fn csv_list(texts: &[String], into: &mut Vec<u8>) {
    match texts {
        [] => {}
        [one] => csv_text(one, into),
        more => csv_text(&more.join(", "), into),
    }
}

/// A text as a cell, in quotes where it needs them.
fn csv_text(text: &str, into: &mut Vec<u8>) {
    let bytes = text.as_bytes();
    // Most texts are short, printable and no formula.
    let plain = bytes.iter().all(|byte| matches!(byte, b' '..=b'~') && !matches!(byte, b',' | b'"'))
        && match bytes {
            [b'+' | b'-', digits @ ..] => !digits.is_empty() && digits.iter().all(u8::is_ascii_digit),
            [b'=' | b'@', ..] => false,
            _ => true,
        };
    if plain {
        into.extend_from_slice(bytes);
        return;
    }
    let cell = clean::csv_cell(&clean::line(text, usize::MAX / 8));
    if cell.contains([',', '"', '\n', '\r']) {
        into.push(b'"');
        into.extend_from_slice(cell.replace('"', "\"\"").as_bytes());
        into.push(b'"');
    } else {
        into.extend_from_slice(cell.as_bytes());
    }
}

fn decimal(length: Tenths) -> String {
    let sign = if length.0 < 0 { "-" } else { "" };
    format!("{sign}{}.{}", length.0.unsigned_abs() / 10, length.0.unsigned_abs() % 10)
}

/// `1.45 PLN`; currencies without minor units (ISO 4217) have none here either.
fn money(amount: &Money) -> String {
    if matches!(amount.currency.as_str(), "JPY" | "KRW" | "CLP" | "ISK" | "VND") {
        return format!("{} {}", amount.minor, amount.currency);
    }
    let sign = if amount.minor < 0 { "-" } else { "" };
    format!("{sign}{}.{:02} {}", amount.minor.unsigned_abs() / 100, amount.minor.unsigned_abs() % 100, amount.currency)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::column::COLUMNS;

    #[test]
    fn every_column_has_a_cell_and_formulas_are_quoted() {
        let call: CallBody = serde_json::from_value(serde_json::json!({
            "id": "01", "source_ids": [], "start": "2026-11-07T13:21:04.927Z", "answered": null, "end": null, "direction": "in",
            "route": null, "outcome": "missed", "from": "+48221234567", "to": null, "reached": null, "customer": "=cmd()\u{1b}",
            "extension": null, "extensions": ["101", "102"], "agent": null, "group": null, "projects": [], "queue": null,
            "wait_s": 4.2, "talk_s": null, "talk_at_most_s": null, "on_hold_s": null, "duration_s": null,
            "cost": {"minor": -145, "currency": "PLN"}, "case": null, "tags": [], "flagged": false, "recordings": [],
            "review": null, "legs": 2
        }))
        .expect("call");
        for column in COLUMNS {
            assert!(call.cell(column).is_some(), "{column}");
        }
        assert_eq!(call.cell("nonsense"), None);
        let whole: serde_json::Value = serde_json::to_value(&call).expect("json");
        let chosen: serde_json::Value = serde_json::from_slice(&call.json(COLUMNS).expect("json")).expect("json");
        for column in COLUMNS.iter().filter(|column| !matches!(**column, "recorded_s" | "bytes" | "mode")) {
            assert_eq!(chosen[column], whole[column], "{column}");
        }
        assert_eq!(chosen.as_object().map(serde_json::Map::len), Some(COLUMNS.len()));
        assert_eq!(call.json(&["legs", "bytes"]).expect("json"), br#"{"legs":2,"bytes":null}"#);
        assert_eq!(call.csv_cell("from").as_deref(), Some("+48221234567"));
        assert_eq!(call.csv_cell("customer").as_deref(), Some("'=cmd()\u{fffd}"));
        assert_eq!(call.csv_cell("extensions").as_deref(), Some("101, 102"));
        assert_eq!(call.csv_cell("wait_s").as_deref(), Some("4.2"));
        assert_eq!(call.csv_cell("cost").as_deref(), Some("'-1.45 PLN"));
        assert_eq!(call.csv_cell("talk_s").as_deref(), Some(""));
        for text in
            ["", "+48221234567", "+", "-", "-1", "=1", "@1", "+1 2", "a,b", "say \"hi\"", "Łódź", "a\r\nb", "\u{202e}", " x "]
        {
            let text = text.to_owned();
            let (names, strange) = (vec![text.clone(), "b".to_owned()], Some(text.clone()));
            let call = CallBody { customer: strange.clone(), from: strange, tags: names, extensions: vec![text], ..call.clone() };
            let mut line = Vec::new();
            call.csv(COLUMNS, &mut line);
            let mut reader = csv::ReaderBuilder::new().has_headers(false).from_reader(&line[..]);
            let record = reader.records().next().expect("a line").expect("valid");
            let cells = COLUMNS.iter().map(|column| call.csv_cell(column).unwrap_or_default());
            assert!(record.iter().eq(cells), "{record:?}");
        }
        let mut empty = Vec::new();
        call.csv(&["agent"], &mut empty);
        assert_eq!(empty, b"\"\"");
    }
}
