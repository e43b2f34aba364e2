//! The player as the console uses it: commands in, events out.

use std::{
    io::Cursor,
    sync::mpsc::{Receiver, channel},
    time::{Duration, Instant},
};

use callreel::{
    playback::{Command, Environment, Event, Player, PlayerOptions},
    sound::{self, Decoder},
};

use super::sink::{RATE, Sink};

const PATIENCE: Duration = Duration::from_secs(20);

/// A player and what it told.
pub struct Heard {
    pub player: Player,
    events: Receiver<Event>,
}

impl Heard {
    pub fn start(server: &str) -> Self {
        let (sender, events) = channel();
        let environment = Environment { pulse_server: Some(server.to_owned()), ..Environment::default() };
        let options = PlayerOptions { environment, tick: Duration::from_millis(20), ..PlayerOptions::default() };
        let player = Player::start(options, move |event| {
            let _ = sender.send(event);
        });
        Self { player, events }
    }

    /// Waits for an event and gives what `choose` makes of it.
    pub fn until<T>(&self, what: &str, choose: impl Fn(&Event) -> Option<T>) -> T {
        let deadline = Instant::now() + PATIENCE;
        let mut seen = Vec::new();
        loop {
            let left = deadline.saturating_duration_since(Instant::now());
            let Ok(event) = self.events.recv_timeout(left) else { panic!("no {what} after {seen:?}") };
            if let Some(chosen) = choose(&event) {
                return chosen;
            }
            seen.push(event);
        }
    }

    pub fn position(&self, from: f64) -> f64 {
        self.until(&format!("position of {from} s"), |event| match event {
            Event::Position { seconds, .. } if *seconds >= from => Some(*seconds),
            _ => None,
        })
    }

    pub fn is(&self, what: &str, expected: &Event) {
        self.until(what, |event| (event == expected).then_some(()));
    }

    /// Why the output was lost.
    pub fn lost(&self) -> String {
        self.until("loss", |event| match event {
            Event::Lost { why } => Some(why.clone()),
            _ => None,
        })
    }

    /// Nothing is told for a while: there is nothing to tell.
    pub fn is_quiet_for(&self, time: Duration) {
        if let Ok(event) = self.events.recv_timeout(time) {
            panic!("{event:?} out of silence");
        }
    }
}

/// Mono at 8 kHz: second `n` has the loudness `1000 * (n + 1)`.
pub fn stairs(seconds: usize) -> Box<dyn Decoder> {
    let mut bytes = sound::wav_header(1, 8000, seconds as u64 * 8000).to_vec();
    for n in 0..seconds * 8000 {
        let height = 1000 * (n / 8000 + 1) as i16;
        bytes.extend((if n / 10 % 2 == 0 { height } else { -height }).to_le_bytes());
    }
    let length = bytes.len() as u64;
    sound::open(Box::new(Cursor::new(bytes)), length, "stairs.wav").expect("a sound")
}

#[test]
fn pause_holds_seek_jumps_and_the_end_is_told() {
    let Some(sink) = Sink::start() else { return };
    let heard = Heard::start(&sink.server());
    heard.player.send(Command::Load { generation: 7, decoder: stairs(6), at: 0.0 });
    heard.is("output", &Event::Output("PulseAudio".to_owned()));
    heard.is("playing", &Event::Playing { generation: 7 });
    heard.position(0.5);
    heard.player.send(Command::Pause);
    heard.is("pause", &Event::Paused { generation: 7 });
    heard.is_quiet_for(Duration::from_millis(300));

    // Paused, moved, and on: what is heard first is the new place.
    heard.player.send(Command::Seek(4.0));
    heard.is("the new place", &Event::Position { generation: 7, seconds: 4.0 });
    let recorder = sink.record();
    let begun = Instant::now();
    heard.player.send(Command::Play);
    heard.is("playing", &Event::Playing { generation: 7 });
    let reached = heard.position(4.5);
    let took = begun.elapsed().as_secs_f64();
    assert!((took - (reached - 4.0)).abs() < 1.5, "{reached} s reached after {took} s");
    heard.is("the end", &Event::Ended { generation: 7 });
    recorder.wait_more(0.5);
    let left = &recorder.sides()[0];
    let loud: Vec<f64> = left.iter().copied().filter(|sample| sample.abs() > 300.0).collect();
    let seconds = loud.len() as f64 / RATE as f64;
    // Edges of the square waves cost a little.
    assert!((1.7..2.1).contains(&seconds), "{seconds} s were heard");
    let early = &loud[RATE / 10..RATE / 2];
    let mean = early.iter().map(|sample| sample.abs()).sum::<f64>() / early.len() as f64;
    assert!((4000.0..5600.0).contains(&mean), "the fifth second has 5000, heard was {mean:.0}");

    // After the end, play begins again.
    heard.player.send(Command::Play);
    heard.is("playing again", &Event::Playing { generation: 7 });
    let again = heard.position(0.2);
    assert!(again < 4.0, "it went on at {again} s, the end, instead of the beginning");
    heard.player.send(Command::Stop);
}

#[test]
fn a_server_that_dies_pauses_at_the_heard_place_and_says_so() {
    let Some(mut sink) = Sink::start() else { return };
    let heard = Heard::start(&sink.server());
    heard.player.send(Command::Load { generation: 1, decoder: stairs(30), at: 10.0 });
    let before = heard.position(10.5);
    sink.kill();
    let why = heard.lost();
    assert!(why.contains("PulseAudio") && why.contains("hung up"), "{why}");
    heard.is("pause", &Event::Paused { generation: 1 });
    // Not searched for again: the person looks elsewhere.
    heard.player.send(Command::Pause);
    let place = heard.until("place", |event| match event {
        Event::Position { seconds, .. } => Some(*seconds),
        _ => None,
    });
    assert!((before..before + 1.0).contains(&place), "{place} after {before}");
}
