//! Roles: bundles of permissions with a name.

use super::users::manages;
use crate::{
    domain::{
        access::Role,
        actor::{Actor, Permission},
    },
    service::{Result, Service, ServiceError, audit::record_of, limits},
    store::PeopleChange,
};

/// Roles that people may make.
const MANY: usize = 200;

impl Service {
    /// All with the right `users`; else one's own.
    ///
    /// # Errors
    /// When the database cannot be read.
    pub async fn roles(&self, actor: &Actor) -> Result<Vec<Role>> {
        let (people, _) = self.store().people().await?;
        if manages(actor) {
            return Ok(people.roles);
        }
        let own = people.user(&actor.name).map(|user| user.grants.clone()).unwrap_or_default();
        Ok(people.roles.into_iter().filter(|role| own.iter().any(|grant| grant.role == role.name)).collect())
    }

    /// Makes or changes a role.
    ///
    /// # Errors
    /// Without the right; for what [`crate::domain::access::People::may_put_role`] refuses.
    pub async fn put_role(&self, actor: &Actor, role: Role) -> Result<()> {
        let did = "role.set";
        self.require(actor, Permission::Users, did, "manage roles", Some(&role.name)).await?;
        self.fresh(actor, did).await?;
        let name = limits::name("the role", &role.name)?;
        if name != role.name || name.chars().any(|character| character.is_whitespace() || "@/,".contains(character)) {
            return Err(ServiceError::Invalid(format!("\"{name}\" is no name of a role: no blanks, none of @ / ,")));
        }
        let mut permissions = role.permissions;
        permissions.sort_by_key(|permission| permission.code());
        permissions.dedup();
        let remark = limits::remark("the remark", role.remark.as_deref())?;
        let role = Role { name, remark, permissions, built_in: false };
        self.change_people(actor, did, &role.name, |people| {
            people.may_put_role(actor, &role)?;
            if people.role(&role.name).is_none() && people.roles.len() >= MANY {
                return Err(crate::domain::access::Refusal::Conflict(format!("there are {MANY} roles already")));
            }
            let mut audit = record_of(actor, did, &role.name);
            let words: Vec<&str> = role.permissions.iter().map(|permission| permission.word()).collect();
            audit.detail = Some(if words.is_empty() { "no permissions".to_owned() } else { words.join(", ") });
            Ok((PeopleChange::PutRole(role.clone()), audit))
        })
        .await
    }

    /// Removes a role, or sets a built-in one back to what it was.
    ///
    /// # Errors
    /// As [`Self::put_role`]; [`ServiceError::Conflict`] while somebody has it.
    pub async fn remove_role(&self, actor: &Actor, name: &str) -> Result<()> {
        let did = "role.remove";
        self.require(actor, Permission::Users, did, "manage roles", Some(name)).await?;
        self.fresh(actor, did).await?;
        let short = limits::short(name);
        self.change_people(actor, did, &short, |people| {
            people.may_remove_role(actor, name)?;
            Ok((PeopleChange::RemoveRole(name.to_owned()), record_of(actor, did, &short)))
        })
        .await
    }
}
