//! The programs under test.

use std::io::{Read, Write};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::OnceLock;
use std::thread::{self, JoinHandle};
use std::time::{Duration, Instant};

/// How long a command that is not `serve` may take before the test fails.
const PATIENCE: Duration = Duration::from_secs(30);

/// What can be started.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Program {
    /// The server, as people install it.
    Hallpass,
    /// The smallest app that merges the library into its router.
    HelloAxum,
}

impl Program {
    /// Where the program is: where the variable says, else in a fresh build of the workspace's own.
    fn path(self) -> &'static Path {
        static HALLPASS: OnceLock<PathBuf> = OnceLock::new();
        static HELLO_AXUM: OnceLock<PathBuf> = OnceLock::new();
        let (place, variable, package) = match self {
            Self::Hallpass => (&HALLPASS, "HALLPASS_BIN", ["hallpass-cli", "hallpass"]),
            Self::HelloAxum => (&HELLO_AXUM, "HELLO_AXUM_BIN", ["hello-axum", "hello-axum"]),
        };
        place.get_or_init(|| std::env::var_os(variable).map_or_else(|| build(package), PathBuf::from))
    }
}

fn build([package, name]: [&str; 2]) -> PathBuf {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).parent().expect("e2e stands in the workspace");
    let cargo = std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
    let status = Command::new(cargo)
        .args(["build", "--package", package, "--bin", name])
        .current_dir(root)
        .status()
        .expect("cargo can be run");
    assert!(status.success(), "{name} does not build");
    let target =
        std::env::var_os("CARGO_TARGET_DIR").map_or_else(|| root.join("target"), |dir| root.join(dir));
    target.join("debug").join(name)
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

/// A program with these arguments, in a folder, with nothing of our environment but these variables.
pub(crate) fn command(
    program: Program,
    folder: &Path,
    arguments: &[&str],
    environment: &[(&str, &str)],
) -> Command {
    let mut command = Command::new(program.path());
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
    let mut child =
        command(Program::Hallpass, folder, arguments, environment).spawn().expect("hallpass can be started");
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
