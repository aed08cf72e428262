//! HTTP connections: accepted within bounds, conversed with, and drained.
//!
//! | module | does |
//! |---|---|
//! | [`conversation`] | one request after the other: media directly, all else through the general stack |
//! | [`mod@file`] | sends parts of files |
//! | [`head`] | reads the head of a request |
//! | [`idle`] | knows who asks for nothing, and could make room |
//! | [`one`] | shows the general stack one request of a connection |
//! | [`send`] | sends media |

mod conversation;
mod file;
mod head;
mod idle;
mod one;
mod send;

use axum::Router;
use conversation::Conversation;
use core::time::Duration;
use hyper_util::server::graceful::GracefulShutdown;
use idle::Idle;
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
    let idle = Arc::new(Idle::default());
    loop {
        let accepted = tokio::select! {
            accepted = listener.accept() => accepted,
            () = stop.cancelled() => break,
        };
        let (stream, peer) = match accepted {
            Ok(accepted) => accepted,
            Err(error) => {
                tracing::warn!(error = %causes(&error), "accepting a connection");
                tokio::time::sleep(ACCEPT_PAUSE).await;
                continue;
            }
        };
        let place = if let Ok(place) = Arc::clone(&places).try_acquire_owned() {
            place
        } else {
            // Somebody waits: who has asked for nothing for the longest time makes room.
            let place = async {
                let place = Arc::clone(&places).acquire_owned();
                tokio::select! {
                    place = Arc::clone(&places).acquire_owned() => place,
                    () = idle.make_room() => place.await,
                }
            };
            let place = tokio::select! {
                place = place => place,
                () = stop.cancelled() => break,
            };
            // The semaphore is never closed.
            let Ok(place) = place else { break };
            place
        };
        let conversation =
            Conversation { peer, answering: answering.clone(), stop: stop.clone(), idle: Arc::clone(&idle) };
        let watcher = graceful.watcher();
        tokio::spawn(async move {
            conversation.run(stream, watcher).await;
            drop(place);
        });
    }
    drop(listener);
    tokio::select! {
        () = graceful.shutdown() => {}
        () = tokio::time::sleep(drain) => tracing::warn!("requests were still under way when the time to drain was over"),
    }
}
