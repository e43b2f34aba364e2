//! What must not come out by asking around it: numbers that one may not see, projects that one does not belong to.

use callreel::{
    domain::{
        actor::{Actor, Granted, Permission as P, Scope},
        call::{Number, TimelineKind},
        directory::{Customer, Extension},
        fold::FoldedCall,
    },
    server::LocalApi,
    store::ImportBatch,
};
use http::Method;
use serde_json::{Value, json};

use super::{actor, api_of, ask, audit, get};
use crate::common::host::{TestHost, call, make_test_host, source_id};

/// A number of the test's calls, in every form that somebody may know it by.
const FORMS: &[&str] = &["+48221234003", "0048221234003", "221234003", "%2B48+22+123+40+03", "1234003", "^48221234003"];

fn projects(names: &[&str]) -> Scope {
    Scope::Projects(names.iter().map(|name| (*name).to_owned()).collect())
}

/// Every question that would find a number or the name behind it.
fn questions() -> Vec<String> {
    let mut all = Vec::new();
    let mut queries: Vec<String> = Vec::new();
    for form in FORMS {
        queries.extend([(*form).to_owned(), format!("num:{form}"), format!("from:{form}"), format!("to:{form}")]);
    }
    for query in ["name:muller", "muller", "from:muller", "-num:1234003", "dir:in+(num:1234003|talk:>9h)", "NOT+from:1234003"] {
        queries.push(query.to_owned());
    }
    for query in &queries {
        let query = query.replace("+48", "%2B48").replace('^', "%5E").replace('|', "%7C").replace('>', "%3E");
        for path in ["/calls?q=", "/calls/count?q=", "/calls/totals?q=", "/calls/summary?q="] {
            all.push(format!("{path}{query}"));
        }
        all.push(format!("/calls/facets?by=outcome&q={query}"));
        all.push(format!("/calls/breakdown?by=outcome&q={query}"));
    }
    for field in ["from", "to", "reached", "customer", "name"] {
        all.push(format!("/calls/facets?by={field}"));
        all.push(format!("/calls/facets?by=outcome,{field}"));
        all.push(format!("/calls/summary?by={field}"));
    }
    all.push("/calls/breakdown?by=customer".to_owned());
    for field in ["from", "to", "reached", "customer"] {
        for sign in ["", "-"] {
            all.push(format!("/calls?sort={sign}{field}"));
            all.push(format!("/calls?q=sort:{sign}{field}"));
        }
    }
    for form in FORMS {
        all.push(format!("/numbers/{}", form.replace('^', "%5E").replace('+', "%2B")));
    }
    all
}

#[tokio::test]
async fn a_number_that_one_may_not_see_is_found_by_no_question() {
    let test = make_test_host().await;
    let owner = test.host.local_api();
    let all: Vec<P> = P::ALL.iter().copied().filter(|right| *right != P::RevealNumber).collect();
    let blind = api_of(&test, actor("blind", &all, Scope::Company));
    // Sees numbers of one of the two projects whose calls they see: asking would tell of the other.
    let mut half = actor("half", &[P::See, P::Listen], projects(&["sales", "support"]));
    half.grants.push(Granted { permissions: vec![P::See, P::RevealNumber], scope: projects(&["sales"]) });
    let half = api_of(&test, half);
    for question in questions() {
        get(&blind, &question).await.problem(403, "not-allowed");
        if !question.starts_with("/numbers") {
            get(&half, &question).await.problem(403, "not-allowed");
        }
        let known = get(&owner, &question).await.status;
        assert!(known != 403, "{question}");
        let streamed = ask(&blind, Method::GET, &question, &[("accept", "text/csv")], "").await;
        assert_eq!(streamed.status, 403, "{question}");
    }
    let seen = get(&half, "/calls?limit=500").await.json();
    for call in seen["items"].as_array().expect("items") {
        let of_sales = call["projects"] == json!(["sales"]);
        assert_eq!(call.to_string().contains("+4822123"), of_sales && call.to_string().contains("4822"), "{call}");
    }
    // Views: no new ones, none inside a query, and those of others are not shown.
    let view = |query: &str| json!({"name": "v", "query": query, "shared": true}).to_string();
    let headers = [("content-type", "application/json"), ("if-match", "\"0\"")];
    for query in ["num:1234003", "name:muller", "is:answered sort:from"] {
        ask(&blind, Method::PUT, "/views/v", &headers, &view(query)).await.problem(403, "not-allowed");
    }
    assert_eq!(ask(&owner, Method::PUT, "/views/v", &headers, &view("num:1234003")).await.status, 200);
    get(&blind, "/calls/count?q=view:v").await.problem(403, "not-allowed");
    assert_eq!(get(&blind, "/views").await.json(), json!([]));
    // A cursor of somebody who may see them is of an order that is refused.
    let cursor = get(&owner, "/calls?sort=from&limit=3").await.json()["next"].as_str().expect("a cursor").to_owned();
    get(&blind, &format!("/calls?sort=from&after={cursor}")).await.problem(403, "not-allowed");
    get(&blind, &format!("/calls?after={cursor}")).await.problem(409, "conflict");
}

