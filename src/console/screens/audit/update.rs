//! What keys and answers do.

use super::{Audit, CHIPS, typing};
use crate::{
    client::{AuditQuery, ClientError},
    console::{
        asking::{QueryProblem, WIDE, chip_place},
        desk::Desk,
        effect::{Answer, Read, Slot},
        input::{Code, Input},
        keymap::Action,
        notices::Level,
        widgets::grouped,
    },
    domain::{
        actor::Permission,
        query::{edit, quote},
    },
};

/// Entries of a page.
const PAGE: usize = 100;
/// Entries of a session that are shown.
const BESIDE: usize = 30;
/// So long is waited while somebody types, and before what is beside an entry is read.
const TYPING_MS: u64 = 120;

/// The pane was opened: what it shows is read anew.
pub fn begin(audit: &mut Audit, desk: &mut Desk) {
    reload(audit, desk, 0);
    if !desk.may(Permission::Audit) && !audit.loaded {
        desk.warn("not-allowed", &[("what", Permission::Audit.word())]);
    }
    if audit.check.is_none() && desk.may(Permission::Audit) {
        desk.read(Slot::AuditCheck, 0, Read::AuditCheck);
    }
}

fn ask(audit: &Audit, desk: &Desk) -> AuditQuery {
    AuditQuery {
        q: audit.query.applied.clone(),
        sort: "-seq".to_owned(),
        limit: Some(PAGE),
        after: None,
        mine: !desk.may(Permission::Audit),
    }
}

fn reload(audit: &Audit, desk: &mut Desk, after_ms: u64) {
    desk.supersede(Slot::AuditMore);
    desk.read(Slot::Audit, after_ms, Read::Audit(ask(audit, desk)));
}

/// Handles an action; false where it has no meaning here.
pub fn act(audit: &mut Audit, desk: &mut Desk, action: Action) -> bool {
    let page = usize::from(desk.size.1).saturating_sub(12).max(1);
    let last = audit.rows.len().saturating_sub(1);
    match action {
        Action::Down => go(audit, desk, audit.cursor.saturating_add(1).min(last)),
        Action::Up => go(audit, desk, audit.cursor.saturating_sub(1)),
        Action::PageDown => go(audit, desk, audit.cursor.saturating_add(page).min(last)),
        Action::PageUp => go(audit, desk, audit.cursor.saturating_sub(page)),
        Action::HalfDown => go(audit, desk, audit.cursor.saturating_add(page / 2).min(last)),
        Action::HalfUp => go(audit, desk, audit.cursor.saturating_sub(page / 2)),
        Action::First => go(audit, desk, 0),
        Action::Last => go(audit, desk, last),
        Action::Query => audit.query.begin(),
        Action::QueryClear => question(audit, desk, ""),
        Action::Refresh => {
            audit.cursor = 0;
            reload(audit, desk, 0);
        }
        Action::AuditVerify => desk.read(Slot::AuditCheck, 0, Read::AuditCheck),
        Action::AuditOthers => match audit.current().and_then(|entry| entry.object.as_deref()) {
            Some(object) => {
                let text = format!("object:{} did:listened,heard,downloaded,exported", quote(object));
                question(audit, desk, &text);
            }
            None => desk.say("audit-no-object", &[]),
        },
        Action::AuditSession => match audit.current().and_then(|entry| entry.session.as_deref()) {
            Some(session) => {
                let text = format!("session:{}", quote(session));
                question(audit, desk, &text);
            }
            None => desk.say("audit-no-session", &[]),
        },
        action => match chip_place(action).and_then(|at| CHIPS.get(at)) {
            Some(piece) => chip(audit, desk, piece),
            None => return false,
        },
    }
    true
}

/// Puts a chip's piece into the question, or takes it out; of the two that are dates only one holds.
fn chip(audit: &mut Audit, desk: &mut Desk, piece: &str) {
    let mut text = audit.query.applied.clone();
    if CHIPS[..2].contains(&piece) && !edit::has(&text, piece) {
        for other in CHIPS[..2].iter().filter(|other| edit::has(&audit.query.applied, other)) {
            text = edit::toggle(&text, other).unwrap_or(text);
        }
    }
    match edit::toggle(&text, piece) {
        Ok(text) => question(audit, desk, &text),
        Err(_) => desk.warn("query-mend-first", &[]),
    }
}

fn question(audit: &mut Audit, desk: &mut Desk, text: &str) {
    text.clone_into(&mut audit.query.applied);
    audit.query.input.set(text);
    audit.query.problem = None;
    audit.cursor = 0;
    reload(audit, desk, 0);
}

fn go(audit: &mut Audit, desk: &mut Desk, to: usize) {
    audit.cursor = to;
    look(audit, desk);
}

