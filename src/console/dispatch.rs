//! What actions and boxes lead to: the same everywhere, or handed to the screen that is on.

use super::{
    accounts, commands, copying, deck, edits,
    effect::{Begin, Effect, Read, Slot, Write},
    filling, gate, keeping,
    keymap::Action,
    listening, many,
    model::{Model, Pane, shown},
    mouse,
    notices::Level,
    overlays::{self, Chooser, ChooserKind, Deed, Outcome, Overlay, PendingSaid, Prompt, Purpose, Reading, Steps, What},
    places, reasons,
    screens::{
        audit,
        calls::{self, SORTS, Wish},
        first_run::Chosen,
        player, users,
    },
    searching, sharing, taking,
    undo::{self, How, Undo},
    update::leave,
    viewing, work,
};
use crate::domain::query::Sort;

/// Runs an action.
pub(super) fn run(model: &mut Model, action: Action) {
    let stepping = listening::stepping(model, action);
    act(model, action);
    if let Some(from) = stepping {
        listening::stepped(model, &from);
    }
}

fn act(model: &mut Model, action: Action) {
    if let Some(why) = reasons::why_not(model, action) {
        model.desk.tell(Level::Warn, why);
        return;
    }
    if model.pane == Pane::Calls && calls::act_over(&mut model.calls, &mut model.desk, action) {
        return;
    }
    if model.pane == Pane::Users && accounts::act(model, action) {
        return;
    }
    if anywhere(model, action) {
        return;
    }
    if listening::act(model, action) || edit(model, action) {
        return;
    }
    // The query belongs to the list: typing one leads there from anywhere.
    if matches!(action, Action::Query | Action::QueryClear) && model.pane != Pane::Audit {
        go(model, Pane::Calls);
    }
    let handled = match model.pane {
        Pane::Calls => calls::act(&mut model.calls, &mut model.desk, action),
        Pane::Player => {
            player_acts(model, action) || (player::passes_on(action) && calls::act(&mut model.calls, &mut model.desk, action))
        }
        Pane::Audit => audit::act(&mut model.audit, &mut model.desk, action),
        Pane::Users => false,
    };
    if !handled {
        let name = model.desk.setup.texts.get(&action.text());
        model.desk.say("not-here", &[("what", &name)]);
    }
}

fn player_acts(model: &mut Model, action: Action) -> bool {
    player::act(&mut model.player, &mut model.desk, &shown(&model.calls), action)
}

/// What means the same on every screen.
fn anywhere(model: &mut Model, action: Action) -> bool {
    match action {
        Action::Help => {
            let context = model.context();
            model.overlays.push(Overlay::Chooser(Chooser::help(&model.desk, context, false)));
        }
        Action::Palette => {
            let context = model.context();
            let chooser = Chooser::palette(&model.desk, context, |action| reasons::why_not(model, action));
            model.overlays.push(Overlay::Chooser(chooser));
        }
        Action::GoJobs => model.overlays.push(Overlay::Steps(Steps::Work(0))),
        Action::UndoList => model.overlays.push(Overlay::Steps(Steps::Undo(0))),
        Action::Mouse => mouse::listen(model, !model.desk.mouse),
        Action::Messages => model.overlays.push(Overlay::Messages(0)),
        Action::Redraw => model.desk.effect(Effect::Redraw),
        Action::Suspend => model.desk.effect(Effect::Suspend),
        Action::Quit => match model.pane {
            Pane::Player | Pane::Users | Pane::Audit => go(model, Pane::Calls),
            Pane::Calls if std::mem::take(&mut model.calls.facets.focus) => {}
            Pane::Calls => model.overlays.push(Overlay::Quit),
        },
        Action::Cancel => {
            if work::cancel(&mut model.desk) {
            } else if model.asked_once {
                leave(model, 0);
            } else {
                model.asked_once = true;
                model.desk.say("cancel-again", &[]);
            }
        }
        Action::Back if model.desk.give_up_waiting() => model.desk.say("line-given-up", &[]),
        Action::Back => match model.pane {
            Pane::Player if model.player.note.take().is_some() => {}
            Pane::Player | Pane::Users | Pane::Audit => go(model, Pane::Calls),
            Pane::Calls => {
                if !calls::back(&mut model.calls, &mut model.desk) {
                    model.desk.say("at-the-top", &[]);
                }
            }
        },
        Action::GoCalls => go(model, Pane::Calls),
        Action::GoUsers => go(model, Pane::Users),
        Action::GoAudit => go(model, Pane::Audit),
        Action::GoBack => {
            let before = model.before;
            go(model, before);
        }
        Action::Undo => undo::back(model),
        Action::Redo => undo::again(model),
        Action::Refresh if gate::again(model) => {}
        _ => return false,
    }
    true
}

