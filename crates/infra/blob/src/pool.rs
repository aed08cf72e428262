//! Buffers that are used again, so that a response does not fault in fresh memory page by page.

use bytes::Bytes;
use core::mem;
use std::sync::{Arc, Mutex, PoisonError};

/// Size of one pooled buffer: the largest piece of a stream. It fits the second-level cache.
pub(crate) const PIECE: usize = 256 * 1024;

/// Requests up to here get memory of their own: the allocator has such blocks at hand, and a pooled
/// buffer would be held for a few bytes.
const SMALL: usize = 16 * 1024;

/// Free buffers kept, at most 8 MiB; those in use are bounded by the responses under way.
const KEPT: usize = 32;

/// Free buffers, the one used last on top since it is the warmest.
#[derive(Debug, Default)]
pub(crate) struct Pool {
    free: Mutex<Vec<Box<[u8]>>>,
}

impl Pool {
    /// A buffer of exactly `len` bytes, of undefined content.
    pub(crate) fn take(self: &Arc<Self>, len: usize) -> Buffer {
        if len <= SMALL || len > PIECE {
            return Buffer { bytes: vec![0; len].into_boxed_slice(), len, home: None };
        }
        let used = self.free.lock().unwrap_or_else(PoisonError::into_inner).pop();
        let bytes = used.unwrap_or_else(|| vec![0; PIECE].into_boxed_slice());
        Buffer { bytes, len, home: Some(Arc::clone(self)) }
    }

    #[cfg(test)]
    pub(crate) fn idle(&self) -> usize {
        self.free.lock().unwrap().len()
    }
}

/// A buffer that goes back to its pool when dropped.
#[derive(Debug)]
pub(crate) struct Buffer {
    bytes: Box<[u8]>,
    len: usize,
    home: Option<Arc<Pool>>,
}

impl Buffer {
    /// The buffer as bytes to send; it goes back when the last of them is dropped.
    pub(crate) fn freeze(self) -> Bytes {
        Bytes::from_owner(self)
    }
}

impl AsRef<[u8]> for Buffer {
    fn as_ref(&self) -> &[u8] {
        self.bytes.get(..self.len).unwrap_or_default()
    }
}

impl AsMut<[u8]> for Buffer {
    fn as_mut(&mut self) -> &mut [u8] {
        self.bytes.get_mut(..self.len).unwrap_or_default()
    }
}

impl Drop for Buffer {
    fn drop(&mut self) {
        if let Some(pool) = self.home.take() {
            let mut free = pool.free.lock().unwrap_or_else(PoisonError::into_inner);
            if free.len() < KEPT {
                free.push(mem::take(&mut self.bytes));
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_buffer_comes_back_when_the_last_piece_of_it_is_dropped() {
        let pool = Arc::new(Pool::default());
        let bytes = pool.take(PIECE - 1).freeze();
        assert_eq!((bytes.len(), pool.idle()), (PIECE - 1, 0));
        let tail = bytes.slice(100..);
        drop(bytes);
        assert_eq!(pool.idle(), 0);
        drop(tail);
        assert_eq!(pool.idle(), 1);
        let again = pool.take(SMALL + 1);
        assert_eq!(pool.idle(), 0);
        drop(again);
    }

    #[test]
    fn the_pool_keeps_no_more_than_its_bound() {
        let pool = Arc::new(Pool::default());
        let many: Vec<_> = (0..KEPT * 2).map(|_| pool.take(PIECE)).collect();
        drop(many);
        assert_eq!(pool.idle(), KEPT);
    }

    #[test]
    fn small_and_large_requests_leave_the_pool_alone() {
        let pool = Arc::new(Pool::default());
        for len in [0, 1, SMALL, PIECE + 1] {
            let buffer = pool.take(len);
            assert_eq!(buffer.as_ref().len(), len);
        }
        assert_eq!(pool.idle(), 0);
    }
}
