mod grants;

use jiff::SignedDuration;

use super::secret::Kind;
use crate::{
    domain::{
        access::{Credentials, Grant, NewSession, Role, Token, TokenDraft, UserDraft},
        actor::{Actor, Origin, Permission as P, Scope},
        audit::AuditEntry,
        directory::{Company, Named},
    },
    service::{Service, ServiceError, record},
    store::{OpenOptions, Store},
};

const PASSWORD: &str = "correct horse battery";

struct Test {
    service: Service,
    owner: Actor,
    _folder: tempfile::TempDir,
}

impl Test {
    async fn new() -> Self {
        let folder = tempfile::tempdir().expect("folder");
        let options = OpenOptions {
            path: folder.path().join("a.db"),
            create: Some(Company { zone: "Europe/Warsaw".to_owned(), ..Company::default() }),
            read_only: false,
            readers: 2,
            bulk: false,
            keeps_columns: false,
        };
        let store = Store::open(options).await.expect("store");
        let owner = Actor::local_owner("root", Origin { via: "socket".to_owned(), ..Origin::default() });
        for name in ["sales", "support"] {
            let project = Named { name: name.to_owned(), remark: None };
            store.put_project(project, record(&owner, "project.set")).await.expect("project");
        }
        Self { service: Service::new(store, None, "test".to_owned(), None), owner, _folder: folder }
    }

    async fn user(&self, name: &str, grants: &[&str]) {
        let draft = UserDraft { grants: self::grants(grants), ..UserDraft::default() };
        self.service.put_user(&self.owner, name, draft, Some(0)).await.expect("user");
    }

    /// With a password too.
    async fn person(&self, name: &str, grants: &[&str]) -> Actor {
        self.user(name, grants).await;
        self.service.set_password(&self.owner, name, Some(PASSWORD.to_owned()), None).await.expect("password");
        let session = self.sign_in(name, PASSWORD, "10.0.0.1").await.expect("session");
        self.actor(&session.token).await.expect("actor")
    }

    async fn sign_in(&self, name: &str, password: &str, address: &str) -> Result<NewSession, ServiceError> {
        let credentials = Credentials { user: name.to_owned(), password: password.to_owned() };
        self.service.sign_in(credentials, origin(address)).await
    }

    async fn actor(&self, token: &str) -> Result<Actor, ServiceError> {
        self.service.actor_of_token(token, origin("10.0.0.1")).await
    }

    fn pass(&self, time: SignedDuration) {
        self.service.inner.door.pass(time);
    }

    async fn audit(&self, did: &str) -> Vec<AuditEntry> {
        let all = self.service.store().audit(None, 10_000).await.expect("audit");
        all.into_iter().filter(|entry| entry.did == did).collect()
    }
}

fn origin(address: &str) -> Origin {
    Origin { via: "http".to_owned(), address: Some(address.to_owned()), ..Origin::default() }
}

fn grants(texts: &[&str]) -> Vec<Grant> {
    texts.iter().map(|text| text.parse().expect("grant")).collect()
}

fn refused<T>(result: Result<T, ServiceError>) -> bool {
    matches!(result, Err(ServiceError::NotAllowed { .. } | ServiceError::Forbidden(_)))
}

fn not_signed_in<T>(result: &Result<T, ServiceError>) -> bool {
    matches!(result, Err(ServiceError::NotSignedIn(_)))
}

