//! Who may do what: roles, or the reach of one user, against permissions. Nothing takes effect before it is applied.

use std::collections::BTreeMap;

use crate::{
    console::{access::People, keymap::Action},
    domain::{
        access::{BUILT_IN, Over},
        actor::Permission,
    },
    wire::access::{Role, User},
};

/// What a cell says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Cell {
    /// May.
    Yes,
    /// May not.
    No,
    /// May not, but the role came with it.
    Taken,
}

/// A column.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Head {
    pub name: String,
    /// The id of why it cannot be changed, if so.
    pub fixed: Option<&'static str>,
}

/// Whose rights are shown.
#[derive(Clone, Debug, PartialEq)]
enum Of {
    Roles,
    User(Box<User>),
}

/// What a role would get and lose.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Difference {
    pub role: Role,
    pub more: Vec<Permission>,
    pub less: Vec<Permission>,
}

/// The sheet with its cursor.
#[derive(Clone, Debug)]
pub struct Matrix {
    of: Of,
    me: String,
    may_change: bool,
    people: People,
    /// Cells that were turned and not applied: role and permission, to what.
    turned: BTreeMap<(String, Permission), bool>,
    /// In which order, for taking back.
    order: Vec<(String, Permission)>,
    pub row: usize,
    pub column: usize,
}

impl Matrix {
    /// Roles against permissions.
    pub fn of_roles(people: &People, me: &str, may_change: bool) -> Self {
        Self {
            of: Of::Roles,
            me: me.to_owned(),
            may_change,
            people: people.clone(),
            turned: BTreeMap::new(),
            order: Vec::new(),
            row: 0,
            column: 0,
        }
    }

    /// What a user may do where.
    pub fn of_user(people: &People, user: &User) -> Self {
        Self { of: Of::User(Box::new(user.clone())), ..Self::of_roles(people, "", false) }
    }

    /// Somebody could change something here.
    pub const fn can_turn(&self) -> bool {
        self.may_change && matches!(self.of, Of::Roles)
    }

    /// The user whose rights are shown; none: all roles.
    pub fn user(&self) -> Option<&User> {
        match &self.of {
            Of::Roles => None,
            Of::User(user) => Some(user),
        }
    }

    pub(super) fn learn(&mut self, people: &People) {
        self.people = people.clone();
        let roles: Vec<&str> = people.roles.iter().map(|role| role.name.as_str()).collect();
        self.turned.retain(|(role, _), _| roles.contains(&role.as_str()));
        if let Of::User(user) = &mut self.of
            && let Some(fresh) = people.users.iter().find(|fresh| fresh.name == user.name)
        {
            **user = fresh.clone();
        }
    }

    pub fn heads(&self) -> Vec<Head> {
        match &self.of {
            Of::Roles => self.people.roles.iter().map(|role| Head { name: role.name.clone(), fixed: self.fixed(role) }).collect(),
            Of::User(user) => {
                let mut places: Vec<&Over> = user.grants.iter().map(|grant| &grant.over).collect();
                places.sort();
                places.dedup();
                let name = |over: &&Over| match over {
                    Over::Project(name) => name.clone(),
                    over => over.to_string(),
                };
                places.iter().map(|over| Head { name: name(over), fixed: Some("matrix-of-user") }).collect()
            }
        }
    }

