//! Another output, and one that is lost.

use std::time::Duration;

use super::{Engine, Event, Search, State};

/// After a loss it is looked for again at these distances, then at the last.
const RETRY: [Duration; 4] = [Duration::from_secs(1), Duration::from_secs(2), Duration::from_secs(5), Duration::from_secs(10)];

impl Engine {
    /// Goes on elsewhere. If nothing sounds there, it stays where it was, and that is told.
    pub(super) fn change_output(&mut self, wanted: Option<String>) {
        if let Some(output) = self.output.as_ref().filter(|_| wanted == self.options.output) {
            return self.tell(Event::Output(output.name().to_owned()));
        }
        self.settle_heard();
        let lost = self.search.at.is_some();
        match (self.find)(wanted.as_deref()) {
            Ok(output) => {
                let running = self.state == State::Running || (lost && self.search.resume);
                self.close_line();
                self.search = Search::default();
                self.options.output = wanted;
                self.tell(Event::Output(output.name().to_owned()));
                self.output = Some(output);
                let seconds = self.place / self.rate();
                if !self.ended && !self.tracks.is_empty() && self.go_to(seconds) && running {
                    self.start();
                }
            }
            Err(silence) => {
                self.tell(Event::NoOutput { tried: silence.tried, advice: silence.advice });
                let Some(output) = &self.output else {
                    // Nothing is lost by it: the next `Play` looks there.
                    self.options.output = wanted;
                    return;
                };
                let name = output.name().to_owned();
                self.tell(Event::Output(name));
                if let Some(generation) = self.tracks.front().map(|track| track.generation) {
                    let playing = self.state == State::Running;
                    self.tell(if playing { Event::Playing { generation } } else { Event::Paused { generation } });
                }
            }
        }
    }

    /// The output is gone: stop where it was heard, say so, look for it again.
    pub(super) fn lost(&mut self, why: &str) {
        let Some(output) = self.output.take() else { return };
        let why = format!("{}: {why}", output.name());
        self.search.again = output.again();
        drop(output);
        self.settle_heard();
        let opened = self.line.as_ref().is_some_and(|line| line.opened);
        let running = self.state == State::Running;
        self.close_line();
        self.state = State::Paused;
        let searching = self.search.attempt > 0;
        let generation = self.generation();
        if !opened && searching {
            // It came back and is no good yet: nothing new to tell.
            self.tell(Event::Paused { generation });
            return self.search_later(self.search.resume);
        }
        if !self.tracks.is_empty() {
            let seconds = self.place / self.rate();
            self.tell(Event::Position { generation, seconds });
        }
        if opened || self.tracks.is_empty() || self.ended {
            self.tell(Event::Lost { why });
            self.search.attempt = 0;
            self.search_later(running);
        } else {
            let advice = "Choose another output, or press play to try again.".to_owned();
            self.tell(Event::NoOutput { tried: vec![why], advice });
        }
        if !self.tracks.is_empty() {
            self.tell(Event::Paused { generation });
        }
    }

    fn search_later(&mut self, resume: bool) {
        let distance = RETRY[self.search.attempt.min(RETRY.len() - 1)];
        let at = Some(self.now() + distance);
        self.search = Search { attempt: self.search.attempt + 1, at, resume, again: self.search.again };
    }

    /// After a loss: quietly, so that the screen is not filled with the same sentence.
    pub(super) fn look_again(&mut self) {
        self.search.at = None;
        let resume = self.search.resume;
        match (self.find)(self.options.output.as_deref().or(self.search.again)) {
            Ok(output) => {
                self.tell(Event::Output(output.name().to_owned()));
                self.output = Some(output);
                let seconds = self.place / self.rate();
                if !resume {
                    self.search = Search::default();
                } else if !self.ended && self.go_to(seconds) {
                    self.start();
                }
            }
            Err(_) if !self.mailbox.is_closed() => self.search_later(resume),
            Err(_) => {}
        }
    }
}
