//! The pane of users: lists, boxes, questions, and the sheet of who may do what.

use super::*;
use crate::console::access::{AccessWrite, Hidden, People, Told};
use crate::domain::access::{Grant, People as Everybody, Role, roles_with};
use crate::wire::access::{Session, Share, ShareItem, SharedThing, Token, User};

fn user(name: &str, full: &str, grants: &[&str]) -> User {
    User {
        name: name.to_owned(),
        full_name: Some(full.to_owned()),
        login: (name == "anna").then(|| "anowak".to_owned()),
        agent: Some(full.to_owned()),
        extensions: vec!["601".to_owned()],
        grants: grants.iter().map(|grant| grant.parse::<Grant>().expect("a grant")).collect(),
        locked: name == "eva",
        password: true,
        created: at("2026-10-01T08:00:00Z"),
        last_seen: Some(at("2026-11-07T13:21:00Z")),
        version: 3,
    }
}

fn share(id: &str, plays: Option<u32>, revoked: bool) -> Share {
    Share {
        id: id.to_owned(),
        items: vec![ShareItem { kind: SharedThing::Recording, id: "01JR".to_owned() }],
        title: Some("Your call of Saturday".to_owned()),
        remark: Some("the lawyer".to_owned()),
        who: "anna".to_owned(),
        created: at("2026-11-01T08:00:00Z"),
        expires: at("2026-11-15T08:00:00Z"),
        passphrase: plays.is_some(),
        plays,
        played: 1,
        revoked,
    }
}

pub(super) fn people() -> People {
    let mut roles = roles_with(Vec::new());
    roles.push(Role {
        name: "trainer".to_owned(),
        remark: Some("makes examples".to_owned()),
        permissions: vec![Permission::See, Permission::Listen],
        built_in: false,
    });
    let token = Token {
        id: "t-4fQ2kT9a".to_owned(),
        name: "crm".to_owned(),
        user: Some("anna".to_owned()),
        scope: vec![Permission::See, Permission::Listen],
        projects: vec!["sales".to_owned()],
        created: at("2026-11-01T08:00:00Z"),
        expires: at("2027-01-30T08:00:00Z"),
        last_used: None,
        revoked: false,
    };
    let session = Session {
        id: "s-8aB1cD2e".to_owned(),
        user: "anna".to_owned(),
        address: Some("10.0.4.17".to_owned()),
        created: at("2026-11-07T09:00:00Z"),
        last_seen: at("2026-11-07T13:59:00Z"),
        until: at("2026-11-07T21:00:00Z"),
        current: true,
    };
    People {
        users: vec![
            user("anna", "Anna Nowak", &["supervisor@project:sales", "agent@own"]),
            user("eva", "Éva Kovács", &["reviewer@*"]),
            user("petr", "Petr Šimek", &["trainer@project:support"]),
        ],
        roles,
        tokens: vec![token],
        sessions: vec![session],
        shares: vec![share("h-4fQ2kT9a", Some(3), false), share("h-9xY8zW7v", None, true)],
        projects: vec!["sales".to_owned(), "support".to_owned()],
        alone: false,
    }
}

fn opened(theme: &str, depth: Depth, size: (u16, u16)) -> Model {
    let mut model = listed(theme, depth, size);
    let effects = keys(&mut model, "ge");
    answer(&mut model, &effects, Slot::People, Ok(Answer::People(Box::new(people()))));
    model
}

fn screen(model: &Model) -> String {
    text_of(&drawn(model)).replace('│', " ").split_whitespace().collect::<Vec<_>>().join(" ")
}

pub(super) fn sent(effects: &[Effect]) -> AccessWrite {
    let found = effects.iter().find_map(|effect| match effect {
        Effect::Write { write: Write::Access(write), .. } => Some((**write).clone()),
        _ => None,
    });
    found.unwrap_or_else(|| panic!("nothing was sent: {effects:?}"))
}

fn answered(model: &mut Model, effects: &[Effect], result: Result<Written, ClientError>) -> Vec<Effect> {
    let (number, write) = effects
        .iter()
        .find_map(|effect| match effect {
            Effect::Write { number, write, .. } => Some((*number, write.clone())),
            _ => None,
        })
        .expect("a write");
    update::update(model, Msg::Written { number, write: Box::new(write), result })
}

