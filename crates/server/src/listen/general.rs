//! Connections that the general stack has until their end: of HTTP/2, those whose requests have bodies, all of TLS.

use super::activity::{Activity, Sending};
use super::idle::Idle;
use super::{Answering, activity};
use axum::body::Body;
use axum::extract::{ConnectInfo, Request};
use axum::response::Response;
use core::convert::Infallible;
use core::pin::pin;
use core::time::Duration;
use hyper::body::Incoming;
use hyper::server::conn::{http1, http2};
use hyper::service::service_fn;
use hyper_util::rt::{TokioExecutor, TokioIo, TokioTimer};
use hyper_util::server::graceful::GracefulConnection;
use kinora_app::causes;
use std::net::SocketAddr;
use std::sync::Arc;
use tokio::io::{AsyncRead, AsyncWrite};
use tokio_util::sync::CancellationToken;
use tower::ServiceExt as _;

/// A client that sends the head of its request more slowly than this is cut off.
pub(super) const HEAD_WITHIN: Duration = Duration::from_secs(30);
/// A connection on which nobody asks for anything is kept for this long.
pub(super) const IDLE: Duration = Duration::from_secs(75);
/// A client that was told that the connection ends has so long to agree.
const FAREWELL: Duration = Duration::from_secs(1);

/// Requests of one HTTP/2 connection that are under way at the same time.
const STREAMS: u32 = 100;
/// Bytes of all fields of a head of HTTP/2, as RFC 9113 counts them.
const HEAD: u32 = 16 << 10;
/// Bytes of an answer that wait for an HTTP/2 client to take more.
const WAITING: usize = 256 << 10;
/// Streams that a client resets before anybody looked at them; with one more the connection ends (CVE-2023-44487).
const RESETS: usize = 20;
/// Whether the other side is still there is asked as often, and it has as long to answer.
const ALIVE: Duration = Duration::from_secs(20);

/// What is spoken on a connection.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Version {
    Http1,
    Http2,
}

/// Who talks, and who answers.
#[derive(Clone)]
pub(super) struct Parties {
    pub(super) peer: SocketAddr,
    pub(super) answering: Answering,
    pub(super) stop: CancellationToken,
    pub(super) idle: Arc<Idle>,
}

impl Parties {
    /// Answers all requests of a connection.
    pub(super) async fn converse<S>(&self, stream: S, version: Version)
    where
        S: AsyncRead + AsyncWrite + Unpin + Send + 'static,
    {
        let activity = Activity::new();
        let service = service_fn(|request| {
            let (handling, answer) = (activity.begin(), self.answer(request));
            async { Ok::<_, Infallible>(answer.await?.map(|body| -> Sending { handling.answered(body) })) }
        });
        let stream = TokioIo::new(stream);
        match version {
            Version::Http1 => {
                let connection = http1().header_read_timeout(HEAD_WITHIN).serve_connection(stream, service);
                self.until_end(connection, &activity).await;
            }
            Version::Http2 => self.until_end(http2().serve_connection(stream, service), &activity).await,
        }
    }

    async fn until_end<C>(&self, connection: C, activity: &Activity)
    where
        C: GracefulConnection<Error = hyper::Error>,
    {
        let mut connection = pin!(connection);
        let end = tokio::select! {
            end = connection.as_mut() => return noted(end),
            end = activity.end(&self.idle, IDLE) => end,
            () = self.stop.cancelled() => activity::End::Idle,
        };
        if end == activity::End::Stalled {
            return tracing::debug!("a client takes nothing");
        }
        connection.as_mut().graceful_shutdown();
        tokio::select! {
            end = connection => noted(end),
            () = activity.quiet(FAREWELL) => {}
        }
    }

    /// Answers one request.
    pub(super) fn answer(
        &self,
        request: Request<Incoming>,
    ) -> impl Future<Output = Result<Response, Infallible>> + use<> {
        let mut request = request.map(Body::new);
        request.extensions_mut().insert(ConnectInfo(self.peer));
        self.answering.router.clone().oneshot(request)
    }
}

/// HTTP/1.1, without a bound on the time that a head takes.
pub(super) fn http1() -> http1::Builder {
    let mut builder = http1::Builder::new();
    builder.timer(TokioTimer::new()).header_read_timeout(None);
    builder
}

fn http2() -> http2::Builder<TokioExecutor> {
    let mut builder = http2::Builder::new(TokioExecutor::new());
    builder
        .timer(TokioTimer::new())
        .max_concurrent_streams(STREAMS)
        .max_header_list_size(HEAD)
        .max_send_buf_size(WAITING)
        .max_pending_accept_reset_streams(RESETS)
        .keep_alive_interval(ALIVE)
        .keep_alive_timeout(ALIVE);
    builder
}

pub(super) fn noted(end: Result<(), hyper::Error>) {
    if let Err(error) = end {
        // A client that went away, mostly.
        tracing::debug!(error = %causes(&error), "a connection ended early");
    }
}
