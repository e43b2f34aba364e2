//! What reaches the player thread. Bounded by merging: a newer seek replaces an older one, credit adds up.

use std::{
    collections::VecDeque,
    sync::{Condvar, Mutex, MutexGuard, PoisonError},
    time::{Duration, Instant},
};

use super::Command;

/// What an output tells of the stream it was opened for.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Report {
    /// The stream is there and takes so many bytes.
    Opened { bytes: usize },
    /// It takes so many bytes more.
    Credit { bytes: usize },
    /// Of the frames written before the question, so many are not heard yet; `playing`: they are moving.
    Latency { written: u64, waiting: f64, playing: bool },
    /// Everything written was heard.
    Drained,
    /// It ran dry, because we were late.
    Underflow,
    /// The output is gone.
    Lost { why: String },
}

/// One thing to act on.
pub(super) enum Letter {
    Command(Command),
    Report { stream: u64, report: Report },
}

#[derive(Default)]
struct Inside {
    letters: VecDeque<Letter>,
    closed: bool,
}

/// The mailbox of a player thread.
#[derive(Default)]
pub(super) struct Mailbox {
    inside: Mutex<Inside>,
    arrived: Condvar,
}

/// How waiting ended.
pub(super) enum Waited {
    Letter(Letter),
    TimedOut,
    Closed,
}

impl Mailbox {
    fn lock(&self) -> MutexGuard<'_, Inside> {
        self.inside.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(super) fn command(&self, command: Command) {
        let mut inside = self.lock();
        inside.letters.retain(|letter| match letter {
            Letter::Command(older) => !outdated(older, &command),
            Letter::Report { .. } => true,
        });
        inside.letters.push_back(Letter::Command(command));
        drop(inside);
        self.arrived.notify_one();
    }

    pub(super) fn report(&self, stream: u64, report: Report) {
        let mut inside = self.lock();
        if let (Report::Credit { bytes: more }, Some(Letter::Report { stream: last, report: Report::Credit { bytes } })) =
            (&report, inside.letters.back_mut())
            && *last == stream
        {
            *bytes += more;
            return;
        }
        if !inside.closed {
            inside.letters.push_back(Letter::Report { stream, report });
        }
        drop(inside);
        self.arrived.notify_one();
    }

    pub(super) fn close(&self) {
        self.lock().closed = true;
        self.arrived.notify_one();
    }

    pub(super) fn is_closed(&self) -> bool {
        self.lock().closed
    }

    /// Whether a command is waiting.
    pub(super) fn has_command(&self) -> bool {
        self.lock().letters.iter().any(|letter| matches!(letter, Letter::Command(_)))
    }

    /// The next letter; without a deadline it sleeps until there is one.
    pub(super) fn wait(&self, deadline: Option<Instant>) -> Waited {
        let mut inside = self.lock();
        loop {
            if inside.closed {
                return Waited::Closed;
            }
            if let Some(letter) = inside.letters.pop_front() {
                return Waited::Letter(letter);
            }
            inside = match deadline.map(|deadline| deadline.saturating_duration_since(Instant::now())) {
                Some(Duration::ZERO) => return Waited::TimedOut,
                Some(left) => self.arrived.wait_timeout(inside, left).unwrap_or_else(PoisonError::into_inner).0,
                None => self.arrived.wait(inside).unwrap_or_else(PoisonError::into_inner),
            };
        }
    }
}

/// Whether a waiting command need not be done any more once `newer` is waiting too.
const fn outdated(older: &Command, newer: &Command) -> bool {
    use Command::{
        Balance, Load, Loop, Next, NoNext, Normalise, Output, Pause, Play, Seek, Side, SkipSilence, Speed, Stop, Swap, Volume,
    };
    match newer {
        Load { .. } | Stop => {
            matches!(older, Load { .. } | Next { .. } | NoNext | Loop(_) | Play | Pause | Seek(_) | Stop)
        }
        Next { .. } | NoNext => matches!(older, Next { .. } | NoNext),
        Loop(_) => matches!(older, Loop(_)),
        Swap(_) => matches!(older, Swap(_)),
        Balance(_) => matches!(older, Balance(_)),
        Normalise(_) => matches!(older, Normalise(_)),
        Output(_) => matches!(older, Output(_)),
        Play | Pause => matches!(older, Play | Pause),
        Seek(_) => matches!(older, Seek(_)),
        Volume(_) => matches!(older, Volume(_)),
        Speed(_) => matches!(older, Speed(_)),
        Side(_) => matches!(older, Side(_)),
        SkipSilence(_) => matches!(older, SkipSilence(_)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn next(mailbox: &Mailbox) -> Option<Letter> {
        match mailbox.wait(Some(Instant::now())) {
            Waited::Letter(letter) => Some(letter),
            Waited::TimedOut | Waited::Closed => None,
        }
    }

    #[test]
    fn a_thousand_seeks_are_one_and_credit_adds_up() {
        let mailbox = Mailbox::default();
        mailbox.command(Command::Play);
        (0..1000).for_each(|second| mailbox.command(Command::Seek(f64::from(second))));
        (0..1000).for_each(|_| mailbox.report(1, Report::Credit { bytes: 4 }));
        mailbox.report(2, Report::Credit { bytes: 4 });
        assert!(matches!(next(&mailbox), Some(Letter::Command(Command::Play))));
        assert!(matches!(next(&mailbox), Some(Letter::Command(Command::Seek(second))) if second == 999.0));
        let credit = |letter| matches!(letter, Some(Letter::Report { stream: 1, report: Report::Credit { bytes: 4000 } }));
        assert!(credit(next(&mailbox)));
        assert!(matches!(next(&mailbox), Some(Letter::Report { stream: 2, .. })));
        assert!(next(&mailbox).is_none());
    }

    #[test]
    fn stop_wins_over_what_waits_and_keeps_settings() {
        let mailbox = Mailbox::default();
        mailbox.command(Command::Volume(0.5));
        mailbox.command(Command::Pause);
        mailbox.command(Command::Seek(1.0));
        mailbox.command(Command::Stop);
        assert!(matches!(next(&mailbox), Some(Letter::Command(Command::Volume(_)))));
        assert!(matches!(next(&mailbox), Some(Letter::Command(Command::Stop))));
        assert!(next(&mailbox).is_none());
        mailbox.close();
        assert!(matches!(mailbox.wait(None), Waited::Closed));
    }
}
