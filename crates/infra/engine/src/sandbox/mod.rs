//! What a program cannot do, put on by a process that then becomes the program.
//!
//! Between `fork` and `exec` of a process with threads almost nothing may be done, so nothing is confined
//! there: we start our own executable with [`SANDBOX`] as its first argument, and that short-lived process
//! puts limits and layers on itself and then becomes the program. Limits always hold, else the program is
//! not started; [layers](Layer) hold where the machine allows, and a [`Confinement`] may insist on them.
//!
//! | module | duty |
//! |---|---|
//! | `layers` | the layers, and which of them are asked for |
//! | `order` | everything that the helper is told, as arguments |
//! | `helper` | puts all of it on, in order, and becomes the program |
//! | `limits` | memory, time, files, descriptors, threads |
//! | `namespaces` | a network of its own with nothing in it |
//! | `files` | landlock: which files, and which ports |
//! | `needs` | what must be readable and runnable for a program to start |
//! | `calls` | seccomp: which calls of the kernel |
//! | `trial` | what a program that has been taken over would try |
//! | `examine` | tries it, to tell which layers hold here |
//! | `raw` | the two calls that have no safe form |

mod calls;
mod examine;
mod files;
mod helper;
mod layers;
mod limits;
mod namespaces;
mod needs;
mod order;
mod raw;
mod trial;

pub use examine::{Hold, LayerFinding, SandboxReport};
pub use helper::{NOT_STARTED, SANDBOX, sandbox_main};
pub use layers::{Confinement, Layer, Layers};
pub use order::{LimitSpec, Malformed, Order};
pub use trial::{Attempt, Outcome};
