//! A connection whose client has to read what it is sent.

use super::pace::Pace;
use axum_server::accept::Accept;
use std::{
    future::{Ready, ready},
    io::{self, IoSlice},
    pin::Pin,
    task::{Context, Poll},
    time::Duration,
};
use tokio::{
    io::{AsyncRead, AsyncWrite, ReadBuf},
    net::TcpStream,
};

/// Accepts connections whose clients keep a pace.
#[derive(Debug, Clone, Copy)]
pub(super) struct PacedAcceptor {
    pace: (Duration, u32),
}

impl PacedAcceptor {
    pub(super) fn new(pace: (Duration, u32)) -> Self {
        Self { pace }
    }
}

impl<S> Accept<TcpStream, S> for PacedAcceptor {
    type Stream = PacedStream;
    type Service = S;
    type Future = Ready<io::Result<(PacedStream, S)>>;

    fn accept(&self, stream: TcpStream, service: S) -> Self::Future {
        let paced = stream.set_nodelay(true).map(|()| PacedStream { stream, pace: Pace::new(self.pace) });
        ready(paced.map(|stream| (stream, service)))
    }
}

/// A connection that breaks when its client is too slow to read.
#[derive(Debug)]
pub(super) struct PacedStream {
    stream: TcpStream,
    pace: Pace,
}

impl PacedStream {
    fn written(&mut self, context: &mut Context<'_>, written: Poll<io::Result<usize>>) -> Poll<io::Result<usize>> {
        match written {
            Poll::Pending if self.pace.is_over(context) => Poll::Ready(Err(io::Error::from(io::ErrorKind::TimedOut))),
            Poll::Ready(Ok(bytes)) => {
                self.pace.came(bytes);
                Poll::Ready(Ok(bytes))
            }
            other => other,
        }
    }
}

impl AsyncRead for PacedStream {
    // Heads and bodies are waited for elsewhere: between requests, a client may be still.
    fn poll_read(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_read(context, buffer)
    }
}

impl AsyncWrite for PacedStream {
    fn poll_write(mut self: Pin<&mut Self>, context: &mut Context<'_>, bytes: &[u8]) -> Poll<io::Result<usize>> {
        let written = Pin::new(&mut self.stream).poll_write(context, bytes);
        self.written(context, written)
    }

    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        slices: &[IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        let written = Pin::new(&mut self.stream).poll_write_vectored(context, slices);
        self.written(context, written)
    }

    fn is_write_vectored(&self) -> bool {
        self.stream.is_write_vectored()
    }

    fn poll_flush(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_flush(context)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_shutdown(context)
    }
}
