//! Who acts, and over which calls.

use serde::{Deserialize, Serialize};

use crate::word_enum;

word_enum!(
    /// What somebody may do. Code checks permissions, never roles.
    Permission {
        See = 0 "see", Listen = 1 "listen", Download = 2 "download", Export = 3 "export", Note = 4 "note", Delete = 5 "delete",
        Hold = 6 "hold", Rules = 7 "rules", Storage = 8 "storage", Drives = 9 "drives", Users = 10 "users", Audit = 11 "audit",
        RevealNumber = 12 "reveal-number", Import = 13 "import", Directory = 14 "directory", Share = 15 "share",
        Backup = 16 "backup",
    }
);

impl Permission {
    /// What is the whole company's and of no call: held over a project or over own calls alone, it allows nothing.
    pub const fn is_of_company(self) -> bool {
        matches!(
            self,
            Self::Rules
                | Self::Storage
                | Self::Drives
                | Self::Users
                | Self::Audit
                | Self::Import
                | Self::Directory
                | Self::Backup
        )
    }

    /// What it lets somebody do, for people; of calls: of those that they see.
    pub const fn allows(self) -> &'static str {
        match self {
            Self::See => "see calls, recordings, notes, tags and cases; every other permission over calls needs it there",
            Self::Listen => "play recordings and clips, draw their waveforms",
            Self::Download => "take sound away: download, cut clips",
            Self::Export => "send calls and recordings to drives",
            Self::Note => "write notes, set tags, cases and flags",
            Self::Delete => "delete recordings; change or remove notes of others, remove their clips",
            Self::Hold => "set and lift holds",
            Self::Rules => "decide what is recorded and how long it is kept",
            Self::Storage => "manage the internal storage",
            Self::Drives => "manage drives",
            Self::Users => "manage accounts, roles, sessions and tokens, up to what one holds oneself",
            Self::Audit => "read and check the audit log, know what others heard and downloaded",
            Self::RevealNumber => "see whole numbers; search, count and sort by numbers and customers",
            Self::Import => "bring in calls and recordings",
            Self::Directory => "change extensions, groups, projects, customers, the company's settings",
            Self::Share => "share recordings and clips with people without an account",
            Self::Backup => "make backups",
        }
    }
}

/// Which calls an actor may touch at all. The first predicate of every query.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Scope {
    Company,
    Projects(Vec<String>),
    /// Calls in which one of these extensions took part.
    Own(Vec<String>),
    /// Calls in which one of these agents took part, by the assignments of the day: an extension that changed hands shows
    /// each agent only their own.
    Agents(Vec<String>),
    /// What lies in one of them; of none: nothing.
    Any(Vec<Self>),
    /// What lies in all of them.
    All(Vec<Self>),
}

impl Scope {
    /// No call at all.
    pub const NOTHING: Self = Self::Any(Vec::new());

    /// What lies in either.
    #[must_use]
    pub fn or(self, other: Self) -> Self {
        match (self, other) {
            (Self::Company, _) | (_, Self::Company) => Self::Company,
            (Self::Any(none), one) | (one, Self::Any(none)) if none.is_empty() => one,
            (one, other) if one == other => one,
            (Self::Any(mut scopes), Self::Any(more)) => {
                scopes.extend(more);
                Self::Any(scopes)
            }
            (Self::Any(mut scopes), one) | (one, Self::Any(mut scopes)) => {
                scopes.push(one);
                Self::Any(scopes)
            }
            (one, other) => Self::Any(vec![one, other]),
        }
    }

    /// All calls, those without a project too.
    pub fn is_company(&self) -> bool {
        match self {
            Self::Company => true,
            Self::Any(scopes) => scopes.iter().any(Self::is_company),
            Self::All(scopes) => scopes.iter().all(Self::is_company),
            Self::Projects(_) | Self::Own(_) | Self::Agents(_) => false,
        }
    }

