//! The OpenAPI document: whole, true to the router, and its list of operations as it was agreed.

use std::{collections::BTreeSet, fs, path::Path};

use axum::{extract::Request, middleware, middleware::Next};
use callreel::{
    domain::actor::Actor,
    server::{document, router},
};
use http::Method;
use serde_json::Value;

use super::{ask, get};
use crate::common::host::make_test_host_of;

/// `(method, path, operation)` of every operation.
pub(super) fn operations(document: &Value) -> Vec<(String, String, Value)> {
    let paths = document["paths"].as_object().expect("paths");
    paths
        .iter()
        .flat_map(|(path, item)| {
            let operations = item.as_object().expect("operations").iter();
            operations.map(|(method, operation)| (method.to_uppercase(), path.clone(), operation.clone())).collect::<Vec<_>>()
        })
        .collect()
}

#[test]
fn the_operations_are_those_agreed() {
    let lines: Vec<String> = operations(&document::document())
        .iter()
        .map(|(method, path, operation)| {
            let statuses: Vec<&str> = operation["responses"].as_object().expect("responses").keys().map(String::as_str).collect();
            format!("{method} {path}  {}  {}", operation["operationId"].as_str().expect("id"), statuses.join(" "))
        })
        .collect();
    insta::with_settings!({
        snapshot_path => concat!(env!("CARGO_MANIFEST_DIR"), "/snapshots"), prepend_module_to_snapshot => false, omit_expression => true,
    }, {
        insta::assert_snapshot!("api_operations", lines.join("\n"));
    });
}

#[test]
fn every_operation_is_told_whole() {
    let document = document::document();
    let mut ids = BTreeSet::new();
    for (method, path, operation) in operations(&document) {
        let id = operation["operationId"].as_str().unwrap_or_else(|| panic!("{method} {path} has no id"));
        assert!(ids.insert(id.to_owned()), "two operations are named {id}");
        assert!(operation["tags"].as_array().is_some_and(|tags| tags.len() == 1), "{id} has one tag, its noun");
        assert!(operation["summary"].as_str().is_some_and(|text| !text.is_empty()), "{id} says in a comment what it does");
        for (status, response) in operation["responses"].as_object().expect("responses") {
            let shared = response["$ref"].as_str().and_then(|name| document.pointer(name.trim_start_matches('#')));
            let response = shared.unwrap_or(response);
            assert!(response["description"].is_string(), "{id} {status}: {response}");
            let problem = response["content"]["application/problem+json"].is_object();
            assert_eq!(problem, status.as_str() >= "400", "{id} {status}: errors are problems");
        }
        let writes_whole = operation["parameters"].as_array().into_iter().flatten().all(|parameter| {
            parameter["name"].is_string() && parameter["schema"].is_object() && parameter["description"].is_string()
        });
        assert!(writes_whole, "{id}: a parameter lacks its schema or description: {}", operation["parameters"]);
    }
    // Nothing refers to what is not there.
    let text = document.to_string();
    for part in text.split("\"$ref\":\"#").skip(1) {
        let target = &part[..part.find('"').expect("an end")];
        assert!(document.pointer(target).is_some(), "nothing stands at {target}");
    }
}

/// Routes that are not made by `routes!` would be missing in the document.
#[test]
fn handlers_are_routed_by_the_document_only() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("src/server");
    let mut files: Vec<_> =
        fs::read_dir(folder.join("handlers")).expect("handlers").map(|entry| entry.expect("entry").path()).collect();
    files.extend([folder.join("routes.rs"), folder.join("mod.rs")]);
    for file in files.iter().filter(|file| file.is_file()) {
        let text = fs::read_to_string(file).expect("text");
        assert!(!text.contains(".route("), "{} uses .route(; use .routes(routes!(…))", file.display());
    }
}

#[tokio::test]
async fn every_operation_exists_asks_who_one_is_first_and_names_its_methods() {
    let test = make_test_host_of(0).await;
    let owner = test.host.local_api();
    let nobody = nobody(&test);
    for (method, path, operation) in operations(&document::document()) {
        let Some(inside) = path.strip_prefix("/api/v1") else { continue };
        let address = inside.replace(['{', '}'], "");
        let id = &operation["operationId"];
        let answer = ask(&nobody, method.parse().expect("a method"), &address, &[("content-type", "text/x-nonsense")], "{").await;
        if operation["security"].is_null() {
            answer.problem(401, "not-signed-in");
            assert_eq!(answer.header("www-authenticate"), "Bearer", "{id}");
        } else {
            assert_ne!(answer.status, 401, "{id} is open");
        }
        let answer = ask(&owner, Method::PATCH, &address, &[], "").await;
        answer.problem(405, "no-such-method");
        assert!(answer.header("allow").contains(&method), "{id}: Allow is {:?}", answer.header("allow"));
        if id == "events_listen" {
            // Does not end by itself.
            continue;
        }
        let told = ask(&owner, method.parse().expect("a method"), &address, &[], "").await;
        assert!(operation["responses"][told.status.as_str()].is_object(), "{id} answered {} {:?}", told.status, told.body);
    }
    assert_eq!(get(&nobody, "/openapi.json").await.json()["openapi"], "3.1.0");
}

/// The router without anybody in front who says who acts.
pub(super) fn nobody(test: &crate::common::host::TestHost) -> callreel::server::LocalApi {
    let app = router(test.host.service().clone()).layer(middleware::from_fn(async |mut request: Request, next: Next| {
        request.extensions_mut().remove::<Actor>();
        next.run(request).await
    }));
    callreel::server::local_api(app, test.host.actor().clone())
}
