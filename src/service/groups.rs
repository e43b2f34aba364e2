//! Groups: departments of the company.

use super::{Result, Service, audit::record_of, limits};
use crate::domain::{
    actor::{Actor, Permission},
    directory::Named,
};

impl Service {
    /// # Errors
    /// Without the right `see`.
    pub async fn groups(&self, actor: &Actor) -> Result<Vec<Named>> {
        self.may_see(actor).await?;
        Ok(self.store().groups().await?)
    }

    /// # Errors
    /// Without the right, and for names that are empty or too long.
    pub async fn put_group(&self, actor: &Actor, group: Named) -> Result<()> {
        self.require(actor, Permission::Directory, "group.set", "change groups", Some(&group.name)).await?;
        let group = Named {
            name: limits::name("the group", &group.name)?,
            remark: limits::remark("the remark", group.remark.as_deref())?,
        };
        let audit = record_of(actor, "group.set", &group.name);
        Ok(self.store().put_group(group, audit).await?)
    }

    /// # Errors
    /// Without the right, and for unknown groups.
    pub async fn remove_group(&self, actor: &Actor, name: &str) -> Result<()> {
        self.require(actor, Permission::Directory, "group.remove", "remove groups", Some(name)).await?;
        let audit = record_of(actor, "group.remove", &limits::short(name));
        Ok(self.store().remove_group(name.to_owned(), audit).await?)
    }
}
