//! Calls as rows of a table or of a form that files have too, one at a time.

use jiff::tz::TimeZone;

use super::columns::{self, Column, GAP};
use crate::{
    cli::{Failure, Format, output::cell},
    takeout::{self, Form},
    wire::CallBody,
};

/// Writes one form; what it gives must be written in order.
pub(super) enum Rows {
    /// For people: columns of fixed width, so that the list can stream.
    Table {
        columns: Vec<Column>,
        zone: TimeZone,
    },
    Plain(takeout::Rows),
}

impl Rows {
    /// `columns` empty: the usual ones of the form.
    pub fn new(format: Format, columns: Vec<Column>, width: usize, zone: TimeZone) -> Self {
        let form = match format {
            Format::Table => {
                let columns = if columns.is_empty() { columns::fitting(width) } else { columns };
                return Self::Table { columns, zone };
            }
            Format::Csv => Form::Csv,
            Format::Json => Form::Json,
            Format::Ndjson => Form::Ndjson,
        };
        Self::Plain(takeout::Rows::new(form, columns))
    }

    pub fn beginning(&self) -> String {
        match self {
            Self::Table { columns, .. } => line(columns, |column| column.to_owned()),
            Self::Plain(rows) => rows.beginning(),
        }
    }

    /// # Errors
    /// When the line is not a call: another version answered.
    pub fn row(&mut self, text: &str) -> Result<String, Failure> {
        match self {
            Self::Table { columns, zone } => {
                let call: CallBody = serde_json::from_str(text)
                    .map_err(|why| Failure::failed(format!("the server's answer is not a call: {why}")))?;
                Ok(line(columns, |column| columns::table_cell(&call, column, zone)))
            }
            Self::Plain(rows) => Ok(rows.row(text)?),
        }
    }

    pub fn end(&self) -> &'static str {
        match self {
            Self::Table { .. } => "",
            Self::Plain(rows) => rows.end(),
        }
    }
}

fn line(columns: &[Column], text: impl Fn(&str) -> String) -> String {
    let cells: Vec<String> =
        columns.iter().map(|column| cell::fit(&text(column), columns::table_width(column), columns::right(column))).collect();
    format!("{}\n", cells.join(&" ".repeat(GAP)).trim_end())
}

#[cfg(test)]
mod tests {
    use super::*;

    const LINE: &str = r#"{"id":"01JCALL","source_ids":["pbx-1.0"],"start":"2026-11-07T13:21:04.927Z","answered":null,"end":null,"direction":"in","route":"queue","outcome":"answered","from":"+48221234567","to":null,"reached":null,"customer":"=Jiří, \"Č\"","extension":"601","extensions":["601","602"],"agent":null,"group":null,"projects":[],"queue":null,"wait_s":4.2,"talk_s":723.0,"talk_at_most_s":null,"on_hold_s":null,"duration_s":null,"cost":null,"case":null,"tags":[],"flagged":false,"recordings":[{"id":"01JR","mode":"auto","offset_s":0.0,"length_s":723.0,"channels":2,"format":"wav/pcm","bytes":11568044,"sha256":"00","state":"stored","copies":[]}],"review":null,"legs":2}"#;

    #[test]
    fn a_table_has_the_columns_that_fit() {
        let zone = TimeZone::get("Europe/Warsaw").expect("zone");
        let mut rows = Rows::new(Format::Table, Vec::new(), 80, zone);
        let text = rows.beginning() + &rows.row(LINE).expect("a call") + rows.end();
        assert_eq!(
            text,
            "start                outcome     from             to                talk_s\n\
             2026-11-07 14:21:04  answered    +48221234567     –                  12:03\n"
        );
        assert!(rows.row("{}").is_err(), "no call");
    }
}
