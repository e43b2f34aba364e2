//! Bodies with a clock: what comes must come in time; what goes tells when it is gone.

use std::{
    future::Future,
    io,
    pin::Pin,
    task::{Context, Poll, ready},
};

use axum::body::Body;
use bytes::{Buf, Bytes};
use http_body::{Body as HttpBody, Frame, SizeHint};
use tokio::time::{Instant, Sleep, sleep_until};
use tokio_util::sync::WaitForCancellationFutureOwned;

use super::{Limits, answer::Account, still::Still};

/// A request's body that must come in time.
pub(super) struct Coming<B> {
    inner: B,
    deadline: Pin<Box<Sleep>>,
    began: Instant,
    patience: std::time::Duration,
    bytes: u64,
}

impl<B> Coming<B> {
    pub(super) fn new(inner: B, limits: &Limits) -> Self {
        let began = Instant::now();
        let deadline = Box::pin(sleep_until(began + limits.body));
        Self { inner, deadline, began, patience: limits.body, bytes: 0 }
    }
}

type Failure = Box<dyn std::error::Error + Send + Sync>;

impl<B: HttpBody<Data = Bytes> + Unpin> HttpBody for Coming<B>
where
    B::Error: Into<Failure>,
{
    type Data = Bytes;
    type Error = Failure;

    fn poll_frame(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Result<Frame<Bytes>, Failure>>> {
        match Pin::new(&mut self.inner).poll_frame(context) {
            Poll::Ready(frame) => {
                if let Some(Ok(frame)) = &frame
                    && let Some(data) = frame.data_ref()
                {
                    self.bytes += data.remaining() as u64;
                    let more = std::time::Duration::from_secs(self.bytes / Limits::BODY_BYTES_A_SECOND);
                    let until = self.began + self.patience + more;
                    self.deadline.as_mut().reset(until);
                }
                Poll::Ready(frame.map(|frame| frame.map_err(Into::into)))
            }
            Poll::Pending => self.deadline.as_mut().poll(context).map(|()| {
                let late = "it did not come in time";
                Some(Err(io::Error::new(io::ErrorKind::TimedOut, late).into()))
            }),
        }
    }

    fn is_end_stream(&self) -> bool {
        self.inner.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.inner.size_hint()
    }
}

/// An answer's body; when it is dropped, sent or not, the account is closed.
pub(super) struct Going {
    inner: Body,
    account: Account,
    /// For streams without an end: they end when the server stops.
    until: Option<Pin<Box<WaitForCancellationFutureOwned>>>,
    /// Whether whoever asked may still have it.
    still: Option<Still>,
}

impl Going {
    pub(super) fn new(
        inner: Body,
        account: Account,
        until: Option<WaitForCancellationFutureOwned>,
        still: Option<Still>,
    ) -> Self {
        Self { inner, account, until: until.map(Box::pin), still }
    }
}

impl HttpBody for Going {
    type Data = Bytes;
    type Error = axum::Error;

    fn poll_frame(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Result<Frame<Bytes>, axum::Error>>> {
        if let Some(until) = &mut self.until
            && until.as_mut().poll(context).is_ready()
        {
            return Poll::Ready(None);
        }
        if let Some(still) = &mut self.still
            && !ready!(still.poll(context))
        {
            self.account.broke();
            let why = "the rights of whoever asked for this have changed or ended since";
            return Poll::Ready(Some(Err(axum::Error::new(io::Error::other(why)))));
        }
        let frame = Pin::new(&mut self.inner).poll_frame(context);
        match &frame {
            Poll::Ready(Some(Ok(frame))) => {
                let bytes = frame.data_ref().map_or(0, Buf::remaining);
                self.account.sent(bytes as u64);
            }
            Poll::Ready(Some(Err(_))) => self.account.broke(),
            Poll::Ready(None) | Poll::Pending => {}
        }
        frame
    }

    fn is_end_stream(&self) -> bool {
        self.inner.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.inner.size_hint()
    }
}

#[cfg(test)]
mod tests {
    use http_body_util::{BodyExt, StreamBody};

    use super::*;

    #[tokio::test]
    async fn a_body_that_drips_is_given_up_and_a_steady_one_is_not() {
        let limits = Limits { body: std::time::Duration::from_millis(60), ..Limits::default() };
        let drip = |bytes: usize| {
            let parts = futures_util::stream::unfold(0_u32, move |count| async move {
                tokio::time::sleep(std::time::Duration::from_millis(5)).await;
                let frame = Ok::<_, io::Error>(Frame::data(Bytes::from(vec![b'x'; bytes])));
                (count < 40).then_some((frame, count + 1))
            });
            Coming::new(StreamBody::new(Box::pin(parts)), &limits)
        };
        let began = Instant::now();
        let late = drip(1).collect().await.expect_err("given up");
        assert!(late.to_string().contains("in time"), "{late}");
        assert!(began.elapsed() >= limits.body);
        let steady = drip(20_000).collect().await.expect("whole").to_bytes();
        assert_eq!(steady.len(), 800_000);
    }
}
