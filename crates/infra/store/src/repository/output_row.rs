//! Outputs, renditions and chunks: between rows and values.

use super::{endpoint_row, plan_row};
use crate::convert::{flag, from_column, inconsistent, promised, to_column, word};
use crate::entity::{chunks, outputs, rendition_parts, renditions};
use kinora_app::port::{StoreError, StoredChunk};
use kinora_domain::file::Failure;
use kinora_domain::output::{Output, OutputState, OutputStatus, Part, Rendition};
use kinora_domain::playback::Encryption;
use kinora_domain::track::TrackKind;
use kinora_domain::{AssetId, ChunkId, ObjectId, OrganizationId, OutputId, RenditionId, Timestamp};

pub(super) const TABLE: &str = "outputs";
pub(super) const RENDITIONS: &str = "renditions";
const PARTS: &str = "rendition_parts";
pub(super) const CHUNKS: &str = "chunks";

/// The columns that the state of an output fills.
pub(super) struct StateColumns {
    pub(super) status: String,
    pub(super) since: Option<i64>,
    pub(super) failure_reason: Option<String>,
    pub(super) failure_message: Option<String>,
}

pub(super) fn state_columns(state: &OutputState) -> StateColumns {
    let (since, failure) = match state {
        OutputState::Waiting | OutputState::Completed => (None, None),
        OutputState::Processing { since } => (Some(since.millis()), None),
        OutputState::Stalled(failure) | OutputState::Failed(failure) => (None, Some(failure)),
    };
    StateColumns {
        status: state.status().name().to_owned(),
        since,
        failure_reason: failure.map(|failure| failure.reason.clone()),
        failure_message: failure.map(|failure| failure.message.clone()),
    }
}

fn picture_column(output: &Output) -> Result<Option<String>, StoreError> {
    let text = output.picture.map(plan_row::source_text).transpose();
    text.map_err(|why| inconsistent(TABLE, &output.id, format!("`picture` {why}")))
}

/// The plan as its column holds it.
pub(super) fn plan_column(output: &Output) -> Result<Option<String>, StoreError> {
    let text = output.plan.as_ref().map(plan_row::plan_text).transpose();
    text.map_err(|why| inconsistent(TABLE, &output.id, format!("`plan` {why}")))
}

pub(super) fn to_row(output: &Output) -> Result<outputs::Model, StoreError> {
    let state = state_columns(&output.state);
    let some = Some(output.harvested.as_slice()).filter(|harvested| !harvested.is_empty());
    let harvested = some.map(endpoint_row::text).transpose();
    Ok(outputs::Model {
        id: output.id.uuid(),
        organization: output.organization.uuid(),
        asset: output.asset.uuid(),
        name: output.name.clone(),
        preset: output.preset.clone(),
        encryption: output.encryption.name().to_owned(),
        expires: output.expires.map(Timestamp::millis),
        harvested: harvested.map_err(|why| inconsistent(TABLE, &output.id, format!("`harvested` {why}")))?,
        status: state.status,
        since: state.since,
        failure_reason: state.failure_reason,
        failure_message: state.failure_message,
        picture: picture_column(output)?,
        plan: plan_column(output)?,
        created: output.created.millis(),
        modified: output.modified.millis(),
    })
}

pub(super) fn from_row(row: outputs::Model) -> Result<Output, StoreError> {
    let plan = row.plan.as_deref().map(plan_row::plan).transpose();
    let harvested = row.harvested.as_deref().map(endpoint_row::endpoints).transpose().map(Option::unwrap_or_default);
    let picture = row.picture.as_deref().map(plan_row::source).transpose();
    Ok(Output {
        id: OutputId::new(row.id),
        organization: OrganizationId::new(row.organization),
        asset: AssetId::new(row.asset),
        encryption: word(TABLE, &row.id, "encryption", &row.encryption, Encryption::from_name)?,
        state: state(&row)?,
        expires: row.expires.map(Timestamp::from_millis),
        harvested: harvested.map_err(|why| inconsistent(TABLE, &row.id, format!("`harvested` {why}")))?,
        picture: picture.map_err(|why| inconsistent(TABLE, &row.id, format!("`picture` {why}")))?,
        plan: plan.map_err(|why| inconsistent(TABLE, &row.id, format!("`plan` {why}")))?,
        created: Timestamp::from_millis(row.created),
        modified: Timestamp::from_millis(row.modified),
        name: row.name,
        preset: row.preset,
    })
}

