//! Grants and tokens played through with the service itself, as the rules are in `domain/access/tests.rs`.

use proptest::{
    prelude::*,
    test_runner::{Config, TestRunner},
};

use super::*;
use crate::domain::access::{BUILT_IN, Over, People};

#[tokio::test]
async fn grants_and_tokens_name_projects_and_roles_that_there_are() {
    let test = Test::new().await;
    let put = async |grant: &str| {
        let draft = UserDraft { grants: grants(&[grant]), ..UserDraft::default() };
        test.service.put_user(&test.owner, "anna", draft, None).await
    };
    put("supervisor@project:sales").await.expect("there is such a project");
    for wrong in ["supervisor@project:board", "supervisor@project:Sales", "captain@*"] {
        let Err(ServiceError::NotFound(why)) = put(wrong).await else { panic!("{wrong}") };
        assert!(why.contains("there is no"), "{why}");
    }
    let kept = test.service.user(&test.owner, "anna").await.expect("anna");
    assert_eq!(kept.grants, grants(&["supervisor@project:sales"]), "nothing of what was refused is kept");
    let draft =
        TokenDraft { name: "t".to_owned(), scope: vec![P::See], projects: vec!["board".to_owned()], ..TokenDraft::default() };
    assert!(matches!(test.service.make_token(&test.owner, draft).await, Err(ServiceError::NotFound(_))));
    test.service.store().remove_project("sales".to_owned(), record(&test.owner, "project.remove")).await.expect("removed");
    assert!(matches!(put("reviewer@project:sales").await, Err(ServiceError::NotFound(_))), "gone from the list");
}

#[tokio::test]
async fn the_name_of_a_removed_account_is_not_given_again() {
    let test = Test::new().await;
    let anna = test.person("anna", &["supervisor"]).await;
    let view = crate::domain::directory::View { name: "mine".to_owned(), query: "is:missed".to_owned(), ..Default::default() };
    test.service.put_view(&anna, view).await.expect("a view");
    test.service.remove_user(&test.owner, "anna").await.expect("removed");
    for version in [None, Some(0)] {
        let draft = UserDraft { grants: grants(&["agent"]), ..UserDraft::default() };
        let Err(error) = test.service.put_user(&test.owner, "anna", draft, version).await else { panic!("taken for her") };
        assert!(error.to_string().contains("choose another name"), "{error}");
    }
    let anne = test.person("anne", &["supervisor"]).await;
    assert_eq!(test.service.views(&anne).await.expect("views"), Vec::new());
    // Who was only refused to be removed is still there, and changed as ever.
    assert!(test.service.remove_user(&anne, "anne").await.is_err());
    test.service.put_user(&test.owner, "anne", UserDraft::default(), None).await.expect("changed");
}

#[tokio::test]
async fn what_a_program_looks_at_by_itself_keeps_no_session_alive() {
    let test = Test::new().await;
    test.person("anna", &["agent"]).await;
    let session = test.sign_in("anna", PASSWORD, "10.0.0.1").await.expect("session");
    for _ in 0..29 {
        test.pass(SignedDuration::from_mins(1));
        let anna = test.service.actor_looking_on(&session.token, origin("10.0.0.1")).await.expect("still in");
        test.service.actor_again(&anna).await.expect("still in");
    }
    test.pass(SignedDuration::from_mins(1));
    assert!(not_signed_in(&test.service.actor_looking_on(&session.token, origin("10.0.0.1")).await), "nobody was there");
    assert!(not_signed_in(&test.actor(&session.token).await), "and looking does not bring it back");
    let session = test.sign_in("anna", PASSWORD, "10.0.0.1").await.expect("session");
    for minute in 0..60 {
        test.pass(SignedDuration::from_mins(1));
        test.service.actor_looking_on(&session.token, origin("10.0.0.1")).await.expect("still in");
        if minute % 20 == 0 {
            test.actor(&session.token).await.expect("somebody is there");
        }
    }
}

const NAMES: [&str; 3] = ["anna", "ben", "cyril"];

/// What somebody tries: by themselves or by a token of theirs.
#[derive(Clone, Debug)]
enum Act {
    Put { name: usize, grants: Vec<(usize, usize)>, locked: bool },
    Remove(usize),
    Role { permissions: Vec<usize> },
    Token { of: Option<usize>, scope: Vec<usize>, project: Option<bool> },
    Revoke(usize),
}

