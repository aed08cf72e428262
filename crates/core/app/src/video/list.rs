//! Videos, some at a time.

use super::view::{self, Video};
use crate::app::App;
use crate::error::Error;
use crate::port::{AssetFilter, AssetSort, Order};
use kinora_domain::AssetId;
use kinora_domain::access::{Caller, Permission};
use kinora_domain::page::PageRequest;

/// Videos of one step.
const STEP: u32 = 200;

/// How far a listing has come.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Place {
    /// Among those that are awaited: behind this one.
    Awaited(Option<AssetId>),
    /// At this page of assets, from 1.
    Assets(i64),
}

impl Place {
    /// Where a listing begins.
    pub const START: Self = Self::Awaited(None);
}

/// Some videos of the caller's organization, and where to go on: first those that are awaited, the newest first, then all others,
/// the oldest first, so that what is added meanwhile moves nothing.
///
/// # Errors
/// The role does not allow it.
pub async fn list_videos(app: &App, caller: &Caller, place: Place) -> Result<(Vec<Video>, Option<Place>), Error> {
    caller.require(Permission::ReadMedia)?;
    let mut tx = app.store.read().await?;
    match place {
        Place::Awaited(before) => {
            let found = tx.awaited_intakes(caller.organization, before, STEP.into()).await?;
            let is_whole = u32::try_from(found.len()).is_ok_and(|found| found == STEP);
            let last = found.last().map(|last| last.id).filter(|_last| is_whole);
            let next = last.map_or(Place::Assets(1), |last| Place::Awaited(Some(last)));
            Ok((found.iter().map(|intake| view::of_intake(app, caller, intake)).collect(), Some(next)))
        }
        Place::Assets(number) => {
            let request = PageRequest::new(Some(number), Some(STEP.into()))?;
            let sort = (AssetSort::Created, Order::Ascending);
            let page = tx.assets(caller.organization, &AssetFilter::default(), sort, request).await?;
            let mut videos = Vec::with_capacity(page.items.len());
            for asset in &page.items {
                videos.push(view::of_asset(&mut *tx, asset).await?);
            }
            Ok((videos, page.has_more().then(|| Place::Assets(number + 1))))
        }
    }
}
