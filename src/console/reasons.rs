//! Why an action is not possible just now: for the palette, and for who presses its key all the same.

use super::{
    keymap::{Action, Context, Group},
    model::{Model, Pane},
};
use crate::{console::screens::users::Part, domain::actor::Permission};

/// A sentence, or none if the action is possible.
pub(super) fn why_not(model: &Model, action: Action) -> Option<String> {
    let texts = &model.desk.setup.texts;
    if action.not_there_yet() {
        return Some(texts.with("not-there-yet", &[("pane", &texts.get(&action.hint()))]));
    }
    if is_of_the_program(action) {
        return None;
    }
    if !model.desk.up() {
        return Some(texts.get("not-connected"));
    }
    if !model.desk.online() && needs_the_line(model, action) {
        return Some(texts.get("line-needed"));
    }
    let nothing = |id: &str| Some(texts.get(id));
    let turned = model.users.matrix.as_ref().is_some_and(|matrix| matrix.count_turned() > 0);
    match action {
        Action::Undo if model.pane == Pane::Users && turned => return None,
        Action::Undo | Action::UndoList if model.desk.undo.done().is_empty() => return nothing("nothing-to-undo"),
        Action::Redo if model.desk.undo.undone().is_empty() => return nothing("nothing-to-redo"),
        Action::MarkNone if model.calls.marks.is_none() => return nothing("nothing-marked"),
        Action::TakeToDrive => return nothing("drives-not-yet"),
        _ => {}
    }
    if writes(action) && model.desk.who.as_ref().is_some_and(|who| who.read_only) {
        return Some(texts.get(if action == Action::TakeRecordings { "take-read-only" } else { "read-only" }));
    }
    if let Some(permission) = lacks(model, action) {
        return Some(texts.with("not-allowed", &[("what", permission.word())]));
    }
    let of_calls = matches!(model.pane, Pane::Calls | Pane::Player);
    if !of_calls && needs_a_call_on_the_screen(model, action) {
        let place = texts.get(&format!("place-{}", Context::Calls.name()));
        return Some(texts.with("only-in", &[("place", &place)]));
    }
    if of_calls && is_about_a_call(action) && model.calls.current().is_none() {
        return Some(texts.get("no-call-here"));
    }
    if let Some(id) = about_sound(model, action) {
        return nothing(id);
    }
    only_in(model, action).map(|place| texts.with("only-in", &[("place", &texts.get(&format!("place-{}", place.name())))]))
}

/// Why something cannot be done to what plays: the id of the sentence.
fn about_sound(model: &Model, action: Action) -> Option<&'static str> {
    let deck = &model.desk.deck;
    let loaded = matches!(
        action,
        Action::Seek
            | Action::Back5
            | Action::On5
            | Action::Back1
            | Action::On1
            | Action::Back30
            | Action::On30
            | Action::Again
            | Action::Stop
            | Action::Loop
            | Action::Clip
            | Action::GoPlaying
    );
    if loaded && deck.loaded.is_none() {
        return Some("player-nothing-loaded");
    }
    let call = model.calls.current();
    let seen =
        matches!(action, Action::NextTurn | Action::PreviousTurn | Action::LongestSilence | Action::ZoomIn | Action::ZoomOut);
    match action {
        Action::Clip if deck.stretch().is_none() => Some("clip-needs-loop"),
        Action::MarkHere if call.is_some_and(|call| !deck.is_of(&call.id)) => Some("mark-nothing-plays"),
        Action::CollectClip if deck.clip.is_none() => Some("collect-no-clip"),
        Action::NextRecording | Action::PreviousRecording if call.is_some_and(|call| call.recordings.len() < 2) => {
            Some("recording-only-one")
        }
        _ if seen && call.is_some_and(|call| call.recordings.is_empty()) => Some("player-no-recording"),
        _ => None,
    }
}

/// Possible always and everywhere.
const fn is_of_the_program(action: Action) -> bool {
    matches!(
        action,
        Action::Help
            | Action::Palette
            | Action::Messages
            | Action::Redraw
            | Action::Suspend
            | Action::Quit
            | Action::Cancel
            | Action::Back
            | Action::GoCalls
            | Action::GoBack
            | Action::GoUsers
            | Action::GoAudit
            | Action::GoJobs
            | Action::Refresh
            | Action::Mouse
    )
}

