//! Who was joined to whom, and when: a sweep over the bridge events of one call.

use std::collections::{BTreeMap, BTreeSet};

use super::parties::{Parties, Party};
use crate::pbx::asterisk::{
    channel::ChannelName,
    record::{Cel, Micros},
};

/// One channel in one bridge.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Member {
    pub unique_id: String,
    pub channel: String,
    pub party: Party,
    pub held: bool,
}

/// Those who could hear each other, from one moment to the next.
#[derive(Clone, Debug)]
pub struct Stretch {
    pub from: Micros,
    /// None: the events end before the bridge does.
    pub until: Option<Micros>,
    /// Groups of members joined by a bridge, or by bridges that a Local pair joins; in order of entering.
    pub rooms: Vec<Vec<Member>>,
}

/// All stretches of the call in which anybody was in a bridge.
pub fn stretches(events: &[&Cel], parties: &Parties<'_>) -> Vec<Stretch> {
    let mut inside: Vec<(String, Member)> = Vec::new();
    let mut held: BTreeSet<String> = BTreeSet::new();
    let mut stretches: Vec<Stretch> = Vec::new();
    let mut index = 0;
    while index < events.len() {
        let at = events[index].at;
        let mut changed = false;
        while index < events.len() && events[index].at == at {
            changed |= apply(events[index], &mut inside, &mut held, parties);
            index += 1;
        }
        if !changed {
            continue;
        }
        if let Some(last) = stretches.last_mut()
            && last.until.is_none()
        {
            last.until = Some(at);
        }
        if !inside.is_empty() {
            stretches.push(Stretch { from: at, until: None, rooms: rooms(&inside, &held) });
        }
    }
    stretches
}

fn apply(event: &Cel, inside: &mut Vec<(String, Member)>, held: &mut BTreeSet<String>, parties: &Parties<'_>) -> bool {
    let bridge = || event.extra.iter().find(|(key, _)| key == "bridge_id").map_or_else(|| "?".to_owned(), |(_, id)| id.clone());
    match event.kind.as_str() {
        "BRIDGE_ENTER" => {
            inside.retain(|(_, member)| member.unique_id != event.unique_id);
            let member = Member {
                unique_id: event.unique_id.clone(),
                channel: event.channel.clone(),
                party: parties.of(&event.channel),
                held: false,
            };
            inside.push((bridge(), member));
            true
        }
        "BRIDGE_EXIT" => {
            let left = bridge();
            let before = inside.len();
            // A channel may enter its next bridge before the exit from the last one is told.
            inside.retain(|(id, member)| member.unique_id != event.unique_id || (*id != left && left != "?"));
            inside.len() != before
        }
        "HANGUP" | "CHAN_END" => {
            let before = inside.len();
            inside.retain(|(_, member)| member.unique_id != event.unique_id);
            held.remove(&event.unique_id);
            inside.len() != before
        }
        "HOLD" => held.insert(event.unique_id.clone()),
        "UNHOLD" => held.remove(&event.unique_id),
        _ => false,
    }
}

fn rooms(inside: &[(String, Member)], held: &BTreeSet<String>) -> Vec<Vec<Member>> {
    let mut room_of: BTreeMap<&str, usize> = BTreeMap::new();
    for (bridge, _) in inside {
        let next = room_of.len();
        room_of.entry(bridge).or_insert(next);
    }
    let mut pairs: BTreeMap<&str, usize> = BTreeMap::new();
    for (bridge, member) in inside {
        let Some(pair) = ChannelName::pair(&member.channel) else { continue };
        let room = room_of[bridge.as_str()];
        match pairs.get(pair) {
            Some(other) if *other != room => {
                let (keep, drop) = (room.min(*other), room.max(*other));
                room_of.values_mut().filter(|number| **number == drop).for_each(|number| *number = keep);
                pairs.values_mut().filter(|number| **number == drop).for_each(|number| *number = keep);
            }
            Some(_) => {}
            None => {
                pairs.insert(pair, room);
            }
        }
    }
    let mut rooms: BTreeMap<usize, Vec<Member>> = BTreeMap::new();
    for (bridge, member) in inside {
        let member = Member { held: held.contains(&member.unique_id), ..member.clone() };
        rooms.entry(room_of[bridge.as_str()]).or_default().push(member);
    }
    rooms.into_values().collect()
}
