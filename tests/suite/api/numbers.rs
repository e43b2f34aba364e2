//! Everything of one number, against the calls themselves.

use std::collections::{BTreeMap, BTreeSet};

use callreel::{
    client::{CallsQuery, Client},
    domain::{
        actor::{Permission, Scope},
        call::Outcome,
        directory::Customer,
    },
    wire::{CallBody, NoteDraft},
};

use super::{actor, api_of, audited_since, get};
use crate::common::host::{make_test_host, source_id};

async fn all(client: &Client) -> Vec<CallBody> {
    client.calls(&CallsQuery { limit: Some(500), ..CallsQuery::default() }).await.expect("calls").items
}

fn has(call: &CallBody, numbers: &[&str]) -> bool {
    [&call.from, &call.to, &call.reached].into_iter().flatten().any(|number| numbers.contains(&number.as_str()))
}

#[tokio::test]
async fn a_number_tells_everything_of_its_calls() {
    let test = make_test_host().await;
    let client = test.client();
    for (index, tag) in [(1, "refund"), (21, "refund"), (21, "vip"), (2, "other")] {
        client.add_tag(&source_id(index), tag).await.expect("tag");
    }
    client.set_case(&source_id(21), Some("C-17")).await.expect("case");
    for (index, text) in [(1, "first"), (21, "second"), (2, "elsewhere"), (1, "third")] {
        client.add_note(&source_id(index), &NoteDraft { text: text.to_owned(), at: None }).await.expect("note");
    }
    let calls = all(&client).await;
    for form in ["+48221234001", "0048221234001", "0221234001", "221234001", "+48 (22) 123-40-01"] {
        let page = client.number(form).await.expect("a page");
        assert_eq!(page.number, "+48221234001", "{form}");
        let mine: Vec<&CallBody> = calls.iter().filter(|call| has(call, &["+48221234001"])).collect();
        assert!(mine.len() > 2);
        assert_eq!(page.totals.calls, mine.len() as u64);
        assert_eq!(page.totals.answered, mine.iter().filter(|call| call.outcome == Outcome::Answered).count() as u64);
        assert_eq!(page.last, mine.iter().map(|call| call.start).max());
        assert_eq!(page.first, mine.iter().map(|call| call.start).min());
        let mut agents: BTreeMap<Option<String>, (u64, i64)> = BTreeMap::new();
        for call in mine.iter().filter(|call| call.outcome == Outcome::Answered) {
            let sums = agents.entry(call.agent.clone()).or_default();
            *sums = (sums.0 + 1, sums.1 + call.talk_s.map_or(0, |talk| talk.0));
        }
        let told: BTreeMap<_, _> =
            page.agents.iter().map(|one| (one.value.clone(), (one.totals.calls, one.totals.talk_s.0))).collect();
        assert_eq!(told, agents);
        assert!(page.agents.is_sorted_by(|one, other| one.totals.calls >= other.totals.calls));
        let used = |list: &[callreel::wire::Used]| list.iter().map(|one| (one.name.clone(), one.calls)).collect::<Vec<_>>();
        assert_eq!(used(&page.tags), [("refund".to_owned(), 2), ("vip".to_owned(), 1)]);
        assert_eq!(used(&page.cases), [("C-17".to_owned(), 1)]);
        let notes: Vec<&str> = page.notes.iter().map(|note| note.note.text.as_str()).collect();
        assert_eq!(notes, ["third", "second", "first"]);
        let noted = client.call(&page.notes[1].call).await.expect("its call");
        assert_eq!((noted.call.start, noted.notes.len()), (page.notes[1].start, 1));
        let found = client.calls(&CallsQuery { limit: Some(500), ..CallsQuery::new(&page.query) }).await.expect("calls").items;
        let ids = |calls: &[CallBody]| calls.iter().map(|call| call.id.clone()).collect::<BTreeSet<_>>();
        assert_eq!(ids(&found), mine.iter().map(|call| call.id.clone()).collect(), "{}", page.query);
    }
    let desk = client.number("106").await.expect("an extension");
    assert_eq!(desk.totals.calls, calls.iter().filter(|call| has(call, &["106"])).count() as u64);
    assert_eq!((desk.query.as_str(), desk.customer), ("num:=106", None));
    for nobody in ["+48999999999", "10", "22123400"] {
        let why = client.number(nobody).await.expect_err("nobody");
        assert_eq!(why.exit_status(), 4, "{nobody}: a part of a number is no number");
    }
    assert_eq!(client.number("%20").await.expect_err("nothing").exit_status(), 4);
}

