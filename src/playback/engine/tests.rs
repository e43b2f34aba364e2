use std::{
    io::Cursor,
    sync::{
        Mutex, MutexGuard,
        mpsc::{Receiver, channel},
    },
};

use super::*;
use crate::{
    playback::{Side, mailbox::Report, output::OutputError},
    sound,
};

const RATE: u32 = 8000;
/// What the loudspeaker takes ahead: 200 ms.
const AHEAD: usize = 1600;

/// A loudspeaker by hand.
#[derive(Default)]
struct Speaker {
    stream: u64,
    shape: (u32, u8),
    /// Written and not heard.
    queue: Vec<i16>,
    heard: Vec<i16>,
    reports: Vec<(u64, Report)>,
    asked: Option<u64>,
    paused: bool,
    draining: bool,
    written: u64,
    opened: usize,
    flushed: usize,
    held: usize,
    refuses: bool,
    dead: bool,
    /// It gives no credit.
    stuck: bool,
}

struct Wire(Arc<Mutex<Speaker>>, String);

impl Output for Wire {
    fn name(&self) -> &str {
        &self.1
    }
    fn open(&mut self, stream: u64, rate: u32, channels: u8) -> Result<(), OutputError> {
        let mut speaker = self.0.lock().unwrap();
        if speaker.refuses {
            return Err(OutputError("refused".to_owned()));
        }
        speaker.stream = stream;
        speaker.shape = (rate, channels);
        speaker.queue.clear();
        (speaker.written, speaker.paused, speaker.draining, speaker.asked) = (0, false, false, None);
        speaker.opened += 1;
        let bytes = AHEAD * 2 * usize::from(channels);
        speaker.reports.push((stream, Report::Opened { bytes }));
        Ok(())
    }
    fn write(&mut self, samples: &[i16]) -> Result<(), OutputError> {
        let mut speaker = self.0.lock().unwrap();
        speaker.queue.extend_from_slice(samples);
        speaker.written += samples.len() as u64 / u64::from(speaker.shape.1);
        Ok(())
    }
    fn pause(&mut self, pause: bool) -> Result<(), OutputError> {
        self.0.lock().unwrap().paused = pause;
        Ok(())
    }
    fn flush(&mut self) -> Result<(), OutputError> {
        let mut speaker = self.0.lock().unwrap();
        let (bytes, stream) = (speaker.queue.len() * 2, speaker.stream);
        speaker.queue.clear();
        speaker.flushed += 1;
        speaker.reports.push((stream, Report::Credit { bytes }));
        Ok(())
    }
    fn drain(&mut self) -> Result<(), OutputError> {
        self.0.lock().unwrap().draining = true;
        Ok(())
    }
    fn ask_latency(&mut self, written: u64) -> Result<(), OutputError> {
        self.0.lock().unwrap().asked = Some(written);
        Ok(())
    }
    fn close(&mut self) {
        self.0.lock().unwrap().queue.clear();
    }
    fn hold_more(&mut self) {
        self.0.lock().unwrap().held += 1;
    }
}

impl Drop for Wire {
    fn drop(&mut self) {
        self.0.lock().unwrap().queue.clear();
    }
}

struct Stage {
    engine: Engine,
    clock: Arc<Mutex<Instant>>,
    speaker: Arc<Mutex<Speaker>>,
    events: Receiver<Event>,
}

impl Stage {
    fn new() -> Self {
        let (sender, events) = channel();
        let clock = Arc::new(Mutex::new(Instant::now()));
        let speaker = Arc::new(Mutex::new(Speaker::default()));
        let (time, line) = (Arc::clone(&clock), Arc::clone(&speaker));
        let find = move |wanted: Option<&str>| {
            if line.lock().unwrap().dead || wanted == Some("pulse:/nowhere") {
                return Err(Silence { tried: vec!["nothing".to_owned()], advice: "Wait.".to_owned() });
            }
            Ok(Box::new(Wire(Arc::clone(&line), wanted.unwrap_or("speaker").to_owned())) as Box<dyn Output>)
        };
        let engine = Engine::new(
            PlayerOptions::default(),
            Box::new(move |event| sender.send(event).unwrap()),
            Arc::default(),
            Box::new(find),
            Box::new(move || *time.lock().unwrap()),
        );
        Self { engine, clock, speaker, events }
    }

