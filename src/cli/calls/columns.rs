//! Columns of the list: by JSON name, with the query language's names as synonyms; how each looks in a table.

use crate::{
    cli::Failure,
    domain::{
        clean,
        column::{COLUMNS, column_among},
    },
    wire::CallBody,
};

/// A column's JSON name.
pub(super) type Column = &'static str;

/// Columns of a table in their order, each with what it is worth when the terminal is narrow (lower goes first).
const TABLE: &[(Column, u8)] = &[
    ("start", 9),
    ("direction", 6),
    ("outcome", 7),
    ("from", 8),
    ("to", 8),
    ("customer", 2),
    ("extension", 4),
    ("agent", 1),
    ("wait_s", 0),
    ("talk_s", 7),
    ("mode", 3),
    ("id", 5),
];

/// Blanks between columns of a table.
pub(super) const GAP: usize = 2;

/// The columns that were asked for, each once.
///
/// # Errors
/// For a name that is none, with the nearest that is.
pub(super) fn chosen(names: &[String]) -> Result<Vec<Column>, Failure> {
    let mut columns: Vec<Column> = Vec::new();
    for name in names {
        let column = column_among(name, COLUMNS, "column").map_err(Failure::usage)?;
        if !columns.contains(&column) {
            columns.push(column);
        }
    }
    Ok(columns)
}

/// The columns of a table that fit into `width`.
pub(super) fn fitting(width: usize) -> Vec<Column> {
    let mut columns = TABLE.to_vec();
    let total = |columns: &[(Column, u8)]| columns.iter().map(|(column, _)| table_width(column) + GAP).sum::<usize>();
    while columns.len() > 1 && total(&columns) > width + GAP {
        let Some(least) = columns.iter().enumerate().min_by_key(|(_, (_, worth))| *worth).map(|(index, _)| index) else { break };
        columns.remove(least);
    }
    columns.into_iter().map(|(column, _)| column).collect()
}

/// Places that a column takes in a table, fixed so that the list can stream.
pub(super) fn table_width(column: &str) -> usize {
    let content = match column {
        "start" | "answered" | "end" => 19,
        "id" => 26,
        "source_ids" | "recordings" => 26,
        "from" | "to" | "reached" => 15,
        "customer" | "agent" => 18,
        "extensions" | "projects" | "tags" | "group" | "queue" | "case" => 12,
        "direction" => 8,
        "outcome" => 10,
        "route" => 6,
        "cost" | "bytes" => 11,
        "wait_s" | "talk_s" | "talk_at_most_s" | "on_hold_s" | "duration_s" | "recorded_s" => 7,
        "mode" => 9,
        "flagged" => 3,
        _ => 5,
    };
    content.max(column.len())
}

/// Numbers stand at the right.
pub(super) fn right(column: &str) -> bool {
    column.ends_with("_s") || matches!(column, "bytes" | "cost" | "legs")
}

/// The text of a column for people: times in the company's zone, lengths as a clock shows them, unknown `–`.
pub(super) fn table_cell(call: &CallBody, column: &str, zone: &jiff::tz::TimeZone) -> String {
    let instant = |instant: Option<jiff::Timestamp>| {
        instant.map(|instant| instant.to_zoned(zone.clone()).strftime("%Y-%m-%d %H:%M:%S").to_string())
    };
    let text = match column {
        "start" => instant(Some(call.start)),
        "answered" => instant(call.answered),
        "end" => instant(call.end),
        "wait_s" => call.wait_s.map(|length| length.clock()),
        "talk_s" => call.talk_s.map(|length| length.clock()),
        "talk_at_most_s" => call.talk_at_most_s.map(|length| length.clock()),
        "on_hold_s" => call.on_hold_s.map(|length| length.clock()),
        "duration_s" => call.duration_s.map(|length| length.clock()),
        "flagged" => Some(if call.flagged { "yes" } else { "no" }.to_owned()),
        "mode" if !call.recordings.is_empty() => call.cell(column).filter(|mode| !mode.is_empty()).or(Some("?".to_owned())),
        _ => call.cell(column),
    };
    text.filter(|text| !text.is_empty()).map_or_else(|| "–".to_owned(), |text| clean::line(&text, 400))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_table_fits_the_terminal() {
        for width in [40, 80, 100, 120, 160, 200] {
            let columns = fitting(width);
            let used = columns.iter().map(|column| table_width(column) + GAP).sum::<usize>() - GAP;
            assert!(used <= width, "{width}: {columns:?}");
        }
        assert_eq!(fitting(80), ["start", "outcome", "from", "to", "talk_s"]);
        assert!(fitting(120).contains(&"id"));
        assert_eq!(fitting(400).len(), TABLE.len());
    }

    #[test]
    fn columns_are_found_by_either_name_once() {
        let names = |text: &str| text.split(',').map(ToOwned::to_owned).collect::<Vec<_>>();
        assert_eq!(chosen(&names("start,talk,dir,talk_s")).expect("known"), ["start", "talk_s", "direction"]);
        let failure = chosen(&names("start,tlak_s")).expect_err("unknown");
        assert!(failure.message.contains("did you mean \"talk_s\"?"), "{}", failure.message);
    }
}
