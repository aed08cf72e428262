//! Listings of assets: filters and sorts as SQL.

use super::labels;
use crate::convert::{bound, padded};
use crate::entity::asset_sources;
use crate::entity::assets::{Column, Entity};
use crate::listing::{Containing, Filtered, Spelling};
use kinora_app::port::{AssetFilter, AssetSort};
use kinora_domain::asset::AssetStatus;
use kinora_domain::{AssetId, FileId, OrganizationId, Timestamp};
use sea_orm::sea_query::{Expr, ExprTrait, Query, SelectStatement};
use sea_orm::{ColumnTrait, Condition, EntityTrait, QueryFilter, Select};

/// No tombstones. Spelled as the indexes of listings spell it, without which the planner would not
/// take them.
const LIVING: &str = "status <> 'deleted'";

pub(crate) fn column(sort: AssetSort) -> Column {
    match sort {
        AssetSort::Created => Column::Created,
        AssetSort::Modified => Column::Modified,
        AssetSort::Title => Column::Title,
        AssetSort::Status => Column::Status,
        AssetSort::Preset => Column::Preset,
        AssetSort::Duration => Column::DurationMs,
    }
}

/// Assets that are not deleted.
pub(super) fn living() -> Select<Entity> {
    Entity::find().filter(Expr::cust(LIVING))
}

/// The assets of an organization that pass the filter; `None` when none can.
pub(crate) fn select(organization: OrganizationId, filter: &AssetFilter) -> Option<Filtered<Entity>> {
    let spelled = |spelling| spelled(organization, filter, spelling);
    Some(Filtered { gathered: spelled(Spelling::Gathered)?, walked: spelled(Spelling::Walked)? })
}

fn spelled(organization: OrganizationId, filter: &AssetFilter, spelling: Spelling) -> Option<Select<Entity>> {
    let mut all = Condition::all().add(Column::Organization.eq(organization.uuid()));
    if !filter.ids.is_empty() {
        all = all.add(Column::Id.is_in(padded(filter.ids.iter().copied().map(AssetId::uuid))));
    }
    if !filter.statuses.is_empty() {
        all = all.add(Column::Status.is_in(filter.statuses.iter().copied().map(AssetStatus::name)));
    }
    if !filter.presets.is_empty() {
        all = all.add(Column::Preset.is_in(filter.presets.iter().map(String::as_str)));
    }
    if let Some(file) = filter.file {
        all = all.add(Column::Id.in_subquery(made_of(file)));
    }
    if let Some(text) = &filter.text {
        all = all.add(Containing::new(text)?.within(Column::Title));
    }
    let bounds = [
        filter.created_from.map(|from| Column::Created.gte(Timestamp::millis(from))),
        filter.created_to.map(|to| Column::Created.lte(Timestamp::millis(to))),
        filter.modified_from.map(|from| Column::Modified.gte(Timestamp::millis(from))),
        filter.modified_to.map(|to| Column::Modified.lte(Timestamp::millis(to))),
        filter.duration_from_ms.map(|from| duration(spelling).gte(bound(from))),
        filter.duration_to_ms.map(|to| duration(spelling).lte(bound(to))),
    ];
    all = bounds.into_iter().fold(all, Condition::add_option);
    let labels = (filter.tags.as_slice(), filter.attributes.as_slice());
    all = labels::having(labels::OF_ASSETS, (organization, Column::Id), labels, spelling).fold(all, Condition::add);
    Some(living().filter(all))
}

/// The duration, for a comparison. Who walks along an order is not to be led away from it by a range of durations: what is
/// calculated has no index.
fn duration(spelling: Spelling) -> Expr {
    let duration = Expr::col(Column::DurationMs);
    match spelling {
        Spelling::Gathered => duration,
        Spelling::Walked => duration.add(0),
    }
}

/// Ids of the assets that are made of a file.
pub(super) fn made_of(file: FileId) -> SelectStatement {
    Query::select()
        .column(asset_sources::Column::Asset)
        .from(asset_sources::Entity)
        .and_where(asset_sources::Column::File.eq(file.uuid()))
        .to_owned()
}
