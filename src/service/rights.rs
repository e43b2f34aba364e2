//! Who may do it, and where; refusals are written down.
//!
//! One rule for everything: what lies outside the calls that an actor sees does not exist for them (404, as for an id that
//! there is not); what they see but may not use so is refused (403) and written into the audit log. What is the whole
//! company's takes a right held over the whole company.

use super::{Result, Service, ServiceError, record};
use crate::{
    domain::{
        actor::{Actor, Permission, Scope},
        audit::AuditRecord,
        directory::Extension,
    },
    store::{self, Store, StoreError},
};

impl Service {
    /// Lets the actor pass, or writes the refused attempt into the audit and refuses. `did` is the audit's word for the
    /// act, `what` says it to people (`add notes`).
    ///
    /// # Errors
    /// [`ServiceError::NotAllowed`] when the right is missing.
    pub async fn require(
        &self,
        actor: &Actor,
        permission: Permission,
        did: &'static str,
        what: &str,
        object: Option<&str>,
    ) -> Result<()> {
        let allowed = if permission.is_of_company() { actor.scope(permission).is_company() } else { actor.may(permission) };
        if allowed { Ok(()) } else { Err(self.refuse(actor, permission, (did, what), object).await?) }
    }

    /// Writes a refused attempt down, and gives what the asker is told.
    pub(super) async fn refuse(
        &self,
        actor: &Actor,
        permission: Permission,
        (did, what): (&'static str, &str),
        object: Option<&str>,
    ) -> Result<ServiceError> {
        if self.read_only().is_none() {
            let mut refused = record(actor, did);
            refused.outcome = "refused";
            refused.detail = Some(format!("right missing: {permission}"));
            // What was asked for is the asker's text, not ours: it stands beside the chain.
            refused.foreign = object.map(super::limits::short);
            self.write_down(refused).await?;
        }
        Ok(ServiceError::NotAllowed { who: actor.name.clone(), what: what.to_owned(), permission })
    }

    /// Looks at something of a call: what the actor does not see is not found, what they see but may not use so is refused.
    /// `look` finds it within a scope; `act` as in [`Self::require`].
    ///
    /// # Errors
    /// [`ServiceError::NotFound`], [`ServiceError::NotAllowed`].
    pub(super) async fn allowed<T, F: Future<Output = store::Result<T>>>(
        &self,
        actor: &Actor,
        permission: Permission,
        act: (&'static str, &str),
        id: &str,
        look: impl Fn(Store, Scope, String) -> F,
    ) -> Result<T> {
        self.may_see(actor).await?;
        let (seen, used) = (actor.scope(Permission::See), actor.scope(permission));
        let look = |scope| look(self.store().clone(), scope, id.to_owned());
        let found = look(seen.clone()).await?;
        if used.covers(&seen) {
            return Ok(found);
        }
        if used != Scope::NOTHING {
            match look(used).await {
                Ok(found) => return Ok(found),
                Err(StoreError::NotFound(_)) => {}
                Err(other) => return Err(other.into()),
            }
        }
        Err(self.refuse(actor, permission, act, Some(id)).await?)
    }

    /// The public id of a call that the actor sees and may do this to. Source ids are the exchange's text and stay out of the
    /// chain of the audit log.
    ///
    /// # Errors
    /// As [`Self::allowed`].
    pub(super) async fn allowed_call(
        &self,
        actor: &Actor,
        permission: Permission,
        act: (&'static str, &str),
        id: &str,
    ) -> Result<String> {
        self.allowed(actor, permission, act, id, |store: Store, scope, id| async move { store.call_id(scope, id).await }).await
    }

    /// Writes into the audit log before something is shown, heard or refused.
    ///
    /// # Errors
    /// [`ServiceError::NotAudited`]: then it is not done either.
    pub(super) async fn write_down(&self, record: AuditRecord) -> Result<()> {
        let did = record.did;
        self.store().append_audit(record).await.map(|_seq| ()).map_err(|error| match error {
            StoreError::Failed(why) | StoreError::Unusable(why) | StoreError::Busy(why) | StoreError::ReadOnly(why) => {
                ServiceError::NotAudited(format!("\"{did}\" cannot be written into the audit log, so it was not done: {why}"))
            }
            other => other.into(),
        })
    }

    /// Refuses acts that must be audited where nothing can be written.
    pub(super) fn must_be_writable(&self, what: &str) -> Result<()> {
        match self.read_only() {
            None => Ok(()),
            Some(why) => Err(ServiceError::ReadOnly(format!(
                "cannot {what}: it must be written into the audit log, and {why}; copy the database and its recordings to a \
                 place you can write to"
            ))),
        }
    }
}

/// Over what of the directory somebody may know: of what they see, and all where they change it.
pub(super) fn known(actor: &Actor) -> Scope {
    let changed = actor.scope(Permission::Directory);
    let seen = actor.scope(Permission::See);
    if changed.is_company() { Scope::Company } else { seen }
}

/// Whether an extension, as it is assigned now, belongs to a scope.
pub(super) fn has_extension(scope: &Scope, extension: &Extension) -> bool {
    match scope {
        Scope::Company => true,
        Scope::Projects(names) => extension.projects.iter().any(|project| names.contains(project)),
        Scope::Own(numbers) => numbers.contains(&extension.number),
        Scope::Agents(names) => extension.agent.as_ref().is_some_and(|agent| names.contains(agent)),
        Scope::Any(scopes) => scopes.iter().any(|scope| has_extension(scope, extension)),
        Scope::All(scopes) => scopes.iter().all(|scope| has_extension(scope, extension)),
    }
}

/// Whether a project belongs to a scope: it is named in it, or an extension of one's own is in it.
pub(super) fn has_project(scope: &Scope, project: &str, extensions: &[Extension]) -> bool {
    match scope {
        Scope::Company => true,
        Scope::Projects(names) => names.iter().any(|name| name == project),
        Scope::Own(_) | Scope::Agents(_) => {
            let of_project = |extension: &&Extension| extension.projects.iter().any(|name| name == project);
            extensions.iter().filter(of_project).any(|extension| has_extension(scope, extension))
        }
        Scope::Any(scopes) => scopes.iter().any(|scope| has_project(scope, project, extensions)),
        Scope::All(scopes) => scopes.iter().all(|scope| has_project(scope, project, extensions)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_directory_is_known_as_far_as_calls_are_seen() {
        let extension = |number: &str, agent: &str, projects: &[&str]| Extension {
            number: number.to_owned(),
            label: None,
            agent: Some(agent.to_owned()),
            group: None,
            projects: projects.iter().map(|name| (*name).to_owned()).collect(),
            since: None,
        };
        let all = [extension("101", "Anna", &["sales", "vip"]), extension("102", "Bob", &["support"])];
        let sales = Scope::Projects(vec!["sales".to_owned()]);
        let bob = Scope::Agents(vec!["Bob".to_owned()]);
        let of = |scope: &Scope| {
            let numbers: Vec<_> = all.iter().map(|one| has_extension(scope, one)).collect();
            let projects: Vec<_> = ["sales", "vip", "support"].into_iter().map(|name| has_project(scope, name, &all)).collect();
            (numbers, projects)
        };
        assert_eq!(of(&Scope::Company), (vec![true, true], vec![true; 3]));
        assert_eq!(of(&Scope::NOTHING), (vec![false, false], vec![false; 3]));
        assert_eq!(of(&sales), (vec![true, false], vec![true, false, false]), "not the other projects of its extensions");
        assert_eq!(of(&bob), (vec![false, true], vec![false, false, true]));
        assert_eq!(of(&sales.clone().or(bob.clone())), (vec![true, true], vec![true, false, true]));
        assert_eq!(of(&sales.and(bob)), (vec![false, false], vec![false; 3]));
    }
}
