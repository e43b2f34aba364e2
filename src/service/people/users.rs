//! Accounts: who manages them decides over what they hold themselves; everybody sees their own.

use super::{hashing::hashing, password};
use crate::{
    domain::{
        access::{Over, People, Refusal, User, UserDraft},
        actor::{Actor, Permission},
        audit::AuditRecord,
    },
    service::{
        Result, Service, ServiceError,
        audit::record_of,
        error::{changed, changed_or_there},
        limits, record,
    },
    store::PeopleChange,
};
use zeroize::Zeroizing;

/// Grants and extensions of one account.
const MANY: usize = 200;
/// Tries of a change that others overtake.
const TRIES: usize = 10;

impl Service {
    /// Everybody with the right `users`; else oneself.
    ///
    /// # Errors
    /// When the database cannot be read.
    pub async fn users(&self, actor: &Actor) -> Result<Vec<User>> {
        let (people, _) = self.store().people().await?;
        let all = manages(actor);
        Ok(people.users.into_iter().filter(|user| all || user.name == actor.name).collect())
    }

    /// # Errors
    /// [`ServiceError::NotFound`], also for others without the right `users`.
    pub async fn user(&self, actor: &Actor, name: &str) -> Result<User> {
        let found = self.users(actor).await?.into_iter().find(|user| user.name == name);
        found.ok_or_else(|| ServiceError::NotFound(format!("there is no user {}", limits::short(name))))
    }

    /// Makes or changes an account; with a version only if it still is that one, 0 only if there is none.
    ///
    /// # Errors
    /// Without the right; for what [`People::may_put_user`] refuses; [`ServiceError::Changed`].
    pub async fn put_user(&self, actor: &Actor, name: &str, draft: UserDraft, version: Option<i64>) -> Result<User> {
        let did = "user.set";
        self.require(actor, Permission::Users, did, "manage accounts", Some(name)).await?;
        self.fresh(actor, did).await?;
        let name = user_name(name)?;
        let draft = checked(draft)?;
        let known = self.store().projects().await?;
        for grant in &draft.grants {
            if let Over::Project(project) = &grant.over
                && !known.iter().any(|known| known.name == *project)
            {
                let project = limits::short(project);
                return Err(ServiceError::NotFound(format!(
                    "there is no project \"{project}\"; `callreel project list` shows them, `callreel project add` makes one"
                )));
            }
        }
        let told = draft.clone();
        self.change_people(actor, did, &name, |people| {
            people.may_put_user(actor, &name, &draft)?;
            let mut audit = record_of(actor, if people.user(&name).is_some() { did } else { "user.add" }, &name);
            audit.detail = Some(words(&told));
            let change = PeopleChange::PutUser { name: name.clone(), draft: draft.clone(), version };
            Ok((change, audit))
        })
        .await?;
        self.user(actor, &name).await
    }

    /// Removes an account with its sessions and tokens.
    ///
    /// # Errors
    /// Without the right; for what [`People::may_remove_user`] refuses.
    pub async fn remove_user(&self, actor: &Actor, name: &str) -> Result<()> {
        let did = "user.remove";
        self.require(actor, Permission::Users, did, "manage accounts", Some(name)).await?;
        self.fresh(actor, did).await?;
        let short = limits::short(name);
        self.change_people(actor, did, &short, |people| {
            people.may_remove_user(actor, name)?;
            Ok((PeopleChange::RemoveUser(name.to_owned()), record_of(actor, did, &short)))
        })
        .await
    }

    /// Sets somebody's password or takes it away; all their other sessions end. One's own needs the old one.
    ///
    /// # Errors
    /// Without the right; [`ServiceError::Invalid`] for what would be guessed; [`ServiceError::NotSignedIn`] and
    /// [`ServiceError::TooMany`] for a wrong old one.
    pub async fn set_password(&self, actor: &Actor, name: &str, password: Option<String>, old: Option<String>) -> Result<()> {
        let did = "user.password";
        let (password, old) = (password.map(Zeroizing::new), old.map(Zeroizing::new));
        let own = actor.name == name;
        if own {
            if super::secret::Kind::Token.is_of(actor.origin.session.as_deref().unwrap_or_default()) {
                return Err(ServiceError::Forbidden("a token does not change its user's password".to_owned()));
            }
            self.compare_own(actor, old).await?;
        } else {
            self.require(actor, Permission::Users, did, "set passwords of others", Some(name)).await?;
            self.fresh(actor, did).await?;
            let (people, _) = self.store().people().await?;
            if people.user(name).is_none() {
                let unknown = ServiceError::NotFound(format!("there is no user {}", limits::short(name)));
                return Err(unknown);
            }
        }
        let phc = match password {
            None => None,
            Some(password) => {
                password::check(name, &password)?;
                let turn = self.inner.door.turn().await?;
                turn.hash();
                Some(hashing(move || password::hash(&password)).await??)
            }
        };
        let short = limits::short(name);
        self.change_people(actor, did, &short, |people| {
            people.may_act_as(actor, name)?;
            let mut audit = record_of(actor, did, &short);
            audit.detail = Some(if phc.is_some() { "set" } else { "taken away" }.to_owned());
            let but_session = actor.origin.session.clone().filter(|_| own);
            Ok((PeopleChange::SetPassword { name: name.to_owned(), phc: phc.clone(), but_session }, audit))
        })
        .await
    }