#[test]
fn pictures_of_users() {
    for (theme, depth) in [("dark", Depth::C256), ("mono", Depth::None)] {
        for (columns, rows) in [(80, 24), (120, 40)] {
            let name = |screen: &str| format!("{screen}_{theme}_{columns}x{rows}");
            let mut model = opened(theme, depth, (columns, rows));
            snapshot(&name("users"), &model);
            key(&mut model, "a");
            keys(&mut model, "marta");
            snapshot(&name("users-add"), &model);
            key(&mut model, "Esc");
            key(&mut model, "Tab");
            snapshot(&name("users-roles"), &model);
            key(&mut model, "M");
            for press in ["l", "l", "j", "Space"] {
                key(&mut model, press);
            }
            snapshot(&name("users-matrix"), &model);
        }
    }
}

#[test]
fn every_picture_has_an_ascii_twin() {
    let mut model = opened("ansi", Depth::C16, (80, 24));
    model.desk.setup.glyphs = Glyphs::Ascii;
    for press in ["Enter", "Esc", "Tab", "Tab", "Tab", "Tab", "M", "Space", "u", "Esc", "a"] {
        key(&mut model, press);
        assert!(drawn(&model).content.iter().all(|cell| cell.symbol().is_ascii()), "{press}");
    }
}

#[test]
fn an_account_is_added_with_completion_and_comes_back_when_refused() {
    let mut model = opened("dark", Depth::C256, (80, 24));
    key(&mut model, "a");
    keys(&mut model, "marta");
    key(&mut model, "Down");
    key(&mut model, "Down");
    keys(&mut model, "superv");
    key(&mut model, "Tab");
    keys(&mut model, "@project:sa");
    key(&mut model, "Tab");
    let effects = key(&mut model, "Enter");
    let AccessWrite::PutUser { name, draft, version } = sent(&effects) else { panic!("{effects:?}") };
    assert_eq!((name.as_str(), version), ("marta", None));
    assert_eq!(draft.grants.iter().map(ToString::to_string).collect::<Vec<_>>(), ["supervisor@project:sales"]);
    let problem = wire::Problem {
        kind: "conflict".to_owned(),
        status: 409,
        detail: "there is a marta".to_owned(),
        ..wire::Problem::default()
    };
    answered(&mut model, &effects, Err(ClientError::Problem(problem)));
    assert!(screen(&model).contains("there is a marta") && screen(&model).contains("supervisor@project:sales"));
    let again = key(&mut model, "Enter");
    let read = answered(&mut model, &again, Ok(Written::Done));
    assert!(model.overlays.is_empty() && screen(&model).contains("marta is saved"));
    generation(&read, Slot::People);
}

#[test]
fn locking_and_removing_ask_and_say_what_goes() {
    let mut model = opened("dark", Depth::C256, (80, 24));
    key(&mut model, "D");
    let asked = screen(&model);
    assert!(asked.contains("Remove anna?") && asked.contains("1 session") && asked.contains("1 token"), "{asked}");
    assert!(key(&mut model, "n").is_empty(), "any key but y keeps everything");
    key(&mut model, "K");
    let effects = key(&mut model, "y");
    assert!(matches!(sent(&effects), AccessWrite::PutUser { draft, version: Some(3), .. } if draft.locked));
    let problem = wire::Problem { kind: "changed".to_owned(), status: 412, ..wire::Problem::default() };
    let read = answered(&mut model, &effects, Err(ClientError::Problem(problem)));
    assert!(screen(&model).contains("read anew"));
    generation(&read, Slot::People);
}

#[test]
fn a_token_is_shown_once_and_copied() {
    let mut model = opened("dark", Depth::C256, (80, 24));
    key(&mut model, "Tab");
    key(&mut model, "Tab");
    key(&mut model, "a");
    keys(&mut model, "crm2");
    key(&mut model, "Down");
    keys(&mut model, "see,listen");
    let effects = key(&mut model, "Enter");
    let AccessWrite::MakeToken(draft) = sent(&effects) else { panic!("{effects:?}") };
    assert_eq!((draft.scope, draft.expires_s), (vec![Permission::See, Permission::Listen], Some(90 * 86_400)));
    let told = Told::Token { name: "crm2".to_owned(), secret: Hidden("crs_token_x".to_owned()) };
    answered(&mut model, &effects, Ok(Written::Told(Box::new(told))));
    assert!(screen(&model).contains("crs_token_x"));
    assert!(key(&mut model, "y").contains(&Effect::Copy("crs_token_x".to_owned())));
    key(&mut model, "Esc");
    assert!(!screen(&model).contains("crs_token_x") && !format!("{model:?}").contains("crs_token_x"));
}

