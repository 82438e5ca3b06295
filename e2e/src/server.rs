//! `hallpass serve`, started and ended.

use std::net::SocketAddr;
use std::process::{Child, Command};
use std::sync::{Mutex, PoisonError};
use std::thread::{self, JoinHandle};
use std::time::{Duration, Instant};

use crate::binary::{self, Program};
use crate::{Browser, Config, Database, Finished, Folder, Log, Request, SECRET, free_port};

/// How long a start or an end may take before the test fails.
const PATIENCE: Duration = Duration::from_secs(30);

/// A running server in a folder of its own.
#[derive(Debug)]
pub struct Server {
    program: Program,
    folder: Folder,
    port: u16,
    url: String,
    environment: Vec<(String, String)>,
    process: Mutex<Option<Process>>,
    /// What it writes.
    pub log: Log,
}

#[derive(Debug)]
struct Process {
    child: Child,
    readers: Vec<JoinHandle<()>>,
}

impl Server {
    /// Starts it and waits until it answers. The public URL is `http://localhost:PORT` unless configured.
    pub fn start(config: Config) -> Self {
        Self::start_with(config, &[])
    }

    /// As [`Server::start`], with environment variables beside the file.
    pub fn start_with(config: Config, environment: &[(&str, &str)]) -> Self {
        let server = Self::prepare(config, environment);
        server.spawn();
        server.wait_until_up();
        server
    }

    /// Writes the configuration and starts nothing.
    pub fn prepare(config: Config, environment: &[(&str, &str)]) -> Self {
        let port = free_port();
        let url = config.value("url").map_or_else(|| format!("http://localhost:{port}"), str::to_owned);
        let config = config.text("url", &url).text("listen", &format!("127.0.0.1:{port}"));
        let server = Self::in_new_folder(port, url, environment);
        config.secrets().iter().for_each(|secret| server.log.secret(secret));
        std::fs::write(server.folder.file("hallpass.toml"), config.toml())
            .expect("the configuration can be written");
        server
    }

    /// Without a file; the environment says where to listen, and nothing else but these variables.
    pub fn prepare_without_file(environment: &[(&str, &str)]) -> Self {
        let port = free_port();
        let mut server = Self::in_new_folder(port, format!("http://localhost:{port}"), environment);
        server.environment.push(("HALLPASS_LISTEN".to_owned(), format!("127.0.0.1:{port}")));
        server
    }

    fn in_new_folder(port: u16, url: String, environment: &[(&str, &str)]) -> Self {
        let environment =
            environment.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
        let log = Log::default();
        log.secret(SECRET);
        let program = Program::Hallpass;
        Self { program, folder: Folder::new(), port, url, environment, process: Mutex::new(None), log }
    }

    /// The example `hello-axum`, an app with the library inside: it is to answer like the server.
    pub fn hello_axum() -> Self {
        let port = free_port();
        let environment = [("PORT", port.to_string()), ("AUTH_SECRET", SECRET.to_owned())];
        let environment: Vec<(&str, &str)> =
            environment.iter().map(|(name, value)| (*name, value.as_str())).collect();
        let mut server = Self::in_new_folder(port, format!("http://localhost:{port}"), &environment);
        server.program = Program::HelloAxum;
        server.spawn();
        server.wait_until_up();
        server
    }

    /// Starts the process without waiting for it.
    pub fn spawn(&self) {
        let environment: Vec<(&str, &str)> =
            self.environment.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
        let arguments: &[&str] = if self.program == Program::Hallpass { &["serve"] } else { &[] };
        let mut child = binary::command(self.program, self.folder.path(), arguments, &environment)
            .spawn()
            .unwrap_or_else(|error| panic!("{:?} cannot be started: {error}", self.program));
        let out = child.stdout.take().map(|pipe| self.log.read_from(pipe));
        let err = child.stderr.take().map(|pipe| self.log.read_from(pipe));
        let readers = out.into_iter().chain(err).collect();
        *self.lock() = Some(Process { child, readers });
    }

