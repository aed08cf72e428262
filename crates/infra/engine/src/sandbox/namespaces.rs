//! A network of its own with nothing in it.

use super::helper::Refused;
use super::raw::unshare_namespaces;
use rustix::thread::UnshareFlags;

/// Moves into new user, network, IPC and host-name namespaces.
///
/// No user is mapped: the kernel judges access to files by the user that we were, and the program, which is
/// not root of its namespace, has no capability there either. The network has not even a loopback that is up.
pub(super) fn put_on() -> Result<(), Refused> {
    unshare_namespaces(UnshareFlags::NEWUSER | UnshareFlags::NEWNET | UnshareFlags::NEWIPC | UnshareFlags::NEWUTS)?;
    Ok(())
}
