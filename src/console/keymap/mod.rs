//! What keys do. One table, built in and changed by the user's file, feeds the keys, the hint line, the help and the palette.

mod action;
mod group;
mod parse;

pub use action::Action;
pub use group::Group;
pub use parse::KeymapError;

use std::collections::BTreeMap;

use super::input::Key;

/// The built-in map.
const DEFAULTS: &str = include_str!("defaults.toml");

/// Where a key is pressed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Context {
    Global,
    Calls,
    /// The counts beside the list have the keys.
    Facets,
    /// What the calls come to.
    Totals,
    /// Everything of a number, while the keys go to it.
    Customer,
    Player,
    /// Who did what.
    Audit,
    /// People, roles, tokens and sessions.
    Users,
    /// The sheet of who may do what.
    Matrix,
}

impl Context {
    pub const ALL: &'static [Self] = &[
        Self::Global,
        Self::Calls,
        Self::Facets,
        Self::Totals,
        Self::Customer,
        Self::Player,
        Self::Audit,
        Self::Users,
        Self::Matrix,
    ];

    /// The maps that hold here, the nearest first: the facets are a part of the calls.
    const fn maps(self) -> &'static [Self] {
        match self {
            Self::Global => &[Self::Global],
            Self::Calls => &[Self::Calls, Self::Global],
            Self::Facets => &[Self::Facets, Self::Calls, Self::Global],
            Self::Totals => &[Self::Totals, Self::Global],
            Self::Customer => &[Self::Customer, Self::Global],
            Self::Player => &[Self::Player, Self::Global],
            Self::Audit => &[Self::Audit, Self::Global],
            Self::Users => &[Self::Users, Self::Global],
            Self::Matrix => &[Self::Matrix, Self::Global],
        }
    }

    /// Its section in key maps.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Global => "global",
            Self::Calls => "calls",
            Self::Facets => "facets",
            Self::Totals => "totals",
            Self::Customer => "customer",
            Self::Player => "player",
            Self::Audit => "audit",
            Self::Users => "users",
            Self::Matrix => "matrix",
        }
    }
}

/// What the keys pressed so far mean.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Resolved {
    Run(Action),
    /// More keys are needed.
    Prefix,
    Unknown,
}

/// Keys to actions, for each place.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Keymap {
    bindings: BTreeMap<Context, BTreeMap<Vec<Key>, Action>>,
}

impl Keymap {
    /// The built-in map.
    pub fn built_in() -> Self {
        let mut keymap = Self::default();
        // A test proves that the built-in map has no error.
        let _ = parse::merge(&mut keymap, DEFAULTS);
        keymap
    }

    /// The built-in map, changed by a user's file.
    ///
    /// # Errors
    /// Everything that is wrong with the file, each with its line; the caller keeps the built-in map and says so.
    pub fn with_file(text: &str) -> Result<Self, Vec<KeymapError>> {
        let mut keymap = Self::built_in();
        parse::merge(&mut keymap, text)?;
        Ok(keymap)
    }

    /// Looks the keys up in the place's own map, then in the global one.
    pub fn resolve(&self, context: Context, keys: &[Key]) -> Resolved {
        let maps = || context.maps().iter().filter_map(|context| self.bindings.get(context));
        if let Some(action) = maps().find_map(|map| map.get(keys)) {
            return Resolved::Run(*action);
        }
        if maps().any(|map| map.keys().any(|bound| bound.len() > keys.len() && bound.starts_with(keys))) {
            return Resolved::Prefix;
        }
        Resolved::Unknown
    }

    /// The keys of an action at a place, as people read them: `j`, `g c`. The first is the one to teach.
    pub fn keys_of(&self, context: Context, action: Action) -> Vec<String> {
        let bound = context.maps().iter().filter_map(|context| self.bindings.get(context)).flatten();
        // A key that a nearer map gives away is not this action's here.
        let bound = bound.filter(|(keys, action)| self.resolve(context, keys) == Resolved::Run(**action));
        let mut keys: Vec<&Vec<Key>> = bound.filter(|(_, bound)| **bound == action).map(|(keys, _)| keys).collect();
        keys.sort_by_key(|keys| (keys.iter().any(|key| key.ctrl) || keys[0].writes().is_none(), keys.len()));
        keys.into_iter().map(|keys| written(keys)).collect()
    }

    /// The key to teach for an action: one of this place, else of the place that has it.
    pub fn any_key_of(&self, context: Context, action: Action) -> String {
        let places = [context].into_iter().chain(Context::ALL.iter().copied());
        places.filter_map(|place| self.keys_of(place, action).into_iter().next()).next().unwrap_or_default()
    }

    /// What can follow a prefix here: the next key and its action.
    pub fn following(&self, context: Context, prefix: &[Key]) -> Vec<(String, Action)> {
        let mut found = Vec::new();
        for context in context.maps() {
            for (keys, action) in self.bindings.get(context).into_iter().flatten() {
                if keys.len() > prefix.len() && keys.starts_with(prefix) {
                    let next = (written(&keys[prefix.len()..]), *action);
                    if !found.iter().any(|(key, _)| *key == next.0) {
                        found.push(next);
                    }
                }
            }
        }
        found
    }

    /// Every action that has a key at a place or everywhere.
    pub fn bound(&self, context: Context) -> Vec<Action> {
        let mut actions: Vec<Action> = self.bindings.get(&context).into_iter().flatten().map(|(_, action)| *action).collect();
        actions.sort_unstable();
        actions.dedup();
        actions
    }
}

fn written(keys: &[Key]) -> String {
    keys.iter().map(Key::to_string).collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests;
