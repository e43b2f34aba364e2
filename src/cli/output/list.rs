//! Short lists and single things in every format. Long lists of calls stream through `calls` instead.

use serde::Serialize;
use serde_json::{Value, json as json_value};
use unicode_width::UnicodeWidthStr;

use super::{Format, cell};
use crate::{
    cli::Failure,
    takeout::{record, unseen_escaped},
    wire::Facets,
};

/// A list as bytes for stdout.
///
/// # Errors
/// When an item cannot be told as JSON (a fault of ours).
pub fn of_items<T: Serialize>(items: &[T], columns: &[&str], format: Format) -> Result<Vec<u8>, Failure> {
    // Straight from the type, JSON keeps the order of its fields.
    match format {
        Format::Json => return json(&items, true),
        Format::Ndjson => {
            let lines: Vec<Vec<u8>> = items.iter().map(|item| json(item, false)).collect::<Result<_, _>>()?;
            return Ok(lines.concat());
        }
        Format::Csv | Format::Table => {}
    }
    let values: Vec<Value> = items.iter().map(value).collect::<Result<_, _>>()?;
    match format {
        Format::Csv => {
            let mut text = record(columns.iter());
            for value in &values {
                text.push_str(&record(columns.iter().map(|name| cell::for_csv(&value[*name]))));
            }
            Ok(text.into_bytes())
        }
        _ => {
            let rows: Vec<Vec<String>> =
                values.iter().map(|value| columns.iter().map(|name| cell::for_table(&value[*name])).collect()).collect();
            Ok(table(columns, &rows).into_bytes())
        }
    }
}

/// One thing as bytes for stdout.
///
/// # Errors
/// As [`of_items`].
pub fn of_value(thing: &impl Serialize, format: Format) -> Result<Vec<u8>, Failure> {
    if matches!(format, Format::Json | Format::Ndjson) {
        return json(thing, format == Format::Json);
    }
    let value = value(thing)?;
    match (format, &value) {
        (Format::Csv, Value::Object(fields)) => {
            let text = record(fields.keys()) + &record(fields.values().map(cell::for_csv));
            Ok(text.into_bytes())
        }
        (Format::Csv, other) => Ok(record(std::iter::once(cell::for_csv(other))).into_bytes()),
        (_, Value::Object(fields)) => {
            let width = fields.keys().map(|key| key.width()).max().unwrap_or(0);
            let line =
                |(key, value): (&String, &Value)| format!("{}  {}\n", cell::fit(key, width, false), cell::for_table(value));
            Ok(fields.iter().map(line).collect::<String>().into_bytes())
        }
        (_, other) => Ok(format!("{}\n", cell::for_table(other)).into_bytes()),
    }
}

/// Counts of values by field: JSON as the API gives it, else a row for each value.
///
/// # Errors
/// As [`of_items`].
pub fn of_facets(facets: &Facets, format: Format) -> Result<Vec<u8>, Failure> {
    if matches!(format, Format::Json | Format::Ndjson) {
        return json(facets, format == Format::Json);
    }
    let rows: Vec<Value> = facets
        .iter()
        .flat_map(|(field, counts)| {
            counts.iter().map(move |one| json_value!({"field": field, "value": one.value, "count": one.count}))
        })
        .collect();
    of_items(&rows, &["field", "value", "count"], format)
}

fn value(thing: &impl Serialize) -> Result<Value, Failure> {
    serde_json::to_value(thing).map_err(|why| Failure::failed(format!("the answer cannot be written as JSON: {why}")))
}

fn json(value: &impl Serialize, pretty: bool) -> Result<Vec<u8>, Failure> {
    let text = if pretty { serde_json::to_string_pretty(value) } else { serde_json::to_string(value) };
    let text = text.map_err(|why| Failure::failed(format!("the answer cannot be written as JSON: {why}")))?;
    Ok(format!("{}\n", unseen_escaped(&text)).into_bytes())
}

/// Columns as wide as their widest cell; the last is not filled.
fn table(columns: &[&str], rows: &[Vec<String>]) -> String {
    let width = |column: usize| rows.iter().map(|row| row[column].width()).chain([columns[column].width()]).max().unwrap_or(0);
    let widths: Vec<usize> = (0..columns.len()).map(width).collect();
    let heading: Vec<String> = columns.iter().map(|name| (*name).to_owned()).collect();
    let mut text = String::new();
    for row in std::iter::once(&heading).chain(rows) {
        let cells: Vec<String> = row.iter().zip(&widths).map(|(cell, width)| cell::fit(cell, *width, false)).collect();
        text.push_str(cells.join("  ").trim_end());
        text.push('\n');
    }
    text
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn shown(format: Format) -> String {
        let items = [json!({"number": "101", "label": "Anna"}), json!({"number": "102", "label": null})];
        String::from_utf8(of_items(&items, &["number", "label"], format).expect("bytes")).expect("text")
    }

    #[test]
    fn the_same_list_in_every_format() {
        assert_eq!(shown(Format::Table), "number  label\n101     Anna\n102     –\n");
        assert_eq!(shown(Format::Csv), "number,label\n101,Anna\n102,\n");
        assert_eq!(shown(Format::Ndjson), "{\"label\":\"Anna\",\"number\":\"101\"}\n{\"label\":null,\"number\":\"102\"}\n");
        assert!(shown(Format::Json).starts_with("[\n  {"));
    }

    #[test]
    fn one_thing_has_a_line_a_field() {
        let text = of_value(&json!({"calls": 3, "talk_s": 1.5}), Format::Table).expect("bytes");
        assert_eq!(String::from_utf8(text).expect("text"), "calls   3\ntalk_s  1.5\n");
    }
}
