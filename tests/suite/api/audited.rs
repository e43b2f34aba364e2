//! The audit log has a row of every operation that changes, plays, downloads, exports or signs in; what does not stand in one of
//! the two lists here fails.

use std::collections::BTreeSet;

use callreel::{
    domain::{
        actor::{Actor, Origin, Permission, Scope},
        audit::known_did,
    },
    server::{LocalApi, document},
};
use http::Method;
use serde_json::{Value, json};

use super::{Answer, api_of, ask, audit, audited_since, openapi, recorded};
use crate::common::host::{TestHost, make_test_host};

/// Operations that only show something: lists, counts and what is looked at are not written down, unless they leave as a
/// stream (below).
const LOOKS: &[&str] = &[
    "audit_check",
    "audit_checkpoints",
    "audit_compare",
    "calls_breakdown",
    "calls_count",
    "calls_facets",
    "calls_show",
    "calls_summary",
    "calls_totals",
    "cases_list",
    "clips_list",
    "clips_show",
    "collections_list",
    "collections_show",
    "company_revision",
    "company_show",
    "company_who_am_i",
    "customers_list",
    "document_show",
    "events_listen",
    "extensions_list",
    "groups_list",
    "health_live",
    "health_ready",
    "jobs_list",
    "jobs_show",
    "numbers_show",
    "projects_list",
    "recordings_receipts",
    "recordings_show",
    "roles_list",
    "sessions_list",
    "shares_list",
    "tags_list",
    "tokens_list",
    "users_list",
    "users_show",
    "views_list",
];

/// Played with a provider of identities in `oidc.rs`.
const ELSEWHERE: &[&str] = &["sessions_ask_for_code", "sessions_with_code"];

struct Played {
    test: TestHost,
    api: LocalApi,
    seen: BTreeSet<String>,
}

impl Played {
    /// One request, and the rows that it writes: `(act, object)`; each is done, and by who asked.
    async fn rows(&mut self, id: &str, path: &str, headers: &[(&str, &str)], body: &Value) -> (Answer, Vec<(String, String)>) {
        let operations = openapi::operations(&document::document());
        let (method, ..) = operations.iter().find(|(_, _, told)| told["operationId"] == id).unwrap_or_else(|| panic!("{id}"));
        let known = audit(&self.test).await.len();
        let body = if body.is_null() { String::new() } else { body.to_string() };
        let mut all = vec![("content-type", "application/json")];
        all.extend(headers);
        let answer = ask(&self.api, method.parse().expect("method"), path, &all, &body).await;
        assert!(answer.status.is_success(), "{id}: {answer:?}");
        self.seen.insert(id.to_owned());
        let rows = audit(&self.test).await.into_iter().skip(known);
        let rows = rows.map(|entry| {
            assert_eq!(entry.outcome, "done", "{id}: {entry:?}");
            assert!(known_did(&entry.did), "{id}: {} is not in the list of acts", entry.did);
            (entry.did, entry.object.unwrap_or_default())
        });
        (answer, rows.collect())
    }

    async fn writes(&mut self, id: &str, path: &str, headers: &[(&str, &str)], body: &Value, did: &str) -> Answer {
        let (answer, rows) = self.rows(id, path, headers, body).await;
        let dids: Vec<&str> = rows.iter().map(|(did, _)| did.as_str()).collect();
        assert_eq!(dids, [did], "{id}");
        answer
    }
}

fn id_of(answer: &Answer) -> String {
    answer.json()["id"].as_str().expect("id").to_owned()
}

