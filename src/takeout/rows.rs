//! Calls as rows of a CSV file, of a JSON array or of NDJSON, one at a time.

use std::fmt::Write;

use serde_json::Value;

use super::{TakeError, record::record};
use crate::{
    domain::{clean, column::COLUMNS},
    wire::CallBody,
};

/// A form that files have.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Form {
    /// With a header line, safe in a spreadsheet.
    #[default]
    Csv,
    /// One array.
    Json,
    /// One object a line.
    Ndjson,
}

impl Form {
    pub const ALL: &'static [Self] = &[Self::Csv, Self::Json, Self::Ndjson];

    /// Its word, and the ending of its files.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Csv => "csv",
            Self::Json => "json",
            Self::Ndjson => "ndjson",
        }
    }
}

/// Writes one form; what it gives must be written in order.
#[derive(Debug)]
pub struct Rows {
    form: Form,
    /// JSON names; empty: whole calls (JSON forms only).
    columns: Vec<&'static str>,
    any: bool,
}

impl Rows {
    /// `columns` empty: all of them.
    pub fn new(form: Form, columns: Vec<&'static str>) -> Self {
        let columns = if form == Form::Csv && columns.is_empty() { COLUMNS.to_vec() } else { columns };
        Self { form, columns, any: false }
    }

    pub fn beginning(&self) -> String {
        match self.form {
            Form::Csv => record(self.columns.iter().copied()),
            Form::Json => "[".to_owned(),
            Form::Ndjson => String::new(),
        }
    }

    /// # Errors
    /// When the line is not a call: another version answered.
    pub fn row(&mut self, line: &str) -> Result<String, TakeError> {
        let first = !std::mem::replace(&mut self.any, true);
        Ok(match self.form {
            Form::Csv => {
                let call: CallBody = parsed(line)?;
                record(self.columns.iter().map(|column| call.csv_cell(column).unwrap_or_default()))
            }
            Form::Json => format!("{}{}", if first { "\n" } else { ",\n" }, self.json(line)?),
            Form::Ndjson => format!("{}\n", self.json(line)?),
        })
    }

    pub const fn end(&self) -> &'static str {
        match (self.form, self.any) {
            (Form::Json, true) => "\n]\n",
            (Form::Json, false) => "]\n",
            _ => "",
        }
    }

    /// The call as it came, or the chosen columns in their order.
    fn json(&self, line: &str) -> Result<String, TakeError> {
        if self.columns.is_empty() {
            return Ok(unseen_escaped(line).into_owned());
        }
        let whole: Value = parsed(line)?;
        let fields = self.columns.iter().map(|column| format!("\"{column}\":{}", json_value(&whole, column)));
        let object = format!("{{{}}}", fields.collect::<Vec<_>>().join(","));
        Ok(unseen_escaped(&object).into_owned())
    }
}

/// The value of a column in JSON. `whole` is the call as it came, so that nothing is lost on the way.
fn json_value(whole: &Value, column: &str) -> Value {
    let recordings = whole["recordings"].as_array().map(Vec::as_slice).unwrap_or_default();
    match column {
        "recorded_s" | "bytes" | "mode" if recordings.is_empty() => Value::Null,
        "recorded_s" => {
            let tenths: f64 =
                recordings.iter().filter_map(|recording| recording["length_s"].as_f64()).map(|s| (s * 10.0).round()).sum();
            (tenths / 10.0).into()
        }
        "bytes" => recordings.iter().filter_map(|recording| recording["bytes"].as_u64()).sum::<u64>().into(),
        "mode" => recordings[0]["mode"].clone(),
        _ => whole[column].clone(),
    }
}

fn parsed<T: serde::de::DeserializeOwned>(line: &str) -> Result<T, TakeError> {
    serde_json::from_str(line).map_err(|why| TakeError::Failed(format!("the server's answer is not a call: {why}")))
}

