//! Everything that the helper is told, as arguments.

use super::helper::SANDBOX;
use super::layers::Confinement;
use std::ffi::{OsStr, OsString};
use std::path::PathBuf;

/// What a program may take. The helper puts all of it on itself, and dies with its parent.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct LimitSpec {
    /// Bytes of address space.
    pub memory_bytes: u64,
    /// Seconds of processor time, of all its threads together.
    pub cpu_seconds: u64,
    /// Bytes of the largest file that it may write; pipes do not count.
    pub file_bytes: u64,
    /// Open descriptors.
    pub open_files: u64,
    /// Threads at a time. Counted for the program alone in a namespace of its own; without one the count
    /// would be of all that its user runs, so it is not limited. Nor is it for root.
    pub threads: u64,
    /// The layers around it.
    pub confinement: Confinement,
}

/// Arguments that are not those of the helper.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("malformed arguments")]
pub struct Malformed;

/// Everything that the helper is told.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Order {
    /// Process id of whoever gives the order: when it is gone there is nobody to work for.
    pub parent: i32,
    /// The limits.
    pub limits: LimitSpec,
    /// What to become, with an absolute path.
    pub program: PathBuf,
    /// Its arguments.
    pub args: Vec<OsString>,
}

impl Order {
    /// The arguments of the helper, [`SANDBOX`] first.
    pub fn encode(&self) -> Vec<OsString> {
        let LimitSpec { memory_bytes, cpu_seconds, file_bytes, open_files, threads, confinement } = self.limits;
        let mut words: Vec<OsString> = vec![SANDBOX.into(), self.parent.to_string().into()];
        let limits = [memory_bytes, cpu_seconds, file_bytes, open_files, threads];
        words.extend(limits.map(|limit| limit.to_string().into()));
        words.push(confinement.to_string().into());
        words.push(self.program.clone().into());
        words.extend(self.args.iter().cloned());
        words
    }

    /// Reads what [`encode`](Self::encode) wrote behind [`SANDBOX`].
    pub fn decode(mut words: impl Iterator<Item = OsString>) -> Result<Self, Malformed> {
        let parent = words.next().as_deref().and_then(parsed).ok_or(Malformed)?;
        let mut limit = || words.next().as_deref().and_then(parsed).ok_or(Malformed);
        let (memory_bytes, cpu_seconds, file_bytes) = (limit()?, limit()?, limit()?);
        let (open_files, threads) = (limit()?, limit()?);
        let confinement = words.next().as_deref().and_then(parsed).ok_or(Malformed)?;
        let limits = LimitSpec { memory_bytes, cpu_seconds, file_bytes, open_files, threads, confinement };
        let program = words.next().map(PathBuf::from).filter(|path| path.is_absolute()).ok_or(Malformed)?;
        Ok(Self { parent, limits, program, args: words.collect() })
    }
}

fn parsed<N: core::str::FromStr>(word: &OsStr) -> Option<N> {
    word.to_str()?.parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sandbox::{Layer, Layers};
    use proptest::prelude::*;
    use std::os::unix::ffi::OsStringExt as _;

    proptest! {
        #[test]
        fn an_order_survives_the_way_through_the_arguments(
            parent in any::<i32>(),
            limits in any::<[u64; 5]>(),
            confinement in prop::sample::select(vec![
                Confinement::Best,
                Confinement::Require(Layers::NONE.with(Layer::Files)),
                Confinement::Only(Layers::NONE),
            ]),
            args in prop::collection::vec(prop::collection::vec(1_u8..=255, 0..20), 0..5),
        ) {
            let order = Order {
                parent,
                limits: LimitSpec {
                    memory_bytes: limits[0],
                    cpu_seconds: limits[1],
                    file_bytes: limits[2],
                    open_files: limits[3],
                    threads: limits[4],
                    confinement,
                },
                program: "/usr/bin/ffprobe".into(),
                args: args.into_iter().map(OsString::from_vec).collect(),
            };
            let mut words = order.encode().into_iter();
            prop_assert_eq!(words.next(), Some(OsString::from(SANDBOX)));
            prop_assert_eq!(Order::decode(words), Ok(order));
        }
    }

    #[test]
    fn anything_else_is_malformed() {
        for words in [
            "",
            "1",
            "1 2 3 4 5 6",
            "1 2 3 4 5 6 best",
            "1 2 3 4 5 /bin/true",
            "x 2 3 4 5 6 best /bin/true",
            "1 2 3 4 -5 6 best /bin/true",
            "1 2 3 4 5 6 worst /bin/true",
            "1 2 3 4 5 6 best true",
        ] {
            let decoded = Order::decode(words.split_whitespace().map(OsString::from));
            assert_eq!(decoded, Err(Malformed), "{words}");
        }
    }
}