#[tokio::test]
async fn whatever_is_done_is_written_down() {
    let test = make_test_host().await;
    let (call, recording, _) =
        recorded(&test.host.local_api()).await.into_iter().find(|(_, _, format)| format == "wav/pcm").expect("a recording");
    // The first makes the key, which is a row of its own.
    assert_eq!(ask(&test.host.local_api(), Method::POST, "/audit/checkpoints", &[], "").await.status, 201);
    // As whoever runs the server, over a line.
    let origin = Origin { via: "http".to_owned(), ..Origin::default() };
    let owner = Actor::with("local:tester", "owner", Permission::ALL, Scope::Company, origin);
    let api = api_of(&test, owner);
    let mut played = Played { test, api, seen: BTreeSet::new() };
    let none = Value::Null;
    let made = [("if-match", "\"0\"")];
    let first = [("if-match", "\"1\"")];

    for (id, path, body, did) in [
        ("audit_sign", "/audit/checkpoints", none.clone(), "audit.checkpoint"),
        ("backup_make", "/backup", none.clone(), "backup.make"),
        (
            "company_set",
            "/company",
            json!({"zone": "Europe/Warsaw", "country_code": "48", "national_prefix": null, "currency": null}),
            "company.set",
        ),
        (
            "extensions_set",
            "/extensions/901",
            json!({"number": "901", "label": null, "agent": null, "group": null, "since": null}),
            "extension.set",
        ),
        ("extensions_remove", "/extensions/901", none.clone(), "extension.remove"),
        ("groups_set", "/groups/night", json!({"name": "night", "remark": null}), "group.set"),
        ("groups_remove", "/groups/night", none.clone(), "group.remove"),
        ("projects_set", "/projects/moon", json!({"name": "moon", "remark": null}), "project.set"),
        ("projects_remove", "/projects/moon", none.clone(), "project.remove"),
        ("roles_set", "/roles/night", json!({"name": "night", "remark": null, "permissions": ["see"]}), "role.set"),
        ("roles_remove", "/roles/night", none.clone(), "role.remove"),
        ("users_set", "/users/anna", json!({"grants": [{"role": "owner", "over": "*"}]}), "user.add"),
        ("users_set", "/users/anna", json!({"full_name": "Anna", "grants": [{"role": "owner", "over": "*"}]}), "user.set"),
        ("users_set_password", "/users/anna/password", json!({"password": "correct horse battery"}), "user.password"),
        ("sessions_begin", "/sessions", json!({"user": "anna", "password": "correct horse battery"}), "session.begin"),
    ] {
        played.writes(id, path, &[], &body, did).await;
    }
    let sessions = played.test.host.service().sessions(played.test.host.actor()).await.expect("sessions");
    played.writes("sessions_end", &format!("/sessions/{}", sessions[0].id), &[], &none, "session.end").await;
    played.writes("users_remove", "/users/anna", &[], &none, "user.remove").await;
    let token = played.writes("tokens_make", "/tokens", &[], &json!({"name": "t", "scope": ["see"]}), "token.add").await;
    played.writes("tokens_revoke", &format!("/tokens/{}", id_of(&token)), &[], &none, "token.revoke").await;
    let customer = json!({"name": "Kowalski", "numbers": ["+48221234000"], "remark": null});
    let customer = played.writes("customers_set", "/customers", &[], &customer, "customer.set").await;
    played.writes("customers_remove", &format!("/customers/{}", id_of(&customer)), &[], &none, "customer.remove").await;

    let of = |rest: &str| format!("/calls/{call}/{rest}");
    played.writes("cases_set", &of("case"), &[], &json!({"case": "C-1"}), "case.set").await;
    played.writes("cases_set", &of("case"), &[], &json!({"case": null}), "case.remove").await;
    played.writes("tags_add", &of("tags/refund"), &[], &none, "tag.add").await;
    played.writes("tags_remove", &of("tags/refund"), &[], &none, "tag.remove").await;
    played.writes("flags_set", &of("flag"), &[], &none, "flag.add").await;
    played.writes("flags_remove", &of("flag"), &[], &none, "flag.remove").await;
    let note = played.writes("notes_add", &of("notes"), &[], &json!({"text": "seen", "at": null}), "note.add").await;
    let note = format!("/notes/{}", id_of(&note));
    played.writes("notes_edit", &note, &first, &json!({"text": "seen again", "at": null}), "note.edit").await;
    played.writes("notes_remove", &note, &[("if-match", "\"2\"")], &none, "note.remove").await;
    let changes = json!({"calls": [call], "flagged": true, "add_tags": ["x"], "case": "C-2", "note": {"text": "n", "at": null}});
    let (_, rows) = played.rows("changes_make", "/calls/changes", &[], &changes).await;
    let dids: Vec<&str> = rows.iter().map(|(did, _)| did.as_str()).collect();
    assert_eq!(dids, ["tag.add", "case.set", "flag.add", "note.add"], "each act of a change is a row");

    let of = |rest: &str| format!("/recordings/{recording}/{rest}");
    played.writes("recordings_audio", &of("audio"), &[], &none, "recording.play").await;
    played.writes("recordings_audio", &of("audio?use=download"), &[], &none, "recording.download").await;
    let heard = json!({"heard": [{"from_s": 0, "until_s": 1, "speed": 1, "side": "both"}]});
    played.writes("recordings_heard", &of("receipts"), &[], &heard, "recording.heard").await;
    played.writes("recordings_peaks", &of("peaks"), &[], &none, "recording.peaks").await;
    // The same look at it.
    assert_eq!(played.rows("recordings_speech", &of("speech"), &[], &none).await.1, []);
    let clip = json!({"recording": recording, "from_s": 0.5, "until_s": 1.5, "title": null});
    let clip = id_of(&played.writes("clips_make", "/clips", &[], &clip, "clip.add").await);
    played.writes("clips_audio", &format!("/clips/{clip}/audio"), &[], &none, "clip.play").await;
    played.writes("clips_audio", &format!("/clips/{clip}/audio?use=download"), &[], &none, "clip.download").await;
    let share = json!({"items": [{"kind": "clip", "id": clip}]});
    let share = played.writes("shares_make", "/shares", &[], &share, "share.add").await;
    played.writes("shares_revoke", &format!("/shares/{}", id_of(&share)), &[], &none, "share.revoke").await;

    let collection = "/collections/good";
    let item = format!("{collection}/items/call/{call}");
    played.writes("collections_set", collection, &made, &json!({"description": "mine"}), "collection.set").await;
    played
        .writes("collections_put", &format!("{collection}/items"), &[], &json!({"kind": "call", "id": call}), "collection.put")
        .await;
    played.writes("collections_take", &item, &[], &none, "collection.take").await;
    let version = super::get(&played.api, collection).await.json()["version"].to_string();
    played.writes("collections_remove", collection, &[("if-match", &format!("\"{version}\""))], &none, "collection.remove").await;
    played.writes("clips_remove", &format!("/clips/{clip}"), &[], &none, "clip.remove").await;
    let view = json!({"name": "mine", "query": "is:answered"});
    played.writes("views_set", "/views/mine", &made, &view, "view.set").await;
    played.writes("views_remove", "/views/mine", &first, &none, "view.remove").await;

    for accept in ["text/csv", "application/x-ndjson"] {
        played.writes("calls_list", "/calls", &[("accept", accept)], &none, "calls.export").await;
        played.writes("audit_list", "/audit", &[("accept", accept)], &none, "audit.export").await;
    }

    let known = audit(&played.test).await.len();
    let cdr = "--b\r\nContent-Disposition: form-data; name=\"cdr\"; filename=\"a.csv\"\r\n\r\n\r\n--b--\r\n";
    let kind = [("content-type", "multipart/form-data; boundary=b")];
    let sent = ask(&played.api, Method::POST, "/imports", &kind, cdr).await;
    assert_eq!(sent.status, 202, "{sent:?}");
    played.seen.insert("imports_begin".to_owned());
    let job = id_of(&sent);
    assert_eq!(audited_since(&played.test, known).await[0], ("job.begin".to_owned(), "done".to_owned()));
    let known = audit(&played.test).await.len();
    assert_eq!(ask(&played.api, Method::DELETE, &format!("/jobs/{job}"), &[], "").await.status, 204);
    played.seen.insert("jobs_cancel".to_owned());
    let asked = audited_since(&played.test, known).await;
    assert!(asked.iter().any(|(did, _)| did == "job.cancel"), "{asked:?}");

    let there: BTreeSet<String> = openapi::operations(&document::document())
        .iter()
        .map(|(.., operation)| operation["operationId"].as_str().expect("id").to_owned())
        .collect();
    played.seen.extend(LOOKS.iter().chain(ELSEWHERE).map(|id| (*id).to_owned()));
    assert_eq!(there.difference(&played.seen).collect::<Vec<_>>(), Vec::<&String>::new(), "say what the log has of these");
    assert_eq!(played.seen.difference(&there).collect::<Vec<_>>(), Vec::<&String>::new(), "these are no operations");
}

