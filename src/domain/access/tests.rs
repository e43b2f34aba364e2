//! Who may change whom, played through; and the document of permissions and roles, which is made from the code.

use std::{fmt::Write, fs, path::Path};

use proptest::prelude::*;

use super::{BUILT_IN, Grant, Over, People, Role, User, UserDraft, roles_with};
use crate::domain::actor::{Actor, Granted, Origin, Permission, Scope};

const NAMES: [&str; 4] = ["anna", "ben", "cyril", "dora"];
const ROLES: [&str; 8] = ["owner", "administrator", "supervisor", "reviewer", "agent", "auditor", "night", "keys"];

/// What somebody tries.
#[derive(Clone, Debug)]
enum Act {
    PutUser { name: usize, grants: Vec<(usize, usize)>, agent: Option<usize>, login: bool, locked: bool },
    RemoveUser(usize),
    PutRole { name: usize, permissions: Vec<usize> },
    RemoveRole(usize),
    Impersonate(usize),
}

fn act() -> impl Strategy<Value = Act> {
    let user = (
        0..NAMES.len(),
        prop::collection::vec((0..ROLES.len(), 0..4_usize), 0..4),
        prop::option::of(0..2_usize),
        any::<bool>(),
        prop::bool::weighted(0.2),
    );
    prop_oneof![
        6 => user.prop_map(|(name, grants, agent, login, locked)| Act::PutUser { name, grants, agent, login, locked }),
        1 => (0..NAMES.len()).prop_map(Act::RemoveUser),
        3 => (0..ROLES.len(), prop::collection::vec(0..Permission::ALL.len(), 0..5))
            .prop_map(|(name, permissions)| Act::PutRole { name, permissions }),
        1 => (0..ROLES.len()).prop_map(Act::RemoveRole),
        1 => (0..NAMES.len()).prop_map(Act::Impersonate),
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

fn actor(people: &People, who: usize) -> Option<Actor> {
    let Some(name) = NAMES.get(who) else { return Some(Actor::local_owner("root", Origin::default())) };
    let user = people.user(name).filter(|user| !user.locked)?;
    Some(Actor { name: user.name.clone(), role: String::new(), grants: people.granted_to(user), origin: Origin::default() })
}

/// Does it, if the rules let it; gives the user whose rights were taken over, if any.
fn play(people: &People, actor: &Actor, act: &Act) -> Option<(People, Option<String>)> {
    let manages = actor.scope(Permission::Users).is_company();
    let mut after = people.clone();
    match act {
        Act::PutUser { name, grants, agent, login, locked } => {
            let name = NAMES[*name];
            let draft = UserDraft {
                grants: grants.iter().map(|(role, at)| Grant { role: ROLES[*role].to_owned(), over: over(*at) }).collect(),
                agent: agent.map(|agent| format!("Agent {agent}")),
                login: login.then(|| format!("{name}-login")),
                locked: *locked,
                ..UserDraft::default()
            };
            if !manages || people.may_put_user(actor, name, &draft).is_err() {
                return None;
            }
            after.users.retain(|user| user.name != name);
            after.users.push(User::of_draft(name, &draft));
        }
        Act::RemoveUser(name) => {
            if !manages || people.may_remove_user(actor, NAMES[*name]).is_err() {
                return None;
            }
            after.users.retain(|user| user.name != NAMES[*name]);
        }
        Act::PutRole { name, permissions } => {
            let permissions = permissions.iter().map(|number| Permission::ALL[*number]).collect();
            let role = Role { name: ROLES[*name].to_owned(), remark: None, permissions, built_in: false };
            if !manages || people.may_put_role(actor, &role).is_err() {
                return None;
            }
            after.roles.retain(|known| known.name != role.name);
            after.roles.push(role);
        }
        Act::RemoveRole(name) => {
            let name = ROLES[*name];
            if !manages || people.may_remove_role(actor, name).is_err() {
                return None;
            }
            after.roles.retain(|known| known.name != name);
            after.roles.extend(BUILT_IN.iter().filter(|built_in| built_in.name == name).map(Role::of));
        }
        Act::Impersonate(name) => {
            if !manages || people.may_act_as(actor, NAMES[*name]).is_err() {
                return None;
            }
            return Some((after, Some(NAMES[*name].to_owned())));
        }
    }
    Some((after, None))
}

/// What a user may do while not locked.
fn rights(people: &People, name: &str) -> Vec<Granted> {
    people.user(name).filter(|user| !user.locked).map(|user| people.granted_to(user)).unwrap_or_default()
}

fn of(grants: &[Granted]) -> Actor {
    Actor { name: String::new(), role: String::new(), grants: grants.to_vec(), origin: Origin::default() }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(if cfg!(miri) { 1 } else { 400 }))]

    #[test]
    fn nobody_gains_what_nobody_who_held_it_gave(acts in prop::collection::vec((0..=NAMES.len(), act()), 1..40)) {
        let mut people = People { users: Vec::new(), roles: roles_with(Vec::new()) };
        for (who, act) in acts {
            let Some(actor) = actor(&people, who) else { continue };
            let Some((after, taken_over)) = play(&people, &actor, &act) else { continue };
            for name in NAMES {
                let (before, now) = (of(&rights(&people, name)), rights(&after, name));
                for granted in &now {
                    for permission in &granted.permissions {
                        if !before.scope(*permission).covers(&granted.scope) {
                            prop_assert!(
                                actor.scope(*permission).covers(&granted.scope),
                                "{} gave {permission} over {:?} to {name} by {act:?}", actor.name, granted.scope
                            );
                            prop_assert!(name != actor.name, "{name} gave {permission} to themselves by {act:?}");
                        }
                    }
                }
            }
            if let Some(name) = taken_over {
                let theirs = people.user(&name).map(|user| people.granted_to(user)).unwrap_or_default();
                prop_assert!(actor.covers(&theirs).is_ok(), "{} became {name}", actor.name);
            }
            if !actor.is_local() && people.managers().next().is_some() {
                prop_assert!(after.managers().next().is_some(), "{} left nobody who manages accounts by {act:?}", actor.name);
            }
            let owner = after.role("owner").expect("owner");
            prop_assert_eq!(&owner.permissions[..], Permission::ALL);
            people = after;
        }
    }
}