    fn playing(frames: i16) -> Self {
        let mut stage = Self::new();
        stage.load(1, counting(0, frames), 0.0);
        stage
    }

    fn load(&mut self, generation: u64, decoder: Box<dyn Decoder>, at: f64) {
        self.send(Command::Load { generation, decoder, at });
    }

    fn speaker(&self) -> MutexGuard<'_, Speaker> {
        self.speaker.lock().unwrap()
    }

    fn send(&mut self, command: Command) {
        self.engine.command(command);
        self.engine.attend();
        self.deliver();
    }

    /// What the speaker has to say.
    fn deliver(&mut self) {
        loop {
            let (reports, stuck) = {
                let mut speaker = self.speaker();
                let mut reports = std::mem::take(&mut speaker.reports);
                if let Some(written) = speaker.asked.take() {
                    let (waiting, playing) = (speaker.queue.len() as f64 / f64::from(speaker.shape.1), !speaker.paused);
                    reports.push((speaker.stream, Report::Latency { written, waiting, playing }));
                }
                (reports, speaker.stuck)
            };
            if reports.is_empty() {
                return;
            }
            for (stream, report) in reports {
                if !(stuck && matches!(report, Report::Credit { .. })) {
                    self.engine.report(stream, report);
                }
            }
            self.engine.attend();
        }
    }

    /// Lets time go by in steps of 5 ms.
    fn wait(&mut self, seconds: f64) {
        for _ in 0..(seconds * 200.0).round() as usize {
            *self.clock.lock().unwrap() += Duration::from_millis(5);
            {
                let mut speaker = self.speaker();
                let channels = usize::from(speaker.shape.1.max(1));
                let count = (speaker.shape.0 as usize / 200 * channels).min(speaker.queue.len());
                if !speaker.paused && count > 0 {
                    let heard: Vec<i16> = speaker.queue.drain(..count).collect();
                    speaker.heard.extend(heard);
                    let stream = speaker.stream;
                    speaker.reports.push((stream, Report::Credit { bytes: count * 2 }));
                }
                if speaker.draining && speaker.queue.is_empty() {
                    speaker.draining = false;
                    let stream = speaker.stream;
                    speaker.reports.push((stream, Report::Drained));
                }
            }
            self.engine.attend();
            self.deliver();
        }
    }

    /// Everything told since the last call, without positions.
    fn told(&self) -> Vec<Event> {
        self.events.try_iter().filter(|event| !matches!(event, Event::Position { .. })).collect()
    }

    fn spans(&self) -> Vec<(u64, f64, f64)> {
        let heard = self.told().into_iter().filter_map(|event| match event {
            Event::Heard { generation, from, until, .. } => Some((generation, from, until)),
            _ => None,
        });
        heard.collect()
    }

    fn kill(&mut self, dead: bool) {
        self.speaker().dead = dead;
        self.engine.report(0, Report::Lost { why: "hung up".to_owned() });
        self.engine.attend();
    }
}

/// Mono whose samples count up: a place is told by its value.
fn counting(first: i16, frames: i16) -> Box<dyn Decoder> {
    opened(1, &(first..first + frames).collect::<Vec<_>>())
}

fn opened(channels: u8, samples: &[i16]) -> Box<dyn Decoder> {
    let mut bytes = sound::wav_header(channels, RATE, samples.len() as u64 / u64::from(channels)).to_vec();
    bytes.extend(samples.iter().flat_map(|sample| sample.to_le_bytes()));
    let length = bytes.len() as u64;
    sound::open(Box::new(Cursor::new(bytes)), length, "a.wav").unwrap()
}

fn about(found: f64, wanted: f64) -> bool {
    (found - wanted).abs() < 0.012
}