fn act() -> impl Strategy<Value = Act> {
    let permissions = || prop::collection::vec(0..P::ALL.len(), 1..5);
    let given = prop::collection::vec((0..=BUILT_IN.len(), 0..4_usize), 0..3);
    prop_oneof![
        6 => (0..NAMES.len(), given, prop::bool::weighted(0.15)).prop_map(|(name, grants, locked)| Act::Put { name, grants, locked }),
        1 => (0..NAMES.len()).prop_map(Act::Remove),
        2 => permissions().prop_map(|permissions| Act::Role { permissions }),
        4 => (prop::option::of(0..NAMES.len()), permissions(), prop::option::of(any::<bool>()))
            .prop_map(|(of, scope, project)| Act::Token { of, scope, project }),
        1 => (0..8_usize).prop_map(Act::Revoke),
    ]
}

fn over(number: usize) -> Over {
    match number {
        0 => Over::Company,
        1 => Over::Own,
        2 => Over::Project("sales".to_owned()),
        _ => Over::Project("support".to_owned()),
    }
}

struct Made {
    secret: String,
    facts: Token,
    ended: bool,
}

struct Play {
    test: Test,
    tokens: Vec<Made>,
}

impl Play {
    async fn people(&self) -> People {
        self.test.service.store().people().await.expect("people").0
    }

    /// Whoever runs the server, somebody with an account, or a token.
    async fn actor(&self, who: usize) -> Option<Actor> {
        if let Some(name) = NAMES.get(who) {
            let people = self.people().await;
            let user = people.user(name).filter(|user| !user.locked)?;
            let (name, grants) = (user.name.clone(), people.granted_to(user));
            return Some(Actor { name, role: String::new(), grants, origin: Origin::default() });
        }
        match who - NAMES.len() {
            0 | 1 => Some(self.test.owner.clone()),
            other => self.test.actor(&self.tokens.get(other - 2)?.secret).await.ok(),
        }
    }

    async fn act(&mut self, actor: &Actor, act: &Act) -> bool {
        let service = &self.test.service;
        match act {
            Act::Put { name, grants, locked } => {
                let role = |number: usize| BUILT_IN.get(number).map_or("own-made", |role| role.name).to_owned();
                let grants = grants.iter().map(|(number, at)| Grant { role: role(*number), over: over(*at) }).collect();
                let agent = Some(format!("Agent {name}"));
                let draft = UserDraft { grants, agent, locked: *locked, ..UserDraft::default() };
                let done = service.put_user(actor, NAMES[*name], draft, None).await.is_ok();
                if done && *locked {
                    self.end(NAMES[*name]);
                }
                done
            }
            Act::Remove(name) => {
                let done = service.remove_user(actor, NAMES[*name]).await.is_ok();
                if done {
                    self.end(NAMES[*name]);
                }
                done
            }
            Act::Role { permissions } => {
                let permissions = permissions.iter().map(|number| P::ALL[*number]).collect();
                let role = Role { name: "own-made".to_owned(), remark: None, permissions, built_in: false };
                service.put_role(actor, role).await.is_ok()
            }
            Act::Token { of, scope, project } => {
                let draft = TokenDraft {
                    name: "t".to_owned(),
                    scope: scope.iter().map(|number| P::ALL[*number]).collect(),
                    projects: project.iter().map(|sales| if *sales { "sales" } else { "support" }.to_owned()).collect(),
                    user: of.map(|name| NAMES[name].to_owned()),
                    expires_s: None,
                };
                let Ok(made) = service.make_token(actor, draft).await else { return false };
                self.tokens.push(Made { secret: made.token, facts: made.facts, ended: false });
                true
            }
            Act::Revoke(number) => {
                let Some(token) = self.tokens.get_mut(*number) else { return false };
                let done = service.revoke_token(actor, &token.facts.id).await.is_ok();
                token.ended |= done;
                done
            }
        }
    }

    fn end(&mut self, name: &str) {
        self.tokens.iter_mut().filter(|token| token.facts.user.as_deref() == Some(name)).for_each(|token| token.ended = true);
    }

