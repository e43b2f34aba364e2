//! `user role project token session` in every format, and what they refuse.

use super::bench::Bench;

#[test]
fn lists_have_the_same_columns_in_every_format() {
    let bench = Bench::imported();
    bench.say("user add anna --role supervisor@project:sales --login anna").done();
    bench.say("token add --name crm --scope see,listen --project sales --expires 90d --quiet").done();
    for (line, header, rows) in [
        ("user list", "name,full_name,grants,agent,extensions,login,locked,last_seen", 1),
        ("role list", "name,permissions,remark,built_in", 6),
        ("project list", "name,remark", 1),
        ("group list", "name,remark", 1),
        ("token list", "id,name,user,scope,projects,expires,last_used,revoked", 1),
        ("session list", "id,user,address,created,last_seen,until,current", 0),
        ("share list", "id,title,who,state,expires,plays_left,played,passphrase", 0),
    ] {
        let out = |format: &str| bench.say(&format!("{line} --format {format}")).done().out;
        let csv = out("csv");
        assert_eq!((csv.lines().next(), csv.lines().count()), (Some(header), rows + 1), "{line}: {csv}");
        let table = out("table");
        let heading: Vec<&str> = table.lines().next().unwrap().split_whitespace().collect();
        assert_eq!((heading.join(","), table.lines().count()), (header.to_owned(), rows + 1), "{line}: {table}");
        let json: Vec<serde_json::Value> = serde_json::from_str(&out("json")).unwrap();
        assert_eq!((json.len(), out("ndjson").lines().count()), (rows, rows), "{line}");
        for column in header.split(',') {
            assert!(json.iter().all(|one| one.get(column).is_some()), "{line} has no {column}: {json:?}");
        }
    }
    let me = bench.say("whoami --format json").done().json();
    assert_eq!((&me["signed_in"], &me["sees"], &me["until"]), (&"file".into(), &serde_json::json!(["*"]), &().into()));
    let table = bench.say("whoami --format table").done().out;
    assert!(table.contains("until        never ends") && table.contains("sees         *"), "{table}");
}

#[test]
fn what_is_wrong_is_told_with_the_right_status() {
    let bench = Bench::imported();
    bench.say("user add anna --role supervisor@project:sales --login anna").done();
    for (line, status, wanted) in [
        ("user add anna", 1, "there is a user anna already"),
        ("user add ben --role supervisr", 4, "there are owner, administrator"),
        ("user add ben --role supervisor@sales", 2, "project:NAME"),
        ("user show ana", 4, "did you mean \"anna\"?"),
        ("user set nobody --agent x", 4, "callreel user list"),
        ("user lock anna nobody", 5, "nobody: no user"),
        ("user remove nobody", 4, "no user nobody"),
        ("role add auditor", 1, "callreel role set"),
        ("role set auditor --permissions see,lisen", 2, "did you mean \"listen\"?"),
        ("role show auditr", 4, "did you mean \"auditor\"?"),
        ("role remove none", 4, "no role none"),
        ("project show sale", 4, "did you mean \"sales\"?"),
        ("project remove sales", 1, "sales"),
        ("token add --name x --scope see --expires 5", 2, "90d, 2w, 12h, 30m or 45s"),
        ("token add --name x --scope see --project none", 4, "no project \"none\""),
        ("token show t-none", 4, "callreel token list"),
        ("token revoke t-none", 4, "no token t-none"),
        ("session remove s-none", 4, "s-none"),
        ("collection show none", 4, "callreel collection list"),
        ("view show none", 4, "callreel view list"),
    ] {
        let said = bench.say(line).ended(status);
        assert!(said.words.contains(wanted) && said.out.is_empty(), "{line}: {}", said.words);
    }
}
