//! Keys come, take over and go.

use super::{Behind, NOON, operator_of};
use crate::world::World;
use aws_lc_rs::encoding::{AsDer, Pkcs8V1Der, PublicKeyX509Der};
use aws_lc_rs::rsa::{self, KeySize};
use aws_lc_rs::signature::{ECDSA_P256_SHA256_FIXED_SIGNING, EcdsaKeyPair, Ed25519KeyPair, KeyPair as _};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use core::time::Duration;
use jsonwebtoken::{Algorithm, EncodingKey, Header, encode};
use kinora_app::guard::{add_public_key, create_playback_key, playback_keys, remove_playback_key, retire_playback_key};
use kinora_domain::playback::TokenAlgorithm;
use kinora_domain::{Kind, Timestamp};

/// Somebody who signs tokens himself.
struct Signer {
    algorithm: Algorithm,
    name: TokenAlgorithm,
    private: EncodingKey,
    public: String,
}

/// One of each kind.
fn signers() -> [Signer; 3] {
    let rsa = rsa::KeyPair::generate(KeySize::Rsa2048).unwrap();
    let rsa_public: PublicKeyX509Der<'_> = rsa.public_key().as_der().unwrap();
    // As RSA keys are written by themselves (RFC 8017, A.1.2): what is around that in PKCS #8 has 26 bytes here.
    let rsa_private = AsDer::<Pkcs8V1Der<'_>>::as_der(&rsa).unwrap().as_ref()[26..].to_vec();
    let p256 = EcdsaKeyPair::generate(&ECDSA_P256_SHA256_FIXED_SIGNING).unwrap();
    let p256_public: PublicKeyX509Der<'_> = p256.public_key().as_der().unwrap();
    let ed25519 = Ed25519KeyPair::generate().unwrap();
    let ed25519_public: PublicKeyX509Der<'_> = ed25519.public_key().as_der().unwrap();
    [
        Signer {
            algorithm: Algorithm::RS256,
            name: TokenAlgorithm::Rs256,
            private: EncodingKey::from_rsa_der(&rsa_private),
            public: pem(rsa_public.as_ref()),
        },
        Signer {
            algorithm: Algorithm::ES256,
            name: TokenAlgorithm::Es256,
            private: EncodingKey::from_ec_der(p256.to_pkcs8v1().unwrap().as_ref()),
            public: pem(p256_public.as_ref()),
        },
        Signer {
            algorithm: Algorithm::EdDSA,
            name: TokenAlgorithm::EdDsa,
            private: EncodingKey::from_ed_der(ed25519.to_pkcs8v1().unwrap().as_ref()),
            public: pem(ed25519_public.as_ref()),
        },
    ]
}

/// A public key as text (RFC 7468 clause 13).
fn pem(der: &[u8]) -> String {
    let text = STANDARD.encode(der);
    let lines: Vec<&str> = text.as_bytes().chunks(64).map(|line| core::str::from_utf8(line).unwrap()).collect();
    format!("-----BEGIN PUBLIC KEY-----\n{}\n-----END PUBLIC KEY-----\n", lines.join("\n"))
}

#[tokio::test]
async fn tokens_of_others_are_checked_with_their_public_keys() {
    let behind = Behind::new().await;
    let caller = behind.caller();
    for Signer { algorithm, name, private, public } in signers() {
        let key = add_public_key(&behind.world.app, &caller, name, &public).await.unwrap();
        let mut header = Header::new(algorithm);
        header.kid = Some(key.id.to_string());
        let token = encode(&header, &behind.claims(), &private).unwrap();
        let address = format!("{}?token={token}", behind.master());
        behind.world.fetch(&address).await.expect(200);
        // A public key is no secret: who signs with its text has signed nothing.
        let mut forged = Header::new(Algorithm::HS256);
        forged.kid = header.kid;
        let token = encode(&forged, &behind.claims(), &EncodingKey::from_secret(public.as_bytes())).unwrap();
        behind.world.fetch(&format!("{}?token={token}", behind.master())).await.expect(401);
        remove_playback_key(&behind.world.app, &caller, key.id).await.unwrap();
        behind.world.fetch(&address).await.expect(401);
        for wrong in ["", "secret", public.get(..200).unwrap_or("short")] {
            let refused = add_public_key(&behind.world.app, &caller, name, wrong).await.unwrap_err();
            assert_eq!((refused.kind(), refused.problem().field.as_deref()), (Kind::Invalid, Some("key")), "{wrong}");
        }
    }
    let secret = add_public_key(&behind.world.app, &caller, TokenAlgorithm::Hs256, "secret").await.unwrap_err();
    assert_eq!(secret.kind(), Kind::Invalid);
}

#[tokio::test]
async fn a_key_retires_without_interrupting_anybody() {
    let behind = Behind::new().await;
    let (app, caller) = (&behind.world.app, behind.caller());
    let old = format!("{}?token={}", behind.master(), behind.token(&behind.claims()));
    let until = Timestamp::from_millis((NOON + 300) * 1_000);
    retire_playback_key(app, &caller, behind.key.key.id, until).await.unwrap();
    let new = create_playback_key(app, &caller).await.unwrap();
    let mut header = behind.header();
    header.kid = Some(new.key.id.to_string());
    let new = super::signed(&header, &behind.claims(), &new.secret);
    let new = format!("{}?token={new}", behind.master());
    for _watching in 0..2 {
        behind.world.fetch(&old).await.expect(200);
        behind.world.fetch(&new).await.expect(200);
        behind.world.clock.forward(Duration::from_secs(299));
    }
    behind.world.fetch(&old).await.expect(401);
    behind.world.fetch(&new).await.expect(200);
}

#[tokio::test]
async fn keys_are_kept_sealed_and_for_their_organization() {
    let behind = Behind::new().await;
    let secret = behind.key.secret;
    assert!(!behind.world.stored_bytes().windows(32).any(|window| window == secret));
    let others = operator_of(behind.world.keys.others);
    assert!(playback_keys(&behind.world.app, &others).await.unwrap().is_empty());
    let theirs = create_playback_key(&behind.world.app, &others).await.unwrap();
    let id = behind.key.key.id;
    assert_eq!(remove_playback_key(&behind.world.app, &others, id).await.unwrap_err().kind(), Kind::NotFound);
    let now = behind.world.app.now();
    assert_eq!(retire_playback_key(&behind.world.app, &others, id, now).await.unwrap_err().kind(), Kind::NotFound);
    // A key of theirs opens nothing here.
    let mut header = behind.header();
    header.kid = None;
    let token = super::signed(&header, &behind.claims(), &theirs.secret);
    behind.world.fetch(&format!("{}?token={token}", behind.master())).await.expect(401);
    // All of it is there after a restart.
    let token = behind.token(&behind.claims());
    let address = format!("{}?token={token}", behind.master());
    let world: World = behind.world.restart().await;
    world.fetch(&address).await.expect(200);
    for _more in 0..15 {
        create_playback_key(&world.app, &operator_of(world.keys.organization)).await.unwrap();
    }
    let refused = create_playback_key(&world.app, &operator_of(world.keys.organization)).await;
    assert_eq!(refused.err().unwrap().kind(), Kind::Limited);
}
