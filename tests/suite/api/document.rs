//! docs/api.md against the router.

use http::Method;

use super::ask;
use crate::common::host::make_test_host_of;

#[tokio::test]
async fn every_address_of_the_document_exists_with_its_method() {
    let test = make_test_host_of(0).await;
    let api = test.host.local_api();
    let document = include_str!("../../../docs/api.md");
    let mut checked = 0;
    for row in document.lines().filter(|line| line.starts_with("| `")) {
        for address in row.split('`').skip(1).step_by(2) {
            let Some((method, path)) = address.split_once(' ').filter(|(_, path)| path.starts_with('/')) else { continue };
            let method: Method = method.parse().expect("a method");
            let path = path.replace(['{', '}'], "");
            let answer = ask(&api, method, &path, &[], "").await;
            let kind = if answer.status.is_success() { String::new() } else { answer.json()["type"].to_string() };
            assert!(!kind.contains("no-such"), "{address}: {answer:?}");
            checked += 1;
        }
    }
    assert!(checked > 35, "only {checked} addresses were found in the document");
}
