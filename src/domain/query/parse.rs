//! Text → tree. Knows the grammar only; what fields and words mean is told by `resolve`.

use super::{
    QueryError,
    syntax::{Comparison, FieldTerm, Node, Operand, Query, Span, Value},
};

/// How deep parentheses and negations may nest, views included.
pub(super) const MAX_DEPTH: usize = 64;
/// A longer text is no query.
pub(super) const MAX_BYTES: usize = 64 * 1024;

/// Parses a text.
///
/// # Errors
/// [`QueryError`] for an unclosed quote or parenthesis, a missing term or value, and nesting deeper than any person writes.
pub fn parse(text: &str) -> Result<Query, QueryError> {
    if text.len() > MAX_BYTES {
        return Err(QueryError::new(Span { start: 0, end: text.len() }, "the query is longer than 64 kB".to_owned()));
    }
    let mut parser = Parser { text, at: 0 };
    let root = parser.alternatives(0)?;
    match parser.rest().chars().next() {
        Some(_) => Err(parser.error_here(1, "this parenthesis closes nothing")),
        None => Ok(Query { root }),
    }
}

/// The terms that stand beside each other in a text, each with its place, or whether "OR" parts them.
pub(super) enum Pieces {
    Terms(Vec<(Span, Node)>),
    Alternatives,
}

/// Parses a text as [`parse`] does, keeping where each outermost term stands.
///
/// # Errors
/// As [`parse`].
pub(super) fn pieces(text: &str) -> Result<Pieces, QueryError> {
    if let Some(Node::Or(_)) = parse(text)?.root
        && !is_one_parenthesis(text)
    {
        return Ok(Pieces::Alternatives);
    }
    let mut parser = Parser { text, at: 0 };
    let mut pieces = Vec::new();
    loop {
        parser.skip_blanks();
        if parser.rest().is_empty() {
            return Ok(Pieces::Terms(pieces));
        }
        if parser.peek_word() == "AND" {
            parser.at += "AND".len();
            continue;
        }
        let start = parser.at;
        let node = parser.item(0)?;
        pieces.push((Span { start, end: parser.at }, node));
    }
}

/// Whether the first parenthesis encloses the whole text.
fn is_one_parenthesis(text: &str) -> bool {
    let mut parser = Parser { text, at: 0 };
    while {
        parser.skip_blanks();
        parser.peek_word() == "AND"
    } {
        parser.at += "AND".len();
    }
    if !parser.rest().starts_with('(') || parser.item(0).is_err() {
        return false;
    }
    loop {
        parser.skip_blanks();
        match parser.peek_word() {
            "AND" => parser.at += "AND".len(),
            _ => return parser.rest().is_empty(),
        }
    }
}

struct Parser<'a> {
    text: &'a str,
    at: usize,
}

