//! What a person does on the pane of users: boxes are opened, questions asked, changes sent and told of.

use super::{
    access::{AccessWrite, Hidden, Told},
    effect::{Answer, Write},
    gate,
    keymap::Action,
    message::Written,
    model::Model,
    notices::Level,
    overlays::{About, Confirm, Deed, Fill, Line, Once, Overlay},
    screens::users::{self, Current, Difference, Matrix, Part},
};
use crate::{
    client::ClientError,
    domain::{access::Grant, actor::Permission, clean},
    wire::access::{User, UserDraft},
};

/// Handles an action of the pane; false where it has no meaning there.
pub(super) fn act(model: &mut Model, action: Action) -> bool {
    match action {
        Action::AccessAdd => add(model),
        Action::AccessEdit => edit(model),
        Action::AccessLock => lock(model),
        Action::AccessRemove => remove(model),
        Action::AccessMatrix => matrix(model),
        Action::CellTurn => turn(model),
        Action::MatrixApply => apply(model),
        Action::MatrixDiscard => {
            if let Some(matrix) = &mut model.users.matrix {
                matrix.discard();
            }
            model.desk.say("matrix-discarded", &[]);
        }
        Action::Undo => return model.users.matrix.as_mut().is_some_and(Matrix::undo),
        Action::Open => match model.users.current() {
            Some(Current::User(_)) if model.users.matrix.is_none() => rights(model),
            Some(Current::Role(_)) if model.users.matrix.is_none() => matrix(model),
            _ => turn(model),
        },
        Action::Back | Action::Quit => return close(model),
        _ => return users::act(&mut model.users, &mut model.desk, action),
    }
    true
}

/// Closes the sheet; what was turned and not applied is asked for first.
fn close(model: &mut Model) -> bool {
    match &model.users.matrix {
        None => false,
        Some(matrix) if matrix.count_turned() > 0 => {
            model.desk.warn("matrix-not-applied", &[]);
            true
        }
        Some(_) => {
            model.users.matrix = None;
            true
        }
    }
}

fn ready(model: &mut Model) -> bool {
    if model.desk.who.as_ref().is_some_and(|who| who.read_only) {
        model.desk.warn("read-only", &[]);
        return false;
    }
    model.users.people.is_some()
}

/// As [`ready`], for what takes the right to manage accounts.
fn manages(model: &mut Model) -> bool {
    if !model.desk.may(Permission::Users) {
        model.desk.warn("not-allowed", &[("what", "users")]);
        return false;
    }
    ready(model)
}

/// What grants can be completed with: roles, and behind a `@` what they reach over.
fn grants_offered(model: &Model) -> Vec<String> {
    let Some(people) = &model.users.people else { return Vec::new() };
    let roles = people.roles.iter().map(|role| role.name.clone());
    let places = ["@*".to_owned(), "@own".to_owned()].into_iter();
    let projects = people.projects.iter().map(|name| format!("@project:{name}"));
    roles.chain(places).chain(projects).collect()
}

fn user_lines(model: &Model, user: Option<&User>) -> Vec<Line> {
    let text = |of: fn(&User) -> Option<&String>| user.and_then(of).cloned().unwrap_or_default();
    let grants = user.map(|user| user.grants.iter().map(Grant::to_string).collect::<Vec<_>>().join(" ")).unwrap_or_default();
    let extensions = user.map(|user| user.extensions.join(", ")).unwrap_or_default();
    vec![
        Line::new("fill-full-name", text(|user| user.full_name.as_ref()), Vec::new()),
        Line::new("fill-grants", grants, grants_offered(model)),
        Line::new("fill-login", text(|user| user.login.as_ref()), Vec::new()),
        Line::new("fill-agent", text(|user| user.agent.as_ref()), Vec::new()),
        Line::new("fill-extensions", extensions, Vec::new()),
    ]
}