#[test]
fn the_sheet_changes_roles_only_after_showing_the_difference() {
    let mut model = opened("dark", Depth::C256, (120, 40));
    key(&mut model, "M");
    key(&mut model, "Space");
    assert!(screen(&model).contains("owner may do everything"));
    for _ in 0..6 {
        key(&mut model, "l");
    }
    key(&mut model, "G");
    key(&mut model, "Space");
    assert!(screen(&model).contains("1 change not applied"));
    key(&mut model, "Esc");
    assert!(screen(&model).contains("not applied"), "it stays open");
    key(&mut model, "A");
    assert!(screen(&model).contains("trainer + backup"), "{}", screen(&model));
    let effects = key(&mut model, "y");
    let AccessWrite::PutRole(role) = sent(&effects) else { panic!("{effects:?}") };
    assert_eq!(role.permissions, [Permission::See, Permission::Listen, Permission::Backup]);
    answered(&mut model, &effects, Ok(Written::Done));
    key(&mut model, "Esc");
    assert!(model.users.matrix.is_none());
}

#[test]
fn rights_of_a_user_say_by_which_role() {
    let mut model = opened("dark", Depth::C256, (80, 24));
    key(&mut model, "Enter");
    key(&mut model, "l");
    let shown = screen(&model);
    assert!(shown.contains("What anna may do") && shown.contains("by supervisor@project:sales"), "{shown}");
    let everybody = Everybody { users: people().users, roles: people().roles };
    assert_eq!(everybody.granted_to(&people().users[0]).len(), 2);
}

#[test]
fn without_the_right_one_sees_only_oneself() {
    let mut model = listed("dark", Depth::C256, (80, 24));
    if let Some(who) = &mut model.desk.who {
        who.permissions = vec![Permission::See];
    }
    let effects = keys(&mut model, "ge");
    let asked =
        |effect: &Effect| matches!(effect, Effect::Read { read: Read::People { only: Some(name) }, .. } if name == "local:anna");
    assert!(effects.iter().any(asked), "{effects:?}");
    let own = People { users: people().users[..1].to_vec(), alone: true, ..People::default() };
    answer(&mut model, &effects, Slot::People, Ok(Answer::People(Box::new(own))));
    assert!(screen(&model).contains("only yourself"));
    key(&mut model, "K");
    assert!(model.overlays.is_empty());
}

#[test]
fn a_share_is_made_of_the_call_and_its_link_shown() {
    let mut model = listed("dark", Depth::C256, (80, 24));
    keys(&mut model, ":share");
    key(&mut model, "Enter");
    keys(&mut model, "For the court");
    let effects = key(&mut model, "Enter");
    let AccessWrite::MakeShare(draft) = sent(&effects) else { panic!("{effects:?}") };
    assert_eq!((draft.title.as_deref(), draft.expires_s, draft.items.len()), (Some("For the court"), Some(14 * 86_400), 1));
    let told = Told::Share { path: Hidden("/s/crs_share_x".to_owned()) };
    answered(&mut model, &effects, Ok(Written::Told(Box::new(told))));
    assert!(screen(&model).contains("/s/crs_share_x"));
}

#[test]
fn a_change_that_needs_a_fresh_password_asks_for_it_and_goes_on() {
    let mut model = super::line::far("dark", Depth::C256, (80, 24));
    let effects = keys(&mut model, "ge");
    answer(&mut model, &effects, Slot::People, Ok(Answer::People(Box::new(people()))));
    key(&mut model, "e");
    let effects = key(&mut model, "Enter");
    let AccessWrite::PutUser { name, .. } = sent(&effects) else { panic!("{effects:?}") };
    assert_eq!(name, "anna");
    let again = || {
        let kind = "sign-in-again".to_owned();
        Err(ClientError::Problem(wire::Problem {
            status: 403,
            kind,
            detail: "sign in again".to_owned(),
            ..wire::Problem::default()
        }))
    };
    answered(&mut model, &effects, again());
    assert!(screen(&model).contains("goes on by itself"), "{}", screen(&model));
    keys(&mut model, "secret");
    let effects = key(&mut model, "Enter");
    let generation = effects.iter().find_map(|effect| match effect {
        Effect::SignIn { generation, .. } => Some(*generation),
        _ => None,
    });
    let (who, zone) = (model.desk.who.clone().expect("somebody"), model.desk.zone.clone());
    let outcome = Box::new(Connected::Up { who, zone, over_a_line: true });
    let effects = update::update(&mut model, Msg::Connected { generation: generation.expect("a sign-in"), outcome });
    assert!(model.gate.is_none() && model.pane == Pane::Users);
    assert!(matches!(sent(&effects), AccessWrite::PutUser { .. }), "{effects:?}");
    assert!(!screen(&model).contains("line is back"), "it was never away");
    answered(&mut model, &effects, again());
    key(&mut model, "Esc");
    assert!(model.gate.is_none() && model.again.is_empty());
    assert!(screen(&model).contains("sign in again, then repeat it"), "what was typed is there: {}", screen(&model));
}
