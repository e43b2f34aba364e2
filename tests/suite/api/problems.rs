//! Every way of being refused is a clean answer.

use axum::{body::Body, http::Request};
use callreel::server::router;
use http::Method;
use tower::ServiceExt;

use super::{ask, get};
use crate::common::host::make_test_host;

#[tokio::test]
async fn a_wrong_query_points_at_its_word() {
    let test = make_test_host().await;
    let api = test.host.local_api();
    for path in ["/calls", "/calls/count", "/calls/totals", "/calls/facets?by=outcome"] {
        let joint = if path.contains('?') { '&' } else { '?' };
        let problem = get(&api, &format!("{path}{joint}q=is:answered+lenght:%3E2m")).await.problem(400, "query");
        assert_eq!(problem["position"], 12, "{problem}");
        assert!(problem["length"].as_u64().is_some_and(|length| length >= 6), "{problem}");
        assert!(problem["detail"].as_str().is_some_and(|detail| detail.contains("len:")), "{problem}");
    }
    let stream = ask(&api, Method::GET, "/calls?q=lenght:1", &[("accept", "text/csv")], "").await;
    assert_eq!(stream.problem(400, "query")["position"], 0);
}

#[tokio::test]
async fn parameters_are_checked() {
    let test = make_test_host().await;
    let api = test.host.local_api();
    for path in
        ["/calls?limit=501", "/calls?limit=0", "/calls?limit=many", "/calls?sort=tlak", "/audit?limit=501", "/audit?after=x"]
    {
        get(&api, path).await.problem(400, "invalid");
    }
    get(&api, "/nothing").await.problem(404, "no-such-path");
    get(&api, "/calls/%FF").await.problem(400, "invalid");
    ask(&api, Method::PATCH, "/calls", &[], "").await.problem(405, "no-such-method");
    ask(&api, Method::GET, "/calls?columns=nonsense", &[("accept", "text/csv")], "").await.problem(400, "invalid");
}

#[tokio::test]
async fn foreign_cursors_are_refused() {
    let test = make_test_host().await;
    let api = test.host.local_api();
    let cursor = get(&api, "/calls?limit=5").await.json()["next"].as_str().expect("next").to_owned();
    assert_eq!(get(&api, &format!("/calls?limit=5&after={cursor}")).await.status, 200);
    let mut tampered = cursor.clone().into_bytes();
    let last = tampered.len() - 3;
    tampered[last] = if tampered[last] == b'1' { b'2' } else { b'1' };
    let tampered = String::from_utf8(tampered).expect("ascii");
    let other = make_test_host().await;
    let foreign = get(&other.host.local_api(), "/calls?limit=5").await.json()["next"].as_str().expect("next").to_owned();
    for of_another_list in [tampered.as_str(), foreign.as_str(), "00", "0"] {
        get(&api, &format!("/calls?after={of_another_list}")).await.problem(409, "conflict");
        get(&api, &format!("/calls?before={of_another_list}")).await.problem(409, "conflict");
    }
    for nonsense in ["zz", "%C5%BC", "0x"] {
        get(&api, &format!("/calls?after={nonsense}")).await.problem(400, "invalid");
    }
    get(&api, &format!("/calls?sort=talk&after={cursor}")).await.problem(409, "conflict");
    get(&api, &format!("/calls?before={cursor}&after={cursor}")).await.problem(400, "invalid");
}

#[tokio::test]
async fn nobody_gets_in_without_an_actor_but_health_is_open() {
    let test = make_test_host().await;
    let router = router(test.host.service().clone());
    let status = |path: &'static str| {
        let router = router.clone();
        async move {
            router.oneshot(Request::get(path).body(Body::empty()).expect("request")).await.expect("answer").status().as_u16()
        }
    };
    for path in ["/api/v1/whoami", "/api/v1/calls", "/api/v1/calls/x", "/api/v1/recordings/x/audio", "/api/v1/audit"] {
        assert_eq!(status(path).await, 401, "{path}");
    }
    assert_eq!(status("/health/live").await, 200);
    assert_eq!(status("/health/ready").await, 200);
}
