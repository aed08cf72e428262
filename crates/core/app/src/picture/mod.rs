//! Pictures of assets: posters and thumbnails, storyboards, moving previews. Each is made when it is first asked for,
//! once however many ask, and kept until it was not asked for longest.
//!
//! | file | duty |
//! |---|---|
//! | `source` | which track a picture is made of |
//! | `film` | the little of a track that a program gets, laid down |
//! | `still` | posters, thumbnails, and the hash that stands for them while they load |
//! | `storyboard` | sheets of small pictures, and the documents that say where each is |
//! | `moving` | previews that move |
//! | `studio` | each picture once at a time, and not too many at a time |
//! | `kept` | what was made: found, stored, forgotten |

mod film;
mod kept;
mod moving;
mod source;
mod still;
pub(crate) mod storyboard;
pub(crate) mod studio;

pub use kept::Picture;
pub use moving::{WantedMoving, moving};
pub use still::{Kind as StillKind, WantedStill, still, still_forms, thumbhash};
pub use storyboard::{SHEET_TYPE, sheet, storyboard};
pub(crate) use storyboard::{STORYBOARD, hls_storyboard_playlist};
