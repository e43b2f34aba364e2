//! What was filled in becomes a change, or says what is wrong with it.

use super::{
    access::{AccessWrite, Hidden},
    effect::Write,
    model::Model,
    overlays::{About, Fill, Overlay},
};
use crate::{
    domain::{access::Grant, actor::Permission, clean},
    wire::access::{Role, ShareDraft, TokenDraft, UserDraft},
};

const DAY_S: u64 = 86_400;

/// Enter was pressed in a box: it becomes a change, or says what is wrong with it.
pub(super) fn filled(model: &mut Model, mut fill: Fill) {
    match write_of(model, &fill) {
        Ok(write) => {
            model.users.sent = Some(fill);
            model.desk.write(Write::Access(Box::new(write)));
        }
        Err(problem) => {
            fill.problem = Some(problem);
            model.overlays.push(Overlay::Fill(Box::new(fill)));
        }
    }
}

fn given(text: &str) -> Option<String> {
    (!text.is_empty()).then(|| text.to_owned())
}

fn write_of(model: &Model, fill: &Fill) -> Result<AccessWrite, String> {
    let texts = &model.desk.setup.texts;
    let needed = |id: &str| given(fill.text(id)).ok_or_else(|| texts.with("fill-needed", &[("what", &texts.get(id))]));
    let permissions = |id: &str| -> Result<Vec<Permission>, String> {
        let known = |word: &String| {
            let found = Permission::ALL.iter().copied().find(|permission| permission.word() == word);
            found.ok_or_else(|| texts.with("fill-no-permission", &[("word", &clean::line(word, 40))]))
        };
        fill.list(id).iter().map(known).collect()
    };
    let expires = |id: &str| match given(fill.text(id)) {
        None => Ok(None),
        Some(text) => days(&text).map(|days| Some(days * DAY_S)).ok_or_else(|| texts.get("fill-bad-expires")),
    };
    let draft = |locked| -> Result<UserDraft, String> {
        let grants = fill.list("fill-grants").iter().map(|grant| grant.parse::<Grant>()).collect::<Result<_, _>>()?;
        Ok(UserDraft {
            full_name: given(fill.text("fill-full-name")),
            login: given(fill.text("fill-login")),
            agent: given(fill.text("fill-agent")),
            extensions: fill.list("fill-extensions"),
            grants,
            locked,
        })
    };
    Ok(match &fill.about {
        About::NewUser => AccessWrite::PutUser { name: needed("fill-name")?, draft: draft(false)?, version: None },
        About::User { name, version, locked } => {
            AccessWrite::PutUser { name: name.clone(), draft: draft(*locked)?, version: Some(*version) }
        }
        About::NewRole => AccessWrite::PutRole(Role {
            name: needed("fill-role")?,
            remark: given(fill.text("fill-remark")),
            permissions: permissions("fill-permissions")?,
            built_in: false,
        }),
        About::Token => AccessWrite::MakeToken(TokenDraft {
            name: needed("fill-token")?,
            scope: permissions("fill-scope")?,
            projects: fill.list("fill-projects"),
            user: given(fill.text("fill-user")),
            expires_s: expires("fill-expires")?,
        }),
        About::Password(name) => AccessWrite::SetPassword {
            name: name.clone(),
            password: Some(Hidden(fill.lines.first().map(|line| line.input.text().to_owned()).unwrap_or_default())),
        },
        About::Share(items) => AccessWrite::MakeShare(ShareDraft {
            items: items.clone(),
            title: given(fill.text("fill-title")),
            remark: given(fill.text("fill-whom")),
            expires_s: expires("fill-expires")?,
            passphrase: given(fill.text("fill-passphrase")),
            plays: match given(fill.text("fill-plays")) {
                None => None,
                Some(text) => Some(text.parse().map_err(|_| texts.get("fill-bad-plays"))?),
            },
        }),
    })
}

/// `14d`, `14`, `2w` to days.
fn days(text: &str) -> Option<u64> {
    let text = text.trim();
    let (number, factor) = match text.strip_suffix('w') {
        Some(weeks) => (weeks, 7),
        None => (text.strip_suffix('d').unwrap_or(text), 1),
    };
    number.trim().parse::<u64>().ok().filter(|days| (1..=10_000).contains(days)).map(|days| days * factor)
}
