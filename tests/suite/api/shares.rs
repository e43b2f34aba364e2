//! Shares and permanent links: who may make them, what they show, and that whatever is wrong looks as if it had never been.

use axum::body::Body;
use callreel::{
    domain::{
        access::{Grant, UserDraft},
        actor::{Actor, Origin, Permission, Scope},
    },
    server::router,
    service::Service,
};
use http::Method;
use http_body_util::BodyExt;
use serde_json::{Value, json};
use tower::ServiceExt;

use super::{Answer, actor, api_of, ask, audit, get, recorded};
use crate::common::host::{TestHost, make_test_host};

/// A request as the front hands it on: nobody signed in, from an address.
async fn visit(service: &Service, method: Method, path: &str, headers: &[(&str, &str)], body: &str) -> Answer {
    let mut request = http::Request::builder().method(method).uri(path);
    for (name, value) in headers {
        request = request.header(*name, *value);
    }
    let mut request = request.body(Body::from(body.to_owned())).expect("a request");
    let origin = Origin { via: "http".to_owned(), address: Some("10.0.0.9".to_owned()), ..Origin::default() };
    request.extensions_mut().insert(origin);
    let (parts, body) = router(service.clone()).oneshot(request).await.expect("an answer").into_parts();
    let body = body.collect().await.expect("a whole body").to_bytes();
    Answer { status: parts.status, headers: parts.headers, body }
}

async fn look(test: &TestHost, path: &str) -> Answer {
    visit(test.host.service(), Method::GET, path, &[], "").await
}

fn text(answer: &Answer) -> String {
    String::from_utf8(answer.body.to_vec()).expect("text")
}

/// A page without its nonce, which differs from page to page.
fn words(answer: &Answer) -> String {
    let page = text(answer);
    match (page.find("nonce=\""), page.find("</style>")) {
        (Some(from), Some(until)) => format!("{}{}", &page[..from], &page[until..]),
        _ => page,
    }
}

/// Nothing there, in the same words for every reason.
async fn nothing(test: &TestHost, path: &str) {
    let (answer, never) = (look(test, path).await, look(test, "/s/never-existed").await);
    assert_eq!((answer.status.as_u16(), words(&answer)), (404, words(&never)), "{path}");
}

async fn account(test: &TestHost, name: &str, grants: &[&str]) {
    let owner = Actor::local_owner("tester", Origin::default());
    let grants = grants.iter().map(|grant| grant.parse::<Grant>().expect("a grant")).collect();
    let draft = UserDraft { grants, ..UserDraft::default() };
    test.host.service().put_user(&owner, name, draft, None).await.expect("an account");
}

async fn role(test: &TestHost, name: &str, permissions: &[&str]) {
    let body = json!({"name": name, "remark": null, "permissions": permissions});
    let made = ask(&test.host.local_api(), Method::PUT, &format!("/roles/{name}"), &[], &body.to_string()).await;
    assert!(made.status.is_success(), "{made:?}");
}

async fn share(test: &TestHost, draft: Value) -> Value {
    let made = ask(&test.host.local_api(), Method::POST, "/shares", &[], &draft.to_string()).await;
    assert_eq!(made.status, 201, "{made:?}");
    made.json()
}

fn path(made: &Value) -> String {
    made["path"].as_str().expect("a path").to_owned()
}

async fn recording(test: &TestHost) -> String {
    recorded(&test.host.local_api()).await.remove(0).1
}

fn of(id: &str) -> Value {
    json!([{"kind": "recording", "id": id}])
}

