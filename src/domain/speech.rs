//! Who speaks when in a recording: what the voice detector found, and what follows from it. Seconds of the recording's
//! own time, whatever the speed at which it is heard.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::call::{TimelineEvent, TimelineKind};

/// From, until; seconds.
pub type Span = [f64; 2];

/// One side of a recording.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct SideSpeech {
    /// When it speaks, in order, not touching each other.
    #[schema(value_type = Vec<Vec<f64>>)]
    pub talk: Vec<Span>,
    pub talk_s: f64,
    /// Of the recording's length, 0 to 1.
    pub share: f64,
    /// Longest stretch of its speech that the other side did not interrupt; null where it never speaks.
    #[schema(value_type = Option<Vec<f64>>)]
    pub longest_monologue: Option<Span>,
    /// Level of its speech in dBFS (RMS); null where it never speaks.
    pub level_db: Option<f64>,
    /// The noise is so loud that speech and pause cannot be told apart well.
    pub noisy: bool,
}

/// A change of speaker: from here on this side speaks.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct Turn {
    pub at_s: f64,
    /// 0: the first channel (our side), 1: the other.
    pub side: u8,
}

/// What is known of the speech in a recording. A recording of one channel has one side, talk and silence only.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct Speech {
    pub recording: String,
    pub length_s: f64,
    /// One a channel.
    pub sides: Vec<SideSpeech>,
    /// Both sides speak at once for 250 ms or more.
    #[schema(value_type = Vec<Vec<f64>>)]
    pub overlap: Vec<Span>,
    pub overlap_s: f64,
    /// Nobody speaks for 1.5 s or more, and it is no hold.
    #[schema(value_type = Vec<Vec<f64>>)]
    pub silence: Vec<Span>,
    pub silence_s: f64,
    #[schema(value_type = Option<Vec<f64>>)]
    pub longest_silence: Option<Span>,
    pub turns: Vec<Turn>,
    /// The call's events say that it was on hold: whatever is heard there is no speech of the parties.
    #[schema(value_type = Vec<Vec<f64>>)]
    pub hold: Vec<Span>,
    /// Recording was paused.
    #[schema(value_type = Vec<Vec<f64>>)]
    pub paused: Vec<Span>,
}

/// When the call was on hold, in the time of a recording that began `offset_s` after the call and lasts `length_s`. A hold
/// that no event ends lasts to the end; of several parties on hold, from the first to the last.
pub fn held(events: &[TimelineEvent], call_start: Timestamp, offset_s: f64, length_s: f64) -> Vec<Span> {
    let mut holding: Vec<Option<&str>> = Vec::new();
    let (mut spans, mut begin) = (Vec::new(), 0.0);
    for event in events {
        let at = event.at.duration_since(call_start).as_secs_f64() - offset_s;
        let party = event.party.as_deref();
        match event.kind {
            TimelineKind::Hold => {
                if holding.is_empty() {
                    begin = at;
                }
                if !holding.contains(&party) {
                    holding.push(party);
                }
            }
            TimelineKind::Unhold if !holding.is_empty() => {
                // An end that names nobody, or nobody who is known to hold, ends all.
                match holding.iter().position(|one| *one == party) {
                    Some(place) => drop(holding.remove(place)),
                    None => holding.clear(),
                }
                if holding.is_empty() {
                    spans.push([begin, at]);
                }
            }
            _ => {}
        }
    }
    if !holding.is_empty() {
        spans.push([begin, length_s]);
    }
    let within = spans.into_iter().map(|[from, until]| [from.max(0.0), until.min(length_s)]).collect();
    super::turns::joined(within)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn holds_are_told_in_the_time_of_the_recording() {
        use TimelineKind::{Answer, Hold, Unhold};
        let start = Timestamp::from_second(1_700_000_000).unwrap();
        let spans = |events: &[(f64, TimelineKind, Option<&str>)]| {
            let event = |(at, kind, party): &(f64, TimelineKind, Option<&str>)| TimelineEvent {
                at: start.checked_add(jiff::SignedDuration::from_secs_f64(*at)).unwrap(),
                kind: *kind,
                party: party.map(str::to_owned),
                detail: None,
            };
            held(&events.iter().map(event).collect::<Vec<_>>(), start, 10.0, 60.0)
        };
        assert!(spans(&[(5.0, Answer, None)]).is_empty());
        assert_eq!(spans(&[(20.0, Hold, None), (30.5, Unhold, None), (40.0, Hold, None)]), [[10.0, 20.5], [30.0, 60.0]]);
        assert_eq!(spans(&[(4.0, Hold, None), (15.0, Unhold, None)]), [[0.0, 5.0]]);
        assert!(spans(&[(2.0, Hold, None), (8.0, Unhold, None), (80.0, Hold, None)]).is_empty());
        assert!(spans(&[(30.0, Unhold, None)]).is_empty());
        let two =
            [(20.0, Hold, Some("101")), (22.0, Hold, Some("102")), (25.0, Unhold, Some("101")), (30.0, Unhold, Some("102"))];
        assert_eq!(spans(&two), [[10.0, 20.0]]);
        assert_eq!(spans(&[(20.0, Hold, Some("101")), (20.5, Hold, Some("101")), (25.0, Unhold, None)]), [[10.0, 15.0]]);
    }
}
