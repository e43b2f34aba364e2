//! What was done to the call and is not with the server yet, among its notes.

use super::{
    Shown,
    lines::{Line, line},
};
use crate::console::{
    desk::Desk,
    overlays::pending_text,
    theme::Role,
    unsent::{Change, Stand},
};

/// A line a change: what it says, and why it waits.
pub(super) fn of(shown: &Shown<'_>, desk: &Desk) -> Vec<Line> {
    let Some(call) = shown.call else { return Vec::new() };
    let texts = &desk.setup.texts;
    let why = |change: &Change| match &change.stand {
        Stand::Waits if desk.online() => texts.get("pending-sent"),
        Stand::Waits => texts.get("pending-waiting"),
        Stand::Refused(why) => texts.with("pending-why", &[("why", &crate::domain::clean::line(why, 200))]),
        Stand::Offered => texts.get("pending-earlier"),
        Stand::Sent => texts.get("pending-sent"),
    };
    let changes = desk.unsent.listed().map(|(_, change)| change).filter(|change| change.write.call() == Some(&call.id));
    let said = |change: &Change| {
        let sign = if matches!(change.stand, Stand::Refused(_)) { "×" } else { "…" };
        let role = if sign == "×" { Role::Error } else { Role::Info };
        Line {
            role,
            ..line(
                format!("{sign}  {}", texts.get("pending-unsent")),
                format!("{} · {}", pending_text(desk, &change.write), why(change)),
            )
        }
    };
    changes.map(said).collect()
}
