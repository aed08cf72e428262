//! HTTP connections: accepted within bounds, conversed with, and drained.
//!
//! | module | does |
//! |---|---|
//! | [`conversation`] | one request after the other: media directly, all else through the general stack |
//! | [`file`] | sends parts of files |
//! | [`head`] | reads the head of a request |
//! | [`one`] | shows the general stack one request of a connection |
//! | [`send`] | sends media |

mod conversation;
mod file;
mod head;
mod one;
mod send;

use axum::Router;
use conversation::Conversation;
use core::time::Duration;
use hyper_util::server::graceful::GracefulShutdown;
use kinora_app::causes;
use kinora_edge::delivery::Direct;
use std::sync::Arc;
use tokio::net::TcpListener;
use tokio::sync::Semaphore;
use tokio_util::sync::CancellationToken;

/// After an error of accepting (no file descriptors are left), wait this long.
const ACCEPT_PAUSE: Duration = Duration::from_millis(50);

/// What answers.
#[derive(Clone)]
pub(crate) struct Answering {
    /// Everything.
    pub(crate) router: Router,
    /// Media, without the general stack.
    pub(crate) direct: Direct,
}

/// Serves until `stop` is cancelled, then gives requests under way `drain` to end.
pub(crate) async fn listen(
    listener: TcpListener,
    answering: Answering,
    connections: usize,
    stop: CancellationToken,
    drain: Duration,
) {
    let graceful = GracefulShutdown::new();
    let places = Arc::new(Semaphore::new(connections));
    loop {
        let place = tokio::select! {
            place = Arc::clone(&places).acquire_owned() => place,
            () = stop.cancelled() => break,
        };
        // The semaphore is never closed.
        let Ok(place) = place else { break };
        tokio::select! {
            accepted = listener.accept() => match accepted {
                Ok((stream, peer)) => {
                    let conversation = Conversation { peer, answering: answering.clone(), stop: stop.clone() };
                    let watcher = graceful.watcher();
                    tokio::spawn(async move {
                        conversation.run(stream, watcher).await;
                        drop(place);
                    });
                }
                Err(error) => {
                    tracing::warn!(error = %causes(&error), "accepting a connection");
                    tokio::time::sleep(ACCEPT_PAUSE).await;
                }
            },
            () = stop.cancelled() => break,
        }
    }
    drop(listener);
    tokio::select! {
        () = graceful.shutdown() => {}
        () = tokio::time::sleep(drain) => tracing::warn!("requests were still under way when the time to drain was over"),
    }
}
