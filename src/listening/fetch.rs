//! The task that fetches: one request a piece, where the player is first, again where the line broke.

use std::{os::unix::fs::FileExt, sync::Arc, time::Duration};

use futures_util::StreamExt;
use http::{StatusCode, header};
use sha2::{Digest, Sha256};

use super::{
    cache::Keeping,
    shared::{PIECE, Shared},
};
use crate::client::{ApiResponse, AudioUse, Client, ClientError};

/// A line on which nothing comes for so long is broken.
const STALL: Duration = Duration::from_secs(10);
/// It is tried again at these distances, then at the last.
const RETRY: [Duration; 5] =
    [Duration::from_millis(100), Duration::from_secs(1), Duration::from_secs(2), Duration::from_secs(5), Duration::from_secs(10)];
/// Given up after so many attempts in a row: two minutes.
const ATTEMPTS: usize = 15;

/// The first answer: what is known of the sound, and its first piece on the way.
pub(super) struct Begun {
    pub(super) length: u64,
    /// Its SHA-256, if the server told one.
    pub(super) hash: Option<String>,
    /// The server does not forbid to keep it: sound that is encrypted in the vault must not lie here in the clear.
    pub(super) may_keep: bool,
    etag: Option<String>,
    answer: ApiResponse,
}

/// Asks for the first piece; the server audits this as listening.
pub(super) async fn begin(client: &Client, recording: &str) -> Result<Begun, ClientError> {
    let answer = client.audio(recording, Some((0, PIECE - 1)), AudioUse::Play).await?;
    let text = |name: header::HeaderName| answer.headers.get(name).and_then(|value| value.to_str().ok());
    let whole = text(header::CONTENT_RANGE).and_then(|range| range.rsplit_once('/')).map(|(_, length)| length);
    let length = whole.or_else(|| text(header::CONTENT_LENGTH)).and_then(|length| length.trim().parse().ok());
    let length = length.ok_or_else(|| ClientError::Answer("it does not say how long the sound is".to_owned()))?;
    let etag = text(header::ETAG).map(ToOwned::to_owned);
    let hash = etag.as_deref().map(|etag| etag.trim_matches('"').to_owned());
    let hash = hash.filter(|hash| hash.len() == 64 && hash.bytes().all(|byte| byte.is_ascii_hexdigit()));
    let may_keep = !text(header::CACHE_CONTROL).is_some_and(|control| control.contains("no-store"));
    Ok(Begun { length, hash, may_keep, etag, answer })
}

/// How one request ended.
enum Ended {
    /// All that was asked for came, or the player wants something else first.
    Well,
    /// The line broke.
    Broken(String),
    /// It makes no sense to ask again.
    Failed(String),
}

/// Fetches until everything that is wanted is there, or nobody wants it any more.
pub(super) async fn run(client: Client, recording: String, begun: Begun, keeping: Option<Keeping>, shared: Arc<Shared>) {
    if let Some(keeping) = &keeping {
        shared.keep_in(keeping.file());
    }
    let Begun { hash, etag, answer, .. } = begun;
    let mut hashing = Hashing { hash, digest: Sha256::new(), next: 0 };
    let mut attempt = 0;
    let mut ended = receive(answer, 0, 0, &shared, &mut hashing).await;
    loop {
        match ended {
            Ended::Well => attempt = 0,
            Ended::Failed(why) => return shared.fail(why),
            Ended::Broken(why) => {
                attempt += 1;
                if attempt >= ATTEMPTS {
                    return shared.fail(format!("the line to the server is broken ({why}); play it again once it is mended"));
                }
                shared.trouble(format!("the line to the server is broken ({why}); it is tried again"));
                tokio::time::sleep(RETRY[(attempt - 1).min(RETRY.len() - 1)]).await;
            }
        }
        let Some((piece, there)) = shared.wanted() else {
            if shared.keeps() {
                break;
            }
            shared.moved.notified().await;
            if shared.is_closed() {
                return;
            }
            ended = Ended::Well;
            continue;
        };
        let (first, last) = (piece * PIECE + there, piece * PIECE + shared.size(piece) - 1);
        let asked = tokio::time::timeout(STALL, client.audio(&recording, Some((first, last)), AudioUse::Play)).await;
        ended = match asked {
            Err(_) => Ended::Broken("no answer".to_owned()),
            Ok(Err(ClientError::Unreachable { why, .. })) => Ended::Broken(why),
            Ok(Err(error)) => Ended::Failed(error.to_string()),
            Ok(Ok(answer)) if answer.headers.get(header::ETAG).and_then(|tag| tag.to_str().ok()) != etag.as_deref() => {
                Ended::Failed("it has changed on the server; play it again".to_owned())
            }
            Ok(Ok(answer)) => {
                let had = there;
                let received = receive(answer, piece, had, &shared, &mut hashing).await;
                // Bytes came: the line is there, however often it breaks.
                if shared.wanted() != Some((piece, had)) {
                    attempt = 0;
                }
                received
            }
        };
    }
    if let Some(keeping) = keeping {
        finish(keeping, &shared).await;
    }
}

