//! The box in which a view gets its name.

use crate::{
    console::{
        input::{Code, Input},
        widgets::LineInput,
    },
    wire::View,
};

/// A view that is being saved, or renamed.
#[derive(Clone, Debug)]
pub struct SaveView {
    pub input: LineInput,
    pub view: View,
    /// The view that gets another name; none: a view is saved.
    pub renames: Option<View>,
    pub problem: bool,
}

/// What a key did.
#[derive(Clone, Debug, PartialEq)]
pub enum Saved {
    Nothing,
    Close,
    /// With its name and whether it is shared.
    Save(View),
    Rename(View, String),
}

impl SaveView {
    pub fn new(view: View) -> Self {
        Self { input: LineInput::default(), view, renames: None, problem: false }
    }

    pub fn rename(view: View) -> Self {
        Self { input: LineInput::new(&view.name), renames: Some(view.clone()), view, problem: false }
    }

    pub(in crate::console::overlays) fn input(&mut self, input: &Input) -> Saved {
        let key = match input {
            Input::Paste(text) => {
                self.input.paste(text);
                return Saved::Nothing;
            }
            Input::Key(key) => *key,
        };
        self.problem = false;
        match (key.code, key.ctrl) {
            (Code::Esc, _) | (Code::Char('c'), true) => return Saved::Close,
            (Code::Tab | Code::BackTab, _) if self.renames.is_none() => self.view.shared ^= true,
            (Code::Enter, _) => {
                let name = self.input.text().trim().to_owned();
                if name.is_empty() {
                    self.problem = true;
                    return Saved::Nothing;
                }
                return match &self.renames {
                    Some(view) if view.name == name => Saved::Close,
                    Some(view) => Saved::Rename(view.clone(), name),
                    None => Saved::Save(View { name, ..self.view.clone() }),
                };
            }
            _ => {
                self.input.key(key);
            }
        }
        Saved::Nothing
    }
}
