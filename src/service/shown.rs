//! Calls as somebody may see them: without numbers where the right to see them is missing, and without the names of projects
//! that are not theirs to know.

use std::collections::HashSet;

use super::{
    Result, Service, masking,
    rights::{has_project, known},
};
use crate::domain::{
    actor::{Actor, Permission, Scope},
    call::{Call, CallDetail},
    query::Filter,
};

/// The projects that somebody may hear of: those that the list of projects has for them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum KnownProjects {
    All,
    Only(HashSet<String>),
}

impl KnownProjects {
    pub(super) fn has(&self, name: &str) -> bool {
        match self {
            Self::All => true,
            Self::Only(names) => names.contains(name),
        }
    }
}

impl Service {
    pub(super) async fn known_projects(&self, actor: &Actor) -> Result<KnownProjects> {
        let scope = known(actor);
        if scope.is_company() {
            return Ok(KnownProjects::All);
        }
        let extensions = if is_of_people(&scope) { self.store().extensions().await? } else { Vec::new() };
        let mut names: HashSet<String> = extensions.iter().flat_map(|extension| extension.projects.iter().cloned()).collect();
        collect(&scope, &mut names);
        names.retain(|name| has_project(&scope, name, &extensions));
        Ok(KnownProjects::Only(names))
    }

    /// A filter that asks for no project which the actor does not know: such a term finds nothing.
    pub(super) async fn among_known(&self, actor: &Actor, filter: Filter) -> Result<Filter> {
        if !filter.asks_for_projects() {
            return Ok(filter);
        }
        Ok(match self.known_projects(actor).await? {
            KnownProjects::All => filter,
            KnownProjects::Only(names) => filter.among_projects(&names),
        })
    }

    /// Calls of a list.
    pub(super) async fn shown(&self, actor: &Actor, calls: Vec<Call>) -> Result<Vec<Call>> {
        let whole = self.revealed(actor, &calls).await?;
        let projects = self.known_projects(actor).await?;
        let one = |mut call: Call| {
            call.projects.retain(|name| projects.has(name));
            let is_whole = whole.as_ref().is_none_or(|whole| whole.contains(&call.id.0));
            if is_whole { call } else { masking::call(call) }
        };
        Ok(calls.into_iter().map(one).collect())
    }

    /// One call with everything of it.
    pub(super) async fn shown_whole(&self, actor: &Actor, mut detail: CallDetail) -> Result<CallDetail> {
        let projects = self.known_projects(actor).await?;
        detail.call.projects.retain(|name| projects.has(name));
        let whole = self.revealed(actor, std::slice::from_ref(&detail.call)).await?;
        let is_whole = whole.is_none_or(|whole| whole.contains(&detail.call.id.0));
        Ok(if is_whole { detail } else { masking::detail(detail) })
    }

    /// Those whose numbers the actor may see, by the store's own meaning of a scope: whoever took part. None: all of them.
    async fn revealed(&self, actor: &Actor, calls: &[Call]) -> Result<Option<HashSet<String>>> {
        if !masking::masks(actor) {
            return Ok(None);
        }
        let scope = actor.scope(Permission::RevealNumber);
        if scope == Scope::NOTHING || calls.is_empty() {
            return Ok(Some(HashSet::new()));
        }
        let ids = calls.iter().map(|call| call.id.0.clone()).collect();
        Ok(Some(self.store().calls_within(scope, ids).await?))
    }
}

/// Whether a scope goes by who took part: then it is their extensions that say which projects are theirs.
fn is_of_people(scope: &Scope) -> bool {
    match scope {
        Scope::Own(_) | Scope::Agents(_) => true,
        Scope::Any(scopes) | Scope::All(scopes) => scopes.iter().any(is_of_people),
        Scope::Company | Scope::Projects(_) => false,
    }
}

fn collect(scope: &Scope, into: &mut HashSet<String>) {
    match scope {
        Scope::Projects(names) => into.extend(names.iter().cloned()),
        Scope::Any(scopes) | Scope::All(scopes) => scopes.iter().for_each(|scope| collect(scope, into)),
        Scope::Company | Scope::Own(_) | Scope::Agents(_) => {}
    }
}
