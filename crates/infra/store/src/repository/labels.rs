//! Tags and attributes of assets and of files: rows, and filters by them. The tables of both are alike but for the
//! column that says whose a row is.

use crate::convert::padded;
use crate::error::Doing;
use crate::found::Listing;
use crate::listing::Spelling;
use crate::tx::SqlTx;
use kinora_app::port::StoreError;
use kinora_domain::OrganizationId;
use kinora_domain::labels::{Attribute, Labels};
use sea_orm::sea_query::{Expr, ExprTrait, Query};
use sea_orm::{ColumnTrait, ConnectionTrait, DbErr, QueryResult};
use std::collections::HashMap;
use uuid::Uuid;

/// Where the labels of one kind of thing are.
#[derive(Debug, Clone, Copy)]
pub(super) struct Tables {
    tags: &'static str,
    attributes: &'static str,
    /// The column with the id of what is labeled.
    owner: &'static str,
    /// What a change of them is a change of.
    listing: Listing,
}

/// Those of assets.
pub(super) const OF_ASSETS: Tables =
    Tables { tags: "asset_tags", attributes: "asset_attributes", owner: "asset", listing: Listing::Assets };
/// Those of files.
pub(super) const OF_FILES: Tables =
    Tables { tags: "file_tags", attributes: "file_attributes", owner: "file", listing: Listing::Files };

impl SqlTx {
    /// The labels of these things; of those that have none there is no entry.
    pub(super) async fn labels(&self, of: Tables, ids: &[Uuid]) -> Result<HashMap<Uuid, Labels>, StoreError> {
        let mut found: HashMap<Uuid, Labels> = HashMap::new();
        if ids.is_empty() {
            return Ok(found);
        }
        let select = |table, columns: &[&'static str]| {
            Query::select()
                .columns([of.owner].into_iter().chain(columns.iter().copied()))
                .from(table)
                .and_where(Expr::col(of.owner).is_in(padded(ids.iter().copied())))
                .order_by(of.owner, sea_orm::Order::Asc)
                .order_by("position", sea_orm::Order::Asc)
                .to_owned()
        };
        let tags = self.db.query_all(&select(of.tags, &["tag"])).await.doing("loading tags")?;
        let attributes = self.db.query_all(&select(of.attributes, &["key", "value"])).await;
        let attributes = attributes.doing("loading attributes")?;
        let mut owned = |row: &QueryResult, add: &dyn Fn(&mut Labels) -> Result<(), DbErr>| {
            add(found.entry(row.try_get("", of.owner)?).or_default())
        };
        for row in &tags {
            let add = |labels: &mut Labels| row.try_get("", "tag").map(|tag| labels.tags.push(tag));
            owned(row, &add).doing("reading a tag")?;
        }
        for row in &attributes {
            let add = |labels: &mut Labels| {
                let (key, value) = (row.try_get("", "key")?, row.try_get("", "value")?);
                labels.attributes.push(Attribute { key, value });
                Ok(())
            };
            owned(row, &add).doing("reading an attribute")?;
        }
        Ok(found)
    }

    /// Stores the labels of a thing of that organization in place of those that it has.
    pub(super) async fn put_labels(
        &self,
        of: Tables,
        (organization, id): (OrganizationId, Uuid),
        labels: &Labels,
    ) -> Result<(), StoreError> {
        self.changed(organization.uuid(), of.listing).await?;
        for table in [of.tags, of.attributes] {
            let delete = Query::delete().from_table(table).and_where(Expr::col(of.owner).eq(id)).to_owned();
            self.db.execute(&delete).await.doing("deleting labels")?;
        }
        let insert = |table, columns: &[&'static str]| {
            let mut insert = Query::insert();
            let shared = [of.owner, "position", "organization"];
            insert.into_table(table).columns(shared.into_iter().chain(columns.iter().copied()));
            insert
        };
        let shared = |position: i64| [Expr::val(id), Expr::val(position), Expr::val(organization.uuid())];
        if !labels.tags.is_empty() {
            let mut tags = insert(of.tags, &["tag"]);
            for (position, tag) in (0..).zip(&labels.tags) {
                tags.values_panic(shared(position).into_iter().chain([Expr::val(tag.as_str())]));
            }
            self.db.execute(&tags).await.doing("inserting tags")?;
        }
        if !labels.attributes.is_empty() {
            let mut attributes = insert(of.attributes, &["key", "value"]);
            for (position, Attribute { key, value }) in (0..).zip(&labels.attributes) {
                let own = [Expr::val(key.as_str()), Expr::val(value.as_str())];
                attributes.values_panic(shared(position).into_iter().chain(own));
            }
            self.db.execute(&attributes).await.doing("inserting attributes")?;
        }
        Ok(())
    }
}

/// For each tag and attribute the condition that a thing of an organization, whose id is `id`, has it.
pub(super) fn having<'labels, Id: ColumnTrait + 'labels>(
    of: Tables,
    (organization, id): (OrganizationId, Id),
    (tags, attributes): (&'labels [String], &'labels [Attribute]),
    spelling: Spelling,
) -> impl Iterator<Item = Expr> + use<'labels, Id> {
    let select = move |table: &'static str| {
        let mut select = Query::select();
        select
            .column((table, of.owner))
            .from(table)
            .and_where(Expr::col((table, "organization")).eq(organization.uuid()));
        select
    };
    let tags = tags.iter().map(move |tag| {
        let having = select(of.tags).and_where(Expr::col((of.tags, "tag")).eq(tag.as_str())).take();
        spelling.condition(id, (of.tags, of.owner), having)
    });
    let attributes = attributes.iter().map(move |Attribute { key, value }| {
        let mut having = select(of.attributes);
        having.and_where(Expr::col((of.attributes, "key")).eq(key.as_str()));
        having.and_where(Expr::col((of.attributes, "value")).eq(value.as_str()));
        spelling.condition(id, (of.attributes, of.owner), having.take())
    });
    tags.chain(attributes)
}