/// Those whose name the exchange does not know often have their number as one.
#[tokio::test]
async fn customers_are_not_found_by_a_number_either() {
    let test = make_test_host().await;
    let owner = test.host.local_api();
    for (name, number) in [("+48221234003", "+48221234003"), ("Kowalski 221234005", "+48221234005"), ("Nowak", "+48221234001")] {
        let customer = Customer { name: name.to_owned(), numbers: vec![number.to_owned()], ..Customer::default() };
        let body = serde_json::to_string(&customer).expect("json");
        assert_eq!(ask(&owner, Method::POST, "/customers", &[("content-type", "application/json")], &body).await.status, 200);
    }
    let blind = api_of(&test, actor("blind", &[P::See], Scope::Company));
    let sales = api_of(&test, actor("sal", &[P::See], projects(&["sales"])));
    for (api, is_whole) in [(&blind, true), (&sales, false)] {
        let listed = get(api, "/customers").await;
        assert!(!String::from_utf8_lossy(&listed.body).contains("1234"), "{listed:?}");
        for (text, found) in [("1234003", 0), ("48221234", 0), ("221234005", 0), ("kowal", 1), ("+48", 1)] {
            let found_now = get(api, &format!("/customers?q={}", text.replace('+', "%2B"))).await.json();
            let found_now = found_now.as_array().expect("a list").len();
            // Of sales only those whom they met.
            assert!(if is_whole { found_now == found } else { found_now <= found }, "{text}: {found_now}");
        }
    }
    assert_eq!(get(&owner, "/customers?q=1234003").await.json().as_array().map(Vec::len), Some(1));
    let body = json!({"name": "me", "numbers": ["+48221234009"], "remark": null}).to_string();
    let clerk = api_of(&test, actor("clerk", &[P::See, P::Directory], Scope::Company));
    ask(&clerk, Method::POST, "/customers", &[("content-type", "application/json")], &body).await.problem(403, "not-allowed");
}

/// Anna of sales handed a call over to Marta of support; and one call that Anna alone had.
async fn transferred(test: &TestHost) -> (String, String) {
    let mut of_both = FoldedCall { source_ids: vec!["pbx-transferred".to_owned()], ..call(48) };
    of_both.extensions = vec!["101".to_owned(), "104".to_owned()];
    of_both.extension = Some("104".to_owned());
    let outside = Number { raw: "0600700800".to_owned(), canonical: "+48600700800".to_owned() };
    of_both.from = Some(outside);
    of_both.timeline[0].kind = TimelineKind::Transfer;
    of_both.timeline[0].party = Some("+48600700800".to_owned());
    test.host.store().import(ImportBatch::new(vec![of_both], Vec::new(), Vec::new())).await.expect("import");
    let owner = test.host.local_api();
    let id = async |source: &str| get(&owner, &format!("/calls/{source}")).await.json()["id"].as_str().expect("id").to_owned();
    (id("pbx-transferred").await, id(&source_id(0)).await)
}

async fn count(api: &LocalApi, q: &str) -> u64 {
    get(api, &format!("/calls/count?q={q}")).await.json()["count"].as_u64().expect("count")
}