#[test]
fn what_is_heard_is_the_recording_and_the_end_is_told() {
    let mut stage = Stage::playing(12_000);
    stage.wait(2.0);
    assert!(stage.speaker().heard == (0..12_000).collect::<Vec<i16>>());
    let told = stage.told();
    assert_eq!(told[..2], [Event::Output("speaker".to_owned()), Event::Playing { generation: 1 }]);
    let heard = Event::Heard { generation: 1, from: 0.0, until: 1.5, speed: 1.0, side: Side::Both };
    assert_eq!(told[2..], [heard, Event::Ended { generation: 1 }]);
    // Play begins again.
    stage.send(Command::Play);
    stage.wait(0.5);
    assert_eq!(stage.told(), [Event::Playing { generation: 1 }]);
    assert!(stage.speaker().heard[12_000..13_000] == (0..1000).collect::<Vec<i16>>());
}

#[test]
fn a_loop_is_heard_without_a_gap_and_told_turn_by_turn() {
    let mut stage = Stage::playing(24_000);
    stage.wait(0.5);
    stage.told();
    stage.send(Command::Loop(Some((0.25, 1.0))));
    stage.wait(2.0);
    let spans = stage.spans();
    assert!(about(spans[0].2, 0.5), "what was heard before: {spans:?}");
    assert!(about(spans[1].2, 1.0) && about(spans[2].1, 0.25) && about(spans[2].2, 1.0), "{spans:?}");
    let heard = stage.speaker().heard.clone();
    let turn = heard.windows(2).position(|pair| pair == [7999, 2000]);
    assert!(turn.is_some(), "from B to A with nothing in between");
    // Taken off: it goes on behind B.
    stage.send(Command::Loop(None));
    stage.wait(2.0);
    assert!(stage.speaker().heard.iter().any(|sample| *sample > 12_000));
}

#[test]
fn pressing_b_goes_to_a_at_once() {
    let mut stage = Stage::playing(24_000);
    stage.wait(1.0);
    // What the screen took for B was heard a moment ago.
    stage.send(Command::Loop(Some((0.25, 0.95))));
    stage.wait(0.1);
    let last = *stage.speaker().heard.last().unwrap();
    assert!((2000..3200).contains(&last), "{last}");
    assert_eq!(stage.speaker().opened, 1);
}

#[test]
fn a_change_is_heard_at_once_where_it_was_heard() {
    let mut stage = Stage::playing(24_000);
    stage.wait(1.0);
    let before = stage.speaker().heard.len();
    stage.send(Command::Volume(0.5));
    stage.wait(0.06);
    let speaker = stage.speaker();
    let last = *speaker.heard.last().unwrap();
    assert!((4000..4400).contains(&last), "half of what is at 1.06 s: {last}");
    // It went on where it was, and no second stream was needed.
    assert!((speaker.heard[before + 40] - 4020).abs() < 60, "{}", speaker.heard[before + 40]);
    assert_eq!((speaker.opened, speaker.flushed), (1, 1));
}

#[test]
fn a_key_held_down_does_not_hold_the_sound_up() {
    let mut stage = Stage::playing(32_000);
    stage.wait(0.5);
    for step in 0..30 {
        stage.send(Command::Volume(step as f32 / 30.0));
        stage.wait(0.03);
    }
    let flushed = stage.speaker().flushed;
    assert!((5..=9).contains(&flushed), "{flushed} changes in 0.9 s");
    stage.wait(0.2);
    assert!(about(stage.engine.place / 8000.0, 1.6), "{}", stage.engine.place / 8000.0);
}

