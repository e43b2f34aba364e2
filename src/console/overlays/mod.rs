//! Boxes over a screen: each takes the keys while it is open and says what came of them.

mod calendar;
mod collect;
mod day;
mod editor;
mod facet_values;
mod fill;
mod form;
mod list;
mod list_view;
mod narrowing;
mod once;
mod outputs;
mod page;
mod pending;
mod places;
mod prompt;
mod reading;
mod steps;
mod take;
mod take_view;
mod view;
mod views;

pub use collect::Collect;
pub use day::Day;
pub use editor::Editor;
pub use facet_values::{Choice as FacetChoice, FacetValues};
pub use fill::{About, Fill, Line, recordings_shared};
pub use form::{Form, Said as FormSaid};
pub use list::{Chooser, ChooserKind};
pub use once::Once;
pub use outputs::OutputsBox;
pub use page::Page;
pub use pending::{Pending, Said as PendingSaid, text as pending_text};
pub use places::Places;
pub use prompt::{Prompt, Purpose, seconds, silence};
pub use reading::Reading;
pub use steps::Steps;
pub use take::{Take, Taken, What};
pub use view::{level, line as input_line, view};
pub use views::{Said as ViewsSaid, SaveView, Saved, Views};

use super::{
    access::AccessWrite,
    desk::Desk,
    effect::Write,
    input::{Code, Input},
    keymap::Action,
    screens::calls::columns::{self, Chose},
    tasks::Task,
};
use crate::{
    domain::query::SortField,
    wire::{ItemKind, NoteDraft},
};

/// What lies over the screen.
#[derive(Clone, Debug)]
pub enum Overlay {
    /// Help, palette, sort: a list that typing narrows.
    Chooser(Chooser),
    Prompt(Prompt),
    Editor(Box<Editor>),
    Form(Box<Form>),
    /// A few lines are filled in.
    Fill(Box<Fill>),
    /// Something that is shown once.
    Once(Once),
    /// A day is asked for.
    Day(Day),
    FacetValues(Box<FacetValues>),
    Views(Box<Views>),
    /// A view gets its name.
    SaveView(Box<SaveView>),
    /// First line shown.
    Messages(usize),
    /// Asks before something that touches much or destroys; any key but y keeps everything as it is.
    Confirm(Confirm),
    /// Which columns the list has.
    Columns(Box<columns::Chooser>),
    /// Text to read.
    Reading(Reading),
    /// The work of this session, or what can be taken back.
    Steps(Steps),
    /// The copy page.
    Page(Page),
    /// Recordings or the list are taken out.
    Take(Box<Take>),
    /// Where the sound comes out.
    Outputs(Box<OutputsBox>),
    /// Calls or a clip go into a collection.
    Collect(Box<Collect>),
    /// Where one can go.
    Places(Places),
    /// What is not sent yet.
    Pending(Pending),
    Quit,
}

/// A question and what a yes does.
#[derive(Clone, Debug, PartialEq)]
pub struct Confirm {
    pub title: String,
    pub text: String,
    pub deed: Deed,
}

/// What a yes does.
#[derive(Clone, Debug, PartialEq)]
pub enum Deed {
    /// Work with its title.
    Start(String, Box<Task>),
    /// The box below becomes work; the file that is there goes.
    Replace,
    Write(Box<Write>),
    /// Changes of accounts, roles, tokens and sessions.
    Access(Vec<AccessWrite>),
}