#[tokio::test]
async fn a_password_begins_a_session_that_carries_the_rights_of_its_user() {
    let test = Test::new().await;
    let anna = test.person("anna", &["supervisor@project:sales"]).await;
    assert_eq!((anna.name.as_str(), anna.role.as_str()), ("anna", "supervisor"));
    assert_eq!(anna.scope(P::Listen), Scope::Projects(vec!["sales".to_owned()]));
    assert_eq!(anna.scope(P::Users), Scope::NOTHING);
    let session = anna.origin.session.clone().expect("a session");
    assert!(Kind::Session.is_of(&session));
    let begun = test.audit("session.begin").await;
    assert_eq!((begun.len(), begun[0].who.as_str(), begun[0].session.as_ref()), (1, "anna", Some(&session)));
    for (name, password) in [("anna", "wrong password"), ("nobody", PASSWORD), ("", PASSWORD)] {
        let Err(ServiceError::NotSignedIn(text)) = test.sign_in(name, password, "10.0.0.2").await else { panic!("{name}") };
        assert_eq!(text, "this name and password do not sign in here");
    }
    for token in ["", "crs_session_x", "nonsense", &"x".repeat(10_000)] {
        assert!(not_signed_in(&test.actor(token).await), "{token}");
    }
}

#[tokio::test]
async fn sessions_end_when_idle_after_half_a_day_and_at_once_when_ended() {
    let test = Test::new().await;
    test.person("anna", &["agent"]).await;
    let session = test.sign_in("anna", PASSWORD, "10.0.0.1").await.expect("session");
    for _ in 0..30 {
        test.pass(SignedDuration::from_mins(23));
        test.actor(&session.token).await.expect("in use");
    }
    test.pass(SignedDuration::from_mins(29));
    test.actor(&session.token).await.expect("eleven and a half hours and 29 idle minutes");
    test.pass(SignedDuration::from_mins(2));
    assert!(not_signed_in(&test.actor(&session.token).await), "twelve hours are over");

    let session = test.sign_in("anna", PASSWORD, "10.0.0.1").await.expect("session");
    test.pass(SignedDuration::from_mins(30));
    assert!(not_signed_in(&test.actor(&session.token).await), "idle");

    let session = test.sign_in("anna", PASSWORD, "10.0.0.1").await.expect("session");
    let anna = test.actor(&session.token).await.expect("actor");
    let listed = test.service.sessions(&anna).await.expect("sessions");
    assert_eq!(listed.iter().filter(|session| session.current).count(), 1);
    assert_eq!(listed.len(), 1, "those that ended are not listed");
    test.service.end_session(&anna, "current").await.expect("end");
    assert!(not_signed_in(&test.actor(&session.token).await));
}

#[tokio::test]
async fn locking_removing_and_new_passwords_end_sessions_and_tokens_at_once() {
    let test = Test::new().await;
    let draft = |locked| UserDraft { grants: grants(&["supervisor"]), locked, ..UserDraft::default() };
    for (act, name) in [("lock", "anna"), ("remove", "berta"), ("password", "carla")] {
        let anna = test.person(name, &["supervisor"]).await;
        let session = test.sign_in(name, PASSWORD, "10.0.0.1").await.expect("session");
        let wanted = TokenDraft { name: "script".to_owned(), scope: vec![P::See], ..TokenDraft::default() };
        let token = test.service.make_token(&anna, wanted).await.expect("token");
        test.actor(&token.token).await.expect("a token");
        match act {
            "lock" => drop(test.service.put_user(&test.owner, name, draft(true), None).await.expect("lock")),
            "remove" => test.service.remove_user(&test.owner, name).await.expect("remove"),
            _ => {
                let new = Some("another horse battery".to_owned());
                test.service.set_password(&test.owner, name, new, None).await.expect("password");
            }
        }
        assert!(not_signed_in(&test.actor(&session.token).await), "{act}");
        assert_eq!(not_signed_in(&test.actor(&token.token).await), act != "password", "{act}");
        assert!(not_signed_in(&test.sign_in(name, PASSWORD, "10.0.0.1").await), "{act}");
        if act == "lock" {
            test.service.put_user(&test.owner, name, draft(false), None).await.expect("unlock");
            assert!(not_signed_in(&test.actor(&token.token).await), "a token that was ended stays so");
        }
    }
}

