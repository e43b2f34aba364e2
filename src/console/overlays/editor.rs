//! The box in which a note is written.

use tui_textarea::{Input as AreaInput, Key as AreaKey, TextArea, WrapMode};

use super::Outcome;
use crate::{
    console::{
        desk::Desk,
        effect::Write,
        input::{Code, Input, Key},
    },
    domain::{clean, length::Tenths},
    wire::{Note, NoteDraft},
};

/// Longest note, in characters.
pub(super) const LIMIT: usize = 20_000;

/// A note being written.
#[derive(Clone, Debug)]
pub struct Editor {
    pub call: String,
    /// Who and when, for the title.
    pub title: String,
    /// Position in the recording that the note is about.
    pub at: Option<Tenths>,
    /// The note that is being changed; none: a new one is written.
    pub of: Option<Box<Note>>,
    pub area: TextArea<'static>,
    /// It is for all that is marked, each getting its own.
    pub marked: bool,
    /// Esc was pressed over text that is not saved: what to do with it is asked.
    pub asking: bool,
}

impl Editor {
    pub fn new(call: String, title: String, at: Option<Tenths>) -> Self {
        let mut area = TextArea::default();
        area.set_wrap_mode(WrapMode::WordOrGlyph);
        Self { call, title, at, of: None, area, marked: false, asking: false }
    }

    /// The same note for all that is marked; `whose` tells them.
    pub fn of_marked(whose: String) -> Self {
        Self { marked: true, ..Self::new(String::new(), whose, None) }
    }

    /// Changes a note that exists.
    pub fn of_note(call: String, title: String, note: Note) -> Self {
        let mut editor = Self::new(call, title, note.at);
        editor.area.insert_str(clean::lines(&note.text, LIMIT).join("\n"));
        editor.of = Some(Box::new(note));
        editor
    }

    /// A new note with a text in it.
    pub fn with_text(call: String, title: String, draft: &NoteDraft) -> Self {
        let mut editor = Self::new(call, title, draft.at);
        editor.area.insert_str(&draft.text);
        editor
    }

    /// Characters over the limit; what is too long is kept, and cannot be saved.
    pub fn over(&self) -> usize {
        let lines = self.area.lines();
        let letters = lines.iter().map(|line| line.chars().count()).sum::<usize>() + lines.len().saturating_sub(1);
        letters.saturating_sub(LIMIT)
    }

    pub fn text(&self) -> String {
        self.area.lines().join("\n").trim_end().to_owned()
    }

    pub(super) fn input(&mut self, desk: &mut Desk, input: &Input) -> Outcome {
        let key = match input {
            Input::Paste(text) => {
                let clean: String = text.chars().filter(|c| *c == '\n' || !c.is_control()).collect();
                self.area.insert_str(clean);
                return Outcome::Stay;
            }
            Input::Key(key) => *key,
        };
        if self.asking {
            return match key.code {
                Code::Char('y' | 'Y') | Code::Enter => self.save(desk),
                Code::Char('n' | 'N') => Outcome::Close,
                _ => {
                    self.asking = false;
                    Outcome::Stay
                }
            };
        }
        match (key.code, key.ctrl) {
            (Code::F(2), _) | (Code::Char('o'), true) => self.save(desk),
            (Code::Esc, _) | (Code::Char('c'), true) => {
                let unchanged = self.of.as_ref().is_some_and(|note| note.text == self.text());
                if self.text().is_empty() || unchanged {
                    return Outcome::Close;
                }
                self.asking = true;
                Outcome::Stay
            }
            _ => {
                if let Some(input) = area_input(key) {
                    self.area.input(input);
                }
                Outcome::Stay
            }
        }
    }

    fn save(&self, desk: &mut Desk) -> Outcome {
        let text = self.text();
        if text.is_empty() {
            return Outcome::Close;
        }
        if text.chars().count() > LIMIT {
            desk.warn("note-too-long", &[("limit", &LIMIT.to_string())]);
            return Outcome::Stay;
        }
        let (call, draft) = (self.call.clone(), NoteDraft { text, at: self.at });
        if self.marked {
            return Outcome::NoteMarked(draft);
        }
        let write = match &self.of {
            None => Write::AddNote { call, draft },
            Some(note) if note.text == draft.text => return Outcome::Close,
            Some(note) => {
                let was = NoteDraft { text: note.text.clone(), at: note.at };
                Write::EditNote { call, note: note.id.clone(), version: note.version, draft, was }
            }
        };
        Outcome::SaveNote(Box::new(write))
    }
}

/// Our keys in the words of the text area. Alt is left out: it comes from Esc pressed quickly.
fn area_input(key: Key) -> Option<AreaInput> {
    let code = match key.code {
        Code::Char(character) => AreaKey::Char(character),
        Code::Enter => AreaKey::Enter,
        Code::Tab => AreaKey::Char(' '),
        Code::Backspace => AreaKey::Backspace,
        Code::Delete => AreaKey::Delete,
        Code::Up => AreaKey::Up,
        Code::Down => AreaKey::Down,
        Code::Left => AreaKey::Left,
        Code::Right => AreaKey::Right,
        Code::Home => AreaKey::Home,
        Code::End => AreaKey::End,
        Code::PageUp => AreaKey::PageUp,
        Code::PageDown => AreaKey::PageDown,
        Code::Esc | Code::BackTab | Code::Insert | Code::F(_) => return None,
    };
    (!key.alt).then_some(AreaInput { key: code, ctrl: key.ctrl, alt: false, shift: false })
}
