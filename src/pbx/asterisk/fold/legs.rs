//! The channels of a call as people see them.

use super::{
    cel::{Channel, View},
    text, to_time,
};
use crate::{
    domain::{call::Leg, number::is_withheld},
    pbx::asterisk::record::Cel,
};

pub(super) fn name_of(first: &Cel) -> Option<String> {
    let name = text(&first.name);
    (!is_withheld(&name) && name != first.number).then_some(name)
}

pub(super) fn legs(view: &View<'_>) -> Vec<Leg> {
    let of = |(id, channel): &(String, Channel<'_>)| Leg {
        channel: text(&channel.first.channel),
        unique_id: id.clone(),
        extension: channel.party.extension().map(str::to_owned),
        number: Some(text(channel.number)).filter(|number| !number.is_empty()),
        start: to_time(channel.first.at),
        answered: channel.answered.map(to_time),
        end: channel.end.map(to_time),
        cause: channel.cause,
    };
    view.channels.iter().map(of).collect()
}
