//! HTTP connections: accepted within bounds, conversed with, and drained.
//!
//! | module | does |
//! |---|---|
//! | [`conversation`] | one request after the other: media directly, all else through the general stack |
//! | [`left`] | knows what is left to send of a file, and how |
//! | [`mod@file`] | has the kernel send long runs |
//! | [`gathered`] | sends many short ones |
//! | [`head`] | reads the head of a request |
//! | [`idle`] | knows who asks for nothing, and could make room |
//! | [`one`] | shows the general stack one request of a connection |
//! | [`send`] | sends media |
//! | [`tls`] | agrees on keys, with a certificate that is renewed |
//! | [`general`] | connections that the general stack has until their end, those of HTTP/2 among them |
//! | [`activity`] | knows what is going on on those |
//! | [`stall`] | cuts off who takes nothing |

mod activity;
mod conversation;
mod file;
mod gathered;
mod general;
mod head;
mod idle;
mod left;
mod one;
mod send;
mod stall;
mod tls;

use axum::Router;
use conversation::Conversation;
use core::time::Duration;
use general::Parties;
use idle::Idle;
use kinora_app::causes;
use kinora_edge::delivery::Direct;
use std::net::SocketAddr;
use std::sync::Arc;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use tokio_rustls::TlsAcceptor;
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

pub(crate) use tls::{Certificate, CertificateFiles};

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

/// Where clients connect to.
pub(crate) struct Door {
    /// Who accepts them.
    pub(crate) listener: TcpListener,
    /// In the clear without.
    pub(crate) tls: Option<TlsAcceptor>,
}

/// Serves until `stop` is cancelled, then gives requests under way `drain` to end.
pub(crate) async fn listen(
    doors: Vec<Door>,
    answering: Answering,
    connections: usize,
    stop: CancellationToken,
    drain: Duration,
) {
    let house = Arc::new(House {
        answering,
        places: Arc::new(Semaphore::new(connections)),
        idle: Arc::default(),
        open: TaskTracker::new(),
        stop,
    });
    let accepting = doors.into_iter().map(|door| tokio::spawn(Arc::clone(&house).accept(door)));
    for ended in futures_util::future::join_all(accepting).await {
        if let Err(error) = ended {
            tracing::error!(error = %causes(&error), "accepting connections");
        }
    }
    house.open.close();
    tokio::select! {
        () = house.open.wait() => {}
        () = tokio::time::sleep(drain) => tracing::warn!("requests were still under way when the time to drain was over"),
    }
}

/// What all connections share.
struct House {
    answering: Answering,
    places: Arc<Semaphore>,
    idle: Arc<Idle>,
    /// Connections that are not over.
    open: TaskTracker,
    stop: CancellationToken,
}

impl House {
    /// Accepts who comes to a door, until stopped.
    async fn accept(self: Arc<Self>, door: Door) {
        loop {
            let accepted = tokio::select! {
                accepted = door.listener.accept() => accepted,
                () = self.stop.cancelled() => return,
            };
            let (stream, peer) = match accepted {
                Ok(accepted) => accepted,
                Err(error) => {
                    tracing::warn!(error = %causes(&error), "accepting a connection");
                    tokio::time::sleep(ACCEPT_PAUSE).await;
                    continue;
                }
            };
            let place = tokio::select! {
                place = self.place() => place,
                () = self.stop.cancelled() => return,
            };
            let (house, tls) = (Arc::clone(&self), door.tls.clone());
            self.open.spawn(async move {
                house.receive(stream, peer, tls).await;
                drop(place);
            });
        }
    }

    /// A place for one more, once there is one.
    async fn place(&self) -> Option<OwnedSemaphorePermit> {
        if let Ok(place) = Arc::clone(&self.places).try_acquire_owned() {
            return Some(place);
        }
        // Somebody waits: who has asked for nothing for the longest time makes room.
        let place = Arc::clone(&self.places).acquire_owned();
        let place = tokio::select! {
            place = Arc::clone(&self.places).acquire_owned() => place,
            () = self.idle.make_room() => place.await,
        };
        // The semaphore is never closed.
        place.ok()
    }

    async fn receive(&self, stream: TcpStream, peer: SocketAddr, tls: Option<TlsAcceptor>) {
        if let Err(error) = stream.set_nodelay(true) {
            tracing::debug!(error = %causes(&error), "setting TCP_NODELAY");
        }
        let parties =
            Parties { peer, answering: self.answering.clone(), stop: self.stop.clone(), idle: Arc::clone(&self.idle) };
        match tls {
            None => Conversation(parties).run(stream).await,
            // Apart, as those in the clear would have room for it otherwise.
            Some(acceptor) => Box::pin(tls::converse(acceptor, stream, parties)).await,
        }
    }
}
