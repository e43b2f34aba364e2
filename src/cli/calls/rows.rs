//! Calls as rows of a table, of a CSV file, of a JSON array or of NDJSON, one at a time.

use jiff::tz::TimeZone;
use serde_json::Value;

use super::columns::{self, Column, GAP};
use crate::{
    cli::{
        Failure, Format,
        output::{cell, csv},
    },
    domain::column::COLUMNS,
    wire::CallBody,
};

/// Writes one form; what it gives must be written in order.
pub(super) struct Rows {
    format: Format,
    /// Empty: whole calls (JSON forms only).
    columns: Vec<Column>,
    zone: TimeZone,
    any: bool,
}

impl Rows {
    /// `columns` empty: the usual ones of the form.
    pub fn new(format: Format, columns: Vec<Column>, width: usize, zone: TimeZone) -> Self {
        let columns = match format {
            Format::Table if columns.is_empty() => columns::fitting(width),
            Format::Csv if columns.is_empty() => COLUMNS.to_vec(),
            _ => columns,
        };
        Self { format, columns, zone, any: false }
    }

    pub fn beginning(&self) -> String {
        match self.format {
            Format::Table => self.table_line(|column| column.to_owned()),
            Format::Csv => csv::record(self.columns.iter().copied()),
            Format::Json => "[".to_owned(),
            Format::Ndjson => String::new(),
        }
    }

    /// # Errors
    /// When the line is not a call: another version answered.
    pub fn row(&mut self, line: &str) -> Result<String, Failure> {
        let first = !std::mem::replace(&mut self.any, true);
        Ok(match self.format {
            Format::Table => {
                let call: CallBody = parsed(line)?;
                self.table_line(|column| columns::table_cell(&call, column, &self.zone))
            }
            Format::Csv => {
                let call: CallBody = parsed(line)?;
                csv::record(self.columns.iter().map(|column| call.csv_cell(column).unwrap_or_default()))
            }
            Format::Json => format!("{}{}", if first { "\n" } else { ",\n" }, self.json(line)?),
            Format::Ndjson => format!("{}\n", self.json(line)?),
        })
    }

    pub fn end(&self) -> &'static str {
        match (self.format, self.any) {
            (Format::Json, true) => "\n]\n",
            (Format::Json, false) => "]\n",
            _ => "",
        }
    }

    /// The call as it came, or the chosen columns in their order.
    fn json(&self, line: &str) -> Result<String, Failure> {
        if self.columns.is_empty() {
            return Ok(cell::unseen_escaped(line).into_owned());
        }
        let whole: Value = parsed(line)?;
        let fields = self.columns.iter().map(|column| format!("\"{column}\":{}", columns::json_value(&whole, column)));
        let object = format!("{{{}}}", fields.collect::<Vec<_>>().join(","));
        Ok(cell::unseen_escaped(&object).into_owned())
    }

    fn table_line(&self, text: impl Fn(&str) -> String) -> String {
        let cells: Vec<String> = self
            .columns
            .iter()
            .map(|column| cell::fit(&text(column), columns::table_width(column), columns::right(column)))
            .collect();
        format!("{}\n", cells.join(&" ".repeat(GAP)).trim_end())
    }
}

fn parsed<T: serde::de::DeserializeOwned>(line: &str) -> Result<T, Failure> {
    serde_json::from_str(line).map_err(|why| Failure::failed(format!("the server's answer is not a call: {why}")))
}

#[cfg(test)]
mod tests {
    use super::*;

    const LINE: &str = r#"{"id":"01JCALL","source_ids":["pbx-1.0"],"start":"2026-11-07T13:21:04.927Z","answered":null,"end":null,"direction":"in","route":"queue","outcome":"answered","from":"+48221234567","to":null,"reached":null,"customer":"=Jiří, \"Č\"","extension":"601","extensions":["601","602"],"agent":null,"group":null,"projects":[],"queue":null,"wait_s":4.2,"talk_s":723.0,"talk_at_most_s":null,"on_hold_s":null,"duration_s":null,"cost":null,"case":null,"tags":[],"flagged":false,"recordings":[{"id":"01JR","mode":"auto","offset_s":0.0,"length_s":723.0,"channels":2,"format":"wav/pcm","bytes":11568044,"sha256":"00","state":"stored","copies":[]}],"review":null,"legs":2}"#;

    fn written(format: Format, columns: &[&'static str], lines: &[&str]) -> String {
        let zone = TimeZone::get("Europe/Warsaw").expect("zone");
        let mut rows = Rows::new(format, columns.to_vec(), 80, zone);
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
            written(Format::Csv, &columns, &[LINE]),
            "start,talk_s,customer,bytes,recorded_s,mode,route,agent\n\
             2026-11-07T13:21:04.927Z,723.0,\"'=Jiří, \"\"Č\"\"\",11568044,723.0,auto,queue,\n"
        );
        assert_eq!(
            written(Format::Ndjson, &columns, &[LINE]),
            "{\"start\":\"2026-11-07T13:21:04.927Z\",\"talk_s\":723.0,\"customer\":\"=Jiří, \\\"Č\\\"\",\"bytes\":11568044,\
             \"recorded_s\":723.0,\"mode\":\"auto\",\"route\":\"queue\",\"agent\":null}\n"
        );
        assert_eq!(written(Format::Ndjson, &[], &[LINE, LINE]), format!("{LINE}\n{LINE}\n"));
        let array: Vec<Value> = serde_json::from_str(&written(Format::Json, &[], &[LINE, LINE])).expect("an array");
        assert_eq!(array.len(), 2);
        assert_eq!(written(Format::Json, &[], &[]), "[]\n");
        assert_eq!(
            written(Format::Table, &[], &[LINE]),
            "start                outcome     from             to                talk_s\n\
             2026-11-07 14:21:04  answered    +48221234567     –                  12:03\n"
        );
    }

    #[test]
    fn csv_without_columns_has_all_of_them() {
        let text = written(Format::Csv, &[], &[LINE]);
        let (header, row) = text.split_once('\n').expect("two lines");
        assert_eq!(header, COLUMNS.join(","));
        assert!(row.contains("\"601, 602\""), "{row}");
    }

    #[test]
    fn what_is_no_call_is_an_error() {
        let mut rows = Rows::new(Format::Csv, Vec::new(), 80, TimeZone::UTC);
        assert!(rows.row("{}").is_err());
    }
}
