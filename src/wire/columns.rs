//! A call as cells of a table: the columns of `domain::column` as text.

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

    /// As [`Self::cell`], safe in a spreadsheet; nothing in it can act on a terminal that shows the file.
    pub fn csv_cell(&self, column: &str) -> Option<String> {
        self.cell(column).map(|text| clean::csv_cell(&clean::line(&text, usize::MAX / 8)))
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
        assert_eq!(call.csv_cell("from").as_deref(), Some("+48221234567"));
        assert_eq!(call.csv_cell("customer").as_deref(), Some("'=cmd()\u{fffd}"));
        assert_eq!(call.csv_cell("extensions").as_deref(), Some("101, 102"));
        assert_eq!(call.csv_cell("wait_s").as_deref(), Some("4.2"));
        assert_eq!(call.csv_cell("cost").as_deref(), Some("'-1.45 PLN"));
        assert_eq!(call.csv_cell("talk_s").as_deref(), Some(""));
    }
}
