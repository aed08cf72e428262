//! Files, what was found in them, and the parts that they are uploaded in.

use super::{file_list, file_row, labels};
use crate::convert::{bound, inconsistent, padded};
use crate::entity::{file_tracks, files, upload_parts};
use crate::error::Doing;
use crate::found::Listing;
use crate::listing;
use crate::tx::SqlTx;
use async_trait::async_trait;
use kinora_app::port::{FileFilter, FileSort, Files, Order, StoreError};
use kinora_domain::file::File;
use kinora_domain::labels::Labels;
use kinora_domain::page::{Page, PageRequest};
use kinora_domain::track::FoundTrack;
use kinora_domain::upload::StoredPart;
use kinora_domain::{FileId, OrganizationId, Timestamp};
use sea_orm::ActiveValue::Set;
use sea_orm::sea_query::{Expr, OnConflict};
use sea_orm::{ColumnTrait, EntityTrait, IntoActiveModel, QueryFilter, QueryOrder, QuerySelect};
use std::collections::HashMap;
use uuid::Uuid;

#[async_trait]
impl Files for SqlTx {
    async fn insert_file(&mut self, file: &File) -> Result<(), StoreError> {
        files::Entity::insert(file_row::to_row(file)?.into_active_model())
            .exec_without_returning(&self.db)
            .await
            .doing("inserting a file")?;
        self.changed(file.organization.uuid(), Listing::Files).await?;
        self.insert_found_tracks(file).await
    }

    async fn file(&mut self, organization: OrganizationId, id: FileId) -> Result<Option<File>, StoreError> {
        let select = files::Entity::find_by_id(id.uuid()).filter(files::Column::Organization.eq(organization.uuid()));
        let rows = select.all(&self.db).await.doing("loading a file")?;
        Ok(self.with_found_tracks(rows).await?.pop())
    }

    async fn file_of_anyone(&mut self, id: FileId) -> Result<Option<File>, StoreError> {
        let rows = files::Entity::find_by_id(id.uuid()).all(&self.db).await.doing("loading a file")?;
        Ok(self.with_found_tracks(rows).await?.pop())
    }

    async fn update_file(&mut self, file: &File) -> Result<(), StoreError> {
        let state = file_row::state_columns(&file.state);
        let columns = files::ActiveModel {
            name: Set(file.name.clone()),
            friendly_name: Set(file.friendly_name.clone()),
            metadata: Set(file.metadata.clone()),
            status: Set(state.status),
            container: Set(state.container),
            probe: Set(state.probe),
            kinds: Set(file_row::kind_bits(&file.kinds())),
            failure_reason: Set(state.failure_reason),
            failure_message: Set(state.failure_message),
            modified: Set(file.modified.millis()),
            ..files::ActiveModel::default()
        };
        let result = files::Entity::update_many()
            .set(columns)
            .filter(files::Column::Id.eq(file.id.uuid()))
            .exec(&self.db)
            .await
            .doing("updating a file")?;
        self.changed(file.organization.uuid(), Listing::Files).await?;
        if result.rows_affected == 0 {
            return Err(inconsistent(file_row::TABLE, &file.id, "it is to be updated, but is not there"));
        }
        file_tracks::Entity::delete_many()
            .filter(file_tracks::Column::File.eq(file.id.uuid()))
            .exec(&self.db)
            .await
            .doing("forgetting the tracks found in a file")?;
        self.insert_found_tracks(file).await
    }

    async fn delete_file(&mut self, id: FileId) -> Result<(), StoreError> {
        // Its parts, the tracks found in it and its labels go with it.
        self.file_goes(id.uuid()).await?;
        files::Entity::delete_by_id(id.uuid()).exec(&self.db).await.doing("deleting a file")?;
        Ok(())
    }

    async fn files(
        &mut self,
        organization: OrganizationId,
        filter: &FileFilter,
        sort: (FileSort, Order),
        page: PageRequest,
    ) -> Result<Page<File>, StoreError> {
        let Some(select) = file_list::select(organization, filter) else {
            return Ok(Page { items: Vec::new(), total: 0, request: page });
        };
        let sort = (file_list::column(sort.0), sort.1);
        let of = (organization.uuid(), Listing::Files);
        let (ids, total) = listing::found(self, of, select, files::Column::Id, sort, page).await?;
        Ok(Page { items: self.load_files(&ids).await?, total, request: page })
    }