#[tokio::test]
async fn a_thousand_wrong_passwords_are_few_hashes_and_hold_up_nobody_else() {
    let test = Test::new().await;
    test.person("anna", &["agent"]).await;
    let door = &test.service.inner.door;
    let before = door.hashes();
    let mut answers = [0; 2];
    for number in 0..1_000 {
        let name = if number % 2 == 0 { "anna" } else { "nobody" };
        match test.sign_in(name, "wrong password", "10.6.6.6").await {
            Err(ServiceError::NotSignedIn(_)) => answers[0] += 1,
            Err(ServiceError::TooMany { retry_after_s, .. }) if retry_after_s > 0 => answers[1] += 1,
            other => panic!("{:?}", other.err()),
        }
    }
    assert_eq!(answers[0] + answers[1], 1_000);
    assert!(door.hashes() - before <= 20, "{} hashes", door.hashes() - before);
    let before = door.hashes();
    test.sign_in("anna", PASSWORD, "10.0.0.7").await.expect("the right one from elsewhere");
    assert_eq!(door.hashes() - before, 1);
    let rows = test.audit("session.begin").await.into_iter().filter(|entry| entry.outcome == "refused").count();
    assert!((1..=4).contains(&rows), "{rows} rows");
    test.pass(SignedDuration::from_mins(6));
    test.sign_in("anna", PASSWORD, "10.6.6.6").await.expect("nobody is locked out for good");
}

#[tokio::test]
async fn unknown_and_locked_accounts_cost_one_hash_like_others() {
    let test = Test::new().await;
    test.person("anna", &["agent"]).await;
    test.user("without", &["agent"]).await;
    let door = &test.service.inner.door;
    for (number, name) in ["anna", "nobody", "without", "", "a:b"].into_iter().enumerate() {
        let before = door.hashes();
        assert!(not_signed_in(&test.sign_in(name, "wrong password", &format!("10.7.7.{number}")).await));
        assert_eq!(door.hashes() - before, 1, "{name}");
    }
}

#[tokio::test]
async fn a_token_may_what_its_owner_still_may() {
    let test = Test::new().await;
    let anna = test.person("anna", &["supervisor@project:sales", "reviewer@project:support"]).await;
    let draft = TokenDraft {
        name: "script".to_owned(),
        scope: vec![P::See, P::Listen],
        projects: vec!["sales".to_owned()],
        ..TokenDraft::default()
    };
    let made = test.service.make_token(&anna, draft.clone()).await.expect("token");
    assert!(made.token.starts_with("crs_token_") && !format!("{made:?}").contains(&made.token));
    let token = test.actor(&made.token).await.expect("actor");
    assert_eq!(token.permissions(), [P::See, P::Listen]);
    let sales = Scope::Projects(vec!["sales".to_owned()]);
    assert!(sales.covers(&token.scope(P::Listen)) && !token.scope(P::Listen).is_company());
    assert_eq!((token.name.as_str(), token.origin.session.as_deref()), ("anna", Some(made.facts.id.as_str())));

    let less = UserDraft { grants: grants(&["agent@project:sales"]), ..UserDraft::default() };
    test.service.put_user(&test.owner, "anna", less, None).await.expect("less");
    let token = test.actor(&made.token).await.expect("actor");
    assert_eq!(token.permissions(), [P::See], "what its owner lost it lost too");

    let anna = test.actor(&test.sign_in("anna", PASSWORD, "10.0.0.1").await.expect("session").token).await.expect("anna");
    assert!(refused(test.service.make_token(&anna, draft).await), "not more than oneself has");
    test.service.revoke_token(&anna, &made.facts.id).await.expect("revoke");
    assert!(not_signed_in(&test.actor(&made.token).await));
    assert!(not_signed_in(&test.actor(&made.token).await));
    let refusals = test.audit("session.begin").await.into_iter().filter(|entry| entry.outcome == "refused");
    assert_eq!(refusals.count(), 1, "refusals are summed");
}