/// What opens a box over a call, or another screen.
fn edit(model: &mut Model, action: Action) -> bool {
    match action {
        Action::Open if model.pane == Pane::Calls => {
            if model.calls.current().is_none() {
                model.desk.say("no-call-here", &[]);
            } else {
                model.player = player::Player::default();
                model.sight = listening::Sight::default();
                go(model, Pane::Player);
            }
        }
        Action::Open if model.pane == Pane::Audit => match audit::whole(&model.audit, &model.desk) {
            Some(reading) => model.overlays.push(Overlay::Reading(reading)),
            None => model.desk.say("audit-no-entry", &[]),
        },
        Action::AuditExport if model.pane == Pane::Audit => taking::open_log(model),
        Action::AuditCall if model.pane == Pane::Audit => {
            if let Some(query) = audit::call_query(&model.audit) {
                go(model, Pane::Calls);
                calls::change_query(&mut model.calls, &mut model.desk, &query);
            } else {
                model.desk.say("audit-no-call", &[]);
            }
        }
        Action::GoPlaying => match &model.desk.deck.loaded {
            None => model.desk.say("player-nothing-loaded", &[]),
            Some(loaded) if model.calls.current().is_some_and(|call| call.id == loaded.call) => go(model, Pane::Player),
            Some(loaded) => {
                let id = loaded.call.clone();
                if model.calls.list.go_to(&id) {
                    calls::moved(&mut model.calls, &mut model.desk);
                    go(model, Pane::Player);
                } else {
                    model.desk.say("playing-not-listed", &[]);
                }
            }
        },
        Action::Sort if model.calls.totals_page.is_none() => {
            let field = model.calls.order().field;
            model.overlays.push(Overlay::Chooser(Chooser::sort(&model.desk, SORTS, field)));
        }
        Action::Columns => {
            let chooser = calls::columns::Chooser::new(&model.calls.choice, model.desk.size.0);
            model.overlays.push(Overlay::Columns(Box::new(chooser)));
        }
        Action::Why => why(model),
        Action::GoDate => searching::day(model),
        Action::Form => searching::form(model),
        Action::Views => viewing::open(model),
        Action::SaveView => viewing::save(model),
        Action::FacetAdd if searching::facet_values(model) => {}
        Action::Note => edits::begin(model, Wish::Note),
        Action::RemoveNote => edits::remove_note(model),
        Action::Tags => edits::begin(model, Wish::Tags),
        Action::Case => edits::begin(model, Wish::Case),
        Action::Flag => edits::begin(model, Wish::Flag),
        Action::TakeRecordings => taking::open(model, What::Recordings),
        Action::TakeList => taking::open(model, What::List),
        Action::Share => sharing::share(model),
        Action::TakeToDrive => model.desk.say("drives-not-yet", &[]),
        Action::CopyId => copying::copy(model, copying::What::Id),
        Action::CopyNumber => copying::copy(model, copying::What::Number),
        Action::CopyRow => copying::copy(model, copying::What::Row),
        Action::CopyLink => copying::copy(model, copying::What::Link),
        Action::CopyPage => copying::page(model),
        _ => return false,
    }
    true
}

