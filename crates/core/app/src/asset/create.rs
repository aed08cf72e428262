//! A new asset, which plays at once where its files allow.

use super::prepare::{self, Outcome, Prepared};
use crate::app::App;
use crate::error::Error;
use crate::file::captions::insert;
use crate::fresh;
use crate::idempotency::{Made, Once};
use crate::metadata;
use crate::port::Tx;
use crate::process::request;
use crate::work::{copy_audio, probe_file};
use kinora_domain::access::{Caller, Permission};
use kinora_domain::asset::{Asset, AssetSource};
use kinora_domain::file::{Content, File, FileState, MetadataJson, Probe};
use kinora_domain::job::{NewJob, Work};
use kinora_domain::output::{Output, OutputState};
use kinora_domain::playback::AssetPolicy;
use kinora_domain::track::{Track, TrackKind};
use kinora_domain::{AssetId, JobId, Kind, Problem, TrackId, language, preset};

/// Files that one asset may be made of.
const MAX_SOURCES: usize = 32;
/// Characters of a title.
const TITLE_LENGTH: usize = 1_024;

/// What a client asks for.
#[derive(Debug, Clone)]
pub struct NewAsset {
    /// The id that it was announced with; a fresh one without.
    pub id: Option<AssetId>,
    /// What it is made of.
    pub sources: Vec<AssetSource>,
    /// Name of a preset.
    pub preset: String,
    /// Its title.
    pub title: Option<String>,
    /// Its metadata, a JSON object.
    pub metadata: Option<MetadataJson>,
}

impl Made for Asset {
    const NEEDS: Permission = Permission::WriteMedia;
}

/// Makes an asset of completed files. Where players take what is in them it is available in the answer
/// already; where not, it is processing and plays from its first segment on. What can never play is there in
/// the failed state with the reason.
///
/// # Errors
/// `Invalid` preset, sources or tracks; `NotFound` files; `Conflict` with a file that is not complete.
pub async fn create_asset(app: &App, caller: &Caller, new: NewAsset, once: Once<'_, Asset>) -> Result<Asset, Error> {
    caller.require(Permission::WriteMedia)?;
    let preset = preset::find(&new.preset)?;
    check_shape(&new)?;
    let mut files = load_files(app, caller, &new.sources).await?;
    let prepared = async {
        if look_into(app, &files).await? {
            files = load_files(app, caller, &new.sources).await?;
        }
        prepare::prepare(app, &new.sources, &files, preset).await
    };
    let outcome = match prepared.await {
        Ok(outcome) => outcome,
        // A file may have been deleted since it was loaded.
        Err(error) => return Err(load_files(app, caller, &new.sources).await.err().unwrap_or(error)),
    };
    let stored = store(app, caller, new, (&files, &outcome), &once).await;
    if stored.is_err() {
        prepare::discard(app, &outcome).await;
    }
    let asset = stored?;
    app.work_waiting.notify_one();
    Ok(asset)
}

fn check_shape(new: &NewAsset) -> Result<(), Problem> {
    if new.sources.is_empty() || new.sources.len() > MAX_SOURCES {
        let message = format!("An asset is made of 1 to {MAX_SOURCES} sources.");
        return Err(Problem::invalid("transcodedSources", message));
    }
    for (index, source) in new.sources.iter().enumerate() {
        for (at, track) in source.tracks.iter().enumerate() {
            let field = || format!("transcodedSources[{index}].transcodingTracks[{at}].language");
            track.language.as_deref().map_or(Ok(()), |tag| language::check(&field(), tag))?;
        }
    }
    check_title(new.title.as_deref())?;
    metadata::check(new.metadata.as_ref())
}

/// Passes when a title is not too long.
pub(super) fn check_title(title: Option<&str>) -> Result<(), Problem> {
    if title.is_some_and(|title| title.chars().count() > TITLE_LENGTH) {
        return Err(Problem::invalid("title", format!("A title has at most {TITLE_LENGTH} characters.")));
    }
    Ok(())
}

pub(super) async fn load_files(app: &App, caller: &Caller, sources: &[AssetSource]) -> Result<Vec<File>, Error> {
    let mut tx = app.store.read().await?;
    let mut files = Vec::with_capacity(sources.len());
    for (index, source) in sources.iter().enumerate() {
        let field = format!("transcodedSources[{index}].fileId");
        let file = tx.file(caller.organization, source.file).await?;
        let file = file.ok_or_else(|| Problem { field: Some(field.clone()), ..Problem::not_found("file") })?;
        file.state.content().map_err(|problem| Problem { field: Some(field), ..problem })?;
        files.push(file);
    }
    Ok(files)
}

