//! People with an account.

use std::{fmt, str::FromStr};

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

/// What a grant reaches over.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Over {
    /// All calls, those without a project too.
    Company,
    /// Calls that the user took part in, by the agent's name or the extensions of the account.
    Own,
    Project(String),
}

/// A role over some calls. As text `ROLE@*`, `ROLE@own`, `ROLE@project:NAME`; a bare `ROLE` is company-wide, but `agent`,
/// which is over own calls.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, utoipa::ToSchema)]
pub struct Grant {
    pub role: String,
    /// `*`, `own` or `project:NAME`.
    #[schema(value_type = String)]
    pub over: Over,
}

/// An account.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct User {
    /// What they sign in with, and what the audit log calls them.
    pub name: String,
    pub full_name: Option<String>,
    /// Login name on the server's machine: signs them in by the socket.
    pub login: Option<String>,
    /// Name under which the exchange knows them as an agent, for grants over own calls.
    pub agent: Option<String>,
    /// Extensions whose calls are their own whoever used them; prefer `agent`.
    pub extensions: Vec<String>,
    pub grants: Vec<Grant>,
    pub locked: bool,
    /// They can sign in by password.
    pub password: bool,
    #[serde(serialize_with = "crate::domain::instant::serialize")]
    pub created: Timestamp,
    pub last_seen: Option<Timestamp>,
    /// For `If-Match`.
    pub version: i64,
}

/// An account as it shall be.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(default)]
pub struct UserDraft {
    pub full_name: Option<String>,
    pub login: Option<String>,
    pub agent: Option<String>,
    pub extensions: Vec<String>,
    pub grants: Vec<Grant>,
    pub locked: bool,
}

impl User {
    /// What somebody who edits the account begins with.
    pub fn draft(&self) -> UserDraft {
        UserDraft {
            full_name: self.full_name.clone(),
            login: self.login.clone(),
            agent: self.agent.clone(),
            extensions: self.extensions.clone(),
            grants: self.grants.clone(),
            locked: self.locked,
        }
    }

    /// A new account of a draft, without a password.
    pub fn of_draft(name: &str, draft: &UserDraft) -> Self {
        let UserDraft { full_name, login, agent, extensions, grants, locked } = draft.clone();
        Self {
            name: name.to_owned(),
            full_name,
            login,
            agent,
            extensions,
            grants,
            locked,
            password: false,
            created: Timestamp::UNIX_EPOCH,
            last_seen: None,
            version: 0,
        }
    }
}

impl fmt::Display for Over {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Company => f.write_str("*"),
            Self::Own => f.write_str("own"),
            Self::Project(name) => write!(f, "project:{name}"),
        }
    }
}

impl FromStr for Over {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        match text {
            "*" => Ok(Self::Company),
            "own" => Ok(Self::Own),
            _ => match text.strip_prefix("project:") {
                Some(name) if !name.is_empty() => Ok(Self::Project(name.to_owned())),
                _ => Err(format!("a grant reaches over *, own or project:NAME, not over \"{text}\"")),
            },
        }
    }
}

impl Serialize for Over {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Over {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer)?.parse().map_err(serde::de::Error::custom)
    }
}

impl fmt::Display for Grant {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}@{}", self.role, self.over)
    }
}

impl FromStr for Grant {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let (role, over) = match text.split_once('@') {
            Some((role, over)) => (role, over.parse()?),
            None => (text, if text == "agent" { Over::Own } else { Over::Company }),
        };
        if role.is_empty() {
            return Err("a grant names a role: supervisor@project:sales".to_owned());
        }
        Ok(Self { role: role.to_owned(), over })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn grants_read_as_they_are_written() {
        for text in ["owner@*", "agent@own", "supervisor@project:sales", "reviewer@project:a@b"] {
            assert_eq!(text.parse::<Grant>().expect(text).to_string(), text);
        }
        assert_eq!("agent".parse::<Grant>().expect("grant").over, Over::Own);
        assert_eq!("auditor".parse::<Grant>().expect("grant").over, Over::Company);
        for wrong in ["", "@own", "owner@sales", "owner@project:"] {
            assert!(wrong.parse::<Grant>().is_err(), "{wrong}");
        }
    }
}
