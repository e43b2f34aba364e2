//! Against a server that is slow, breaks off, lies, or refuses.

use std::{
    os::unix::fs::PermissionsExt,
    sync::{
        Mutex,
        atomic::{AtomicUsize, Ordering},
    },
    time::Duration,
};

use bytes::Bytes;
use futures_util::stream;
use http_body_util::{BodyExt, StreamBody};
use sha2::{Digest, Sha256};

use super::{cache::hexadecimal, shared::PIECE, *};
use crate::client::InProcess;

/// How the server behaves.
#[derive(Default)]
struct Server {
    body: Vec<u8>,
    /// Told instead of the right hash.
    hash: Option<String>,
    /// Breaks off after so many bytes of each answer.
    breaks_after: Option<usize>,
    /// Nothing behind this byte is sent.
    stops_at: Mutex<Option<u64>>,
    no_ranges: bool,
    no_store: bool,
    asked: Mutex<Vec<(u64, u64)>>,
}

type Body = http_body_util::combinators::UnsyncBoxBody<Bytes, Box<dyn std::error::Error + Send + Sync>>;

impl Server {
    fn of(body: Vec<u8>) -> Self {
        Self { body, ..Self::default() }
    }

    fn client(self) -> (Client, Arc<Self>) {
        let server = Arc::new(self);
        let answering = Arc::clone(&server);
        let client = Client::in_process(InProcess::new(move |request| {
            let server = Arc::clone(&answering);
            Box::pin(async move { server.answer(&request) })
        }));
        (client, server)
    }

    fn asked(&self) -> Vec<(u64, u64)> {
        self.asked.lock().unwrap().clone()
    }

    fn answer(self: Arc<Self>, request: &http::Request<Vec<u8>>) -> http::Response<Body> {
        let range = request.headers()[http::header::RANGE].to_str().unwrap().strip_prefix("bytes=").unwrap();
        let (first, last) = range.split_once('-').unwrap();
        let length = self.body.len() as u64;
        let (first, last) = (first.parse::<u64>().unwrap(), last.parse::<u64>().unwrap().min(length - 1));
        self.asked.lock().unwrap().push((first, last));
        let (first, last) = if self.no_ranges { (0, length - 1) } else { (first, last) };
        let hash = self.hash.clone().unwrap_or_else(|| hexadecimal(&Sha256::digest(&self.body)));
        let mut response = http::Response::builder().header("etag", format!("\"{hash}\""));
        response = if self.no_ranges {
            response.status(200).header("content-length", length)
        } else {
            response.status(206).header("content-range", format!("bytes {first}-{last}/{length}"))
        };
        let control = if self.no_store { "no-store" } else { "private, no-cache" };
        let sent = Arc::new(AtomicUsize::new(0));
        let chunks = stream::unfold(first, move |at| {
            let (server, sent) = (Arc::clone(&self), Arc::clone(&sent));
            async move {
                if at > last {
                    return None;
                }
                while server.stops_at.lock().unwrap().is_some_and(|stop| at >= stop) {
                    tokio::time::sleep(Duration::from_millis(2)).await;
                }
                let end = (at + 20_000).min(last + 1);
                if server.breaks_after.is_some_and(|most| sent.fetch_add(20_000, Ordering::Relaxed) >= most) {
                    let broken: Box<dyn std::error::Error + Send + Sync> = "connection reset".into();
                    return Some((Err(broken), last + 1));
                }
                let bytes = Bytes::copy_from_slice(&server.body[at as usize..end as usize]);
                Some((Ok(http_body::Frame::data(bytes)), end))
            }
        });
        response.header("cache-control", control).body(StreamBody::new(chunks).boxed_unsync()).unwrap()
    }
}

/// A stereo WAV of so many seconds (32 kB each), different for each seed.
fn wav(seconds: usize, seed: u16) -> Vec<u8> {
    let mut bytes = sound::wav_header(2, 8000, seconds as u64 * 8000).to_vec();
    let samples = (0..seconds * 16_000).map(|n| (n as u32).wrapping_mul(2_654_435_761).wrapping_add(u32::from(seed)) as u16);
    bytes.extend(samples.flat_map(u16::to_le_bytes));
    bytes
}

fn samples_of(wav: &[u8]) -> Vec<i16> {
    wav[44..].chunks_exact(2).map(|pair| i16::from_le_bytes([pair[0], pair[1]])).collect()
}

async fn opened(client: &Client, cache: Option<&Cache>) -> Box<dyn Decoder> {
    open_with(client, "one", "a.wav", cache).await.unwrap()
}

