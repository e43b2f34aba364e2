//! Everything that matches, as NDJSON and CSV.

use callreel::{client::CallsQuery, wire::CallBody};
use futures_util::StreamExt;
use http::Method;
use http_body_util::BodyExt;

use super::{ask, audit, get};
use crate::common::host::{call, make_test_host, make_test_host_of};

/// More than two pages of a stream.
const MANY: usize = 2_345;

#[tokio::test]
async fn a_stream_gives_every_call_once_in_order() {
    let test = make_test_host_of(MANY).await;
    let api = test.host.local_api();
    for query in ["", "?sort=start", "?sort=-talk_s", "?q=dir:in+sort:talk"] {
        let rows = ask(&api, Method::GET, &format!("/calls{query}"), &[("accept", "application/x-ndjson")], "").await;
        assert_eq!(rows.header("content-type"), "application/x-ndjson");
        let calls: Vec<CallBody> = rows
            .body
            .split(|byte| *byte == b'\n')
            .filter(|line| !line.is_empty())
            .map(|line| serde_json::from_slice(line).expect("a call a line"))
            .collect();
        let expected = if query.contains("dir:in") { MANY / 2 + usize::from(MANY % 4 > 1) } else { MANY };
        assert!(calls.len().abs_diff(expected) <= 1, "{query}: {} of {expected}", calls.len());
        let count = get(&api, &format!("/calls/count{query}")).await.json()["count"].as_u64().expect("count");
        assert_eq!(calls.len() as u64, count, "{query}");
        let mut ids: Vec<&str> = calls.iter().map(|call| call.id.as_str()).collect();
        ids.sort_unstable();
        ids.dedup();
        assert_eq!(ids.len(), calls.len(), "{query}: none twice");
        assert!(calls.is_sorted_by(|a, b| match query {
            "" => a.start >= b.start,
            "?sort=start" => a.start <= b.start,
            "?sort=-talk_s" => a.talk_s >= b.talk_s,
            _ => a.talk_s <= b.talk_s,
        }));
    }
}

#[tokio::test]
async fn csv_has_a_header_chosen_columns_and_safe_cells() {
    let test = make_test_host().await;
    let api = test.host.local_api();
    let tag = ask(&api, Method::PUT, &format!("/calls/{}/tags/%3Dcmd%28%29", crate::common::host::source_id(1)), &[], "").await;
    assert_eq!(tag.status, 204);
    let rows =
        ask(&api, Method::GET, "/calls?columns=start,from,talk,tags,customer&sort=start", &[("accept", "text/csv")], "").await;
    assert!(rows.header("content-type").starts_with("text/csv"));
    let mut reader = csv::Reader::from_reader(&rows.body[..]);
    assert_eq!(reader.headers().expect("header"), vec!["start", "from", "talk_s", "tags", "customer"]);
    let records: Vec<csv::StringRecord> = reader.records().map(|record| record.expect("record")).collect();
    assert_eq!(records.len(), 48);
    assert_eq!(&records[1][1], "+48221234001", "a plain number needs no quote");
    assert_eq!(&records[1][3], "'=cmd()");
    assert_eq!(&records[4][2], "0.0");
    let whole = ask(&api, Method::GET, "/calls", &[("accept", "text/csv")], "").await;
    let header = String::from_utf8_lossy(&whole.body).lines().next().expect("header").to_owned();
    assert!(header.starts_with("id,source_ids,start,answered,end,direction,route,outcome,from,to,reached,"), "{header}");
}

#[tokio::test]
async fn ids_alone_and_chosen_fields_come_in_the_same_order() {
    let test = make_test_host_of(MANY).await;
    let (api, client) = (test.host.local_api(), test.client());
    for query in ["", "dir:in sort:talk", "is:answered ext:101", "num:22123", "has:note"] {
        let mut ids = client.ids(&CallsQuery::new(query)).await.expect("ids");
        let mut all = ids.some(1_000).await.expect("some");
        assert_eq!(
            all.len(),
            usize::try_from(client.count(&CallsQuery::new(query)).await.expect("count").count).expect("few").min(1_000)
        );
        while let Some(id) = ids.next().await.expect("an id") {
            all.push(id);
        }
        let path = format!("/calls?columns=start,id,bytes&q={}", query.replace(' ', "+"));
        let rows = ask(&api, Method::GET, &path, &[("accept", "application/x-ndjson")], "").await;
        let lines = rows.body.split(|byte| *byte == b'\n').filter(|line| !line.is_empty());
        let rows: Vec<serde_json::Value> = lines.map(|line| serde_json::from_slice(line).expect("an object a line")).collect();
        assert!(rows.iter().all(|row| row.as_object().is_some_and(|row| row.len() == 3)), "{query}");
        assert!(rows.iter().map(|row| row["id"].as_str().expect("id")).eq(all.iter()), "{query}");
    }
    assert!(client.ids(&CallsQuery::new("lenght:1")).await.is_err());
}

#[tokio::test]
async fn an_empty_list_is_a_header_or_nothing() {
    let test = make_test_host_of(0).await;
    let api = test.host.local_api();
    assert!(ask(&api, Method::GET, "/calls", &[("accept", "application/x-ndjson")], "").await.body.is_empty());
    let rows = ask(&api, Method::GET, "/calls?columns=id", &[("accept", "text/csv")], "").await;
    assert_eq!(rows.body, "id\r\n");
}

#[tokio::test]
async fn the_end_is_fixed_when_the_stream_begins() {
    let test = make_test_host_of(MANY).await;
    let api = test.host.local_api();
    let request = http::Request::get("/api/v1/calls?sort=start")
        .header("accept", "application/x-ndjson")
        .body(Vec::new())
        .expect("request");
    let mut body = api(request).await.into_body().into_data_stream();
    let mut bytes = body.next().await.expect("a first part").expect("bytes").to_vec();
    let newer = callreel::store::ImportBatch::new((MANY..MANY + 3).map(call).collect(), Vec::new(), Vec::new());
    test.host.store().import(newer).await.expect("three calls more");
    while let Some(part) = body.next().await {
        bytes.extend_from_slice(&part.expect("bytes"));
    }
    assert_eq!(bytes.iter().filter(|byte| **byte == b'\n').count(), MANY);
}

#[tokio::test]
async fn a_reader_who_goes_away_stops_it_and_local_lists_are_not_audited() {
    let test = make_test_host_of(MANY).await;
    let api = test.host.local_api();
    let known = audit(&test).await.len();
    let request = http::Request::get("/api/v1/calls").header("accept", "application/x-ndjson").body(Vec::new()).expect("request");
    let mut body = api(request).await.into_body().into_data_stream();
    body.next().await.expect("a first part").expect("bytes");
    drop(body);
    // The store still answers, and closing it does not wait for anybody.
    assert_eq!(get(&api, "/calls/count").await.json()["count"], MANY);
    assert_eq!(audit(&test).await.len(), known);
    test.host.close().await.expect("closed");
}
