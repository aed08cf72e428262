//! What can happen to a queue. Jobs and workers are numbers that are taken modulo how many there are.

use kinora_domain::job::{Due, Priority, WorkKind};
use proptest::prelude::*;

#[derive(Debug, Clone)]
pub(crate) enum Step {
    Enqueue {
        organization: u8,
        kind: WorkKind,
        subject: u8,
        priority: Priority,
        due: Wait,
        join: Option<u8>,
        waits_for: u8,
    },
    /// A worker of a process asks for work; what it held before, it forgets: it has crashed.
    Claim {
        worker: u8,
        process: u8,
        kinds: Vec<WorkKind>,
    },
    Beat {
        worker: u8,
    },
    Complete {
        worker: u8,
    },
    /// Back to ready after so long, or parked.
    Fail {
        worker: u8,
        after: Option<i64>,
    },
    Drop {
        worker: u8,
    },
    /// A writer of long ago tries everything with the token that it had.
    Stale {
        lease: u8,
        way: u8,
    },
    Cancel {
        job: u8,
    },
    CancelWork {
        kind: WorkKind,
        subject: u8,
    },
    Replay {
        job: u8,
    },
    ProcessDies {
        process: u8,
    },
    Pass {
        millis: i64,
    },
}

/// When a job is due, relative to now.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Wait {
    None,
    Until(i64),
    For(i64),
}

impl Wait {
    pub(crate) fn at(self, now: i64) -> Due {
        match self {
            Self::None => Due::Now,
            Self::Until(millis) => Due::At(kinora_domain::Timestamp::from_millis(now + millis)),
            Self::For(millis) => Due::After(millis),
        }
    }
}

const HOUR: i64 = 3_600_000;

fn kind() -> impl Strategy<Value = WorkKind> {
    prop::sample::select(WorkKind::ALL)
}

fn wait() -> impl Strategy<Value = Wait> {
    prop_oneof![
        4 => Just(Wait::None),
        1 => (-5_000..20_000_i64).prop_map(Wait::Until),
        1 => (1..20_000_i64).prop_map(Wait::For),
    ]
}

fn enqueue() -> impl Strategy<Value = Step> {
    let priority = prop::sample::select(&Priority::ALL[..]);
    let join = prop_oneof![2 => Just(None), 3 => any::<u8>().prop_map(Some)];
    let waits_for = prop_oneof![3 => Just(0_u8), 1 => 1..4_u8];
    (0..4_u8, kind(), 0..5_u8, priority, wait(), join, waits_for).prop_map(
        |(organization, kind, subject, priority, due, join, waits_for)| Step::Enqueue {
            organization,
            kind,
            subject,
            priority,
            due,
            join,
            waits_for,
        },
    )
}

fn step() -> impl Strategy<Value = Step> {
    let kinds = prop_oneof![
        3 => Just(WorkKind::ALL.to_vec()),
        1 => kind().prop_map(|kind| vec![kind]),
    ];
    let millis = prop_oneof![
        4 => 0..40_000_i64,
        1 => Just(HOUR),
        1 => Just(-HOUR),
        1 => -40_000..0_i64,
    ];
    let worker = || 0..5_u8;
    prop_oneof![
        8 => enqueue(),
        10 => (worker(), 0..3_u8, kinds).prop_map(|(worker, process, kinds)| Step::Claim { worker, process, kinds }),
        3 => worker().prop_map(|worker| Step::Beat { worker }),
        6 => worker().prop_map(|worker| Step::Complete { worker }),
        3 => (worker(), prop::option::of(-1..20_000_i64)).prop_map(|(worker, after)| Step::Fail { worker, after }),
        1 => worker().prop_map(|worker| Step::Drop { worker }),
        3 => (any::<u8>(), 0..4_u8).prop_map(|(lease, way)| Step::Stale { lease, way }),
        1 => any::<u8>().prop_map(|job| Step::Cancel { job }),
        1 => (kind(), 0..5_u8).prop_map(|(kind, subject)| Step::CancelWork { kind, subject }),
        3 => any::<u8>().prop_map(|job| Step::Replay { job }),
        1 => (0..3_u8).prop_map(|process| Step::ProcessDies { process }),
        5 => millis.prop_map(|millis| Step::Pass { millis }),
    ]
}

pub(crate) fn history() -> impl Strategy<Value = Vec<Step>> {
    prop::collection::vec(step(), 1..120)
}