    /// Decides over one state of all accounts and does it to that one.
    pub(super) async fn change_people(
        &self,
        actor: &Actor,
        did: &'static str,
        object: &str,
        decide: impl Fn(&People) -> std::result::Result<(PeopleChange, AuditRecord), Refusal>,
    ) -> Result<()> {
        for _ in 0..TRIES {
            let (people, state) = self.store().people().await?;
            let (change, audit) = match decide(&people) {
                Ok(decided) => decided,
                Err(refusal) => return Err(self.refusal(actor, did, object, refusal).await?),
            };
            let told = match &change {
                PeopleChange::PutUser { version: Some(version), .. } => changed_or_there(*version),
                _ => changed,
            };
            if self.store().change_people(state, change, audit).await.map_err(told)? {
                return Ok(());
            }
        }
        Err(ServiceError::Busy("others change accounts at the same time; try again".to_owned()))
    }

    /// Tells a refusal; what somebody may not do is written down.
    pub(super) async fn refusal(&self, actor: &Actor, did: &'static str, object: &str, refusal: Refusal) -> Result<ServiceError> {
        let (error, detail) = match refusal {
            Refusal::Conflict(why) => return Ok(ServiceError::Conflict(why)),
            Refusal::Invalid(why) => return Ok(ServiceError::Invalid(why)),
            Refusal::Unknown(why) => return Ok(ServiceError::NotFound(why)),
            Refusal::Missing { what, permission } => {
                (ServiceError::NotAllowed { who: actor.name.clone(), what, permission }, format!("right missing: {permission}"))
            }
            Refusal::Own(why) => (ServiceError::Forbidden(why.to_owned()), "one's own rights".to_owned()),
        };
        if self.read_only().is_none() {
            let mut audit = record(actor, did);
            audit.outcome = "refused";
            audit.detail = Some(detail);
            audit.foreign = Some(limits::short(object));
            self.write_down(audit).await?;
        }
        Ok(error)
    }
}

/// Whether somebody sees and manages all accounts.
pub(super) fn manages(actor: &Actor) -> bool {
    actor.scope(Permission::Users).is_company()
}

/// A name that signs in. The colon is of names that are no account's.
fn user_name(text: &str) -> Result<String> {
    let name = limits::name("the user's name", text)?;
    if name != text
        || name.chars().count() > 60
        || name.chars().any(|character| character.is_whitespace() || ":/@*".contains(character))
    {
        return Err(ServiceError::Invalid(format!(
            "\"{name}\" is no name of a user: up to 60 characters, no blanks, none of : / @ *"
        )));
    }
    Ok(name)
}

fn checked(draft: UserDraft) -> Result<UserDraft> {
    if draft.grants.len() > MANY || draft.extensions.len() > MANY {
        return Err(ServiceError::TooLarge(format!("an account has at most {MANY} grants and {MANY} extensions")));
    }
    let mut extensions = Vec::with_capacity(draft.extensions.len());
    for number in &draft.extensions {
        let number = limits::name("an extension", number)?;
        if !extensions.contains(&number) {
            extensions.push(number);
        }
    }
    let mut grants = draft.grants;
    for grant in &grants {
        limits::name("a grant", &grant.to_string())?;
    }
    grants.sort();
    grants.dedup();
    Ok(UserDraft {
        full_name: limits::optional_name("the full name", draft.full_name.as_deref())?,
        login: limits::optional_name("the login", draft.login.as_deref())?,
        agent: limits::optional_name("the agent", draft.agent.as_deref())?,
        locked: draft.locked,
        extensions,
        grants,
    })
}

/// What an account may do, for the audit log.
fn words(draft: &UserDraft) -> String {
    let grants: Vec<String> = draft.grants.iter().map(ToString::to_string).collect();
    let mut words = if grants.is_empty() { "no roles".to_owned() } else { grants.join(", ") };
    for (what, value) in [("login", &draft.login), ("agent", &draft.agent)] {
        if let Some(value) = value {
            words.push_str(&format!("; {what} {value}"));
        }
    }
    if !draft.extensions.is_empty() {
        words.push_str(&format!("; extensions {}", draft.extensions.join(", ")));
    }
    if draft.locked {
        words.push_str("; locked");
    }
    words
}
