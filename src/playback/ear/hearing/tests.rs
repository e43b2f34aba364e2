//! A hearing with an output that is told what to report.

use std::sync::{Mutex, mpsc};

use proptest::prelude::*;
use rusty_opus::{Application, OpusEncoder};

use super::*;

/// What an output was told.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Told {
    Open(u32, u8),
    Write(usize),
    Pause(bool),
    Flush,
    Drain,
    Ask(u64),
    Close,
}

struct Fake(mpsc::Sender<Told>);

impl Fake {
    fn tell(&self, told: Told) -> Result<(), OutputError> {
        let _ = self.0.send(told);
        Ok(())
    }
}

impl Output for Fake {
    fn name(&self) -> &str {
        "fake"
    }
    fn open(&mut self, _: u64, rate: u32, channels: u8) -> Result<(), OutputError> {
        self.tell(Told::Open(rate, channels))
    }
    fn write(&mut self, samples: &[i16]) -> Result<(), OutputError> {
        self.tell(Told::Write(samples.len()))
    }
    fn pause(&mut self, pause: bool) -> Result<(), OutputError> {
        self.tell(Told::Pause(pause))
    }
    fn flush(&mut self) -> Result<(), OutputError> {
        self.tell(Told::Flush)
    }
    fn drain(&mut self) -> Result<(), OutputError> {
        self.tell(Told::Drain)
    }
    fn ask_latency(&mut self, written: u64) -> Result<(), OutputError> {
        self.tell(Told::Ask(written))
    }
    fn close(&mut self) {
        let _ = self.tell(Told::Close);
    }
    fn hold_more(&mut self) {}
}

fn hearing() -> (Hearing, mpsc::Receiver<Told>) {
    let (sender, told) = mpsc::channel();
    let sender = Mutex::new(sender);
    let find: FindOutput = Box::new(move |_| Ok(Box::new(Fake(sender.lock().unwrap().clone()))));
    (Hearing::new(find, Arc::default()), told)
}

/// Packets of a tone for one side.
fn packets(count: usize, rate: u32) -> Vec<Vec<u8>> {
    let mut encoder = OpusEncoder::new(rate.cast_signed(), 1, Application::Audio).unwrap();
    encoder.bitrate_bps = 16_000;
    let frames = packet_frames(rate);
    let piece: Vec<f32> = (0..frames).map(|n| ((n / 10 % 2) as f32 - 0.5) / 4.0).collect();
    let mut packet = [0; 4000];
    (0..count)
        .map(|_| {
            let length = encoder.encode(&piece, frames, &mut packet).unwrap();
            packet[..length].to_vec()
        })
        .collect()
}

fn sounds(generation: u16, count: usize) -> Vec<ToEar> {
    let packets = packets(count, 8000).into_iter().enumerate();
    packets.map(|(number, left)| ToEar::Sound { generation, number: number as u16, left, right: Vec::new() }).collect()
}

fn drained(told: &mpsc::Receiver<Told>) -> Vec<Told> {
    told.try_iter().collect()
}

#[test]
fn sound_goes_out_by_credit_and_is_counted_when_heard() {
    let (mut hearing, told) = hearing();
    assert_eq!(hearing.frame(ToEar::Format { generation: 5, rate: 8000, channels: 1 }), Ok(None));
    for sound in sounds(5, 3) {
        assert_eq!(hearing.frame(sound), Ok(None));
    }
    assert_eq!(drained(&told), [Told::Close, Told::Open(8000, 1)][1..], "nothing before the output wants it");
    let stream = hearing.stream;
    hearing.report(stream, Report::Opened { bytes: 1000 }).unwrap();
    hearing.report(stream, Report::Credit { bytes: 100_000 }).unwrap();
    assert_eq!(drained(&told), [Told::Write(500), Told::Ask(500), Told::Write(940)]);
    let played = hearing.report(stream, Report::Latency { written: 1440, waiting: 440.0, playing: true }).unwrap();
    assert_eq!(played, Some(FromEar::Played { generation: 5, position: 1000, buffered: 440, underruns: 0 }));
    assert_eq!(hearing.state(), State::Playing);
    let played = hearing.report(stream, Report::Underflow).unwrap();
    assert!(matches!(played, Some(FromEar::Played { underruns: 1, .. })), "{played:?}");
    // Of a stream that is over.
    assert_eq!(hearing.report(stream - 1, Report::Drained), Ok(None));
    assert_eq!(hearing.frame(ToEar::Drain), Ok(None));
    assert_eq!(drained(&told), [Told::Drain]);
    assert_eq!(hearing.report(stream, Report::Drained), Ok(Some(FromEar::Drained { generation: 5 })));
    assert!(!hearing.moves());
}

#[test]
fn a_flush_forgets_and_late_packets_are_dropped() {
    let (mut hearing, told) = hearing();
    hearing.frame(ToEar::Format { generation: 0x1_0001, rate: 8000, channels: 1 }).unwrap();
    let stream = hearing.stream;
    hearing.report(stream, Report::Opened { bytes: 2000 }).unwrap();
    for sound in sounds(1, 10) {
        hearing.frame(sound).unwrap();
    }
    hearing.frame(ToEar::Flush { generation: 0x1_0002 }).unwrap();
    drained(&told);
    for sound in sounds(1, 3) {
        assert_eq!(hearing.frame(sound), Ok(None));
    }
    hearing.report(stream, Report::Credit { bytes: 100_000 }).unwrap();
    assert_eq!(drained(&told), [], "late packets are not heard");
    let played = hearing.report(stream, Report::Latency { written: 1000, waiting: 0.0, playing: true }).unwrap();
    assert_eq!(played, Some(FromEar::Played { generation: 0x1_0002, position: 0, buffered: 0, underruns: 0 }));
    for sound in sounds(2, 1) {
        hearing.frame(sound).unwrap();
    }
    assert_eq!(drained(&told), [Told::Write(480)]);
    let played = hearing.frame(ToEar::Pause).unwrap();
    assert_eq!(played, Some(FromEar::Played { generation: 0x1_0002, position: 0, buffered: 480, underruns: 0 }));
    assert_eq!((drained(&told), hearing.state()), (vec![Told::Pause(true)], State::Paused));
}

