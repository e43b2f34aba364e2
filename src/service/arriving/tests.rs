//! Sources that give what the test lets them give.

use std::sync::mpsc;

use futures_util::{StreamExt, TryStreamExt};

use super::*;

/// Gives pieces as they are sent; an error where one is sent; the end when the sender is gone.
struct Slow {
    pieces: mpsc::Receiver<io::Result<Vec<u8>>>,
    left: Vec<u8>,
}

impl Read for Slow {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        if self.left.is_empty() {
            match self.pieces.recv() {
                Ok(piece) => self.left = piece?,
                Err(_) => return Ok(0),
            }
        }
        let count = self.left.len().min(buffer.len());
        buffer[..count].copy_from_slice(&self.left[..count]);
        self.left.drain(..count);
        Ok(count)
    }
}

/// 300 kB that repeat nowhere.
fn sound() -> Vec<u8> {
    (0..75_000_u32).flat_map(|index| index.wrapping_mul(2_654_435_761).to_le_bytes()).collect()
}

fn begun(bytes: &[u8]) -> (mpsc::Sender<io::Result<Vec<u8>>>, Arriving) {
    begun_with(bytes, Duration::from_secs(600))
}

fn begun_with(bytes: &[u8], patience: Duration) -> (mpsc::Sender<io::Result<Vec<u8>>>, Arriving) {
    let (sender, pieces) = mpsc::channel();
    let sha256 = Sha256::digest(bytes).iter().map(|byte| format!("{byte:02x}")).collect();
    let expected = Expected { length: bytes.len() as u64, sha256, patience };
    let kept = tempfile::tempfile().expect("a file");
    (sender, Arriving::begin(Slow { pieces, left: Vec::new() }, expected, kept).expect("a thread"))
}

async fn whole(arriving: &Arriving, first: u64, length: u64) -> io::Result<Vec<u8>> {
    arriving.clone().range(first, length).map_ok(|bytes| bytes.to_vec()).try_concat().await
}

#[tokio::test]
async fn what_has_come_is_heard_before_the_rest_has() {
    let bytes = sound();
    let (sender, arriving) = begun(&bytes);
    sender.send(Ok(bytes[..100_000].to_vec())).expect("sent");
    assert_eq!(whole(&arriving, 0, 100_000).await.expect("the beginning"), bytes[..100_000]);
    assert_eq!(whole(&arriving, 60_000, 20_000).await.expect("a range"), bytes[60_000..80_000]);
    let later = tokio::spawn({
        let arriving = arriving.clone();
        async move { whole(&arriving, 250_000, 50_000).await }
    });
    assert_eq!(arriving.end_within(Duration::ZERO).await, None, "it is still on its way");
    for piece in bytes[100_000..].chunks(33_333) {
        sender.send(Ok(piece.to_vec())).expect("sent");
    }
    drop(sender);
    assert_eq!(arriving.end().await, Ok(()));
    assert_eq!(later.await.expect("a task").expect("the end"), bytes[250_000..]);
    assert_eq!(whole(&arriving, 0, 300_000).await.expect("all"), bytes);
}

#[tokio::test]
async fn nobody_gets_the_whole_of_what_is_not_the_recording() {
    let bytes = sound();
    for (wrong, how) in [
        ([&bytes[..299_999], b"?"].concat(), "its hash differs"),
        ([b"?", &bytes[1..]].concat(), "its hash differs"),
        (bytes[..299_000].to_vec(), "its length differs"),
        ([&bytes[..], b"?"].concat(), "its length differs"),
    ] {
        let (sender, arriving) = begun(&bytes);
        sender.send(Ok(wrong)).expect("sent");
        drop(sender);
        assert_eq!(arriving.end().await, Err(Lost::Differs(how)));
        let mut came = 0;
        let mut pieces = std::pin::pin!(arriving.range(0, 300_000));
        let error = loop {
            match pieces.next().await.expect("an error before the end") {
                Ok(piece) => came += piece.len() as u64,
                Err(error) => break error.to_string(),
            }
        };
        assert!(error.contains(how), "{error}");
        assert!(came <= 300_000 - HELD_BACK, "{came} bytes left");
    }
}

#[tokio::test]
async fn what_breaks_on_the_way_says_so_to_everybody_who_waits() {
    let bytes = sound();
    let (sender, arriving) = begun(&bytes);
    sender.send(Ok(bytes[..50_000].to_vec())).expect("sent");
    let waiting = tokio::spawn({
        let arriving = arriving.clone();
        async move { whole(&arriving, 0, 300_000).await }
    });
    sender.send(Err(io::Error::new(io::ErrorKind::ConnectionReset, "the place is gone"))).expect("sent");
    assert!(waiting.await.expect("a task").expect_err("no end").to_string().contains("the place is gone"));
    assert_eq!(whole(&arriving, 0, 50_000).await.expect("what came is kept"), bytes[..50_000]);
}

#[tokio::test]
async fn a_place_that_hangs_is_given_up_by_those_who_wait() {
    let bytes = sound();
    let (_sender, arriving) = begun_with(&bytes, Duration::from_millis(1));
    let error = whole(&arriving, 0, 10).await.expect_err("nothing comes");
    assert_eq!(error.kind(), io::ErrorKind::TimedOut);
}

#[tokio::test]
async fn one_that_is_asked_for_twice_is_read_once_and_their_number_is_bounded() {
    let (arrivals, folder) = (Arrivals::default(), tempfile::tempdir().expect("a folder"));
    let expected = || Expected { length: 3, sha256: String::new(), patience: Duration::from_secs(600) };
    let mut senders = Vec::new();
    let mut ask = |id: usize| {
        let (sender, pieces) = mpsc::channel();
        senders.push(sender);
        let source = Slow { pieces, left: Vec::new() };
        arrivals.of(&(id.to_string(), "far".to_owned()), source, expected(), folder.path()).map(|(_, begins)| begins)
    };
    for id in 0..AT_ONCE {
        assert_eq!((ask(id), ask(id)), (Some(true), Some(false)));
    }
    assert_eq!(ask(AT_ONCE), None);
    arrivals.forget(&("0".to_owned(), "far".to_owned()));
    assert_eq!(ask(AT_ONCE), Some(true));
}
