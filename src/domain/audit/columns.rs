//! An entry as cells of a table.

use super::AuditEntry;
use crate::domain::instant;

/// Columns of exports and tables, by the JSON names of an entry's fields.
pub const COLUMNS: &[&str] = &[
    "seq",
    "at",
    "who",
    "via",
    "did",
    "object",
    "project",
    "outcome",
    "detail",
    "address",
    "session",
    "foreign",
    "uid",
    "sudo_user",
    "ssh_connection",
    "hash",
];

impl AuditEntry {
    /// The text of one column, by JSON name; unknown values are empty. None: there is no such column.
    pub fn cell(&self, column: &str) -> Option<String> {
        let text = |value: &Option<String>| value.clone().unwrap_or_default();
        Some(match column {
            "seq" => self.seq.to_string(),
            "at" => instant::text(self.at),
            "who" => self.who.clone(),
            "via" => self.via.clone(),
            "did" => self.did.clone(),
            "object" => text(&self.object),
            "project" => text(&self.project),
            "outcome" => self.outcome.clone(),
            "detail" => text(&self.detail),
            "address" => text(&self.address),
            "session" => text(&self.session),
            "foreign" => text(&self.foreign),
            "uid" => self.uid.map(|uid| uid.to_string()).unwrap_or_default(),
            "sudo_user" => text(&self.sudo_user),
            "ssh_connection" => text(&self.ssh_connection),
            "hash" => self.hash.clone(),
            _ => return None,
        })
    }

    /// Where somebody came from: an address, else the one that SSH tells.
    pub fn place(&self) -> Option<&str> {
        self.address.as_deref().or_else(|| self.ssh_connection.as_deref().and_then(|line| line.split(' ').next()))
    }
}