#[test]
fn speed_and_side_break_the_stretch_that_is_told() {
    let mut stage = Stage::new();
    stage.load(3, opened(2, &(0..48_000).map(|n| (n % 100) as i16 * 50).collect::<Vec<_>>()), 0.5);
    stage.wait(0.5);
    stage.send(Command::Speed(2.0));
    stage.wait(0.5);
    stage.send(Command::Side(Side::Right));
    stage.wait(0.1);
    stage.send(Command::Seek(0.1));
    stage.wait(0.1);
    stage.send(Command::Pause);
    let heard: Vec<_> = stage
        .told()
        .into_iter()
        .filter_map(|event| match event {
            Event::Heard { from, until, speed, side, generation: 3 } => Some((from, until, speed, side)),
            _ => None,
        })
        .collect();
    let expected =
        [(0.5, 1.0, 1.0, Side::Both), (1.0, 2.0, 2.0, Side::Both), (2.0, 2.2, 2.0, Side::Right), (0.1, 0.3, 2.0, Side::Right)];
    assert_eq!(heard.len(), expected.len(), "{heard:?}");
    for (found, wanted) in heard.iter().zip(&expected) {
        let near = (found.0 - wanted.0).abs() < 0.05 && (found.1 - wanted.1).abs() < 0.05;
        assert!(near && (found.2, found.3) == (wanted.2, wanted.3), "{heard:?}");
    }
}

#[test]
fn long_listening_is_told_every_ten_seconds() {
    let mut stage = Stage::new();
    stage.load(1, opened(1, &vec![77; 8000 * 25]), 0.0);
    stage.wait(24.0);
    let spans = stage.spans();
    assert_eq!(spans.len(), 2, "{spans:?}");
    assert!((spans[0].2 - 10.0).abs() < 0.2 && spans[0].2 == spans[1].1, "{spans:?}");
}

#[test]
fn skipped_silence_is_told_when_it_is_heard() {
    let mut samples = vec![9000; 8000];
    samples.resize(8000 * 6, 0);
    samples.resize(8000 * 7, 9000);
    let mut stage = Stage::new();
    stage.send(Command::SkipSilence(Some(super::super::SilenceRule::default())));
    stage.load(1, opened(1, &samples), 0.0);
    stage.wait(1.0);
    let skipped = |told: &[Event]| told.iter().any(|event| matches!(event, Event::Skipped { .. }));
    assert!(!skipped(&stage.told()), "it is written, not heard");
    stage.wait(2.0);
    let told = stage.told();
    let heard = told.iter().position(|event| matches!(event, Event::Heard { until, .. } if about(*until, 1.15)));
    let skip = told.iter().position(
        |event| matches!(event, Event::Skipped { generation: 1, from, until } if about(*from, 1.15) && about(*until, 5.85)),
    );
    assert!(heard.is_some() && heard < skip, "{told:?}");
}

#[test]
fn the_next_follows_in_the_same_stream_sample_by_sample() {
    let mut stage = Stage::playing(8000);
    stage.wait(0.4);
    stage.told();
    stage.send(Command::Next { generation: 2, decoder: counting(10_000, 4000), at: 0.0 });
    stage.wait(1.5);
    let expected: Vec<i16> = (0..8000).chain(10_000..14_000).collect();
    assert!(stage.speaker().heard == expected);
    assert_eq!(stage.speaker().opened, 1);
    let heard = |generation, from, until| Event::Heard { generation, from, until, speed: 1.0, side: Side::Both };
    let expected = [
        heard(1, 0.0, 1.0),
        Event::Ended { generation: 1 },
        Event::Playing { generation: 2 },
        heard(2, 0.0, 0.5),
        Event::Ended { generation: 2 },
    ];
    assert_eq!(stage.told(), expected);
}

#[test]
fn a_next_of_another_shape_opens_a_stream_of_its_own_at_once() {
    let mut stage = Stage::playing(4000);
    let stereo: Vec<i16> = (0..4000).flat_map(|n| [n, -n]).collect();
    stage.send(Command::Next { generation: 2, decoder: opened(2, &stereo), at: 0.25 });
    stage.wait(1.5);
    let speaker = stage.speaker();
    assert!(speaker.heard[..4000] == (0..4000).collect::<Vec<i16>>() && speaker.heard[4000..] == stereo[4000..]);
    assert_eq!((speaker.opened, speaker.shape), (2, (8000, 2)));
}