    /// Why a role cannot be changed here.
    fn fixed(&self, role: &Role) -> Option<&'static str> {
        let own = self.people.users.iter().find(|user| user.name == self.me);
        let is_own = own.is_some_and(|user| user.grants.iter().any(|grant| grant.role == role.name));
        if role.name == "owner" {
            Some("matrix-owner")
        } else if is_own {
            Some("matrix-own")
        } else if !self.may_change {
            Some("matrix-not-allowed")
        } else {
            None
        }
    }

    fn place(&self, column: usize) -> Option<Over> {
        let Of::User(user) = &self.of else { return None };
        let mut places: Vec<&Over> = user.grants.iter().map(|grant| &grant.over).collect();
        places.sort();
        places.dedup();
        places.get(column).map(|over| (*over).clone())
    }

    pub fn cell(&self, row: usize, column: usize) -> Cell {
        let Some(permission) = Permission::ALL.get(row) else { return Cell::No };
        match &self.of {
            Of::Roles => {
                let Some(role) = self.people.roles.get(column) else { return Cell::No };
                let has = role.permissions.contains(permission);
                let came =
                    BUILT_IN.iter().any(|built_in| built_in.name == role.name && built_in.permissions.contains(permission));
                match self.turned.get(&(role.name.clone(), *permission)).copied().unwrap_or(has) {
                    true => Cell::Yes,
                    false if came => Cell::Taken,
                    false => Cell::No,
                }
            }
            Of::User(_) => {
                if self.why(row, column).is_empty() {
                    Cell::No
                } else {
                    Cell::Yes
                }
            }
        }
    }

    /// The grants of the user by which they may, there.
    pub fn why(&self, row: usize, column: usize) -> Vec<String> {
        let (Of::User(user), Some(permission), Some(over)) = (&self.of, Permission::ALL.get(row), self.place(column)) else {
            return Vec::new();
        };
        let gives = |name: &str| self.people.roles.iter().any(|role| role.name == name && role.permissions.contains(permission));
        let by = user.grants.iter().filter(|grant| (grant.over == over || grant.over == Over::Company) && gives(&grant.role));
        by.map(ToString::to_string).collect()
    }

    pub fn is_turned(&self, row: usize, column: usize) -> bool {
        let (Some(permission), Some(role)) = (Permission::ALL.get(row), self.people.roles.get(column)) else { return false };
        self.turned.contains_key(&(role.name.clone(), *permission))
    }

    pub fn count_turned(&self) -> usize {
        self.turned.len()
    }

    /// Turns the cell under the cursor; gives why not.
    pub fn turn(&mut self) -> Result<(), &'static str> {
        let heads = self.heads();
        if let Some(why) = heads.get(self.column).and_then(|head| head.fixed) {
            return Err(why);
        }
        let (Some(permission), Some(role)) = (Permission::ALL.get(self.row), self.people.roles.get(self.column)) else {
            return Err("matrix-nothing");
        };
        let (key, has) = ((role.name.clone(), *permission), role.permissions.contains(permission));
        if self.turned.remove(&key).is_none() {
            self.turned.insert(key.clone(), !has);
            self.order.push(key);
        } else {
            self.order.retain(|known| *known != key);
        }
        Ok(())
    }

    /// Takes the last turn back; false if there is none.
    pub fn undo(&mut self) -> bool {
        let Some(key) = self.order.pop() else { return false };
        self.turned.remove(&key);
        true
    }

    pub fn discard(&mut self) {
        self.turned.clear();
        self.order.clear();
    }

    /// What would be changed, a role each.
    pub fn differences(&self) -> Vec<Difference> {
        let of = |role: &Role| {
            let turned: Vec<(Permission, bool)> = self
                .turned
                .iter()
                .filter(|((name, _), _)| *name == role.name)
                .map(|((_, permission), to)| (*permission, *to))
                .collect();
            if turned.is_empty() {
                return None;
            }
            let side = |wanted: bool| {
                turned.iter().filter(|(_, to)| *to == wanted).map(|(permission, _)| *permission).collect::<Vec<_>>()
            };
            let (more, less) = (side(true), side(false));
            let permissions = Permission::ALL.iter().copied().filter(|permission| {
                more.contains(permission) || role.permissions.contains(permission) && !less.contains(permission)
            });
            Some(Difference { role: Role { permissions: permissions.collect(), ..role.clone() }, more, less })
        };
        self.people.roles.iter().filter_map(of).collect()
    }

    /// What was turned of a role was applied.
    pub fn applied(&mut self, role: &str) {
        self.turned.retain(|(name, _), _| name != role);
        self.order.retain(|(name, _)| name != role);
    }

    pub(super) fn act(&mut self, action: Action) -> bool {
        let (rows, columns) = (Permission::ALL.len().saturating_sub(1), self.heads().len().saturating_sub(1));
        match action {
            Action::Down => self.row = (self.row + 1).min(rows),
            Action::Up => self.row = self.row.saturating_sub(1),
            Action::First | Action::PageUp | Action::HalfUp => self.row = 0,
            Action::Last | Action::PageDown | Action::HalfDown => self.row = rows,
            Action::CellRight => self.column = (self.column + 1).min(columns),
            Action::CellLeft => self.column = self.column.saturating_sub(1),
            _ => return false,
        }
        true
    }
}
