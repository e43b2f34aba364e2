//! A line with a clock: who says nothing, or takes nothing, loses it.

use std::{
    io,
    pin::Pin,
    sync::{
        Arc,
        atomic::{AtomicU8, Ordering},
    },
    task::{Context, Poll},
};

use tokio::{
    io::{AsyncRead, AsyncWrite, ReadBuf},
    time::{Instant, Sleep, sleep_until},
};

use super::Limits;

/// Where a line stands between its requests.
#[derive(Clone, Copy, PartialEq, Eq)]
#[repr(u8)]
enum Phase {
    /// Nothing has come yet, or the first headers are coming.
    Fresh = 0,
    /// Between two requests.
    Waiting = 1,
    /// Headers are coming.
    Head = 2,
    /// A request is at work; its body has a clock of its own.
    Busy = 3,
}

/// Shared by the line and by the request that it carries.
#[derive(Default)]
pub(super) struct Pace(AtomicU8);

impl Pace {
    /// A request has come whole, but for its body.
    pub(super) fn busy(&self) {
        self.set(Phase::Busy);
    }

    /// It is answered.
    pub(super) fn waiting(&self) {
        self.set(Phase::Waiting);
    }

    pub(super) fn is_busy(&self) -> bool {
        self.phase() == Phase::Busy
    }

    fn set(&self, phase: Phase) {
        self.0.store(phase as u8, Ordering::Release);
    }

    fn phase(&self) -> Phase {
        match self.0.load(Ordering::Acquire) {
            0 => Phase::Fresh,
            1 => Phase::Waiting,
            2 => Phase::Head,
            _ => Phase::Busy,
        }
    }
}

/// The line itself, below TLS.
pub(super) struct Paced<S> {
    inner: S,
    pace: Arc<Pace>,
    limits: Limits,
    /// Until when something must come, in the phase beside it.
    silence: Pin<Box<Sleep>>,
    counted: Phase,
    /// Until when something must be taken.
    stalled: Option<Pin<Box<Sleep>>>,
}

impl<S> Paced<S> {
    pub(super) fn new(inner: S, pace: Arc<Pace>, limits: Limits) -> Self {
        let silence = Box::pin(sleep_until(Instant::now() + limits.head));
        Self { inner, pace, limits, silence, counted: Phase::Fresh, stalled: None }
    }

    /// Nothing came: is it too long?
    fn silent(&mut self, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        let phase = self.pace.phase();
        if phase == Phase::Busy {
            self.counted = phase;
            return Poll::Pending;
        }
        if phase != self.counted {
            self.counted = phase;
            let limit = if phase == Phase::Waiting { self.limits.idle } else { self.limits.head };
            self.silence.as_mut().reset(Instant::now() + limit);
        }
        self.silence.as_mut().poll(context).map(|()| Err(io::ErrorKind::TimedOut.into()))
    }

    /// Nothing was taken: is it too long?
    fn stuck<T>(&mut self, context: &mut Context<'_>, outcome: Poll<io::Result<T>>) -> Poll<io::Result<T>> {
        if outcome.is_ready() {
            self.stalled = None;
            return outcome;
        }
        let limit = self.limits.stalled;
        let stalled = self.stalled.get_or_insert_with(|| Box::pin(sleep_until(Instant::now() + limit)));
        stalled.as_mut().poll(context).map(|()| Err(io::ErrorKind::TimedOut.into()))
    }
}

impl<S: AsyncRead + Unpin> AsyncRead for Paced<S> {
    fn poll_read(mut self: Pin<&mut Self>, context: &mut Context<'_>, buffer: &mut ReadBuf<'_>) -> Poll<io::Result<()>> {
        let before = buffer.filled().len();
        match Pin::new(&mut self.inner).poll_read(context, buffer) {
            Poll::Ready(outcome) => {
                if buffer.filled().len() > before && self.pace.phase() == Phase::Waiting {
                    self.pace.set(Phase::Head);
                }
                Poll::Ready(outcome)
            }
            Poll::Pending => self.silent(context),
        }
    }
}

impl<S: AsyncWrite + Unpin> AsyncWrite for Paced<S> {
    fn poll_write(mut self: Pin<&mut Self>, context: &mut Context<'_>, bytes: &[u8]) -> Poll<io::Result<usize>> {
        let outcome = Pin::new(&mut self.inner).poll_write(context, bytes);
        self.stuck(context, outcome)
    }

    fn poll_flush(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        let outcome = Pin::new(&mut self.inner).poll_flush(context);
        self.stuck(context, outcome)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        let outcome = Pin::new(&mut self.inner).poll_shutdown(context);
        self.stuck(context, outcome)
    }

    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        bytes: &[io::IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        let outcome = Pin::new(&mut self.inner).poll_write_vectored(context, bytes);
        self.stuck(context, outcome)
    }

    fn is_write_vectored(&self) -> bool {
        self.inner.is_write_vectored()
    }
}

#[cfg(test)]
mod tests {
    use tokio::io::{AsyncReadExt, AsyncWriteExt};

    use super::*;

    fn limits() -> Limits {
        let ms = std::time::Duration::from_millis;
        Limits { head: ms(40), idle: ms(400), stalled: ms(80), ..Limits::default() }
    }

    #[tokio::test]
    async fn a_line_that_says_nothing_is_lost_in_its_time() {
        let (mut far, near) = tokio::io::duplex(64);
        let pace = Arc::new(Pace::default());
        let mut line = Paced::new(near, Arc::clone(&pace), limits());
        let began = Instant::now();
        far.write_all(b"GET").await.expect("sent");
        let mut buffer = [0; 8];
        assert_eq!(line.read(&mut buffer).await.expect("read"), 3);
        assert_eq!(line.read(&mut buffer).await.expect_err("lost").kind(), io::ErrorKind::TimedOut);
        assert!(began.elapsed() < limits().idle, "{:?}", began.elapsed());
    }

    #[tokio::test]
    async fn between_requests_there_is_more_time_and_for_headers_again_less() {
        let (mut far, near) = tokio::io::duplex(64);
        let pace = Arc::new(Pace::default());
        let mut line = Paced::new(near, Arc::clone(&pace), limits());
        let mut buffer = [0; 8];
        pace.busy();
        let nothing = tokio::time::timeout(limits().head * 3, line.read(&mut buffer)).await;
        assert!(nothing.is_err(), "a request at work has no such clock");
        pace.waiting();
        assert!(tokio::time::timeout(limits().head * 3, line.read(&mut buffer)).await.is_err(), "there is more time");
        far.write_all(b"G").await.expect("sent");
        assert_eq!(line.read(&mut buffer).await.expect("read"), 1);
        let began = Instant::now();
        assert_eq!(line.read(&mut buffer).await.expect_err("lost").kind(), io::ErrorKind::TimedOut);
        assert!(began.elapsed() >= limits().head, "{:?}", began.elapsed());
        pace.busy();
        pace.waiting();
        let began = Instant::now();
        assert!(line.read(&mut buffer).await.is_err());
        assert!(began.elapsed() >= limits().idle, "{:?}", began.elapsed());
    }

    #[tokio::test]
    async fn an_answer_that_nobody_takes_is_given_up() {
        let (_far, near) = tokio::io::duplex(4);
        let mut line = Paced::new(near, Arc::default(), limits());
        let began = Instant::now();
        assert_eq!(line.write_all(b"much more").await.expect_err("lost").kind(), io::ErrorKind::TimedOut);
        assert!(began.elapsed() >= limits().stalled);
    }
}
