//! Listings of files: filters and sorts as SQL.

use super::file_row::kind_bits;
use super::labels;
use crate::convert::padded;
use crate::entity::files::{Column, Entity};
use crate::listing::{Containing, Filtered, Spelling};
use kinora_app::port::{FileFilter, FileSort};
use kinora_domain::file::FileStatus;
use kinora_domain::{FileId, OrganizationId, Timestamp};
use sea_orm::sea_query::{Expr, ExprTrait};
use sea_orm::{ColumnTrait, Condition, EntityTrait, QueryFilter, Select};

pub(crate) fn column(sort: FileSort) -> Column {
    match sort {
        FileSort::Created => Column::Created,
        FileSort::Modified => Column::Modified,
        FileSort::Name => Column::Name,
        FileSort::FriendlyName => Column::FriendlyName,
        FileSort::Size => Column::Size,
        FileSort::Status => Column::Status,
    }
}

/// The files of an organization that pass the filter; `None` when none can.
pub(crate) fn select(organization: OrganizationId, filter: &FileFilter) -> Option<Filtered<Entity>> {
    let spelled = |spelling| spelled(organization, filter, spelling);
    Some(Filtered { gathered: spelled(Spelling::Gathered)?, walked: spelled(Spelling::Walked)? })
}

fn spelled(organization: OrganizationId, filter: &FileFilter, spelling: Spelling) -> Option<Select<Entity>> {
    let mut all = Condition::all().add(Column::Organization.eq(organization.uuid()));
    if !filter.ids.is_empty() {
        all = all.add(Column::Id.is_in(padded(filter.ids.iter().copied().map(FileId::uuid))));
    }
    if !filter.statuses.is_empty() {
        all = all.add(Column::Status.is_in(filter.statuses.iter().copied().map(FileStatus::name)));
    }
    if !filter.kinds.is_empty() {
        all = all.add(Expr::col(Column::Kinds).bit_and(kind_bits(&filter.kinds)).ne(0));
    }
    if let Some(text) = &filter.text {
        let text = Containing::new(text)?;
        all = all.add(text.within(Column::Name).or(text.within(Column::FriendlyName)));
    }
    let bounds = [
        filter.created_from.map(|from| Column::Created.gte(Timestamp::millis(from))),
        filter.created_to.map(|to| Column::Created.lte(Timestamp::millis(to))),
        filter.modified_from.map(|from| Column::Modified.gte(Timestamp::millis(from))),
        filter.modified_to.map(|to| Column::Modified.lte(Timestamp::millis(to))),
    ];
    all = bounds.into_iter().fold(all, Condition::add_option);
    let labels = (filter.tags.as_slice(), filter.attributes.as_slice());
    all = labels::having(labels::OF_FILES, (organization, Column::Id), labels, spelling).fold(all, Condition::add);
    Some(Entity::find().filter(all))
}
