//! What an encrypted output is locked with. All of it is derived from the output's secret, so that every process makes the
//! same bytes and nothing but the secret is kept.

use super::playable::Slug;
use super::streams::Streams;
use crate::error::Error;
use crate::guard::content::ContentSecret;
use kinora_domain::ContentKeyId;
use kinora_domain::playback::Encryption;
use kinora_domain::track::TrackKind;
use kinora_media::presentation::Protection;
use kinora_media::protect::{ContentKey, Iv, Key, KeyId, Scheme, TrackSalt};

/// The lock of an output.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Lock {
    pub(super) encryption: Encryption,
    pub(super) secret: ContentSecret,
}

/// In which form the media of an output is given out.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Sealed {
    /// Whole segments by AES-128.
    Whole,
    /// Samples by Common Encryption.
    Samples(Scheme),
}

impl Sealed {
    /// The name in addresses.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Whole => "aes128",
            Self::Samples(Scheme::Cenc) => "cenc",
            Self::Samples(Scheme::Cbcs) => "cbcs",
        }
    }

    /// The form of that name.
    pub fn from_name(name: &str) -> Option<Self> {
        let all = [Self::Whole, Self::Samples(Scheme::Cenc), Self::Samples(Scheme::Cbcs)];
        all.into_iter().find(|form| form.name() == name)
    }
}

/// A scheme of Common Encryption by its name.
pub fn scheme(name: &str) -> Option<Scheme> {
    [Scheme::Cenc, Scheme::Cbcs].into_iter().find(|scheme| scheme.name() == name)
}

impl Lock {
    /// Whether the output is given out in that form: common encryption is another way to what is encrypted by AES-128, for
    /// players of DASH, who have nothing else.
    pub(super) fn allows(&self, form: Sealed) -> bool {
        match self.encryption {
            Encryption::None => false,
            Encryption::Aes128 => true,
            Encryption::Drm => form != Sealed::Whole,
        }
    }

    /// The form that manifests of HLS name.
    pub(super) fn of_hls(&self, scheme: Option<Scheme>) -> Sealed {
        match (self.encryption, scheme) {
            (Encryption::Aes128, None) => Sealed::Whole,
            (_, scheme) => Sealed::Samples(scheme.unwrap_or(Scheme::Cenc)),
        }
    }

    /// The id of the key that whole segments are encrypted with.
    pub(super) fn id(&self) -> ContentKeyId {
        self.secret.id
    }

    /// The key that whole segments are encrypted with, one for the output.
    pub(super) fn whole(&self) -> Result<Key, Error> {
        Ok(Key::new(self.secret.derive("aes128 key")?))
    }

    /// The key of a track at its version, by that scheme, and of nothing else.
    pub(super) fn samples(&self, slug: Slug, scheme: Scheme) -> Result<ContentKey, Error> {
        let derive = |what: &str| self.secret.derive(&format!("{} {slug} {what}", scheme.name()));
        Ok(ContentKey { key: Key::new(derive("key")?), kid: KeyId::new(derive("id")?), iv: Iv::new(derive("vector")?) })
    }

    /// Names a transport stream among all that the key of whole segments encrypts: what it carries has too long a name for
    /// eight bytes, so these are derived from it.
    pub(super) fn salt_of_stream(&self, streams: Streams) -> Result<TrackSalt, Error> {
        let mut salt = TrackSalt(self.secret.derive(&format!("ts {streams} salt"))?);
        salt.0[0] |= OF_STREAM;
        Ok(salt)
    }

    /// How playlists name a transport stream; as [`protection`](Self::protection).
    pub(super) fn protection_of_stream(&self, streams: Streams, to: &str, query: &str) -> Result<Protection, Error> {
        Ok(self.segments(self.salt_of_stream(streams)?, to, query))
    }

    fn segments(&self, salt: TrackSalt, to: &str, query: &str) -> Protection {
        Protection::Segments { key_url: format!("{to}/key/{}{query}", self.id()), salt }
    }

    /// How manifests name a track in that form; `to` is the way to the asset's addresses, `query` what they carry.
    pub(super) fn protection(&self, slug: Slug, form: Sealed, to: &str, query: &str) -> Result<Protection, Error> {
        Ok(match form {
            Sealed::Whole => self.segments(salt(slug), to, query),
            Sealed::Samples(scheme) => {
                let kid = self.samples(slug, scheme)?.kid;
                let key_url = Some(format!("{to}/key/{kid}{query}"));
                Protection::Samples { scheme, kid, license_url: format!("{to}/license/clearkey{query}"), key_url }
            }
        })
    }
}

/// The first bit of salts of streams, which those of tracks never have.
const OF_STREAM: u8 = 0x80;

/// Names a track at its version among those of its asset: two never have the same.
pub(super) fn salt(slug: Slug) -> TrackSalt {
    let kind = match slug.kind {
        TrackKind::Video => 1_u64,
        TrackKind::Audio => 2,
        TrackKind::Captions => 3,
    };
    let position = u64::from(slug.position) & 0xff_ffff;
    TrackSalt(((kind << 56) | (position << 32) | u64::from(slug.version)).to_be_bytes())
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::HashSet;

    #[test]
    fn every_track_has_keys_and_salts_of_its_own() {
        let id = ContentKeyId::new(uuid::Uuid::from_u128(1));
        let lock = |byte| Lock { encryption: Encryption::Drm, secret: ContentSecret::new(id, vec![byte; 32]) };
        let slugs = ["v0-1", "v0-2", "v1-1", "a0-1", "a1-1", "v16777215-1"].map(|slug| slug.parse::<Slug>().unwrap());
        let (mut keys, mut salts) = (HashSet::new(), HashSet::new());
        for slug in slugs {
            assert!(salts.insert(salt(slug)));
            assert!(salt(slug).0[0] < OF_STREAM);
            for (scheme, secret) in [(Scheme::Cenc, 1), (Scheme::Cbcs, 1), (Scheme::Cenc, 2)] {
                let ContentKey { key, kid, iv } = lock(secret).samples(slug, scheme).unwrap();
                for bytes in [*key.bytes(), *kid.bytes(), *iv.bytes()] {
                    assert!(keys.insert(bytes), "{slug} {scheme:?}");
                }
            }
        }
        for name in ["v0-1", "a0-1", "v0-1_a1-1", "v0-2_a1-1", "v0-1_a1-2"] {
            let salt = lock(1).salt_of_stream(name.parse().unwrap()).unwrap();
            assert!(salt.0[0] >= OF_STREAM && salts.insert(salt), "{name}");
        }
        assert!(keys.insert(*lock(1).whole().unwrap().bytes()));
        let again = || lock(1).samples(slugs[0], Scheme::Cenc).unwrap();
        assert_eq!(again().key.bytes(), again().key.bytes());
    }

    #[test]
    fn forms_have_names_and_outputs_have_forms() {
        let id = ContentKeyId::new(uuid::Uuid::from_u128(1));
        let lock = |encryption| Lock { encryption, secret: ContentSecret::new(id, Vec::new()) };
        for (name, aes128, drm) in [("aes128", true, false), ("cenc", true, true), ("cbcs", true, true)] {
            let form = Sealed::from_name(name).unwrap();
            assert_eq!(form.name(), name);
            assert_eq!(lock(Encryption::Aes128).allows(form), aes128);
            assert_eq!(lock(Encryption::Drm).allows(form), drm);
            assert!(!lock(Encryption::None).allows(form));
        }
        assert_eq!(Sealed::from_name("clear"), None);
    }
}
