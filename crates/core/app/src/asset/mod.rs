//! Assets: playable things made of files.

mod create;
mod delete;
mod delete_many;
mod get;
mod list;
pub(crate) mod prepare;
mod update;

pub use create::{NewAsset, create_asset};
pub use delete::delete_asset;
pub use delete_many::{MOST_DELETED, delete_assets};
pub use get::{AssetView, get_asset};
pub use list::list_assets;
pub use update::{AssetChange, update_asset};