/// Reads what belongs to the entry under the cursor, and the entries that come next.
fn look(audit: &Audit, desk: &mut Desk) {
    if audit.wants_more() && !desk.is_busy(Slot::AuditMore) {
        let query = AuditQuery { after: audit.next.clone(), ..ask(audit, desk) };
        desk.read(Slot::AuditMore, 0, Read::Audit(query));
    }
    let Some(session) = audit.current().and_then(|entry| entry.session.as_ref()) else { return };
    if desk.size.0 >= WIDE && audit.beside.as_ref().is_none_or(|(of, _)| of != session) {
        let q = format!("session:{}", quote(session));
        let query = AuditQuery { q, limit: Some(BESIDE), ..ask(audit, desk) };
        desk.read(Slot::AuditBeside, TYPING_MS, Read::Audit(query));
    }
}

/// Typing into the question: the list follows.
pub fn input(audit: &mut Audit, desk: &mut Desk, input: &Input) {
    let key = match input {
        Input::Paste(text) => {
            if !audit.query.input.paste(text) {
                desk.warn("paste-cut", &[]);
            }
            return typed(audit, desk);
        }
        Input::Key(key) => *key,
    };
    match (key.code, key.ctrl) {
        (Code::Enter, _) => {
            let waiting = audit.query.input.text().trim() != audit.query.applied;
            audit.query.commit();
            if waiting {
                reload(audit, desk, 0);
            }
        }
        (Code::Esc, _) | (Code::Char('c'), true) => {
            audit.query.cancel();
            reload(audit, desk, 0);
        }
        (Code::Tab | Code::BackTab, _) => {
            if typing::complete(audit, desk, key.code == Code::Tab) {
                run_typed(audit, desk);
            }
        }
        (Code::Up, _) => {
            if audit.query.walk(true) {
                typed(audit, desk);
            }
        }
        (Code::Down, _) => {
            if audit.query.walk(false) {
                typed(audit, desk);
            }
        }
        _ => {
            if audit.query.input.key(key) == Some(true) {
                audit.query.typed();
                typed(audit, desk);
                typing::offer(audit);
            }
        }
    }
}

fn typed(audit: &mut Audit, desk: &mut Desk) {
    audit.query.offers = None;
    run_typed(audit, desk);
}

fn run_typed(audit: &mut Audit, desk: &mut Desk) {
    audit.query.applied = audit.query.input.text().trim().to_owned();
    audit.cursor = 0;
    reload(audit, desk, TYPING_MS);
}

/// An answer for this pane.
pub fn answered(audit: &mut Audit, desk: &mut Desk, slot: Slot, answer: Result<Answer, ClientError>) {
    match answer {
        Ok(Answer::Audit(page)) if slot == Slot::Audit => {
            audit.query.problem = None;
            audit.first_page(page);
            look(audit, desk);
        }
        Ok(Answer::Audit(page)) if slot == Slot::AuditMore => audit.further_page(page),
        Ok(Answer::Audit(page)) => {
            if let Some(session) = page.items.first().and_then(|entry| entry.session.clone()) {
                audit.beside = Some((session, page.items));
            }
        }
        Ok(Answer::AuditChecked(report)) => {
            match report.faults.first() {
                None => {
                    let rows = grouped(report.rows);
                    let text = desk.setup.texts.counted("audit-checked", report.checkpoints, &[("rows", &rows)]);
                    desk.tell(Level::Info, text);
                }
                Some(fault) => {
                    let seq = report.first_bad_seq.unwrap_or(fault.seq).to_string();
                    let text = desk.setup.texts.with("audit-broken", &[("reason", &fault.reason), ("seq", &seq)]);
                    desk.tell(Level::Error, text);
                }
            }
            audit.check = Some((desk.now, *report));
        }
        Ok(_) => {}
        Err(ClientError::Problem(problem)) if slot == Slot::Audit && problem.status == 400 => {
            let position = problem.position.map(|at| (at, problem.length.unwrap_or(1)));
            audit.query.problem = Some(QueryProblem { position, message: problem.detail });
        }
        Err(error) => {
            if slot == Slot::Audit {
                audit.refused = Some(error.to_string());
            }
            desk.tell(Level::Error, error.to_string());
        }
    }
}

/// What is to be saved: the question as it holds, and how many entries that is as far as they were counted.
pub fn wanted(audit: &Audit, desk: &Desk) -> (AuditQuery, Option<u64>) {
    (AuditQuery { limit: None, ..ask(audit, desk) }, audit.total)
}

/// The query that shows the call of the entry under the cursor; none where it is about something else.
pub fn call_query(audit: &Audit) -> Option<String> {
    let entry = audit.current()?;
    let noun = entry.did.split('.').next().unwrap_or_default();
    let of_a_call = matches!(noun, "call" | "case" | "clip" | "flag" | "note" | "recording" | "receipt" | "tag");
    entry.object.as_deref().filter(|_| of_a_call).map(|object| format!("id:{}", quote(object)))
}
