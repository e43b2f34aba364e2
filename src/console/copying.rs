//! Copying: to the terminal's clipboard, or a page to be taken with the terminal's own means.

use super::{
    effect::Effect,
    model::{Model, Pane, shown},
    overlays::{Overlay, Page},
    places,
    screens::{
        audit,
        calls::{self, Marks},
        player, users,
    },
};
use crate::{domain::clean, wire::CallBody};

/// Most that is sent to a clipboard, in bytes: some terminals drop more.
const LIMIT: usize = 8_000;
/// Characters of one cell.
const CELL: usize = 200;

/// What of a call is copied.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum What {
    Id,
    Number,
    Row,
    Link,
}

/// Sends a text to the clipboard.
pub(super) fn text(model: &mut Model, text: String) {
    model.desk.effect(Effect::Copy(text));
    model.desk.say("copied-text", &[]);
}

/// Sends it to the clipboard: of the marked calls, else of the one under the cursor.
pub(super) fn copy(model: &mut Model, what: What) {
    if what == What::Link && link(model, "").is_none() {
        model.desk.say("copy-no-link", &[]);
        return;
    }
    let calls: Vec<CallBody> = match (&model.calls.marks, model.pane) {
        (Marks::Query(_), Pane::Calls) => {
            model.desk.say("copy-all-marked", &[]);
            return;
        }
        (Marks::Calls(marked), Pane::Calls) if !marked.is_empty() => {
            let rows = model.calls.list.rows().map(|row| &row.call);
            rows.filter(|call| marked.contains(&call.id)).cloned().collect()
        }
        _ => model.calls.current().cloned().into_iter().collect(),
    };
    let wanted = match &model.calls.marks {
        Marks::Calls(marked) if model.pane == Pane::Calls && !marked.is_empty() => marked.len(),
        _ => calls.len(),
    };
    let lines: Vec<String> = calls.iter().filter_map(|call| line(model, call, what)).filter(|line| !line.is_empty()).collect();
    let mut text = String::new();
    let mut taken = 0;
    for line in &lines {
        if text.len() + line.len() + 1 > LIMIT {
            break;
        }
        if taken > 0 {
            text.push('\n');
        }
        text.push_str(line);
        taken += 1;
    }
    match (taken, wanted) {
        (0, _) => model.desk.say("nothing-to-copy", &[]),
        (1, 1) => model.desk.say("copied", &[("text", &text.replace('\t', "  "))]),
        (all, wanted) if all == wanted => {
            let told = model.desk.setup.texts.counted("copied-many", all as u64, &[]);
            model.desk.tell(super::notices::Level::Info, told);
        }
        (some, wanted) => {
            model.desk.warn("copied-some", &[("n", &some.to_string()), ("all", &wanted.to_string())]);
        }
    }
    if taken > 0 {
        model.desk.effect(Effect::Copy(text));
    }
}

fn line(model: &Model, call: &CallBody, what: What) -> Option<String> {
    match what {
        What::Id => Some(clean::line(&call.id, CELL)),
        What::Number => call.other_party().map(|number| clean::line(number, CELL)),
        What::Link => link(model, &call.id),
        What::Row => {
            let fields = model.calls.choice.fields(model.desk.size.0);
            let cells = fields.iter().map(|field| clean::line(&call.cell(field).unwrap_or_default(), CELL));
            Some(cells.collect::<Vec<_>>().join("\t"))
        }
    }
}

/// The permanent address of a call; a local database has none.
fn link(model: &Model, id: &str) -> Option<String> {
    let key = places::key(&model.desk);
    let place = key.trim_end_matches('/');
    (place.starts_with("http://") || place.starts_with("https://")).then(|| format!("{place}/r/{id}"))
}

/// Opens the copy page.
pub(super) fn page(model: &mut Model) {
    let height = usize::from(model.desk.size.1);
    let lines: Vec<String> = match model.pane {
        Pane::Player => player::plain(&model.player, &shown(&model.calls), &model.desk),
        Pane::Audit => audit::plain(&model.audit, &model.desk),
        Pane::Users => users::plain(&model.users, &model.desk),
        Pane::Calls => {
            let marked = !model.calls.marks.is_none() && !matches!(model.calls.marks, Marks::Query(_));
            let rows = model.calls.list.rows().map(|row| &row.call);
            let shown: Vec<&CallBody> = if marked {
                rows.filter(|call| model.calls.marks.has(&call.id)).take(height).collect()
            } else {
                rows.skip(model.calls.list.top()).take(height).collect()
            };
            shown.into_iter().map(|call| record(model, call)).collect()
        }
    };
    if lines.is_empty() {
        model.desk.say("nothing-to-copy", &[]);
    } else {
        // What is taken with the terminal's own means needs its own mouse.
        if model.desk.mouse {
            model.desk.effect(Effect::Mouse(false));
        }
        model.overlays.push(Overlay::Page(Page { lines }));
    }
}

/// A call as one line of plain text.
fn record(model: &Model, call: &CallBody) -> String {
    let start = call.start.to_zoned(model.desk.zone.clone()).strftime("%Y-%m-%d %H:%M:%S").to_string();
    let (talk, _) = calls::columns::talk(call, &model.desk);
    let cells = [
        start,
        call.direction.to_string(),
        call.other_party().unwrap_or_default().to_owned(),
        call.customer.clone().unwrap_or_default(),
        talk.trim().to_owned(),
        call.agent.clone().or_else(|| call.extension.clone()).unwrap_or_default(),
        call.case.clone().unwrap_or_default(),
        call.id.clone(),
    ];
    let cells: Vec<String> = cells.iter().filter(|cell| !cell.is_empty()).map(|cell| clean::line(cell, CELL)).collect();
    cells.join("  ")
}
