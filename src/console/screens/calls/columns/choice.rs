//! Which columns a person chose, in which order and how wide: once for narrow screens and once for wide ones.

use super::Kind;

/// Screens are told apart by their columns: from [`Class::WIDE_FROM`] on more fits.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Class {
    Narrow,
    Wide,
}

/// One chosen column.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Chosen {
    pub kind: Kind,
    /// None: the column's own.
    pub width: Option<u16>,
}

/// The choice for each class of screens; none: what is shown to who chose nothing.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Choice {
    narrow: Option<Vec<Chosen>>,
    wide: Option<Vec<Chosen>>,
}

/// Of a screen of 80 columns (docs/console.md).
const NARROW: &[Kind] = &[Kind::Time, Kind::Way, Kind::Party, Kind::Number, Kind::Talk, Kind::Agent, Kind::Recording, Kind::Case];
const WIDE: &[Kind] = &[
    Kind::Time,
    Kind::Way,
    Kind::Party,
    Kind::Number,
    Kind::Wait,
    Kind::Talk,
    Kind::Cost,
    Kind::Agent,
    Kind::Queue,
    Kind::Recording,
    Kind::Size,
    Kind::Place,
    Kind::Case,
];

/// Widest that a column is made.
pub const WIDEST: u16 = 60;

impl Class {
    /// Columns of a screen from which it is a wide one.
    pub const WIDE_FROM: u16 = 110;

    pub const fn of(screen: u16) -> Self {
        if screen >= Self::WIDE_FROM { Self::Wide } else { Self::Narrow }
    }

    /// What is shown to who chose nothing.
    pub fn columns(self) -> Vec<Chosen> {
        let kinds = match self {
            Self::Narrow => NARROW,
            Self::Wide => WIDE,
        };
        kinds.iter().map(|kind| Chosen::own(*kind)).collect()
    }
}

impl Chosen {
    pub const fn own(kind: Kind) -> Self {
        Self { kind, width: None }
    }

    /// `party`, `agent=20`.
    fn written(self) -> String {
        self.width.map_or_else(|| self.kind.name().to_owned(), |width| format!("{}={width}", self.kind.name()))
    }

    fn read(text: &str) -> Option<Self> {
        let (name, width) = text.split_once('=').map_or((text, None), |(name, width)| (name, width.parse::<u16>().ok()));
        Kind::named(name).map(|kind| Self { kind, width: width.map(|width| width.clamp(1, WIDEST)) })
    }
}

impl Choice {
    /// The columns of a screen so wide.
    pub fn columns(&self, screen: u16) -> Vec<Chosen> {
        let class = Class::of(screen);
        let chosen = match class {
            Class::Narrow => &self.narrow,
            Class::Wide => &self.wide,
        };
        chosen.clone().unwrap_or_else(|| class.columns())
    }

    /// Chooses for screens of this width; what everybody has is no choice.
    pub fn choose(&mut self, screen: u16, columns: Vec<Chosen>) {
        let class = Class::of(screen);
        let chosen = Some(columns).filter(|columns| !columns.is_empty() && *columns != class.columns());
        match class {
            Class::Narrow => self.narrow = chosen,
            Class::Wide => self.wide = chosen,
        }
    }

    /// Chooses for screens of this width by the names of a view; names that nobody knows any more are left out. None of
    /// them known, or no names at all: what everybody has.
    pub fn choose_named(&mut self, screen: u16, names: &[String]) {
        let mut columns: Vec<Chosen> = Vec::new();
        for chosen in names.iter().filter_map(|name| Chosen::read(name)) {
            if !columns.iter().any(|known| known.kind == chosen.kind) {
                columns.push(chosen);
            }
        }
        self.choose(screen, columns);
    }

    /// Names of the columns of a screen so wide, for a view.
    pub fn names(&self, screen: u16) -> Vec<String> {
        self.columns(screen).iter().map(|chosen| chosen.kind.name().to_owned()).collect()
    }

    /// For the console's memory: narrow and wide; empty: nothing was chosen.
    pub fn remembered(&self) -> (Vec<String>, Vec<String>) {
        let written = |columns: &Option<Vec<Chosen>>| columns.iter().flatten().map(|chosen| chosen.written()).collect();
        (written(&self.narrow), written(&self.wide))
    }

    pub fn remember((narrow, wide): (&[String], &[String])) -> Self {
        let mut choice = Self::default();
        choice.choose_named(0, narrow);
        choice.choose_named(Class::WIDE_FROM, wide);
        choice
    }

    /// JSON names of what a screen so wide shows, for an export of the list.
    pub fn fields(&self, screen: u16) -> Vec<&'static str> {
        let mut fields = Vec::new();
        for field in self.columns(screen).iter().flat_map(|chosen| chosen.kind.fields()) {
            if !fields.contains(field) {
                fields.push(*field);
            }
        }
        fields
    }
}
