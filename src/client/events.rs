//! Live changes: server-sent events of either transport.

use std::time::Duration;

use futures_util::StreamExt;
use http::{HeaderValue, Method, header};

use super::{ApiBody, Client, ClientError, Result, answer::of_type};
use crate::wire::Event;

/// The longest silence of a line that lives.
const SILENT: Duration = Duration::from_secs(45);
/// Most bytes of one event.
const LONGEST: usize = 1024 * 1024;

/// Events as they come. Dropping it ends the listening.
pub struct Events {
    body: ApiBody,
    /// Came, and not read yet.
    rest: Vec<u8>,
    last: Option<String>,
}

impl Client {
    /// Listens to live changes within one's scope. `after` is what [`Events::last`] said before the line broke: what happened
    /// meanwhile is told first, or [`Event::Resync`] where that is not known any more.
    pub async fn events(&self, after: Option<&str>) -> Result<Events> {
        let mut request = self.request(Method::GET, "/events", &())?;
        request.headers_mut().insert(header::ACCEPT, HeaderValue::from_static("text/event-stream"));
        if let Some(after) = after.and_then(|after| HeaderValue::from_str(after).ok()) {
            request.headers_mut().insert("last-event-id", after);
        }
        let answer = of_type(self.transport.send(request).await?, "text/event-stream")?;
        Ok(Events { body: answer.body, rest: Vec::new(), last: after.map(ToOwned::to_owned) })
    }
}

impl Events {
    /// The next event; none when the server ended the stream: then one must ask again, and may not be allowed any more.
    /// Every 15 seconds something comes over the line, which is not told here.
    pub async fn next(&mut self) -> Result<Option<Event>> {
        loop {
            while let Some(end) = end_of_event(&self.rest) {
                let block: Vec<u8> = self.rest.drain(..end).collect();
                if let Some(event) = self.read(&String::from_utf8_lossy(&block)) {
                    return Ok(Some(event));
                }
            }
            if self.rest.len() > LONGEST {
                return Err(ClientError::Answer("an event is too long".to_owned()));
            }
            // A line that goes silent says nothing: that it lives is shown every 15 seconds.
            let part = tokio::time::timeout(SILENT, self.body.next()).await.map_err(|_elapsed| ClientError::Unreachable {
                place: "the server".to_owned(),
                why: "it went silent".to_owned(),
            })?;
            match part {
                None => return Ok(None),
                Some(Ok(part)) => self.rest.extend_from_slice(&part),
                Some(Err(why)) => return Err(ClientError::Answer(format!("the stream of events broke off: {why}"))),
            }
        }
    }

    /// For [`Client::events`] after the line broke.
    pub fn last(&self) -> Option<&str> {
        self.last.as_deref()
    }

    /// One block of lines: comments and unknown fields are left alone.
    fn read(&mut self, block: &str) -> Option<Event> {
        let (mut word, mut data) = (String::new(), String::new());
        for line in block.lines() {
            let (field, value) = line.split_once(':').unwrap_or((line, ""));
            let value = value.strip_prefix(' ').unwrap_or(value);
            match field {
                "event" => value.clone_into(&mut word),
                "data" => data.push_str(value),
                "id" => self.last = Some(value.to_owned()),
                _ => {}
            }
        }
        Event::of(&word, &data)
    }
}

/// Bytes up to and with the empty line that ends the first event.
fn end_of_event(bytes: &[u8]) -> Option<usize> {
    memchr::memmem::find(bytes, b"\n\n").map(|at| at + 2)
}

#[cfg(test)]
mod tests {
    use bytes::Bytes;

    use super::*;
    use crate::wire::NewRevision;

    #[tokio::test]
    async fn events_are_whole_however_the_bytes_come() {
        let text = b": hello\n\nid: 7\nevent: revision\ndata: {\"revision\":\"1\"}\n\nevent: later\ndata: {}\n\nid: 8\nevent: resync\ndata: {}\n\nid: 9\nevent";
        for size in 1..=text.len() {
            let parts: Vec<_> = text.chunks(size).map(|part| Ok(Bytes::copy_from_slice(part))).collect();
            let mut events = Events { body: Box::pin(futures_util::stream::iter(parts)), rest: Vec::new(), last: None };
            let mut seen = Vec::new();
            while let Some(event) = events.next().await.expect("event") {
                seen.push((events.last().map(ToOwned::to_owned), event));
            }
            let revision = Event::Revision(NewRevision { revision: "1".to_owned() });
            assert_eq!(seen, [(Some("7".to_owned()), revision), (Some("8".to_owned()), Event::Resync)], "in parts of {size}");
        }
    }
}
