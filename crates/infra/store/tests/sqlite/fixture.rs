//! A store in a directory of its own, and a way around it.

use kinora_app::port::{Amount, AnswerId, KeptPicture, Store, StoredAnswer, StoredChunk, Tx};
use kinora_domain::access::{ApiKey, Grant, KeyState, Organization, Role};
use kinora_domain::asset::{AskedTrack, Asset, AssetSource, AssetState};
use kinora_domain::block::{Block, BlockName};
use kinora_domain::chunk::Chunk;
use kinora_domain::file::{Content, File, FileState, Probe};
use kinora_domain::intake::{Content as Written, InputEncryption, Intake, IntakeState, Stretch};
use kinora_domain::job::{NewJob, Work};
use kinora_domain::output::{Output, OutputState, Part, PicturePlan, Rendition, Role as Purpose, Source, Timing};
use kinora_domain::picture::TimeBase;
use kinora_domain::playback::{AssetPolicy, Encryption};
use kinora_domain::track::{FoundTrack, Track, TrackKind};
use kinora_domain::upload::StoredPart;
use kinora_domain::{
    AssetId, ChunkId, FileId, JobId, KeyId, ObjectId, OrganizationId, OutputId, ProjectId, RenditionId, Timestamp,
    TrackId,
};
use kinora_store::{Location, SqlStore};
use sea_orm::sqlx::sqlite::SqliteConnectOptions;
use sea_orm::sqlx::{AssertSqlSafe, ConnectOptions, Connection, Row};
use std::path::PathBuf;
use tempfile::TempDir;
use uuid::Uuid;

pub(crate) const ID: Uuid = Uuid::from_u128(1);

pub(crate) struct Home(TempDir);

impl Home {
    pub(crate) fn new() -> Self {
        Self(tempfile::tempdir().unwrap())
    }

    pub(crate) fn path(&self) -> PathBuf {
        self.0.path().join("kinora.db")
    }

    pub(crate) fn location(&self) -> Location {
        Location::Sqlite(self.path())
    }

    pub(crate) async fn open(&self) -> SqlStore {
        SqlStore::open(&self.location()).await.unwrap()
    }

    /// Runs SQL as another program would, without the checks that a table makes of its rows when
    /// `unchecked`. Gives the first column of each row as text.
    pub(crate) async fn sql(&self, unchecked: bool, sql: &str) -> Result<Vec<String>, String> {
        let options = SqliteConnectOptions::new()
            .filename(self.path())
            .foreign_keys(!unchecked)
            .pragma("ignore_check_constraints", if unchecked { "ON" } else { "OFF" });
        let mut connection = options.connect().await.unwrap();
        let rows = sea_orm::sqlx::query(AssertSqlSafe(sql)).fetch_all(&mut connection).await;
        connection.close().await.unwrap();
        let rows = rows.map_err(|error| error.to_string())?;
        rows.iter().map(|row| row.try_get_unchecked(0).map_err(|error| error.to_string())).collect()
    }
}

pub(crate) fn at(millis: i64) -> Timestamp {
    Timestamp::from_millis(millis)
}

pub(crate) fn key() -> ApiKey {
    ApiKey {
        id: KeyId::new(ID),
        prefix: "prefix".to_owned(),
        hash: [7; 32],
        name: "key".to_owned(),
        grants: vec![Grant { organization: OrganizationId::new(ID), role: Role::Admin }],
        state: KeyState::Revoked { at: at(3) },
        created: at(1),
    }
}

pub(crate) fn file() -> File {
    let track = FoundTrack {
        selector: "video_1".to_owned(),
        kind: TrackKind::Video,
        codec: "h264".to_owned(),
        language: None,
        name: None,
    };
    File {
        id: FileId::new(ID),
        organization: OrganizationId::new(ID),
        project: ProjectId::new(ID),
        name: "a.mp4".to_owned(),
        original_name: "a.mp4".to_owned(),
        friendly_name: "A".to_owned(),
        metadata: Some("{}".to_owned()),
        size: 9,
        object: ObjectId::new(ID),
        state: FileState::Completed(Content {
            container: "isobmff".to_owned(),
            probe: Probe::Done { tracks: vec![track] },
        }),
        created: at(1),
        modified: at(2),
    }
}

