//! Live news over a line: one stream of events in place of asking again and again. What it tells leads to a short question for
//! the revision, at most once a second; nothing is drawn unless it shows.

use super::{
    desk::Desk,
    effect::{Effect, Read, Slot},
    line,
    message::News,
    model::Model,
};
use crate::{client::ClientError, domain::event::Event};

/// Least time between two questions: a busy exchange changes many times a second.
const NEWS_MS: u64 = 1_000;
/// First wait before it is listened again, doubled each time that nothing was heard.
const AGAIN_MS: u64 = 500;
/// Calls that came, as many as are remembered.
const FRESH: usize = 2_000;

/// Whether somebody listens, and up to where they heard.
#[derive(Clone, Debug, Default)]
pub struct Ears {
    pub listening: bool,
    /// The server has no such stream, or not for this person: one asks.
    unknown: bool,
    /// The question is on its way.
    pub due: bool,
    tries: u32,
    /// What was told last, so that nothing is missed between two streams.
    place: Option<String>,
}

impl Ears {
    /// The line broke.
    pub const fn fell_off(&mut self) {
        (self.listening, self.due) = (false, false);
    }
}

/// Listens, if there is a line and nobody does yet; false where one has to ask instead.
pub(super) fn listen(ears: &mut Ears, desk: &mut Desk) -> bool {
    if !desk.line.breaks || ears.unknown {
        return false;
    }
    if !ears.listening && desk.online() {
        ears.listening = true;
        let generation = desk.supersede(Slot::News);
        desk.effect(Effect::Listen { generation, after: ears.place.clone() });
    }
    true
}

/// The stream tells something, or has ended.
pub(super) fn told(model: &mut Model, generation: u64, news: News) {
    model.dirty = false;
    if !model.desk.is_current(Slot::News, generation) {
        return;
    }
    let (calls, desk) = (&mut model.calls, &mut model.desk);
    match news {
        // What was written before somebody listened is found by asking once.
        News::Opened => desk.read(Slot::Revision, 0, Read::Revision(None)),
        News::Event(event, place) => {
            calls.ears.tries = 0;
            calls.ears.place = place.or(calls.ears.place.take());
            match event {
                Event::Call(call) if call.new && calls.fresh.len() < FRESH => {
                    calls.fresh.insert(call.id);
                }
                Event::Revision(new) if calls.revision.as_ref() == Some(&new.revision) => {}
                Event::Revision(_) | Event::Resync => soon(&mut calls.ears, desk),
                Event::Call(_) | Event::Job(_) => {}
            }
        }
        News::Ended(why) => {
            calls.ears.listening = false;
            match why {
                Some(error) if is_of_the_line(&error) => {
                    model.dirty = true;
                    line::failed(model, Slot::News, None, &error);
                }
                Some(ClientError::Problem(problem)) if matches!(problem.status, 400 | 403 | 404 | 405 | 501) => {
                    calls.ears.unknown = true;
                    desk.wait(Slot::Revision, NEWS_MS);
                }
                _ => {
                    let wait = AGAIN_MS << calls.ears.tries.min(6);
                    calls.ears.tries += 1;
                    desk.wait(Slot::News, wait);
                }
            }
        }
    }
}

fn is_of_the_line(error: &ClientError) -> bool {
    match error {
        ClientError::Unreachable { .. } => true,
        ClientError::Problem(problem) => matches!(problem.status, 401 | 502 | 504),
        ClientError::Answer(_) => false,
    }
}

fn soon(ears: &mut Ears, desk: &mut Desk) {
    if !std::mem::replace(&mut ears.due, true) {
        desk.wait(Slot::Revision, NEWS_MS);
    }
}