/// Mouse reports on or off; without a word, the other way.
pub(super) fn mouse(model: &mut Model, wish: &str) {
    let on = match wish {
        "on" => true,
        "off" => false,
        _ => !model.desk.mouse,
    };
    mouse::listen(model, on);
}

/// Tells why the call under the cursor was recorded or not; what is not read yet is read first.
fn why(model: &mut Model) {
    if model.calls.current().is_none() {
        model.desk.say("no-call-here", &[]);
        return;
    }
    model.calls.wants_why = true;
    if model.calls.current_detail().is_some() {
        tell_why(model);
    } else {
        calls::look_now(&mut model.calls, &mut model.desk);
    }
}

/// Opens the box that somebody asked for, once what stands in it is there.
pub(super) fn tell_why(model: &mut Model) {
    let Some(detail) = model.calls.current_detail().filter(|_| model.calls.wants_why) else { return };
    let texts = &model.desk.setup.texts;
    let title = texts.get(if detail.call.recordings.is_empty() { "why-not-title" } else { "why-title" });
    let mut paragraphs: Vec<String> = detail.why.iter().map(|why| why.text.clone()).collect();
    if paragraphs.is_empty() {
        paragraphs.push(texts.get("why-unknown"));
    }
    let reading = Reading::new(title, calls::headline(&detail.call, &model.desk), paragraphs);
    model.calls.wants_why = false;
    model.overlays.push(Overlay::Reading(reading));
}

/// The call that filled the screen is not there any more: the list is shown.
pub(super) fn left_alone(model: &mut Model) {
    if std::mem::take(&mut model.calls.gone) && model.pane == Pane::Player {
        go(model, Pane::Calls);
    }
}

fn go(model: &mut Model, pane: Pane) {
    if pane != model.pane {
        model.before = std::mem::replace(&mut model.pane, pane);
        calls::opened(&mut model.calls, &mut model.desk, pane == Pane::Player);
        if pane == Pane::Audit {
            audit::begin(&mut model.audit, &mut model.desk);
        }
        if pane == Pane::Users {
            users::begin(&mut model.users, &mut model.desk);
        }
    }
}

