//! The last line: the keys that matter here, as far as one may press them.

use ratatui::layout::Rect;

use super::{
    asking::QueryLine,
    desk::Connection,
    keymap::{Action, Context, Group},
    model::{Model, Pane},
    reasons,
    screens::{audit, users::Part},
    theme::Role,
    widgets::{Painter, width},
};
use crate::domain::actor::Permission;

/// Actions whose keys stand on the last line, by place; the rest is cut at a whole hint, help is always last.
const fn hinted(context: Context, part: Part) -> &'static [Action] {
    match context {
        Context::Calls => &[
            Action::Open,
            Action::Query,
            Action::Form,
            Action::Views,
            Action::Play,
            Action::Mark,
            Action::Sort,
            Action::Note,
            Action::Flag,
            Action::Tags,
            Action::Undo,
            Action::Palette,
        ],
        Context::Player => &[
            Action::Play,
            Action::On5,
            Action::On30,
            Action::Faster,
            Action::Loop,
            Action::Comment,
            Action::NextCall,
            Action::NextTurn,
            Action::SkipSilence,
            Action::ZoomIn,
            Action::Side,
            Action::Output,
            Action::Louder,
            Action::NextPart,
            Action::Back,
            Action::Palette,
        ],
        Context::Totals => &[Action::Open, Action::Totals, Action::Query, Action::Back],
        Context::Customer => &[Action::Open, Action::CustomerCalls, Action::Query, Action::Back],
        Context::Facets => &[Action::FacetAdd, Action::FacetExclude, Action::Wide, Action::Query, Action::Undo, Action::Back],
        Context::Audit => &[
            Action::Open,
            Action::Query,
            Action::AuditOthers,
            Action::AuditExport,
            Action::AuditCall,
            Action::AuditSession,
            Action::AuditVerify,
            Action::Refresh,
            Action::Back,
            Action::Palette,
        ],
        Context::Users => match part {
            Part::Users => &[
                Action::NextPart,
                Action::Open,
                Action::AccessAdd,
                Action::AccessEdit,
                Action::AccessLock,
                Action::AccessRemove,
                Action::AccessMatrix,
                Action::Back,
                Action::Palette,
            ],
            Part::Roles => {
                &[Action::NextPart, Action::AccessMatrix, Action::AccessAdd, Action::AccessRemove, Action::Back, Action::Palette]
            }
            Part::Tokens => &[Action::NextPart, Action::AccessAdd, Action::AccessRemove, Action::Back, Action::Palette],
            Part::Sessions | Part::Shares => {
                &[Action::NextPart, Action::AccessRemove, Action::Refresh, Action::Back, Action::Palette]
            }
        },
        Context::Matrix => &[
            Action::CellTurn,
            Action::MatrixApply,
            Action::Undo,
            Action::MatrixDiscard,
            Action::AccessAdd,
            Action::Back,
            Action::Palette,
        ],
        Context::Global => &[],
    }
}

/// The word beside a key; some keys mean something of their own here.
fn word(model: &Model, action: Action, context: Context) -> String {
    let texts = &model.desk.setup.texts;
    let part = model.users.part;
    let id = match (action, context) {
        (Action::NextPart, Context::Users) => "hint-next-list",
        (Action::Open, Context::Users) => "hint-rights",
        (Action::Open, Context::Audit) => "hint-whole-entry",
        (Action::AccessRemove, Context::Users) if matches!(part, Part::Tokens | Part::Shares) => "hint-revoke",
        (Action::AccessRemove, Context::Users) if part == Part::Sessions => "hint-end-session",
        (Action::Refresh, _) => "hint-read-anew",
        _ => return texts.get(&action.hint()),
    };
    texts.get(id)
}