/// Takes in the answer to a request for one piece, of which `there` bytes were there already.
async fn receive(mut answer: ApiResponse, piece: u64, there: u64, shared: &Shared, hashing: &mut Hashing) -> Ended {
    // A server without ranges sends everything: what is there already is passed over.
    let mut surplus = if answer.status == StatusCode::PARTIAL_CONTENT { 0 } else { piece * PIECE + there };
    loop {
        let Ok(part) = tokio::time::timeout(STALL, answer.body.next()).await else {
            return Ended::Broken("nothing came for a while".to_owned());
        };
        let bytes = match part {
            None => return Ended::Broken("it ended too early".to_owned()),
            Some(Err(why)) => return Ended::Broken(why),
            Some(Ok(bytes)) => bytes,
        };
        let passed = surplus.min(bytes.len() as u64);
        surplus -= passed;
        if shared.arrive(piece, &bytes[passed as usize..]) {
            return match whole(piece, shared, hashing).await {
                Ok(()) => Ended::Well,
                Err(why) => Ended::Failed(why),
            };
        }
        if shared.wants_other_than(piece) {
            return Ended::Well;
        }
    }
}

/// A piece is there: it is written to the cache, and hashed if it is the next in order.
async fn whole(piece: u64, shared: &Shared, hashing: &mut Hashing) -> Result<(), String> {
    if let Some((file, bytes)) = shared.piece(piece) {
        let written = tokio::task::spawn_blocking(move || file.write_all_at(&bytes, piece * PIECE)).await;
        let written = written.map_err(std::io::Error::other).and_then(|written| written);
        match written {
            Ok(()) => shared.is_written(piece),
            Err(error) => {
                // A full disk: it goes on from memory.
                tracing::warn!(%error, "the cache of sounds cannot be written");
                shared.stop_keeping();
            }
        }
    } else {
        shared.hash(piece, hashing);
        if hashing.next == shared.pieces() && hashing.differs() {
            return Err(DIFFERS.to_owned());
        }
    }
    shared.forget_old();
    Ok(())
}

const DIFFERS: &str = "what came over the line is not what was recorded (its hash differs); play it again";

/// Everything is in the cache: compared and kept, or thrown away.
async fn finish(keeping: Keeping, shared: &Shared) {
    let finished = tokio::task::spawn_blocking(move || keeping.finish()).await;
    match finished.map_err(std::io::Error::other).and_then(|finished| finished) {
        Ok(true) => {}
        Ok(false) => shared.fail(DIFFERS.to_owned()),
        Err(error) => tracing::warn!(%error, "a sound could not be kept in the cache"),
    }
}

/// The hash of what came so far in order; a jump ends it, for not everything is there then.
pub(super) struct Hashing {
    hash: Option<String>,
    digest: Sha256,
    next: u64,
}

impl Hashing {
    fn differs(&self) -> bool {
        let found = super::cache::hexadecimal(&self.digest.clone().finalize());
        self.hash.as_ref().is_some_and(|hash| !hash.eq_ignore_ascii_case(&found))
    }

    /// Takes the next piece.
    pub(super) fn take(&mut self, piece: u64, bytes: &[u8]) {
        if piece == self.next {
            self.digest.update(bytes);
            self.next += 1;
        }
    }
}
