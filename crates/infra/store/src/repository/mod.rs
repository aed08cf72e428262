//! The ports, one file each, over one transaction. Next to each is the way between its rows and the
//! domain's values.

mod answers;
pub(crate) mod asset_list;
mod asset_row;
mod assets;
mod endpoint_row;
pub(crate) mod file_list;
mod file_row;
mod files;
mod intake_row;
mod intakes;
mod jobs;
mod key_list;
mod keys;
mod labels;
mod objects;
mod organizations;
mod output_row;
mod outputs;
mod pictures;
mod plan_row;
#[cfg(test)]
mod plan_row_test;
mod playback;
mod secrets;
mod tracks;
