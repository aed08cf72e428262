//! Boxes over a borrowed slice.

use crate::bits::{Cursor, len_u64};
use crate::error::{FourCc, Mp4Error};

/// One box: its name, where it begins and what is in it.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Atom<'a> {
    pub(crate) name: FourCc,
    /// Where the box begins, in bytes from the beginning of the outermost slice.
    pub(crate) offset: u64,
    pub(crate) body: &'a [u8],
    body_offset: u64,
}

impl<'a> Atom<'a> {
    /// The only box that `bytes` begin with.
    pub(crate) fn outermost(bytes: &'a [u8]) -> Option<Result<Self, Mp4Error>> {
        Self::outermost_at(bytes, 0)
    }

    /// The same for bytes that begin at `offset` of the file.
    pub(crate) fn outermost_at(bytes: &'a [u8], offset: u64) -> Option<Result<Self, Mp4Error>> {
        Atoms { rest: bytes, offset }.next()
    }

    /// The boxes that `bytes` consist of, such as those of a sample.
    pub(crate) fn all(bytes: &'a [u8]) -> Atoms<'a> {
        Atoms { rest: bytes, offset: 0 }
    }

    pub(crate) fn malformed(&self, why: &'static str) -> Mp4Error {
        Mp4Error::Malformed { name: self.name, offset: self.offset, why }
    }

    pub(crate) fn cursor(&self) -> Cursor<'a> {
        Cursor::new(self.body)
    }

    /// Version and flags of a full box, and a cursor behind them.
    pub(crate) fn full(&self) -> Result<(u8, u32, Cursor<'a>), Mp4Error> {
        let mut cursor = self.cursor();
        let version = cursor.u8();
        let flags = cursor.u24();
        match (version, flags) {
            (Some(version), Some(flags)) => Ok((version, flags, cursor)),
            _ => Err(self.malformed("is too short")),
        }
    }

    /// The boxes in this one.
    pub(crate) fn children(&self) -> Atoms<'a> {
        Atoms { rest: self.body, offset: self.body_offset }
    }

    /// The boxes in this one behind `skip` bytes of fields; none where it is shorter.
    pub(crate) fn children_after(&self, skip: usize) -> Atoms<'a> {
        let rest = self.body.get(skip..).unwrap_or_default();
        Atoms { rest, offset: self.body_offset.saturating_add(len_u64(skip)) }
    }

    /// The first child of that name.
    pub(crate) fn child(&self, name: [u8; 4]) -> Result<Option<Atom<'a>>, Mp4Error> {
        for child in self.children() {
            let child = child?;
            if child.name.0 == name {
                return Ok(Some(child));
            }
        }
        Ok(None)
    }

    /// The first child of that name, which must be there.
    pub(crate) fn required(&self, name: [u8; 4], why: &'static str) -> Result<Atom<'a>, Mp4Error> {
        self.child(name)?.ok_or_else(|| self.malformed(why))
    }
}

/// Iterator over the boxes of a slice. Trailing bytes too few for a box header, and the zero that ends a QuickTime
/// list, end it silently.
#[derive(Debug, Clone)]
pub(crate) struct Atoms<'a> {
    rest: &'a [u8],
    offset: u64,
}

impl<'a> Iterator for Atoms<'a> {
    type Item = Result<Atom<'a>, Mp4Error>;

    fn next(&mut self) -> Option<Self::Item> {
        let mut cursor = Cursor::new(self.rest);
        let short = cursor.u32()?;
        let name = FourCc(cursor.array()?);
        let offset = self.offset;
        let malformed = |why| Some(Err(Mp4Error::Malformed { name, offset, why }));
        let (header, size) = match short {
            0 if name.0 == [0; 4] => return None,
            0 => (8, len_u64(self.rest.len())),
            1 => match cursor.u64() {
                Some(size) => (16, size),
                None => return malformed("ends before its size"),
            },
            size => (8, u64::from(size)),
        };
        let whole = usize::try_from(size).ok().and_then(|size| self.rest.split_at_checked(size));
        let Some((whole, rest)) = whole else {
            self.rest = &[];
            return malformed("is larger than the box around it");
        };
        let Some(body) = whole.get(header..) else {
            self.rest = &[];
            return malformed("is smaller than its own header");
        };
        self.rest = rest;
        self.offset = offset.saturating_add(size);
        Some(Ok(Atom { name, offset, body, body_offset: offset.saturating_add(len_u64(header)) }))
    }
}