#[tokio::test]
async fn a_share_shows_a_plain_page_and_plays() {
    let test = make_test_host().await;
    let id = recording(&test).await;
    let title = "<script>alert('x')</script> & \"Kovács\"";
    let made = share(&test, json!({"items": of(&id), "title": title})).await;
    assert!(made["plays"].is_null() && made["played"] == 0 && made["passphrase"] == false, "{made}");
    let page = look(&test, &path(&made)).await;
    assert_eq!(page.status, 200);
    let html = text(&page);
    assert!(html.contains("&lt;script&gt;") && !html.contains("<script"), "{html}");
    assert!(html.contains("<audio controls") && html.contains(&format!("{}/audio/0", path(&made))), "{html}");
    assert!(!html.contains("+48") && !html.contains("Anna") && !html.contains(&id), "no number, no name, no id: {html}");
    for (name, value) in [
        ("content-type", "text/html; charset=utf-8"),
        ("cache-control", "no-store"),
        ("referrer-policy", "no-referrer"),
        ("x-content-type-options", "nosniff"),
    ] {
        assert_eq!(page.header(name), value);
    }
    let policy = page.header("content-security-policy");
    assert!(policy.contains("default-src 'none'") && policy.contains("frame-ancestors 'none'") && !policy.contains("unsafe"));
    let sound = look(&test, &format!("{}/audio/0", path(&made))).await;
    assert_eq!(
        (sound.status.as_u16(), sound.header("content-type"), sound.header("cache-control")),
        (200, "audio/wav", "no-store")
    );
    assert!(sound.body.starts_with(b"RIFF"));
    let range = [("range", "bytes=4-7")];
    let part = visit(test.host.service(), Method::GET, &format!("{}/audio/0", path(&made)), &range, "").await;
    assert_eq!((part.status.as_u16(), &part.body[..]), (206, &sound.body[4..8]));
    assert_eq!(look(&test, &format!("{}/audio/1", path(&made))).await.status, 404);
    let entries = audit(&test).await;
    let told = |did: &str| entries.iter().filter(|entry| entry.did == did && entry.outcome == "done").collect::<Vec<_>>();
    assert_eq!((told("share.add").len(), told("share.open").len(), told("share.play").len()), (1, 1, 1));
    let played = told("share.play")[0];
    assert_eq!(played.object.as_deref(), Some(id.as_str()));
    assert_eq!((played.via.as_str(), played.address.as_deref()), ("share", Some("10.0.0.9")));
    assert_eq!(played.session.as_deref(), made["id"].as_str());
    let secret = path(&made).rsplit('/').next().expect("a secret").to_owned();
    assert!(!format!("{entries:?}").contains(&secret), "the secret is written nowhere");
    let file = std::fs::read(test.database()).expect("the database");
    assert!(!file.windows(secret.len()).any(|bytes| bytes == secret.as_bytes()));
}

#[tokio::test]
async fn headerless_sound_is_made_for_browsers_with_ranges() {
    let test = make_test_host().await;
    let all = recorded(&test.host.local_api()).await;
    let raw = all.into_iter().find(|(_, _, format)| format == "raw/s16le").expect("a raw one").1;
    let made = share(&test, json!({"items": of(&raw)})).await;
    let path = format!("{}/audio/0", path(&made));
    let whole = look(&test, &path).await;
    assert_eq!((whole.status.as_u16(), whole.header("content-type")), (200, "audio/wav"));
    assert!(whole.body.starts_with(b"RIFF"));
    let part = visit(test.host.service(), Method::GET, &path, &[("range", "bytes=100-")], "").await;
    assert_eq!((part.status.as_u16(), &part.body[..]), (206, &whole.body[100..]));
}

#[tokio::test]
async fn a_playback_counts_once_and_after_the_last_there_is_nothing() {
    let test = make_test_host().await;
    let id = recording(&test).await;
    let made = share(&test, json!({"items": of(&id), "plays": 2})).await;
    let sound = format!("{}/audio/0", path(&made));
    let part = async |range: &str| visit(test.host.service(), Method::GET, &sound, &[("range", range)], "").await.status.as_u16();
    let played = async || get(&test.host.local_api(), "/shares").await.json()[0]["played"].as_u64().expect("a count");
    let head = visit(test.host.service(), Method::HEAD, &sound, &[], "").await;
    assert_eq!((head.status.as_u16(), played().await), (200, 0), "nothing left");
    assert_eq!((part("bytes=0-1").await, part("bytes=0-").await, part("bytes=5000-").await, played().await), (206, 206, 206, 1));
    assert_eq!((part("bytes=0-").await, played().await), (206, 2));
    assert_eq!(part("bytes=6000-").await, 206, "the last playback goes on");
    nothing(&test, &path(&made)).await;
    nothing(&test, &sound).await;
    assert_eq!(part("bytes=0-").await, 404);
    assert_eq!(played().await, 2);
    let refused =
        audit(&test).await.into_iter().filter(|entry| entry.outcome == "refused" && entry.did.starts_with("share.")).count();
    assert!(refused > 0);
}

