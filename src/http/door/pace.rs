//! How long a client lets the room wait: for the next piece, and in all for what came.

use axum::body::{Body, Bytes, HttpBody};
use http_body::{Frame, SizeHint};
use std::{
    pin::Pin,
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    task::{Context, Poll},
    time::Duration,
};
use tokio::time::{Instant, Sleep, sleep};

/// How slow a client may be.
#[derive(Debug)]
pub(super) struct Pace {
    idle: Duration,
    /// Bytes a second.
    rate: u32,
    /// How long the room has waited in all, and for how many bytes.
    waited: Duration,
    bytes: u64,
    since: Option<Instant>,
    alarm: Option<Pin<Box<Sleep>>>,
}

impl Pace {
    pub(super) fn new((idle, rate): (Duration, u32)) -> Self {
        Self { idle, rate: rate.max(1), waited: Duration::ZERO, bytes: 0, since: None, alarm: None }
    }

    /// Nothing comes now: whether the client has been waited for too long. Wakes the task when it will have been.
    pub(super) fn is_over(&mut self, context: &mut Context<'_>) -> bool {
        let since = *self.since.get_or_insert_with(Instant::now);
        let allowed = self.idle.saturating_add(Duration::from_secs(self.bytes / u64::from(self.rate)));
        let until = since + self.idle.min(allowed.saturating_sub(self.waited));
        let alarm = self.alarm.get_or_insert_with(|| Box::pin(sleep(Duration::ZERO)));
        if alarm.deadline() != until {
            alarm.as_mut().reset(until);
        }
        alarm.as_mut().poll(context).is_ready()
    }

    /// So much has come.
    pub(super) fn came(&mut self, bytes: usize) {
        if let Some(since) = self.since.take() {
            self.waited = self.waited.saturating_add(since.elapsed());
        }
        self.bytes = self.bytes.saturating_add(bytes as u64);
    }
}

/// A body that ends with an error when its client is too slow.
pub(super) struct PacedBody {
    body: Body,
    pace: Pace,
    was_slow: Arc<AtomicBool>,
}

impl PacedBody {
    /// The body, and whether it ended because it was too slow.
    pub(super) fn around(body: Body, pace: (Duration, u32)) -> (Body, Arc<AtomicBool>) {
        let was_slow = Arc::new(AtomicBool::new(false));
        let paced = Self { body, pace: Pace::new(pace), was_slow: Arc::clone(&was_slow) };
        (Body::new(paced), was_slow)
    }
}

impl HttpBody for PacedBody {
    type Data = Bytes;
    type Error = axum::Error;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, axum::Error>>> {
        match Pin::new(&mut self.body).poll_frame(context) {
            Poll::Pending if self.pace.is_over(context) => {
                self.was_slow.store(true, Ordering::Relaxed);
                Poll::Ready(Some(Err(axum::Error::new(std::io::Error::from(std::io::ErrorKind::TimedOut)))))
            }
            Poll::Ready(Some(Ok(frame))) => {
                self.pace.came(frame.data_ref().map_or(0, Bytes::len));
                Poll::Ready(Some(Ok(frame)))
            }
            other => other,
        }
    }

    fn is_end_stream(&self) -> bool {
        self.body.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.body.size_hint()
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "tests")]
    use super::*;
    use std::future::poll_fn;
    use tokio::time::timeout;

    async fn waits(pace: &mut Pace, long: Duration) -> bool {
        timeout(long, poll_fn(|context| if pace.is_over(context) { Poll::Ready(()) } else { Poll::Pending }))
            .await
            .is_err()
    }

    #[tokio::test(start_paused = true)]
    async fn a_client_that_stops_is_over() {
        let mut pace = Pace::new((Duration::from_secs(10), 100));
        assert!(waits(&mut pace, Duration::from_secs(9)).await);
        pace.came(100_000);
        assert!(waits(&mut pace, Duration::from_secs(9)).await);
        assert!(!waits(&mut pace, Duration::from_secs(2)).await, "however much came before");
    }

    #[tokio::test(start_paused = true)]
    async fn so_is_one_that_sends_drop_by_drop() {
        let mut pace = Pace::new((Duration::from_secs(10), 100));
        let mut pieces = 0;
        while waits(&mut pace, Duration::from_secs(4)).await {
            pace.came(1);
            pieces += 1;
            assert!(pieces < 10);
        }
        assert_eq!(pieces, 2, "ten seconds in all, and nothing for what came");
        let mut pace = Pace::new((Duration::from_secs(10), 100));
        for _ in 0..100 {
            assert!(waits(&mut pace, Duration::from_secs(4)).await, "at the pace that is asked for");
            pace.came(400);
        }
    }
}