/// Writes characters that could act on a terminal as JSON escapes: the value stays the same. `json` is JSON text.
pub fn unseen_escaped(json: &str) -> std::borrow::Cow<'_, str> {
    // Raw control characters cannot stand in JSON but for white space and DEL.
    if json.bytes().all(|byte| byte.is_ascii() && byte != 0x7f) {
        return json.into();
    }
    let unseen = |character: char| clean::must_not_show(character) && !matches!(character, '\n' | '\r' | '\t');
    if !json.chars().any(unseen) {
        return json.into();
    }
    let mut escaped = String::with_capacity(json.len() + 16);
    for character in json.chars() {
        if unseen(character) {
            for unit in character.encode_utf16(&mut [0; 2]) {
                // Writing to a String cannot fail.
                let _ = write!(escaped, "\\u{unit:04x}");
            }
        } else {
            escaped.push(character);
        }
    }
    escaped.into()
}

#[cfg(test)]
mod tests {
    use super::*;

    const LINE: &str = r#"{"id":"01JCALL","source_ids":["pbx-1.0"],"start":"2026-11-07T13:21:04.927Z","answered":null,"end":null,"direction":"in","route":"queue","outcome":"answered","from":"+48221234567","to":null,"reached":null,"customer":"=Jiří, \"Č\"","extension":"601","extensions":["601","602"],"agent":null,"group":null,"projects":[],"queue":null,"wait_s":4.2,"talk_s":723.0,"talk_at_most_s":null,"on_hold_s":null,"duration_s":null,"cost":null,"case":null,"tags":[],"flagged":false,"recordings":[{"id":"01JR","mode":"auto","offset_s":0.0,"length_s":723.0,"channels":2,"format":"wav/pcm","bytes":11568044,"sha256":"00","state":"stored","copies":[]}],"review":null,"legs":2}"#;

    fn written(form: Form, columns: &[&'static str], lines: &[&str]) -> String {
        let mut rows = Rows::new(form, columns.to_vec());
        let mut text = rows.beginning();
        for line in lines {
            text.push_str(&rows.row(line).expect("a call"));
        }
        text + rows.end()
    }

    #[test]
    fn every_form_of_the_same_calls() {
        let columns = ["start", "talk_s", "customer", "bytes", "recorded_s", "mode", "route", "agent"];
        assert_eq!(
            written(Form::Csv, &columns, &[LINE]),
            "start,talk_s,customer,bytes,recorded_s,mode,route,agent\n\
             2026-11-07T13:21:04.927Z,723.0,\"'=Jiří, \"\"Č\"\"\",11568044,723.0,auto,queue,\n"
        );
        assert_eq!(
            written(Form::Ndjson, &columns, &[LINE]),
            "{\"start\":\"2026-11-07T13:21:04.927Z\",\"talk_s\":723.0,\"customer\":\"=Jiří, \\\"Č\\\"\",\"bytes\":11568044,\
             \"recorded_s\":723.0,\"mode\":\"auto\",\"route\":\"queue\",\"agent\":null}\n"
        );
        assert_eq!(written(Form::Ndjson, &[], &[LINE, LINE]), format!("{LINE}\n{LINE}\n"));
        let array: Vec<Value> = serde_json::from_str(&written(Form::Json, &[], &[LINE, LINE])).expect("an array");
        assert_eq!(array.len(), 2);
        assert_eq!(written(Form::Json, &[], &[]), "[]\n");
    }

    #[test]
    fn csv_without_columns_has_all_of_them() {
        let text = written(Form::Csv, &[], &[LINE]);
        let (header, row) = text.split_once('\n').expect("two lines");
        assert_eq!(header, COLUMNS.join(","));
        assert!(row.contains("\"601, 602\""), "{row}");
    }

    #[test]
    fn what_is_no_call_is_an_error() {
        let mut rows = Rows::new(Form::Csv, Vec::new());
        assert!(rows.row("{}").is_err());
    }

    #[test]
    fn json_on_a_terminal_keeps_its_value() {
        let text = "{\"name\":\"a\u{202e}b\u{e0001}ł\u{7f}\"}";
        let safe = unseen_escaped(text);
        assert!(!safe.chars().any(clean::must_not_show), "{safe}");
        let (was, is): (Value, Value) = (serde_json::from_str(text).expect("json"), serde_json::from_str(&safe).expect("json"));
        assert_eq!(was, is);
    }
}
