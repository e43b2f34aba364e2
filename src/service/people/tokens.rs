//! Tokens for scripts and other systems: what they may is what their scope has of their owner's rights when they are used.

use jiff::SignedDuration;

use super::{
    secret::{self, Kind, Secret},
    users::manages,
};
use crate::{
    domain::{
        access::{MadeToken, Token, TokenDraft},
        actor::{Actor, Granted, Permission, Scope},
    },
    service::{Result, Service, ServiceError, audit::record_of, limits},
};

const DAY_S: u64 = 86_400;
/// A token that nobody asked otherwise for; and the longest.
const EXPIRES_S: u64 = 90 * DAY_S;
const LONGEST_S: u64 = 5 * 366 * DAY_S;
/// Projects of one token.
const PROJECTS: usize = 200;

impl Service {
    /// All with the right `users`, else one's own; newest first.
    ///
    /// # Errors
    /// When the database cannot be read.
    pub async fn tokens(&self, actor: &Actor) -> Result<Vec<Token>> {
        let only = (!manages(actor)).then(|| actor.name.clone());
        Ok(self.store().tokens(only).await?)
    }

    /// Makes a token of one's own, or with the right `users` of somebody who may no more than oneself. Its secret is told
    /// this once.
    ///
    /// # Errors
    /// For a scope that its maker or its owner lacks; [`ServiceError::Invalid`] for one that makes no sense.
    pub async fn make_token(&self, actor: &Actor, draft: TokenDraft) -> Result<MadeToken> {
        let did = "token.add";
        let (people, _) = self.store().people().await?;
        let own = people.user(&actor.name).map(|user| user.name.clone());
        let user = match draft.user {
            Some(name) if Some(&name) != own.as_ref() => {
                self.require(actor, Permission::Users, did, "make tokens of others", Some(&name)).await?;
                if let Err(refusal) = people.may_act_as(actor, &name) {
                    return Err(self.refusal(actor, did, &name, refusal).await?);
                }
                Some(name)
            }
            _ => own,
        };
        self.fresh(actor, did).await?;
        // Not by a token of the owner, nor by an actor of no account: theirs would be the owner's.
        if user.is_none() && !actor.is_local() {
            return Err(ServiceError::Forbidden("tokens are made by people; sign in, or come by the socket".to_owned()));
        }
        let name = limits::name("the token's name", &draft.name)?;
        let mut scope = draft.scope;
        scope.sort_by_key(|permission| permission.code());
        scope.dedup();
        if scope.is_empty() {
            return Err(ServiceError::Invalid("say what the token may do, such as see,listen".to_owned()));
        }
        let expires_s = draft.expires_s.unwrap_or(EXPIRES_S);
        if expires_s == 0 || expires_s > LONGEST_S {
            return Err(ServiceError::Invalid(format!("a token expires after 1 second to {} days", LONGEST_S / DAY_S)));
        }
        let projects = self.projects_of(actor, draft.projects).await?;
        // What it may now: of its owner's rights, and no more than its maker's.
        let reach = if projects.is_empty() { Scope::Company } else { Scope::Projects(projects.clone()) };
        let owned = match user.as_deref().and_then(|name| people.user(name)) {
            Some(user) => people.granted_to(user),
            None => actor.grants.clone(),
        };
        for permission in &scope {
            let holds = |granted: &&Granted| granted.permissions.contains(permission);
            let theirs = owned.iter().filter(holds).fold(Scope::NOTHING, |all, granted| all.or(granted.scope.clone()));
            let lacks = theirs == Scope::NOTHING || !actor.scope(*permission).covers(&theirs.and(reach.clone()));
            if lacks {
                let what = format!("make a token that may {permission} there");
                let refusal = crate::domain::access::Refusal::Missing { what, permission: *permission };
                return Err(self.refusal(actor, did, &name, refusal).await?);
            }
        }
        let secret = Secret::new(Kind::Token)?;
        let created = self.inner.door.now();
        let expires = created
            .checked_add(SignedDuration::from_secs(i64::try_from(expires_s).unwrap_or(i64::MAX)))
            .map_err(|error| ServiceError::Invalid(format!("the token would expire too late: {error}")))?;
        let mut audit = record_of(actor, did, &secret.id);
        let words: Vec<&str> = scope.iter().map(|permission| permission.word()).collect();
        audit.detail = Some(format!(
            "{}; {}; {}; expires {expires:.0}",
            user.as_deref().unwrap_or("the owner's"),
            words.join(", "),
            if projects.is_empty() { "everywhere".to_owned() } else { projects.join(", ") }
        ));
        audit.foreign = Some(name.clone());
        let facts = Token { id: secret.id, name, user, scope, projects, created, expires, last_used: None, revoked: false };
        self.store().add_token(facts.clone(), secret::hash(&secret.text), audit).await?;
        Ok(MadeToken { token: secret.text.as_str().to_owned(), facts })
    }

    /// Projects that the actor knows.
    async fn projects_of(&self, actor: &Actor, names: Vec<String>) -> Result<Vec<String>> {
        if names.is_empty() {
            return Ok(names);
        }
        if names.len() > PROJECTS {
            return Err(ServiceError::TooLarge(format!("a token names at most {PROJECTS} projects")));
        }
        let known = self.projects(actor).await?;
        let mut projects = Vec::with_capacity(names.len());
        for name in names {
            if !known.iter().any(|project| project.name == name) {
                return Err(ServiceError::NotFound(format!("there is no project \"{}\"", limits::short(&name))));
            }
            projects.push(name);
        }
        projects.sort();
        projects.dedup();
        Ok(projects)
    }

    /// Ends a token for good: one's own, or with the right `users` anybody's.
    ///
    /// # Errors
    /// [`ServiceError::NotFound`], also for those of others without the right.
    pub async fn revoke_token(&self, actor: &Actor, id: &str) -> Result<()> {
        let only = (!manages(actor)).then(|| actor.name.clone());
        Ok(self.store().revoke_token(id.to_owned(), only, record_of(actor, "token.revoke", &limits::short(id))).await?)
    }
}
