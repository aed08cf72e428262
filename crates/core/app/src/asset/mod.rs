//! Assets: playable things made of files.

mod create;
mod delete;
mod get;
mod list;
pub(crate) mod prepare;

pub use create::{NewAsset, create_asset};
pub use delete::delete_asset;
pub use get::{AssetView, get_asset};
pub use list::list_assets;
