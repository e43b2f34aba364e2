//! Lists, pages, counts, totals, facets, one call.

use serde_json::{Value, json};

use super::{ask, get};
use crate::common::host::{CALLS, make_test_host, make_test_host_of, source_id};

#[tokio::test]
async fn pages_follow_each_other_without_gaps_and_back() {
    let test = make_test_host().await;
    let api = test.host.local_api();
    for sort in ["", "&sort=start", "&sort=-talk_s", "&sort=talk", "&sort=customer", "&sort=-extension"] {
        let whole: Vec<String> = ids(&get(&api, &format!("/calls?limit=500{sort}")).await.json());
        assert_eq!(whole.len(), CALLS, "{sort}");
        let mut walked: Vec<String> = Vec::new();
        let mut next = String::new();
        let mut second = String::new();
        loop {
            let page = get(&api, &format!("/calls?limit=10{sort}&after={next}")).await.json();
            assert_eq!(
                page["total"],
                if next.is_empty() { json!(CALLS) } else { json!(null) },
                "{sort}: only the first page counts"
            );
            walked.extend(ids(&page));
            if walked.len() == 20 {
                second = page["previous"].as_str().expect("the second page has one before").to_owned();
            }
            match page["next"].as_str() {
                Some(cursor) => next = cursor.to_owned(),
                None => break,
            }
        }
        assert_eq!(walked, whole, "{sort}");
        let back = get(&api, &format!("/calls?limit=10{sort}&before={second}")).await.json();
        assert_eq!(ids(&back), whole[..10], "{sort}: the page before comes in list order");
    }
}

fn ids(page: &serde_json::Value) -> Vec<String> {
    page["items"].as_array().expect("items").iter().map(|call| call["id"].as_str().expect("id").to_owned()).collect()
}

#[tokio::test]
async fn an_explicit_order_beats_the_querys_own() {
    let test = make_test_host().await;
    let api = test.host.local_api();
    let by_talk = get(&api, "/calls?q=sort:-talk&limit=1").await.json();
    assert_eq!(by_talk["items"][0]["talk_s"], json!(57.0), "the last call is answered and talks longest");
    let oldest = get(&api, "/calls?q=sort:-talk&sort=start&limit=1").await.json();
    assert_eq!(oldest["items"][0]["start"], "2026-11-02T07:00:00.250Z");
}

#[tokio::test]
async fn a_first_page_has_its_total_unless_it_is_not_wanted() {
    let test = make_test_host().await;
    let api = test.host.local_api();
    assert_eq!(get(&api, "/calls?limit=1").await.json()["total"], CALLS);
    assert!(get(&api, "/calls?limit=1&total=false").await.json()["total"].is_null());
}

#[tokio::test]
async fn whoever_waits_for_another_revision_is_told_when_it_comes() {
    let test = make_test_host().await;
    let api = test.host.local_api();
    let first = get(&api, "/revision").await.json()["revision"].as_str().expect("a revision").to_owned();
    assert_eq!(get(&api, "/revision?after=other").await.json()["revision"], first.as_str(), "at once");
    let (waiting, path) = (api.clone(), format!("/revision?after={first}"));
    let waits = tokio::spawn(async move { get(&waiting, &path).await.json() });
    // However early or late the change comes, it is told.
    ask(&api, http::Method::PUT, &format!("/calls/{}/flag", source_id(1)), &[], "").await;
    let told = tokio::time::timeout(std::time::Duration::from_secs(10), waits).await.expect("in time").expect("an answer");
    assert_ne!(told["revision"], first.as_str());
}

#[tokio::test]
async fn counts_totals_and_facets_agree() {
    let test = make_test_host().await;
    let api = test.host.local_api();
    assert_eq!(get(&api, "/calls/count").await.json(), json!({"count": CALLS, "exact": true}));
    assert_eq!(get(&api, "/calls/count?at_most=5").await.json(), json!({"count": 5, "exact": false}));
    let answered = get(&api, "/calls/count?q=is:answered").await.json()["count"].as_u64().expect("count");
    let totals = get(&api, "/calls/totals").await.json();
    assert_eq!(totals["calls"], CALLS);
    assert_eq!(totals["answered"], answered);
    assert_eq!(totals["recordings"], CALLS / 6 + 1);
    let facets = get(&api, "/calls/facets?by=outcome,dir,route").await.json();
    let sum = |field: &str| {
        facets[field].as_array().expect("facet").iter().map(|one| one["count"].as_u64().expect("count")).sum::<u64>()
    };
    assert_eq!((sum("outcome"), sum("direction"), sum("route")), (CALLS as u64, CALLS as u64, CALLS as u64));
    let unknown = facets["route"].as_array().expect("facet").iter().find(|one| one["value"].is_null());
    assert_eq!(unknown.expect("calls without a route")["count"], CALLS / 2);
    let shares = get(&api, "/calls/breakdown?by=dir").await.json();
    let shares = shares.as_array().expect("shares");
    for field in ["calls", "answered", "recordings", "bytes"] {
        let sum: u64 = shares.iter().map(|share| share[field].as_u64().expect("a number")).sum();
        assert_eq!(totals[field], sum, "{field}");
    }
    let counts: Vec<(&Value, &Value)> = shares.iter().map(|share| (&share["value"], &share["calls"])).collect();
    let directions = facets["direction"].as_array().expect("facet");
    assert_eq!(counts, directions.iter().map(|one| (&one["value"], &one["count"])).collect::<Vec<_>>());
    let summary = get(&api, "/calls/summary").await.json();
    let days = summary["days"].as_array().expect("days").iter().map(|day| day["calls"].as_u64().expect("calls"));
    assert_eq!(days.sum::<u64>(), CALLS as u64);
    for field in ["direction", "outcome", "agents", "groups", "queue", "length", "recorded", "tags", "projects"] {
        assert!(summary["facets"][field].is_array(), "{field}");
    }
    get(&api, "/calls/breakdown?by=from").await.problem(400, "invalid");
    get(&api, "/calls/breakdown").await.problem(400, "invalid");
    get(&api, "/calls/facets?by=nonsense").await.problem(400, "invalid");
    get(&api, "/calls/facets").await.problem(400, "invalid");
}

#[tokio::test]
async fn one_call_is_found_by_either_id() {
    let test = make_test_host().await;
    let api = test.host.local_api();
    let by_source = get(&api, &format!("/calls/{}", source_id(3))).await.json();
    let id = by_source["id"].as_str().expect("id");
    assert_eq!(get(&api, &format!("/calls/{id}")).await.json(), by_source);
    for field in ["from_raw", "to_raw", "timeline", "notes", "history", "leg_list", "review"] {
        assert!(by_source.get(field).is_some(), "{field} is there");
    }
    get(&api, "/calls/01JZZZZZZZZZZZZZZZZZZZZZZZ").await.problem(404, "not-found");
    get(&api, "/calls/pbx-1.1").await.problem(404, "not-found");
}

#[tokio::test]
async fn the_revision_moves_with_every_change_and_only_then() {
    let test = make_test_host_of(12).await;
    let api = test.host.local_api();
    let first = get(&api, "/revision").await.json();
    assert_eq!(first["calls"], json!({"count": 12, "exact": true}));
    assert_eq!(get(&api, "/revision").await.json(), first);
    let flag = ask(&api, http::Method::PUT, &format!("/calls/{}/flag", source_id(0)), &[], "").await;
    assert_eq!(flag.status, 204);
    assert_ne!(get(&api, "/revision").await.json()["revision"], first["revision"]);
}
