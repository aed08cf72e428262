//! Objects on their way into a depot, one by one, and what came of them.

use super::run::gone;
use crate::app::App;
use crate::error::Error;
use crate::picture::{SHEET_TYPE, sheet};
use crate::play::{Body, Document, DocumentName, FOREVER, Leaf, REVALIDATE, Ranged, segment};
use crate::port::{Depot, Parcel};
use bytes::Bytes;
use futures_util::TryStreamExt as _;
use futures_util::stream::{self, StreamExt as _};
use kinora_domain::{AssetId, Kind};
use std::collections::HashMap;
use std::sync::Arc;
use tokio_util::sync::CancellationToken;

/// What came of an export so far.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Tally {
    /// Objects that belong to it.
    pub objects: u64,
    /// Those that were written.
    pub written: u64,
    /// Their bytes.
    pub bytes: u64,
    /// Those that were there.
    pub kept: u64,
    /// Pictures that cannot be made of this film, so that neither this server has them.
    pub left_out: u64,
}

impl Tally {
    pub(super) fn of(objects: usize) -> Self {
        Self { objects: objects as u64, ..Self::default() }
    }

    pub(super) fn count(&mut self, outcome: Outcome) {
        match outcome {
            Outcome::Written(bytes) => {
                self.written += 1;
                self.bytes = self.bytes.saturating_add(bytes);
            }
            Outcome::Kept => self.kept += 1,
            Outcome::LeftOut => self.left_out += 1,
            Outcome::NotBegun => {}
        }
    }

    /// Whether nothing is missing.
    pub const fn is_complete(&self) -> bool {
        self.written + self.kept + self.left_out == self.objects
    }
}

/// What came of one object.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Outcome {
    /// So many bytes were written.
    Written(u64),
    /// It was there.
    Kept,
    /// It cannot be made.
    LeftOut,
    /// The export ended before.
    NotBegun,
}

/// Objects of one asset on their way.
pub(super) struct Shipment<'a> {
    pub(super) app: &'a Arc<App>,
    pub(super) asset: AssetId,
    pub(super) depot: &'a dyn Depot,
    /// Sizes of what lies there, by its path.
    pub(super) there: HashMap<String, u64>,
    /// Once canceled, nothing more is begun.
    pub(super) halt: CancellationToken,
}

impl Shipment<'_> {
    /// Sends what never changes, unless it is there.
    pub(super) async fn leaf(&self, leaf: Leaf) -> Result<Outcome, Error> {
        if self.halt.is_cancelled() {
            return Ok(Outcome::NotBegun);
        }
        let sent = match leaf {
            Leaf::Segment(name) => match segment(self.app, self.asset, name).await {
                Ok(found) => self.unless_there(leaf.to_string(), name.content_type(), &found).await,
                Err(error) => Err(error),
            },
            Leaf::Sheet(slug, number) => match sheet(self.app, self.asset, slug, number, None).await {
                Ok(found) => self.unless_there(leaf.to_string(), SHEET_TYPE, &found).await,
                // Of a film whose pictures cannot be decoded here, viewers get none from this server either.
                Err(error) if error.kind() == Kind::UnreadableMedia => Ok(Outcome::LeftOut),
                Err(error) => Err(error),
            },
        };
        sent.map_err(gone)
    }

    async fn unless_there(
        &self,
        path: String,
        content_type: &'static str,
        found: &(impl Ranged + Sync),
    ) -> Result<Outcome, Error> {
        let length = found.size();
        if self.there.get(&path) == Some(&length) {
            return Ok(Outcome::Kept);
        }
        let Body { head, payload, .. } = found.read(0..length);
        let payload = payload.unwrap_or_else(|| stream::empty().boxed());
        let bytes = stream::iter((!head.is_empty()).then_some(Ok(head))).chain(payload).map_err(Into::into).boxed();
        self.depot.put(&path, Parcel { content_type, cache: FOREVER, length, bytes }).await?;
        Ok(Outcome::Written(length))
    }

    /// Sends a document, whatever lies there.
    pub(super) async fn document(
        &self,
        path: String,
        name: DocumentName,
        document: Document,
    ) -> Result<Outcome, Error> {
        if self.halt.is_cancelled() {
            return Ok(Outcome::NotBegun);
        }
        let text = Bytes::from(document.text);
        let length = text.len() as u64;
        let bytes = stream::once(async { Ok(text) }).boxed();
        let parcel = Parcel { content_type: name.content_type(), cache: REVALIDATE, length, bytes };
        self.depot.put(&path, parcel).await?;
        Ok(Outcome::Written(length))
    }
}
