//! L4: seek to sound over a forwarded socket, with 25 ms each way.

use std::{
    io::{Read, Write},
    os::unix::net::{UnixListener, UnixStream},
    path::{Path, PathBuf},
    sync::mpsc::channel,
    time::{Duration, Instant},
};

use callreel::playback::Command;

use super::RUNS;
use crate::{
    clock,
    corpus::{Corpus, TONE},
    monitor::Monitor,
    own::Own,
    table::{Goal, Line, Measure},
};

const ONE_WAY: Duration = Duration::from_millis(25);

/// Passes bytes on after a while; ends with the connection.
fn delayed(mut from: UnixStream, mut to: UnixStream) {
    let (sender, receiver) = channel::<(Instant, Vec<u8>)>();
    std::thread::spawn(move || {
        for (when, bytes) in receiver {
            std::thread::sleep(when.saturating_duration_since(Instant::now()));
            if to.write_all(&bytes).is_err() {
                return;
            }
        }
        let _ = to.shutdown(std::net::Shutdown::Both);
    });
    std::thread::spawn(move || {
        let mut block = [0; 65_536];
        while let Ok(count @ 1..) = from.read(&mut block) {
            if sender.send((Instant::now() + ONE_WAY, block[..count].to_vec())).is_err() {
                return;
            }
        }
    });
}

fn relay(place: PathBuf, to: &Path) -> anyhow::Result<()> {
    let (listener, to) = (UnixListener::bind(place)?, to.to_owned());
    std::thread::spawn(move || {
        for near in listener.incoming().flatten() {
            let Ok(far) = UnixStream::connect(&to) else { return };
            if let (Ok(near_too), Ok(far_too)) = (near.try_clone(), far.try_clone()) {
                delayed(near, far);
                delayed(far_too, near_too);
            }
        }
    });
    Ok(())
}

pub fn measure(corpus: &Corpus) -> anyhow::Result<Vec<Line>> {
    let monitor = Monitor::start()?;
    let place = monitor.home().join("far.sock");
    relay(place.clone(), &monitor.socket())?;
    let own = Own::play(&format!("unix:{}", place.display()), &corpus.tone("mp3")?)?;
    let (mut seek, mut pause) = (Vec::new(), Vec::new());
    for run in 0..RUNS {
        own.send(Command::Seek(1.0));
        monitor.wait(1.5)?;
        let (from, begun) = (monitor.place(), Instant::now());
        own.send(Command::Seek(TONE + 200.0 * (run + 1) as f64));
        seek.push(monitor.until_sound(from, begun)?);
        monitor.wait(1.5)?;
        let (from, begun) = (monitor.place(), Instant::now());
        own.send(Command::Pause);
        pause.push(monitor.until_silence(from, begun)?);
        own.send(Command::Play);
    }
    let round_trips = |most: f64| Goal::AtMost(most * 2.0 * ONE_WAY.as_secs_f64() * 1e3);
    Ok(vec![
        Line::new("L4", "seek to sound, forwarded, 50 ms round trip", Measure::ms(clock::median(&mut seek)))
            .goal(round_trips(3.0)),
        Line::new("L4", "pause to silence, forwarded, 50 ms round trip", Measure::ms(clock::median(&mut pause))),
    ])
}
