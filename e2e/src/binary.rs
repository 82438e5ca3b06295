//! The binary under test.

use std::io::{Read, Write};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::OnceLock;
use std::thread::{self, JoinHandle};
use std::time::{Duration, Instant};

/// How long a command that is not `serve` may take before the test fails.
const PATIENCE: Duration = Duration::from_secs(30);

/// Where the binary is: `HALLPASS_BIN`, else a fresh build of the workspace's own.
pub(crate) fn path() -> &'static Path {
    static PATH: OnceLock<PathBuf> = OnceLock::new();
    PATH.get_or_init(|| std::env::var_os("HALLPASS_BIN").map_or_else(build, PathBuf::from))
}

fn build() -> PathBuf {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).parent().expect("e2e stands in the workspace");
    let cargo = std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
    let status = Command::new(cargo)
        .args(["build", "--package", "hallpass-cli", "--bin", "hallpass"])
        .current_dir(root)
        .status()
        .expect("cargo can be run");
    assert!(status.success(), "hallpass does not build");
    let target =
        std::env::var_os("CARGO_TARGET_DIR").map_or_else(|| root.join("target"), |dir| root.join(dir));
    target.join("debug").join("hallpass")
}

/// How a command ended.
#[derive(Clone, Debug)]
pub struct Finished {
    /// The exit code; `None` if a signal ended it.
    pub code: Option<i32>,
    /// Standard output.
    pub stdout: String,
    /// Standard error.
    pub stderr: String,
}

impl Finished {
    /// Everything that it printed.
    pub fn text(&self) -> String {
        format!("{}{}", self.stdout, self.stderr)
    }
}

/// The binary with these arguments, in a folder, with nothing of our environment but these variables.
pub(crate) fn command(folder: &Path, arguments: &[&str], environment: &[(&str, &str)]) -> Command {
    let mut command = Command::new(path());
    command
        .args(arguments)
        .current_dir(folder)
        .env_clear()
        .envs(environment.iter().copied())
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped());
    command
}

/// Runs `hallpass` with these arguments to its end; `typed` is its standard input.
pub fn hallpass(folder: &Path, arguments: &[&str], environment: &[(&str, &str)], typed: &str) -> Finished {
    let mut child = command(folder, arguments, environment).spawn().expect("hallpass can be started");
    if let Some(mut stdin) = child.stdin.take() {
        // A command that does not read what is typed may have closed it.
        let _ = stdin.write_all(typed.as_bytes());
    }
    let pipes = [child.stdout.take().map(collect), child.stderr.take().map(collect)];
    let start = Instant::now();
    let status = loop {
        if let Some(status) = child.try_wait().expect("hallpass can be waited for") {
            break status;
        }
        if start.elapsed() > PATIENCE {
            let _ = child.kill();
            panic!("hallpass {arguments:?} does not end");
        }
        thread::sleep(Duration::from_millis(5));
    };
    let [stdout, stderr] = pipes.map(|pipe| pipe.and_then(|thread| thread.join().ok()).unwrap_or_default());
    Finished { code: status.code(), stdout, stderr }
}

fn collect(mut pipe: impl Read + Send + 'static) -> JoinHandle<String> {
    thread::spawn(move || {
        let mut bytes = Vec::new();
        let _ = pipe.read_to_end(&mut bytes);
        String::from_utf8_lossy(&bytes).into_owned()
    })
}
