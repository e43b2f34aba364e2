//! Files that are of no use: damaged, of something else, or no files at all.

use std::{fs, os::unix::fs::PermissionsExt, path::Path};

use fastrand::Rng;

use super::{Desk, some_call, with_columns};
use crate::store::tests::make::{batch, options};

/// Flips a byte of a good file at each place, and asks a program that only reads and, now and then, one that keeps the file.
async fn flip(desk: &Desk, good: &[u8], places: impl Iterator<Item = usize>) {
    let mut good = good.to_vec();
    for (nth, place) in places.enumerate() {
        let mut bad = good.clone();
        let place = place % bad.len();
        bad[place] ^= 1 << (nth % 8);
        // A file of ours is replaced, never written over.
        fs::remove_file(desk.file()).expect("remove");
        fs::write(desk.file(), &bad).expect("write");
        let reads = desk.open(false).await;
        desk.compare(&reads, &format!("byte {place} of {} flipped", good.len())).await;
        reads.close().await.expect("close");
        assert_eq!(fs::read(desk.file()).expect("file"), bad, "who only reads leaves it there");
        if nth % 8 == 0 {
            let keeps = desk.open(true).await;
            desk.compare(&keeps, &format!("byte {place} flipped, before it is made anew")).await;
            with_columns(&keeps).await;
            desk.compare(&keeps, &format!("byte {place} flipped, made anew")).await;
            keeps.close().await.expect("close");
            // The one before is out of date for its mark, whatever its bytes are.
            good = fs::read(desk.file()).expect("file");
        }
    }
}

async fn filed(seed: u64) -> (Desk, Vec<u8>) {
    let desk = Desk::with(&mut Rng::with_seed(seed), 700).await;
    desk.store.complete_columns().await.expect("columns");
    assert!(desk.store.has_columns().await.expect("columns"));
    desk.compare(&desk.store, "whole").await;
    let good = fs::read(desk.file()).expect("file");
    (desk, good)
}

#[tokio::test(flavor = "multi_thread")]
async fn no_flipped_byte_makes_a_wrong_answer() {
    let (desk, good) = filed(1).await;
    let mut rng = Rng::with_seed(2);
    let directory = usize::try_from(u64::from_le_bytes(good[56..64].try_into().expect("word"))).expect("place");
    let mut places: Vec<usize> = (0..16).map(|word| word * 8).collect();
    places.extend((0..30).map(|_| rng.usize(128..directory)));
    places.extend((0..4).map(|_| rng.usize(directory..good.len())));
    flip(&desk, &good, places.into_iter()).await;
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "takes minutes: .ci/long columns"]
async fn no_flipped_byte_anywhere_makes_a_wrong_answer() {
    let (desk, good) = filed(3).await;
    let mut rng = Rng::with_seed(4);
    let places: Vec<usize> = (0..1_500).map(|_| rng.usize(..good.len())).collect();
    flip(&desk, &good, places.into_iter()).await;
}

/// Header and its sum as a program of another version would write them.
fn of_version(good: &[u8], version: u64) -> Vec<u8> {
    let mut bytes = good.to_vec();
    bytes[8..16].copy_from_slice(&version.to_le_bytes());
    let sum = xxhash_rust::xxh3::xxh3_64(&bytes[..120]);
    bytes[120..128].copy_from_slice(&sum.to_le_bytes());
    bytes
}