fn add(model: &mut Model) {
    let part = if model.users.matrix.is_some() { Part::Roles } else { model.users.part };
    let fill = match part {
        Part::Users if manages(model) => {
            let mut lines = vec![Line::new("fill-name", "", Vec::new())];
            lines.extend(user_lines(model, None));
            Fill::new(About::NewUser, String::new(), lines)
        }
        Part::Roles if manages(model) => {
            let words = Permission::ALL.iter().map(|permission| permission.word().to_owned()).collect();
            let lines = vec![
                Line::new("fill-role", "", Vec::new()),
                Line::new("fill-remark", "", Vec::new()),
                Line::new("fill-permissions", "", words),
            ];
            Fill::new(About::NewRole, String::new(), lines)
        }
        Part::Tokens if ready(model) => {
            let may = model.desk.who.as_ref().map(|who| who.permissions.clone()).unwrap_or_default();
            let words = may.iter().map(|permission| permission.word().to_owned()).collect();
            let people = model.users.people.as_ref();
            let projects = people.map(|people| people.projects.clone()).unwrap_or_default();
            let names = people.map(|people| people.users.iter().map(|user| user.name.clone()).collect()).unwrap_or_default();
            let mut lines = vec![
                Line::new("fill-token", "", Vec::new()),
                Line::new("fill-scope", "", words),
                Line::new("fill-projects", "", projects),
                Line::new("fill-expires", "90d", Vec::new()),
            ];
            if model.desk.may(Permission::Users) {
                lines.push(Line::new("fill-user", "", names));
            }
            Fill::new(About::Token, String::new(), lines)
        }
        Part::Sessions => {
            model.desk.say("users-no-session-add", &[]);
            return;
        }
        Part::Shares => {
            model.desk.say("shares-where-add", &[]);
            return;
        }
        _ => return,
    };
    model.overlays.push(Overlay::Fill(Box::new(fill)));
}

fn edit(model: &mut Model) {
    match model.users.current() {
        Some(Current::User(user)) => {
            let user = user.clone();
            if manages(model) {
                let lines = user_lines(model, Some(&user));
                let User { name, version, locked, .. } = user;
                let about = About::User { name: name.clone(), version, locked };
                model.overlays.push(Overlay::Fill(Box::new(Fill::new(about, clean::line(&name, 40), lines))));
            }
        }
        Some(Current::Role(_)) => matrix(model),
        Some(_) => model.desk.say("users-no-edit", &[]),
        None => {}
    }
}

/// The account as it stands, for changing a part of it.
fn draft_of(user: &User) -> UserDraft {
    UserDraft {
        full_name: user.full_name.clone(),
        login: user.login.clone(),
        agent: user.agent.clone(),
        extensions: user.extensions.clone(),
        grants: user.grants.clone(),
        locked: user.locked,
    }
}

fn ask(model: &mut Model, title: &str, text: String, writes: Vec<AccessWrite>) {
    let title = model.desk.setup.texts.get(title);
    let deed = Deed::Access(writes);
    model.overlays.push(Overlay::Confirm(Confirm { title, text, deed }));
}

fn lock(model: &mut Model) {
    let Some(user) = model.users.user().cloned() else {
        model.desk.say("users-lock-users", &[]);
        return;
    };
    if !manages(model) {
        return;
    }
    let draft = UserDraft { locked: !user.locked, ..draft_of(&user) };
    let text = text_about(model, if user.locked { "users-unlock-ask" } else { "users-lock-ask" }, &user);
    let title = if user.locked { "users-unlock-title" } else { "users-lock-title" };
    ask(model, title, text, vec![AccessWrite::PutUser { name: user.name, draft, version: Some(user.version) }]);
}

/// A sentence about a user with how many sessions and tokens they have.
fn text_about(model: &Model, id: &str, user: &User) -> String {
    let texts = &model.desk.setup.texts;
    let people = model.users.people.as_ref();
    let sessions = people.map_or(0, |people| people.sessions.iter().filter(|session| session.user == user.name).count());
    let live = |token: &&crate::wire::access::Token| token.user.as_deref() == Some(&user.name) && !token.revoked;
    let tokens = people.map_or(0, |people| people.tokens.iter().filter(live).count());
    let sessions = texts.counted("users-sessions", sessions as u64, &[]);
    let tokens = texts.counted("users-tokens", tokens as u64, &[]);
    texts.with(id, &[("name", &clean::line(&user.name, 60)), ("sessions", &sessions), ("tokens", &tokens)])
}

