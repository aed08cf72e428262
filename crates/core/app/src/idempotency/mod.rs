//! The same request twice, the same answer twice, and one thing made.
//!
//! A client that does not know whether its request arrived sends it again with the same word, its
//! idempotency key. [`idempotent`] goes around the use case: what it makes and the answer about it are committed
//! in one transaction, so that a crash leaves both or neither, and the answer is given again for a day.
//!
//! A use case that makes something takes a [`Once`] and calls its `keep` right before it commits. Refusals are not
//! kept: the same request may succeed another time.

mod forget;
mod once;
mod repeat;
mod under_way;

pub use forget::forget_answers;
pub use once::{Answer, Answered, Made, Once, Show, idempotent};
pub use repeat::Repeat;
pub(crate) use under_way::UnderWay;
