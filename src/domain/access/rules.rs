//! Who may change whom. Nobody gives away, or gets at, more than they hold themselves; nobody changes their own account or
//! role; somebody who manages accounts is always left. Nobody takes roles from people who may more, or permissions that they
//! lack from a role: given back by somebody else, they would be in other hands. Locking and removing keep people out, and are
//! open to whoever manages accounts.

use super::{Grant, Over, People, Role, User, UserDraft};
use crate::domain::{
    actor::{Actor, Permission},
    clean,
};

/// Names by which the audit log knows who is no account.
const RESERVED: &[&str] = &["system", "job", "unknown", "root", "local", "login", "token", "share", "nobody"];

/// Why somebody may not change people or roles.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Refusal {
    /// They would give away or get at a permission, or a reach of it, that they lack.
    Missing {
        what: String,
        permission: Permission,
    },
    /// Their own account or role.
    Own(&'static str),
    /// It stands against what else there is.
    Conflict(String),
    Invalid(String),
    Unknown(String),
}

type Decision = Result<(), Refusal>;

impl People {
    /// Making or changing an account.
    ///
    /// # Errors
    /// Why not.
    pub fn may_put_user(&self, actor: &Actor, name: &str, draft: &UserDraft) -> Decision {
        for grant in &draft.grants {
            if self.role(&grant.role).is_none() {
                let known: Vec<&str> = self.roles.iter().map(|role| role.name.as_str()).collect();
                let known = known.join(", ");
                return Err(Refusal::Unknown(format!("there is no role \"{}\"; there are {known}", grant.role)));
            }
        }
        if let Some(other) = self.users.iter().find(|user| user.name != name && user.login.is_some() && user.login == draft.login)
        {
            let login = draft.login.as_deref().unwrap_or_default();
            return Err(Refusal::Conflict(format!("the login {login} signs in {} already", other.name)));
        }
        let before = self.user(name);
        if before.is_none() {
            self.may_be_named(name)?;
        }
        if let Some(before) = before.filter(|before| before.name != actor.name && takes_or_moves(before, draft)) {
            covers(actor, &self.granted_to(before), || format!("change the roles or the sign-in of {name}, who may more"))?;
        }
        if actor.name == name
            && before.is_some_and(|before| *draft != UserDraft { full_name: draft.full_name.clone(), ..before.draft() })
        {
            return Err(Refusal::Own("nobody changes the rights of their own account; ask somebody else who manages accounts"));
        }
        let own_moved = before.is_none_or(|before| before.agent != draft.agent || before.extensions != draft.extensions);
        let kept =
            |grant: &Grant| before.is_some_and(|before| before.grants.contains(grant)) && !(own_moved && grant.over == Over::Own);
        // Whoever may come in anew, or as somebody else, is given all of it.
        let comes_in = before
            .is_none_or(|before| (before.locked && !draft.locked) || (before.login != draft.login && draft.login.is_some()));
        for grant in draft.grants.iter().filter(|grant| comes_in || !kept(grant)) {
            let granted = self.granted(std::slice::from_ref(grant), draft.agent.as_deref(), &draft.extensions);
            covers(actor, &granted, || format!("give {grant} to {name}"))?;
        }
        self.managed(actor, |people| {
            people.users.retain(|user| user.name != name);
            people.users.push(User::of_draft(name, draft));
        })
    }

    fn may_be_named(&self, name: &str) -> Decision {
        let folded = clean::fold(name);
        if RESERVED.contains(&folded.as_str()) {
            return Err(Refusal::Invalid(format!("the audit log calls others {name}; choose another name")));
        }
        match self.users.iter().find(|user| clean::fold(&user.name) == folded) {
            Some(user) => {
                Err(Refusal::Conflict(format!("{name} reads like {}, who is there already; choose another name", user.name)))
            }
            None => Ok(()),
        }
    }

