//! The processes that are measured, and what the kernel says about them.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Child, Command};
use std::time::Duration;

use crate::Failure;

/// A folder of its own that is gone when this is dropped.
pub(crate) struct Folder(PathBuf);

impl Folder {
    pub(crate) fn new() -> Result<Self, Failure> {
        let path = std::env::temp_dir().join(format!("hallpass-bench-{}", std::process::id()));
        fs::create_dir_all(&path).map_err(|error| format!("no temporary folder can be made: {error}"))?;
        Ok(Self(path))
    }

    pub(crate) fn path(&self) -> &Path {
        &self.0
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.0);
    }
}

/// A server that runs until this is dropped.
pub(crate) struct Process(Child);

impl Process {
    pub(crate) fn start(command: &mut Command) -> Result<Self, Failure> {
        let name = command.get_program().to_string_lossy().into_owned();
        command.spawn().map(Self).map_err(|error| format!("{name} cannot be started: {error}"))
    }

    pub(crate) fn child(&mut self) -> &mut Child {
        &mut self.0
    }

    pub(crate) fn has_ended(&mut self) -> bool {
        !matches!(self.0.try_wait(), Ok(None))
    }

    /// CPU time that its threads have used, in user and in kernel mode.
    ///
    /// The first number of each thread's `schedstat` counts nanoseconds on a CPU; `utime` and `stime` of `stat`
    /// count hundredths of a second. A thread that has ended is missing, so compare within a time in which none ends.
    pub(crate) fn cpu(&self) -> Result<Duration, Failure> {
        let unreadable = |error: std::io::Error| format!("the server's CPU time cannot be read: {error}");
        let mut nanos = 0;
        for task in fs::read_dir(self.proc("task")).map_err(unreadable)? {
            let path = task.map_err(unreadable)?.path().join("schedstat");
            let text = fs::read_to_string(path).map_err(unreadable)?;
            nanos += text.split(' ').next().and_then(|word| word.parse::<u64>().ok()).unwrap_or_default();
        }
        Ok(Duration::from_nanos(nanos))
    }

    /// A line of `status` that counts memory, such as `VmRSS`, in bytes.
    pub(crate) fn memory(&self, line: &str) -> Result<u64, Failure> {
        let status = fs::read_to_string(self.proc("status")).map_err(|error| error.to_string())?;
        let kib = status
            .lines()
            .find_map(|text| text.strip_prefix(line)?.strip_prefix(':')?.split_whitespace().next());
        let kib: u64 = kib.and_then(|kib| kib.parse().ok()).ok_or("the server's memory cannot be read")?;
        Ok(kib * 1024)
    }

    fn proc(&self, file: &str) -> PathBuf {
        PathBuf::from(format!("/proc/{}/{file}", self.0.id()))
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}