#[tokio::test]
async fn expired_revoked_and_orphaned_shares_look_as_if_they_had_never_been() {
    let test = make_test_host().await;
    let id = recording(&test).await;
    let brief = share(&test, json!({"items": of(&id), "expires_s": 1})).await;
    let begun = std::time::Instant::now();
    while look(&test, &path(&brief)).await.status != 404 {
        assert!(begun.elapsed().as_secs() < 20, "it never expires");
        tokio::task::yield_now().await;
    }
    nothing(&test, &path(&brief)).await;
    let revoked = share(&test, json!({"items": of(&id)})).await;
    let share_id = revoked["id"].as_str().expect("an id").to_owned();
    let gone = ask(&test.host.local_api(), Method::DELETE, &format!("/shares/{share_id}"), &[], "").await;
    assert_eq!(gone.status, 204);
    nothing(&test, &path(&revoked)).await;
    nothing(&test, &format!("{}/audio/0", path(&revoked))).await;
    // Its maker loses the right, and gets it back.
    role(&test, "sharer", &["see", "listen", "share"]).await;
    account(&test, "anna", &["sharer@*"]).await;
    let anna = actor("anna", &[Permission::See, Permission::Listen, Permission::Share], Scope::Company);
    let made =
        ask(&api_of(&test, anna.clone()), Method::POST, "/shares", &[], &json!({"items": of(&id)}).to_string()).await.json();
    assert_eq!(look(&test, &path(&made)).await.status, 200);
    account(&test, "anna", &["agent@own"]).await;
    nothing(&test, &path(&made)).await;
    account(&test, "anna", &["sharer@*"]).await;
    assert_eq!(look(&test, &path(&made)).await.status, 200);
    let owner = Actor::local_owner("tester", Origin::default());
    test.host.service().remove_user(&owner, "anna").await.expect("removed");
    nothing(&test, &path(&made)).await;
    // Nobody inherits it: the name is not given again.
    let again = UserDraft { grants: vec!["sharer@*".parse::<Grant>().expect("a grant")], ..UserDraft::default() };
    assert!(test.host.service().put_user(&owner, "anna", again, None).await.is_err());
    nothing(&test, &path(&made)).await;
}

#[tokio::test]
async fn a_passphrase_is_asked_for_and_guessing_is_slow() {
    let test = make_test_host().await;
    let id = recording(&test).await;
    let made = share(&test, json!({"items": of(&id), "title": "For the court", "passphrase": "blue horse 17"})).await;
    let (page, sound) = (path(&made), format!("{}/audio/0", path(&made)));
    let locked = look(&test, &page).await;
    assert_eq!(locked.status, 200);
    assert!(text(&locked).contains("type=\"password\"") && !text(&locked).contains("court") && !text(&locked).contains("<audio"));
    nothing(&test, &sound).await;
    let form = [("content-type", "application/x-www-form-urlencoded")];
    let send =
        async |headers: &[(&str, &str)], words: &str| visit(test.host.service(), Method::POST, &page, headers, words).await;
    assert_eq!(send(&form, "passphrase=red+horse+17").await.status, 403);
    let elsewhere = [form[0], ("origin", "https://evil.example"), ("host", "here")];
    assert_eq!(send(&elsewhere, "passphrase=blue+horse+17").await.status, 404, "a page of another place");
    let opened = send(&form, "passphrase=blue+horse+17").await;
    assert_eq!((opened.status.as_u16(), opened.header("location")), (303, page.as_str()));
    let cookie = opened.header("set-cookie").to_owned();
    assert!(
        cookie.contains("HttpOnly") && cookie.contains("SameSite=Strict") && cookie.contains(&format!("Path={page}")),
        "{cookie}"
    );
    let shown = cookie.split(';').next().expect("a cookie").to_owned();
    let with = async |path: &str| visit(test.host.service(), Method::GET, path, &[("cookie", shown.as_str())], "").await;
    assert!(text(&with(&page).await).contains("For the court"));
    assert_eq!(with(&sound).await.status, 200);
    let other = share(&test, json!({"items": of(&id), "passphrase": "blue horse 17"})).await;
    assert!(text(&with(&path(&other)).await).contains("type=\"password\""), "a cookie opens its own share alone");
    let mut refused = 0;
    for _ in 0..30 {
        if send(&form, "passphrase=wrong+one").await.status == 429 {
            refused += 1;
        }
    }
    assert!(refused > 5, "{refused}");
    let entries = audit(&test).await;
    assert!(entries.iter().any(|entry| entry.did == "share.open" && entry.outcome == "refused"), "{entries:?}");
    assert!(!format!("{entries:?}").contains("horse"));
}