#[test]
fn going_back_before_the_next_is_heard_takes_it_back() {
    let mut stage = Stage::playing(8000);
    stage.send(Command::Next { generation: 2, decoder: counting(10_000, 4000), at: 0.0 });
    stage.wait(0.9);
    assert_eq!(stage.engine.tracks.len(), 2, "it is being written already");
    stage.send(Command::Seek(0.5));
    stage.wait(0.2);
    let last = *stage.speaker().heard.last().unwrap();
    assert!((5400..5700).contains(&last), "{last}");
    stage.wait(1.2);
    assert!(stage.told().contains(&Event::Ended { generation: 2 }));
    // And nothing follows once it is called off.
    let mut stage = Stage::playing(8000);
    stage.send(Command::Next { generation: 2, decoder: counting(10_000, 4000), at: 0.0 });
    stage.wait(0.9);
    stage.send(Command::NoNext);
    stage.wait(1.0);
    assert!(stage.speaker().heard.iter().all(|sample| *sample < 8000));
    assert!(stage.told().contains(&Event::Ended { generation: 1 }));
}

#[test]
fn a_lost_output_pauses_there_is_looked_for_and_goes_on() {
    let mut stage = Stage::playing(30_000);
    stage.wait(1.0);
    stage.told();
    stage.kill(true);
    let told = stage.told();
    assert!(matches!(told[0], Event::Heard { until, .. } if about(until, 1.0)), "{told:?}");
    assert_eq!(told[1..], [Event::Lost { why: "speaker: hung up".to_owned() }, Event::Paused { generation: 1 }]);
    stage.wait(4.0);
    assert_eq!(stage.told(), [], "looking is quiet");
    stage.speaker().dead = false;
    stage.wait(5.0);
    let told = stage.told();
    assert_eq!(told[..2], [Event::Output("speaker".to_owned()), Event::Playing { generation: 1 }]);
    let heard = stage.speaker().heard.clone();
    let joint = heard.windows(2).position(|pair| pair[1] != pair[0] + 1).map(|at| heard[at + 1] - heard[at]);
    assert!(joint.is_none_or(|jump| jump.abs() < 100), "{joint:?}");
}

#[test]
fn pause_during_a_loss_ends_the_search() {
    let mut stage = Stage::playing(30_000);
    stage.wait(0.5);
    stage.kill(true);
    stage.told();
    stage.send(Command::Pause);
    assert_eq!(stage.told(), [Event::Paused { generation: 1 }]);
    stage.speaker().dead = false;
    stage.wait(20.0);
    assert_eq!(stage.told(), []);
    stage.send(Command::Play);
    stage.wait(0.1);
    assert_eq!(stage.told(), [Event::Output("speaker".to_owned()), Event::Playing { generation: 1 }]);
}

#[test]
fn play_during_a_loss_looks_at_once_and_the_search_goes_on() {
    let mut stage = Stage::playing(30_000);
    stage.wait(0.5);
    stage.kill(true);
    stage.told();
    stage.send(Command::Play);
    assert_eq!(stage.told(), [Event::Lost { why: "nothing answers yet".to_owned() }, Event::Paused { generation: 1 }]);
    stage.speaker().dead = false;
    stage.wait(5.0);
    assert_eq!(stage.told()[..2], [Event::Output("speaker".to_owned()), Event::Playing { generation: 1 }]);
}

#[test]
fn an_output_that_is_lost_while_paused_stays_paused() {
    let mut stage = Stage::playing(30_000);
    stage.wait(0.5);
    stage.send(Command::Pause);
    stage.told();
    stage.kill(false);
    assert_eq!(stage.told(), [Event::Lost { why: "speaker: hung up".to_owned() }, Event::Paused { generation: 1 }]);
    stage.wait(3.0);
    assert_eq!(stage.told(), [Event::Output("speaker".to_owned())]);
}

