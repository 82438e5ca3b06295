//! hallpass as it is shipped, configured as in production: behind a proxy that speaks TLS.

use std::fs::{self, File};
use std::net::{Ipv4Addr, SocketAddr, TcpListener};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::thread::sleep;
use std::time::{Duration, Instant};

use crate::Failure;
use crate::browser::Browser;
use crate::process::{Folder, Process};

/// The public URL. Nothing is asked there: the requests go to the loopback.
pub(crate) const SITE: &str = "https://app.example.com";

/// The path of the application's webhook.
pub(crate) const WEBHOOK: &str = "/hook";

const PATIENCE: Duration = Duration::from_secs(20);
/// How often a server that starts is asked whether it answers.
const PAUSE: Duration = Duration::from_micros(250);

/// Where sessions are kept.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Strategy {
    Jwt,
    Database,
}

/// What every server here is started with.
pub(crate) struct Kit<'a> {
    binary: PathBuf,
    folder: &'a Folder,
    secret: String,
}

/// A running hallpass.
pub(crate) struct Hallpass {
    pub(crate) process: Process,
    pub(crate) address: SocketAddr,
    /// From its start to its first answer.
    pub(crate) first_answer: Duration,
}

impl<'a> Kit<'a> {
    pub(crate) fn new(binary: &Path, folder: &'a Folder) -> Result<Self, Failure> {
        let binary = binary.canonicalize().map_err(|error| format!("{}: {error}", binary.display()))?;
        let printed = Command::new(&binary).arg("secret").output().map_err(|error| error.to_string())?;
        let secret = String::from_utf8_lossy(&printed.stdout).trim().to_owned();
        if secret.is_empty() {
            return Err("`hallpass secret` printed nothing".to_owned());
        }
        Ok(Self { binary, folder, secret })
    }

    pub(crate) fn folder(&self) -> &Path {
        self.folder.path()
    }

    /// Starts one in the folder of this name, with the database that is there, and waits for its first answer.
    pub(crate) fn start(&self, name: &str, strategy: Strategy) -> Result<Hallpass, Failure> {
        self.start_with(name, strategy, "")
    }

    /// As [`Kit::start`], with a webhook: the application adds claims to every session.
    pub(crate) fn start_asking(
        &self,
        name: &str,
        strategy: Strategy,
        webhook: SocketAddr,
    ) -> Result<Hallpass, Failure> {
        let hooks = format!(
            "[hooks]\nurl = \"http://{webhook}{WEBHOOK}\"\nsecret = \"{}\"\nask = [\"jwt\"]\n\
             tell = [\"signIn\", \"signOut\"]\n[redirect]\nallowed_origins = [\"https://docs.example.com\"]\n",
            self.secret
        );
        self.start_with(name, strategy, &hooks)
    }

    fn start_with(&self, name: &str, strategy: Strategy, more: &str) -> Result<Hallpass, Failure> {
        let folder = self.folder.path().join(name);
        let address = free_address()?;
        let wrong = |error: std::io::Error| format!("hallpass cannot be prepared: {error}");
        fs::create_dir_all(&folder).map_err(wrong)?;
        let configuration = self.configuration(strategy, address) + more;
        fs::write(folder.join("hallpass.toml"), configuration).map_err(wrong)?;
        let log = File::create(folder.join("log")).map_err(wrong)?;
        let mut command = Command::new(&self.binary);
        command.arg("serve").current_dir(&folder).env_clear().stdin(Stdio::null());
        command.stdout(log.try_clone().map_err(wrong)?).stderr(log);
        let start = Instant::now();
        let mut process = Process::start(&mut command)?;
        while !answers(address) {
            if process.has_ended() || start.elapsed() > PATIENCE {
                let said = fs::read_to_string(folder.join("log")).unwrap_or_default();
                return Err(format!("hallpass does not answer. It said:\n{said}"));
            }
            sleep(PAUSE);
        }
        Ok(Hallpass { process, address, first_answer: start.elapsed() })
    }

    fn configuration(&self, strategy: Strategy, listen: SocketAddr) -> String {
        let strategy = match strategy {
            Strategy::Jwt => "jwt",
            Strategy::Database => "database",
        };
        format!(
            "url = \"{SITE}\"\nlisten = \"{listen}\"\nsecret = \"{}\"\ndatabase = \"sqlite:hallpass.db\"\n\
             session.strategy = \"{strategy}\"\npassword.enabled = true\npassword.sign_up = true\n",
            self.secret
        )
    }
}

fn answers(address: SocketAddr) -> bool {
    Browser::new(address).get("/session").is_ok_and(|answer| answer.status == 200)
}

/// A port that was free a moment ago.
fn free_address() -> Result<SocketAddr, Failure> {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).map_err(|error| error.to_string())?;
    listener.local_addr().map_err(|error| error.to_string())
}
