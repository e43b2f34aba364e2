//! The lines of the lists, and everything of the one under the cursor.

use jiff::{SignedDuration, Timestamp};

use super::{Current, Part, Users};
use crate::{
    console::{desk::Desk, widgets::fit},
    wire::access::{Role, Session, Share, SharedThing, Token, User},
};

/// A column: the id of its name and how wide it is.
pub type Column = (&'static str, u16);

/// The columns of a list, for a screen so wide.
pub fn columns(part: Part, wide: u16) -> Vec<Column> {
    let more = wide >= 110;
    match part {
        Part::Users if more => vec![
            ("users-name", 18),
            ("users-full-name", 24),
            ("users-grants", 34),
            ("users-agent", 16),
            ("users-sign-in", 12),
            ("users-seen", 12),
        ],
        Part::Users => {
            vec![("users-name", 14), ("users-full-name", 18), ("users-grants", 24), ("users-sign-in", 10), ("users-seen", 11)]
        }
        Part::Roles => {
            vec![("users-role", 16), ("users-kind", 10), ("users-held", 8), ("users-permissions", wide.saturating_sub(42))]
        }
        Part::Tokens if more => vec![
            ("users-name", 20),
            ("users-user", 18),
            ("users-scope", 36),
            ("users-expires", 14),
            ("users-used", 14),
            ("users-state", 10),
        ],
        Part::Tokens => {
            vec![("users-name", 18), ("users-user", 14), ("users-scope", 20), ("users-expires", 12), ("users-state", 10)]
        }
        Part::Shares if more => vec![
            ("shares-title", 36),
            ("shares-what", 24),
            ("shares-who", 18),
            ("users-until", 14),
            ("shares-plays", 12),
            ("users-state", 12),
        ],
        Part::Shares => {
            vec![("shares-title", 25), ("shares-who", 14), ("users-until", 13), ("shares-plays", 12), ("users-state", 12)]
        }
        Part::Sessions if more => {
            vec![("users-user", 20), ("users-from", 40), ("users-since", 14), ("users-seen", 14), ("users-until", 14)]
        }
        Part::Sessions => {
            vec![("users-user", 16), ("users-from", 18), ("users-since", 12), ("users-seen", 12), ("users-until", 12)]
        }
    }
}

/// `14:21` of today, `7 Nov` of this year, `7 Nov 2025`.
pub fn short(at: Timestamp, desk: &Desk) -> String {
    let (at, now) = (at.to_zoned(desk.zone.clone()), desk.now.to_zoned(desk.zone.clone()));
    let form = match () {
        () if at.date() == now.date() => "%H:%M",
        () if at.year() == now.year() => "%-d %b",
        () => "%-d %b %Y",
    };
    at.strftime(form).to_string()
}

/// To the minute.
fn whole(at: Timestamp, desk: &Desk) -> String {
    at.to_zoned(desk.zone.clone()).strftime("%-d %b %Y, %H:%M").to_string()
}

fn sign_in(user: &User, desk: &Desk) -> String {
    let texts = &desk.setup.texts;
    match (user.password, user.login.is_some()) {
        _ if user.locked => format!("× {}", texts.get("users-locked")),
        (true, true) => texts.get("users-by-both"),
        (true, false) => texts.get("users-by-password"),
        (false, true) => texts.get("users-by-socket"),
        (false, false) => "–".to_owned(),
    }
}

fn grants(user: &User) -> String {
    user.grants.iter().map(ToString::to_string).collect::<Vec<_>>().join(" ")
}

fn agent(user: &User) -> String {
    let mut parts: Vec<String> = user.agent.clone().into_iter().collect();
    parts.extend(user.extensions.iter().cloned());
    if parts.is_empty() { "–".to_owned() } else { parts.join(", ") }
}

fn words(scope: &[crate::domain::actor::Permission]) -> String {
    scope.iter().map(|permission| permission.word()).collect::<Vec<_>>().join(" ")
}

fn state(token: &Token, desk: &Desk) -> String {
    let texts = &desk.setup.texts;
    match () {
        () if token.revoked => format!("× {}", texts.get("users-revoked")),
        () if token.expires <= desk.now => format!("× {}", texts.get("users-expired")),
        () if token.expires.duration_since(desk.now) < SignedDuration::from_hours(24 * 7) => {
            format!("▲ {}", texts.get("users-soon"))
        }
        () => texts.get("users-valid"),
    }
}

fn seen(at: Option<Timestamp>, desk: &Desk) -> String {
    at.map_or_else(|| "–".to_owned(), |at| short(at, desk))
}

fn held(role: &Role, users: &Users) -> usize {
    let people = users.people.iter().flat_map(|people| &people.users);
    people.filter(|user| user.grants.iter().any(|grant| grant.role == role.name)).count()
}

fn of(token: &Token, desk: &Desk) -> String {
    token.user.clone().unwrap_or_else(|| desk.setup.texts.get("users-owner"))
}

fn from(session: &Session, desk: &Desk) -> String {
    let address = session.address.clone().unwrap_or_else(|| desk.setup.texts.get("users-this-machine"));
    if session.current { format!("{address} ({})", desk.setup.texts.get("users-this-one")) } else { address }
}

/// Somebody with the link would hear something.
pub fn leads_somewhere(share: &Share, desk: &Desk) -> bool {
    !share.revoked && share.expires > desk.now && share.plays.is_none_or(|plays| share.played < plays)
}

fn share_state(share: &Share, desk: &Desk) -> String {
    let texts = &desk.setup.texts;
    match () {
        () if share.revoked => format!("× {}", texts.get("users-revoked")),
        () if share.expires <= desk.now => format!("× {}", texts.get("users-expired")),
        () if !leads_somewhere(share, desk) => format!("× {}", texts.get("shares-used-up")),
        () => texts.get("users-valid"),
    }
}

/// `3 recordings, 1 clip`.
fn shared(share: &Share, desk: &Desk) -> String {
    let texts = &desk.setup.texts;
    let of = |kind: SharedThing| share.items.iter().filter(|item| item.kind == kind).count() as u64;
    let (recordings, clips) = (of(SharedThing::Recording), of(SharedThing::Clip));
    let mut parts = Vec::new();
    if recordings > 0 {
        parts.push(texts.counted("shares-recordings", recordings, &[]));
    }
    if clips > 0 {
        parts.push(texts.counted("shares-clips", clips, &[]));
    }
    parts.join(", ")
}

/// `2 of 3`, `7`.
fn plays(share: &Share, desk: &Desk) -> String {
    let played = share.played.to_string();
    match share.plays {
        Some(plays) => desk.setup.texts.with("shares-played-of", &[("n", &played), ("all", &plays.to_string())]),
        None => played,
    }
}

fn share_title(share: &Share) -> String {
    share.title.clone().or_else(|| share.remark.clone()).unwrap_or_else(|| share.id.clone())
}

/// The cells of a line, in the order of [`columns`].
pub fn cells(current: Current<'_>, users: &Users, desk: &Desk, wide: u16) -> Vec<String> {
    let texts = &desk.setup.texts;
    let more = wide >= 110;
    match current {
        Current::User(user) => {
            let full = user.full_name.clone().unwrap_or_else(|| "–".to_owned());
            let mut cells = vec![user.name.clone(), full, grants(user)];
            if more {
                cells.push(agent(user));
            }
            cells.extend([sign_in(user, desk), seen(user.last_seen, desk)]);
            cells
        }
        Current::Role(role) => {
            let kind = texts.get(if role.built_in { "users-built-in" } else { "users-own" });
            vec![role.name.clone(), kind, held(role, users).to_string(), words(&role.permissions)]
        }
        Current::Token(token) => {
            let mut cells = vec![token.name.clone(), of(token, desk), words(&token.scope), short(token.expires, desk)];
            if more {
                cells.push(seen(token.last_used, desk));
            }
            cells.push(state(token, desk));
            cells
        }
        Current::Share(share) => {
            let mut cells = vec![share_title(share)];
            if more {
                cells.push(shared(share, desk));
            }
            cells.extend([share.who.clone(), short(share.expires, desk), plays(share, desk), share_state(share, desk)]);
            cells
        }
        Current::Session(session) => vec![
            session.user.clone(),
            from(session, desk),
            short(session.created, desk),
            short(session.last_seen, desk),
            short(session.until, desk),
        ],
    }
}

/// Everything of the one under the cursor: the id of a label and what stands behind it.
pub fn facts(current: Current<'_>, desk: &Desk) -> Vec<(&'static str, String)> {
    let texts = &desk.setup.texts;
    match current {
        Current::User(user) => {
            let none = || texts.get("users-none");
            let grants = if user.grants.is_empty() { texts.get("users-no-grants") } else { grants(user) };
            let login = user.login.clone().unwrap_or_else(none);
            let password = texts.get(if user.password { "users-password-set" } else { "users-password-none" });
            vec![
                ("users-grants", grants),
                ("users-agent", agent(user)),
                ("users-login", login),
                ("users-password", password),
                ("users-added", whole(user.created, desk)),
            ]
        }
        Current::Role(role) => {
            let remark = role.remark.clone().unwrap_or_else(|| "–".to_owned());
            vec![("users-for", remark), ("users-permissions", words(&role.permissions))]
        }
        Current::Token(token) => {
            let projects = if token.projects.is_empty() { texts.get("users-everywhere") } else { token.projects.join(", ") };
            vec![
                ("users-scope", words(&token.scope)),
                ("users-projects", projects),
                ("users-added", whole(token.created, desk)),
                ("users-expires", whole(token.expires, desk)),
                ("users-used", token.last_used.map_or_else(|| texts.get("users-never"), |at| whole(at, desk))),
            ]
        }
        Current::Share(share) => {
            let left = match share.plays {
                None => texts.get("shares-plays-any"),
                Some(plays) => {
                    let left = u64::from(plays.saturating_sub(share.played));
                    format!("{} · {}", self::plays(share, desk), texts.counted("shares-plays-left", left, &[]))
                }
            };
            let phrase = texts.get(if share.passphrase { "shares-passphrase-yes" } else { "shares-passphrase-no" });
            vec![
                ("shares-what", shared(share, desk)),
                ("shares-for", share.remark.clone().unwrap_or_else(|| "–".to_owned())),
                ("users-added", format!("{} · {}", whole(share.created, desk), share.who)),
                ("users-until", format!("{} · {phrase}", whole(share.expires, desk))),
                ("shares-plays", left),
                ("shares-link", texts.get("shares-link-kept")),
            ]
        }
        Current::Session(session) => vec![
            ("users-from", from(session, desk)),
            ("users-since", whole(session.created, desk)),
            ("users-seen", whole(session.last_seen, desk)),
            ("users-until", whole(session.until, desk)),
        ],
    }
}

/// What stands above the facts.
pub fn title(current: Current<'_>) -> String {
    match current {
        Current::User(user) => match &user.full_name {
            Some(full) => format!("{} · {}", user.name, fit(full, 60)),
            None => user.name.clone(),
        },
        Current::Role(role) => role.name.clone(),
        Current::Token(token) => format!("{} · {}", token.name, token.id),
        Current::Session(session) => format!("{} · {}", session.user, session.id),
        Current::Share(share) => format!("{} · {}", fit(&share_title(share), 50), share.id),
    }
}