pub(crate) fn part() -> StoredPart {
    StoredPart { number: 1, etag: "tag".to_owned(), size: 9 }
}

pub(crate) fn asset() -> Asset {
    let asked = AskedTrack { selector: "video_1".to_owned(), kind: TrackKind::Video, language: None, name: None };
    Asset {
        id: AssetId::new(ID),
        organization: OrganizationId::new(ID),
        project: ProjectId::new(ID),
        title: None,
        preset: "mp4".to_owned(),
        metadata: None,
        playback: AssetPolicy::Required,
        sources: vec![AssetSource { file: FileId::new(ID), kinds: vec![TrackKind::Video], tracks: vec![asked] }],
        state: AssetState::Available { duration_ms: 4, size_bytes: 5 },
        created: at(1),
        modified: at(2),
    }
}

pub(crate) fn track() -> Track {
    Track {
        id: TrackId::new(ID),
        asset: AssetId::new(ID),
        output: OutputId::new(ID),
        position: 0,
        kind: TrackKind::Video,
        media: ObjectId::new(ID),
        map: ObjectId::new(ID),
        version: 1,
        listed: true,
    }
}

fn source() -> Source {
    Source { object: ObjectId::new(ID), kind: TrackKind::Video, number: 0, origin_micros: None }
}

pub(crate) fn output() -> Output {
    let all = Chunk { first: 0, pictures: 5, from: 0, until: 9, seek: None, keys: vec![0], cuts: vec![0] };
    let plan = PicturePlan {
        source: source(),
        stream: 0,
        filters: vec![],
        timing: Timing::VARIABLE,
        base: TimeBase::new(1, 1_000).unwrap(),
        origin: 0,
        vague: true,
        keeps_original: false,
        chunks: vec![all],
    };
    Output {
        id: OutputId::new(ID),
        organization: OrganizationId::new(ID),
        asset: AssetId::new(ID),
        name: Some("small".to_owned()),
        preset: "mp4".to_owned(),
        encryption: Encryption::Drm,
        expires: Some(at(4)),
        harvested: vec![],
        state: OutputState::Processing { since: at(3) },
        picture: None,
        plan: Some(plan),
        created: at(1),
        modified: at(2),
    }
}

pub(crate) fn rendition() -> Rendition {
    Rendition {
        id: RenditionId::new(ID),
        output: OutputId::new(ID),
        asset: AssetId::new(ID),
        position: 1,
        role: Purpose::First(source()),
        sealed: false,
        duration_ms: 9,
    }
}

pub(crate) fn rendition_part() -> Part {
    Part { number: 0, media: ObjectId::new(ID), map: ObjectId::new(ID) }
}

pub(crate) fn chunk() -> StoredChunk {
    StoredChunk { id: ChunkId::new(ID), output: OutputId::new(ID), number: 0, pictures: 5, done: 2, finished: false }
}

pub(crate) fn answer() -> StoredAnswer {
    StoredAnswer {
        id: AnswerId { key: KeyId::new(ID), organization: OrganizationId::new(ID), word: "word".to_owned() },
        fingerprint: [1; 32],
        status: 200,
        body: b"{}".to_vec(),
        created: Timestamp::from_millis(1),
    }
}

pub(crate) fn picture() -> KeptPicture {
    KeptPicture {
        asset: asset().id,
        output: output().id,
        name: "poster".to_owned(),
        object: ObjectId::new(ID),
        bytes: 9,
        used: Timestamp::from_millis(1),
    }
}

/// Announced, and written in one block beside another.
pub(crate) fn intake() -> Intake {
    Intake {
        id: AssetId::new(ID),
        organization: OrganizationId::new(ID),
        project: ProjectId::new(ID),
        name: "film.mp4".to_owned(),
        preset: "dash_hls_1080p".to_owned(),
        key: None,
        input: InputEncryption::Aes256 { sealed: vec![1] },
        state: IntakeState::Open {
            content: Some(Written { tag: "tag".to_owned(), size: 9, written: Timestamp::from_millis(2) }),
        },
        created: Timestamp::from_millis(1),
        modified: Timestamp::from_millis(2),
    }
}

