//! Groups: departments of the company.

use super::{Result, Service, audit::record_of, limits, rights::known};
use crate::domain::{
    actor::{Actor, Permission},
    directory::Named,
};

impl Service {
    /// Those of the extensions that the actor knows of.
    ///
    /// # Errors
    /// Without the right `see`.
    pub async fn groups(&self, actor: &Actor) -> Result<Vec<Named>> {
        self.may_see(actor).await?;
        let groups = self.store().groups().await?;
        if known(actor).is_company() {
            return Ok(groups);
        }
        let extensions = self.extensions(actor).await?;
        let has = |group: &Named| extensions.iter().any(|extension| extension.group.as_ref() == Some(&group.name));
        Ok(groups.into_iter().filter(has).collect())
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
