//! Assets: between rows and values.

use crate::convert::{from_column, inconsistent, promised, to_column, word};
use crate::entity::{asset_source_tracks, asset_sources, assets};
use kinora_app::port::StoreError;
use kinora_domain::asset::{AskedTrack, Asset, AssetSource, AssetState, AssetStatus};
use kinora_domain::file::Failure;
use kinora_domain::playback::AssetPolicy;
use kinora_domain::track::TrackKind;
use kinora_domain::{AssetId, FileId, OrganizationId, ProjectId, Timestamp};

pub(super) const TABLE: &str = "assets";
const SOURCES: &str = "asset_sources";
const ASKED: &str = "asset_source_tracks";

/// The columns that the state of an asset fills.
pub(super) struct StateColumns {
    pub(super) status: String,
    pub(super) duration_ms: i64,
    pub(super) size_bytes: i64,
    pub(super) failure_reason: Option<String>,
    pub(super) failure_message: Option<String>,
    pub(super) deleted_at: Option<i64>,
}

pub(super) fn state_columns(asset: &Asset) -> Result<StateColumns, StoreError> {
    let mut columns = StateColumns {
        status: asset.state.status().name().to_owned(),
        duration_ms: 0,
        size_bytes: 0,
        failure_reason: None,
        failure_message: None,
        deleted_at: None,
    };
    match &asset.state {
        AssetState::Pending | AssetState::Processing => {}
        AssetState::Available { duration_ms, size_bytes } => {
            columns.duration_ms = to_column(TABLE, &asset.id, *duration_ms)?;
            columns.size_bytes = to_column(TABLE, &asset.id, *size_bytes)?;
        }
        AssetState::Failed(failure) => {
            columns.failure_reason = Some(failure.reason.clone());
            columns.failure_message = Some(failure.message.clone());
        }
        AssetState::Deleted { at } => columns.deleted_at = Some(at.millis()),
    }
    Ok(columns)
}

pub(super) fn to_row(asset: &Asset) -> Result<assets::Model, StoreError> {
    let state = state_columns(asset)?;
    Ok(assets::Model {
        id: asset.id.uuid(),
        organization: asset.organization.uuid(),
        project: asset.project.uuid(),
        title: asset.title.clone(),
        preset: asset.preset.clone(),
        metadata: asset.metadata.clone(),
        playback: asset.playback.name().to_owned(),
        status: state.status,
        duration_ms: state.duration_ms,
        size_bytes: state.size_bytes,
        failure_reason: state.failure_reason,
        failure_message: state.failure_message,
        deleted_at: state.deleted_at,
        created: asset.created.millis(),
        modified: asset.modified.millis(),
    })
}

pub(super) fn source_rows(asset: &Asset) -> impl Iterator<Item = asset_sources::Model> {
    (0..).zip(&asset.sources).map(|(position, source)| asset_sources::Model {
        asset: asset.id.uuid(),
        position,
        file: source.file.uuid(),
        kinds: source.kinds.iter().map(|kind| kind.name()).collect::<Vec<_>>().join(","),
    })
}

pub(super) fn asked_rows(asset: &Asset) -> impl Iterator<Item = asset_source_tracks::Model> {
    (0..).zip(&asset.sources).flat_map(move |(source, asked)| {
        (0..).zip(&asked.tracks).map(move |(position, track)| asset_source_tracks::Model {
            asset: asset.id.uuid(),
            source,
            position,
            selector: track.selector.clone(),
            kind: track.kind.name().to_owned(),
            language: track.language.clone(),
            name: track.name.clone(),
        })
    })
}

pub(super) fn from_row(row: assets::Model, sources: Vec<AssetSource>) -> Result<Asset, StoreError> {
    Ok(Asset {
        id: AssetId::new(row.id),
        organization: OrganizationId::new(row.organization),
        project: ProjectId::new(row.project),
        sources,
        playback: word(TABLE, &row.id, "playback", &row.playback, AssetPolicy::from_name)?,
        state: state(&row)?,
        created: Timestamp::from_millis(row.created),
        modified: Timestamp::from_millis(row.modified),
        title: row.title,
        preset: row.preset,
        metadata: row.metadata,
    })
}

fn state(row: &assets::Model) -> Result<AssetState, StoreError> {
    Ok(match word(TABLE, &row.id, "status", &row.status, AssetStatus::from_name)? {
        AssetStatus::Pending => AssetState::Pending,
        AssetStatus::Processing => AssetState::Processing,
        AssetStatus::Available => AssetState::Available {
            duration_ms: from_column(TABLE, &row.id, "duration_ms", row.duration_ms)?,
            size_bytes: from_column(TABLE, &row.id, "size_bytes", row.size_bytes)?,
        },
        AssetStatus::Failed => AssetState::Failed(Failure {
            reason: promised(TABLE, &row.id, "failure_reason", row.failure_reason.clone())?,
            message: promised(TABLE, &row.id, "failure_message", row.failure_message.clone())?,
        }),
        AssetStatus::Deleted => {
            AssetState::Deleted { at: Timestamp::from_millis(promised(TABLE, &row.id, "deleted_at", row.deleted_at)?) }
        }
    })
}

pub(super) fn from_source_row(row: &asset_sources::Model, tracks: Vec<AskedTrack>) -> Result<AssetSource, StoreError> {
    let kind = |name| {
        TrackKind::from_name(name).ok_or_else(|| {
            let key = format!("{} {}", row.asset, row.position);
            inconsistent(SOURCES, &key, format!("`kinds` has `{name}`, which is none of its words"))
        })
    };
    let kinds = row.kinds.split_terminator(',').map(kind).collect::<Result<_, _>>()?;
    Ok(AssetSource { file: FileId::new(row.file), kinds, tracks })
}

pub(super) fn from_asked_row(row: asset_source_tracks::Model) -> Result<AskedTrack, StoreError> {
    let key = format!("{} {} {}", row.asset, row.source, row.position);
    Ok(AskedTrack {
        kind: word(ASKED, &key, "kind", &row.kind, TrackKind::from_name)?,
        selector: row.selector,
        language: row.language,
        name: row.name,
    })
}
