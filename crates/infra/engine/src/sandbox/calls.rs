//! Seccomp: which calls of the kernel.
//!
//! The list names what decoding and encoding take, with room for other C libraries and versions: files by
//! name, memory and threads are free, because other layers and the limits bound them. What is not named
//! fails with "Operation not permitted", so that a program says so and ends; what no decoder has ever
//! called, and what breaks out of sandboxes is made of, ends it at once.

use super::helper::Refused;
use seccompiler::{
    BackendError, BpfProgram, SeccompAction, SeccompCmpArgLen as Len, SeccompCmpOp as Op, SeccompCondition,
    SeccompFilter, SeccompRule, TargetArch, apply_filter,
};
use std::collections::BTreeMap;

/// Calls that are free.
#[rustfmt::skip]
const FREE: &[i64] = &[
    // Files. Which ones, landlock says; no links are made, no modes and owners are changed.
    libc::SYS_openat, libc::SYS_read, libc::SYS_write, libc::SYS_pread64, libc::SYS_pwrite64, libc::SYS_readv,
    libc::SYS_writev, libc::SYS_preadv, libc::SYS_pwritev, libc::SYS_preadv2, libc::SYS_pwritev2, libc::SYS_close,
    libc::SYS_close_range, libc::SYS_fstat, libc::SYS_newfstatat, libc::SYS_statx, libc::SYS_statfs,
    libc::SYS_fstatfs, libc::SYS_lseek, libc::SYS_ftruncate, libc::SYS_fallocate, libc::SYS_fsync,
    libc::SYS_fdatasync, libc::SYS_sync_file_range, libc::SYS_faccessat, libc::SYS_faccessat2, libc::SYS_readlinkat,
    libc::SYS_getdents64, libc::SYS_mkdirat, libc::SYS_unlinkat, libc::SYS_renameat, libc::SYS_renameat2,
    libc::SYS_getcwd, libc::SYS_fadvise64, libc::SYS_readahead, libc::SYS_flock, libc::SYS_umask, libc::SYS_dup,
    libc::SYS_dup3, libc::SYS_pipe2, libc::SYS_ppoll, libc::SYS_pselect6, libc::SYS_epoll_create1,
    libc::SYS_epoll_ctl, libc::SYS_epoll_pwait, libc::SYS_eventfd2, libc::SYS_sendfile, libc::SYS_copy_file_range,
    // Memory.
    libc::SYS_mmap, libc::SYS_munmap, libc::SYS_mprotect, libc::SYS_mremap, libc::SYS_madvise, libc::SYS_brk,
    libc::SYS_mlock, libc::SYS_mlock2, libc::SYS_munlock, libc::SYS_msync, libc::SYS_mincore, libc::SYS_membarrier,
    libc::SYS_get_mempolicy, libc::SYS_set_mempolicy, libc::SYS_mbind,
    // Threads; how they come to be is ruled below.
    libc::SYS_futex, libc::SYS_futex_waitv, libc::SYS_set_robust_list, libc::SYS_get_robust_list, libc::SYS_rseq,
    libc::SYS_set_tid_address, libc::SYS_gettid, libc::SYS_exit, libc::SYS_exit_group,
    libc::SYS_sched_yield, libc::SYS_sched_getaffinity, libc::SYS_sched_setaffinity, libc::SYS_sched_getparam,
    libc::SYS_sched_setparam, libc::SYS_sched_getscheduler, libc::SYS_sched_setscheduler, libc::SYS_sched_getattr,
    libc::SYS_sched_get_priority_max, libc::SYS_sched_get_priority_min, libc::SYS_getpriority, libc::SYS_setpriority,
    libc::SYS_getcpu,
    // Signals to oneself.
    libc::SYS_rt_sigaction, libc::SYS_rt_sigprocmask, libc::SYS_rt_sigreturn, libc::SYS_rt_sigpending,
    libc::SYS_rt_sigtimedwait, libc::SYS_rt_sigsuspend, libc::SYS_sigaltstack, libc::SYS_restart_syscall,
    // Time.
    libc::SYS_clock_gettime, libc::SYS_clock_getres, libc::SYS_clock_nanosleep, libc::SYS_nanosleep,
    libc::SYS_gettimeofday, libc::SYS_times, libc::SYS_getitimer, libc::SYS_setitimer,
    // About oneself and the machine.
    libc::SYS_getpid, libc::SYS_getppid, libc::SYS_getuid, libc::SYS_geteuid, libc::SYS_getgid, libc::SYS_getegid,
    libc::SYS_getresuid, libc::SYS_getresgid, libc::SYS_getgroups, libc::SYS_getpgid, libc::SYS_getsid,
    libc::SYS_uname, libc::SYS_sysinfo, libc::SYS_getrusage, libc::SYS_getrandom, libc::SYS_capget,
    // The program itself is started behind this filter. What can be run at all, landlock says.
    libc::SYS_execve,
];