fn clear(path: &Path) {
    let gone = if fs::symlink_metadata(path).is_ok_and(|meta| meta.is_dir()) { fs::remove_dir } else { fs::remove_file };
    gone(path).expect("remove");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_no_file_of_ours_is_made_anew() {
    let (desk, good) = filed(5).await;
    let (other, others) = filed(6).await;
    let half = good.len() / 2;
    type Put<'a> = Box<dyn Fn(&Path) + 'a>;
    let bytes = |bytes: Vec<u8>| -> Put<'_> { Box::new(move |path| fs::write(path, &bytes).expect("write")) };
    let aside = desk.folder.path().join("aside");
    fs::write(&aside, b"of somebody else").expect("write");
    let cases: Vec<(&str, Put<'_>)> = vec![
        ("of another database", bytes(others)),
        ("of a version to come", bytes(of_version(&good, 99))),
        ("empty", bytes(Vec::new())),
        ("a byte", bytes(good[..1].to_vec())),
        ("its header alone", bytes(good[..128].to_vec())),
        ("half a header", bytes(good[..64].to_vec())),
        ("cut in the middle of a page", bytes(good[..half - half % 4_096 + 2_048].to_vec())),
        ("one byte short", bytes(good[..good.len() - 1].to_vec())),
        ("with something behind it", bytes([good.as_slice(), b"12345678"].concat())),
        ("nothing but noughts", bytes(vec![0; good.len()])),
        ("an empty folder", Box::new(|path| fs::create_dir(path).expect("folder"))),
        ("a pipe", Box::new(|path| assert!(std::process::Command::new("mkfifo").arg(path).status().expect("mkfifo").success()))),
        ("a link to nothing", Box::new(|path| std::os::unix::fs::symlink("not there", path).expect("link"))),
        ("a link to another file", Box::new(|path| std::os::unix::fs::symlink(&aside, path).expect("link"))),
        (
            "not to be read",
            Box::new(|path| {
                fs::write(path, b"who may").expect("write");
                fs::set_permissions(path, fs::Permissions::from_mode(0o000)).expect("mode");
            }),
        ),
    ];
    for (told, put) in &cases {
        clear(&desk.file());
        put(&desk.file());
        let reads = desk.open(false).await;
        desk.compare(&reads, told).await;
        assert!(!reads.has_columns().await.expect("columns"), "{told}");
        reads.close().await.expect("close");
        let keeps = desk.open(true).await;
        desk.compare(&keeps, told).await;
        with_columns(&keeps).await;
        desk.compare(&keeps, &format!("{told}, made anew")).await;
        keeps.close().await.expect("close");
        assert!(fs::symlink_metadata(desk.file()).expect("file").is_file(), "{told}");
    }
    assert_eq!(fs::read(&aside).expect("read"), b"of somebody else");
    other.store.close().await.expect("close");
}

#[tokio::test(flavor = "multi_thread")]
async fn an_older_copy_of_the_database_does_not_go_on_with_a_newer_file() {
    let mut rng = Rng::with_seed(7);
    let desk = Desk::with(&mut rng, 600).await;
    desk.store.complete_columns().await.expect("columns");
    let Desk { folder, store, plain } = desk;
    plain.close().await.expect("close");
    store.close().await.expect("close");
    let (path, file) = (options(&folder).path, folder.path().join("a b%.columns"));
    let (older, old_file) = (fs::read(&path).expect("read"), fs::read(&file).expect("read"));
    // Later calls, and a file that has them in it: the copy knows nothing of either.
    let store = crate::store::Store::open(options(&folder)).await.expect("open");
    let later = (600..800).map(|index| some_call(&mut rng, index)).collect();
    store.import(batch(later, vec![])).await.expect("import");
    store.complete_columns().await.expect("columns");
    store.close().await.expect("close");
    assert_ne!(fs::read(&file).expect("read"), old_file);
    fs::write(&path, older).expect("restore");
    let store = crate::store::Store::open(options(&folder)).await.expect("open");
    let plain = crate::store::Store::open(super::plain_options(&folder)).await.expect("open");
    let desk = Desk { folder, store, plain };
    for round in 0..8 {
        // Other changes under the numbers that the file has others under.
        let other = (900 + round * 50..950 + round * 50).map(|index| some_call(&mut rng, index)).collect();
        desk.store.import(batch(other, vec![])).await.expect("import");
        desk.compare(&desk.store, "restored").await;
    }
    assert!(!desk.store.has_columns().await.expect("columns"));
    let keeps = desk.open(true).await;
    with_columns(&keeps).await;
    desk.compare(&keeps, "restored, made anew").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn where_no_file_can_be_written_lists_go_on() {
    let desk = Desk::with(&mut Rng::with_seed(8), 600).await;
    let temporary = desk.folder.path().join("a b%.columns.new");
    fs::create_dir_all(temporary.join("in the way")).expect("folder");
    let keeps = desk.open(true).await;
    for _ in 0..5 {
        desk.compare(&keeps, "nowhere to write").await;
    }
    let columns = keeps.shared.columns.clone().expect("columns");
    let ended = async {
        while columns.progress().is_some() || columns.failures() == 0 {
            tokio::task::yield_now().await;
        }
    };
    tokio::time::timeout(std::time::Duration::from_secs(60), ended).await.expect("an end");
    desk.compare(&keeps, "nowhere to write").await;
    assert_eq!(columns.failures(), 1, "it is not tried again and again");
    assert!(!desk.file().exists());
    fs::remove_dir_all(&temporary).expect("remove");
    keeps.complete_columns().await.expect("columns");
    desk.compare(&keeps, "with room").await;
    assert!(keeps.has_columns().await.expect("columns"));
    assert_eq!(columns.failures(), 0);
}