impl<'a> Parser<'a> {
    fn rest(&self) -> &'a str {
        self.text.get(self.at..).unwrap_or_default()
    }

    fn skip_blanks(&mut self) {
        self.at = self.text.len() - self.rest().trim_start().len();
    }

    fn eat(&mut self, token: &str) -> bool {
        let there = self.rest().starts_with(token);
        if there {
            self.at += token.len();
        }
        there
    }

    fn error_here(&self, length: usize, message: &str) -> QueryError {
        QueryError::new(Span { start: self.at, end: (self.at + length).min(self.text.len()) }, message.to_owned())
    }

    /// The unquoted word that begins here, which may be empty.
    fn peek_word(&self) -> &'a str {
        let rest = self.rest();
        rest.get(..rest.find(ends_word).unwrap_or(rest.len())).unwrap_or_default()
    }

    /// `seq { OR seq }`, up to a closing parenthesis or the end; none if there is nothing.
    fn alternatives(&mut self, depth: usize) -> Result<Option<Node>, QueryError> {
        if depth > MAX_DEPTH {
            return Err(self.error_here(1, "nested too deep"));
        }
        let mut parts = Vec::new();
        let mut last_or = Span::default();
        loop {
            let sequence = self.sequence(depth)?;
            let or_length = if self.rest().starts_with('|') { 1 } else { usize::from(self.peek_word() == "OR") * 2 };
            let or = Span { start: self.at, end: self.at + or_length };
            match sequence {
                Some(node) => parts.push(node),
                None if or_length > 0 || !parts.is_empty() => {
                    let span = if or_length > 0 { or } else { last_or };
                    return Err(QueryError::new(span, "OR wants a term on both sides".to_owned()));
                }
                None => return Ok(None),
            }
            if or_length == 0 {
                return Ok(if parts.len() == 1 { parts.pop() } else { Some(Node::Or(parts)) });
            }
            self.at = or.end;
            last_or = or;
        }
    }

    fn sequence(&mut self, depth: usize) -> Result<Option<Node>, QueryError> {
        let mut parts = Vec::new();
        loop {
            self.skip_blanks();
            if self.rest().is_empty() || self.rest().starts_with([')', '|']) || self.peek_word() == "OR" {
                break;
            }
            if self.peek_word() == "AND" {
                self.at += "AND".len();
                continue;
            }
            parts.push(self.item(depth)?);
        }
        Ok(match parts.len() {
            0 => None,
            1 => parts.pop(),
            _ => Some(Node::And(parts)),
        })
    }

    fn item(&mut self, depth: usize) -> Result<Node, QueryError> {
        if depth > MAX_DEPTH {
            return Err(self.error_here(1, "nested too deep"));
        }
        let start = self.at;
        let word = self.peek_word();
        let negation = match word {
            "NOT" => 3,
            _ if word.starts_with('-') && !is_relative_date(word) => 1,
            _ => 0,
        };
        if negation > 0 {
            self.at += negation;
            let blank_follows = self.rest().starts_with(char::is_whitespace);
            self.skip_blanks();
            let nothing = self.rest().is_empty()
                || self.rest().starts_with([')', '|'])
                || matches!(self.peek_word(), "OR" | "AND")
                || (negation == 1 && blank_follows);
            if nothing {
                let span = Span { start, end: start + negation };
                return Err(QueryError::new(span, "a negation wants a term after it".to_owned()));
            }
            return Ok(Node::Not(Box::new(self.item(depth + 1)?)));
        }
        if self.eat("(") {
            let inner = self.alternatives(depth + 1)?;
            let whole = Span { start, end: start + 1 };
            if !self.eat(")") {
                return Err(QueryError::new(whole, "this parenthesis is not closed".to_owned()));
            }
            return inner.ok_or_else(|| {
                QueryError::new(Span { start, end: self.at }, "there is nothing between these parentheses".to_owned())
            });
        }
        if self.rest().starts_with('"') {
            return Ok(Node::Word(self.quoted()?));
        }
        match field_name(word) {
            Some(name) => self.field(name),
            None => {
                self.at += word.len();
                Ok(Node::Word(Value { text: word.to_owned(), quoted: false, span: Span { start, end: self.at } }))
            }
        }
    }

    fn field(&mut self, name: &str) -> Result<Node, QueryError> {
        let start = self.at;
        self.at += name.len() + 1;
        let name_span = Span { start, end: self.at };
        let mut operands = Vec::new();
        loop {
            operands.push(self.operand(name_span)?);
            if !self.eat(",") {
                break;
            }
        }
        Ok(Node::Field(FieldTerm { name: name.to_ascii_lowercase(), name_span, span: Span { start, end: self.at }, operands }))
    }

    fn operand(&mut self, name: Span) -> Result<Operand, QueryError> {
        if let Some(sign) = Comparison::ALL.into_iter().find(|sign| self.eat(sign.sign())) {
            let value = self.value(false)?.ok_or_else(|| {
                let start = self.at - sign.sign().len();
                QueryError::new(
                    Span { start, end: self.at },
                    format!("\"{}\" wants a value after it, without a blank", sign.sign()),
                )
            })?;
            return Ok(Operand::Compare(sign, value));
        }
        let from = self.value(true)?;
        let dots = self.at;
        if self.eat("..") {
            let to = self.value(false)?;
            if let Some(value) = to.as_ref().filter(|value| !value.quoted && value.text.contains("..")) {
                return Err(QueryError::new(value.span, "a range has one \"..\" only".to_owned()));
            }
            if from.is_none() && to.is_none() {
                let span = Span { start: dots, end: self.at };
                return Err(QueryError::new(span, "a range wants at least one end".to_owned()));
            }
            return Ok(Operand::Range(from, to));
        }
        from.map(Operand::One).ok_or_else(|| {
            let name_text = self.text.get(name.start..name.end).unwrap_or_default();
            QueryError::new(
                Span { start: name.start, end: self.at },
                format!("\"{name_text}\" wants a value after it, without a blank"),
            )
        })
    }

    /// A value, quoted or not; none if nothing stands here. `before_dots`: stops in front of `..`.
    fn value(&mut self, before_dots: bool) -> Result<Option<Value>, QueryError> {
        if self.rest().starts_with('"') {
            return self.quoted().map(Some);
        }
        let rest = self.rest();
        let mut end = rest.find(|character| ends_word(character) || character == ',').unwrap_or(rest.len());
        if before_dots && let Some(dots) = rest.get(..end).and_then(|run| run.find("..")) {
            let date_dot = rest.as_bytes().get(dots + 2) == Some(&b'.')
                && dots > 0
                && rest.as_bytes().get(dots - 1).is_some_and(u8::is_ascii_digit);
            end = dots + usize::from(date_dot);
        }
        let Some(text) = rest.get(..end).filter(|text| !text.is_empty()) else { return Ok(None) };
        let span = Span { start: self.at, end: self.at + end };
        self.at = span.end;
        Ok(Some(Value { text: text.to_owned(), quoted: false, span }))
    }

    /// `"any"`; a doubled quote stands for one.
    fn quoted(&mut self) -> Result<Value, QueryError> {
        let start = self.at;
        self.at += 1;
        let mut text = String::new();
        while let Some(index) = self.rest().find('"') {
            text.push_str(self.rest().get(..index).unwrap_or_default());
            self.at += index + 1;
            if !self.eat("\"") {
                return Ok(Value { text, quoted: true, span: Span { start, end: self.at } });
            }
            text.push('"');
        }
        Err(QueryError::new(Span { start, end: self.text.len() }, "this quotation mark is not closed".to_owned()))
    }
}

fn ends_word(character: char) -> bool {
    character.is_whitespace() || matches!(character, '(' | ')' | '|' | '"')
}

/// The name in front of the first colon, if it can be one.
pub(super) fn field_name(word: &str) -> Option<&str> {
    let (name, _) = word.split_once(':')?;
    let can_be = name.starts_with(|character: char| character.is_ascii_alphabetic())
        && name.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_'));
    can_be.then_some(name)
}

/// `-7d`, alone or as the left end of a range: a date, not a negation. Units that no date has (`-7m`) count too, so that
/// they can be explained.
pub(super) fn is_relative_date(word: &str) -> bool {
    let word = word.split_once("..").map_or(word, |(left, _)| left);
    let Some(rest) = word.strip_prefix('-') else { return false };
    let unit = rest.trim_start_matches(|character: char| character.is_ascii_digit());
    unit.len() < rest.len() && ["h", "d", "w", "mo", "y", "m", "min"].iter().any(|known| unit.eq_ignore_ascii_case(known))
}
