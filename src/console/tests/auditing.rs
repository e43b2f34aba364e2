//! The audit log: asked by keys, drawn with its chain, and its entries opened.

use super::*;
use crate::{
    client::AuditQuery,
    console::model::Pane,
    wire::{AuditEntry, AuditFault, AuditReport, Page},
};

fn entry(seq: i64, at_: &str, did: &str) -> AuditEntry {
    let refused = did == "recording.download";
    AuditEntry {
        seq,
        at: at(at_),
        who: if seq % 3 == 0 { "petr" } else { "anna" }.to_owned(),
        via: "http".to_owned(),
        address: Some("10.0.4.17".to_owned()),
        session: Some("S-77".to_owned()),
        did: did.to_owned(),
        object: Some("01JCQ4W8Z3J5V7N2M6K9T0ABCD".to_owned()).filter(|_| !did.starts_with("session")),
        project: None,
        outcome: if refused { "refused" } else { "done" }.to_owned(),
        detail: (did == "recording.heard").then(|| "4:56 heard: 0:00-4:56 at 1x".to_owned()),
        foreign: (did == "calls.export").then(|| "from:+48221234567".to_owned()),
        uid: None,
        sudo_user: None,
        ssh_connection: None,
        hash: format!("77e041c29b0d5f63{seq:048x}"),
    }
}

fn log() -> Vec<AuditEntry> {
    vec![
        entry(51_880, "2026-11-07T13:31:07Z", "recording.heard"),
        entry(51_879, "2026-11-07T13:28:51Z", "recording.play"),
        entry(51_878, "2026-11-07T13:10:12Z", "calls.export"),
        entry(51_877, "2026-11-07T12:55:40Z", "recording.download"),
        entry(51_876, "2026-11-07T12:20:03Z", "note.add"),
        entry(51_875, "2026-11-07T11:47:55Z", "session.begin"),
        entry(51_874, "2026-11-06T16:45:00Z", "role.set"),
        entry(51_873, "2026-10-02T09:00:00Z", "tag.remove"),
    ]
}

fn page_of(items: Vec<AuditEntry>, total: Option<u64>) -> Result<Answer, ClientError> {
    Ok(Answer::Audit(Page { items, next: None, previous: None, total }))
}

fn report(faults: Vec<AuditFault>) -> Result<Answer, ClientError> {
    let first_bad_seq = faults.first().map(|fault| fault.seq);
    let last = Some((51_880, "00".repeat(32)));
    Ok(Answer::AuditChecked(Box::new(AuditReport {
        ok: faults.is_empty(),
        rows: 51_880,
        last,
        checkpoints: 52,
        first_bad_seq,
        faults,
        ..AuditReport::default()
    })))
}

fn asked(effects: &[Effect], wanted: Slot) -> Option<AuditQuery> {
    effects.iter().rev().find_map(|effect| match effect {
        Effect::Read { slot, read: Read::Audit(query), .. } if *slot == wanted => Some(query.clone()),
        _ => None,
    })
}

fn opened(theme: &str, depth: Depth, size: (u16, u16)) -> Model {
    let mut model = listed(theme, depth, size);
    let effects = keys(&mut model, "ga");
    assert_eq!(model.pane, Pane::Audit);
    let query = asked(&effects, Slot::Audit).expect("a read");
    assert_eq!((query.q.as_str(), query.sort.as_str(), query.mine), ("", "-seq", false));
    let beside = answer(&mut model, &effects, Slot::Audit, page_of(log(), Some(51_880)));
    answer(&mut model, &effects, Slot::AuditCheck, report(Vec::new()));
    if size.0 >= 110 {
        assert_eq!(asked(&beside, Slot::AuditBeside).expect("the session").q, "session:S-77");
        answer(&mut model, &beside, Slot::AuditBeside, page_of(log(), Some(8)));
    }
    model
}

#[test]
fn pictures_of_the_audit_log() {
    for (theme, depth) in [("dark", Depth::C256), ("mono", Depth::None)] {
        for (columns, rows) in [(80, 24), (120, 40)] {
            let mut model = opened(theme, depth, (columns, rows));
            keys(&mut model, "jj");
            snapshot(&format!("audit_{theme}_{columns}x{rows}"), &model);
        }
    }
    let mut model = opened("mono", Depth::None, (80, 24));
    model.desk.setup.glyphs = Glyphs::Ascii;
    let buffer = drawn(&model);
    assert!(buffer.content.iter().all(|cell| cell.symbol().is_ascii()));
    assert!(text_of(&buffer).contains("x denied"), "{}", text_of(&buffer));
}

