//! Ports that nobody else is given while a test lasts.

use rustix::net::{AddressFamily, SocketFlags, SocketType, bind, getsockname, socket_with, sockopt};
use std::net::{Ipv4Addr, SocketAddr, SocketAddrV4};
use std::os::fd::OwnedFd;

/// A free port on 127.0.0.1. A socket that is bound but does not listen keeps it: the kernel gives the
/// port to no one who asks for any, and lets the server, which binds with `SO_REUSEADDR` as well, have it
/// as often as it is restarted. While no server listens, connections are refused.
pub(crate) struct Port {
    _kept: OwnedFd,
    pub(crate) address: SocketAddr,
}

impl Port {
    pub(crate) fn free() -> Self {
        let kept = socket_with(AddressFamily::INET, SocketType::STREAM, SocketFlags::CLOEXEC, None).unwrap();
        sockopt::set_socket_reuseaddr(&kept, true).unwrap();
        bind(&kept, &SocketAddrV4::new(Ipv4Addr::LOCALHOST, 0)).unwrap();
        let address = SocketAddr::try_from(getsockname(&kept).unwrap()).unwrap();
        Self { _kept: kept, address }
    }
}