#[test]
fn who_breaks_the_rules_is_told_which() {
    let format = ToEar::Format { generation: 1, rate: 8000, channels: 1 };
    let sound = |number: u16, opus: &[u8]| ToEar::Sound { generation: 1, number, left: opus.to_vec(), right: Vec::new() };
    let wrong = |frames: Vec<ToEar>| {
        let (mut hearing, _told) = hearing();
        hearing.frame(format.clone()).unwrap();
        frames.into_iter().map(|frame| hearing.frame(frame)).find_map(Result::err)
    };
    assert_eq!(wrong(vec![sound(1, &[0])]), Some(Wrong("a packet out of order").into()));
    assert_eq!(wrong(vec![ToEar::Hello { version: 1, token: String::new() }]), Some(Wrong("a second hello").into()));
    let short = [8, 1, 2, 3];
    assert!(matches!(wrong(vec![sound(0, &short)]), Some(End::Wrong(_))), "a packet of 10 ms");
    assert_eq!(wrong(sounds(1, 100)), Some(Wrong("more than five seconds ahead").into()));
    assert_eq!(wrong(sounds(1, 40)), None);
}

#[test]
fn an_output_that_fails_ends_it() {
    let find: FindOutput = Box::new(|_| Err("no card".to_owned()));
    let mut hearing = Hearing::new(find, Arc::default());
    let format = ToEar::Format { generation: 1, rate: 8000, channels: 1 };
    assert_eq!(hearing.frame(format.clone()), Err(End::Output("no card".to_owned())));
    let (mut hearing, _told) = self::hearing();
    assert_eq!(hearing.report(0, Report::Lost { why: "x".to_owned() }), Ok(None), "of an output that is not ours yet");
    hearing.frame(format).unwrap();
    assert_eq!(hearing.report(0, Report::Lost { why: "hung up".to_owned() }), Err(End::Output("hung up".to_owned())));
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 200, ..ProptestConfig::default() })]

    /// Packets of Opus that were damaged, cut or made up are sound or an error.
    #[test]
    fn damaged_packets_do_no_harm(
        packet in 0..4_usize,
        at in proptest::collection::vec((any::<proptest::sample::Index>(), any::<u8>()), 1..6),
        cut in any::<proptest::sample::Index>(),
        made_up in proptest::collection::vec(any::<u8>(), 1..200),
        which in 0..3,
        rate in proptest::sample::select(&super::super::RATES),
        channels in 1..=2_u8,
    ) {
        let mut opus = packets(4, rate).swap_remove(packet);
        match which {
            0 => at.iter().for_each(|(at, with)| *at.get_mut(&mut opus) = *with),
            1 => opus.truncate(cut.index(opus.len()).max(1)),
            _ => opus = made_up,
        }
        let (mut hearing, _told) = hearing();
        hearing.frame(ToEar::Format { generation: 1, rate, channels }).unwrap();
        for number in 0..3 {
            if hearing.frame(ToEar::Sound { generation: 1, number, left: opus.clone(), right: opus.clone() }).is_err() {
                break;
            }
        }
        prop_assert!(hearing.line.as_ref().unwrap().queue.len() <= 4 * packet_frames(rate) * usize::from(channels));
    }

    /// Any order of frames and reports ends in a state or an error, with bounded memory.
    #[test]
    fn any_order_of_things_is_survived(steps in proptest::collection::vec(0..12_u8, 1..120)) {
        let (mut hearing, _told) = hearing();
        let opus = packets(1, 8000).swap_remove(0);
        let (mut generation, mut number) = (0_u32, 0_u16);
        for step in steps {
            let stream = hearing.stream;
            let result = match step {
                0 => { generation += 1; number = 0; hearing.frame(ToEar::Format { generation, rate: 8000, channels: 1 }) }
                1..=3 => {
                    let sound = ToEar::Sound { generation: generation as u16, number, left: opus.clone(), right: Vec::new() };
                    number = number.wrapping_add(u16::from(hearing.line.is_some()));
                    hearing.frame(sound)
                }
                4 => { generation += 1; number = 0; hearing.frame(ToEar::Flush { generation }) }
                5 => hearing.frame(ToEar::Pause),
                6 => hearing.frame(ToEar::Resume),
                7 => hearing.frame(ToEar::Drain),
                8 => hearing.frame(ToEar::Close),
                9 => hearing.report(stream, Report::Opened { bytes: 700 }),
                10 => hearing.report(stream, Report::Credit { bytes: usize::MAX / 2 }),
                _ => hearing.report(stream, Report::Latency { written: 400, waiting: 1e12, playing: true }),
            };
            prop_assert!(result.is_ok(), "{step}: {result:?}");
            let _ = hearing.state();
            hearing.tick().unwrap();
        }
    }
}
