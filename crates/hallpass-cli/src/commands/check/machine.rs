//! What the machine is found to be: the disk under the database, who can read what.

use std::fs::{self, OpenOptions};
use std::io;
use std::path::{Path, PathBuf};

use hallpass_sqlite::{Schema, schema_of};

use super::production::{Finding, Weight};
use crate::config::keys::{self, Secrecy};
use crate::config::problem::Origin;
use crate::config::{Loaded, process_variables};

const DATABASE: &str = "the database";

/// Its place, its schema, whether it can be written, and who else can read it.
pub(super) fn database(path: &Path) -> Vec<Finding> {
    let mut found = Vec::new();
    let absolute = std::path::absolute(path).unwrap_or_else(|_| path.to_owned());
    if path.is_relative() {
        let what = format!("{} is relative to wherever hallpass is started", path.display());
        let way_out = format!("write it as sqlite:{}", absolute.display());
        found.push(Finding::new(Weight::Warning, DATABASE, what, &way_out));
    }
    match schema_of(&absolute) {
        Ok(Schema::Current) => {}
        Ok(Schema::Absent) => {
            let what = format!("{} is not there yet", absolute.display());
            found.push(Finding::new(
                Weight::Note,
                DATABASE,
                what,
                "`hallpass migrate` or `hallpass serve` makes it",
            ));
        }
        Ok(Schema::Behind { applied, known }) => {
            let what = format!("its schema has version {applied}, and this hallpass wants {known}");
            let way_out = "take a backup; `hallpass migrate` or `hallpass serve` migrates it";
            found.push(Finding::new(Weight::Warning, DATABASE, what, way_out));
        }
        Err(error) => {
            let way_out = "see that the path is right, and that it is a database of this hallpass";
            found.push(Finding::new(Weight::Error, DATABASE, error.to_string(), way_out));
        }
    }
    if let Some(directory) = absolute.parent().filter(|directory| directory.is_dir()) {
        found.extend(not_writable(&absolute, directory));
        found.extend(place(directory));
    }
    if others_can(&absolute, 0o077) {
        let what =
            format!("other users can read or write {}, which holds password hashes", absolute.display());
        let way_out = format!("chmod 600 {}", absolute.display());
        found.push(Finding::new(Weight::Error, DATABASE, what, &way_out));
    }
    found
}

/// SQLite writes the file and makes others beside it.
fn not_writable(file: &Path, directory: &Path) -> Option<Finding> {
    let opened = match OpenOptions::new().write(true).open(file) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(()),
        opened => opened.map(drop),
    };
    let probe = directory.join(format!(".hallpass-check-{}", std::process::id()));
    let made = OpenOptions::new().write(true).create_new(true).open(&probe).map(drop);
    let tidied = if made.is_ok() { fs::remove_file(&probe) } else { Ok(()) };
    let error = opened.and(made).and(tidied).err()?;
    let what = format!("{} or its directory cannot be written: {error}", file.display());
    let way_out = "let the user that hallpass runs as own the directory and the file";
    Some(Finding::new(Weight::Error, DATABASE, what, way_out))
}

/// Whether what is written there is there tomorrow.
fn place(directory: &Path) -> Option<Finding> {
    let directory = fs::canonicalize(directory).unwrap_or_else(|_| directory.to_owned());
    let mounts = fs::read_to_string("/proc/self/mounts").unwrap_or_default();
    let shown = directory.display();
    match filesystem(&directory, &mounts).as_deref() {
        Some(kind @ ("tmpfs" | "ramfs")) => {
            let what = format!("{shown} is in memory ({kind}): users and sessions are gone after a restart");
            Some(Finding::new(Weight::Error, DATABASE, what, "put it on a disk"))
        }
        Some(kind) if is_remote(kind) => {
            let what = format!("{shown} is on a network file system ({kind}), on which SQLite does not work");
            Some(Finding::new(Weight::Error, DATABASE, what, "put it on a local disk"))
        }
        Some("overlay" | "aufs") => {
            let what = format!("{shown} is in a layer of the container, and goes with it");
            Some(Finding::new(Weight::Warning, DATABASE, what, "mount a volume, and put it there"))
        }
        _ if ["/tmp", "/var/tmp", "/dev/shm", "/run"].iter().any(|place| directory.starts_with(place)) => {
            let what = format!("{shown} is a place that is tidied up");
            Some(Finding::new(
                Weight::Warning,
                DATABASE,
                what,
                "put it into a directory such as /var/lib/hallpass",
            ))
        }
        _ => None,
    }
}