/// Own calls are those that one took part in, whoever is shown: for seeing them, and for seeing their numbers.
#[tokio::test]
async fn a_call_that_was_handed_over_is_everybodys_who_took_part() {
    let test = make_test_host().await;
    let (both, _) = transferred(&test).await;
    let of = |name: &str, scope: Scope| {
        let mut actor: Actor = actor(name, &[P::See], scope.clone());
        actor.grants.push(Granted { permissions: vec![P::RevealNumber], scope });
        actor
    };
    let agent = |name: &str| Scope::Agents(vec![name.to_owned()]);
    for (name, scope, takes_part) in [
        ("anna", agent("Anna Nowak"), true),
        ("marta", agent("Marta Kr\u{f3}l"), true),
        ("peter", agent("Peter Kov\u{e1}\u{10d}"), false),
        ("101", Scope::Own(vec!["101".to_owned()]), true),
        ("104", Scope::Own(vec!["104".to_owned()]), true),
        ("105", Scope::Own(vec!["105".to_owned()]), false),
        ("sales", projects(&["sales"]), true),
        ("support", projects(&["support"]), true),
        ("nobody", Scope::NOTHING, false),
    ] {
        // Who sees all and may see numbers of their own calls only.
        let mut actor = of(name, scope.clone());
        actor.grants.push(Granted { permissions: vec![P::See], scope: Scope::Company });
        let wide = api_of(&test, actor);
        for shown in [
            get(&wide, &format!("/calls/{both}")).await.json().to_string(),
            get(&wide, &format!("/calls?q=id:{both}")).await.json()["items"][0].to_string(),
            String::from_utf8_lossy(
                &ask(&wide, Method::GET, &format!("/calls?q=id:{both}"), &[("accept", "application/x-ndjson")], "").await.body,
            )
            .into_owned(),
        ] {
            assert!(shown.contains("talk_s"), "{shown}");
            assert_eq!(shown.contains("600700800"), takes_part, "{name}: {shown}");
        }
        let narrow = api_of(&test, of(name, scope));
        let status = get(&narrow, &format!("/calls/{both}")).await.status;
        assert_eq!(status, if takes_part { 200 } else { 404 }, "{name}");
        assert_eq!(count(&narrow, &format!("id:{both}")).await, u64::from(takes_part), "{name}");
    }
}

#[tokio::test]
async fn projects_that_one_does_not_belong_to_are_not_named() {
    let test = make_test_host().await;
    let (both, _) = transferred(&test).await;
    let shared = Extension {
        number: "102".to_owned(),
        label: None,
        agent: None,
        group: None,
        projects: vec!["sales".to_owned(), "board".to_owned()],
        since: None,
    };
    let body = serde_json::to_string(&shared).expect("json");
    let owner = test.host.local_api();
    assert_eq!(ask(&owner, Method::PUT, "/extensions/102", &[("content-type", "application/json")], &body).await.status, 200);
    assert_eq!(get(&owner, &format!("/calls/{both}")).await.json()["projects"], json!(["sales", "support"]));
    let people = [
        ("sales", projects(&["sales"]), vec!["sales"]),
        ("both", projects(&["sales", "support"]), vec!["sales", "support"]),
        ("anna", Scope::Agents(vec!["Anna Nowak".to_owned()]), vec!["sales"]),
        ("101", Scope::Own(vec!["101".to_owned()]), vec!["sales"]),
        ("token", Scope::Company.and(projects(&["sales"])), vec!["sales"]),
    ];
    for (name, scope, theirs) in people {
        let api = api_of(&test, actor(name, P::ALL.get(..7).expect("rights of calls"), scope.clone()));
        let named = |what: &Value| {
            let text = what.to_string();
            ["sales", "support", "board"]
                .into_iter()
                .filter(|project| text.contains(&format!("\"{project}\"")))
                .collect::<Vec<_>>()
        };
        assert_eq!(named(&get(&api, &format!("/calls/{both}")).await.json()["projects"]), theirs, "{name}");
        for path in ["/projects", "/calls/facets?by=projects", "/calls/breakdown?by=projects", "/calls/facets?by=outcome,project"]
        {
            assert_eq!(named(&get(&api, path).await.json()), theirs, "{name} {path}");
        }
        let summary = get(&api, "/calls/summary").await.json();
        assert_eq!(named(&summary["facets"]["projects"]), theirs, "{name}: {}", summary["facets"]);
        let extensions = get(&api, "/extensions").await.json();
        for extension in extensions.as_array().expect("extensions") {
            assert!(named(&extension["projects"]).iter().all(|project| theirs.contains(project)), "{name}: {extension}");
        }
        let calls = get(&api, "/calls?limit=500").await.json();
        for call in calls["items"].as_array().expect("items") {
            assert!(named(&call["projects"]).iter().all(|project| theirs.contains(project)), "{name}: {call}");
        }
        let rows = ask(&api, Method::GET, "/calls?columns=projects", &[("accept", "text/csv")], "").await;
        assert!(!String::from_utf8_lossy(&rows.body).contains("board"), "{name}");
        for (project, finds) in [("board", false), ("b*", false), ("=board", false), ("sales", true), ("s*", true)] {
            assert_eq!(count(&api, &format!("project:{project}")).await > 0, finds, "{name} {project}");
            let rest = count(&api, &format!("-project:{project}")).await;
            assert_eq!(rest + count(&api, &format!("project:{project}")).await, count(&api, "").await, "{name} {project}");
        }
        // A project that there is not and one that is not theirs: the same words.
        let told = |name: &str| {
            let draft = json!({"name": "t", "scope": ["see"], "projects": [name]}).to_string();
            let api = api.clone();
            async move {
                let answer = ask(&api, Method::POST, "/tokens", &[("content-type", "application/json")], &draft).await;
                (answer.status, String::from_utf8_lossy(&answer.body).into_owned())
            }
        };
        let (hidden, unknown) = (told("board").await, told("nonexistent").await);
        assert_eq!(hidden.0, unknown.0);
        assert_eq!(hidden.1.replace("board", "X"), unknown.1.replace("nonexistent", "X"), "{name}");
    }
}