    /// Waits until it is ready.
    pub fn wait_until_up(&self) {
        let start = Instant::now();
        let ready = || {
            Request::get(if self.program == Program::Hallpass { "/readyz" } else { "/api/auth/session" })
                .try_send(self.address(), "localhost")
                .is_ok_and(|answer| answer.status == 200)
        };
        while !ready() {
            assert!(self.is_running(), "hallpass ended at its start:\n{}", self.log.lines().join("\n"));
            assert!(start.elapsed() < PATIENCE, "hallpass does not listen:\n{}", self.log.lines().join("\n"));
            thread::sleep(Duration::from_millis(5));
        }
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, Option<Process>> {
        self.process.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn is_running(&self) -> bool {
        self.lock().as_mut().is_some_and(|process| matches!(process.child.try_wait(), Ok(None)))
    }

    /// Where it listens.
    pub fn address(&self) -> SocketAddr {
        SocketAddr::from(([127, 0, 0, 1], self.port))
    }

    /// Its public URL, without a slash at the end.
    pub fn url(&self) -> &str {
        &self.url
    }

    /// A URL of it, from a path.
    pub fn at(&self, path: &str) -> String {
        format!("{}{path}", self.url)
    }

    /// A browser without cookies.
    pub fn browser(&self) -> Browser {
        Browser::new(self.address(), &self.url, self.log.clone())
    }

    /// Its database file.
    pub fn database(&self) -> Database {
        Database::new(self.folder.file("hallpass.db"))
    }

    /// Its folder, with `hallpass.toml`.
    pub fn folder(&self) -> &Folder {
        &self.folder
    }

    /// Runs another command of the binary with the same configuration; what it prints may hold no secret that this
    /// server's log may not hold, unless it was typed as an argument.
    pub fn command(&self, arguments: &[&str], typed: &str) -> Finished {
        let own = |secret: &str| arguments.iter().any(|argument| argument.eq_ignore_ascii_case(secret));
        self.checked(arguments, typed, &own)
    }

    /// As [`Server::command`], for one that is asked who the users are: their addresses are what it is to print.
    pub fn listing(&self, arguments: &[&str]) -> Finished {
        self.checked(arguments, "", &|secret| secret.contains('@'))
    }

    fn checked(&self, arguments: &[&str], typed: &str, may_say: &dyn Fn(&str) -> bool) -> Finished {
        let environment: Vec<(&str, &str)> =
            self.environment.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
        let finished = crate::hallpass(self.folder.path(), arguments, &environment, typed);
        let typed = typed.trim();
        let told =
            self.log.secrets_in(&finished.text()).into_iter().filter(|secret| !may_say(secret)).count();
        assert_eq!(told, 0, "hallpass {arguments:?} prints a secret: {}", finished.text());
        assert!(
            typed.is_empty() || !finished.text().contains(typed),
            "hallpass {arguments:?} repeats what was typed"
        );
        finished
    }

    /// Memory in use, in KiB.
    pub fn resident(&self) -> u64 {
        let id = self.lock().as_ref().map(|process| process.child.id()).expect("the server runs");
        let status =
            std::fs::read_to_string(format!("/proc/{id}/status")).expect("the process can be looked at");
        let line =
            status.lines().find(|line| line.starts_with("VmRSS:")).expect("a running process uses memory");
        line.split_whitespace().nth(1).and_then(|number| number.parse().ok()).expect("VmRSS is a number")
    }

    /// Sends it a signal, such as `TERM`.
    pub fn signal(&self, name: &str) {
        let id = self.lock().as_ref().map(|process| process.child.id()).expect("the server runs");
        let status = Command::new("kill").args([&format!("-{name}"), &id.to_string()]).status();
        assert!(status.is_ok_and(|status| status.success()), "the server has ended by itself");
    }

    /// `kill -9`, as a power cut would.
    pub fn kill(&self) {
        if let Some(mut process) = self.lock().take() {
            let _ = process.child.kill();
            let _ = process.child.wait();
            process.readers.into_iter().for_each(|reader| drop(reader.join()));
        }
    }

    /// Waits for it to end by itself and answers with its exit code.
    pub fn wait_until_down(&self) -> Option<i32> {
        let mut process = self.lock().take()?;
        let start = Instant::now();
        let status = loop {
            if let Ok(Some(status)) = process.child.try_wait() {
                break Some(status);
            }
            if start.elapsed() > PATIENCE {
                let _ = process.child.kill();
                break None;
            }
            thread::sleep(Duration::from_millis(5));
        };
        let _ = process.child.wait();
        process.readers.into_iter().for_each(|reader| drop(reader.join()));
        status.and_then(|status| status.code())
    }

    /// Ends it as a supervisor would, and answers with its exit code.
    pub fn stop(&self) -> Option<i32> {
        if self.is_running() {
            self.signal("TERM");
        }
        self.wait_until_down()
    }

    /// Fails if a secret or a panic stands in the log.
    fn inspect_log(&self) {
        let leaks = self.log.leaks();
        assert!(leaks.is_empty(), "secrets in the log:\n{}", leaks.join("\n"));
        let panics = self.log.panics();
        assert!(panics.is_empty(), "panics:\n{}", self.log.lines().join("\n"));
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        if thread::panicking() {
            self.kill();
            eprintln!("── the log of hallpass\n{}", self.log.lines().join("\n"));
            return;
        }
        let ran = self.lock().is_some();
        let code = self.stop();
        // The example does not handle signals; `None` says that ours ended it.
        let ended = if self.program == Program::Hallpass { code == Some(0) } else { code.is_none() };
        assert!(!ran || ended, "hallpass ended with {code:?}:\n{}", self.log.lines().join("\n"));
        self.inspect_log();
    }
}