/// What came of a key in a box: it stays, or closes and leads to something.
pub(super) fn overlay_said(model: &mut Model, overlay: Overlay, outcome: Outcome) {
    match outcome {
        Outcome::Stay => model.overlays.push(overlay),
        Outcome::Close if matches!(overlay, Overlay::Page(_)) => {
            if model.desk.mouse {
                model.desk.effect(Effect::Mouse(true));
            }
        }
        Outcome::Close => {
            if let Overlay::Columns(chooser) = overlay
                && chooser.before != model.calls.choice
            {
                let what = model.desk.setup.texts.get("undo-columns");
                model.desk.undo.push(Undo { what, how: How::Columns(chooser.before) });
            }
        }
        Outcome::Columns(columns) => {
            model.calls.choice.choose(model.desk.size.0, columns);
            model.overlays.push(overlay);
        }
        Outcome::Run(Action::Help) if matches!(&overlay, Overlay::Chooser(chooser) if chooser.kind == ChooserKind::Help { all: false }) =>
        {
            let context = model.context();
            model.overlays.push(Overlay::Chooser(Chooser::help(&model.desk, context, true)));
        }
        Outcome::Run(action) => run(model, action),
        Outcome::Command(line) => commands::run(model, &line),
        Outcome::UndoTo(left) => undo::back_to(model, left),
        Outcome::End(number) => {
            work::end(&mut model.desk, number);
            model.overlays.push(overlay);
        }
        Outcome::Sort(field) => {
            let current = model.calls.order();
            let descending = if current.field == field { !current.descending } else { calls::descends_first(field) };
            calls::set_sort(&mut model.calls, &mut model.desk, Sort { field, descending });
        }
        Outcome::Filled => {
            if let Overlay::Fill(fill) = overlay {
                filling::filled(model, *fill);
            }
        }
        Outcome::Submit(purpose, text) => submit(model, purpose, &text),
        Outcome::SaveNote(write) => model.desk.write(*write),
        Outcome::NoteMarked(draft) => many::note(model, draft),
        Outcome::Take => {
            model.overlays.push(overlay);
            taking::begin(model, false);
        }
        Outcome::Confirmed(Deed::Replace) => taking::begin(model, true),
        Outcome::Views(said) => {
            if let Overlay::Views(views) = overlay {
                viewing::said(model, views, said);
            }
        }
        Outcome::SaveView(said) => {
            if let Overlay::SaveView(save) = overlay {
                viewing::saved(model, save, said);
            }
        }
        Outcome::Form(said) => {
            if let Overlay::Form(form) = overlay {
                searching::form_said(model, form, said);
            }
        }
        Outcome::Facet { section, value, exclude } => {
            calls::facets::toggle(&mut model.calls, &mut model.desk, section, value.as_deref(), exclude);
        }
        Outcome::Output(choose) => listening::choose_output(model, choose),
        Outcome::LookAgain => {
            model.desk.read(Slot::Outputs, 0, Read::Outputs);
            model.overlays.push(overlay);
        }
        Outcome::CopyText(text) => {
            copying::text(model, text);
            model.overlays.push(overlay);
        }
        Outcome::Collect { name, new, kind, ids } => listening::collect(model, Write::Collect { name, new, kind, ids }),
        Outcome::Confirmed(deed) => edits::confirmed(model, deed),
        Outcome::Go(at) => places::go(model, at),
        Outcome::Pending(said) => {
            match said {
                PendingSaid::Send(number) => keeping::send(model, number),
                PendingSaid::SendAll => keeping::send_all(model),
                PendingSaid::Drop(number) => keeping::drop(model, number),
            }
            if model.desk.unsent.listed().next().is_some() {
                model.overlays.push(overlay);
            }
        }
        Outcome::Leave => leave(model, 0),
    }
}

fn submit(model: &mut Model, purpose: Purpose, text: &str) {
    match purpose {
        Purpose::Tags(target) => edits::tag(model, &target, text),
        Purpose::Case(target) => edits::tie(model, *target, text),
        Purpose::MarkedTags(_) => many::tag(model, text),
        Purpose::MarkedCase(_) => many::tie(model, text),
        Purpose::Date => calls::jump_to_date(&mut model.calls, &mut model.desk, text),
        Purpose::Seek => {
            if let Some(seconds) = overlays::seconds(text) {
                deck::seek(&mut model.desk, seconds);
            }
        }
        Purpose::Clip => listening::save_clip(model, text),
        Purpose::Silence => {
            if let Some(rule) = overlays::silence(text) {
                deck::set_silence(&mut model.desk, rule);
            }
        }
        Purpose::ImportPath => begin(model, Begin::Import(text.to_owned())),
        Purpose::ServerAddress => begin(model, Begin::Server(text.to_owned())),
    }
}

/// A way to begin was chosen on the first-run screen.
pub(super) fn first_run(model: &mut Model, chosen: Chosen) {
    let setup = &model.desk.setup;
    match chosen {
        Chosen::Demo if setup.can_demo => begin(model, Begin::Demo),
        Chosen::Import if setup.can_import => model.overlays.push(Overlay::Prompt(Prompt::new(Purpose::ImportPath))),
        Chosen::Server if setup.can_connect => model.overlays.push(Overlay::Prompt(Prompt::new(Purpose::ServerAddress))),
        Chosen::Demo => model.desk.say("first-type-demo", &[]),
        Chosen::Import => model.desk.say("first-type-import", &[]),
        Chosen::Server => model.desk.say("first-type-server", &[]),
    }
}

fn begin(model: &mut Model, begin: Begin) {
    model.first_run.working = true;
    let generation = model.desk.supersede(Slot::Connect);
    model.desk.effect(Effect::Begin { generation, begin });
}