/// Rights that are the whole company's allow nothing where they are held over a project.
#[tokio::test]
async fn rights_of_the_company_over_a_project_are_none() {
    let test = make_test_host().await;
    let part = api_of(&test, actor("part", P::ALL, projects(&["sales", "support"])));
    let known = audit(&test).await.len();
    for path in ["/audit", "/audit/check", "/audit/checkpoints", "/backup", "/audit?q=who:tester"] {
        get(&part, path).await.problem(403, "not-allowed");
    }
    assert_eq!(audit(&test).await.len(), known + 5);
    for path in ["/users", "/tokens", "/sessions", "/shares", "/jobs"] {
        assert_eq!(get(&part, path).await.json(), json!([]), "{path}");
    }
}

/// A backup has everything in it: who lacks any of that makes none.
#[tokio::test]
async fn a_backup_takes_every_right_over_what_is_in_it() {
    let test = make_test_host().await;
    const NEEDED: [P; 6] = [P::Backup, P::See, P::RevealNumber, P::Listen, P::Download, P::Audit];
    let asked = async |name: &str, rights: &[P], scope: Scope, path: &str| {
        let api = api_of(&test, actor(name, rights, scope));
        let known = audit(&test).await.len();
        let answer = get(&api, path).await;
        let rows: Vec<_> = audit(&test).await.into_iter().skip(known).map(|entry| (entry.did, entry.outcome)).collect();
        let outcome = if answer.status == 200 { "done" } else { "refused" };
        assert_eq!(rows, [("backup.make".to_owned(), outcome.to_owned())], "{name} {path}: {answer:?}");
        answer.status.as_u16()
    };
    assert_eq!(asked("all", &NEEDED, Scope::Company, "/backup").await, 200);
    assert_eq!(asked("all", &NEEDED, Scope::Company, "/backup?keys=true").await, 403, "keys are the owner's");
    assert_eq!(asked("owner", P::ALL, Scope::Company, "/backup?keys=true").await, 200);
    for missing in NEEDED {
        let rest: Vec<P> = NEEDED.into_iter().filter(|right| *right != missing).collect();
        assert_eq!(asked(missing.word(), &rest, Scope::Company, "/backup").await, 403, "without {missing}");
        assert_eq!(asked(missing.word(), &rest, Scope::Company, "/backup?recordings=false").await, 403, "without {missing}");
    }
    for missing in P::ALL {
        let rest: Vec<P> = P::ALL.iter().copied().filter(|right| right != missing).collect();
        assert_eq!(asked(missing.word(), &rest, Scope::Company, "/backup?keys=true").await, 403, "without {missing}");
    }
    let of_project = |right: P| {
        let mut actor = actor("part", &NEEDED.into_iter().filter(|other| *other != right).collect::<Vec<_>>(), Scope::Company);
        actor.grants.push(Granted { permissions: vec![right], scope: projects(&["sales", "support"]) });
        actor
    };
    for right in NEEDED {
        let api = api_of(&test, of_project(right));
        get(&api, "/backup").await.problem(403, "not-allowed");
    }
}