/// Older names of the same, where a processor has them.
#[cfg(target_arch = "x86_64")]
#[rustfmt::skip]
const OLDER: &[i64] = &[
    libc::SYS_open, libc::SYS_creat, libc::SYS_stat, libc::SYS_lstat, libc::SYS_access, libc::SYS_readlink,
    libc::SYS_getdents, libc::SYS_mkdir, libc::SYS_rmdir, libc::SYS_unlink, libc::SYS_rename, libc::SYS_dup2,
    libc::SYS_pipe, libc::SYS_poll, libc::SYS_select, libc::SYS_epoll_create, libc::SYS_epoll_wait,
    libc::SYS_arch_prctl, libc::SYS_pause, libc::SYS_time, libc::SYS_alarm, libc::SYS_getpgrp, libc::SYS_getrlimit,
];
/// Older names of the same, where a processor has them.
#[cfg(not(target_arch = "x86_64"))]
const OLDER: &[i64] = &[];

/// Calls that are said not to be there, so that C libraries take the older ones that they know: those whose
/// flags are in memory, where no filter can see them, and those that are too new to be relied on.
const HIDDEN: &[i64] = &[libc::SYS_clone3, libc::SYS_openat2, libc::SYS_epoll_pwait2, libc::SYS_mseal];

/// Calls that end the program.
#[rustfmt::skip]
const DEADLY: &[i64] = &[
    libc::SYS_ptrace, libc::SYS_process_vm_readv, libc::SYS_process_vm_writev, libc::SYS_process_madvise,
    libc::SYS_bpf, libc::SYS_perf_event_open, libc::SYS_userfaultfd, libc::SYS_io_uring_setup,
    libc::SYS_io_uring_enter, libc::SYS_io_uring_register, libc::SYS_keyctl, libc::SYS_add_key, libc::SYS_request_key,
    libc::SYS_kexec_load, libc::SYS_init_module, libc::SYS_finit_module, libc::SYS_delete_module, libc::SYS_mount,
    libc::SYS_umount2, libc::SYS_pivot_root, libc::SYS_chroot, libc::SYS_move_mount, libc::SYS_open_tree,
    libc::SYS_fsopen, libc::SYS_fsconfig, libc::SYS_fsmount, libc::SYS_fspick, libc::SYS_mount_setattr,
    libc::SYS_unshare, libc::SYS_setns, libc::SYS_open_by_handle_at, libc::SYS_execveat, libc::SYS_kcmp,
    libc::SYS_reboot, libc::SYS_swapon, libc::SYS_swapoff,
];

/// From now on only the calls of the list.
pub(super) fn put_on() -> Result<(), Refused> {
    let processor = TargetArch::try_from(std::env::consts::ARCH)?;
    let denied = |errno: i32| SeccompAction::Errno(errno.unsigned_abs());
    // The strictest answer of all filters counts. The list comes last: it does not allow adding filters.
    let deadly = SeccompFilter::new(always(DEADLY), SeccompAction::Allow, SeccompAction::KillProcess, processor)?;
    let hidden = SeccompFilter::new(always(HIDDEN), SeccompAction::Allow, denied(libc::ENOSYS), processor)?;
    let listed = SeccompFilter::new(list()?, denied(libc::EPERM), SeccompAction::Allow, processor)?;
    for filter in [deadly, hidden, listed] {
        apply_filter(&BpfProgram::try_from(filter)?)?;
    }
    Ok(())
}

type Rules = BTreeMap<i64, Vec<SeccompRule>>;

fn always(calls: &[i64]) -> Rules {
    calls.iter().map(|call| (*call, Vec::new())).collect()
}

