//! What a process gives up before it touches media.

use landlock::{
    ABI, Access, AccessFs, AccessNet, CompatLevel, Compatible, PathBeneath, PathFd, Ruleset,
    RulesetAttr, RulesetCreatedAttr, RulesetStatus, Scope,
};
use rlimit::{Resource, setrlimit};
use seccompiler::{BpfProgram, SeccompAction, SeccompFilter, apply_filter};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use std::path::Path;

/// Whether one means of confinement is in force.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Held {
    /// All of it.
    Fully,
    /// What this kernel knows of it.
    Partly,
    /// Nothing of it: the kernel lacks it or refused.
    Not,
}

/// What holds a worker.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Confinement {
    /// No files and no network connections (Landlock).
    pub reach: Held,
    /// No system calls but those that decoding needs (seccomp).
    pub calls: Held,
    /// Bounds of memory, processor time and open files (resource limits).
    pub resources: Held,
}

impl Confinement {
    /// Whether everything is in force.
    #[must_use]
    pub fn is_full(self) -> bool {
        [self.reach, self.calls, self.resources].iter().all(|held| *held == Held::Fully)
    }
}

/// What a process may use at most.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Bounds {
    /// Address space, in bytes.
    pub memory_bytes: u64,
    /// Processor time of the whole process, in seconds.
    pub processor_seconds: u64,
    /// Open files.
    pub files: u64,
}

/// Sets the bounds. They can be lowered afterwards and never raised.
pub(crate) fn bound(bounds: Bounds) -> Held {
    let set = [
        (Resource::AS, bounds.memory_bytes),
        (Resource::FSIZE, 0),
        (Resource::CORE, 0),
        (Resource::NOFILE, bounds.files),
        (Resource::CPU, bounds.processor_seconds),
    ];
    let all = set.into_iter().map(|(resource, limit)| setrlimit(resource, limit, limit).is_ok());
    let done = all.fold((0, 0), |(good, of), is| (good + usize::from(is), of + 1));
    match done {
        (good, of) if good == of => Held::Fully,
        (0, _) => Held::Not,
        _ => Held::Partly,
    }
}

/// Gives up files and the network, but for reading and running what lies beneath `programs`.
pub(crate) fn give_up_reach(programs: &[&Path]) -> Held {
    let outcome = (|| {
        let ruleset = Ruleset::default()
            .set_compatibility(CompatLevel::BestEffort)
            .handle_access(AccessFs::from_all(ABI::V5))?
            .handle_access(AccessNet::from_all(ABI::V4))?
            .scope(Scope::from_all(ABI::V6))?;
        let mut created = ruleset.create()?;
        let read = AccessFs::from_read(ABI::V5);
        for program in programs {
            // What is not there cannot be needed.
            if let Ok(path) = PathFd::new(program) {
                let wanted =
                    if program.is_dir() { read } else { read & AccessFs::from_file(ABI::V5) };
                created = created.add_rule(PathBeneath::new(path, wanted))?;
            }
        }
        created.restrict_self()
    })();
    match outcome.map(|status| status.ruleset) {
        Ok(RulesetStatus::FullyEnforced) => Held::Fully,
        Ok(RulesetStatus::PartiallyEnforced) => Held::Partly,
        Ok(RulesetStatus::NotEnforced) | Err(_) => Held::Not,
    }
}

/// Which system calls a filter is about.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Calls {
    /// Those alone are allowed; any other ends the process.
    Only(&'static [libc::c_long]),
    /// Those fail as if the process had no right to them; for programs that are not ours, of
    /// which nobody can list what they call.
    Without(&'static [libc::c_long]),
}

/// Gives up system calls for good, for this process and what it becomes.
pub(crate) fn give_up_calls(calls: Calls) -> Held {
    let (listed, otherwise, list) = match calls {
        Calls::Only(list) => (SeccompAction::Allow, SeccompAction::KillProcess, list),
        Calls::Without(list) => {
            (SeccompAction::Errno(libc::EPERM as u32), SeccompAction::Allow, list)
        }
    };
    let rules: BTreeMap<i64, _> = list.iter().map(|&call| (call, Vec::new())).collect();
    let applied = std::env::consts::ARCH
        .try_into()
        .and_then(|arch| SeccompFilter::new(rules, otherwise, listed, arch))
        .and_then(BpfProgram::try_from)
        .map_err(seccompiler::Error::from)
        .and_then(|program| apply_filter(&program));
    if applied.is_ok() { Held::Fully } else { Held::Not }
}

/// What decoding in safe code needs: memory, its two pipes, time, and an end.
pub(crate) const DECODING: &[libc::c_long] = &[
    libc::SYS_read,
    libc::SYS_write,
    libc::SYS_close,
    libc::SYS_brk,
    libc::SYS_mmap,
    libc::SYS_munmap,
    libc::SYS_mremap,
    libc::SYS_mprotect,
    libc::SYS_madvise,
    libc::SYS_futex,
    libc::SYS_getrandom,
    libc::SYS_rt_sigaction,
    libc::SYS_rt_sigprocmask,
    libc::SYS_rt_sigreturn,
    libc::SYS_sigaltstack,
    libc::SYS_restart_syscall,
    libc::SYS_sched_yield,
    libc::SYS_sched_getaffinity,
    libc::SYS_getpid,
    libc::SYS_gettid,
    libc::SYS_tgkill,
    libc::SYS_exit,
    libc::SYS_exit_group,
];

/// What a program that decodes video has no business with.
pub(crate) const NOT_FOR_VIDEO: &[libc::c_long] = &[
    libc::SYS_socket,
    libc::SYS_socketpair,
    libc::SYS_connect,
    libc::SYS_bind,
    libc::SYS_listen,
    libc::SYS_accept,
    libc::SYS_accept4,
    libc::SYS_sendto,
    libc::SYS_sendmsg,
    libc::SYS_sendmmsg,
    libc::SYS_ptrace,
    libc::SYS_process_vm_readv,
    libc::SYS_process_vm_writev,
    libc::SYS_kill,
    libc::SYS_mount,
    libc::SYS_umount2,
    libc::SYS_pivot_root,
    libc::SYS_chroot,
    libc::SYS_unshare,
    libc::SYS_setns,
    libc::SYS_bpf,
    libc::SYS_perf_event_open,
    libc::SYS_userfaultfd,
    libc::SYS_io_uring_setup,
    libc::SYS_io_uring_enter,
    libc::SYS_io_uring_register,
    libc::SYS_keyctl,
    libc::SYS_add_key,
    libc::SYS_request_key,
    libc::SYS_init_module,
    libc::SYS_finit_module,
    libc::SYS_delete_module,
    libc::SYS_kexec_load,
    libc::SYS_reboot,
    libc::SYS_swapon,
    libc::SYS_swapoff,
    libc::SYS_setuid,
    libc::SYS_setgid,
    libc::SYS_setresuid,
    libc::SYS_setresgid,
    libc::SYS_setgroups,
    libc::SYS_shmget,
    libc::SYS_shmat,
    libc::SYS_msgget,
    libc::SYS_semget,
    libc::SYS_mq_open,
    libc::SYS_open_by_handle_at,
    libc::SYS_name_to_handle_at,
    libc::SYS_memfd_create,
];
