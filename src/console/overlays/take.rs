//! The boxes that take calls out: recordings into a folder, the list into a file. What will be made stands in them before it
//! is made.

use super::Outcome;
use crate::{
    client::AuditQuery,
    console::{
        desk::Desk,
        effect::{Haul, Read, Slot},
        input::{Code, Input, Key},
        tasks::{Scope, Task},
        widgets::LineInput,
    },
    domain::naming::{Names, Template},
    takeout::{self, Form},
};

/// Forms that the audit log is written in.
const LOG_FORMS: &[Form] = &[Form::Csv, Form::Ndjson];

/// What the boxes were filled with last.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Taken {
    pub folder: String,
    pub template: String,
    pub form: Form,
    pub every_column: bool,
}

impl Default for Taken {
    fn default() -> Self {
        Self {
            folder: "~/callreel".to_owned(),
            template: crate::domain::naming::DEFAULT.to_owned(),
            form: Form::Csv,
            every_column: true,
        }
    }
}

impl Taken {
    /// Takes over what was remembered; what is empty stays.
    pub fn remember(&mut self, (folder, template): (String, String), (form, shown): (&str, bool)) {
        if !folder.is_empty() {
            self.folder = folder;
        }
        if !template.is_empty() {
            self.template = template;
        }
        if let Some(form) = Form::ALL.iter().find(|known| known.word() == form) {
            self.form = *form;
        }
        self.every_column = !shown;
    }
}

/// What is taken out.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum What {
    Recordings,
    List,
    /// Entries of the audit log; `mine`: one's own.
    Log {
        mine: bool,
    },
}

/// What the keys go to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Field {
    Place,
    Names,
    Form,
    Columns,
}

/// The box.
#[derive(Clone, Debug, PartialEq)]
pub struct Take {
    pub what: What,
    pub scope: Scope,
    /// Order of the list.
    sort: String,
    /// `3 marked calls`, for the title.
    pub whose: String,
    /// None while it is being counted.
    pub haul: Option<Haul>,
    /// The folder, or the file.
    pub place: LineInput,
    pub names: LineInput,
    pub form: Form,
    pub every_column: bool,
    /// JSON names of the columns on the screen.
    pub shown: Vec<&'static str>,
    pub field: Field,
    /// Folders that Tab found, where there are several.
    pub offers: Vec<String>,
    pub problem: Option<String>,
}

impl Take {
    pub fn new(what: What, (scope, sort): (Scope, String), whose: String, shown: Vec<&'static str>, desk: &Desk) -> Self {
        let Taken { folder, template, mut form, every_column } = desk.taken.clone();
        if matches!(what, What::Log { .. }) && !LOG_FORMS.contains(&form) {
            form = Form::Csv;
        }
        let place = match what {
            What::Recordings => folder,
            What::List | What::Log { .. } => {
                let day = desk.now.to_zoned(desk.zone.clone()).date();
                let stem = if what == What::List { "calls" } else { "audit" };
                format!("{}/{stem}-{day}.{}", folder.trim_end_matches('/'), form.word())
            }
        };
        Self {
            what,
            scope,
            sort,
            whose,
            haul: None,
            place: LineInput::new(place),
            names: LineInput::new(template),
            form,
            every_column,
            shown,
            field: Field::Place,
            offers: Vec::new(),
            problem: None,
        }
    }

