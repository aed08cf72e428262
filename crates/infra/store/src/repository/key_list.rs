//! Listings of the keys that act for an organization.

use super::keys::ACTIVE;
use crate::entity::{api_keys, key_grants};
use crate::listing::{self, Containing};
use crate::transaction::Transaction;
use kinora_app::port::{KeySort, Order};
use kinora_domain::OrganizationId;
use kinora_domain::page::PageRequest;
use sea_orm::{
    ColumnTrait, DbErr, EntityTrait, JoinType, Order as SqlOrder, PaginatorTrait, QueryFilter, QueryOrder, QuerySelect,
    RelationDef, Select,
};
use uuid::Uuid;

/// The active keys of an organization, each beside its grant there.
pub(super) fn active(organization: OrganizationId) -> Select<api_keys::Entity> {
    let grants: RelationDef =
        api_keys::Entity::belongs_to(key_grants::Entity).from(api_keys::Column::Id).to(key_grants::Column::Key).into();
    api_keys::Entity::find()
        .join(JoinType::InnerJoin, grants)
        .filter(key_grants::Column::Organization.eq(organization.uuid()))
        .filter(api_keys::Column::State.eq(ACTIVE))
}

/// Those of them whose name contains the text; `None` when none can.
pub(super) fn select(organization: OrganizationId, text: Option<&str>) -> Option<Select<api_keys::Entity>> {
    let keys = active(organization);
    match text {
        None => Some(keys),
        Some(text) => Some(keys.filter(Containing::new(text)?.within(api_keys::Column::Name))),
    }
}

/// The ids on a page, and how many keys there are on all pages.
pub(super) async fn ids(
    db: &Transaction,
    keys: Select<api_keys::Entity>,
    (sort, order): (KeySort, Order),
    page: PageRequest,
) -> Result<(Vec<Uuid>, u64), DbErr> {
    let order = match order {
        Order::Ascending => SqlOrder::Asc,
        Order::Descending => SqlOrder::Desc,
    };
    let total = keys.clone().count(db).await?;
    let keys = keys.select_only().column(api_keys::Column::Id);
    let keys = match sort {
        KeySort::Created => keys.order_by(api_keys::Column::Created, order.clone()),
        KeySort::Name => keys.order_by(api_keys::Column::Name, order.clone()),
        KeySort::Role => keys.order_by(key_grants::Column::Role, order.clone()),
    };
    let keys = keys.order_by(api_keys::Column::Id, order).limit(page.size()).offset(listing::limit(page.offset()));
    Ok((keys.into_tuple().all(db).await?, total))
}