    async fn file_labels(&mut self, ids: &[FileId]) -> Result<HashMap<FileId, Labels>, StoreError> {
        let ids: Vec<Uuid> = ids.iter().copied().map(FileId::uuid).collect();
        let labels = self.labels(labels::OF_FILES, &ids).await?;
        Ok(labels.into_iter().map(|(id, labels)| (FileId::new(id), labels)).collect())
    }

    async fn put_file_labels(&mut self, file: &File, labels: &Labels) -> Result<(), StoreError> {
        self.put_labels(labels::OF_FILES, (file.organization, file.id.uuid()), labels).await
    }

    async fn stale_uploads(&mut self, moment: Timestamp, limit: u64) -> Result<Vec<File>, StoreError> {
        let rows = files::Entity::find()
            // Spelled as the index of uploads spells it, without which the planner would not take it.
            .filter(Expr::cust("status = 'uploading'"))
            .filter(files::Column::Modified.lt(moment.millis()))
            .order_by_asc(files::Column::Modified)
            .order_by_asc(files::Column::Id)
            .limit(listing::limit(limit))
            .all(&self.db)
            .await
            .doing("listing stale uploads")?;
        self.with_found_tracks(rows).await
    }

    async fn put_part(&mut self, file: FileId, part: &StoredPart) -> Result<(), StoreError> {
        let row = file_row::to_part_row(file, part)?;
        let in_place = OnConflict::columns([upload_parts::Column::File, upload_parts::Column::Number])
            .update_columns([upload_parts::Column::Etag, upload_parts::Column::Size])
            .to_owned();
        upload_parts::Entity::insert(row.into_active_model())
            .on_conflict(in_place)
            .exec_without_returning(&self.db)
            .await
            .doing("storing a part")?;
        Ok(())
    }

    async fn delete_part(&mut self, file: FileId, number: u64) -> Result<(), StoreError> {
        upload_parts::Entity::delete_many()
            .filter(upload_parts::Column::File.eq(file.uuid()))
            .filter(upload_parts::Column::Number.eq(bound(number)))
            .exec(&self.db)
            .await
            .doing("deleting a part")?;
        Ok(())
    }

    async fn parts(&mut self, file: FileId) -> Result<Vec<StoredPart>, StoreError> {
        let rows = upload_parts::Entity::find()
            .filter(upload_parts::Column::File.eq(file.uuid()))
            .order_by_asc(upload_parts::Column::Number)
            .all(&self.db)
            .await
            .doing("loading the parts of a file")?;
        rows.into_iter().map(file_row::from_part_row).collect()
    }
}

impl SqlTx {
    async fn insert_found_tracks(&self, file: &File) -> Result<(), StoreError> {
        file_tracks::Entity::insert_many(file_row::track_rows(file).map(IntoActiveModel::into_active_model))
            .exec_without_returning(&self.db)
            .await
            .doing("inserting the tracks found in a file")?;
        Ok(())
    }

    /// The files of those ids, in that order.
    async fn load_files(&self, ids: &[Uuid]) -> Result<Vec<File>, StoreError> {
        if ids.is_empty() {
            return Ok(Vec::new());
        }
        let rows = files::Entity::find()
            .filter(files::Column::Id.is_in(padded(ids.iter().copied())))
            .all(&self.db)
            .await
            .doing("loading files")?;
        let mut files = self.with_found_tracks(rows).await?;
        listing::arrange(&mut files, ids, |file| file.id.uuid());
        Ok(files)
    }

    async fn with_found_tracks(&self, rows: Vec<files::Model>) -> Result<Vec<File>, StoreError> {
        let probed: Vec<Uuid> = rows.iter().filter(|row| file_row::is_probed(row)).map(|row| row.id).collect();
        let mut by_file: HashMap<Uuid, Vec<FoundTrack>> = HashMap::new();
        if !probed.is_empty() {
            let tracks = file_tracks::Entity::find()
                .filter(file_tracks::Column::File.is_in(padded(probed)))
                .order_by_asc(file_tracks::Column::File)
                .order_by_asc(file_tracks::Column::Position)
                .all(&self.db)
                .await
                .doing("loading the tracks found in files")?;
            for track in tracks {
                by_file.entry(track.file).or_default().push(file_row::from_track_row(track)?);
            }
        }
        rows.into_iter()
            .map(|row| {
                let tracks = by_file.remove(&row.id).unwrap_or_default();
                file_row::from_row(row, tracks)
            })
            .collect()
    }
}