fn remove(model: &mut Model) {
    let texts = |model: &Model, id: &str, name: &str| model.desk.setup.texts.with(id, &[("name", &clean::line(name, 60))]);
    match model.users.current() {
        Some(Current::User(user)) => {
            let user = user.clone();
            if manages(model) {
                let text = text_about(model, "users-remove-ask", &user);
                ask(model, "users-remove-title", text, vec![AccessWrite::RemoveUser(user.name)]);
            }
        }
        Some(Current::Role(role)) => {
            let role = role.clone();
            if manages(model) {
                let id = if role.built_in { "roles-reset-ask" } else { "roles-remove-ask" };
                let text = texts(model, id, &role.name);
                let title = if role.built_in { "roles-reset-title" } else { "roles-remove-title" };
                ask(model, title, text, vec![AccessWrite::RemoveRole(role.name)]);
            }
        }
        Some(Current::Token(token)) => {
            let (id, name) = (token.id.clone(), token.name.clone());
            if token.revoked {
                model.desk.say("tokens-revoked-already", &[]);
            } else if ready(model) {
                let text = texts(model, "tokens-revoke-ask", &name);
                ask(model, "tokens-revoke-title", text, vec![AccessWrite::RevokeToken { id, name }]);
            }
        }
        Some(Current::Session(session)) => {
            let (id, user, own) = (session.id.clone(), session.user.clone(), session.current);
            if ready(model) {
                let text = texts(model, if own { "sessions-end-own-ask" } else { "sessions-end-ask" }, &user);
                ask(model, "sessions-end-title", text, vec![AccessWrite::EndSession { id, user }]);
            }
        }
        Some(Current::Share(share)) => {
            let (id, title) = (share.id.clone(), share.title.clone().unwrap_or_else(|| share.id.clone()));
            if share.revoked {
                model.desk.say("tokens-revoked-already", &[]);
            } else if ready(model) {
                let text = texts(model, "shares-revoke-ask", &title);
                ask(model, "shares-revoke-title", text, vec![AccessWrite::RevokeShare { id, title }]);
            }
        }
        None => {}
    }
}

fn matrix(model: &mut Model) {
    if model.users.matrix.is_some() {
        close(model);
        return;
    }
    let (me, may) = (model.desk.person(), model.desk.may(Permission::Users));
    let Some(people) = &model.users.people else { return };
    let mut matrix = Matrix::of_roles(people, &me, may);
    if model.users.part == Part::Roles {
        matrix.column = model.users.row();
    }
    model.users.matrix = Some(matrix);
}

fn rights(model: &mut Model) {
    let (Some(people), Some(user)) = (&model.users.people, model.users.user()) else { return };
    model.users.matrix = Some(Matrix::of_user(people, user));
}

fn turn(model: &mut Model) {
    let Some(matrix) = &mut model.users.matrix else { return };
    if let Err(why) = matrix.turn() {
        let text = model.desk.setup.texts.get(why);
        model.desk.tell(Level::Warn, text);
    }
}

/// Shows what would be changed, and asks.
fn apply(model: &mut Model) {
    let Some(matrix) = &model.users.matrix else { return };
    let differences = matrix.differences();
    if differences.is_empty() {
        model.desk.say("matrix-no-change", &[]);
        return;
    }
    if !manages(model) {
        return;
    }
    let text = differences.iter().map(written_out).collect::<Vec<_>>().join("; ");
    let text = model.desk.setup.texts.with("matrix-apply-ask", &[("changes", &text)]);
    let writes = differences.into_iter().map(|difference| AccessWrite::PutRole(difference.role)).collect();
    ask(model, "matrix-apply-title", text, writes);
}

/// `supervisor + export − delete`.
fn written_out(difference: &Difference) -> String {
    let more = difference.more.iter().map(|permission| format!("+ {}", permission.word()));
    let less = difference.less.iter().map(|permission| format!("− {}", permission.word()));
    format!("{} {}", clean::line(&difference.role.name, 40), more.chain(less).collect::<Vec<_>>().join(" "))
}

/// A question was answered with yes.
pub(super) fn confirmed(model: &mut Model, writes: Vec<AccessWrite>) {
    for write in writes {
        model.desk.write(Write::Access(Box::new(write)));
    }
}

/// Everything was read.
pub(super) fn answered(model: &mut Model, answer: Result<Answer, ClientError>) {
    match answer {
        Ok(Answer::People(people)) => users::learned(&mut model.users, *people),
        Ok(_) => {}
        Err(error) => model.desk.fail("read-failed", &[("why", &error.to_string())]),
    }
}

/// A change was done or refused.
pub(super) fn written(model: &mut Model, write: AccessWrite, result: Result<Written, ClientError>) {
    let sent = model.users.sent.take();
    let error = match result {
        Err(error) => error,
        Ok(told) => return done(model, write, told),
    };
    let kind = error.problem().map(|problem| (problem.status, problem.kind.clone()));
    if matches!(&kind, Some((403, kind)) if kind == "sign-in-again") && gate::signs_in(&model.desk) {
        model.users.sent = sent;
        model.again.push(write);
        gate::ask_for_act(model);
        return;
    }
    let why = match &kind {
        Some((403, kind)) if kind == "sign-in-again" => model.desk.setup.texts.get("users-sign-in-again"),
        Some((412, _)) => model.desk.setup.texts.get("users-changed"),
        _ => error.to_string(),
    };
    if matches!(kind, Some((412 | 409 | 404, _))) {
        users::begin(&mut model.users, &mut model.desk);
    }
    match sent {
        // What was typed is not lost.
        Some(mut fill) => {
            fill.problem = Some(why);
            model.overlays.push(Overlay::Fill(Box::new(fill)));
        }
        None => model.desk.fail("write-failed", &[("why", &why)]),
    }
}

