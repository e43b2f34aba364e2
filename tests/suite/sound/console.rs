//! The console's player is heard: keys in a pseudo-terminal, sound in the monitor of a null sink.

use super::{
    heard::likeness,
    sink::{RATE, Sink},
};
use crate::common::{
    home::Home,
    host::{RECORDED_EVERY, make_test_host, samples},
};

/// One side of the sound of a call's recording.
fn side(index: usize, side: usize) -> Vec<f64> {
    let bytes = samples(2, index);
    bytes.chunks_exact(4).map(|frame| f64::from(i16::from_le_bytes([frame[side * 2], frame[side * 2 + 1]]))).collect()
}

#[test]
fn what_the_console_plays_is_heard_at_the_volume_it_says() {
    let Some(sink) = Sink::start() else { return };
    let runtime = tokio::runtime::Runtime::new().expect("a runtime");
    let test = runtime.block_on(make_test_host());
    let database = test.database();
    runtime.block_on(test.host.close()).expect("closed");
    let home = Home::new().set("PULSE_SERVER", &sink.server());
    let mut pty = home.start(&["--db", database.to_str().expect("UTF-8")], 80, 24);
    pty.wait_for("48 of 48");
    pty.send("/has:recording\r");
    pty.wait_for("8 of 48");
    pty.send("\r");
    pty.wait_for("◄ Calls");
    let heard = |recorder: super::sink::Recorder| {
        recorder.wait_more(0.7);
        let recorded = recorder.sides();
        let candidates = (0..48).step_by(RECORDED_EVERY).map(|index| likeness(&side(index, 0), 8000, &recorded[0]));
        candidates.max_by(|a, b| a.0.total_cmp(&b.0)).expect("a recording")
    };

    let recorder = sink.record();
    pty.send(" ");
    pty.wait_for("0:02 / 0:02");
    let (found, gain) = heard(recorder);
    assert!(found >= 0.95, "likeness {found:.4}");
    assert!((0.9..1.1).contains(&gain), "gain {gain:.3}");

    pty.send("H");
    pty.wait_for("paused  0:00");
    pty.send("vvvvv");
    pty.wait_for("volume 50 %");
    let recorder = sink.record();
    pty.send(" ");
    pty.wait_for("0:02 / 0:02");
    let (found, gain) = heard(recorder);
    assert!(found >= 0.95, "likeness {found:.4}");
    assert!((0.4..0.6).contains(&gain), "gain {gain:.3}");

    // Back from the end it waits; paused, nothing more is heard.
    pty.send("h");
    pty.wait_for("paused  0:00");
    let recorder = sink.record();
    recorder.wait_more(0.5);
    assert!(recorder.sides()[0].iter().all(|sample| sample.abs() < 1.0), "{RATE} a second of silence");
}

/// ALSA without its configuration prints a page of errors, which would land in the middle of the screen.
#[test]
fn nothing_that_a_sound_library_prints_reaches_the_screen() {
    let runtime = tokio::runtime::Runtime::new().expect("a runtime");
    let test = runtime.block_on(make_test_host());
    let database = test.database();
    runtime.block_on(test.host.close()).expect("closed");
    let home = Home::new().set("ALSA_CONFIG_PATH", "/nowhere/asound.conf").set("LIBASOUND_DEBUG", "1");
    let mut pty = home.start(&["--db", database.to_str().expect("UTF-8")], 80, 24);
    pty.wait_for("48 of 48");
    pty.send("/has:recording\r");
    pty.wait_for("8 of 48");
    pty.send("\r");
    pty.wait_for("stopped  0:00 / 0:02");
    pty.send(" ");
    pty.wait_for("No way to play");
    let raw = pty.raw();
    let printed = String::from_utf8_lossy(&raw);
    for word in ["ALSA lib", "conf.c", "snd_"] {
        assert!(!printed.contains(word), "{word:?} was printed");
    }
}
