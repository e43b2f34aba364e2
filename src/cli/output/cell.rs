//! One JSON value as a cell of a table or of a CSV file.

use serde_json::Value;
use unicode_width::{UnicodeWidthChar, UnicodeWidthStr};

use crate::domain::clean;

/// Characters kept of one cell of a table.
const CELL: usize = 400;

/// For people: unknown is `–`, lists are joined, everything is cleaned.
pub fn for_table(value: &Value) -> String {
    match value {
        Value::Null => "–".to_owned(),
        Value::Bool(true) => "yes".to_owned(),
        Value::Bool(false) => "no".to_owned(),
        Value::Array(items) if items.is_empty() => "–".to_owned(),
        other => clean::line(&plain(other), CELL),
    }
}

/// For a CSV file: unknown is empty, numbers are plain, nothing runs as a formula.
pub fn for_csv(value: &Value) -> String {
    match value {
        Value::String(text) => clean::csv_cell(text),
        Value::Array(_) | Value::Object(_) => clean::csv_cell(&plain(value)),
        other => plain(other),
    }
}

fn plain(value: &Value) -> String {
    match value {
        Value::Null => String::new(),
        Value::String(text) => text.clone(),
        Value::Array(items) => items.iter().map(plain).collect::<Vec<_>>().join("; "),
        Value::Object(fields) => match (fields.get("minor"), fields.get("currency"), fields.get("id")) {
            (Some(minor), Some(currency), _) => format!("{minor} {}", plain(currency)),
            (_, _, Some(id)) => plain(id),
            _ => value.to_string(),
        },
        other => other.to_string(),
    }
}

/// Fits text into `width` columns of a terminal: cut with an ellipsis, or filled with blanks.
pub fn fit(text: &str, width: usize, right: bool) -> String {
    let wide = text.width();
    if wide <= width {
        let blanks = " ".repeat(width - wide);
        return if right { blanks + text } else { text.to_owned() + &blanks };
    }
    let mut fitted = String::new();
    let mut used = 0;
    for character in text.chars() {
        let wide = character.width().unwrap_or(0);
        if used + wide + 1 > width {
            break;
        }
        fitted.push(character);
        used += wide;
    }
    if width > 0 {
        fitted.push('…');
        used += 1;
    }
    fitted + &" ".repeat(width.saturating_sub(used))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn cells_for_people_and_for_spreadsheets() {
        for (value, table, csv) in [
            (json!(null), "–", ""),
            (json!([]), "–", ""),
            (json!(["601", "602"]), "601; 602", "601; 602"),
            (json!("=1+2"), "=1+2", "'=1+2"),
            (json!("+48221234567"), "+48221234567", "+48221234567"),
            (json!("a\u{1b}[31m\nb"), "a\u{fffd}[31m b", "a\u{1b}[31m\nb"),
            (json!(-4.2), "-4.2", "-4.2"),
            (json!(true), "yes", "true"),
            (json!([{"id": "01J", "bytes": 3}]), "01J", "01J"),
            (json!({"minor": 145, "currency": "PLN"}), "145 PLN", "145 PLN"),
        ] {
            assert_eq!((for_table(&value).as_str(), for_csv(&value).as_str()), (table, csv), "{value}");
        }
    }

    #[test]
    fn text_is_fitted_by_columns_not_by_letters() {
        assert_eq!(fit("abc", 5, false), "abc  ");
        assert_eq!(fit("abc", 5, true), "  abc");
        assert_eq!(fit("abcdef", 4, false), "abc…");
        assert_eq!(fit("日本語", 4, false), "日… ");
        assert_eq!(fit("x", 0, false), "");
    }
}
