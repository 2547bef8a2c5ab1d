//! Connections that can be cut: a listener for axum whose streams obey a switch.

use std::{
    io,
    net::SocketAddr,
    pin::Pin,
    sync::{
        Arc,
        atomic::{AtomicU8, Ordering},
    },
    task::{Context, Poll},
};

use axum::{
    extract::connect_info::Connected,
    serve::{IncomingStream, Listener},
};
use tokio::{
    io::{AsyncRead, AsyncWrite, ReadBuf},
    net::{TcpListener, TcpStream},
};

const CUT_BEFORE: u8 = 1;
const CUT_DURING: u8 = 2;
const CUT_AFTER: u8 = 3;
const CUT_AT_FLUSH: u8 = 4;

/// Cuts one connection.
#[derive(Debug, Clone, Default)]
pub(crate) struct Switch(Arc<AtomicU8>);

impl Switch {
    /// No byte leaves any more.
    pub(crate) fn cut_before(&self) {
        self.0.store(CUT_BEFORE, Ordering::SeqCst);
    }

    /// Half of the next bytes leave, then no more.
    pub(crate) fn cut_during(&self) {
        self.0.store(CUT_DURING, Ordering::SeqCst);
    }

    /// The answer leaves whole, then no more.
    pub(crate) fn cut_after(&self) {
        self.0.store(CUT_AFTER, Ordering::SeqCst);
    }
}

impl Connected<IncomingStream<'_, Wire>> for Switch {
    fn connect_info(stream: IncomingStream<'_, Wire>) -> Self {
        stream.io().switch.clone()
    }
}

/// A listener on loopback.
pub(crate) struct Wire(pub(crate) TcpListener);

impl Listener for Wire {
    type Io = Line;
    type Addr = SocketAddr;

    async fn accept(&mut self) -> (Line, SocketAddr) {
        loop {
            // A connection that died in the queue is not the listener's end.
            if let Ok((stream, address)) = self.0.accept().await {
                let switch = Switch::default();
                return (Line { stream, switch }, address);
            }
            tokio::task::yield_now().await;
        }
    }

    fn local_addr(&self) -> io::Result<SocketAddr> {
        self.0.local_addr()
    }
}

/// One connection.
pub(crate) struct Line {
    stream: TcpStream,
    switch: Switch,
}

impl AsyncRead for Line {
    fn poll_read(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        if self.switch.0.load(Ordering::SeqCst) == CUT_BEFORE {
            // An end, so that nothing more is taken from a client that uses the connection again.
            return Poll::Ready(Ok(()));
        }
        Pin::new(&mut self.stream).poll_read(context, buffer)
    }
}

impl AsyncWrite for Line {
    fn poll_write(mut self: Pin<&mut Self>, context: &mut Context<'_>, bytes: &[u8]) -> Poll<io::Result<usize>> {
        let state = self.switch.0.load(Ordering::SeqCst);
        let part = match state {
            CUT_BEFORE => return Poll::Ready(Err(io::ErrorKind::ConnectionReset.into())),
            CUT_DURING => bytes.get(..bytes.len().div_ceil(2)).unwrap_or(bytes),
            _ => bytes,
        };
        let written = Pin::new(&mut self.stream).poll_write(context, part);
        if state == CUT_DURING && written.is_ready() {
            self.switch.cut_before();
        }
        if state == CUT_AFTER && written.is_ready() {
            self.switch.0.store(CUT_AT_FLUSH, Ordering::SeqCst);
        }
        written
    }

    fn poll_flush(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        let flushed = Pin::new(&mut self.stream).poll_flush(context);
        if self.switch.0.load(Ordering::SeqCst) == CUT_AT_FLUSH && flushed.is_ready() {
            self.switch.cut_before();
        }
        flushed
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_shutdown(context)
    }
}
