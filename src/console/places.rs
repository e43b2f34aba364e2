//! Places of calls that one can go to without leaving: the one the program began with, and those of the profiles.

use super::{
    deck,
    desk::{Connection, Desk},
    effect::{Effect, Slot},
    model::{Model, Pane, Prefix},
    overlays::{Overlay, Places},
    screens::{calls::Calls, player::Player},
};

/// A place as it is shown.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Place {
    /// Name of its profile; empty: it has none.
    pub profile: String,
    /// Address of the server, or name of the file.
    pub name: String,
    /// Address or whole path: tells it from all others.
    pub key: String,
}

/// How the header names where one is.
pub(super) fn title(desk: &Desk) -> String {
    match (desk.setup.places.get(desk.at), &desk.who) {
        (Some(place), _) if !place.profile.is_empty() => place.profile.clone(),
        (_, Some(who)) => who.place.clone(),
        _ => desk.setup.place.clone(),
    }
}

/// What tells this place from all others.
pub(super) fn key(desk: &Desk) -> String {
    desk.setup.places.get(desk.at).map_or_else(|| desk.setup.place.clone(), |place| place.key.clone())
}

/// Opens the box, or goes to the profile of this name.
pub(super) fn choose(model: &mut Model, name: &str) {
    let places = &model.desk.setup.places;
    if name.is_empty() {
        if places.len() < 2 {
            model.desk.say("places-none", &[]);
        } else {
            model.overlays.push(Overlay::Places(Places::at(model.desk.at)));
        }
        return;
    }
    match places.iter().position(|place| place.profile == name) {
        Some(at) => go(model, at),
        None => model.desk.warn("places-unknown", &[("name", name)]),
    }
}

/// Goes there. What is on its way is waited for first; what waits is kept.
pub(super) fn go(model: &mut Model, at: usize) {
    let Some(place) = model.desk.setup.places.get(at).cloned() else { return };
    if at == model.desk.at && model.desk.online() {
        model.desk.say("places-here", &[("name", &place.name)]);
        return;
    }
    if model.desk.pending_writes() > 0 || model.desk.tasks.open() > 0 {
        model.desk.warn("places-busy", &[]);
        return;
    }
    if model.desk.up() {
        let memory = model.memory();
        model.desk.effect(Effect::Save(Box::new(memory)));
    }
    model.desk.at = at;
    model.desk.setup.place.clone_from(&place.name);
    model.desk.who = None;
    afresh(model);
    model.remembered = false;
    model.desk.connection = Connection::Connecting;
    model.desk.effect(Effect::Go(at));
    model.desk.effect(Effect::Remember);
    let generation = model.desk.supersede(Slot::Connect);
    model.desk.effect(Effect::Connect { generation });
}

/// Nothing of what was seen and done stays on the screen: it is of another place, or of another person.
pub(super) fn afresh(model: &mut Model) {
    deck::stop(&mut model.desk);
    model.desk.forget();
    model.calls = Calls::default();
    model.player = Player::default();
    model.sight = super::listening::Sight::default();
    model.users = super::screens::users::Users::default();
    model.audit = super::screens::audit::Audit::default();
    model.overlays.clear();
    model.prefix = Prefix::default();
    model.gate = None;
    (model.pane, model.before) = (Pane::Calls, Pane::Calls);
    (model.wanted, model.undo_to) = (None, None);
    model.again.clear();
    model.desk.deaf = None;
    model.desk.supersede(Slot::News);
    model.desk.effect(Effect::Abort(Slot::News));
}
