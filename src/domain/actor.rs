//! Who acts, and over which calls.

use serde::{Deserialize, Serialize};

use crate::word_enum;

word_enum!(
    /// What somebody may do. Code checks permissions, never roles.
    Permission {
        See = 0 "see", Listen = 1 "listen", Download = 2 "download", Export = 3 "export", Note = 4 "note", Delete = 5 "delete",
        Hold = 6 "hold", Rules = 7 "rules", Storage = 8 "storage", Drives = 9 "drives", Users = 10 "users", Audit = 11 "audit",
        RevealNumber = 12 "reveal-number", Import = 13 "import", Directory = 14 "directory",
    }
);

/// Which calls an actor may touch at all. The first predicate of every query.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Scope {
    Company,
    Projects(Vec<String>),
    /// Calls of these extensions.
    Own(Vec<String>),
}

/// How the actor reached us; goes into the audit.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Origin {
    pub via: String,
    pub uid: Option<u32>,
    pub sudo_user: Option<String>,
    pub ssh_connection: Option<String>,
}

/// The acting person of one request.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Actor {
    /// `local:<login>` for whoever opens the file.
    pub name: String,
    pub role: String,
    pub permissions: Vec<Permission>,
    pub scope: Scope,
    pub origin: Origin,
}

impl Actor {
    /// The local opener of a database file: owner of everything in it.
    pub fn local_owner(login: &str, origin: Origin) -> Self {
        Self {
            name: format!("local:{login}"),
            role: "owner".to_owned(),
            permissions: Permission::ALL.to_vec(),
            scope: Scope::Company,
            origin,
        }
    }

    pub fn may(&self, permission: Permission) -> bool {
        self.permissions.contains(&permission)
    }
}
