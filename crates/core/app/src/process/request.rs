//! What an asset's preset asks for, as an output with its first jobs.

use crate::app::App;
use crate::error::Error;
use crate::fresh;
use crate::guard::content;
use crate::port::Tx;
use crate::process::captions;
use kinora_domain::asset::Asset;
use kinora_domain::job::{NewJob, Work};
use kinora_domain::output::{Output, OutputState, Rendition, Role, SoundPlan, Source};
use kinora_domain::playback::Encryption;
use kinora_domain::track::TrackKind;
use kinora_domain::{JobId, OutputId, Problem, RenditionId, preset};

/// What is to be made of an asset's tracks.
#[derive(Debug, Clone, Default)]
pub(crate) struct Request {
    /// The picture, where it has one.
    pub(crate) picture: Option<Source>,
    /// Where among the manifests the picture is shown at first, when players do not take it as it is.
    pub(crate) first: Option<u32>,
    /// Sound that players do not take as it is, by position.
    pub(crate) sounds: Vec<(u32, SoundPlan)>,
    /// What players take as it is, once it is indexed: by position.
    pub(crate) indexed: Vec<(u32, Role)>,
    /// Captions that are to be taken out of films: by position.
    pub(crate) captions: Vec<(u32, Role)>,
    /// Length that the headers name, in milliseconds.
    pub(crate) duration_ms: u64,
}

impl Request {
    /// Whether all that is asked for plays as it is; captions may follow.
    pub(crate) fn plays(&self) -> bool {
        self.first.is_none() && self.sounds.is_empty() && self.indexed.is_empty()
    }
}

/// An output of an asset before anything is known of it.
///
/// # Errors
/// There is no such preset.
pub(crate) fn output(app: &App, asset: &Asset, preset: &str) -> Result<Output, Problem> {
    let now = app.clock.now();
    Ok(Output {
        id: OutputId::new(fresh::uuid(app)),
        organization: asset.organization,
        asset: asset.id,
        name: None,
        preset: preset.to_owned(),
        encryption: preset::find(preset)?.encryption,
        expires: None,
        harvested: Vec::new(),
        state: OutputState::Waiting,
        picture: None,
        plan: None,
        created: now,
        modified: now,
    })
}

/// Adds an output, and the keys of one that is encrypted.
pub(crate) async fn insert(app: &App, tx: &mut dyn Tx, output: &Output) -> Result<(), Error> {
    tx.insert_output(output).await?;
    match output.encryption {
        Encryption::None => Ok(()),
        Encryption::Aes128 | Encryption::Drm => {
            // The output of an announced video: its key has an id already.
            let intake = if output.name.is_none() { tx.intake_of_anyone(output.asset).await? } else { None };
            let told = intake.and_then(|intake| intake.key);
            Ok(tx.insert_content_keys(&content::make(app, output.id, told)?).await?)
        }
    }
}

/// Adds the output with its renditions and jobs. Each keeps a reference on the upload that it is made of.
/// What is asked for at position 0 comes to `base` in the asset.
pub(crate) async fn request(
    app: &App,
    tx: &mut dyn Tx,
    output: Output,
    request: &Request,
    base: u32,
) -> Result<(), Error> {
    let since = tx.database_now().await?;
    let nothing = request.picture.is_none() && request.plays() && request.captions.is_empty();
    let output = Output {
        state: match (nothing, request.picture.is_some()) {
            (true, _) => OutputState::Completed,
            (false, true) => OutputState::Waiting,
            (false, false) => OutputState::Processing { since },
        },
        picture: request.picture,
        ..output
    };
    insert(app, tx, &output).await?;
    if let Some(source) = request.picture {
        retain(tx, source).await?;
        // Its origin is known when it is indexed.
        if !request.indexed.iter().any(|(_, role)| role.kind() == TrackKind::Video) {
            enqueue(app, tx, &output, Work::PlanOutput(output.id)).await?;
        }
        if let Some(position) = request.first.map(|position| base.saturating_add(position)) {
            let id = rendition(app, tx, &output, position, Role::First(source), request.duration_ms).await?;
            enqueue(app, tx, &output, Work::FirstRung(id)).await?;
        }
    }
    for (position, plan) in &request.sounds {
        retain(tx, plan.source).await?;
        let id =
            rendition(app, tx, &output, base.saturating_add(*position), Role::Sound(plan.clone()), request.duration_ms)
                .await?;
        enqueue(app, tx, &output, Work::EncodeSound(id)).await?;
    }
    for (position, role) in &request.indexed {
        if let Role::Indexed { source, .. } = role
            && source.kind == TrackKind::Audio
        {
            retain(tx, *source).await?;
        }
        rendition(app, tx, &output, base.saturating_add(*position), role.clone(), request.duration_ms).await?;
    }
    for (position, role) in &request.captions {
        if let Role::Captions { source, .. } = role {
            retain(tx, *source).await?;
        }
        rendition(app, tx, &output, base.saturating_add(*position), role.clone(), 0).await?;
    }
    // What is indexed says where the presentation begins.
    if request.indexed.is_empty() {
        captions::begin(app, tx, &output, &[]).await?;
    }
    if !request.indexed.is_empty() {
        enqueue(app, tx, &output, Work::IndexUpload(output.id)).await?;
    }
    Ok(())
}

pub(crate) async fn rendition(
    app: &App,
    tx: &mut dyn Tx,
    output: &Output,
    position: u32,
    role: Role,
    duration_ms: u64,
) -> Result<RenditionId, Error> {
    let id = RenditionId::new(fresh::uuid(app));
    let (output, asset, sealed) = (output.id, output.asset, false);
    tx.insert_rendition(&Rendition { id, output, asset, position, role, sealed, duration_ms }).await?;
    Ok(id)
}

async fn retain(tx: &mut dyn Tx, source: Source) -> Result<(), Error> {
    // The file may have been deleted since it was loaded; then its bytes may be going.
    if tx.retain_object(source.object).await? { Ok(()) } else { Err(Problem::not_found("file").into()) }
}

pub(crate) async fn enqueue(app: &App, tx: &mut dyn Tx, output: &Output, work: Work) -> Result<(), Error> {
    tx.enqueue(&NewJob::new(JobId::new(fresh::uuid(app)), output.organization, work)).await?;
    Ok(())
}
