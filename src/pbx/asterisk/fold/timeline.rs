//! What happened when, for the details of a call.

use super::{cel::View, parties::Party, text, to_time};
use crate::{
    domain::call::{Direction, TimelineEvent, TimelineKind},
    pbx::asterisk::record::Cel,
};

/// Most moments kept of one call; a conference of a day has no more to tell.
const MOST: usize = 500;

pub(super) fn build(view: &View<'_>, direction: Direction) -> Vec<TimelineEvent> {
    let caller = view.caller().map(|(id, _)| id.to_owned());
    let mut timeline: Vec<TimelineEvent> = Vec::new();
    let mut called = false;
    for (index, event) in view.events.iter().enumerate() {
        if timeline.len() >= MOST {
            break;
        }
        let is_caller = caller.as_deref() == Some(event.unique_id.as_str());
        let party = view.parties.of(&event.channel);
        if party == Party::Inside && event.kind != "LINKEDID_END" {
            continue;
        }
        called |= !is_caller && event.kind == "CHAN_START";
        let moment = match interlude(event, &view.events[index + 1..]) {
            Some(context) => Some((TimelineKind::Feature, Some(context))),
            None => moment(event, is_caller, called, direction),
        };
        let Some((kind, detail)) = moment else { continue };
        let number = match &party {
            Party::Extension(number) => number.clone(),
            _ => text(&event.number),
        };
        timeline.push(TimelineEvent {
            at: to_time(event.at),
            kind,
            party: Some(number).filter(|number| !number.is_empty() && kind != TimelineKind::End),
            detail: detail.map(|detail| text(&detail)).filter(|detail| !detail.is_empty()),
        });
    }
    timeline
}

/// What a key pressed in talk ran, by its context: the application seems to end there, and at once begins anew.
fn interlude(event: &Cel, later: &[&Cel]) -> Option<String> {
    let same = |next: &&&Cel| next.unique_id == event.unique_id;
    let next = later.iter().find(same).filter(|_| event.kind == "APP_END")?;
    let goes_on = next.kind == "APP_START" && next.app == event.app && next.app_data == event.app_data;
    (goes_on && next.context != event.context).then(|| event.context.clone())
}

fn moment(event: &Cel, is_caller: bool, called: bool, direction: Direction) -> Option<(TimelineKind, Option<String>)> {
    let extra = |key: &str| event.extra.iter().find(|(name, _)| name == key).map(|(_, value)| value.clone());
    Some(match event.kind.as_str() {
        "CHAN_START" if is_caller => (TimelineKind::Start, Some(event.exten.clone()).filter(|exten| exten != "s")),
        "CHAN_START" => (TimelineKind::Ring, None),
        "ANSWER" if is_caller && !called && direction == Direction::In => (TimelineKind::Menu, Some(event.context.clone())),
        "ANSWER" => (TimelineKind::Answer, None),
        "APP_START" if event.app == "Queue" => {
            (TimelineKind::Queue, Some(event.app_data.split([',', '|']).next().unwrap_or_default().to_owned()))
        }
        "APP_START" if !matches!(event.app.as_str(), "Dial" | "AppDial" | "AppQueue") => {
            (TimelineKind::Feature, Some(event.app.clone()))
        }
        "BRIDGE_ENTER" | "CONF_ENTER" => (TimelineKind::Bridge, None),
        "BRIDGE_EXIT" | "CONF_EXIT" => (TimelineKind::Leave, None),
        "HOLD" => (TimelineKind::Hold, None),
        "UNHOLD" => (TimelineKind::Unhold, None),
        "BLINDTRANSFER" => (TimelineKind::Transfer, extra("extension")),
        "ATTENDEDTRANSFER" => (TimelineKind::Transfer, None),
        "FORWARD" => (TimelineKind::Transfer, extra("forward")),
        "PARK_START" => (TimelineKind::Park, None),
        "PICKUP" => (TimelineKind::Pickup, extra("pickup_channel")),
        "HANGUP" => (TimelineKind::Hangup, extra("hangupcause")),
        "LINKEDID_END" => (TimelineKind::End, None),
        _ => return None,
    })
}
