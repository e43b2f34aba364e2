//! People, roles, tokens and sessions: who may come in, and for what.

mod lists;
mod matrix;
mod sheet;
mod view;

pub use matrix::{Difference, Matrix};
pub use view::{plain, view};

use crate::{
    console::{
        access::People,
        desk::Desk,
        effect::{Read, Slot},
        keymap::Action,
        overlays::Fill,
    },
    domain::actor::Permission,
    wire::access::{Role, Session, Share, Token, User},
};

/// What is listed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Part {
    #[default]
    Users,
    Roles,
    Tokens,
    Sessions,
    /// Links for people without an account.
    Shares,
}

impl Part {
    pub const ALL: [Self; 5] = [Self::Users, Self::Roles, Self::Tokens, Self::Sessions, Self::Shares];

    /// The part of the catalogue's ids.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Users => "users",
            Self::Roles => "roles",
            Self::Tokens => "tokens",
            Self::Sessions => "sessions",
            Self::Shares => "shares",
        }
    }
}

/// What the cursor stands on.
#[derive(Clone, Copy, Debug)]
pub enum Current<'a> {
    User(&'a User),
    Role(&'a Role),
    Token(&'a Token),
    Session(&'a Session),
    Share(&'a Share),
}

/// The pane's state.
#[derive(Debug, Default)]
pub struct Users {
    pub part: Part,
    at: [usize; 5],
    /// None: still being read.
    pub people: Option<People>,
    /// Who may do what, while that is shown.
    pub matrix: Option<Matrix>,
    /// Who was added: the cursor goes there.
    pub wanted: Option<String>,
    /// What was filled in and sent: it comes back if it is refused.
    pub sent: Option<Fill>,
}

impl Users {
    pub fn count(&self, part: Part) -> usize {
        let Some(people) = &self.people else { return 0 };
        match part {
            Part::Users => people.users.len(),
            Part::Roles => people.roles.len(),
            Part::Tokens => people.tokens.len(),
            Part::Sessions => people.sessions.len(),
            Part::Shares => people.shares.len(),
        }
    }

    /// The line that the cursor stands on.
    pub fn row(&self) -> usize {
        self.at[self.part as usize].min(self.count(self.part).saturating_sub(1))
    }

    pub fn current(&self) -> Option<Current<'_>> {
        let (people, at) = (self.people.as_ref()?, self.row());
        match self.part {
            Part::Users => people.users.get(at).map(Current::User),
            Part::Roles => people.roles.get(at).map(Current::Role),
            Part::Tokens => people.tokens.get(at).map(Current::Token),
            Part::Sessions => people.sessions.get(at).map(Current::Session),
            Part::Shares => people.shares.get(at).map(Current::Share),
        }
    }

    pub fn user(&self) -> Option<&User> {
        match self.current() {
            Some(Current::User(user)) => Some(user),
            _ => None,
        }
    }
}

/// The pane was opened, or something was changed: what it shows is read anew.
pub fn begin(_users: &mut Users, desk: &mut Desk) {
    let only = (!desk.may(Permission::Users)).then(|| desk.person());
    desk.read(Slot::People, 0, Read::People { only });
}

/// They were read; the cursor stays on what it stood on.
pub fn learned(users: &mut Users, people: People) {
    let name = match users.current() {
        Some(Current::User(_)) if users.wanted.is_some() => users.wanted.take(),
        Some(Current::User(user)) => Some(user.name.clone()),
        Some(Current::Role(role)) => Some(role.name.clone()),
        Some(Current::Token(token)) => Some(token.id.clone()),
        Some(Current::Session(session)) => Some(session.id.clone()),
        Some(Current::Share(share)) => Some(share.id.clone()),
        None => None,
    };
    let place = match users.part {
        Part::Users => people.users.iter().position(|user| Some(&user.name) == name.as_ref()),
        Part::Roles => people.roles.iter().position(|role| Some(&role.name) == name.as_ref()),
        Part::Tokens => people.tokens.iter().position(|token| Some(&token.id) == name.as_ref()),
        Part::Sessions => people.sessions.iter().position(|session| Some(&session.id) == name.as_ref()),
        Part::Shares => people.shares.iter().position(|share| Some(&share.id) == name.as_ref()),
    };
    if let Some(place) = place {
        users.at[users.part as usize] = place;
    }
    if let Some(matrix) = &mut users.matrix {
        matrix.learn(&people);
    }
    users.people = Some(people);
}

/// Handles what moves; false where an action has no meaning here.
pub fn act(users: &mut Users, desk: &mut Desk, action: Action) -> bool {
    if action == Action::Refresh {
        begin(users, desk);
        return true;
    }
    if let Some(matrix) = &mut users.matrix {
        return matrix.act(action);
    }
    let last = users.count(users.part).saturating_sub(1);
    let page = usize::from(view::rows(desk.size.1)).max(1);
    let at = users.row();
    let to = match action {
        Action::Down => at + 1,
        Action::Up => at.saturating_sub(1),
        Action::PageDown => at + page,
        Action::PageUp => at.saturating_sub(page),
        Action::HalfDown => at + page.div_ceil(2),
        Action::HalfUp => at.saturating_sub(page.div_ceil(2)),
        Action::First => 0,
        Action::Last => last,
        Action::NextPart | Action::PreviousPart => {
            let step = if action == Action::NextPart { 1 } else { Part::ALL.len() - 1 };
            users.part = Part::ALL[(users.part as usize + step) % Part::ALL.len()];
            return true;
        }
        _ => return false,
    };
    users.at[users.part as usize] = to.min(last);
    true
}
