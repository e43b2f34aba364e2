//! Everybody with an account and every role, and what follows from the two.

use super::{BUILT_IN, Grant, Over, Role, User};
use crate::domain::actor::{Granted, Permission, Scope};

/// All accounts and all roles, as one moment has them.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct People {
    pub users: Vec<User>,
    /// The built-in ones, as they stand now, and those that people made.
    pub roles: Vec<Role>,
}

impl People {
    pub fn user(&self, name: &str) -> Option<&User> {
        self.users.iter().find(|user| user.name == name)
    }

    pub fn role(&self, name: &str) -> Option<&Role> {
        self.roles.iter().find(|role| role.name == name)
    }

    /// What somebody with these grants may do; a role that there is not gives nothing.
    pub fn granted(&self, grants: &[Grant], agent: Option<&str>, extensions: &[String]) -> Vec<Granted> {
        let of = |grant: &Grant| Granted {
            permissions: self.role(&grant.role).map(|role| role.permissions.clone()).unwrap_or_default(),
            scope: reach(&grant.over, agent, extensions),
        };
        grants.iter().map(of).collect()
    }

    /// What a user may do, locked or not.
    pub fn granted_to(&self, user: &User) -> Vec<Granted> {
        self.granted(&user.grants, user.agent.as_deref(), &user.extensions)
    }

    /// Accounts that may manage users and are not locked.
    pub fn managers(&self) -> impl Iterator<Item = &User> {
        self.users.iter().filter(|user| {
            let holds = |grant: &Grant| {
                grant.over == Over::Company
                    && self.role(&grant.role).is_some_and(|role| role.permissions.contains(&Permission::Users))
            };
            !user.locked && user.grants.iter().any(holds)
        })
    }
}

/// The calls that a grant reaches over. Own calls are those of the agent by the assignments of the day, and those of the
/// account's extensions.
pub fn reach(over: &Over, agent: Option<&str>, extensions: &[String]) -> Scope {
    match over {
        Over::Company => Scope::Company,
        Over::Project(name) => Scope::Projects(vec![name.clone()]),
        Over::Own => {
            let by_agent = agent.map_or(Scope::NOTHING, |agent| Scope::Agents(vec![agent.to_owned()]));
            let by_extension = if extensions.is_empty() { Scope::NOTHING } else { Scope::Own(extensions.to_vec()) };
            by_agent.or(by_extension)
        }
    }
}

/// All roles: the built-in ones, each as `kept` has it where it was changed, then those that people made.
pub fn roles_with(kept: Vec<Role>) -> Vec<Role> {
    let mut roles: Vec<Role> = BUILT_IN.iter().map(Role::of).collect();
    let mut own: Vec<Role> = Vec::new();
    for role in kept {
        match roles.iter_mut().find(|known| known.name == role.name) {
            // What the owner may do is not kept.
            Some(known) if known.name == "owner" => {}
            Some(known) => {
                known.permissions = role.permissions;
                known.remark = role.remark.or_else(|| known.remark.take());
            }
            None => own.push(Role { built_in: false, ..role }),
        }
    }
    own.sort_by(|one, other| one.name.cmp(&other.name));
    roles.extend(own);
    roles
}
