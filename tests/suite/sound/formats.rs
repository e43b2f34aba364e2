//! Formats through the program itself: packets decoded in a child, hostile files under a limit, the two sides of a call.

use std::{os::unix::process::ExitStatusExt, path::Path, process::Command};

use super::{decoded, sample};
use crate::common::home::Home;

/// What `play --output` makes of a file.
fn rendered(home: &Home, file: &Path) -> (Vec<i16>, u16, String) {
    let out = home.join("out.wav");
    let _ = std::fs::remove_file(&out);
    let output = home
        .command(&["play", file.to_str().expect("UTF-8"), "--output", out.to_str().expect("UTF-8")])
        .output()
        .expect("the program");
    let said = String::from_utf8_lossy(&output.stderr).into_owned();
    assert!(output.status.success(), "{}: {said}", file.display());
    let bytes = std::fs::read(&out).expect("a rendered file");
    let samples = bytes[44..].as_chunks().0.iter().map(|&pair| i16::from_le_bytes(pair)).collect();
    (samples, u16::from_le_bytes([bytes[22], bytes[23]]), said)
}

#[test]
fn packets_decoded_in_a_child_are_those_decoded_in_place() {
    let home = Home::new();
    for name in ["corpus/stereo.opus", "corpus/narrow.opus", "corpus/stereo.ogg"] {
        let (facts, expected) = decoded(name);
        let (samples, channels, _) = rendered(&home, &sample(name));
        assert_eq!(channels, u16::from(facts.channels), "{name}");
        assert!(samples == expected, "{name}: {} samples, {} in place", samples.len(), expected.len());
    }
}

#[test]
fn a_hostile_file_is_an_error_and_not_the_end_of_the_program() {
    let home = Home::new();
    let mut random = fastrand::Rng::with_seed(41);
    let program = home.command(&[]).get_program().to_owned();
    for name in ["narrow.ogg", "stereo.opus", "stereo.flac", "vbr.mp3"] {
        let whole = std::fs::read(sample(&format!("corpus/{name}"))).expect("a sample");
        for round in 0..6 {
            let mut bytes = whole.clone();
            for _ in 0..8 {
                let reach = if round % 2 == 0 { bytes.len().min(4_000) } else { bytes.len() };
                let at = random.usize(26..reach);
                bytes[at] = random.u8(..);
            }
            ogg_sums(&mut bytes);
            let file = home.join(name);
            std::fs::write(&file, &bytes).expect("a file");
            let mut shell = Command::new("sh");
            shell.args(["-c", "ulimit -v 1500000; exec \"$0\" play \"$1\" --output \"$2\""]);
            shell.arg(&program).arg(&file).arg(home.join("out.wav"));
            let output = shell.env_clear().envs(home.environment().iter().cloned()).output().expect("the program");
            let said = String::from_utf8_lossy(&output.stderr);
            assert_eq!(output.status.signal(), None, "{name}, round {round}: {said}");
            assert!(matches!(output.status.code(), Some(0 | 1)), "{name}, round {round}: {:?} {said}", output.status);
        }
    }
}

/// Makes the checksums of Ogg pages right, so that what is damaged in them is not simply passed over.
fn ogg_sums(bytes: &mut [u8]) {
    let mut at = 0;
    while let Some(head) = bytes.get(at..at + 27).filter(|head| head.starts_with(b"OggS")) {
        let body: usize =
            bytes.get(at + 27..at + 27 + usize::from(head[26])).into_iter().flatten().map(|&part| usize::from(part)).sum();
        let end = at + 27 + usize::from(head[26]) + body;
        if end > bytes.len() {
            return;
        }
        bytes[at + 22..at + 26].fill(0);
        let sum = bytes[at..end].iter().fold(0_u32, |sum, &byte| {
            (0..8).fold(sum ^ u32::from(byte) << 24, |sum, _| sum << 1 ^ if sum >> 31 == 1 { 0x04c1_1db7 } else { 0 })
        });
        bytes[at + 22..at + 26].copy_from_slice(&sum.to_le_bytes());
        at = end;
    }
}

#[test]
fn both_sides_of_a_call_are_heard_together() {
    let home = Home::new();
    let (_, stereo) = decoded("stereo.raw");
    for (side, name) in ["call-in.sln", "call-out.sln"].into_iter().enumerate() {
        let bytes: Vec<u8> = stereo.iter().skip(side).step_by(2).flat_map(|sample| sample.to_le_bytes()).collect();
        std::fs::write(home.join(name), bytes).expect("a side");
    }
    for name in ["call-in.sln", "call-out.sln"] {
        let (samples, channels, said) = rendered(&home, &home.join(name));
        assert_eq!(channels, 2);
        assert!(samples == stereo, "{name}");
        assert!(said.contains("played together with its other side"), "{said}");
    }
    // Another call, named by its direction: much longer than the one beside it.
    std::fs::write(home.join("call-out.sln"), vec![0; 400_000]).expect("another call");
    let (_, channels, said) = rendered(&home, &home.join("call-in.sln"));
    assert_eq!(channels, 1, "{said}");
}