/// What is not kept for a line that is away.
fn needs_the_line(model: &Model, action: Action) -> bool {
    let loaded = |model: &Model| model.calls.current().is_some_and(|call| model.desk.deck.is_of(&call.id));
    let of_many = matches!(action, Action::Note | Action::Tags | Action::Case | Action::Flag) && !model.calls.marks.is_none();
    match action {
        Action::TakeRecordings
        | Action::TakeList
        | Action::Share
        | Action::AuditExport
        | Action::AuditVerify
        | Action::SaveView
        | Action::Clip
        | Action::Collect
        | Action::CollectClip
        | Action::FacetAdd
        | Action::GoDate => true,
        Action::Play => !loaded(model),
        _ => of_many,
    }
}

const fn writes(action: Action) -> bool {
    matches!(
        action,
        Action::Note
            | Action::RemoveNote
            | Action::Tags
            | Action::Case
            | Action::Flag
            | Action::TakeRecordings
            | Action::Share
            | Action::SaveView
            | Action::MarkHere
            | Action::Comment
            | Action::Clip
            | Action::Collect
            | Action::CollectClip
    )
}

/// The right that somebody lacks for an action; none where they may.
pub(super) fn lacks(model: &Model, action: Action) -> Option<Permission> {
    needs(model, action).filter(|permission| !model.desk.may(*permission))
}

fn needs(model: &Model, action: Action) -> Option<Permission> {
    let part = if model.users.matrix.is_some() { Part::Roles } else { model.users.part };
    let of_accounts = model.pane == Pane::Users && matches!(part, Part::Users | Part::Roles);
    Some(match action {
        Action::MarkHere | Action::Comment => Permission::Note,
        Action::Note | Action::RemoveNote | Action::Tags | Action::Case | Action::Flag => Permission::Note,
        Action::TakeRecordings | Action::Clip => Permission::Download,
        Action::TakeList => Permission::Export,
        Action::Share => Permission::Share,
        Action::Play if model.pane != Pane::Audit => Permission::Listen,
        Action::AuditVerify | Action::AuditOthers => Permission::Audit,
        Action::AccessAdd | Action::AccessRemove if of_accounts => Permission::Users,
        Action::AccessEdit | Action::AccessLock if model.pane == Pane::Users && part == Part::Users => Permission::Users,
        _ => return None,
    })
}

const fn is_about_a_call(action: Action) -> bool {
    matches!(
        action,
        Action::Open
            | Action::Note
            | Action::Tags
            | Action::Case
            | Action::Flag
            | Action::Mark
            | Action::Why
            | Action::CopyId
            | Action::CopyNumber
            | Action::CopyRow
            | Action::CopyLink
            | Action::CopyPage
            | Action::TakeRecordings
            | Action::Share
            | Action::Customer
            | Action::Play
            | Action::MarkHere
            | Action::Comment
            | Action::Collect
            | Action::NextTurn
            | Action::PreviousTurn
            | Action::LongestSilence
            | Action::NextNote
            | Action::PreviousNote
            | Action::ZoomIn
            | Action::ZoomOut
            | Action::NextRecording
            | Action::PreviousRecording
    )
}

/// On the panes of other things nothing is done to a call that nobody sees; what plays can be paused from anywhere.
fn needs_a_call_on_the_screen(model: &Model, action: Action) -> bool {
    match action {
        Action::Open | Action::CopyPage => false,
        Action::Play => model.desk.deck.loaded.is_none(),
        Action::TakeList | Action::NextCall | Action::PreviousCall => true,
        action => is_about_a_call(action),
    }
}

/// The one place where the action has its keys, if that is another than this.
fn only_in(model: &Model, action: Action) -> Option<Context> {
    let keymap = &model.desk.setup.keymap;
    let has = |place: Context| keymap.bound(place).contains(&action);
    // The counts beside the list are a part of it.
    let here = [model.context(), model.pane.context(), Context::Global];
    // The query leads to the list from anywhere.
    // What plays can be heard otherwise from anywhere.
    let of_sound = action.group() == Group::Play && !matches!(action, Action::ZoomIn | Action::ZoomOut);
    if of_sound || matches!(action, Action::Query | Action::QueryClear) || here.into_iter().any(has) {
        return None;
    }
    Context::ALL.iter().copied().find(|place| has(*place))
}