#[test]
fn who_may_give_what() {
    let mut people = People { users: Vec::new(), roles: roles_with(Vec::new()) };
    let draft = |grants: &[&str]| UserDraft {
        grants: grants.iter().map(|text| text.parse().expect("grant")).collect(),
        ..UserDraft::default()
    };
    for (name, grants) in [("boss", "owner"), ("adam", "administrator"), ("sue", "supervisor@project:sales"), ("al", "agent")] {
        people.users.push(User::of_draft(name, &draft(&[grants])));
    }
    let as_user = |name: &str| {
        let user = people.user(name).expect("user");
        Actor { grants: people.granted_to(user), ..Actor::with(name, "", &[], Scope::NOTHING, Origin::default()) }
    };
    let (boss, adam, root) = (as_user("boss"), as_user("adam"), Actor::local_owner("root", Origin::default()));
    for (who, name, grants, allowed) in [
        (&adam, "new", &["agent"][..], true),
        (&adam, "new", &["administrator"], true),
        (&adam, "new", &["supervisor@project:sales"], false),
        (&adam, "new", &["owner@project:sales"], false),
        (&adam, "al", &["agent", "agent@project:sales"], true),
        (&adam, "al", &[], true),
        (&adam, "sue", &["supervisor@project:sales", "agent"], true),
        (&adam, "sue", &["supervisor@project:sales", "supervisor@project:support"], false),
        (&adam, "adam", &["administrator", "agent"], false),
        (&adam, "adam", &[], false),
        (&boss, "new", &["owner"], true),
        (&boss, "boss", &[], false),
        (&boss, "new", &["nonsense"], false),
        (&root, "boss", &[], true),
        (&adam, "sue", &["agent"], false),
        (&adam, "boss", &[], false),
        (&adam, "Sue", &["agent"], false),
        (&adam, "System", &["agent"], false),
        (&root, "job", &["agent"], false),
    ] {
        let decided = people.may_put_user(who, name, &draft(grants));
        assert_eq!(decided.is_ok(), allowed, "{} gives {grants:?} to {name}: {decided:?}", who.name);
    }
    for (who, name, allowed) in [(&adam, "boss", false), (&adam, "sue", false), (&adam, "al", true), (&boss, "adam", true)] {
        assert_eq!(people.may_act_as(who, name).is_ok(), allowed, "{} as {name}", who.name);
    }
    let mut login = draft(&["supervisor@project:sales"]);
    login.login = Some("adams-own".to_owned());
    assert!(people.may_put_user(&adam, "sue", &login).is_err(), "a login of one's own for somebody who may more");
    let mut locked = draft(&["owner"]);
    locked.locked = true;
    assert!(people.may_put_user(&adam, "boss", &locked).is_ok(), "keeping out is open to who manages accounts");
    let moved = UserDraft { extensions: vec!["101".to_owned()], ..draft(&["supervisor@project:sales"]) };
    assert!(people.may_put_user(&adam, "sue", &moved).is_err(), "calls that become her own");
    let named = UserDraft { full_name: Some("Sue".to_owned()), ..draft(&["supervisor@project:sales"]) };
    assert!(people.may_put_user(&adam, "sue", &named).is_ok(), "her name is no right");
    let fewer = |name: &str| Role { name: name.to_owned(), remark: None, permissions: vec![Permission::See], built_in: false };
    assert!(people.may_put_role(&adam, &fewer("reviewer")).is_err(), "the owner might give back what others hold by then");
    assert!(people.may_put_role(&boss, &fewer("reviewer")).is_ok());
    people.users.retain(|user| user.name != "boss");
    assert!(people.may_remove_user(&boss, "adam").is_err(), "the last who manages accounts");
    assert!(people.may_remove_user(&root, "adam").is_ok(), "but for whoever runs the server");
}

