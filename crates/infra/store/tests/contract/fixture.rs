//! Values to store.

use kinora_app::port::{Store, StoredChunk, Tx};
use kinora_domain::access::Organization;
use kinora_domain::asset::{Asset, AssetSource, AssetState};
use kinora_domain::chunk::Chunk;
use kinora_domain::file::{Content, Failure, File, FileState, Probe};
use kinora_domain::labels::Attribute;
use kinora_domain::output::{
    Filter, Output, OutputState, Part, PicturePlan, Rendition, Role, SoundPlan, Source, Timing,
};
use kinora_domain::page::PageRequest;
use kinora_domain::picture::{Rate, Scan, TimeBase};
use kinora_domain::playback::{AssetPolicy, Encryption};
use kinora_domain::preset::SoundFormat;
use kinora_domain::track::{FoundTrack, Track, TrackKind};
use kinora_domain::{
    AssetId, ChunkId, FileId, JobId, KeyId, LeaseToken, ObjectId, OrganizationId, OutputId, ProjectId, RenditionId,
    Timestamp, TrackId,
};
use uuid::Uuid;

macro_rules! ids {
    ($($name:ident: $id:ident),+ $(,)?) => {$(
        pub(crate) fn $name(number: u128) -> $id {
            $id::new(Uuid::from_u128(number))
        }
    )+};
}

ids! {
    organization_id: OrganizationId,
    project_id: ProjectId,
    key_id: KeyId,
    object_id: ObjectId,
    file_id: FileId,
    asset_id: AssetId,
    track_id: TrackId,
    output_id: OutputId,
    rendition_id: RenditionId,
    chunk_id: ChunkId,
    job_id: JobId,
    token: LeaseToken,
}

pub(crate) fn at(millis: i64) -> Timestamp {
    Timestamp::from_millis(millis)
}

/// Commits what `change` does.
pub(crate) async fn write<T>(store: &dyn Store, change: impl AsyncFnOnce(&mut dyn Tx) -> T) -> T {
    let mut tx = store.begin().await.unwrap();
    let result = change(tx.as_mut()).await;
    tx.commit().await.unwrap();
    result
}

/// Organization `number`, with project `number`.
pub(crate) fn organization(number: u128) -> Organization {
    Organization {
        id: organization_id(number),
        name: format!("organization {number}"),
        default_project: project_id(number),
    }
}

/// Organizations 1 and 2.
pub(crate) async fn two_organizations(store: &dyn Store) {
    write(store, async |tx| {
        tx.insert_organization(&organization(1)).await.unwrap();
        tx.insert_organization(&organization(2)).await.unwrap();
    })
    .await;
}

/// A file of organization 1 that is being uploaded.
pub(crate) fn file(number: u128) -> File {
    File {
        id: file_id(number),
        organization: organization_id(1),
        project: project_id(1),
        name: format!("film {number}.mp4"),
        original_name: format!("film {number}.mp4"),
        friendly_name: format!("Film {number}"),
        metadata: None,
        size: 1_000,
        object: object_id(number),
        state: FileState::Uploading,
        created: at(1_000),
        modified: at(1_000),
    }
}

/// A pending asset of organization 1, made of file 1.
pub(crate) fn asset(number: u128) -> Asset {
    Asset {
        id: asset_id(number),
        organization: organization_id(1),
        project: project_id(1),
        title: Some(format!("Asset {number}")),
        preset: "mp4".to_owned(),
        metadata: None,
        playback: AssetPolicy::Required,
        sources: vec![AssetSource { file: file_id(1), kinds: vec![], tracks: vec![] }],
        state: AssetState::Pending,
        created: at(1_000),
        modified: at(1_000),
    }
}

pub(crate) fn attribute(key: &str, value: &str) -> Attribute {
    Attribute { key: key.to_owned(), value: value.to_owned() }
}

pub(crate) fn failure() -> Failure {
    Failure { reason: "unreadable".to_owned(), message: "It cannot be read: \"ä\u{202e}\u{0}\".".to_owned() }
}

pub(crate) fn found(kind: TrackKind, selector: &str) -> FoundTrack {
    FoundTrack { selector: selector.to_owned(), kind, codec: "x264".to_owned(), language: None, name: None }
}

pub(crate) fn completed(tracks: Vec<FoundTrack>) -> FileState {
    FileState::Completed(Content { container: "isobmff".to_owned(), probe: Probe::Done { tracks } })
}

/// A track of an asset at a position.
pub(crate) fn track(number: u128, asset: AssetId, position: u32) -> Track {
    Track {
        id: track_id(number),
        asset,
        output: output_id(1),
        position,
        kind: TrackKind::Audio,
        media: object_id(100 + number),
        map: object_id(200 + number),
        version: 1,
        listed: true,
    }
}

pub(crate) fn page(number: i64, size: i64) -> PageRequest {
    PageRequest::new(Some(number), Some(size)).unwrap()
}

/// An output of an asset that waits.
pub(crate) fn output(number: u128, asset: AssetId) -> Output {
    Output {
        id: output_id(number),
        organization: organization_id(1),
        asset,
        name: None,
        preset: "dash_hls_1080p".to_owned(),
        encryption: Encryption::Drm,
        expires: None,
        harvested: vec![],
        state: OutputState::Waiting,
        picture: Some(source(number)),
        plan: None,
        created: at(1_000),
        modified: at(1_000),
    }
}

/// A picture track of upload `number`.
pub(crate) fn source(number: u128) -> Source {
    Source { object: object_id(number), kind: TrackKind::Video, number: 0, origin_micros: Some(-5) }
}

/// A plan of two chunks.
pub(crate) fn plan() -> PicturePlan {
    let chunk = |first: u64, from: i64, seek| Chunk {
        first,
        pictures: 600,
        from,
        until: from + 24_000,
        seek,
        keys: (0..12).map(|key| from + key * 2_000).collect(),
        cuts: (0..6).map(|cut| from + cut * 4_000).collect(),
    };
    PicturePlan {
        source: source(1),
        stream: 1,
        filters: vec![Filter::Deinterlace(Scan::BottomFirst)],
        timing: Timing::Steady(Rate::new(25, 1).unwrap()),
        base: TimeBase::new(1, 1_000).unwrap(),
        origin: -40,
        vague: false,
        keeps_original: true,
        chunks: vec![chunk(0, -40, None), chunk(600, 23_960, Some(23_960))],
    }
}

/// Sound of upload 1.
pub(crate) fn sound(language: Option<&str>, name: Option<&str>) -> Role {
    Role::Sound(SoundPlan {
        source: Source { kind: TrackKind::Audio, ..source(1) },
        format: SoundFormat::Aac,
        language: language.map(str::to_owned),
        name: name.map(str::to_owned),
    })
}

/// A second of sound, of the output and the asset of that number.
pub(crate) fn rendition(number: u128, owner: u128, position: u32) -> Rendition {
    Rendition {
        id: rendition_id(number),
        output: output_id(owner),
        asset: asset_id(owner),
        position,
        role: sound(None, None),
        sealed: false,
        duration_ms: 1_000,
    }
}

/// A part with objects of its own.
pub(crate) fn part(number: u32) -> Part {
    Part { number, media: object_id(1_000 + u128::from(number)), map: object_id((1 << 40) + u128::from(number)) }
}

/// A chunk of 600 pictures on which nothing is done.
pub(crate) fn chunk(id: u128, output: u128, number: u32) -> StoredChunk {
    StoredChunk { id: chunk_id(id), output: output_id(output), number, pictures: 600, done: 0, finished: false }
}