pub(crate) fn block() -> Block {
    Block { name: BlockName::read("AAAA").unwrap(), object: ObjectId::new(ID), size: 9 }
}

pub(crate) fn stretch() -> Stretch {
    Stretch { name: Some(block().name), object: ObjectId::new(ID), size: 9 }
}

/// One of everything.
pub(crate) async fn fill(store: &SqlStore) {
    let mut tx = store.begin().await.unwrap();
    let organization = Organization {
        id: OrganizationId::new(ID),
        name: "organization".to_owned(),
        default_project: ProjectId::new(ID),
    };
    tx.insert_organization(&organization).await.unwrap();
    tx.insert_key(&key()).await.unwrap();
    assert!(tx.put_answer(&answer(), answer().created).await.unwrap());
    tx.insert_object(ObjectId::new(ID), 9).await.unwrap();
    tx.insert_file(&file()).await.unwrap();
    tx.put_part(file().id, &part()).await.unwrap();
    tx.insert_intake(&intake()).await.unwrap();
    tx.put_stretches(intake().id, &[stretch()]).await.unwrap();
    assert_eq!(tx.put_block(intake().id, &block()).await.unwrap(), None);
    tx.insert_asset(&asset()).await.unwrap();
    tx.insert_track(&track()).await.unwrap();
    tx.insert_output(&output()).await.unwrap();
    tx.insert_rendition(&rendition()).await.unwrap();
    tx.insert_part(rendition().id, &rendition_part()).await.unwrap();
    tx.insert_chunk(&chunk()).await.unwrap();
    tx.report_chunk(chunk().id, chunk().done).await.unwrap();
    assert!(tx.keep_picture(&picture()).await.unwrap());
    let job = NewJob::new(JobId::new(ID), OrganizationId::new(ID), Work::ProbeFile(FileId::new(ID)));
    tx.enqueue(&job).await.unwrap();
    tx.insert_secret("secret", b"bytes").await.unwrap();
    tx.commit().await.unwrap();
}

/// Asserts that it is all there.
pub(crate) async fn assert_full(store: &SqlStore) {
    let mut tx: Box<dyn Tx> = store.read().await.unwrap();
    assert_eq!(tx.organizations().await.unwrap().len(), 1);
    assert_eq!(tx.keys().await.unwrap(), [key()]);
    assert_eq!(tx.object_ids().await.unwrap(), [ObjectId::new(ID)]);
    assert_eq!(tx.file_of_anyone(file().id).await.unwrap(), Some(file()));
    assert_eq!(tx.parts(file().id).await.unwrap(), [part()]);
    assert_eq!(tx.intake_of_anyone(intake().id).await.unwrap(), Some(intake()));
    assert_eq!(tx.stretches(intake().id).await.unwrap(), [stretch()]);
    assert_eq!(tx.waiting_blocks(intake().id).await.unwrap(), [block()]);
    assert_eq!(tx.asset_of_anyone(asset().id).await.unwrap(), Some(asset()));
    assert_eq!(tx.tracks(asset().id).await.unwrap(), [track()]);
    assert_eq!(tx.output(output().id).await.unwrap(), Some(output()));
    assert_eq!(tx.renditions(asset().id).await.unwrap(), [rendition()]);
    assert_eq!(tx.rendition_parts(rendition().id).await.unwrap(), [rendition_part()]);
    assert_eq!(tx.chunk(chunk().id).await.unwrap(), Some(chunk()));
    assert_eq!(tx.amount(output().id).await.unwrap(), Amount { done: 2, total: 5 });
    assert_eq!(tx.kept_pictures(asset().id).await.unwrap(), [picture()]);
    assert_eq!(tx.unfinished_jobs().await.unwrap(), 1);
    assert_eq!(tx.secret("secret").await.unwrap().as_deref(), Some(&b"bytes"[..]));
}