#[tokio::test]
async fn only_what_one_may_hear_and_share_can_be_shared() {
    let test = make_test_host().await;
    let owner = test.host.local_api();
    let (_, id, _) = recorded(&owner).await.remove(0);
    let draft = json!({"items": of(&id)}).to_string();
    let make = async |permissions: &[Permission], scope: Scope| {
        ask(&api_of(&test, actor("anna", permissions, scope)), Method::POST, "/shares", &[], &draft).await
    };
    let both = [Permission::See, Permission::Listen, Permission::Share];
    make(&both[..2], Scope::Company).await.problem(403, "not-allowed");
    make(&[Permission::See, Permission::Share], Scope::Company).await.problem(403, "not-allowed");
    let nowhere = Scope::Projects(vec!["elsewhere".to_owned()]);
    make(&both, nowhere.clone()).await.problem(404, "not-found");
    let theirs = make(&both, Scope::Company).await;
    assert_eq!(theirs.status, 201);
    let shares = async |name: &str, permissions: &[Permission]| {
        get(&api_of(&test, actor(name, permissions, Scope::Company)), "/shares").await.json().as_array().expect("a list").len()
    };
    assert_eq!((shares("anna", &both).await, shares("ben", &both).await), (1, 0));
    assert_eq!((shares("ben", &[Permission::Audit]).await, shares("ben", &[Permission::Users]).await), (1, 1));
    assert!(!text(&get(&owner, "/shares").await).contains("/s/"), "the link is told once");
    let id = theirs.json()["id"].as_str().expect("an id").to_owned();
    let revoke = async |name: &str, permissions: &[Permission]| {
        let api = api_of(&test, actor(name, permissions, Scope::Company));
        ask(&api, Method::DELETE, &format!("/shares/{id}"), &[], "").await.status.as_u16()
    };
    assert_eq!((revoke("ben", &both).await, revoke("anna", &both).await, revoke("anna", &both).await), (404, 204, 204));
    for wrong in [
        json!({"items": []}),
        json!({"items": of("nonsense")}),
        json!({"items": of(&recording(&test).await), "plays": 0}),
        json!({"items": of(&recording(&test).await), "expires_s": 0}),
        json!({"items": of(&recording(&test).await), "expires_s": 91 * 86_400}),
        json!({"items": of(&recording(&test).await), "passphrase": "short"}),
    ] {
        let refused = ask(&owner, Method::POST, "/shares", &[], &wrong.to_string()).await;
        assert!(matches!(refused.status.as_u16(), 400 | 404), "{wrong}: {refused:?}");
    }
}

#[tokio::test]
async fn permanent_links_ask_for_sign_in_and_tell_nothing_before() {
    let test = make_test_host().await;
    let (call, id, _) = recorded(&test.host.local_api()).await.remove(0);
    account(&test, "anna", &["reviewer@*"]).await;
    account(&test, "sam", &["reviewer@project:support"]).await;
    let owner = Actor::local_owner("tester", Origin::default());
    let password = "correct horse battery";
    for name in ["anna", "sam"] {
        test.host.service().set_password(&owner, name, Some(password.to_owned()), None).await.expect("a password");
    }
    let (known, unknown) = (look(&test, &format!("/r/{id}")).await, look(&test, "/r/01JCNOTHING").await);
    assert_eq!((known.status.as_u16(), unknown.status.as_u16()), (401, 401));
    assert!(text(&known).contains("name=\"password\"") && known.body.len() == unknown.body.len());
    let form = [("content-type", "application/x-www-form-urlencoded")];
    let sign_in = async |name: &str, password: &str| {
        let words = format!("user={name}&password={}", password.replace(' ', "+"));
        visit(test.host.service(), Method::POST, &format!("/r/{id}"), &form, &words).await
    };
    assert_eq!(sign_in("anna", "wrong").await.status, 401);
    let signed_in = sign_in("anna", password).await;
    assert_eq!((signed_in.status.as_u16(), signed_in.header("location")), (303, format!("/r/{id}").as_str()));
    let cookie = signed_in.header("set-cookie").to_owned();
    assert!(cookie.contains("HttpOnly") && cookie.contains("SameSite=Strict") && cookie.contains("Path=/r"), "{cookie}");
    let shown = cookie.split(';').next().expect("a cookie").to_owned();
    let with = async |cookie: &str, path: &str| visit(test.host.service(), Method::GET, path, &[("cookie", cookie)], "").await;
    for link in [&id, &call] {
        let page = with(&shown, &format!("/r/{link}")).await;
        assert!(page.status == 200 && text(&page).contains("<audio controls"), "{page:?}");
    }
    let sound = with(&shown, &format!("/r/{id}/audio/{id}")).await;
    assert_eq!((sound.status.as_u16(), sound.header("content-type")), (200, "audio/wav"));
    assert_eq!(with(&shown, "/r/01JCNOTHING").await.status, 404);
    let sam = sign_in("sam", password).await.header("set-cookie").split(';').next().expect("a cookie").to_owned();
    let other = with(&sam, &format!("/r/{id}")).await;
    let never = with(&sam, "/r/01JCNOTHING").await;
    assert_eq!((other.status, other.body.len()), (never.status, never.body.len()), "another project's is not there");
    assert_eq!(other.status, 404);
    assert_eq!(with(&sam, &format!("/r/{id}/audio/{id}")).await.status, 404);
    let left =
        visit(test.host.service(), Method::POST, &format!("/r/{id}"), &[form[0], ("cookie", shown.as_str())], "leave=1").await;
    assert_eq!(left.status, 303);
    assert_eq!(with(&shown, &format!("/r/{id}")).await.status, 401, "the session has ended");
}