    /// The fields, from top to bottom.
    pub const fn fields(&self) -> &'static [Field] {
        match self.what {
            What::Recordings => &[Field::Place, Field::Names],
            What::List => &[Field::Place, Field::Form, Field::Columns],
            What::Log { .. } => &[Field::Place, Field::Form],
        }
    }

    /// What can be chosen of.
    pub const fn forms(&self) -> &'static [Form] {
        match self.what {
            What::Log { .. } => LOG_FORMS,
            What::Recordings | What::List => Form::ALL,
        }
    }

    /// The names that the first recordings would get; or what is wrong with the template.
    pub fn preview(&self, desk: &Desk) -> Result<Vec<String>, String> {
        let template = Template::parse(self.names.text()).map_err(|why| why.to_string())?;
        let mut names = Names::default();
        let calls = self.haul.iter().flat_map(|haul| &haul.first);
        let name = |call: &crate::wire::CallBody| {
            let recording = call.recordings.first()?;
            let facts = takeout::naming_facts(call, recording, &takeout::ending(&recording.format));
            let path = names.next(&template.components(&facts, &desk.zone), &recording.id, |_| true);
            Some(path.display().to_string())
        };
        Ok(calls.filter_map(name).collect())
    }

    /// The work that the box stands for; `replace`: a file of that name may go.
    pub fn task(&self, desk: &Desk, replace: bool) -> Task {
        let scope = self.scope.clone();
        let place = self.place.text().trim().to_owned();
        match self.what {
            What::Recordings => Task::Download {
                scope,
                folder: place,
                template: self.names.text().to_owned(),
                zone: desk.zone.clone(),
                all: self.haul.as_ref().map(|haul| haul.recordings),
            },
            What::Log { mine } => Task::SaveLog {
                query: AuditQuery {
                    q: match scope {
                        Scope::Query { q, .. } => q,
                        Scope::Calls(_) => String::new(),
                    },
                    sort: self.sort.clone(),
                    mine,
                    ..AuditQuery::default()
                },
                file: place,
                replace,
                form: self.form,
                all: self.haul.as_ref().map(|haul| haul.calls),
            },
            What::List => Task::Save {
                scope,
                sort: self.sort.clone(),
                file: place,
                replace,
                form: self.form,
                columns: if self.every_column { Vec::new() } else { self.shown.clone() },
                all: self.haul.as_ref().map(|haul| haul.calls),
            },
        }
    }

    /// What the next box shall be filled with.
    pub fn taken(&self) -> Taken {
        let place = self.place.text().trim();
        let folder = match self.what {
            What::Recordings => place.to_owned(),
            What::List | What::Log { .. } => {
                place.rsplit_once('/').map_or(".", |(folder, _)| if folder.is_empty() { "/" } else { folder }).to_owned()
            }
        };
        Taken { folder, template: self.names.text().to_owned(), form: self.form, every_column: self.every_column }
    }

    pub fn input(&mut self, desk: &mut Desk, input: &Input) -> Outcome {
        let key = match input {
            Input::Paste(text) => {
                self.problem = None;
                self.offers.clear();
                if let Some(line) = self.line() {
                    line.paste(text);
                }
                return Outcome::Stay;
            }
            Input::Key(key) => *key,
        };
        match (key.code, key.ctrl) {
            (Code::Esc, _) | (Code::Char('c'), true) => return Outcome::Close,
            (Code::Enter, _) => return self.enter(desk),
            (Code::Tab, _) if self.field == Field::Place => {
                desk.read(Slot::Path, 0, Read::Folders(self.place.text().to_owned()));
            }
            (Code::Down | Code::Tab, _) => self.go(1),
            (Code::Up | Code::BackTab, _) => self.go(self.fields().len() - 1),
            _ => self.edit(key),
        }
        Outcome::Stay
    }

    fn line(&mut self) -> Option<&mut LineInput> {
        match self.field {
            Field::Place => Some(&mut self.place),
            Field::Names => Some(&mut self.names),
            Field::Form | Field::Columns => None,
        }
    }

    fn go(&mut self, by: usize) {
        let fields = self.fields();
        let at = fields.iter().position(|field| *field == self.field).unwrap_or(0);
        self.field = fields[(at + by) % fields.len()];
    }

    fn edit(&mut self, key: Key) {
        let back = matches!(key.code, Code::Left);
        let turns = back || matches!(key.code, Code::Right | Code::Char(' '));
        match self.field {
            Field::Form if turns => {
                let forms = self.forms();
                let at = forms.iter().position(|form| *form == self.form).unwrap_or(0);
                self.be_of(forms[(at + if back { forms.len() - 1 } else { 1 }) % forms.len()]);
            }
            Field::Columns if turns => self.every_column = !self.every_column,
            _ => {
                if self.line().and_then(|line| line.key(key)) == Some(true) {
                    self.problem = None;
                    self.offers.clear();
                }
            }
        }
    }

    /// The file's ending follows its form, unless somebody gave it another.
    fn be_of(&mut self, form: Form) {
        if let Some(stem) = self.place.text().strip_suffix(&format!(".{}", self.form.word())) {
            let place = format!("{stem}.{}", form.word());
            self.place.set(place);
        }
        self.form = form;
        self.problem = None;
    }

    fn enter(&mut self, desk: &mut Desk) -> Outcome {
        let texts = &desk.setup.texts;
        if self.place.text().trim().is_empty() {
            self.problem = Some(texts.get("take-no-place"));
            self.field = Field::Place;
            return Outcome::Stay;
        }
        match self.what {
            What::Recordings => {
                if let Err(why) = Template::parse(self.names.text()) {
                    self.problem = Some(why.to_string());
                    self.field = Field::Names;
                } else if self.haul.as_ref().is_some_and(|haul| haul.recordings == 0) {
                    self.problem = Some(texts.get("take-no-recordings"));
                } else {
                    return Outcome::Take;
                }
            }
            What::List | What::Log { .. } => desk.read(Slot::Path, 0, Read::Target(self.place.text().trim().to_owned())),
        }
        Outcome::Stay
    }

    /// Folders came that begin as the text does: as far as they agree they are taken.
    pub fn complete(&mut self, desk: &Desk, text: &str, folders: Vec<String>) {
        if self.place.text() != text {
            return;
        }
        let Some(first) = folders.first() else {
            self.problem = Some(desk.setup.texts.get("take-no-folder"));
            return;
        };
        let agreed = folders.iter().fold(first.as_str(), |agreed, folder| {
            let same = agreed.char_indices().zip(folder.chars()).take_while(|((_, a), b)| a == b);
            let end = same.last().map_or(0, |((at, character), _)| at + character.len_utf8());
            &agreed[..end]
        });
        self.place.set(agreed);
        self.problem = None;
        self.offers = if folders.len() > 1 { folders } else { Vec::new() };
    }
}
