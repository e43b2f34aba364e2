//! How many colours this terminal gets, decided from the handed-in environment alone: nothing is asked of the terminal.

/// What `--color` says.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum ColorChoice {
    #[default]
    Auto,
    Fixed(Depth),
}

/// Colours that may be sent.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Depth {
    True,
    C256,
    C16,
    /// Attributes only.
    None,
}

/// What the environment tells of the terminal; read by `config`, handed in.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Environment {
    pub term: String,
    pub colorterm: String,
    /// `NO_COLOR` is set and not empty.
    pub no_color: bool,
    /// `STY`: inside GNU screen.
    pub inside_screen: bool,
    /// `TMUX`: inside tmux.
    pub inside_tmux: bool,
    pub term_program: String,
    pub colorfgbg: String,
    /// `LC_ALL`, else `LC_CTYPE`, else `LANG`.
    pub locale: String,
    /// `SSH_TTY` or `SSH_CONNECTION` is set, or the settings say so: bytes are dear.
    pub remote: bool,
    /// `LINES` and `COLUMNS`, for lines that know no size.
    pub lines: Option<u16>,
    pub columns: Option<u16>,
}

impl ColorChoice {
    /// Reads `auto true 256 16 none`.
    pub fn parse(word: &str) -> Option<Self> {
        Some(match word {
            "auto" => Self::Auto,
            "true" => Self::Fixed(Depth::True),
            "256" => Self::Fixed(Depth::C256),
            "16" => Self::Fixed(Depth::C16),
            "none" => Self::Fixed(Depth::None),
            _ => return None,
        })
    }

    pub fn depth(self, environment: &Environment) -> Depth {
        match self {
            Self::Fixed(depth) => depth,
            Self::Auto => environment.depth(),
        }
    }
}

impl Environment {
    /// `NO_COLOR` first; true colour never inside GNU screen, which turns it into one bright colour.
    fn depth(&self) -> Depth {
        let screen = self.inside_screen || self.term.starts_with("screen");
        if self.no_color || self.term.starts_with("vt") || self.term.is_empty() || self.term == "dumb" {
            Depth::None
        } else if !screen && matches!(self.colorterm.as_str(), "truecolor" | "24bit") {
            Depth::True
        } else if self.term.ends_with("256color") {
            Depth::C256
        } else {
            Depth::C16
        }
    }

    /// The theme for those who chose none. Only a terminal that tells its background gets a painted one by guess; 256
    /// and more colours paint their own background and so are readable either way.
    pub fn default_theme(&self, depth: Depth) -> &'static str {
        let background = self.colorfgbg.rsplit(';').next().and_then(|number| number.parse::<u8>().ok());
        match depth {
            Depth::None => "mono",
            Depth::C16 => "ansi",
            _ => match background {
                Some(7 | 9..=15) => "light",
                _ => "dark",
            },
        }
    }

    pub fn utf8(&self) -> bool {
        let locale = self.locale.to_ascii_lowercase();
        locale.contains("utf-8") || locale.contains("utf8")
    }
}