    /// Whether whatever lies in `other` certainly lies in this one.
    pub fn covers(&self, other: &Self) -> bool {
        if self.is_company() || self == other {
            return true;
        }
        // What is several is taken apart: all of a union, any of what must hold together.
        match other {
            Self::Any(scopes) => return scopes.iter().all(|scope| self.covers(scope)),
            Self::All(scopes) if scopes.iter().any(|scope| self.covers(scope)) => return true,
            Self::Projects(names) if names.len() != 1 => return each(names, Self::Projects, self),
            Self::Own(numbers) if numbers.len() != 1 => return each(numbers, Self::Own, self),
            Self::Agents(names) if names.len() != 1 => return each(names, Self::Agents, self),
            _ => {}
        }
        match (self, other) {
            (Self::Any(scopes), other) => scopes.iter().any(|scope| scope.covers(other)),
            (Self::All(scopes), other) => scopes.iter().all(|scope| scope.covers(other)),
            (Self::Projects(all), Self::Projects(some))
            | (Self::Own(all), Self::Own(some))
            | (Self::Agents(all), Self::Agents(some)) => some.iter().all(|one| all.contains(one)),
            _ => false,
        }
    }

    /// What lies in both.
    #[must_use]
    pub fn and(self, other: Self) -> Self {
        match (self, other) {
            (Self::Company, one) | (one, Self::Company) => one,
            (one, other) if one == other => one,
            (one, other) => Self::All(vec![one, other]),
        }
    }
}

impl Scope {
    /// As people write what a role is given over: `*`, `project:sales`, `agent:Anna Nowak`, `extension:101`; of no call: none.
    pub fn words(&self) -> Vec<String> {
        let each = |kind: &str, names: &[String]| names.iter().map(|name| format!("{kind}:{name}")).collect();
        match self {
            Self::Company => vec!["*".to_owned()],
            Self::Projects(names) => each("project", names),
            Self::Own(numbers) => each("extension", numbers),
            Self::Agents(names) => each("agent", names),
            Self::Any(parts) => parts.iter().flat_map(Self::words).collect(),
            Self::All(parts) => {
                let parts: Vec<String> = parts.iter().map(|part| part.words().join(" or ")).collect();
                if parts.iter().any(String::is_empty) { Vec::new() } else { vec![parts.join(" and ")] }
            }
        }
    }
}

/// Whether a scope covers what each of these names makes.
fn each(names: &[String], make: fn(Vec<String>) -> Scope, scope: &Scope) -> bool {
    names.iter().all(|name| scope.covers(&make(vec![name.clone()])))
}

/// How the actor reached us; goes into the audit.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Origin {
    /// `local`, `socket`, `http`, `job` or `share`.
    pub via: String,
    pub uid: Option<u32>,
    pub sudo_user: Option<String>,
    pub ssh_connection: Option<String>,
    /// Address of the other end of the line; none on a socket of this machine.
    pub address: Option<String>,
    /// Public id of the session, token or share that was shown.
    pub session: Option<String>,
}

/// Permissions over some calls.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Granted {
    pub permissions: Vec<Permission>,
    pub scope: Scope,
}

/// The acting person of one request.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Actor {
    /// `local:<login>` for whoever opens the file, the name of a user, `token:<name>` for a token of the owner.
    pub name: String,
    /// Names of the roles, for people.
    pub role: String,
    pub grants: Vec<Granted>,
    pub origin: Origin,
}

impl Actor {
    /// The local opener of a database file: owner of everything in it.
    pub fn local_owner(login: &str, origin: Origin) -> Self {
        Self::with(format!("local:{login}"), "owner", Permission::ALL, Scope::Company, origin)
    }

    /// Whoever runs the server, or opens the file itself.
    pub fn is_local(&self) -> bool {
        self.name.starts_with("local:")
    }

    /// Somebody with the same permissions over all of their calls.
    pub fn with(name: impl Into<String>, role: &str, permissions: &[Permission], scope: Scope, origin: Origin) -> Self {
        let grants = vec![Granted { permissions: permissions.to_vec(), scope }];
        Self { name: name.into(), role: role.to_owned(), grants, origin }
    }

    /// Whether there is anything at all that they may do so to.
    pub fn may(&self, permission: Permission) -> bool {
        self.grants.iter().any(|granted| granted.permissions.contains(&permission))
    }

    /// The calls that they may do so to.
    pub fn scope(&self, permission: Permission) -> Scope {
        let granted = self.grants.iter().filter(|granted| granted.permissions.contains(&permission));
        granted.fold(Scope::NOTHING, |scope, granted| scope.or(granted.scope.clone()))
    }