#[tokio::test]
async fn a_customer_has_the_calls_of_all_their_numbers() {
    let test = make_test_host().await;
    let client = test.client();
    let numbers = ["+48221234002", "+48221234004", "+48600100200"].map(str::to_owned).to_vec();
    let customer = Customer { name: "Nowak & Syn".to_owned(), numbers: numbers.clone(), ..Customer::default() };
    let customer = client.put_customer(&customer).await.expect("customer");
    let page = client.number("22 123 40 04").await.expect("a page");
    assert_eq!(page.customer.map(|customer| customer.id), Some(customer.id));
    assert_eq!(page.numbers, ["+48221234004", "+48221234002", "+48600100200"], "the one asked for first");
    let calls = all(&client).await;
    let expected = calls.iter().filter(|call| has(call, &["+48221234002", "+48221234004"])).count() as u64;
    assert_eq!(page.totals.calls, expected);
    assert_eq!(client.count(&CallsQuery::new(&page.query)).await.expect("count").count, expected);
    // Nobody has talked with the third number; its customer is known all the same.
    assert_eq!(client.number("600100200").await.expect("a page").totals.calls, expected);
    client
        .put_customer(&Customer {
            name: "Nobody yet".to_owned(),
            numbers: vec!["+48600999999".to_owned()],
            ..Customer::default()
        })
        .await
        .expect("customer");
    let names = |found: Vec<Customer>| found.into_iter().map(|customer| customer.name).collect::<Vec<_>>();
    assert_eq!(names(client.customers_like("NO", 10).await.expect("customers")), ["Nobody yet", "Nowak & Syn"]);
    assert_eq!(
        names(client.customers_like("sohn", 10).await.expect("customers")).first().map(String::as_str),
        Some("Müller & Söhne")
    );
    assert_eq!(client.customers_like("o", 1).await.expect("customers").len(), 1);
    assert!(client.customers_like("nobody here", 10).await.expect("customers").is_empty());
    let page = client.number("+48600999999").await.expect("a page");
    assert_eq!((page.totals.calls, page.first, page.agents.len()), (0, None, 0));
}

#[tokio::test]
async fn only_ones_own_calls_are_told_and_only_to_those_who_may_see_numbers() {
    let test = make_test_host().await;
    let api = api_of(&test, actor("masha", &[Permission::See], Scope::Company));
    let known = super::audit(&test).await.len();
    get(&api, "/numbers/%2B48221234001").await.problem(403, "not-allowed");
    assert_eq!(audited_since(&test, known).await, [("number.read".to_owned(), "refused".to_owned())]);
    let sales = api_of(&test, actor("sam", Permission::ALL, Scope::Projects(vec!["sales".to_owned()])));
    let calls = all(&test.client()).await;
    let mine = |number: &str| {
        calls.iter().filter(|call| has(call, &[number]) && call.projects.iter().any(|name| name == "sales")).count() as u64
    };
    for number in ["+48221234001", "101"] {
        assert_eq!(
            get(&sales, &format!("/numbers/{}", number.replace('+', "%2B"))).await.json()["totals"]["calls"],
            mine(number)
        );
    }
    // Calls from 104 belong to support; 106 is reached from everywhere.
    get(&sales, "/numbers/104").await.problem(404, "not-found");
}