#[test]
fn one_that_takes_nothing_for_two_seconds_is_lost() {
    let mut stage = Stage::playing(30_000);
    stage.speaker().stuck = true;
    stage.wait(1.9);
    assert!(!stage.told().iter().any(|event| matches!(event, Event::Lost { .. })));
    stage.wait(0.4);
    assert!(stage.told().contains(&Event::Lost { why: "speaker: it takes no sound any more".to_owned() }));
}

#[test]
fn one_that_refuses_from_the_start_is_not_tried_again_and_again() {
    let mut stage = Stage::new();
    stage.speaker().refuses = true;
    stage.load(1, counting(0, 8000), 0.0);
    let told = stage.told();
    assert!(matches!(&told[1], Event::NoOutput { tried, .. } if tried == &["speaker: refused"]), "{told:?}");
    assert_eq!(told[2..], [Event::Paused { generation: 1 }]);
    stage.wait(20.0);
    assert_eq!(stage.told(), []);
}

#[test]
fn another_output_goes_on_where_the_first_was() {
    let mut stage = Stage::playing(30_000);
    stage.wait(0.5);
    stage.told();
    stage.send(Command::Output(Some("pulse:/there".to_owned())));
    stage.wait(0.5);
    let told = stage.told();
    assert!(told.contains(&Event::Output("pulse:/there".to_owned())), "{told:?}");
    assert!(stage.speaker().heard.windows(2).all(|pair| (pair[1] - pair[0] - 1).abs() < 100));
    // One that is not there changes nothing but says so.
    stage.send(Command::Output(Some("pulse:/nowhere".to_owned())));
    let told = stage.told();
    assert!(told.iter().any(|event| matches!(event, Event::NoOutput { .. })), "{told:?}");
    assert_eq!(told.last(), Some(&Event::Playing { generation: 1 }));
    let before = stage.speaker().heard.len();
    stage.wait(0.5);
    assert_eq!(stage.speaker().heard.len(), before + 4000);
}

#[test]
fn running_dry_asks_for_a_bigger_buffer_next_time() {
    let mut stage = Stage::playing(30_000);
    stage.wait(0.2);
    let stream = stage.speaker().stream;
    stage.engine.report(stream, Report::Underflow);
    assert_eq!(stage.speaker().held, 1);
}

#[test]
fn sound_that_is_not_there_yet_is_waited_for_without_holding_anybody_up() {
    struct Late(Box<dyn Decoder>, Arc<Mutex<bool>>);
    impl Decoder for Late {
        fn facts(&self) -> &sound::SoundFacts {
            self.0.facts()
        }
        fn read(&mut self, samples: &mut Vec<i16>) -> Result<usize, sound::SoundError> {
            self.0.read(samples)
        }
        fn seek(&mut self, frame: u64) -> Result<(), sound::SoundError> {
            self.0.seek(frame)
        }
        fn waits(&mut self) -> Option<String> {
            (!*self.1.lock().unwrap()).then(|| "the line is slow".to_owned())
        }
    }
    let there = Arc::new(Mutex::new(false));
    let mut stage = Stage::new();
    stage.load(1, Box::new(Late(counting(0, 8000), Arc::clone(&there))), 0.0);
    stage.wait(5.0);
    let waiting = Event::Waiting { generation: 1, why: "the line is slow".to_owned() };
    assert_eq!(stage.told()[2..], [waiting], "told once");
    stage.send(Command::Pause);
    assert_eq!(stage.told(), [Event::Paused { generation: 1 }]);
    assert_eq!(stage.engine.deadline(), None, "nothing wakes it while it is paused");
    stage.send(Command::Play);
    *there.lock().unwrap() = true;
    stage.wait(1.2);
    assert!(stage.speaker().heard == (0..8000).collect::<Vec<i16>>());
}

#[test]
fn stop_tells_what_was_heard_and_gives_the_output_back() {
    let mut stage = Stage::playing(30_000);
    stage.wait(0.5);
    stage.told();
    stage.send(Command::Stop);
    let spans = stage.spans();
    assert!(spans.len() == 1 && about(spans[0].2, 0.5), "{spans:?}");
    assert!(stage.engine.output.is_none() && stage.engine.deadline().is_none());
}