/// What a key did to a box.
#[derive(Clone, Debug, PartialEq)]
pub enum Outcome {
    Stay,
    Close,
    /// The box of lines is filled in.
    Filled,
    Run(Action),
    Sort(SortField),
    Submit(Purpose, String),
    SaveNote(Box<Write>),
    /// The note for all that is marked.
    NoteMarked(NoteDraft),
    /// A command with what is behind it.
    Command(String),
    /// Acts are taken back until so many are left.
    UndoTo(usize),
    /// A piece of work is ended; the box stays.
    End(u64),
    /// The box of taking out becomes work.
    Take,
    Confirmed(Deed),
    Form(FormSaid),
    Views(ViewsSaid),
    SaveView(Saved),
    /// A value of a facet goes into the query or out of it; or is excluded, or no longer.
    Facet {
        section: usize,
        value: Option<String>,
        exclude: bool,
    },
    /// The list has these columns from now on; the box stays.
    Columns(Vec<columns::Chosen>),
    /// Sound comes out there from now on; none: where it is found.
    Output(Option<String>),
    /// The outputs are tried again; the box stays.
    LookAgain,
    /// To the terminal's clipboard; the box stays.
    CopyText(String),
    Collect {
        name: String,
        new: bool,
        kind: ItemKind,
        ids: Vec<String>,
    },
    Pending(PendingSaid),
    /// To another place.
    Go(usize),
    Leave,
}

impl Overlay {
    pub fn input(&mut self, desk: &mut Desk, input: &Input) -> Outcome {
        match self {
            Self::Chooser(chooser) => chooser.input(input),
            Self::Prompt(prompt) => prompt.input(desk, input),
            Self::Editor(editor) => editor.input(desk, input),
            Self::Steps(steps) => steps.input(desk, input),
            Self::Page(_) => match input {
                Input::Key(_) => Outcome::Close,
                Input::Paste(_) => Outcome::Stay,
            },
            Self::Take(take) => take.input(desk, input),
            Self::Fill(fill) => fill.input(input),
            Self::Once(once) => once.input(input),
            Self::Form(form) => Outcome::Form(form.input(desk, input)),
            Self::Day(day) => day.input(input),
            Self::FacetValues(list) => list.input(input),
            Self::Views(views) => Outcome::Views(views.input(input)),
            Self::SaveView(save) => Outcome::SaveView(save.input(input)),
            Self::Messages(top) => scroll(top, input, desk.notices.history().len()),
            Self::Confirm(confirm) => match input {
                Input::Key(key) if matches!(key.code, Code::Char('y' | 'Y')) && !key.ctrl => {
                    Outcome::Confirmed(confirm.deed.clone())
                }
                Input::Key(_) => Outcome::Close,
                Input::Paste(_) => Outcome::Stay,
            },
            Self::Columns(chooser) => match chooser.input(input, desk.size.0) {
                Chose::Nothing => Outcome::Stay,
                Chose::Columns(columns) => Outcome::Columns(columns),
                Chose::Done => Outcome::Close,
            },
            Self::Outputs(outputs) => outputs.input(input),
            Self::Collect(collect) => collect.input(input),
            Self::Reading(reading) => reading.input(desk, input),
            Self::Places(places) => places.input(desk, input),
            Self::Pending(pending) => pending.input(desk, input),
            Self::Quit => match input {
                Input::Key(key) => match key.code {
                    Code::Char('y' | 'Y') => Outcome::Leave,
                    Code::Char('c') if key.ctrl => Outcome::Leave,
                    _ => Outcome::Close,
                },
                Input::Paste(_) => Outcome::Stay,
            },
        }
    }

    /// Typed characters are text here, not commands.
    pub const fn takes_text(&self) -> bool {
        matches!(
            self,
            Self::Chooser(_)
                | Self::Prompt(_)
                | Self::Editor(_)
                | Self::Take(_)
                | Self::Form(_)
                | Self::Fill(_)
                | Self::Day(_)
                | Self::FacetValues(_)
                | Self::SaveView(_)
                | Self::Collect(_)
        )
    }
}

fn scroll(top: &mut usize, input: &Input, lines: usize) -> Outcome {
    let Input::Key(key) = input else { return Outcome::Stay };
    match key.code {
        Code::Down | Code::Char('j') => *top = (*top + 1).min(lines.saturating_sub(1)),
        Code::Up | Code::Char('k') => *top = top.saturating_sub(1),
        Code::Esc | Code::Enter | Code::Char('q') => return Outcome::Close,
        _ => {}
    }
    Outcome::Stay
}