#[tokio::test]
async fn tokens_expire_and_make_no_wider_ones() {
    let test = Test::new().await;
    let of_owner = TokenDraft { name: "backup".to_owned(), scope: vec![P::See, P::Backup], ..TokenDraft::default() };
    let made = test.service.make_token(&test.owner, of_owner.clone()).await.expect("token");
    let days = made.facts.expires.duration_since(made.facts.created).as_hours() / 24;
    assert_eq!(days, 90);
    let actor = test.actor(&made.token).await.expect("actor");
    assert_eq!((actor.name.as_str(), actor.permissions()), ("token:backup", vec![P::See, P::Backup]));
    assert!(refused(test.service.make_token(&actor, of_owner).await));
    test.pass(SignedDuration::from_hours(90 * 24));
    assert!(not_signed_in(&test.actor(&made.token).await));

    let anna = test.person("anna", &["supervisor"]).await;
    let narrow = TokenDraft {
        name: "narrow".to_owned(),
        scope: vec![P::See],
        projects: vec!["sales".to_owned()],
        ..TokenDraft::default()
    };
    let made = test.service.make_token(&anna, narrow.clone()).await.expect("token");
    let token = test.actor(&made.token).await.expect("actor");
    let wide = TokenDraft { projects: Vec::new(), ..narrow.clone() };
    assert!(refused(test.service.make_token(&token, wide).await), "a token makes none that reaches further");
    assert!(refused(test.service.make_token(&token, TokenDraft { scope: vec![P::Listen], ..narrow }).await));
    assert!(refused(test.service.set_password(&token, "anna", Some("a new password".to_owned()), None).await));
}

#[tokio::test]
async fn the_last_use_of_a_token_is_noted_once_a_minute() {
    let test = Test::new().await;
    let draft = TokenDraft { name: "t".to_owned(), scope: vec![P::See], ..TokenDraft::default() };
    let made = test.service.make_token(&test.owner, draft).await.expect("token");
    let watched = || async {
        let tokens: Vec<Token> = test.service.tokens(&test.owner).await.expect("tokens");
        tokens[0].last_used
    };
    let revision = test.service.store().revision().await.expect("revision");
    test.actor(&made.token).await.expect("actor");
    while watched().await.is_none() {
        tokio::task::yield_now().await;
    }
    let first = watched().await;
    for _ in 0..5 {
        test.actor(&made.token).await.expect("actor");
    }
    assert_eq!(watched().await, first);
    test.pass(SignedDuration::from_secs(61));
    test.actor(&made.token).await.expect("actor");
    while watched().await == first {
        tokio::task::yield_now().await;
    }
    assert_eq!(test.service.store().revision().await.expect("revision"), revision, "it is no news to anybody");
}

#[tokio::test]
async fn changes_of_people_need_a_password_shown_lately() {
    let test = Test::new().await;
    let boss = test.person("boss", &["owner"]).await;
    let draft = || UserDraft { grants: grants(&["agent"]), ..UserDraft::default() };
    test.service.put_user(&boss, "one", draft(), None).await.expect("just signed in");
    test.pass(SignedDuration::from_mins(11));
    for result in [
        test.service.put_user(&boss, "two", draft(), None).await.map(drop),
        test.service.remove_user(&boss, "one").await,
        test.service.set_password(&boss, "one", None, None).await,
        test.service.put_role(&boss, Role { name: "x".to_owned(), remark: None, permissions: vec![], built_in: false }).await,
        test.service
            .make_token(&boss, TokenDraft { name: "t".to_owned(), scope: vec![P::See], ..TokenDraft::default() })
            .await
            .map(drop),
    ] {
        assert!(matches!(result, Err(ServiceError::SignInAgain(_))), "{result:?}");
    }
    assert!(matches!(test.service.remove_user(&boss, "one").await, Err(ServiceError::SignInAgain(_))));
    let why = Some("a fresh password is asked for");
    for did in ["user.set", "user.remove", "user.password", "role.set", "token.add"] {
        let rows: Vec<_> = test.audit(did).await.into_iter().filter(|entry| entry.outcome == "refused").collect();
        assert_eq!((rows.len(), rows[0].who.as_str(), rows[0].detail.as_deref()), (1, "boss", why), "{did}");
    }
    test.service.put_user(&test.owner, "two", draft(), None).await.expect("people at the machine are there");
}