    /// Removing an account.
    ///
    /// # Errors
    /// Why not.
    pub fn may_remove_user(&self, actor: &Actor, name: &str) -> Decision {
        if self.user(name).is_none() {
            return Err(no_user(name));
        }
        if actor.name == name {
            return Err(Refusal::Own("nobody removes their own account; ask somebody else who manages accounts"));
        }
        self.managed(actor, |people| people.users.retain(|user| user.name != name))
    }

    /// Whatever lets somebody come in as this user: a password, a token.
    ///
    /// # Errors
    /// Why not.
    pub fn may_act_as(&self, actor: &Actor, name: &str) -> Decision {
        let user = self.user(name).ok_or_else(|| no_user(name))?;
        if actor.name == name {
            return Ok(());
        }
        covers(actor, &self.granted_to(user), || format!("set how {name} signs in, who may more"))
    }

    /// Making or changing a role.
    ///
    /// # Errors
    /// Why not.
    pub fn may_put_role(&self, actor: &Actor, role: &Role) -> Decision {
        if role.name == "owner" {
            return Err(Refusal::Conflict("the role owner may do everything; it cannot be changed".to_owned()));
        }
        if self.user(&actor.name).is_some_and(|user| user.grants.iter().any(|grant| grant.role == role.name)) {
            return Err(Refusal::Own("nobody changes a role of their own; ask somebody else who manages accounts"));
        }
        let before: &[Permission] = self.role(&role.name).map_or(&[], |before| &before.permissions);
        let given = role.permissions.iter().filter(|permission| !before.contains(permission)).map(|given| (given, "give", "to"));
        let taken =
            before.iter().filter(|permission| !role.permissions.contains(permission)).map(|taken| (taken, "take", "from"));
        for (permission, does, whom) in given.chain(taken) {
            if !actor.scope(*permission).is_company() {
                let what = format!("{does} {permission} {whom} the role {}", role.name);
                return Err(Refusal::Missing { what, permission: *permission });
            }
        }
        self.managed(actor, |people| {
            people.roles.retain(|known| known.name != role.name);
            people.roles.push(role.clone());
        })
    }

    /// Removing a role of one's own making; a built-in one becomes what it was.
    ///
    /// # Errors
    /// Why not.
    pub fn may_remove_role(&self, actor: &Actor, name: &str) -> Decision {
        let unknown = || Refusal::Unknown(format!("there is no role {name}"));
        let role = self.role(name).ok_or_else(unknown)?;
        if let Some(built_in) = super::BUILT_IN.iter().find(|built_in| built_in.name == role.name) {
            return self.may_put_role(actor, &Role::of(built_in));
        }
        match self.users.iter().find(|user| user.grants.iter().any(|grant| grant.role == name)) {
            Some(user) => {
                Err(Refusal::Conflict(format!("{} and maybe others have the role {name}; take it from them first", user.name)))
            }
            None => Ok(()),
        }
    }

    /// Whether somebody who manages accounts is left after a change. Whoever runs the server can do without.
    fn managed(&self, actor: &Actor, change: impl FnOnce(&mut Self)) -> Decision {
        if actor.is_local() || self.managers().next().is_none() {
            return Ok(());
        }
        let mut after = self.clone();
        change(&mut after);
        if after.managers().next().is_some() {
            return Ok(());
        }
        Err(Refusal::Conflict("nobody would be left who manages accounts; give that right to somebody else first".to_owned()))
    }
}

/// Whether it takes a role, or changes how they come in or which calls are their own.
fn takes_or_moves(before: &User, draft: &UserDraft) -> bool {
    before.grants.iter().any(|grant| !draft.grants.contains(grant))
        || before.login != draft.login
        || before.agent != draft.agent
        || before.extensions != draft.extensions
}

fn covers(actor: &Actor, granted: &[crate::domain::actor::Granted], what: impl Fn() -> String) -> Decision {
    actor.covers(granted).map_err(|permission| Refusal::Missing { what: what(), permission })
}

fn no_user(name: &str) -> Refusal {
    Refusal::Unknown(format!("there is no user {name}"))
}
