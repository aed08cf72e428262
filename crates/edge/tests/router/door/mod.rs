//! The door in front of what plays: tokens, allowed sites, signed links.

mod keys;
mod links;
mod pictures;
mod sites;
mod tokens;

use crate::world::{World, operator_of};
use jsonwebtoken::{Algorithm, EncodingKey, Header, encode};
use kinora_app::guard::{NewPlaybackKey, create_playback_key, set_asset_policy};
use kinora_domain::AssetId;
use kinora_domain::access::Caller;
use kinora_domain::playback::AssetPolicy;
use serde_json::{Value, json};

/// Noon of the test's clock, in seconds.
const NOON: i64 = 1_769_860_800;

/// A film behind a door, and who holds its key.
struct Behind {
    world: World,
    asset: String,
    key: NewPlaybackKey,
}

impl Behind {
    /// A film whose viewers need a token.
    async fn new() -> Self {
        Self::of(World::new().await).await
    }

    /// The same on that server.
    async fn of(world: World) -> Self {
        let (_, asset) = world.film().await;
        let caller = world.operator();
        let key = create_playback_key(&world.app, &caller).await.unwrap();
        set_asset_policy(&world.app, &caller, id(&asset), AssetPolicy::Required).await.unwrap();
        Self { world, asset, key }
    }

    fn caller(&self) -> Caller {
        self.world.operator()
    }

    fn master(&self) -> String {
        format!("/play/{}/hls/master.m3u8", self.asset)
    }

    /// Claims that open the film for an hour.
    fn claims(&self) -> Value {
        json!({ "sub": self.asset, "aud": "playback", "exp": NOON + 3_600 })
    }

    /// A token of the key.
    fn token(&self, claims: &Value) -> String {
        signed(&self.header(), claims, &self.key.secret)
    }

    fn header(&self) -> Header {
        let mut header = Header::new(Algorithm::HS256);
        header.kid = Some(self.key.key.id.to_string());
        header
    }

    /// Every address that the film is fetched by, as its documents name them without any proof.
    fn addresses(&self) -> Vec<String> {
        let play = format!("/play/{}", self.asset);
        ["hls/master.m3u8", "hls/v0-1.m3u8", "hls/v0-1-key.m3u8", "dash/manifest.mpd", "v0-1/init.mp4", "v0-1/0.m4s"]
            .into_iter()
            .chain(["a1-1/0.m4s", "video.mp4", "audio.m4a", "original.mp4"])
            .map(|path| format!("{play}/{path}"))
            .collect()
    }
}

fn id(asset: &str) -> AssetId {
    asset.parse().unwrap()
}

fn signed(header: &Header, claims: &Value, secret: &[u8]) -> String {
    encode(header, claims, &EncodingKey::from_secret(secret)).unwrap()
}