    /// The calls that they see and may do so to.
    pub fn reach(&self, permission: Permission) -> Scope {
        self.scope(Permission::See).and(self.scope(permission))
    }

    /// Whether they may do so to all that somebody with these grants may.
    pub fn covers(&self, grants: &[Granted]) -> Result<(), Permission> {
        for granted in grants {
            for permission in &granted.permissions {
                if !self.scope(*permission).covers(&granted.scope) {
                    return Err(*permission);
                }
            }
        }
        Ok(())
    }

    /// Everything that they may do to some call or other, in the order of the words.
    pub fn permissions(&self) -> Vec<Permission> {
        Permission::ALL.iter().copied().filter(|permission| self.may(*permission)).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn projects(name: &str) -> Scope {
        Scope::Projects(vec![name.to_owned()])
    }

    #[test]
    fn each_permission_has_the_scope_of_the_grants_that_hold_it() {
        let mut actor = Actor::with("anna", "x", &[Permission::See, Permission::Listen], projects("sales"), Origin::default());
        actor.grants.push(Granted { permissions: vec![Permission::See], scope: projects("support") });
        assert_eq!(actor.scope(Permission::Listen), projects("sales"));
        assert_eq!(actor.scope(Permission::See), Scope::Any(vec![projects("sales"), projects("support")]));
        assert_eq!(actor.scope(Permission::Download), Scope::NOTHING);
        assert!(!actor.may(Permission::Download));
        actor.grants.push(Granted { permissions: vec![Permission::See], scope: Scope::Company });
        assert_eq!(actor.scope(Permission::See), Scope::Company);
        assert_eq!(actor.permissions(), [Permission::See, Permission::Listen]);
    }

    #[test]
    fn scopes_are_told_as_people_write_them() {
        let own = Scope::Own(vec!["101".to_owned()]);
        for (scope, words) in [
            (Scope::Company, vec!["*"]),
            (Scope::NOTHING, vec![]),
            (projects("sales").or(own.clone()), vec!["project:sales", "extension:101"]),
            (Scope::All(vec![projects("sales"), own]), vec!["project:sales and extension:101"]),
            (Scope::All(vec![projects("sales"), Scope::NOTHING]), vec![]),
        ] {
            assert_eq!(scope.words(), words);
        }
    }

    #[test]
    fn what_covers_what() {
        let (a, b) = (projects("a"), projects("b"));
        let both = Scope::Projects(vec!["a".to_owned(), "b".to_owned()]);
        let own = Scope::Own(vec!["101".to_owned()]);
        for (scope, other, covers) in [
            (Scope::Company, both.clone(), true),
            (Scope::Company, Scope::Company, true),
            (both.clone(), Scope::Company, false),
            (both.clone(), a.clone(), true),
            (a.clone(), both.clone(), false),
            (a.clone().or(b.clone()), both.clone(), true),
            (both.clone(), a.clone().or(b.clone()), true),
            (both.clone(), a.clone().or(own.clone()), false),
            (a.clone(), a.clone().and(own.clone()), true),
            (b.clone(), a.clone().and(own.clone()), false),
            (a.clone().and(own.clone()), a.clone(), false),
            (a.clone().or(own.clone()), own.clone(), true),
            (own, Scope::Agents(vec!["101".to_owned()]), false),
            (Scope::NOTHING, a.clone(), false),
            (Scope::NOTHING, Scope::NOTHING, true),
            (Scope::NOTHING, Scope::Projects(Vec::new()), true),
            (Scope::Any(vec![Scope::Company]), both, true),
        ] {
            assert_eq!(scope.covers(&other), covers, "{scope:?} over {other:?}");
        }
        assert!(Scope::Any(vec![a, Scope::Company]).is_company() && !b.is_company());
    }

    #[test]
    fn what_lies_in_both_is_narrower() {
        assert_eq!(Scope::Company.and(projects("a")), projects("a"));
        assert_eq!(projects("a").and(projects("b")), Scope::All(vec![projects("a"), projects("b")]));
        assert_eq!(Scope::NOTHING.or(projects("a")), projects("a"));
    }
}
