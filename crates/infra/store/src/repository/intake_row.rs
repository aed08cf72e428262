//! Intakes: between rows and values.

use crate::convert::{from_column, inconsistent, promised, to_column};
use crate::entity::{intake_blocks, intake_stretches, intakes};
use kinora_app::port::StoreError;
use kinora_domain::block::{Block, BlockName};
use kinora_domain::file::Failure;
use kinora_domain::intake::{Content, InputEncryption, Intake, IntakeState, Stretch};
use kinora_domain::{AssetId, ContentKeyId, FileId, ObjectId, OrganizationId, ProjectId, Timestamp};

pub(super) const TABLE: &str = "intakes";
const BLOCKS: &str = "intake_blocks";
const STRETCHES: &str = "intake_stretches";

const OPEN: &str = "open";
const RECEIVED: &str = "received";
const FAILED: &str = "failed";

pub(super) fn to_row(intake: &Intake) -> Result<intakes::Model, StoreError> {
    let (status, content, file, failure) = match &intake.state {
        IntakeState::Open { content } => (OPEN, content.as_ref(), None, None),
        IntakeState::Received { file } => (RECEIVED, None, Some(file.uuid()), None),
        IntakeState::Failed(failure) => (FAILED, None, None, Some(failure)),
    };
    Ok(intakes::Model {
        id: intake.id.uuid(),
        organization: intake.organization.uuid(),
        project: intake.project.uuid(),
        name: intake.name.clone(),
        preset: intake.preset.clone(),
        content_key: intake.key.map(ContentKeyId::uuid),
        sealed: match &intake.input {
            InputEncryption::None => None,
            InputEncryption::Aes256 { sealed } => Some(sealed.clone()),
        },
        status: status.to_owned(),
        tag: content.map(|content| content.tag.clone()),
        size: content.map(|content| to_column(TABLE, &intake.id, content.size)).transpose()?,
        written: content.map(|content| content.written.millis()),
        file,
        failure_reason: failure.map(|failure| failure.reason.clone()),
        failure_message: failure.map(|failure| failure.message.clone()),
        created: intake.created.millis(),
        modified: intake.modified.millis(),
    })
}

pub(super) fn from_row(row: intakes::Model) -> Result<Intake, StoreError> {
    let state = match row.status.as_str() {
        OPEN => IntakeState::Open { content: content(&row)? },
        RECEIVED => IntakeState::Received { file: FileId::new(promised(TABLE, &row.id, "file", row.file)?) },
        FAILED => IntakeState::Failed(Failure {
            reason: promised(TABLE, &row.id, "failure_reason", row.failure_reason)?,
            message: promised(TABLE, &row.id, "failure_message", row.failure_message)?,
        }),
        other => {
            return Err(inconsistent(TABLE, &row.id, format!("`status` is `{other}`, which is none of its words")));
        }
    };
    Ok(Intake {
        id: AssetId::new(row.id),
        organization: OrganizationId::new(row.organization),
        project: ProjectId::new(row.project),
        name: row.name,
        preset: row.preset,
        key: row.content_key.map(ContentKeyId::new),
        input: row.sealed.map_or(InputEncryption::None, |sealed| InputEncryption::Aes256 { sealed }),
        state,
        created: Timestamp::from_millis(row.created),
        modified: Timestamp::from_millis(row.modified),
    })
}

fn content(row: &intakes::Model) -> Result<Option<Content>, StoreError> {
    let Some(tag) = row.tag.clone() else { return Ok(None) };
    let size = promised(TABLE, &row.id, "size", row.size)?;
    let written = promised(TABLE, &row.id, "written", row.written)?;
    let size = from_column(TABLE, &row.id, "size", size)?;
    Ok(Some(Content { tag, size, written: Timestamp::from_millis(written) }))
}

pub(super) fn to_block_row(id: AssetId, block: &Block) -> Result<intake_blocks::Model, StoreError> {
    Ok(intake_blocks::Model {
        intake: id.uuid(),
        name: block.name.as_str().to_owned(),
        object: block.object.uuid(),
        size: to_column(BLOCKS, &block.name, block.size)?,
    })
}

pub(super) fn from_block_row(row: &intake_blocks::Model) -> Result<Block, StoreError> {
    let key = format!("{} {}", row.intake, row.name);
    let size = from_column(BLOCKS, &key, "size", row.size)?;
    Ok(Block { name: name(BLOCKS, &key, &row.name)?, object: ObjectId::new(row.object), size })
}

pub(super) fn to_stretch_row(
    id: AssetId,
    position: i64,
    stretch: &Stretch,
) -> Result<intake_stretches::Model, StoreError> {
    Ok(intake_stretches::Model {
        intake: id.uuid(),
        position,
        name: stretch.name.as_ref().map(|name| name.as_str().to_owned()),
        object: stretch.object.uuid(),
        size: to_column(STRETCHES, &position, stretch.size)?,
    })
}

pub(super) fn from_stretch_row(row: intake_stretches::Model) -> Result<Stretch, StoreError> {
    let key = format!("{} {}", row.intake, row.position);
    Ok(Stretch {
        name: row.name.map(|text| name(STRETCHES, &key, &text)).transpose()?,
        object: ObjectId::new(row.object),
        size: from_column(STRETCHES, &key, "size", row.size)?,
    })
}

fn name(table: &'static str, key: &str, text: &str) -> Result<BlockName, StoreError> {
    BlockName::read(text).map_err(|_malformed| inconsistent(table, &key, format!("`name` is `{text}`")))
}
