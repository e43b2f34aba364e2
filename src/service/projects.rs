//! Projects: what access is scoped by.

use super::{
    Result, Service,
    audit::record_of,
    limits,
    rights::{has_project, known},
};
use crate::domain::{
    actor::{Actor, Permission},
    directory::Named,
};

impl Service {
    /// Those whose calls the actor sees, and those of their own extensions.
    ///
    /// # Errors
    /// Without the right `see`.
    pub async fn projects(&self, actor: &Actor) -> Result<Vec<Named>> {
        self.may_see(actor).await?;
        let (known, projects) = (known(actor), self.store().projects().await?);
        if known.is_company() {
            return Ok(projects);
        }
        let extensions = self.store().extensions().await?;
        Ok(projects.into_iter().filter(|project| has_project(&known, &project.name, &extensions)).collect())
    }

    /// # Errors
    /// Without the right, and for names that are empty or too long.
    pub async fn put_project(&self, actor: &Actor, project: Named) -> Result<()> {
        self.require(actor, Permission::Directory, "project.set", "change projects", Some(&project.name)).await?;
        let project = Named {
            name: limits::name("the project", &project.name)?,
            remark: limits::remark("the remark", project.remark.as_deref())?,
        };
        let audit = record_of(actor, "project.set", &project.name);
        Ok(self.store().put_project(project, audit).await?)
    }

    /// # Errors
    /// Without the right, and for unknown projects.
    pub async fn remove_project(&self, actor: &Actor, name: &str) -> Result<()> {
        self.require(actor, Permission::Directory, "project.remove", "remove projects", Some(name)).await?;
        let audit = record_of(actor, "project.remove", &limits::short(name));
        Ok(self.store().remove_project(name.to_owned(), audit).await?)
    }
}