/// Reads on until the end, off the runtime, as the player does.
async fn rest(mut decoder: Box<dyn Decoder>) -> (Vec<i16>, Box<dyn Decoder>) {
    tokio::task::spawn_blocking(move || {
        let mut samples = Vec::new();
        while decoder.read(&mut samples).unwrap() > 0 {}
        (samples, decoder)
    })
    .await
    .unwrap()
}

fn files(cache: &Cache) -> Vec<String> {
    let entries = std::fs::read_dir(&cache.folder).into_iter().flatten();
    let mut names: Vec<_> = entries.map(|entry| entry.unwrap().file_name().to_string_lossy().into_owned()).collect();
    names.sort();
    names
}

async fn until(what: impl Fn() -> bool) {
    let waited = tokio::time::timeout(Duration::from_secs(20), async {
        while !what() {
            tokio::time::sleep(Duration::from_millis(2)).await;
        }
    });
    waited.await.expect("it never came to that");
}

#[tokio::test(flavor = "multi_thread")]
async fn it_is_heard_when_the_first_bytes_are_there_and_says_what_it_waits_for() {
    let body = wav(60, 1);
    let server = Server { stops_at: Mutex::new(Some(100_000)), ..Server::of(body.clone()) };
    let (client, server) = server.client();
    let mut decoder = opened(&client, None).await;
    assert_eq!(decoder.waits(), None);
    let mut early = Vec::new();
    let mut decoder = tokio::task::spawn_blocking(move || {
        while early.len() < 32_000 {
            decoder.read(&mut early).unwrap();
        }
        assert!(early == samples_of(&body)[..early.len()]);
        while decoder.waits().is_none() {
            decoder.read(&mut early).unwrap();
        }
        assert!(early.len() * 2 <= 100_000);
        decoder
    })
    .await
    .unwrap();
    assert!(decoder.waits().unwrap().contains("on its way"));
    *server.stops_at.lock().unwrap() = None;
    until(|| server.asked().len() > 2).await;
    decoder.seek(0).unwrap();
    let (samples, _) = rest(decoder).await;
    assert!(samples == samples_of(&server.body));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_jump_far_ahead_is_fetched_before_what_lies_between() {
    let (client, server) = Server { stops_at: Mutex::new(None), ..Server::of(wav(300, 2)) }.client();
    let mut decoder = opened(&client, None).await;
    until(|| server.asked().len() >= 6).await;
    decoder.seek(8000 * 290).unwrap();
    let (samples, _) = rest(decoder).await;
    assert!(samples == samples_of(&server.body)[16_000 * 290..]);
    let asked = server.asked();
    assert!(asked.len() < 12, "the middle was not needed: {asked:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_line_that_breaks_again_and_again_is_resumed_where_it_was() {
    let (client, server) = Server { breaks_after: Some(100_000), ..Server::of(wav(20, 3)) }.client();
    let (samples, _) = rest(opened(&client, None).await).await;
    assert!(samples == samples_of(&server.body));
    let asked = server.asked();
    assert!(asked.iter().any(|(first, _)| first % PIECE == 100_000), "{asked:?}");
    let mut firsts: Vec<u64> = asked.iter().map(|(first, _)| *first).collect();
    firsts.sort_unstable();
    firsts.dedup();
    assert_eq!(firsts.len(), asked.len(), "nothing is fetched twice");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_server_without_ranges_is_heard_as_well() {
    let (client, server) = Server { no_ranges: true, ..Server::of(wav(20, 4)) }.client();
    let (samples, _) = rest(opened(&client, None).await).await;
    assert!(samples == samples_of(&server.body));
}

#[tokio::test(flavor = "multi_thread")]
async fn memory_stays_bounded_and_what_was_forgotten_is_fetched_again() {
    let (client, server) = Server::of(wav(300, 5)).client();
    let begun = fetch::begin(&client, "one").await.unwrap();
    let shared = Arc::new(Shared::new(begun.length));
    let task = tokio::spawn(fetch::run(client.clone(), "one".to_owned(), begun, None, Arc::clone(&shared)));
    let mut source = Source::new(Arc::clone(&shared), task.abort_handle());
    let (whole, most) = tokio::task::spawn_blocking(move || {
        let (mut whole, mut most, mut block) = (Vec::new(), 0, vec![0; 50_000]);
        for _ in 0..2 {
            whole.clear();
            std::io::Seek::rewind(&mut source).unwrap();
            loop {
                let count = std::io::Read::read(&mut source, &mut block).unwrap();
                most = most.max(shared.held());
                if count == 0 {
                    break;
                }
                whole.extend_from_slice(&block[..count]);
            }
        }
        (whole, most)
    })
    .await
    .unwrap();
    assert!(whole == server.body);
    assert!(most <= 14, "{most} pieces of 37 were held");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_was_heard_once_is_kept_for_the_next_time_and_the_bound_holds() {
    let folder = tempfile::tempdir().unwrap();
    let cache = Cache { folder: folder.path().join("sounds"), bytes: 1_500_000 };
    for seed in 0..4 {
        let (client, server) = Server::of(wav(20, seed)).client();
        let (samples, decoder) = rest(opened(&client, Some(&cache)).await).await;
        assert!(samples == samples_of(&server.body));
        let name = hexadecimal(&Sha256::digest(&server.body));
        until(|| files(&cache).contains(&name)).await;
        drop(decoder);
        let bytes: u64 = files(&cache).iter().map(|name| cache.folder.join(name).metadata().unwrap().len()).sum();
        assert!(bytes <= cache.bytes, "{bytes}");
        // The second time only the right to hear it is asked for.
        let before = server.asked().len();
        let (again, _) = rest(opened(&client, Some(&cache)).await).await;
        assert!(again == samples);
        assert_eq!(server.asked().len(), before + 1);
    }
    let kept = files(&cache);
    assert_eq!(kept.len(), 2, "{kept:?}");
    assert!(kept.contains(&hexadecimal(&Sha256::digest(wav(20, 3)))) && kept.contains(&hexadecimal(&Sha256::digest(wav(20, 2)))));
    let mode = |path: &std::path::Path| path.metadata().unwrap().permissions().mode() & 0o777;
    assert_eq!((mode(&cache.folder), mode(&cache.folder.join(&kept[0]))), (0o700, 0o600));
}

#[tokio::test(flavor = "multi_thread")]
async fn torn_files_are_never_used_and_half_ones_leave_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let cache = Cache { folder: folder.path().to_owned(), bytes: 10_000_000 };
    let body = wav(20, 6);
    let name = hexadecimal(&Sha256::digest(&body));
    let mut torn = body.clone();
    torn[300_000] ^= 1;
    for wrong in [&torn[..], &body[..100_000]] {
        std::fs::write(cache.folder.join(&name), wrong).unwrap();
        let (client, server) = Server::of(body.clone()).client();
        let (samples, _) = rest(opened(&client, Some(&cache)).await).await;
        assert!(samples == samples_of(&body) && server.asked().len() > 1);
    }
    // Left in the middle.
    let (client, _server) = Server { stops_at: Mutex::new(Some(400_000)), ..Server::of(wav(20, 7)) }.client();
    let decoder = opened(&client, Some(&cache)).await;
    until(|| files(&cache).iter().any(|name| name.ends_with(".part"))).await;
    drop(decoder);
    until(|| !files(&cache).iter().any(|name| name.ends_with(".part"))).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_not_what_was_recorded_is_not_kept_and_says_so() {
    let folder = tempfile::tempdir().unwrap();
    let cache = Cache { folder: folder.path().to_owned(), bytes: 10_000_000 };
    let wrong = Some(hexadecimal(&Sha256::digest(b"something else")));
    for cache in [Some(&cache), None] {
        let (client, _server) = Server { hash: wrong.clone(), ..Server::of(wav(20, 8)) }.client();
        let mut decoder = opened(&client, cache).await;
        // What is there is heard; what would have to be fetched again is not.
        let told = tokio::task::spawn_blocking(move || {
            let mut samples = Vec::new();
            let mut why = None;
            for second in [0, 19, 0, 19] {
                why = decoder.seek(second * 8000).and_then(|()| decoder.read(&mut samples)).err().or(why);
            }
            why
        });
        let _ = told.await.unwrap();
    }
    until(|| files(&cache).is_empty()).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_the_server_forbids_to_keep_is_not_kept() {
    let folder = tempfile::tempdir().unwrap();
    let cache = Cache { folder: folder.path().join("sounds"), bytes: 10_000_000 };
    let (client, server) = Server { no_store: true, ..Server::of(wav(20, 9)) }.client();
    let (samples, _) = rest(opened(&client, Some(&cache)).await).await;
    assert!(samples == samples_of(&server.body));
    assert!(!cache.folder.exists());
    // Neither is what is larger than the cache.
    let small = Cache { bytes: 1000, ..cache };
    let (client, _) = Server::of(wav(20, 9)).client();
    rest(opened(&client, Some(&small)).await).await;
    assert!(!small.folder.exists());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_local_database_needs_no_cache() {
    let folder = tempfile::tempdir().unwrap();
    let cache = Cache { folder: folder.path().join("sounds"), bytes: 10_000_000 };
    let (client, _server) = Server::of(wav(20, 10)).client();
    let decoder = open(&client, "one", "a.wav", Some(&cache)).await.unwrap();
    rest(decoder).await;
    assert!(!cache.folder.exists());
}
