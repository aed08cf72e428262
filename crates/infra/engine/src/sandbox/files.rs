//! Landlock: which files, and which ports.

use super::helper::Refused;
use super::needs::{own_libraries, runnable};
use landlock::{
    ABI, Access as _, AccessFs, AccessNet, BitFlags, CompatLevel, Compatible as _, PathBeneath, Ruleset,
    RulesetAttr as _, RulesetCreatedAttr as _, RulesetStatus, Scope, make_bitflags, path_beneath_rules,
};
use rustix::fs::{FileType, fstat};
use std::path::Path;

/// Libraries, fonts, and what encoders read to count processors. Folders that are not there are skipped.
const READABLE: [&str; 15] = [
    "/usr",
    "/lib",
    "/lib32",
    "/lib64",
    "/nix/store",
    "/gnu/store",
    "/etc/ld.so.cache",
    "/etc/fonts",
    "/etc/localtime",
    "/sys/devices/system/cpu",
    "/sys/devices/system/node",
    "/proc/cpuinfo",
    // Of itself alone: which processors and which memory it may use.
    "/proc/self/status",
    "/dev/urandom",
    "/dev/null",
];

/// In its own folder a program may do all but run, link and make what is no file: a link that it left
/// there would be followed by us.
const OWN: BitFlags<AccessFs> = make_bitflags!(AccessFs::{
    ReadFile | ReadDir | WriteFile | Truncate | MakeReg | MakeDir | RemoveFile | RemoveDir | Refer
});

const READ: BitFlags<AccessFs> = make_bitflags!(AccessFs::{ReadFile | ReadDir});

/// From now on: libraries and the input (descriptor 0, which the program opens again) can be read, the
/// folder in which we stand can be written, the program can be run; everything else is out of reach.
/// Abstract sockets and signals of others are too, where the kernel has that.
pub(super) fn put_on_files(program: &Path) -> Result<(), Refused> {
    let mut rules = Ruleset::default()
        .handle_access(AccessFs::from_all(ABI::V5))?
        .scope(Scope::from_all(ABI::V6))?
        .create()?
        .add_rules(path_beneath_rules(READABLE, READ))?
        .add_rules(path_beneath_rules(own_libraries(program), READ))?
        .add_rules(path_beneath_rules(["/dev/null"], AccessFs::WriteFile))?
        .add_rules(path_beneath_rules(runnable(program), AccessFs::ReadFile | AccessFs::Execute))?
        .add_rules(path_beneath_rules(["."], OWN))?;
    let input = std::io::stdin();
    // Pipes and the like have no place among the files, and need no rule.
    if fstat(&input).is_ok_and(|stat| FileType::from_raw_mode(stat.st_mode) == FileType::RegularFile) {
        rules = rules.add_rule(PathBeneath::new(input, AccessFs::ReadFile))?;
    }
    match rules.restrict_self()?.ruleset {
        RulesetStatus::NotEnforced => Err(Refused::NoLandlock),
        RulesetStatus::PartiallyEnforced | RulesetStatus::FullyEnforced => Ok(()),
    }
}

/// From now on no TCP port can be connected to or listened on.
pub(super) fn put_on_ports() -> Result<(), Refused> {
    let rules = Ruleset::default().set_compatibility(CompatLevel::HardRequirement);
    rules.handle_access(AccessNet::from_all(ABI::V4))?.create()?.restrict_self()?;
    Ok(())
}
