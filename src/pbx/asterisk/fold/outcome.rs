//! What became of a call, by its channel events.

use super::{
    cel::{Channel, View},
    parties::Party,
};
use crate::domain::call::{Direction, Outcome};

pub(super) fn outcome(view: &View<'_>, direction: Direction, talked: bool, queued: bool) -> Outcome {
    if talked {
        return Outcome::Answered;
    }
    let Some((id, caller)) = view.caller() else { return Outcome::Missed };
    if queued && left_in_queue(view, id, caller) {
        return Outcome::Abandoned;
    }
    let dialled: Vec<&Channel<'_>> = view
        .channels
        .iter()
        .filter(|(other, channel)| other != id && channel.party != Party::Inside)
        .map(|(_, channel)| channel)
        .collect();
    let status = caller.dial_status;
    let refused = dialled.iter().any(|channel| matches!(channel.cause, Some(17 | 21)));
    // A telephone that declines (21) leaves Dial with NOANSWER.
    let all_refused = refused && dialled.iter().all(|channel| matches!(channel.cause, Some(17 | 21)));
    if !queued
        && (status == "BUSY" || refused && matches!(status, "CHANUNAVAIL" | "CONGESTION") || all_refused && status != "CANCEL")
    {
        return Outcome::Busy;
    }
    let could_not = matches!(status, "CHANUNAVAIL" | "CONGESTION")
        || status.is_empty()
            && std::iter::once(caller).chain(dialled.iter().copied()).any(|channel| {
                matches!(
                    channel.cause,
                    Some(1..=3 | 5..=8 | 20 | 22 | 25 | 27..=29 | 34 | 38 | 41..=47 | 50..=58 | 63..=66 | 69 | 79 | 88)
                )
            });
    match direction {
        Direction::In => Outcome::Missed,
        Direction::Out | Direction::Internal if could_not => Outcome::Failed,
        Direction::Out => Outcome::Unanswered,
        Direction::Internal => Outcome::Missed,
    }
}

/// Whether the caller hung up while waiting, and was not sent on by the queue.
fn left_in_queue(view: &View<'_>, id: &str, caller: &Channel<'_>) -> bool {
    let last_word = view.queue_events.iter().rev().find(|event| {
        matches!(
            event.kind.as_str(),
            "ABANDON" | "EXITWITHTIMEOUT" | "EXITWITHKEY" | "EXITEMPTY" | "COMPLETECALLER" | "COMPLETEAGENT" | "TRANSFER"
        )
    });
    let own = || view.events.iter().filter(|event| event.unique_id == id);
    let Some(started) = own().rev().find(|event| event.kind == "APP_START" && event.app == "Queue") else {
        return last_word.is_some_and(|event| event.kind == "ABANDON");
    };
    // After the queue the dialplan went on to call somebody.
    if own().any(|event| event.at > started.at && event.kind == "APP_START" && event.app != "Queue") {
        return false;
    }
    if let Some(word) = last_word {
        return word.kind == "ABANDON";
    }
    let Some(end) = caller.end else { return false };
    let waited = end - started.at;
    let timeout = started.app_data.split([',', '|']).nth(4).and_then(|text| text.trim().parse::<i64>().ok());
    if timeout.is_some_and(|timeout| timeout > 0 && waited >= timeout * 1_000_000 - 200_000) {
        return false;
    }
    let left = own().rev().find(|event| event.kind == "APP_END" && event.app == "Queue").map_or(end, |event| event.at);
    if end - left > 500_000 {
        return false;
    }
    caller.hangup_source.is_empty() || caller.hangup_source == caller.first.channel
}
