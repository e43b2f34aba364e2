//! Recordings: facts, sound by ranges, waveform.

use bytes::Bytes;
use http::{Method, header};
use serde::Serialize;

use super::{ApiResponse, Client, ClientError, Result, piece};
use crate::wire;

#[derive(Serialize)]
struct Width {
    width: usize,
    #[serde(skip_serializing_if = "Option::is_none")]
    from: Option<f64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    until: Option<f64>,
}

/// Why the bytes are asked for; the audit tells a listener from a downloader.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, serde::Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum AudioUse {
    Play,
    Download,
}

/// How sound is asked for.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct AudioQuery {
    pub r#use: AudioUse,
    /// Seconds; none: from the beginning. With one of these three the server cuts or converts, and ranges and the
    /// recording's hash no longer apply.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub from: Option<f64>,
    /// Seconds; none: to the end.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub until: Option<f64>,
    /// `wav`, `mp3` or `opus`; none: as it is kept.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub convert: Option<String>,
}

impl AudioQuery {
    /// The sound as it is kept.
    pub const fn whole(r#use: AudioUse) -> Self {
        Self { r#use, from: None, until: None, convert: None }
    }
}

impl Client {
    pub async fn recording(&self, id: &str) -> Result<wire::RecordingBody> {
        self.get(&format!("/recordings/{}", piece(id)), &()).await
    }

    /// The whole sound as a stream, or `range` (first byte, last byte inclusive) of it.
    pub async fn audio(&self, id: &str, range: Option<(u64, u64)>, r#use: AudioUse) -> Result<ApiResponse> {
        let mut request = self.request(Method::GET, &format!("/recordings/{}/audio", piece(id)), &AudioQuery::whole(r#use))?;
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
        self.get(&format!("/recordings/{}/peaks", piece(id)), &Width { width, from: None, until: None }).await
    }

    /// The waveform of a part, exact to the sample column by column.
    pub async fn peaks_between(&self, id: &str, width: usize, [from, until]: wire::Span) -> Result<wire::Peaks> {
        self.get(&format!("/recordings/{}/peaks", piece(id)), &Width { width, from: Some(from), until: Some(until) }).await
    }

    /// Who speaks when.
    pub async fn speech(&self, id: &str) -> Result<wire::Speech> {
        self.get(&format!("/recordings/{}/speech", piece(id)), &()).await
    }

    /// Sound cut or converted by the server, as a stream.
    pub async fn audio_made(&self, id: &str, query: &AudioQuery) -> Result<ApiResponse> {
        let request = self.request(Method::GET, &format!("/recordings/{}/audio", piece(id)), query)?;
        self.transport.send(request).await
    }

    /// Tells what was heard.
    pub async fn send_receipt(&self, id: &str, draft: &wire::ReceiptDraft) -> Result<()> {
        self.send(Method::POST, &format!("/recordings/{}/receipts", piece(id)), draft).await
    }

    /// Who heard what of it, newest first.
    pub async fn receipts(&self, id: &str) -> Result<Vec<wire::Receipt>> {
        self.get(&format!("/recordings/{}/receipts", piece(id)), &()).await
    }
}
