//! Assets: playable things made of files.

mod add_output;
mod captions;
mod create;
mod delete;
mod delete_many;
mod get;
mod list;
pub(crate) mod prepare;
mod remove_output;
mod update;

pub use add_output::{NewOutput, add_output};
pub use create::{NewAsset, create_asset};
pub use delete::delete_asset;
pub use delete_many::{MOST_DELETED, delete_assets};
pub use get::{AssetView, get_asset};
pub use list::list_assets;
pub use remove_output::delete_output;
pub(crate) use remove_output::settle_without;
pub use update::{AssetChange, update_asset};
