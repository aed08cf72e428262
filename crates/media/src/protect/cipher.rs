//! Encryption of samples in place.

use aes::Aes128;
use aes::cipher::{BlockModeEncrypt as _, InnerIvInit as _, KeyInit as _, StreamCipher as _};
use ctr::{Ctr64BE, CtrCore};

use super::Scheme;
use super::key::{BLOCK, ContentKey};
use super::ranges::Subsample;

/// Of how many blocks of picture under `cbcs` the first is encrypted (ISO/IEC 23001-7, 10.4.1 recommends ten).
const PATTERN: usize = 10;

/// A block as the cipher takes it.
type Block = aes::Block;

/// Encrypts the samples of one track.
pub(super) struct Cipher {
    aes: Aes128,
    scheme: Scheme,
    iv: [u8; BLOCK],
}

impl Cipher {
    pub(super) fn new(scheme: Scheme, key: &ContentKey) -> Self {
        Self { aes: Aes128::new(key.key.bytes().into()), scheme, iv: *key.iv.bytes() }
    }

    /// Encrypts a sample: all of it, or its ranges where it has any. `index` counts the samples of the track.
    pub(super) fn sample(&self, sample: &mut [u8], index: u64, ranges: Option<&[Subsample]>) {
        match (self.scheme, ranges) {
            // Whole blocks of sound, without pattern (9.7 and 10.4.1).
            (Scheme::Cbcs, None) => self.chain(sample, 1),
            (Scheme::Cbcs, Some(ranges)) => each(sample, ranges, |range| self.chain(range, PATTERN)),
            (Scheme::Cenc, ranges) => {
                let counter = first_counter(index);
                let mut stream = Ctr64BE::from_core(CtrCore::inner_iv_init(&self.aes, &counter.into()));
                // One stream goes through all ranges (9.5.1). Its counter has 64 bits, which no sample uses up.
                let mut apply = |range: &mut [u8]| stream.try_apply_keystream(range).unwrap_or_default();
                match ranges {
                    None => apply(sample),
                    Some(ranges) => each(sample, ranges, apply),
                }
            }
        }
    }

    /// Cipher block chaining of the first of every `of` blocks, from the constant vector (10.4.1: each range begins with
    /// it). What is left behind the last whole block stays in the clear.
    fn chain(&self, range: &mut [u8], of: usize) {
        let (blocks, _rest) = Block::slice_as_chunks_mut(range);
        let mut chain = cbc::Encryptor::<&Aes128>::inner_iv_init(&self.aes, &self.iv.into());
        if of == 1 {
            chain.encrypt_blocks(blocks);
        } else {
            blocks.iter_mut().step_by(of).for_each(|block| chain.encrypt_block(block));
        }
    }
}

/// The counter block that a sample begins with: its index in the track, and zero.
///
/// No block repeats under a key. The key is of one track, in which no two samples have the same index, and those
/// count in the high half only; the low half counts the blocks of a sample, which are fewer than it can count, so that
/// nothing is carried into the high half.
fn first_counter(index: u64) -> [u8; BLOCK] {
    (u128::from(index) << 64).to_be_bytes()
}

/// Calls with each protected range.
fn each(sample: &mut [u8], ranges: &[Subsample], mut visit: impl FnMut(&mut [u8])) {
    let mut rest = sample;
    for range in ranges {
        let clear = usize::from(range.clear);
        let protected = usize::try_from(range.protected).unwrap_or(usize::MAX);
        let Some((here, behind)) =
            rest.split_at_mut_checked(clear).and_then(|(_clear, behind)| behind.split_at_mut_checked(protected))
        else {
            return;
        };
        visit(here);
        rest = behind;
    }
}
