//! Entries as people read them.

use crate::{console::desk::Desk, domain::audit::told, wire::AuditEntry};

/// `14:31:07` today, `Fri 17:45` in the last days, else the date.
pub(super) fn time(entry: &AuditEntry, desk: &Desk) -> String {
    let (at, now) = (entry.at.to_zoned(desk.zone.clone()), desk.now.to_zoned(desk.zone.clone()));
    let days = at.date().until(now.date()).map_or(i32::MAX, |span| span.get_days());
    let form = match days {
        0 => "%H:%M:%S",
        1..=6 => "%a %H:%M",
        _ => "%Y-%m-%d",
    };
    at.strftime(form).to_string()
}

/// `listened`, `× denied`.
pub(super) fn did(entry: &AuditEntry, desk: &Desk) -> String {
    match entry.outcome.as_str() {
        "done" => told(&entry.did).to_owned(),
        "refused" => format!("× {}", desk.setup.texts.get("audit-refused")),
        "failed" => format!("‼ {}", desk.setup.texts.get("audit-failed")),
        other => format!("‼ {other}"),
    }
}

/// `recording 01JC…ABCD 0:00–4:56`: where there is little room what follows an id matters more than its middle.
pub(super) fn what(entry: &AuditEntry, narrow: bool) -> String {
    let noun = if entry.outcome == "done" { entry.did.split('.').next().unwrap_or_default() } else { &entry.did };
    let object = entry.object.as_deref().map(|object| if narrow { short(object) } else { object.to_owned() });
    let parts = [Some(noun), object.as_deref(), entry.detail.as_deref(), entry.foreign.as_deref()];
    parts.into_iter().flatten().filter(|part| !part.is_empty()).collect::<Vec<_>>().join(" ")
}

/// Both ends of an id; a name stays as it is.
fn short(object: &str) -> String {
    let is_id = object.len() >= 20 && object.chars().all(|character| character.is_ascii_alphanumeric());
    match (object.get(..4), object.get(object.len().saturating_sub(4)..)) {
        (Some(first), Some(last)) if is_id => format!("{first}…{last}"),
        _ => object.to_owned(),
    }
}

/// `10.0.4.17 ssh`, `local`.
pub(super) fn from(entry: &AuditEntry) -> String {
    let way = if entry.ssh_connection.is_some() { "ssh" } else { &entry.via };
    entry.place().map_or_else(|| way.to_owned(), |place| format!("{place} {way}"))
}

/// The name without what says that it is of this machine.
pub(super) fn who(entry: &AuditEntry) -> &str {
    entry.who.strip_prefix("local:").unwrap_or(&entry.who)
}

/// `77e0 41c2 9b0d 5f63`.
pub(super) fn hash(entry: &AuditEntry) -> String {
    let parts: Vec<&str> = (0..4).filter_map(|part| entry.hash.get(part * 4..part * 4 + 4)).collect();
    parts.join(" ")
}
