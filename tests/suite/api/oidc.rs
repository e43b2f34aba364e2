//! Sign-in through an identity provider: a small provider of our own stands in for a company's.

use std::sync::{
    Arc,
    atomic::{AtomicBool, AtomicUsize, Ordering},
};

use axum::{
    Json, Router,
    extract::State,
    http::{HeaderMap, StatusCode},
    response::{IntoResponse, Response},
    routing::{get, post},
};
use callreel::domain::{
    access::{OidcSettings, UserDraft},
    actor::Origin,
};
use http::Method;
use serde_json::json;

use super::{ask, get as fetch};
use crate::common::host::{TestHost, make_test_host_of};

/// What the provider knows.
pub struct Office {
    pub base: String,
    /// Somebody typed the code.
    pub typed: AtomicBool,
    pub denied: AtomicBool,
    pub asked: AtomicUsize,
    name: &'static str,
}

async fn discovery(State(office): State<Arc<Office>>) -> Json<serde_json::Value> {
    let base = &office.base;
    Json(json!({
        "issuer": base, "device_authorization_endpoint": format!("{base}/device"), "token_endpoint": format!("{base}/token"),
        "userinfo_endpoint": format!("{base}/userinfo"), "authorization_endpoint": format!("{base}/authorize"),
    }))
}

async fn device(State(office): State<Arc<Office>>, body: String) -> Json<serde_json::Value> {
    assert!(body.contains("client_id=callreel"), "{body}");
    Json(json!({
        "device_code": "device-secret-1", "user_code": "WDJB-MJHT", "verification_uri": format!("{}/activate", office.base),
        "expires_in": 300, "interval": 1,
    }))
}

async fn token(State(office): State<Arc<Office>>, body: String) -> Response {
    office.asked.fetch_add(1, Ordering::SeqCst);
    assert!(body.contains("device-secret-1") && body.contains("client_secret=office-secret"), "{body}");
    if office.denied.load(Ordering::SeqCst) {
        return (StatusCode::BAD_REQUEST, Json(json!({"error": "access_denied"}))).into_response();
    }
    if !office.typed.load(Ordering::SeqCst) {
        return (StatusCode::BAD_REQUEST, Json(json!({"error": "authorization_pending"}))).into_response();
    }
    Json(json!({"access_token": "access-secret-2", "token_type": "Bearer", "expires_in": 60})).into_response()
}

async fn userinfo(State(office): State<Arc<Office>>, headers: HeaderMap) -> Response {
    if headers["authorization"] != "Bearer access-secret-2" {
        return StatusCode::UNAUTHORIZED.into_response();
    }
    Json(json!({"sub": "248289761001", "preferred_username": office.name})).into_response()
}

pub async fn provider(name: &'static str) -> Arc<Office> {
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.expect("a port");
    let base = format!("http://{}", listener.local_addr().expect("an address"));
    let office = Arc::new(Office {
        base,
        typed: AtomicBool::new(false),
        denied: AtomicBool::new(false),
        asked: AtomicUsize::new(0),
        name,
    });
    let app = Router::new()
        .route("/.well-known/openid-configuration", get(discovery))
        .route("/device", post(device))
        .route("/token", post(token))
        .route("/userinfo", get(userinfo))
        .with_state(Arc::clone(&office));
    tokio::spawn(async move { axum::serve(listener, app).await });
    office
}

/// Fails when another test was first, which is as good.
fn with_tls() {
    let _ = rustls::crypto::ring::default_provider().install_default();
}

async fn host_with(office: &Office) -> TestHost {
    with_tls();
    let test = make_test_host_of(6).await;
    test.host.service().use_oidc(OidcSettings {
        issuer: office.base.clone(),
        client_id: "callreel".to_owned(),
        client_secret: Some("office-secret".to_owned()),
        claim: "preferred_username".to_owned(),
    });
    let anna = UserDraft { grants: vec!["reviewer@*".parse().expect("a grant")], ..UserDraft::default() };
    test.client().put_user("anna", &anna, None).await.expect("anna");
    test
}

/// Asks until it is no longer pending.
async fn settled(test: &TestHost, id: &str) -> super::Answer {
    loop {
        let answer = ask(&test.host.local_api(), Method::POST, &format!("/sessions/device/{id}"), &[], "").await;
        if answer.status != 202 {
            return answer;
        }
        tokio::time::sleep(std::time::Duration::from_millis(50)).await;
    }
}

#[tokio::test]
async fn somebody_types_the_code_and_is_signed_in() {
    let office = provider("anna").await;
    let test = host_with(&office).await;
    let begun = ask(&test.host.local_api(), Method::POST, "/sessions/device", &[], "").await;
    assert_eq!(begun.status, 202, "{begun:?}");
    let told = begun.json();
    assert_eq!(told["user_code"], "WDJB-MJHT");
    assert!(told["address"].as_str().is_some_and(|address| address.ends_with("/activate")), "{told}");
    let id = told["id"].as_str().expect("an id").to_owned();
    let pending = ask(&test.host.local_api(), Method::POST, &format!("/sessions/device/{id}"), &[], "").await;
    assert_eq!(pending.status, 202);
    office.typed.store(true, Ordering::SeqCst);
    let answer = settled(&test, &id).await;
    assert_eq!(answer.status, 201, "{answer:?}");
    let session = answer.json();
    assert_eq!(session["user"], "anna");
    let actor = test.host.service().actor_of_token(session["token"].as_str().expect("a token"), Origin::default()).await;
    assert_eq!(actor.expect("signed in").name, "anna");
    assert!(office.asked.load(Ordering::SeqCst) >= 1);
    ask(&test.host.local_api(), Method::POST, &format!("/sessions/device/{id}"), &[], "").await.problem(404, "not-found");
    let log = fetch(&test.host.local_api(), "/audit?limit=500").await;
    let log = String::from_utf8_lossy(&log.body).into_owned();
    assert!(log.contains("session.begin") && !log.contains("secret"), "{log}");
}

#[tokio::test]
async fn a_refusal_and_an_unknown_name_let_nobody_in() {
    let office = provider("nobody-here").await;
    let test = host_with(&office).await;
    let begin = async || {
        let told = ask(&test.host.local_api(), Method::POST, "/sessions/device", &[], "").await.json();
        told["id"].as_str().expect("an id").to_owned()
    };
    let unknown = begin().await;
    office.typed.store(true, Ordering::SeqCst);
    settled(&test, &unknown).await.problem(401, "not-signed-in");
    let denied = begin().await;
    office.denied.store(true, Ordering::SeqCst);
    settled(&test, &denied).await.problem(401, "not-signed-in");
    ask(&test.host.local_api(), Method::POST, "/sessions/device/ffff", &[], "").await.problem(404, "not-found");
}

#[tokio::test]
async fn without_a_provider_or_with_an_unsafe_one_nothing_is_asked() {
    with_tls();
    let test = make_test_host_of(6).await;
    ask(&test.host.local_api(), Method::POST, "/sessions/device", &[], "").await.problem(404, "not-found");
    test.host.service().use_oidc(OidcSettings {
        issuer: "http://id.example.org".to_owned(),
        client_id: "callreel".to_owned(),
        client_secret: None,
        claim: "email".to_owned(),
    });
    let refused = ask(&test.host.local_api(), Method::POST, "/sessions/device", &[], "").await.problem(400, "invalid");
    assert!(refused["detail"].as_str().is_some_and(|detail| detail.contains("not https")), "{refused}");
}
