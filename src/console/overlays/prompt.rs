//! One line that is asked for: tags, a case, a date, a place in the recording, a path, an address.

use super::Outcome;
use crate::{
    console::{
        desk::Desk,
        effect::Target,
        input::{Code, Input},
        memory::{LENGTHS, LEVELS},
        widgets::LineInput,
    },
    playback::SilenceRule,
};

/// What the line is for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Purpose {
    /// Tags of a call, parted by commas.
    Tags(Box<Target>),
    Case(Box<Target>),
    /// Tags that the marked calls get, or lose with a dash in front; whose they are, for the title.
    MarkedTags(String),
    MarkedCase(String),
    Date,
    Seek,
    /// The title of a clip; may be empty.
    Clip,
    /// Level and length of what counts as silence.
    Silence,
    ImportPath,
    ServerAddress,
}

impl Purpose {
    /// The part of the catalogue's ids.
    pub const fn word(&self) -> &'static str {
        match self {
            Self::Tags(_) => "tags",
            Self::Case(_) => "case",
            Self::MarkedTags(_) => "marked-tags",
            Self::MarkedCase(_) => "marked-case",
            Self::Date => "date",
            Self::Seek => "seek",
            Self::Clip => "clip",
            Self::Silence => "silence",
            Self::ImportPath => "import",
            Self::ServerAddress => "server",
        }
    }
}

/// The line.
#[derive(Clone, Debug)]
pub struct Prompt {
    pub purpose: Purpose,
    pub input: LineInput,
    pub problem: Option<String>,
}

impl Prompt {
    pub fn new(purpose: Purpose) -> Self {
        let text = match &purpose {
            Purpose::Tags(target) => target.tags.join(", "),
            Purpose::Case(target) => target.case.clone().unwrap_or_default(),
            _ => String::new(),
        };
        Self::with_text(purpose, text)
    }

    pub fn with_text(purpose: Purpose, text: impl Into<String>) -> Self {
        Self { purpose, input: LineInput::new(text), problem: None }
    }

    pub(super) fn input(&mut self, desk: &Desk, input: &Input) -> Outcome {
        let key = match input {
            Input::Paste(text) => {
                self.input.paste(text);
                return Outcome::Stay;
            }
            Input::Key(key) => *key,
        };
        match (key.code, key.ctrl) {
            (Code::Esc, _) | (Code::Char('c'), true) => Outcome::Close,
            (Code::Enter, _) => {
                let text = self.input.text().trim().to_owned();
                let may_be_empty =
                    matches!(self.purpose, Purpose::Tags(_) | Purpose::Case(_) | Purpose::MarkedCase(_) | Purpose::Clip);
                if text.is_empty() && !may_be_empty {
                    return Outcome::Close;
                }
                if self.purpose == Purpose::Seek && seconds(&text).is_none() {
                    self.problem = Some(desk.setup.texts.with("prompt-seek-bad", &[("text", &text)]));
                    return Outcome::Stay;
                }
                if self.purpose == Purpose::Silence && silence(&text).is_none() {
                    self.problem = Some(desk.setup.texts.get("prompt-silence-bad"));
                    return Outcome::Stay;
                }
                Outcome::Submit(self.purpose.clone(), text)
            }
            _ => {
                self.input.key(key);
                self.problem = None;
                Outcome::Stay
            }
        }
    }
}

/// `-45 dB 1.5 s`: a level in dBFS and a length in seconds, in either order; none where one is missing or out of its bounds.
pub fn silence(text: &str) -> Option<SilenceRule> {
    let numbers = text.split(|c: char| !(c.is_ascii_digit() || matches!(c, '-' | '.'))).filter(|part| !part.is_empty());
    let numbers: Vec<f32> = numbers.map(str::parse).collect::<Result<_, _>>().ok()?;
    let [one, other] = numbers[..] else { return None };
    let (below_db, at_least) = if one < other { (one, other) } else { (other, one) };
    (LEVELS.contains(&below_db) && LENGTHS.contains(&at_least)).then_some(SilenceRule { below_db, at_least })
}

/// `3:12`, `1:02:03`, `72`, `72s`, `1m12s` to seconds.
pub fn seconds(text: &str) -> Option<f64> {
    let text = text.trim().trim_start_matches(':');
    if text.contains(':') {
        return text.split(':').try_fold(0.0, |sum, part| part.parse::<u32>().ok().map(|number| sum * 60.0 + f64::from(number)));
    }
    let mut total = 0.0;
    let mut number = String::new();
    for character in text.chars() {
        match character {
            '0'..='9' | '.' => number.push(character),
            'h' | 'm' | 's' => {
                let factor = match character {
                    'h' => 3600.0,
                    'm' => 60.0,
                    _ => 1.0,
                };
                total += number.parse::<f64>().ok()? * factor;
                number.clear();
            }
            _ => return None,
        }
    }
    if !number.is_empty() {
        total += number.parse::<f64>().ok()?;
    }
    (!text.is_empty()).then_some(total)
}

#[cfg(test)]
mod tests {
    use super::{SilenceRule, seconds, silence};

    #[test]
    fn silence_is_a_level_and_a_length() {
        let rule = |below_db, at_least| Some(SilenceRule { below_db, at_least });
        assert_eq!(silence("-45 dB, 1.5 s"), rule(-45.0, 1.5));
        assert_eq!(silence("2s -40"), rule(-40.0, 2.0));
        assert_eq!(
            (silence("1.5"), silence("-45 9"), silence("0 1"), silence("-45 1 2"), silence("")),
            (None, None, None, None, None)
        );
    }

    #[test]
    fn places_in_a_recording() {
        assert_eq!(seconds("3:12"), Some(192.0));
        assert_eq!(seconds(":3:12"), Some(192.0));
        assert_eq!(seconds("1:02:03"), Some(3723.0));
        assert_eq!(seconds("72"), Some(72.0));
        assert_eq!(seconds("1m12s"), Some(72.0));
        assert_eq!(seconds("soon"), None);
        assert_eq!(seconds(""), None);
    }
}
