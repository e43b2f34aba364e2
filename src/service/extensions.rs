//! Extensions: phones and seats, whom they belong to.

use super::{
    Result, Service, ServiceError,
    audit::record_of,
    limits,
    rights::{has_extension, known},
};
use crate::domain::{
    actor::{Actor, Permission},
    directory::Extension,
};

impl Service {
    /// Those whose calls the actor sees; all for who changes the directory.
    ///
    /// # Errors
    /// Without the right `see`.
    pub async fn extensions(&self, actor: &Actor) -> Result<Vec<Extension>> {
        self.may_see(actor).await?;
        let known = known(actor);
        let extensions = self.store().extensions().await?;
        let projects = self.known_projects(actor).await?;
        let shown = |mut extension: Extension| {
            extension.projects.retain(|name| projects.has(name));
            extension
        };
        Ok(extensions.into_iter().filter(|extension| has_extension(&known, extension)).map(shown).collect())
    }

    /// Makes or changes an extension; gives the groups and projects that had to be made for it.
    ///
    /// # Errors
    /// Without the right, and for names that are empty or too long.
    pub async fn put_extension(&self, actor: &Actor, extension: Extension) -> Result<Vec<String>> {
        self.require(actor, Permission::Directory, "extension.set", "change extensions", Some(&extension.number)).await?;
        let number = limits::name("the extension", &extension.number)?;
        if number.chars().any(char::is_whitespace) {
            return Err(ServiceError::Invalid(format!("\"{number}\" is no extension: it has a blank in it")));
        }
        let mut projects = Vec::with_capacity(extension.projects.len());
        for project in &extension.projects {
            projects.push(limits::name("a project", project)?);
        }
        projects.sort();
        projects.dedup();
        let extension = Extension {
            label: limits::optional_name("the label", extension.label.as_deref())?,
            agent: limits::optional_name("the agent", extension.agent.as_deref())?,
            group: limits::optional_name("the group", extension.group.as_deref())?,
            since: extension.since,
            projects,
            number,
        };
        let mut audit = record_of(actor, "extension.set", &extension.number);
        audit.foreign.clone_from(&extension.agent);
        // They decide who sees and hears its calls.
        let projects = if extension.projects.is_empty() { "none".to_owned() } else { extension.projects.join(", ") };
        audit.detail = Some(format!("group {}; projects {projects}", extension.group.as_deref().unwrap_or("none")));
        Ok(self.store().put_extension(extension, audit).await?)
    }

    /// # Errors
    /// Without the right, and for unknown extensions.
    pub async fn remove_extension(&self, actor: &Actor, number: &str) -> Result<()> {
        self.require(actor, Permission::Directory, "extension.remove", "remove extensions", Some(number)).await?;
        let audit = record_of(actor, "extension.remove", &limits::short(number));
        Ok(self.store().remove_extension(number.to_owned(), audit).await?)
    }
}
