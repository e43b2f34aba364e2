//! Recordings: facts, sound by ranges, waveform.

use bytes::Bytes;
use http::{Method, header};
use serde::Serialize;

use super::{ApiResponse, Client, ClientError, Result, piece};
use crate::wire;

#[derive(Serialize)]
struct Width {
    width: usize,
}

/// Why the bytes are asked for; the audit tells a listener from a downloader.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, serde::Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum AudioUse {
    Play,
    Download,
}

#[derive(Serialize)]
struct Use {
    r#use: AudioUse,
}

impl Client {
    pub async fn recording(&self, id: &str) -> Result<wire::RecordingBody> {
        self.get(&format!("/recordings/{}", piece(id)), &()).await
    }

    /// The whole sound as a stream, or `range` (first byte, last byte inclusive) of it.
    pub async fn audio(&self, id: &str, range: Option<(u64, u64)>, r#use: AudioUse) -> Result<ApiResponse> {
        let mut request = self.request(Method::GET, &format!("/recordings/{}/audio", piece(id)), &Use { r#use })?;
        if let Some((first, last)) = range {
            let value = format!("bytes={first}-{last}").parse().map_err(|_| ClientError::Answer("range".to_owned()))?;
            request.headers_mut().insert(header::RANGE, value);
        }
        self.transport.send(request).await
    }

    /// The sound in memory; for recordings that a player holds whole.
    pub async fn audio_bytes(&self, id: &str, r#use: AudioUse) -> Result<Bytes> {
        Ok(self.audio(id, None, r#use).await?.collect().await?.1)
    }

    pub async fn peaks(&self, id: &str, width: usize) -> Result<wire::Peaks> {
        self.get(&format!("/recordings/{}/peaks", piece(id)), &Width { width }).await
    }
}
