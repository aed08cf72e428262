//! Files: between rows and values.

use crate::convert::{from_column, inconsistent, promised, to_column, word};
use crate::entity::{file_tracks, files, upload_parts};
use kinora_app::port::StoreError;
use kinora_domain::file::{Content, Failure, File, FileState, FileStatus, Probe};
use kinora_domain::track::{FoundTrack, TrackKind};
use kinora_domain::upload::StoredPart;
use kinora_domain::{FileId, ObjectId, OrganizationId, ProjectId, Timestamp};

pub(super) const TABLE: &str = "files";
const TRACKS: &str = "file_tracks";
const PARTS: &str = "upload_parts";

const PENDING: &str = "pending";
const DONE: &str = "done";
const FAILED: &str = "failed";

/// The columns that the state of a file fills, its tracks aside.
pub(super) struct StateColumns {
    pub(super) status: String,
    pub(super) container: Option<String>,
    pub(super) probe: Option<String>,
    pub(super) failure_reason: Option<String>,
    pub(super) failure_message: Option<String>,
}

pub(super) fn state_columns(state: &FileState) -> StateColumns {
    let (content, failure) = match state {
        FileState::Uploading => (None, None),
        FileState::Completed(content) => (Some(content), None),
        FileState::Failed(failure) => (None, Some(failure)),
    };
    let (probe, probe_failure) = match content.map(|content| &content.probe) {
        None => (None, None),
        Some(Probe::Pending) => (Some(PENDING), None),
        Some(Probe::Done { tracks: _ }) => (Some(DONE), None),
        Some(Probe::Failed(failure)) => (Some(FAILED), Some(failure)),
    };
    let failure = failure.or(probe_failure);
    StateColumns {
        status: state.status().name().to_owned(),
        container: content.map(|content| content.container.clone()),
        probe: probe.map(str::to_owned),
        failure_reason: failure.map(|failure| failure.reason.clone()),
        failure_message: failure.map(|failure| failure.message.clone()),
    }
}

/// Kinds of track as the bits of a number, for listings.
pub(super) fn kind_bits(kinds: &[TrackKind]) -> i64 {
    kinds.iter().fold(0, |bits, kind| {
        bits | match kind {
            TrackKind::Video => 1,
            TrackKind::Audio => 2,
            TrackKind::Captions => 4,
        }
    })
}

pub(super) fn to_row(file: &File) -> Result<files::Model, StoreError> {
    let state = state_columns(&file.state);
    Ok(files::Model {
        id: file.id.uuid(),
        organization: file.organization.uuid(),
        project: file.project.uuid(),
        name: file.name.clone(),
        original_name: file.original_name.clone(),
        friendly_name: file.friendly_name.clone(),
        metadata: file.metadata.clone(),
        size: to_column(TABLE, &file.id, file.size)?,
        object: file.object.uuid(),
        status: state.status,
        container: state.container,
        probe: state.probe,
        kinds: kind_bits(&file.kinds()),
        failure_reason: state.failure_reason,
        failure_message: state.failure_message,
        created: file.created.millis(),
        modified: file.modified.millis(),
    })
}

/// The rows of the tracks that were found in a file.
pub(super) fn track_rows(file: &File) -> impl Iterator<Item = file_tracks::Model> {
    (0..).zip(file.tracks()).map(|(position, track)| file_tracks::Model {
        file: file.id.uuid(),
        position,
        selector: track.selector.clone(),
        kind: track.kind.name().to_owned(),
        codec: track.codec.clone(),
        language: track.language.clone(),
        name: track.name.clone(),
    })
}

/// Whether tracks belong to that row.
pub(super) fn is_probed(row: &files::Model) -> bool {
    row.probe.as_deref() == Some(DONE)
}

pub(super) fn from_row(row: files::Model, tracks: Vec<FoundTrack>) -> Result<File, StoreError> {
    Ok(File {
        id: FileId::new(row.id),
        organization: OrganizationId::new(row.organization),
        project: ProjectId::new(row.project),
        size: from_column(TABLE, &row.id, "size", row.size)?,
        object: ObjectId::new(row.object),
        state: state(&row, tracks)?,
        created: Timestamp::from_millis(row.created),
        modified: Timestamp::from_millis(row.modified),
        name: row.name,
        original_name: row.original_name,
        friendly_name: row.friendly_name,
        metadata: row.metadata,
    })
}

fn state(row: &files::Model, tracks: Vec<FoundTrack>) -> Result<FileState, StoreError> {
    Ok(match word(TABLE, &row.id, "status", &row.status, FileStatus::from_name)? {
        FileStatus::Uploading => FileState::Uploading,
        FileStatus::Failed => FileState::Failed(failure(row)?),
        FileStatus::Completed => FileState::Completed(Content {
            container: promised(TABLE, &row.id, "container", row.container.clone())?,
            probe: probe(row, tracks)?,
        }),
    })
}

fn probe(row: &files::Model, tracks: Vec<FoundTrack>) -> Result<Probe, StoreError> {
    match promised(TABLE, &row.id, "probe", row.probe.as_deref())? {
        PENDING => Ok(Probe::Pending),
        DONE => Ok(Probe::Done { tracks }),
        FAILED => failure(row).map(Probe::Failed),
        other => Err(inconsistent(TABLE, &row.id, format!("`probe` is `{other}`, which is none of its words"))),
    }
}

fn failure(row: &files::Model) -> Result<Failure, StoreError> {
    Ok(Failure {
        reason: promised(TABLE, &row.id, "failure_reason", row.failure_reason.clone())?,
        message: promised(TABLE, &row.id, "failure_message", row.failure_message.clone())?,
    })
}

pub(super) fn from_track_row(row: file_tracks::Model) -> Result<FoundTrack, StoreError> {
    let key = format!("{} {}", row.file, row.position);
    Ok(FoundTrack {
        kind: word(TRACKS, &key, "kind", &row.kind, TrackKind::from_name)?,
        selector: row.selector,
        codec: row.codec,
        language: row.language,
        name: row.name,
    })
}

pub(super) fn to_part_row(file: FileId, part: &StoredPart) -> Result<upload_parts::Model, StoreError> {
    let key = || format!("{file} {}", part.number);
    Ok(upload_parts::Model {
        file: file.uuid(),
        number: to_column(PARTS, &key(), part.number)?,
        etag: part.etag.clone(),
        size: to_column(PARTS, &key(), part.size)?,
    })
}

pub(super) fn from_part_row(row: upload_parts::Model) -> Result<StoredPart, StoreError> {
    let key = || format!("{} {}", row.file, row.number);
    Ok(StoredPart {
        number: from_column(PARTS, &key(), "number", row.number)?,
        size: from_column(PARTS, &key(), "size", row.size)?,
        etag: row.etag,
    })
}