/// A password was shown just now: what waited for it is sent.
pub(super) fn again(model: &mut Model) {
    let writes = std::mem::take(&mut model.again);
    confirmed(model, writes);
}

/// It was not: what was typed comes back.
pub(super) fn not_again(model: &mut Model) {
    if std::mem::take(&mut model.again).is_empty() {
        return;
    }
    let why = model.desk.setup.texts.get("users-sign-in-again");
    match model.users.sent.take() {
        Some(mut fill) => {
            fill.problem = Some(why);
            model.overlays.push(Overlay::Fill(Box::new(fill)));
        }
        None => model.desk.tell(Level::Warn, why),
    }
}

fn done(model: &mut Model, write: AccessWrite, told: Written) {
    if let AccessWrite::PutUser { name, version: None, .. } = &write {
        model.users.wanted = Some(name.clone());
    }
    let texts = &model.desk.setup.texts;
    let named = |id: &str, name: &str| texts.with(id, &[("name", &clean::line(name, 60))]);
    let text = match (&write, told) {
        (_, Written::Told(told)) => {
            let once = match *told {
                Told::Token { name, secret } => {
                    Once { title: named("once-token-title", &name), text: texts.get("once-token"), secret }
                }
                Told::Password { name, secret } => {
                    Once { title: named("once-password-title", &name), text: texts.get("once-password"), secret }
                }
                Told::Share { path } => {
                    let base = base_of(model);
                    let id = if base.is_some() { "once-share" } else { "once-share-path" };
                    let secret = Hidden(format!("{}{}", base.unwrap_or_default(), path.0));
                    Once { title: texts.get("once-share-title"), text: texts.get(id), secret }
                }
            };
            model.overlays.push(Overlay::Once(once));
            None
        }
        (AccessWrite::SetPassword { name, .. }, _) => Some(named("users-password-done", name)),
        (AccessWrite::PutUser { name, draft, version }, _) => {
            let no_way = version.is_none() && draft.login.is_none();
            Some(named(if no_way { "users-saved-no-way" } else { "users-saved" }, name))
        }
        (AccessWrite::RemoveUser(name), _) => Some(named("users-removed", name)),
        (AccessWrite::PutRole(role), _) => {
            if let Some(matrix) = &mut model.users.matrix {
                matrix.applied(&role.name);
            }
            Some(named("roles-saved", &role.name))
        }
        (AccessWrite::RemoveRole(name), _) => Some(named("roles-removed", name)),
        (AccessWrite::RevokeToken { name, .. }, _) => Some(named("tokens-revoked", name)),
        (AccessWrite::RevokeShare { title, .. }, _) => Some(named("shares-revoked", title)),
        (AccessWrite::EndSession { user, .. }, _) => Some(named("sessions-ended", user)),
        (AccessWrite::MakeToken(_) | AccessWrite::MakeShare(_), _) => None,
    };
    if let Some(text) = text {
        model.desk.tell(Level::Info, text);
    }
    if model.users.people.is_some() {
        users::begin(&mut model.users, &mut model.desk);
    }
}

/// Address of the server, where this is one that others reach.
fn base_of(model: &Model) -> Option<String> {
    let key = super::places::key(&model.desk);
    let place = key.trim_end_matches('/');
    (place.starts_with("http://") || place.starts_with("https://")).then(|| place.to_owned())
}

/// `:reset-password` makes one and shows it once; `:reset-password set` asks for one.
pub(super) fn reset_password(model: &mut Model, rest: &str) {
    let Some(name) = model.users.user().map(|user| user.name.clone()).filter(|_| model.pane == super::model::Pane::Users) else {
        model.desk.say("users-password-where", &[]);
        return;
    };
    if !manages(model) {
        return;
    }
    if rest == "set" {
        let mut field = Line::new("fill-password", "", Vec::new());
        field.hidden = true;
        let fill = Fill::new(About::Password(name.clone()), clean::line(&name, 40), vec![field]);
        model.overlays.push(Overlay::Fill(Box::new(fill)));
        return;
    }
    let text = model.desk.setup.texts.with("users-password-ask", &[("name", &clean::line(&name, 60))]);
    ask(model, "users-password-title", text, vec![AccessWrite::SetPassword { name, password: None }]);
}
