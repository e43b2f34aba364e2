//! What is written is read again; whatever else is found out.

use std::{
    fs::File,
    io::{Seek, Write},
};

use proptest::prelude::*;
use tar::{EntryType, Header};

use super::*;

fn spool() -> File {
    tempfile::tempfile().expect("a file")
}

fn sample() -> Vec<u8> {
    let facts = Facts { format: FORMAT, database_id: "ab".to_owned(), recordings: true, ..Facts::default() };
    let mut writer = ArchiveWriter::new(Vec::new(), spool(), 1_793_000_000, &facts).expect("begun");
    writer.database(7, &mut &b"sqlite!"[..]).expect("database");
    writer.beside("audit.checkpoints", b"signed").expect("beside");
    let long = format!("0b/{}.wav", "n".repeat(150));
    for (path, bytes) in [("00/a-1.wav", &[1; 700][..]), (&long, &[2; 512][..]), ("ff/c.raw", &[][..])] {
        writer.recording(path, bytes.len() as u64, &mut &*bytes).expect("recording");
    }
    let report = Report { recordings: 3, bytes: 1_212, missing: vec!["aa/gone.wav".to_owned()], ..Report::default() };
    writer.finish(&report, Seal { missing: 1, damaged: 0 }).expect("sealed")
}

fn read(bytes: &[u8]) -> Result<(Received, Vec<String>)> {
    let mut file = spool();
    file.write_all(bytes).expect("written");
    let mut pieces = Vec::new();
    let received = receive(
        &file,
        spool(),
        &mut |piece| {
            pieces.push(match piece {
                Piece::Facts(facts) => facts.database_id.clone(),
                Piece::Database(from) => {
                    let mut text = String::new();
                    from.read_to_string(&mut text)?;
                    text
                }
                Piece::Beside(name, bytes) => format!("{name} {}", bytes.len()),
                Piece::Recording(path, _unread) => path.to_owned(),
            });
            Ok(())
        },
        &mut |_done, _all| true,
    )?;
    Ok((received, pieces))
}

#[test]
fn what_was_written_is_read_again() {
    let bytes = sample();
    let (received, pieces) = read(&bytes).expect("whole");
    let long = format!("0b/{}.wav", "n".repeat(150));
    assert_eq!(pieces, ["ab", "sqlite!", "audit.checkpoints 6", "00/a-1.wav", &long, "ff/c.raw"]);
    assert_eq!((received.files, received.seal), (7, Seal { missing: 1, damaged: 0 }));
    assert_eq!(received.report.missing, ["aa/gone.wav"]);
    let mut check = SealCheck::new(Vec::new());
    for part in bytes.chunks(700) {
        check.write_all(part).expect("passed on");
    }
    let (passed, seal) = check.finish().expect("whole");
    assert_eq!((passed, seal.missing), (bytes, 1));
}

#[test]
fn every_flipped_bit_and_every_cut_is_found() {
    let bytes = sample();
    for at in 0..bytes.len() {
        let mut wrong = bytes.clone();
        wrong[at] ^= 1 << (at % 8);
        assert!(read(&wrong).is_err(), "a flip in byte {at}");
    }
    for length in (0..bytes.len()).step_by(37).chain([bytes.len() - 512, bytes.len() - 1_024, bytes.len() - 1]) {
        assert!(read(&bytes[..length]).is_err(), "cut after {length}");
        let mut check = SealCheck::new(Vec::new());
        check.write_all(&bytes[..length]).expect("passed on");
        assert!(check.finish().is_err(), "cut after {length}");
    }
    for more in [1, 512, 1_024] {
        assert!(read(&[bytes.clone(), vec![0; more]].concat()).is_err(), "{more} bytes behind the end");
    }
}

/// An archive that an enemy sealed well.
fn sealed(entries: &[(&str, EntryType, &[u8])]) -> Vec<u8> {
    use sha2::{Digest, Sha256};
    let whole = sample();
    let facts_end = 512 + 512;
    let mut body = whole[..facts_end].to_vec();
    for (name, kind, bytes) in entries {
        let mut header = Header::new_gnu();
        header.as_gnu_mut().expect("gnu").name[..name.len()].copy_from_slice(name.as_bytes());
        header.set_entry_type(*kind);
        header.set_link_name_literal("/etc/passwd").expect("link");
        header.set_size(bytes.len() as u64);
        header.set_mode(0o777);
        header.set_cksum();
        body.extend_from_slice(header.as_bytes());
        body.extend_from_slice(bytes);
        body.resize(body.len().next_multiple_of(512), 0);
    }
    let seal = Seal::default().bytes(Sha256::new_with_prefix(&body)).expect("seal");
    [body, seal].concat()
}

#[test]
fn what_would_do_harm_is_refused_by_name() {
    for name in [
        "../evil",
        "/etc/passwd",
        "recordings/../../evil",
        "recordings/aa/../x",
        "recordings/aa/.hidden",
        "recordings/aa",
        "recordings/zz/a.wav",
        "recordings/aa/b/c.wav",
        "beside/../x",
        "beside/a/b",
        "beside/-rf",
        "x",
        "recordings/aa/a\\b",
    ] {
        let wrong = read(&sealed(&[(name, EntryType::Regular, b"x")])).expect_err(name).to_string();
        assert!(wrong.contains("nothing that a backup has"), "{name}: {wrong}");
    }
    use EntryType as E;
    for kind in [E::Symlink, E::Link, E::Directory, E::Fifo, E::Char, E::Block, E::XHeader, E::XGlobalHeader, E::GNUSparse] {
        let wrong = read(&sealed(&[("recordings/aa/a.wav", kind, b"")])).expect_err("a link").to_string();
        assert!(wrong.contains("nothing that a backup has") || wrong.contains("damaged"), "{kind:?}: {wrong}");
    }
    let twice = [("recordings/aa/a.wav", E::Regular, &b"x"[..]), ("recordings/aa/a.wav", E::Regular, b"y")];
    assert!(read(&sealed(&twice)).expect_err("twice").to_string().contains("wrong place"));
    let backwards = [("recordings/aa/a.wav", E::Regular, &b"x"[..]), (DATABASE, E::Regular, b"y")];
    assert!(read(&sealed(&backwards)).expect_err("backwards").to_string().contains("wrong place"));
    assert!(read(&sealed(&[(DATABASE, E::Regular, b"y")])).expect_err("no manifest").to_string().contains("no manifest"));
    assert!(read(b"hello").expect_err("text").to_string().contains("no backup"));
    assert!(read(&vec![0; 10_000]).expect_err("zeros").to_string().contains("no"));
}

#[test]
fn a_reader_that_has_enough_is_obeyed() {
    let mut file = spool();
    file.write_all(&sample()).expect("written");
    file.rewind().expect("rewound");
    let error = receive(&file, spool(), &mut |_| Ok(()), &mut |done, _| done < 1_024).expect_err("stopped");
    assert!(matches!(error, ArchiveError::Cancelled), "{error}");
}

proptest! {
    #[test]
    fn no_bytes_make_it_panic(mut bytes in proptest::collection::vec(any::<u8>(), 0..6_000), whole: bool) {
        if whole {
            let mut start = sample();
            start.truncate(2_048);
            start.append(&mut bytes);
            bytes = start;
        }
        prop_assert!(read(&bytes).is_err());
    }
}
