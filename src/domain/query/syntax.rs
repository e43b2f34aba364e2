//! What was written, as a tree: words keep their spelling, so that printing and parsing again gives the same tree.

use std::fmt;

/// Where something stands in the text, in bytes.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Span {
    pub start: usize,
    pub end: usize,
}

impl Span {
    pub const fn length(self) -> usize {
        self.end.saturating_sub(self.start)
    }
}

/// A query as written. `Display` prints its canonical text.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Query {
    /// None: the empty query, every call.
    pub root: Option<Node>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Node {
    And(Vec<Self>),
    Or(Vec<Self>),
    Not(Box<Self>),
    Field(FieldTerm),
    /// A word without a field: length, date, number or text.
    Word(Value),
}

/// `name:operand,operand`
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FieldTerm {
    /// In lower case; known to the language or not.
    pub name: String,
    /// Of the name with its colon.
    pub name_span: Span,
    /// Of the whole term.
    pub span: Span,
    /// One or more; any may hold.
    pub operands: Vec<Operand>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Operand {
    One(Value),
    Compare(Comparison, Value),
    /// At least one end is given.
    Range(Option<Value>, Option<Value>),
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Comparison {
    Greater,
    GreaterEqual,
    Less,
    LessEqual,
    Equal,
}

/// A piece of text as the person typed it, without its quotes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Value {
    pub text: String,
    pub quoted: bool,
    pub span: Span,
}

impl Comparison {
    pub const ALL: [Self; 5] = [Self::GreaterEqual, Self::LessEqual, Self::Greater, Self::Less, Self::Equal];

    pub const fn sign(self) -> &'static str {
        match self {
            Self::Greater => ">",
            Self::GreaterEqual => ">=",
            Self::Less => "<",
            Self::LessEqual => "<=",
            Self::Equal => "=",
        }
    }

    /// Takes the sign off the front of a text.
    pub fn strip(text: &str) -> Option<(Self, &str)> {
        Self::ALL.into_iter().find_map(|sign| text.strip_prefix(sign.sign()).map(|rest| (sign, rest)))
    }
}

impl Operand {
    /// From its first to its last value.
    pub fn span(&self) -> Span {
        match self {
            Self::One(value) => value.span,
            Self::Compare(sign, value) => Span { start: value.span.start.saturating_sub(sign.sign().len()), end: value.span.end },
            Self::Range(Some(from), Some(to)) => Span { start: from.span.start, end: to.span.end },
            Self::Range(Some(from), None) => Span { start: from.span.start, end: from.span.end + 2 },
            Self::Range(None, Some(to)) => Span { start: to.span.start.saturating_sub(2), end: to.span.end },
            Self::Range(None, None) => Span::default(),
        }
    }
}

/// A text as a value of a query, in quotes where it needs them: what forms and facets write.
pub fn quote(text: &str) -> String {
    let plain = !text.is_empty()
        && text
            .chars()
            .all(|character| character.is_alphanumeric() || matches!(character, '-' | '_' | '.' | '@' | '/' | '+' | '#'))
        && text.starts_with(char::is_alphanumeric)
        && !text.contains("..")
        && !text.ends_with('.')
        && !matches!(text, "AND" | "OR" | "NOT");
    if plain { text.to_owned() } else { format!("\"{}\"", text.replace('"', "\"\"")) }
}

impl fmt::Display for Query {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.root.as_ref().map_or(Ok(()), |root| root.fmt(f))
    }
}

impl fmt::Display for Node {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::And(parts) => joined(f, parts, " ", |part| matches!(part, Self::And(_) | Self::Or(_))),
            Self::Or(parts) => joined(f, parts, " OR ", |part| matches!(part, Self::Or(_))),
            Self::Not(inner) => match inner.as_ref() {
                Self::And(_) | Self::Or(_) | Self::Not(_) => write!(f, "-({inner})"),
                // `-7d` would be a date.
                Self::Word(word) if !word.quoted && word.text.starts_with(|c: char| c == '-' || c.is_ascii_digit()) => {
                    write!(f, "NOT {inner}")
                }
                Self::Word(_) | Self::Field(_) => write!(f, "-{inner}"),
            },
            Self::Field(term) => {
                write!(f, "{}:", term.name)?;
                for (index, operand) in term.operands.iter().enumerate() {
                    write!(f, "{}{operand}", if index == 0 { "" } else { "," })?;
                }
                Ok(())
            }
            Self::Word(word) => word.fmt(f),
        }
    }
}

fn joined(f: &mut fmt::Formatter<'_>, parts: &[Node], between: &str, wrap: impl Fn(&Node) -> bool) -> fmt::Result {
    for (index, part) in parts.iter().enumerate() {
        if index > 0 {
            f.write_str(between)?;
        }
        if wrap(part) { write!(f, "({part})")? } else { write!(f, "{part}")? }
    }
    Ok(())
}

impl fmt::Display for Operand {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::One(value) => value.fmt(f),
            Self::Compare(sign, value) => write!(f, "{}{value}", sign.sign()),
            Self::Range(from, to) => {
                for (index, end) in [from, to].into_iter().enumerate() {
                    if index == 1 {
                        f.write_str("..")?;
                    }
                    end.as_ref().map_or(Ok(()), |value| value.fmt(f))?;
                }
                Ok(())
            }
        }
    }
}

impl fmt::Display for Value {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.quoted { write!(f, "\"{}\"", self.text.replace('"', "\"\"")) } else { f.write_str(&self.text) }
    }
}