/// `docs/permissions.md` as the code has it.
fn document() -> String {
    let mut text = String::from(
        "# Permissions and roles\n\n\
         Made from the code: `UPDATE_DOCS=1 cargo test --lib access` writes it anew, and a test fails where it differs.\n\n\
         A user has grants: a role over the whole company (`auditor`, `auditor@*`), over a project (`supervisor@project:sales`) or \
         over own calls (`agent@own`: calls of the user's agent by the assignments of the day, and of the account's extensions). \
         A role is a bundle of permissions; permissions are what is checked, each over what its grants reach.\n\n\
         | permission | what it lets do | reaches | ",
    );
    text.push_str(&BUILT_IN.iter().map(|role| role.name).collect::<Vec<_>>().join(" | "));
    text.push_str(" |\n| --- | --- | --- |");
    text.push_str(&" --- |".repeat(BUILT_IN.len()));
    for permission in Permission::ALL {
        let reaches = if permission.is_of_company() { "company" } else { "calls" };
        let _ = write!(text, "\n| `{permission}` | {} | {reaches} |", permission.allows());
        for role in BUILT_IN {
            text.push_str(if role.permissions.contains(permission) { " yes |" } else { "  |" });
        }
    }
    text.push_str("\n\n| role | what it is for |\n| --- | --- |");
    for role in BUILT_IN {
        let _ = write!(text, "\n| `{}` | {} |", role.name, role.remark);
    }
    text.push_str(
        "\n\nThe permissions of a role can be changed (but those of `owner`), and roles added: `callreel role set reviewer \
         --permissions see,listen,note`. An administrator hears nothing unless a role says so.\n\n\
         ## What the answers are\n\n\
         One rule for lists, counts, totals, search, sound, notes, clips, downloads and everything else:\n\n\
         - Calls that somebody does not `see`, and whatever belongs to them, do not exist for them: **404**, the same as for an id \
         that there is not. A call without a project, and sound without a call, are seen only company-wide.\n\
         - What somebody sees but may not use so is refused: **403** `not-allowed`, and written into the audit log.\n\
         - Permissions that reach the company count only where they are held over the whole company.\n\
         - Without `reveal-number` over a call its numbers read `+48…567`; who lacks it over anything that they see cannot search, \
         count or sort by numbers and names (403). Saved views that do are not shown to them.\n\
         - Projects that somebody does not belong to are not named to them either, not even at a call that belongs to both: not in \
         lists, facets and sums, nor by `project:`. Live changes and the revision tell them only of calls that they see.\n\
         - Extensions, groups, projects and customers are listed as far as somebody sees their calls; all of them for who may change \
         the `directory`. The directory says which calls belong to a project, also of the past: whoever sets the projects of an \
         extension changes who sees and hears its calls.\n\n\
         ## Who may change whom\n\n\
         With `users` over the company: accounts, roles, sessions and tokens. Nobody gives a permission or a reach of it that they \
         lack, nor sets the password, login or token of somebody who may more, nor takes a role or own calls from them, nor a \
         permission that they lack from a role; nobody changes their own rights or a role of their \
         own; the last who manages accounts stays, unless whoever runs the server (the uid of `serve`, by its socket) takes them \
         away. Locking, removing and revoking are open to everybody with `users`. Everybody sees their own account, sessions and \
         tokens, and changes their own password with the old one.\n\n\
         Locking or removing an account ends its sessions and tokens at once, a new password its other sessions; streams of events, \
         downloads and exports that run are cut off within about a second, also when rights change. The name of a removed account is \
         never given again: views, notes, receipts and the audit log go by names.\n\n\
         ## Signing in\n\n\
         - By the socket of the server's machine: the login name is the account's `login`; the uid of the server is owner.\n\
         - By password (at least 12 characters, none that everybody has): a session of 12 hours, ended by 30 minutes in which \
         nobody asked for anything (what programs look at by themselves does not count: see docs/api.md). Five wrong ones are free, then waits double from 1 second to 5 minutes for that account from that address, after \
         ten for the address; 429 says how long. Nobody is locked out for good.\n\
         - By token: what its scope has of its user's rights when it is used, over its projects where it names some; it always \
         expires (90 days unless told otherwise), is shown once, and can be revoked. Nothing is seen without `see` in its scope.\n\n\
         Changes of users, roles, passwords and new tokens need a password shown in the last 10 minutes: an older session is answered \
         403 `sign-in-again`. People at the socket and tokens show who they are each time and are not asked; revoking a token and \
         ending a session are not asked for either.\n",
    );
    text
}

#[test]
#[expect(clippy::disallowed_methods, reason = "whoever changes the table writes the document anew with it")]
fn the_document_of_permissions_is_that_of_the_code() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/permissions.md");
    if std::env::var_os("UPDATE_DOCS").is_some() {
        fs::write(&path, document()).expect("docs/permissions.md");
    }
    let kept = fs::read_to_string(&path).unwrap_or_default();
    assert!(kept == document(), "docs/permissions.md differs; UPDATE_DOCS=1 cargo test --lib access writes it");
}