/// Looks into the files that nobody has looked into; whether there were any. A file that cannot be read says so
/// when it is loaded again.
pub(super) async fn look_into(app: &App, files: &[File]) -> Result<bool, Error> {
    let mut looked = false;
    for file in files {
        if let FileState::Completed(Content { probe: Probe::Pending, .. }) = file.state {
            looked = true;
            match probe_file(app, file.id).await {
                Ok(_) => {}
                Err(error) if error.kind() == Kind::UnreadableMedia => {}
                Err(error) => return Err(error),
            }
        }
    }
    Ok(looked)
}

/// Everything of the asset in one transaction: its maps' objects, a reference on the files' bytes
/// for each track that lies in them, its tracks, and the jobs that copy audio out.
async fn store(
    app: &App,
    caller: &Caller,
    new: NewAsset,
    (files, outcome): (&[File], &Outcome),
    once: &Once<'_, Asset>,
) -> Result<Asset, Error> {
    let now = app.clock.now();
    let mut tx = app.store.begin().await?;
    // Somebody may have been quicker.
    if let Some(id) = new.id
        && tx.asset_of_anyone(id).await?.is_some()
    {
        let message = "This asset has been made already.";
        return Err(Problem::new(Kind::Conflict, "asset_exists", message).into());
    }
    let organization = tx.organization(caller.organization).await?.ok_or_else(|| Problem::not_found("organization"))?;
    let asset = Asset {
        id: new.id.unwrap_or_else(|| AssetId::new(fresh::uuid(app))),
        organization: caller.organization,
        project: organization.default_project,
        title: new.title,
        preset: new.preset,
        metadata: new.metadata,
        sources: new.sources,
        playback: AssetPolicy::default(),
        state: outcome.state(),
        created: now,
        modified: now,
    };
    tx.insert_asset(&asset).await?;
    let output = request::output(app, &asset, &asset.preset)?;
    add(app, &mut *tx, output, files, outcome, 0).await?;
    once.keep(&mut *tx, &asset).await?;
    tx.commit().await?;
    Ok(asset)
}

/// The output with the tracks that play as they are, a reference on the files' bytes for each, and the jobs
/// that make the rest. What is at position 0 of it comes to `base` in the asset.
pub(super) async fn add(
    app: &App,
    tx: &mut dyn Tx,
    output: Output,
    files: &[File],
    outcome: &Outcome,
    base: u32,
) -> Result<(), Error> {
    for prepared in outcome.tracks() {
        let media = files.get(prepared.source).map(|file| file.object).ok_or_else(|| Problem::not_found("file"))?;
        // The file may have been deleted since it was loaded; then its bytes may be going.
        if !tx.retain_object(media).await? {
            return Err(Problem::not_found("file").into());
        }
        tx.insert_object(prepared.map_object, prepared.map_size()).await?;
        let track = Track {
            id: TrackId::new(fresh::uuid(app)),
            asset: output.asset,
            output: output.id,
            position: base.saturating_add(prepared.position),
            kind: prepared.kind,
            media,
            map: prepared.map_object,
            version: 1,
            listed: true,
        };
        tx.insert_track(&track).await?;
        if worth_copying(prepared) {
            let copy = Work::CopyAudio(track.id);
            tx.enqueue(&NewJob::new(JobId::new(fresh::uuid(app)), output.organization, copy)).await?;
        }
    }
    for captions in outcome.captions() {
        let position = base.saturating_add(captions.position);
        insert(app, tx, &output, position, [captions.text, captions.facts]).await?;
    }
    match outcome {
        Outcome::Plays(.., wanted) => request::request(app, tx, output, wanted, base).await,
        Outcome::CannotPlay(failure) => {
            let state = OutputState::Failed(failure.clone());
            request::insert(app, tx, &Output { state, ..output }).await
        }
    }
}

fn worth_copying(prepared: &Prepared) -> bool {
    // The first track stays with the upload: it is what the original is found by.
    prepared.position > 0 && prepared.kind == TrackKind::Audio && copy_audio::is_scattered(&prepared.map)
}