fn state(row: &outputs::Model) -> Result<OutputState, StoreError> {
    let status = |name: &str| OutputStatus::ALL.into_iter().find(|status| status.name() == name);
    Ok(match word(TABLE, &row.id, "status", &row.status, status)? {
        OutputStatus::Waiting => OutputState::Waiting,
        OutputStatus::Processing => {
            let since = promised(TABLE, &row.id, "since", row.since)?;
            OutputState::Processing { since: Timestamp::from_millis(since) }
        }
        OutputStatus::Completed => OutputState::Completed,
        OutputStatus::Stalled => OutputState::Stalled(failure(row)?),
        OutputStatus::Failed => OutputState::Failed(failure(row)?),
    })
}

fn failure(row: &outputs::Model) -> Result<Failure, StoreError> {
    Ok(Failure {
        reason: promised(TABLE, &row.id, "failure_reason", row.failure_reason.clone())?,
        message: promised(TABLE, &row.id, "failure_message", row.failure_message.clone())?,
    })
}

/// The row of a rendition on which nothing is done, unless it is sealed.
pub(super) fn to_rendition_row(rendition: &Rendition) -> Result<renditions::Model, StoreError> {
    let role = plan_row::role_text(&rendition.role);
    let duration_ms = to_column(RENDITIONS, &rendition.id, rendition.duration_ms)?;
    Ok(renditions::Model {
        id: rendition.id.uuid(),
        output: rendition.output.uuid(),
        asset: rendition.asset.uuid(),
        position: i64::from(rendition.position),
        kind: rendition.role.kind().name().to_owned(),
        role: role.map_err(|why| inconsistent(RENDITIONS, &rendition.id, format!("`role` {why}")))?,
        sealed: i64::from(rendition.sealed),
        duration_ms,
        done_ms: if rendition.sealed { duration_ms } else { 0 },
        // As far as is known before work begins, so that one rendition that begins late does not take
        // back what the others have made of the whole.
        total_ms: duration_ms,
    })
}

pub(super) fn from_rendition_row(row: &renditions::Model) -> Result<Rendition, StoreError> {
    let role = plan_row::role(&row.role);
    let role = role.map_err(|why| inconsistent(RENDITIONS, &row.id, format!("`role` {why}")))?;
    if word(RENDITIONS, &row.id, "kind", &row.kind, TrackKind::from_name)? != role.kind() {
        return Err(inconsistent(RENDITIONS, &row.id, format!("`kind` is `{}`, which its role is not", row.kind)));
    }
    Ok(Rendition {
        id: RenditionId::new(row.id),
        output: OutputId::new(row.output),
        asset: AssetId::new(row.asset),
        position: from_column(RENDITIONS, &row.id, "position", row.position)?,
        role,
        sealed: flag(RENDITIONS, &row.id, "sealed", row.sealed)?,
        duration_ms: from_column(RENDITIONS, &row.id, "duration_ms", row.duration_ms)?,
    })
}

pub(super) fn to_part_row(rendition: RenditionId, part: &Part) -> rendition_parts::Model {
    rendition_parts::Model {
        rendition: rendition.uuid(),
        number: i64::from(part.number),
        media: part.media.uuid(),
        map: part.map.uuid(),
    }
}

pub(super) fn from_part_row(row: &rendition_parts::Model) -> Result<Part, StoreError> {
    let key = format!("{} {}", row.rendition, row.number);
    Ok(Part {
        number: from_column(PARTS, &key, "number", row.number)?,
        media: ObjectId::new(row.media),
        map: ObjectId::new(row.map),
    })
}

/// The row of a chunk on which nothing is done.
pub(super) fn to_chunk_row(chunk: &StoredChunk) -> Result<chunks::Model, StoreError> {
    Ok(chunks::Model {
        id: chunk.id.uuid(),
        output: chunk.output.uuid(),
        number: i64::from(chunk.number),
        pictures: to_column(CHUNKS, &chunk.id, chunk.pictures)?,
        done: 0,
        finished: 0,
    })
}

pub(super) fn from_chunk_row(row: &chunks::Model) -> Result<StoredChunk, StoreError> {
    Ok(StoredChunk {
        id: ChunkId::new(row.id),
        output: OutputId::new(row.output),
        number: from_column(CHUNKS, &row.id, "number", row.number)?,
        pictures: from_column(CHUNKS, &row.id, "pictures", row.pictures)?,
        done: from_column(CHUNKS, &row.id, "done", row.done)?,
        finished: flag(CHUNKS, &row.id, "finished", row.finished)?,
    })
}