    /// Every token has what its scope has of its owner's rights now, over its projects, and nothing once it has ended.
    async fn check_tokens(&self, people: &People) {
        for token in &self.tokens {
            let shown = self.test.actor(&token.secret).await;
            if token.ended {
                assert!(not_signed_in(&shown), "{:?}", token.facts);
                continue;
            }
            let shown = shown.expect("a good token");
            let owner = match &token.facts.user {
                Some(name) => of(people, name),
                None => self.test.owner.clone(),
            };
            for permission in P::ALL {
                let scope = shown.scope(*permission);
                if scope == Scope::NOTHING {
                    continue;
                }
                assert!(token.facts.scope.contains(permission), "{permission} is not in its scope: {:?}", token.facts);
                assert!(owner.scope(*permission).covers(&scope), "more than its owner has: {permission} over {scope:?}");
                if !token.facts.projects.is_empty() {
                    let projects = Scope::Projects(token.facts.projects.clone());
                    assert!(projects.covers(&scope), "{permission} over {scope:?} is more than {projects:?}");
                }
            }
        }
    }
}

fn of(people: &People, name: &str) -> Actor {
    let grants = people.user(name).filter(|user| !user.locked).map(|user| people.granted_to(user)).unwrap_or_default();
    Actor { name: name.to_owned(), role: String::new(), grants, origin: Origin::default() }
}

async fn play(acts: Vec<(usize, Act)>) {
    let mut play = Play { test: Test::new().await, tokens: Vec::new() };
    let owner = play.test.owner.clone();
    let role = Role { name: "own-made".to_owned(), remark: None, permissions: vec![P::See], built_in: false };
    play.test.service.put_role(&owner, role).await.expect("a role");
    // Somebody to begin with.
    play.test.user("anna", &["owner"]).await;
    play.test.user("ben", &["administrator", "supervisor@project:sales"]).await;
    for (who, act) in acts {
        let Some(actor) = play.actor(who).await else { continue };
        let (before, known) = (play.people().await, play.tokens.len());
        let done = play.act(&actor, &act).await;
        let after = play.people().await;
        if !done {
            assert_eq!(before, after, "what was refused changed something: {act:?}");
            assert_eq!(play.tokens.len(), known);
        }
        for name in NAMES {
            let (was, is) = (of(&before, name), of(&after, name));
            for permission in P::ALL {
                let (was, is) = (was.scope(*permission), is.scope(*permission));
                if is == Scope::NOTHING || was.covers(&is) {
                    continue;
                }
                assert!(actor.scope(*permission).covers(&is), "{} gave {permission} over {is:?} to {name}: {act:?}", actor.name);
                assert_ne!(actor.name, name, "{name} gave {permission} to themselves: {act:?}");
            }
        }
        if NAMES.contains(&actor.name.as_str()) {
            let grants = |people: &People| people.user(&actor.name).map(|user| (user.grants.clone(), user.locked));
            assert_eq!(grants(&before), grants(&after), "{} changed their own rights: {act:?}", actor.name);
            let role = |people: &People| people.role("own-made").map(|role| role.permissions.clone());
            let own = before.user(&actor.name).is_some_and(|user| user.grants.iter().any(|grant| grant.role == "own-made"));
            assert!(!own || role(&before) == role(&after), "{} changed their own role: {act:?}", actor.name);
        }
        if !actor.is_local() && before.managers().next().is_some() {
            assert!(after.managers().next().is_some(), "{} left nobody who manages accounts: {act:?}", actor.name);
        }
        if let Some(made) = play.tokens.get(known) {
            let token = play.test.actor(&made.secret).await.expect("just made");
            assert!(actor.covers(&token.grants).is_ok(), "{} made a token that may more: {:?}", actor.name, made.facts);
        }
        play.check_tokens(&after).await;
    }
}

#[test]
fn nobody_and_no_token_gains_what_nobody_who_held_it_gave() {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime");
    let mut runner = TestRunner::new(Config { cases: 12, ..Config::default() });
    let acts = prop::collection::vec((0..NAMES.len() + 6, act()), 1..25);
    let outcome = runner.run(&acts, |acts| {
        runtime.block_on(play(acts));
        Ok(())
    });
    outcome.expect("nobody");
}
