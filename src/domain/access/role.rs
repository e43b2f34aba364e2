//! Roles are bundles of permissions with a name; code checks permissions.

use serde::{Deserialize, Serialize};

use crate::domain::actor::Permission;

/// A role as it stands now.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct Role {
    pub name: String,
    /// What it is for.
    pub remark: Option<String>,
    pub permissions: Vec<Permission>,
    /// Comes with the program; its permissions can be changed (but those of `owner`), it cannot be removed.
    #[serde(default)]
    pub built_in: bool,
}

/// A role that every database has.
#[derive(Clone, Copy, Debug)]
pub struct BuiltIn {
    pub name: &'static str,
    pub remark: &'static str,
    pub permissions: &'static [Permission],
}

impl Role {
    /// A built-in role as it comes.
    pub fn of(built_in: &BuiltIn) -> Self {
        Self {
            name: built_in.name.to_owned(),
            remark: Some(built_in.remark.to_owned()),
            permissions: built_in.permissions.to_vec(),
            built_in: true,
        }
    }
}

use Permission as P;

/// The roles of product.md A1. An administrator does not listen; an agent sees, and hears once the company lets them.
pub const BUILT_IN: &[BuiltIn] = &[
    BuiltIn { name: "owner", remark: "everything; whoever runs the server", permissions: Permission::ALL },
    BuiltIn {
        name: "administrator",
        remark: "runs the system; hears nothing, sees no whole numbers",
        permissions: &[P::See, P::Rules, P::Storage, P::Drives, P::Users, P::Import, P::Directory],
    },
    BuiltIn {
        name: "supervisor",
        remark: "leads the people of a project",
        permissions: &[P::See, P::Listen, P::Note, P::Delete, P::Hold, P::RevealNumber],
    },
    BuiltIn {
        name: "reviewer",
        remark: "listens to and scores calls of a project",
        permissions: &[P::See, P::Listen, P::Note, P::RevealNumber],
    },
    BuiltIn { name: "agent", remark: "sees their own calls", permissions: &[P::See] },
    BuiltIn {
        name: "auditor",
        remark: "reads what was done; sets and lifts holds",
        permissions: &[P::See, P::RevealNumber, P::Hold, P::Audit],
    },
];