/// Nothing is offered that one may not do, or that has no sense on this screen.
fn offered(model: &Model, action: Action, context: Context) -> bool {
    let reads = model.users.matrix.as_ref().is_some_and(|matrix| !matrix.can_turn());
    let of_cells = matches!(action, Action::CellTurn | Action::MatrixApply | Action::Undo | Action::MatrixDiscard);
    let of_matrix = context == Context::Matrix && reads && (of_cells || action == Action::AccessAdd);
    // What the entry under the cursor is not about is not offered on it.
    if action == Action::AuditCall && audit::call_query(&model.audit).is_none() {
        return false;
    }
    let of_sound = action.group() == Group::Play && !matches!(action, Action::NextCall | Action::PreviousCall);
    let silent = of_sound && model.pane == Pane::Player && !model.desk.may(Permission::Listen);
    !of_matrix && !silent && reasons::lacks(model, action).is_none()
}

/// Draws the line.
pub(super) fn view(model: &Model, painter: &mut Painter<'_>, area: Rect) {
    let texts = &model.desk.setup.texts;
    painter.fill(area, Role::Bar);
    let context = model.context();
    let typed: Option<&QueryLine> = match model.pane {
        Pane::Calls => Some(&model.calls.query),
        Pane::Audit => Some(&model.audit.query),
        Pane::Player | Pane::Users => None,
    };
    if let Some(line) = typed.filter(|line| line.editing && model.overlays.is_empty()) {
        let meant =
            line.problem.as_ref().filter(|_| line.offers.is_none()).and_then(|problem| problem.suggestion(line.input.text()));
        let hint = match meant {
            Some((_, meant)) => texts.with("query-hint-meant", &[("meant", &meant)]),
            None if model.pane == Pane::Audit => texts.get("audit-query-hint"),
            None => texts.get("query-hint"),
        };
        painter.text(area.x + 1, area.y, area.width - 2, &hint, Role::Bar);
        return;
    }
    if !model.desk.up() {
        let id = if model.desk.connection == Connection::FirstRun { "first-hint" } else { "waiting-hint" };
        painter.text(area.x + 1, area.y, area.width - 2, &texts.get(id), Role::Bar);
        return;
    }
    let keymap = &model.desk.setup.keymap;
    let key_of = |action: Action| keymap.keys_of(context, action).into_iter().next();
    let help = key_of(Action::Help).map(|key| (key, texts.get(&Action::Help.hint())));
    let reserved = help.as_ref().map_or(0, |(key, word)| width(key) + width(word) + 2);
    let reserved = u16::try_from(reserved).unwrap_or(0);
    let mut x = area.x + 1;
    for action in hinted(context, model.users.part) {
        let Some(key) = key_of(*action).filter(|_| offered(model, *action, context)) else { continue };
        let (key, word) = (pair(*action, context, model).unwrap_or(key), word(model, *action, context));
        let columns = u16::try_from(width(&key) + width(&word) + 1).unwrap_or(u16::MAX);
        if x + columns + 2 + reserved > area.right() {
            break;
        }
        x = painter.text(x, area.y, columns, &key, Role::Key) + 1;
        x = painter.text(x, area.y, columns, &word, Role::Bar) + 2;
    }
    if let Some((key, word)) = help {
        let x = area.right().saturating_sub(reserved);
        let end = painter.text(x, area.y, reserved, &key, Role::Key);
        painter.text(end + 1, area.y, reserved, &word, Role::Bar);
    }
}

/// Two keys of one kind share a hint: `h/l 5 s`.
fn pair(action: Action, context: Context, model: &Model) -> Option<String> {
    let other = match action {
        Action::On5 => Action::Back5,
        Action::On30 => Action::Back30,
        Action::NextCall => Action::PreviousCall,
        Action::Louder => Action::Quieter,
        Action::Faster => Action::Slower,
        Action::NextTurn => Action::PreviousTurn,
        Action::ZoomIn => Action::ZoomOut,
        _ => return None,
    };
    let keymap = &model.desk.setup.keymap;
    let first = |action| keymap.keys_of(context, action).into_iter().next();
    Some(format!("{}/{}", first(other)?, first(action)?))
}