fn is_remote(kind: &str) -> bool {
    let kinds =
        ["nfs", "nfs4", "cifs", "smb3", "smbfs", "9p", "ceph", "glusterfs", "fuse.sshfs", "fuse.s3fs", "afs"];
    kinds.contains(&kind)
}

/// The type of the file system that a directory is on, as the kernel lists them (`proc_pid_mounts(5)`).
fn filesystem(directory: &Path, mounts: &str) -> Option<String> {
    let mount = |line: &str| {
        let mut words = line.split(' ').skip(1);
        let point = words.next()?.replace("\\040", " ").replace("\\011", "\t").replace("\\134", "\\");
        Some((PathBuf::from(point), words.next()?.to_owned()))
    };
    let holding = mounts.lines().filter_map(mount).filter(|(point, _)| directory.starts_with(point));
    // Of two at the same place the later one counts, which `max_by_key` answers.
    holding.max_by_key(|(point, _)| point.components().count()).map(|(_, kind)| kind)
}

/// Files that hold a secret, and that others can read.
pub(super) fn files_with_secrets(loaded: &Loaded) -> Vec<Finding> {
    let mut files: Vec<PathBuf> = Vec::new();
    let variables = process_variables();
    let secret = |key: &str| keys::find(key).is_some_and(|key| key.secrecy == Secrecy::Secret);
    for (_, setting) in loaded.settings.iter().filter(|(key, _)| secret(key)) {
        match &setting.origin {
            Origin::File { path, .. } => files.push(path.clone()),
            Origin::Variable(name) if name.ends_with("_FILE") => {
                files.extend(variables.get(name).map(PathBuf::from));
            }
            Origin::Variable(_) | Origin::Flag(_) => {}
        }
    }
    // These settings name files with private keys.
    let holds_keys = |key: &str| key == "signing.keys" || key.ends_with(".private_key_file");
    for (key, _) in loaded.settings.iter().filter(|(key, _)| holds_keys(key)) {
        files.extend(loaded.settings.list(key).iter().map(PathBuf::from));
        files.extend(loaded.settings.text(key).map(PathBuf::from));
    }
    files.sort();
    files.dedup();
    files.iter().filter_map(|file| readable_by_others(file)).collect()
}

fn readable_by_others(file: &Path) -> Option<Finding> {
    let whose = file.display().to_string();
    let way_out = format!("chmod 600 {whose}, or keep the secret in a file of its own");
    if others_can(file, 0o007) {
        let what = "everybody on this machine can read or write it, and it holds a secret";
        return Some(Finding::new(Weight::Error, &whose, what, &way_out));
    }
    others_can(file, 0o070).then(|| {
        let what = "its group can read or write it, and it holds a secret";
        Finding::new(Weight::Note, &whose, what, &way_out)
    })
}

#[cfg(unix)]
fn others_can(file: &Path, bits: u32) -> bool {
    use std::os::unix::fs::PermissionsExt;
    fs::metadata(file).is_ok_and(|found| found.permissions().mode() & bits != 0)
}

#[cfg(not(unix))]
fn others_can(_: &Path, _: u32) -> bool {
    false
}

#[cfg(test)]
mod tests {
    use super::*;

    const MOUNTS: &str = "overlay / overlay rw 0 0\nproc /proc proc rw 0 0\n/dev/sda1 /var/lib ext4 rw 0 0\n\
                          tmpfs /var/lib/my\\040app tmpfs rw 0 0\nhost:/x /srv nfs4 rw 0 0\n/dev/sdb /srv xfs rw 0 0\n";

    #[test]
    fn the_nearest_mount_tells_the_file_system() {
        let kind = |path: &str| filesystem(Path::new(path), MOUNTS);
        assert_eq!(kind("/var/lib/hallpass").as_deref(), Some("ext4"));
        assert_eq!(kind("/var/lib/my app/data").as_deref(), Some("tmpfs"));
        assert_eq!(kind("/var/library").as_deref(), Some("overlay"));
        assert_eq!(kind("/srv").as_deref(), Some("xfs"), "the later of two");
        assert_eq!(filesystem(Path::new("/srv"), ""), None);
        assert!(is_remote("nfs4") && !is_remote("ext4"));
    }
}
