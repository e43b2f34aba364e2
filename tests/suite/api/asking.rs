//! What the console writes into a query when a value of a facet is chosen, against the calls themselves.

use callreel::{
    client::CallsQuery,
    domain::query::{
        edit::{self, Family},
        quote,
    },
    wire::CallBody,
};

use crate::common::host::make_test_host;

/// A facet, its field of the language, and its values of one call.
type Field = (&'static str, &'static str, fn(&CallBody) -> Vec<String>);

fn text<T: serde::Serialize>(value: &T) -> Vec<String> {
    serde_json::to_value(value).ok().and_then(|value| value.as_str().map(ToOwned::to_owned)).into_iter().collect()
}

const FIELDS: &[Field] = &[
    ("direction", "dir", |call| text(&call.direction)),
    ("outcome", "is", |call| text(&call.outcome)),
    ("extensions", "ext", |call| call.extensions.clone()),
    ("queue", "queue", |call| call.queue.clone().into_iter().collect()),
    ("projects", "project", |call| call.projects.clone()),
    ("tags", "tag", |call| call.tags.clone()),
];

#[tokio::test]
async fn values_of_facets_find_the_calls_that_have_them_alone_together_and_excluded() {
    let test = make_test_host().await;
    let client = test.client();
    let all = client.calls(&CallsQuery { limit: Some(500), ..CallsQuery::default() }).await.expect("calls").items;
    for call in all.iter().step_by(7) {
        client.add_tag(&call.id, "reklamácia, \"dva\" (x)").await.expect("tag");
    }
    for call in all.iter().step_by(5) {
        client.add_tag(&call.id, "-7d").await.expect("tag");
    }
    let all = client.calls(&CallsQuery { limit: Some(500), ..CallsQuery::default() }).await.expect("calls").items;
    let count = async |q: &str| client.count(&CallsQuery::new(q)).await.unwrap_or_else(|error| panic!("{q}: {error}")).count;
    let mut tried = 0;
    for base in ["", "talk:>40s", "talk:>1m OR dir:in", "-ext:101"] {
        let matching: Vec<&CallBody> = {
            let found = client.calls(&CallsQuery { limit: Some(500), ..CallsQuery::new(base) }).await.expect("calls");
            all.iter().filter(|call| found.items.iter().any(|other| other.id == call.id)).collect()
        };
        let by = FIELDS.iter().map(|(name, ..)| *name).collect::<Vec<_>>().join(",");
        let facets = client.facets(&CallsQuery { by, ..CallsQuery::new(base) }).await.expect("facets");
        for (name, field, values_of) in FIELDS {
            let family = Family { field, among: &[] };
            let counted = &facets[*name];
            let naive = |wanted: &[&str]| {
                let has = |call: &&&CallBody| values_of(call).iter().any(|value| wanted.contains(&value.as_str()));
                matching.iter().filter(has).count() as u64
            };
            let mut before: Option<&str> = None;
            for value in counted.iter().filter_map(|count| count.value.as_deref()) {
                tried += 1;
                let alone = edit::toggle_value(base, family, &quote(value)).expect("a query");
                let listed = counted.iter().find(|count| count.value.as_deref() == Some(value)).map(|count| count.count);
                assert_eq!((count(&alone).await, listed), (naive(&[value]), Some(naive(&[value]))), "{alone}");
                let out = edit::exclude_value(base, family, &quote(value)).expect("a query");
                assert_eq!(count(&out).await, matching.len() as u64 - naive(&[value]), "{out}");
                if let Some(other) = before {
                    let both = edit::toggle_value(&alone, family, &quote(other)).expect("a query");
                    assert_eq!(count(&both).await, naive(&[value, other]), "{both}");
                    let back = edit::toggle_value(&both, family, &quote(value)).expect("a query");
                    assert_eq!(count(&back).await, naive(&[other]), "{back}");
                }
                before = Some(value);
            }
        }
    }
    assert!(tried > 40, "only {tried} values");
}
