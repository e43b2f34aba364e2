//! Who may do what: every operation of the document × everybody × what lies in one's project, in another, or nowhere.
//!
//! One table, written by hand, says what each operation takes and how it is asked for. An operation without a row fails.

mod socket;

use std::collections::{BTreeMap, BTreeSet};

use callreel::{
    domain::{
        access::BUILT_IN,
        actor::{Actor, Permission, Scope},
    },
    server::{LocalApi, document, local_api},
};
use http::Method;
use serde_json::Value;

use super::{Answer, actor, api_of, ask, get, openapi};
use crate::common::host::{TestHost, make_test_host};

/// What an operation takes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Takes {
    /// Nobody needs to be signed in.
    Nothing,
    /// Somebody who is signed in; each sees and does their own.
    Anybody,
    Right(Permission),
}
use Permission as P;
use Takes::{Anybody, Nothing, Right};

/// What an operation is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum About {
    /// No one thing, or one that everybody with the right may name.
    All,
    /// A thing of a project, which does not exist for others.
    Call,
    Recording,
    Note,
    Clip,
}

/// An operation: its id, what it takes, what it is about, the body (`{call}`, `{recording}` become ids), the status when it is
/// done.
type Row = (&'static str, Takes, About, &'static str, u16);

const TABLE: &[Row] = &[
    ("audit_check", Right(P::Audit), About::All, "", 200),
    ("audit_checkpoints", Right(P::Audit), About::All, "", 200),
    ("audit_compare", Right(P::Audit), About::All, r#"{"checkpoints":[]}"#, 200),
    ("audit_list", Right(P::Audit), About::All, "", 200),
    ("audit_sign", Right(P::Audit), About::All, "", 201),
    ("backup_make", Right(P::Backup), About::All, "", 200),
    ("calls_breakdown", Right(P::See), About::All, "", 200),
    ("calls_count", Right(P::See), About::All, "", 200),
    ("calls_facets", Right(P::See), About::All, "", 200),
    ("calls_list", Right(P::See), About::All, "", 200),
    ("calls_show", Right(P::See), About::Call, "", 200),
    ("calls_summary", Right(P::See), About::All, "", 200),
    ("calls_totals", Right(P::See), About::All, "", 200),
    ("cases_list", Right(P::See), About::All, "", 200),
    ("cases_set", Right(P::Note), About::Call, r#"{"case":"C-1"}"#, 204),
    ("changes_make", Right(P::Note), About::All, r#"{"calls":["{call}"],"flagged":true}"#, 200),
    ("clips_audio", Right(P::Listen), About::Clip, "", 200),
    ("clips_list", Right(P::See), About::All, "", 200),
    (
        "clips_make",
        Right(P::Download),
        About::Recording,
        r#"{"recording":"{recording}","from_s":0.5,"until_s":1.5,"title":null}"#,
        201,
    ),
    ("clips_remove", Right(P::See), About::Clip, "", 403),
    ("clips_show", Right(P::See), About::Clip, "", 200),
    ("collections_list", Right(P::See), About::All, "", 200),
    ("collections_put", Right(P::See), About::All, r#"{"kind":"call","id":"{call}"}"#, 404),
    ("collections_remove", Right(P::See), About::All, "", 404),
    ("collections_set", Right(P::See), About::All, r#"{"description":"mine"}"#, 200),
    ("collections_show", Right(P::See), About::All, "", 200),
    ("collections_take", Right(P::See), About::All, "", 404),
    ("company_revision", Right(P::See), About::All, "", 200),
    (
        "company_set",
        Right(P::Directory),
        About::All,
        r#"{"zone":"Europe/Warsaw","country_code":"48","national_prefix":null,"currency":null}"#,
        204,
    ),
    ("company_show", Anybody, About::All, "", 200),
    ("company_who_am_i", Anybody, About::All, "", 200),
    ("customers_list", Right(P::See), About::All, "", 200),
    ("customers_remove", Right(P::Directory), About::All, "", 404),
    ("customers_set", Right(P::Directory), About::All, r#"{"name":"Kowalski"}"#, 200),
    ("document_show", Nothing, About::All, "", 200),
    ("events_listen", Right(P::See), About::All, "", 200),
    ("extensions_list", Right(P::See), About::All, "", 200),
    ("extensions_remove", Right(P::Directory), About::All, "", 404),
    (
        "extensions_set",
        Right(P::Directory),
        About::All,
        r#"{"number":"nowhere","label":null,"agent":null,"group":null,"since":null}"#,
        200,
    ),
    ("flags_remove", Right(P::Note), About::Call, "", 204),
    ("flags_set", Right(P::Note), About::Call, "", 204),
    ("groups_list", Right(P::See), About::All, "", 200),
    ("groups_remove", Right(P::Directory), About::All, "", 404),
    ("groups_set", Right(P::Directory), About::All, r#"{"name":"nowhere","remark":null}"#, 204),
    ("health_live", Nothing, About::All, "", 200),
    ("health_ready", Nothing, About::All, "", 200),
    ("imports_begin", Right(P::Import), About::All, "--b--\r\n", 400),
    ("jobs_cancel", Anybody, About::All, "", 404),
    ("jobs_list", Anybody, About::All, "", 200),
    ("jobs_show", Anybody, About::All, "", 404),
    ("notes_add", Right(P::Note), About::Call, r#"{"text":"seen","at":null}"#, 201),
    ("notes_edit", Right(P::Delete), About::Note, r#"{"text":"seen again","at":null}"#, 200),
    ("notes_remove", Right(P::Delete), About::Note, "", 204),
    ("numbers_show", Right(P::RevealNumber), About::All, "", 200),
    ("projects_list", Right(P::See), About::All, "", 200),
    ("projects_remove", Right(P::Directory), About::All, "", 404),
    ("projects_set", Right(P::Directory), About::All, r#"{"name":"nowhere","remark":null}"#, 204),
    ("recordings_audio", Right(P::Listen), About::Recording, "", 200),
    (
        "recordings_heard",
        Right(P::Listen),
        About::Recording,
        r#"{"heard":[{"from_s":0,"until_s":1,"speed":1,"side":"both"}]}"#,
        204,
    ),
    ("recordings_peaks", Right(P::Listen), About::Recording, "", 200),
    ("recordings_receipts", Right(P::See), About::Recording, "", 200),
    ("recordings_show", Right(P::See), About::Recording, "", 200),
    ("recordings_speech", Right(P::Listen), About::Recording, "", 200),
    ("roles_list", Anybody, About::All, "", 200),
    ("roles_remove", Right(P::Users), About::All, "", 404),
    ("roles_set", Right(P::Users), About::All, r#"{"name":"nowhere","remark":null,"permissions":["see"]}"#, 204),
    ("sessions_ask_for_code", Nothing, About::All, "", 404),
    ("sessions_with_code", Nothing, About::All, r#"{"code":"nothing"}"#, 404),
    ("sessions_begin", Nothing, About::All, r#"{"user":"nobody","password":"nothing"}"#, 401),
    ("sessions_end", Anybody, About::All, "", 404),
    ("sessions_list", Anybody, About::All, "", 200),
    ("shares_list", Anybody, About::All, "", 200),
    ("shares_make", Right(P::Share), About::All, r#"{"items":[]}"#, 400),
    ("shares_revoke", Anybody, About::All, "", 404),
    ("tags_add", Right(P::Note), About::Call, "", 204),
    ("tags_list", Right(P::See), About::All, "", 200),
    ("tags_remove", Right(P::Note), About::Call, "", 204),
    ("tokens_list", Anybody, About::All, "", 200),
    ("tokens_make", Right(P::Users), About::All, r#"{"name":"t","scope":["see"],"user":"nowhere"}"#, 404),
    ("tokens_revoke", Anybody, About::All, "", 404),
    ("users_list", Anybody, About::All, "", 200),
    ("users_remove", Right(P::Users), About::All, "", 404),
    ("users_set", Right(P::Users), About::All, r#"{"locked":true}"#, 200),
    ("users_set_password", Right(P::Users), About::All, r#"{"password":null,"old":null}"#, 204),
    ("users_show", Anybody, About::All, "", 404),
    ("views_list", Right(P::See), About::All, "", 200),
    ("views_remove", Right(P::See), About::All, "", 404),
    ("views_set", Right(P::See), About::All, r#"{"name":"nowhere","query":"is:answered"}"#, 200),
];

/// An id of nothing.
const GONE: &str = "01JC0000000000000000000000";

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Place {
    Own,
    Other,
    Gone,
}

/// Somebody: their name, permissions, and their APIs where the things of the test are in their project, and where they are not.
struct Somebody {
    name: String,
    permissions: Option<Vec<Permission>>,
    apis: [LocalApi; 2],
    /// They reach over the company: nothing lies outside.
    is_everywhere: bool,
}

fn everybody(test: &TestHost) -> Vec<Somebody> {
    let nobody = openapi::nobody(test);
    let mut all =
        vec![Somebody { name: "nobody".to_owned(), permissions: None, apis: [nobody.clone(), nobody], is_everywhere: true }];
    let mut add = |name: &str, permissions: &[Permission], scopes: [Scope; 2]| {
        let is_everywhere = scopes[0] == scopes[1];
        let apis = scopes.map(|scope| api_of(test, actor(&format!("{name}-person"), permissions, scope)));
        all.push(Somebody { name: name.to_owned(), permissions: Some(permissions.to_vec()), apis, is_everywhere });
    };
    for role in BUILT_IN {
        let projects = |name: &str| Scope::Projects(vec![name.to_owned()]);
        let scopes = match role.name {
            "supervisor" | "reviewer" => [projects("sales"), projects("support")],
            "agent" => [Scope::Own(vec!["101".to_owned()]), Scope::Own(vec!["104".to_owned()])],
            _ => [Scope::Company, Scope::Company],
        };
        add(role.name, role.permissions, scopes);
    }
    add("import-only token", &[P::Import], [Scope::Company, Scope::Company]);
    all
}

/// The things that are asked for: of extension 101, which is of the project `sales`.
struct Things {
    owner: LocalApi,
    call: String,
    recording: String,
}

impl Things {
    async fn of(owner: LocalApi) -> Self {
        let (call, recording, _) =
            super::recorded(&owner).await.into_iter().find(|(_, _, format)| format == "wav/pcm").expect("a recording");
        Self { owner, call, recording }
    }

    /// The id of such a thing, made anew where it may be gone.
    async fn id(&self, about: About) -> String {
        let text = |answer: Answer| answer.json()["id"].as_str().unwrap_or_else(|| panic!("{answer:?}")).to_owned();
        match about {
            About::All => GONE.to_owned(),
            About::Call => self.call.clone(),
            About::Recording => self.recording.clone(),
            About::Note => {
                let path = format!("/calls/{}/notes", self.call);
                text(ask(&self.owner, Method::POST, &path, &[], r#"{"text":"of the matrix","at":null}"#).await)
            }
            About::Clip => {
                let body = format!(r#"{{"recording":"{}","from_s":0,"until_s":1,"title":null}}"#, self.recording);
                text(ask(&self.owner, Method::POST, "/clips", &[], &body).await)
            }
        }
    }
}

/// One request of a row.
async fn asked(things: &Things, api: &LocalApi, (method, path): &(String, String), row: &Row, id: &str) -> Answer {
    let (name, _, _, body, _) = row;
    let inside = path.strip_prefix("/api/v1").unwrap_or(path);
    let mut address = inside.replace("{tag}", "matrix").replace("{kind}", "call").replace("{name}", "nowhere");
    for piece in ["{call}", "{recording}", "{note}", "{clip}", "{id}"] {
        address = address.replace(piece, id);
    }
    address = address.replace("{number}", if *name == "numbers_show" { "+48221234000" } else { "nowhere" });
    match *name {
        "calls_facets" | "calls_breakdown" => address.push_str("?by=outcome"),
        _ => {}
    }
    let body = body.replace("{recording}", id).replace("{call}", &things.call);
    let version = match *name {
        "collections_set" | "views_set" | "users_set" => "\"0\"",
        _ => "\"1\"",
    };
    let kind = if *name == "imports_begin" { "multipart/form-data; boundary=b" } else { "application/json" };
    let mut headers = vec![("content-type", kind)];
    if !name.starts_with("users") {
        headers.push(("if-match", version));
    }
    let mut request = http::Request::builder().method(method.as_str());
    request = request.uri(if path.starts_with("/api/v1") { format!("/api/v1{address}") } else { address });
    for (name, value) in headers {
        request = request.header(name, value);
    }
    let (parts, streamed) = api(request.body(body.into_bytes()).expect("request")).await.into_parts();
    // A stream of events does not end.
    let body = if *name == "events_listen" {
        bytes::Bytes::new()
    } else {
        http_body_util::BodyExt::collect(streamed).await.expect("body").to_bytes()
    };
    Answer { status: parts.status, headers: parts.headers, body }
}

/// What is expected of a row for somebody and a place.
fn expected(row: &Row, somebody: &Somebody, place: Place) -> u16 {
    let (_, takes, about, _, good) = row;
    let allowed = match (takes, &somebody.permissions) {
        (Nothing, _) => return *good,
        (_, None) => return 401,
        (Anybody, Some(_)) => true,
        (Right(permission), Some(permissions)) => permissions.contains(permission),
    };
    // What one does not see is not there, whatever one may do with what one sees.
    let sees = somebody.permissions.as_ref().is_some_and(|permissions| permissions.contains(&P::See));
    match (allowed, about, place) {
        (false, About::All, _) => 403,
        (false, _, Place::Gone) if sees => 404,
        (false, _, Place::Other) if sees && !somebody.is_everywhere => 404,
        (false, ..) => 403,
        (true, About::All, _) => *good,
        (true, _, Place::Gone) => 404,
        (true, _, Place::Other) if !somebody.is_everywhere => 404,
        (true, ..) => *good,
    }
}

/// Cells that differ, each with its reason.
const OTHERWISE: &[(&str, &str, Place, u16)] = &[
    // With the right `delete` those of others too, without it one's own only.
    ("clips_remove", "owner", Place::Own, 204),
    ("clips_remove", "owner", Place::Other, 204),
    ("clips_remove", "supervisor", Place::Own, 204),
    // Accounts are seen by whoever manages them; others see themselves.
    ("users_show", "owner", Place::Own, 200),
    ("users_show", "administrator", Place::Own, 200),
];

/// Every operation of the document with its row; fails where one lacks the other.
fn played() -> Vec<(String, (String, String), &'static Row)> {
    let rows: BTreeMap<&str, &'static Row> = TABLE.iter().map(|row| (row.0, row)).collect();
    let operations: BTreeMap<String, (String, String)> = openapi::operations(&document::document())
        .into_iter()
        .map(|(method, path, operation)| (operation["operationId"].as_str().expect("id").to_owned(), (method, path)))
        .collect();
    let named: BTreeSet<&str> = rows.keys().copied().collect();
    let there: BTreeSet<&str> = operations.keys().map(String::as_str).collect();
    assert_eq!(there.difference(&named).collect::<Vec<_>>(), Vec::<&&str>::new(), "operations without a row in the table");
    assert_eq!(named.difference(&there).collect::<Vec<_>>(), Vec::<&&str>::new(), "rows without an operation");
    operations.into_iter().map(|(id, operation)| (id.clone(), operation, rows[id.as_str()])).collect()
}

/// Plays the whole table through; gives the number of cells.
async fn play(things: &Things, people: &[Somebody]) -> usize {
    let (mut cells, mut wrong) = (0, Vec::new());
    for (id, operation, row) in played() {
        for somebody in people {
            let mut unseen: Vec<(Place, Value)> = Vec::new();
            for place in [Place::Own, Place::Other, Place::Gone] {
                // Wrong credentials are slowed down: one try is enough.
                let is_door = id == "sessions_begin" && somebody.permissions.is_some();
                if (row.2 == About::All && place != Place::Own) || is_door {
                    continue;
                }
                let thing = if place == Place::Gone { GONE.to_owned() } else { things.id(row.2).await };
                let api = &somebody.apis[usize::from(place != Place::Own)];
                let answer = asked(things, api, &operation, row, &thing).await;
                let otherwise =
                    OTHERWISE.iter().find(|(of, who, at, _)| *of == id.as_str() && *who == somebody.name && *at == place);
                let expected = otherwise.map_or_else(|| expected(row, somebody, place), |(.., status)| *status);
                cells += 1;
                if answer.status.as_u16() != expected {
                    wrong.push(format!(
                        "{id} by {} ({place:?}): {} instead of {expected}: {:?}",
                        somebody.name, answer.status, answer.body
                    ));
                }
                if answer.status == 404 && place != Place::Own {
                    let told = String::from_utf8_lossy(&answer.body).replace(&thing, "ID");
                    unseen.push((place, serde_json::from_str(&told).expect("a problem")));
                }
            }
            if let [(_, other), (_, gone)] = unseen.as_slice() {
                assert_eq!(other, gone, "{id} by {}: what lies elsewhere answers as what does not exist", somebody.name);
            }
        }
    }
    assert!(wrong.is_empty(), "{} of {cells} cells:\n{}", wrong.len(), wrong.join("\n"));
    cells
}

#[tokio::test]
async fn everybody_may_do_what_the_table_says_and_nothing_else() {
    let test = make_test_host().await;
    let things = Things::of(test.host.local_api()).await;
    let cells = play(&things, &everybody(&test)).await;
    assert!(cells > 800, "only {cells} cells");
}

/// Nobody learns what a body should be like, or sends a large one, to an operation that is not for them.
#[tokio::test]
async fn who_lacks_the_right_hears_that_whatever_the_body_is() {
    let test = make_test_host().await;
    let nothing = api_of(&test, actor("nora", &[], Scope::Company));
    let rows: BTreeMap<&str, &Row> = TABLE.iter().map(|row| (row.0, row)).collect();
    let mut asked = 0;
    for (method, path, operation) in openapi::operations(&document::document()) {
        let id = operation["operationId"].as_str().expect("id");
        // Of one's own these take nothing.
        let own = matches!(id, "tokens_make" | "users_set_password");
        if own || operation["requestBody"].is_null() || !matches!(rows[id].1, Right(_)) {
            continue;
        }
        let address = path.trim_start_matches("/api/v1").replace(['{', '}'], "");
        for (kind, body) in [("application/json", "{"), ("text/plain", "x")] {
            let method: Method = method.parse().expect("a method");
            ask(&nothing, method, &address, &[("content-type", kind)], body).await.problem(403, "not-allowed");
            asked += 1;
        }
    }
    assert!(asked >= 34, "only {asked}");
}

/// Every refusal of the table is one row of the audit log, by a word that the log knows.
#[tokio::test]
async fn every_refusal_is_written_down() {
    let test = make_test_host().await;
    let things = Things::of(test.host.local_api()).await;
    let (mut refusals, mut wrong) = (0, Vec::new());
    for (id, operation, row) in played() {
        let Right(needed) = row.1 else { continue };
        // Sees all and may nothing else; of seeing itself: may nothing at all.
        let held = [P::See];
        let held = if needed == P::See { &[] } else { &held[..] };
        let api = api_of(&test, actor("refused-person", held, Scope::Company));
        let thing = things.id(row.2).await;
        let known = super::audit(&test).await.len();
        let answer = asked(&things, &api, &operation, row, &thing).await;
        let rows: Vec<_> = super::audit(&test).await.into_iter().skip(known).collect();
        let is_told = |entry: &callreel::domain::audit::AuditEntry| {
            entry.outcome == "refused" && entry.who == "refused-person" && callreel::domain::audit::known_did(&entry.did)
        };
        if answer.status != 403 || rows.len() != 1 || !rows.iter().all(is_told) {
            wrong.push(format!("{id}: {} {rows:?}", answer.status));
        }
        refusals += 1;
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    assert!(refusals > 60, "only {refusals}");
}

/// A token that was good and is not any more is as none.
#[tokio::test]
async fn an_ended_token_opens_nothing() {
    let test = make_test_host().await;
    let owner = test.host.local_api();
    let made = ask(&owner, Method::POST, "/tokens", &[], r#"{"name":"short","scope":["see"]}"#).await;
    assert_eq!(made.status, 201, "{made:?}");
    let (id, token) =
        (made.json()["id"].as_str().expect("id").to_owned(), made.json()["token"].as_str().expect("token").to_owned());
    let service = test.host.service().clone();
    let person: Actor = service.actor_of_token(&token, callreel::domain::actor::Origin::default()).await.expect("good");
    assert_eq!(get(&local_api(callreel::server::router(service.clone()), person.clone()), "/calls").await.status, 200);
    assert_eq!(ask(&owner, Method::DELETE, &format!("/tokens/{id}"), &[], "").await.status, 204);
    assert!(service.actor_of_token(&token, callreel::domain::actor::Origin::default()).await.is_err());
    assert!(service.actor_again(&person).await.is_err(), "streams that it began end");
}