#[test]
fn chips_and_keys_ask() {
    let mut model = opened("dark", Depth::C256, (80, 24));
    let query = |effects: &[Effect]| asked(effects, Slot::Audit).expect("a read").q;
    assert_eq!(query(&keys(&mut model, "1")), "today");
    assert_eq!(query(&keys(&mut model, "2")), "this-week", "of two dates the last pressed holds");
    assert_eq!(query(&keys(&mut model, "8")), "this-week did:denied");
    assert_eq!(query(&keys(&mut model, "0")), "");
    assert_eq!(query(&keys(&mut model, "o")), "object:01JCQ4W8Z3J5V7N2M6K9T0ABCD did:listened,heard,downloaded,exported");
    assert_eq!(query(&keys(&mut model, "O")), "session:S-77");
    let effects = keys(&mut model, "0/who:petr");
    assert_eq!(query(&effects), "who:petr");
    let problem = wire::Problem {
        status: 400,
        detail: "no such".to_owned(),
        position: Some(0),
        length: Some(3),
        ..wire::Problem::default()
    };
    answer(&mut model, &effects, Slot::Audit, Err(ClientError::Problem(problem)));
    assert!(text_of(&drawn(&model)).contains("no such"));
    key(&mut model, "Esc");
    assert_eq!(model.audit.query.applied, "");
}

#[test]
fn an_entry_leads_to_its_call() {
    let mut model = opened("dark", Depth::C256, (80, 24));
    let effects = key(&mut model, "C");
    assert_eq!(model.pane, Pane::Calls);
    assert_eq!(model.calls.query.applied, "id:01JCQ4W8Z3J5V7N2M6K9T0ABCD");
    assert!(effects.iter().any(|effect| matches!(effect, Effect::Read { slot: Slot::List, .. })));
    let mut model = opened("dark", Depth::C256, (80, 24));
    keys(&mut model, "jjjjjC");
    assert_eq!(model.pane, Pane::Audit, "a sign-in is no call");
}

#[test]
fn a_broken_chain_is_said_loudly_and_without_the_right_only_own_acts_are_asked_for() {
    let mut model = opened("dark", Depth::C256, (80, 24));
    let effects = keys(&mut model, "c");
    let fault = AuditFault { seq: 51_878, reason: "it was changed".to_owned() };
    answer(&mut model, &effects, Slot::AuditCheck, report(vec![fault]));
    let text = text_of(&drawn(&model));
    assert!(text.contains("CHANGED at 51878") && text.contains("it was changed"), "{text}");
    let mut model = listed("dark", Depth::C256, (80, 24));
    if let Some(who) = &mut model.desk.who {
        who.permissions.retain(|permission| *permission != crate::domain::actor::Permission::Audit);
    }
    let effects = keys(&mut model, "ga");
    assert!(asked(&effects, Slot::Audit).expect("a read").mine);
    answer(&mut model, &effects, Slot::Audit, page_of(log(), Some(8)));
    let text = text_of(&drawn(&model));
    assert!(
        text.contains("only your own acts") && text.contains("You lack the right \"audit\"") && !text.contains("chain 1"),
        "{text}"
    );
}

#[test]
fn tab_completes_fields_acts_and_names_of_the_log() {
    let mut model = opened("dark", Depth::C256, (80, 24));
    keys(&mut model, "/wh");
    let screen = text_of(&drawn(&model));
    assert!(screen.contains("who:") && screen.contains("where:"), "{screen}");
    key(&mut model, "Tab");
    assert_eq!(model.audit.query.input.text(), "who:");
    keys(&mut model, "p");
    key(&mut model, "Tab");
    assert_eq!(model.audit.query.input.text(), "who:petr");
    keys(&mut model, " did:den");
    let effects = key(&mut model, "Tab");
    assert_eq!(model.audit.query.input.text(), "who:petr did:denied");
    let asks =
        |effect: &Effect| matches!(effect, Effect::Read { read: Read::Audit(query), .. } if query.q == "who:petr did:denied");
    assert!(effects.iter().any(asks), "{effects:?}");
    assert!(text_of(&drawn(&model)).lines().last().is_some_and(|line| line.contains("Tab complete")));
}

#[test]
fn an_entry_is_read_in_full_and_leads_to_its_call() {
    let mut model = opened("dark", Depth::C256, (80, 24));
    key(&mut model, "Enter");
    let screen = text_of(&drawn(&model));
    assert!(screen.contains("hash: 77e041c29b0d5f63") && screen.contains("Enter goes to the call"), "{screen}");
    key(&mut model, "Enter");
    assert_eq!((model.pane, model.calls.query.applied.as_str()), (Pane::Calls, "id:01JCQ4W8Z3J5V7N2M6K9T0ABCD"));
}

#[test]
fn what_is_found_is_saved_as_a_file() {
    use crate::{console::tasks::Task, takeout::Form};
    let mut model = opened("dark", Depth::C256, (80, 24));
    key(&mut model, "3");
    key(&mut model, "x");
    let screen = text_of(&drawn(&model));
    assert!(screen.contains("Save what was found in the audit log") && screen.contains("audit-2026-11-07.csv"), "{screen}");
    key(&mut model, "Down");
    key(&mut model, "Space");
    assert!(text_of(&drawn(&model)).contains("audit-2026-11-07.ndjson"));
    let effects = key(&mut model, "Enter");
    let effects = answer(&mut model, &effects, Slot::Path, Ok(Answer::Target(Ok(false))));
    let task = effects.iter().find_map(|effect| match effect {
        Effect::Task { task, .. } => Some(task.as_ref().clone()),
        _ => None,
    });
    let Some(Task::SaveLog { query, form, replace: false, .. }) = task else { panic!("{effects:?}") };
    assert_eq!((query.q.as_str(), query.mine, form), ("did:listened,heard", false, Form::Ndjson));
}