#[tokio::test]
async fn people_at_the_machine_come_in_by_their_login() {
    let test = Test::new().await;
    let draft = UserDraft { login: Some("anowak".to_owned()), grants: grants(&["auditor"]), ..UserDraft::default() };
    test.service.put_user(&test.owner, "anna", draft, None).await.expect("user");
    let socket = || Origin { via: "socket".to_owned(), uid: Some(1_000), ..Origin::default() };
    let owner = test.service.actor_of_login("root", true, socket()).await.expect("owner");
    assert_eq!((owner.name.as_str(), owner.permissions().len()), ("local:root", P::ALL.len()));
    for _ in 0..3 {
        let anna = test.service.actor_of_login("anowak", false, socket()).await.expect("anna");
        assert_eq!((anna.name.as_str(), anna.role.as_str()), ("anna", "auditor"));
        assert!(not_signed_in(&test.service.actor_of_login("anna", false, socket()).await), "the name is no login");
    }
    let begun: Vec<_> = test.audit("session.begin").await.into_iter().map(|entry| (entry.who, entry.outcome)).collect();
    let row = |who: &str, outcome: &str| (who.to_owned(), outcome.to_owned());
    assert_eq!(begun, [row("local:root", "done"), row("anna", "done"), row("login:anna", "refused")]);
    test.service.write_refusals(true).await.expect("written");
    let all = test.audit("session.begin").await;
    let last = &all[3];
    assert_eq!((all.len(), last.who.as_str(), last.outcome.as_str()), (4, "login:anna", "refused"), "sign-ins are no refusals");
    assert_eq!(last.detail.as_deref(), Some("2 more refused attempts: no account for this login"));
}

#[tokio::test]
async fn refusals_that_are_summed_are_written_in_time_and_at_the_end() {
    let test = Test::new().await;
    test.person("anna", &["agent"]).await;
    let refusals = async || {
        let refused = test.audit("session.begin").await.into_iter().filter(|entry| entry.outcome == "refused");
        let told = refused.map(|entry| {
            assert_eq!((entry.address.as_deref(), entry.foreign), (Some("10.6.6.6"), None));
            (entry.who, entry.detail.unwrap_or_default())
        });
        let mut told: Vec<_> = told.collect();
        told.sort();
        told
    };
    let row = |who: &str, detail: &str| (who.to_owned(), detail.to_owned());
    let (anna, unknown) = (row("anna", "wrong name or password"), row("unknown", "wrong name or password"));
    for name in ["anna", "anna", "anna", "my password", "my password"] {
        assert!(not_signed_in(&test.sign_in(name, "wrong password", "10.6.6.6").await));
    }
    test.service.write_refusals(false).await.expect("nothing to write");
    assert_eq!(refusals().await, [anna.clone(), unknown.clone()]);

    test.pass(SignedDuration::from_mins(6));
    test.service.write_refusals(false).await.expect("written");
    let more_of_anna = row("anna", "2 more refused attempts: wrong name or password");
    let more_of_unknown = row("unknown", "1 more refused attempts: wrong name or password");
    assert_eq!(refusals().await, [more_of_anna, anna, more_of_unknown, unknown]);

    // The account waits after the fifth wrong one; what comes too soon is a refusal of the same account.
    let before = refusals().await.len();
    for _ in 0..8 {
        assert!(test.sign_in("anna", "wrong password", "10.6.6.6").await.is_err());
    }
    test.service.write_refusals(true).await.expect("written at the end");
    let after = refusals().await;
    assert_eq!(after.len(), before + 2);
    assert!(after.contains(&row("anna", "7 more refused attempts: wrong name or password")), "{after:?}");
    test.service.write_refusals(true).await.expect("nothing is left");
    assert_eq!(refusals().await.len(), before + 2, "none is told twice");
}