fn list() -> Result<Rules, BackendError> {
    let mut rules = always(FREE);
    rules.extend(always(OLDER));
    // Of two errors the later filter's counts, which is this one: here they pass.
    rules.extend(always(HIDDEN));
    // Threads, but no processes and no namespaces.
    let namespaces = libc::CLONE_NEWNS
        | libc::CLONE_NEWCGROUP
        | libc::CLONE_NEWUTS
        | libc::CLONE_NEWIPC
        | libc::CLONE_NEWUSER
        | libc::CLONE_NEWPID
        | libc::CLONE_NEWNET;
    let (thread, flags) = (bits(libc::CLONE_THREAD), bits(libc::CLONE_THREAD | namespaces));
    rules.insert(libc::SYS_clone, vec![rule(0, Len::Qword, Op::MaskedEq(flags), thread)?]);
    // Signals to threads of its own, such as that of `abort`. The number stays when it becomes the program.
    rules.insert(libc::SYS_tgkill, words(0, &[u64::from(std::process::id())])?);
    // Limits may be asked, not set: the new value, argument 2, is absent.
    rules.insert(libc::SYS_prlimit64, vec![rule(2, Len::Qword, Op::Eq, 0)?]);
    // Names of threads and of memory, and questions; not the signal that comes when the parent dies.
    let questions = [libc::PR_SET_NAME, libc::PR_GET_NAME, libc::PR_CAPBSET_READ, libc::PR_GET_DUMPABLE, PR_SET_VMA];
    rules.insert(libc::SYS_prctl, words(0, &questions.map(bits))?);
    // Descriptors, and locks on files; not the owners to whom signals would be sent.
    let descriptors = [
        libc::F_DUPFD,
        libc::F_DUPFD_CLOEXEC,
        libc::F_GETFD,
        libc::F_SETFD,
        libc::F_GETFL,
        libc::F_SETFL,
        libc::F_GETLK,
        libc::F_SETLK,
        libc::F_SETLKW,
        libc::F_OFD_GETLK,
        libc::F_OFD_SETLK,
        libc::F_OFD_SETLKW,
        libc::F_GETPIPE_SZ,
        libc::F_SETPIPE_SZ,
    ];
    rules.insert(libc::SYS_fcntl, words(1, &descriptors.map(bits))?);
    // Is it a terminal, how wide is it, how much waits to be read; nothing that types into one.
    rules.insert(libc::SYS_ioctl, words(1, &[0x5401, 0x5413, 0x541B, 0x5421, 0x5450, 0x5451])?);
    Ok(rules)
}

/// `PR_SET_VMA`: memory allocators name their memory.
const PR_SET_VMA: i32 = 0x5356_4d41;

fn bits(flags: i32) -> u64 {
    u64::from(flags.cast_unsigned())
}

/// One rule for each value of an argument of 32 bits.
fn words(argument: u8, values: &[u64]) -> Result<Vec<SeccompRule>, BackendError> {
    values.iter().map(|value| rule(argument, Len::Dword, Op::Eq, *value)).collect()
}

fn rule(argument: u8, length: Len, compare: Op, value: u64) -> Result<SeccompRule, BackendError> {
    SeccompRule::new(vec![SeccompCondition::new(argument, length, compare, value)?])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_call_is_both_free_and_deadly_and_the_filters_fit() {
        let listed = list().unwrap();
        assert!(DEADLY.iter().all(|call| !listed.contains_key(call)));
        for processor in ["x86_64", "aarch64"] {
            let processor = TargetArch::try_from(processor).unwrap();
            let filter = SeccompFilter::new(list().unwrap(), SeccompAction::Errno(1), SeccompAction::Allow, processor);
            assert!(BpfProgram::try_from(filter.unwrap()).unwrap().len() < 4096);
        }
    }

    #[test]
    fn nothing_that_makes_sockets_processes_links_or_memory_files_is_free() {
        let listed = list().unwrap();
        for call in [
            libc::SYS_socket,
            libc::SYS_socketpair,
            libc::SYS_connect,
            libc::SYS_bind,
            libc::SYS_linkat,
            libc::SYS_symlinkat,
            libc::SYS_mknodat,
            libc::SYS_memfd_create,
            libc::SYS_kill,
            libc::SYS_setsid,
            libc::SYS_setpgid,
            libc::SYS_seccomp,
            libc::SYS_pidfd_open,
            libc::SYS_fchmodat,
        ] {
            assert!(!listed.contains_key(&call), "{call}");
        }
    }
}
