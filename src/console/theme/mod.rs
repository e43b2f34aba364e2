//! Themes say what a thing *is* (roles), never where it stands. The only place of the console that names colours.

mod capability;
mod parse;

pub use capability::{ColorChoice, Depth, Environment};
pub use parse::ThemeError;

use ratatui::style::{Modifier, Style};

/// Makes the roles, their names in theme files, and a list of all.
macro_rules! roles {
    ($($variant:ident = $name:literal),+ $(,)?) => {
        /// What something on the screen is.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
        pub enum Role { $($variant),+ }
        impl Role {
            pub const ALL: &'static [Self] = &[$(Self::$variant),+];
            /// Its name in theme files.
            pub const fn name(self) -> &'static str { match self { $(Self::$variant => $name),+ } }
        }
    };
}

roles!(
    Text = "text",
    TextMuted = "text-muted",
    Border = "border",
    BorderFocus = "border-focus",
    Title = "title",
    Bar = "bar",
    Tab = "tab",
    TabActive = "tab-active",
    Key = "key",
    CursorRow = "cursor-row",
    CursorRowMuted = "cursor-row-muted",
    CursorRowBlur = "cursor-row-blur",
    Marked = "marked",
    Match = "match",
    Input = "input",
    Ok = "ok",
    Warn = "warn",
    Error = "error",
    Info = "info",
    DirOut = "dir-out",
    DirIn = "dir-in",
    DirInternal = "dir-internal",
    DirMissed = "dir-missed",
    LaneAgent = "lane-agent",
    LaneCustomer = "lane-customer",
    Playhead = "playhead",
    Mark = "mark",
    Masked = "masked",
    Popup = "popup",
    Danger = "danger",
);

impl Role {
    fn named(name: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|role| role.name() == name)
    }
}

/// A theme at one colour depth: one style a role.
#[derive(Clone, Debug, PartialEq)]
pub struct Theme {
    pub name: String,
    styles: Vec<Style>,
}

/// The built-in themes by the name of their file.
pub const BUILT_IN: &[(&str, &str)] = &[
    ("dark", include_str!("../../../themes/dark.toml")),
    ("light", include_str!("../../../themes/light.toml")),
    ("ansi", include_str!("../../../themes/ansi.toml")),
    ("mono", include_str!("../../../themes/mono.toml")),
];

impl Theme {
    /// A built-in theme; an unknown name gives `ansi`, which is readable everywhere.
    pub fn built_in(name: &str, depth: Depth) -> Self {
        let name = if Self::is_built_in(name) { name } else { "ansi" };
        parse::built_in(name).map_or_else(|| Self::bare(name), |source| Self::at(name, &source, depth))
    }

    pub fn is_built_in(name: &str) -> bool {
        BUILT_IN.iter().any(|(known, _)| *known == name)
    }

    /// A theme from a user's file; what it leaves out comes from `inherit`, then from the built-in theme of its kind.
    ///
    /// # Errors
    /// Names the line and what is wrong there; the caller keeps the built-in theme and says so.
    pub fn from_file(name: &str, text: &str, depth: Depth) -> Result<Self, ThemeError> {
        Ok(Self::at(name, &parse::parse(text)?, depth))
    }

    pub fn style(&self, role: Role) -> Style {
        self.styles.get(role as usize).copied().unwrap_or_default()
    }

    fn at(name: &str, source: &parse::Source, depth: Depth) -> Self {
        Self { name: name.to_owned(), styles: Role::ALL.iter().map(|role| source.style(*role, depth)).collect() }
    }

    fn bare(name: &str) -> Self {
        let styles = Role::ALL.iter().map(|role| match role {
            Role::CursorRow | Role::Bar => Style::new().add_modifier(Modifier::REVERSED),
            _ => Style::new(),
        });
        Self { name: name.to_owned(), styles: styles.collect() }
    }
}

#[cfg(test)]
mod tests;
