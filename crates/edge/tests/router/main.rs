//! The whole router, called as a server calls it: over a real store and real objects in a folder of
//! its own, with a clock that moves when told and randomness from a seed.
//!
//! | module | asks |
//! |---|---|
//! | [`contract`] | is the dialect the one of the contract: paths, parameters, fields, answers |
//! | [`wire`] | snapshots: what each answer looks like, errors and headers included |
//! | [`listing`] | filters, sorts and pages |
//! | [`library`] | changes to assets, and the end of many |
//! | [`shelf`] | files after their upload: changed, found, looked at, deleted |
//! | [`captions`] | files of captions |
//! | [`outputs`] | what is added to an asset |
//! | [`routing`] | spellings of paths, methods, what is not there |
//! | [`bodies`] | what a JSON body may be |
//! | [`credentials`] | where a key may stand, and which organization it acts for |
//! | [`access`] | who may do what, operation by operation |
//! | [`keyring`] | what admins do with keys |
//! | [`idempotency`] | requests that come again |
//! | [`limits`] | how often somebody may ask |
//! | [`uploads`] | signed links, parts, what is abandoned |
//! | [`delivery`] | what viewers fetch |
//! | [`door`] | the door in front of it: tokens, sites, signed links |
//! | [`export`] | the same laid down elsewhere |
//! | [`movies`] | the same in one file, whole and in clips |
//! | [`pictures`] | what stands for a film: posters, thumbnails, storyboards, previews |
//! | [`sealed`] | what is encrypted, and its keys |
//! | [`smooth`] | the same by Smooth Streaming |
//! | [`azure`] | the Azure Media Services Connector dialect |
//! | [`site`] | the pages |
//! | [`wild`] | what nobody sensible sends |
//! | [`operations`] | what operators' machines ask |
#![expect(clippy::unwrap_used, clippy::panic, reason = "helpers of tests")]
#![expect(clippy::string_slice, reason = "what is cut here is ASCII")]

mod access;
mod azure;
mod bodies;
mod captions;
mod contract;
mod credentials;
mod delivery;
mod door;
mod export;
mod film;
mod idempotency;
mod keyring;
mod library;
mod limits;
mod listing;
mod movies;
mod operations;
mod outputs;
mod pictures;
mod routing;
mod sealed;
mod shelf;
mod site;
mod smooth;
mod streams;
mod uploads;
mod wild;
mod wire;
mod world;
