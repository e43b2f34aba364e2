//! A call of which only the queue log is there.

use super::{parties::is_short, text, to_number, to_time};
use crate::{
    domain::{
        call::{Direction, Outcome, Route, TimelineEvent, TimelineKind},
        fold::FoldedCall,
        length::Tenths,
    },
    pbx::asterisk::{read::epoch_of, record::QueueEvent, settings::Rules},
};

pub(super) fn fold(events: &[&QueueEvent], rules: &Rules) -> Option<FoldedCall> {
    let entered = events.iter().find(|event| event.kind == "ENTERQUEUE").or_else(|| events.first())?;
    let find = |kinds: &[&str]| events.iter().rev().find(|event| kinds.contains(&event.kind.as_str()));
    let connected = find(&["CONNECT"]);
    let last = events.last()?;
    let start =
        epoch_of(&entered.unique_id).filter(|born| (0..86_400_000_000).contains(&(entered.at - born))).unwrap_or(entered.at);
    let completed = find(&["COMPLETECALLER", "COMPLETEAGENT"]);
    let outcome = match (connected, find(&["ABANDON"])) {
        (Some(_), _) => Outcome::Answered,
        (None, Some(_)) => Outcome::Abandoned,
        (None, None) if completed.is_some() => Outcome::Answered,
        (None, None) => Outcome::Missed,
    };
    let seconds = |event: &QueueEvent, index: usize| event.data.get(index).and_then(|text| text.parse::<i64>().ok());
    let extensions: Vec<String> =
        events.iter().filter_map(|event| extension(&event.agent)).fold(Vec::new(), |mut all, number| {
            if !all.contains(&number) {
                all.push(number);
            }
            all
        });
    let agent = connected.and_then(|event| extension(&event.agent));
    let end = completed.or(find(&["ABANDON"])).map_or(last.at, |event| event.at);
    let talk = match (connected, completed) {
        (None, _) => Some(0),
        (Some(_), Some(done)) => seconds(done, 1),
        (Some(_), None) => None,
    };
    let waited = connected.map_or(end, |event| event.at);
    let moments = |event: &&QueueEvent| {
        let kind = match event.kind.as_str() {
            "ENTERQUEUE" => TimelineKind::Queue,
            "CONNECT" => TimelineKind::Bridge,
            "RINGNOANSWER" | "RINGCANCELED" => TimelineKind::Ring,
            "ABANDON" | "EXITWITHTIMEOUT" | "COMPLETECALLER" | "COMPLETEAGENT" => TimelineKind::Leave,
            _ => return None,
        };
        Some(TimelineEvent { at: to_time(event.at), kind, party: extension(&event.agent), detail: Some(text(&event.queue)) })
    };
    Some(FoldedCall {
        source_ids: Vec::new(),
        start: to_time(start),
        start_whole_second: true,
        answered: connected.map(|event| to_time(event.at)),
        end: Some(to_time(end)),
        direction: Direction::In,
        route: Some(Route::Queue),
        outcome,
        from: to_number(entered.data.get(1).filter(|_| entered.kind == "ENTERQUEUE").map_or("", String::as_str), &rules.plan),
        to: None,
        reached: agent.as_deref().and_then(|agent| to_number(agent, &rules.plan)),
        caller_name: None,
        extension: agent.or_else(|| extensions.first().cloned()),
        extensions,
        queue: Some(text(&entered.queue)),
        wait: Some(Tenths::from_micros(waited - start)),
        talk: talk.map(|seconds| Tenths(seconds * 10)),
        talk_at_most: None,
        on_hold: None,
        duration: Some(Tenths::from_micros(end - start)),
        leg_count: u32::from(connected.is_some()) + 1,
        legs: Vec::new(),
        timeline: events.iter().filter_map(moments).collect(),
        records: Vec::new(),
    })
}

/// The extension behind an agent's name: `101`, `PJSIP/101`, `Local/101@from-queue/n`.
fn extension(agent: &str) -> Option<String> {
    let name = agent.rsplit_once('/').filter(|(_, name)| *name != "n").map_or(agent, |(_, name)| name);
    let name = name.strip_prefix("Local/").unwrap_or(name).split('@').next().unwrap_or(name);
    is_short(name).then(|| name.to_owned())
}
