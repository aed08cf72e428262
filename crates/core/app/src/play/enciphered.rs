//! Segments that are encrypted whole, piece by piece as they go out: however long they are, a viewer costs the memory of a
//! piece.

use super::segment::{Body, Broken, Payload};
use bytes::Bytes;
use core::ops::Range;
use futures_util::stream::{self, StreamExt as _};
use kinora_media::protect::{Aes128, Iv, Key};

/// Bytes that are encrypted at once: what comes out takes memory that was used a moment ago, which larger blocks do not.
const PIECE: usize = 64 << 10;

/// What a segment is encrypted with, which is its alone.
#[derive(Debug, Clone)]
pub(super) struct Seal {
    pub(super) key: Key,
    pub(super) iv: Iv,
}

/// An encryption under way.
struct Sealing {
    clear: Payload,
    /// What of it was read, and not encrypted yet.
    read: Bytes,
    /// None behind the last block.
    cipher: Option<Aes128>,
    /// How much came out of it.
    at: u64,
    /// What of it is wanted.
    range: Range<u64>,
}

/// A range of a segment that is encrypted; `clear` is all of it up to the end of the block in which the range ends, or more.
pub(super) fn enciphered(seal: &Seal, clear: Body, range: Range<u64>) -> Payload {
    let cipher = match Aes128::new(&seal.key, seal.iv) {
        Ok(cipher) => cipher,
        Err(error) => return stream::iter([Err(error.into())]).boxed(),
    };
    let head = stream::iter((!clear.head.is_empty()).then_some(Ok(clear.head)));
    let clear = head.chain(clear.payload.unwrap_or_else(|| stream::empty().boxed())).boxed();
    let sealing = Sealing { clear, read: Bytes::new(), cipher: Some(cipher), at: 0, range };
    stream::try_unfold(sealing, async |mut sealing| Ok(sealing.next().await?.map(|piece| (piece, sealing)))).boxed()
}

impl Sealing {
    /// The next bytes that are wanted.
    async fn next(&mut self) -> Result<Option<Bytes>, Broken> {
        while self.at < self.range.end {
            if self.read.is_empty()
                && let Some(read) = self.clear.next().await
            {
                self.read = read?;
                continue;
            }
            let clear = self.read.split_to(self.read.len().min(PIECE));
            let piece = match &mut self.cipher {
                Some(cipher) if !clear.is_empty() => cipher.next(&clear)?,
                Some(_) => self.cipher.take().map(Aes128::end).transpose()?.unwrap_or_default(),
                None => return Ok(None),
            };
            let from = self.at;
            self.at = from.saturating_add(piece.len() as u64);
            let index = |at: u64| usize::try_from(at.saturating_sub(from)).unwrap_or(usize::MAX).min(piece.len());
            let wanted = index(self.range.start)..index(self.range.end);
            if !wanted.is_empty() {
                return Ok(Some(Bytes::from(piece).slice(wanted)));
            }
        }
        Ok(None)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use futures_util::{FutureExt as _, TryStreamExt as _};

    /// Bytes 0 to `len` in pieces of unequal length.
    fn clear(len: usize) -> Body {
        let bytes: Vec<u8> = (0..len).map(|at| u8::try_from(at % 251).unwrap()).collect();
        let (head, rest) = bytes.split_at(len.min(21));
        let pieces: Vec<_> = rest.chunks(50).map(|piece| Ok(Bytes::copy_from_slice(piece))).collect();
        Body { head: Bytes::copy_from_slice(head), payload: Some(stream::iter(pieces).boxed()), length: len as u64 }
    }

    fn sealed(clear: Body, range: Range<u64>) -> Vec<u8> {
        let seal = Seal { key: Key::new([1; 16]), iv: Iv::new([2; 16]) };
        let pieces: Vec<Bytes> = enciphered(&seal, clear, range).try_collect().now_or_never().unwrap().unwrap();
        pieces.concat()
    }

    #[test]
    fn any_range_is_that_of_the_whole() {
        let whole = sealed(clear(200), 0..208);
        assert_eq!(whole.len(), 208);
        for range in [0..1, 0..16, 0..20, 5..70, 16..32, 100..200, 190..208, 207..208] {
            let (start, end) = (usize::try_from(range.start).unwrap(), usize::try_from(range.end).unwrap());
            let needed = end.next_multiple_of(16).min(200);
            assert_eq!(sealed(clear(needed), range.clone()), whole[start..end], "{range:?}");
        }
    }

    #[test]
    fn what_cannot_be_read_ends_it() {
        let broken = stream::iter([Err(Broken::Unprotected(kinora_media::protect::ProtectError::Cipher))]).boxed();
        let body = Body { payload: Some(broken), ..clear(10) };
        let seal = Seal { key: Key::new([1; 16]), iv: Iv::new([2; 16]) };
        let ends: Result<Vec<Bytes>, _> = enciphered(&seal, body, 0..208).try_collect().now_or_never().unwrap();
        assert!(ends.is_err());
    }
}