/// What only shows something writes nothing: a list that is drawn again and again would fill the log.
#[tokio::test]
async fn looking_is_not_written_down() {
    let test = make_test_host().await;
    let (call, recording, _) = recorded(&test.host.local_api()).await.remove(0);
    let known = audit(&test).await.len();
    let api = test.host.local_api();
    for (method, path, operation) in openapi::operations(&document::document()) {
        let id = operation["operationId"].as_str().expect("id");
        if !LOOKS.contains(&id) || method != "GET" || matches!(id, "events_listen" | "health_live" | "health_ready") {
            continue;
        }
        let path = path.replace("/api/v1", "").replace("{call}", &call).replace("{recording}", &recording);
        let path = path.replace("{number}", "+48221234000");
        super::get(&api, &format!("{path}?by=outcome")).await;
    }
    assert_eq!(audited_since(&test, known).await, Vec::new());
}

/// Comparing with what was kept elsewhere takes the right `audit`, and finds a log that is not the one that was signed.
#[tokio::test]
async fn outside_checkpoints_are_compared() {
    let test = make_test_host().await;
    let owner = test.host.local_api();
    let kind = [("content-type", "application/json")];
    let signed = ask(&owner, Method::POST, "/audit/checkpoints", &[], "").await.json();
    let compare = async |checkpoints: Value| {
        let body = json!({"checkpoints": checkpoints}).to_string();
        let answer = ask(&owner, Method::POST, "/audit/check", &kind, &body).await;
        assert_eq!(answer.status, 200, "{answer:?}");
        answer.json()
    };
    let good = compare(json!([signed])).await;
    assert_eq!((good["ok"].as_bool(), good["faults"].as_array().map(Vec::len)), (Some(true), Some(0)), "{good}");
    let mut other = signed.clone();
    let hash = other["hash"].as_str().expect("hash").replace(['0', '1', '2'], "f");
    other["hash"] = json!(hash);
    let forged = compare(json!([other])).await;
    assert_eq!(forged["ok"], false, "{forged}");
    // Elsewhere they know of more rows than there are: the end was cut off.
    let mut later = signed.clone();
    later["seq"] = json!(signed["seq"].as_i64().expect("seq") + 1_000);
    assert_eq!(compare(json!([later])).await["ok"], false);
    let known = audit(&test).await.len();
    let body = json!({"checkpoints": [signed]}).to_string();
    let all_else: Vec<Permission> = Permission::ALL.iter().copied().filter(|right| *right != Permission::Audit).collect();
    let blind = api_of(&test, super::actor("blind", &all_else, Scope::Company));
    ask(&blind, Method::POST, "/audit/check", &kind, &body).await.problem(403, "not-allowed");
    let of_project = super::actor("part", Permission::ALL, Scope::Projects(vec!["sales".to_owned()]));
    ask(&api_of(&test, of_project), Method::POST, "/audit/check", &kind, &body).await.problem(403, "not-allowed");
    let refused = ("audit.check".to_owned(), "refused".to_owned());
    assert_eq!(audited_since(&test, known).await, [refused.clone(), refused]);
}
