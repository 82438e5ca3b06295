//! The binary from outside: started in an empty directory on a port of its own, asked over sockets, stopped.

// The helpers here are as much test as the tests.
#![allow(clippy::unwrap_used)]

use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpStream;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Output, Stdio};
use std::sync::atomic::{AtomicUsize, Ordering};

const SECRET: &str = "q0Zr7v1Xy9w2Jt5LmNf8KcB3hDsGpAeU4iOxRkEw6Yo=";

/// An empty directory that goes away.
struct Directory(PathBuf);

impl Directory {
    fn new() -> Self {
        static COUNT: AtomicUsize = AtomicUsize::new(0);
        let name = format!("hallpass-cli-{}-{}", std::process::id(), COUNT.fetch_add(1, Ordering::Relaxed));
        let path = Path::new(env!("CARGO_TARGET_TMPDIR")).join(name);
        std::fs::create_dir_all(&path).unwrap();
        Self(path)
    }

    fn with_file(text: &str) -> Self {
        let directory = Self::new();
        std::fs::write(directory.0.join("hallpass.toml"), text).unwrap();
        directory
    }

    fn command(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_hallpass"));
        command.args(arguments).current_dir(&self.0).env_clear();
        command
    }

    fn run(&self, arguments: &[&str]) -> Output {
        self.command(arguments).stdin(Stdio::null()).output().unwrap()
    }

    /// Starts the server and waits until it says where it listens.
    fn serve(&self) -> Server {
        let mut command = self.command(&["serve", "--listen", "127.0.0.1:0"]);
        let mut child = command.stderr(Stdio::piped()).spawn().unwrap();
        let log = BufReader::new(child.stderr.take().unwrap());
        let mut server = Server { child, log, said: String::new(), address: String::new() };
        while server.address.is_empty() {
            let mut line = String::new();
            assert_ne!(server.log.read_line(&mut line).unwrap(), 0, "the server ended: {}", server.said);
            server.said += &line;
            if let Some((_, address)) = line.split_once("listens on http://") {
                server.address = address.split_whitespace().next().unwrap().to_owned();
            }
        }
        server
    }
}

impl Drop for Directory {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.0);
    }
}

struct Server {
    child: Child,
    log: BufReader<std::process::ChildStderr>,
    said: String,
    address: String,
}

impl Server {
    fn connect(&self) -> TcpStream {
        TcpStream::connect(&self.address).unwrap()
    }

    /// The whole answer to this request, headers first.
    fn ask(&self, method: &str, path: &str) -> String {
        let mut stream = self.connect();
        let host = &self.address;
        write!(stream, "{method} {path} HTTP/1.1\r\nhost: {host}\r\nconnection: close\r\n\r\n").unwrap();
        let mut answer = String::new();
        stream.read_to_string(&mut answer).unwrap();
        answer
    }

    fn terminate(&self) {
        let status = Command::new("kill").args(["-TERM", &self.child.id().to_string()]).status().unwrap();
        assert!(status.success());
    }

    fn rest_of_the_log(&mut self) -> String {
        let mut rest = String::new();
        self.log.read_to_string(&mut rest).unwrap();
        rest
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

fn errors(output: &Output) -> String {
    String::from_utf8(output.stderr.clone()).unwrap()
}

fn production(more: &str) -> Directory {
    Directory::with_file(&format!(
        "url = \"https://app.example.com\"\nsecret = \"{SECRET}\"\n{more}\n[password]\nenabled = true\n"
    ))
}

#[test]
fn without_configuration_a_newcomer_is_shown_around() {
    let directory = Directory::new();
    let server = directory.serve();
    let port = server.address.rsplit(':').next().unwrap();
    for part in
        ["development mode", &format!("http://localhost:{port}/mailbox"), ".hallpass/", "hallpass secret"]
    {
        assert!(server.said.contains(part), "{part}: {}", server.said);
    }
    for (path, part) in [
        ("/", "<title>hallpass demo</title>"),
        ("/demo.js", "text/javascript"),
        ("/demo.css", "text/css"),
        ("/mailbox", "No mail yet"),
        ("/healthz", "ok"),
        ("/readyz", "ready"),
        ("/api/auth/session", "{}"),
        ("/api/auth/providers", "\"credentials\""),
        ("/api/auth/csrf", "csrfToken"),
    ] {
        let answer = server.ask("GET", path);
        assert!(answer.starts_with("HTTP/1.1 200 ") && answer.contains(part), "{path}: {answer}");
    }
}

#[cfg(unix)]
#[test]
fn the_secret_of_development_mode_is_the_owners_and_stays() {
    use std::os::unix::fs::PermissionsExt;
    let directory = Directory::new();
    drop(directory.serve());
    let path = directory.0.join(".hallpass/secret");
    let first = std::fs::read_to_string(&path).unwrap();
    assert_eq!(std::fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o600);
    drop(directory.serve());
    assert_eq!(std::fs::read_to_string(&path).unwrap(), first);
    std::fs::write(&path, "").unwrap();
    assert!(errors(&directory.run(&["serve", "--listen", "127.0.0.1:0"])).contains("holds no secret"));
}

#[test]
fn in_production_there_is_no_demo_and_no_mailbox() {
    let directory = production("");
    let server = directory.serve();
    for path in ["/", "/demo.js", "/demo.css", "/mailbox", "/mailbox/0", "/api/authentic", "/nowhere"] {
        let answer = server.ask("GET", path);
        assert!(
            answer.starts_with("HTTP/1.1 404 ") && answer.contains("This is hallpass"),
            "{path}: {answer}"
        );
    }
    assert!(server.ask("POST", "/nowhere").starts_with("HTTP/1.1 405 "));
    assert!(server.ask("GET", "/api/auth/session").contains("__Host-next-auth.csrf-token"));
}

#[test]
fn the_demo_can_be_turned_on_alone() {
    let server = production("demo.enabled = true").serve_and_keep();
    assert!(server.0.ask("GET", "/").contains("hallpass demo"));
    assert!(server.0.ask("GET", "/mailbox").starts_with("HTTP/1.1 404 "));
}

impl Directory {
    fn serve_and_keep(self) -> (Server, Self) {
        (self.serve(), self)
    }
}

#[test]
fn a_server_whose_database_is_gone_is_alive_and_not_ready() {
    let (server, directory) = production("").serve_and_keep();
    std::fs::remove_file(directory.0.join("hallpass.db")).unwrap();
    let ready = server.ask("GET", "/readyz");
    assert!(ready.starts_with("HTTP/1.1 503 ") && ready.contains("retry-after: "), "{ready}");
    assert!(server.ask("GET", "/healthz").starts_with("HTTP/1.1 200 "));
}

#[test]
fn too_many_or_too_large_headers_are_refused() {
    let (server, _directory) = production("").serve_and_keep();
    for headers in ["a: b\r\n".repeat(200), format!("a: {}\r\n", "b".repeat(1_000_000))] {
        let mut stream = server.connect();
        let _ = write!(stream, "GET /healthz HTTP/1.1\r\nhost: x\r\n{headers}\r\n");
        let mut answer = String::new();
        // The server hangs up on what it will not read, which may reset the connection before the answer is read.
        let read = stream.read_to_string(&mut answer);
        assert!(answer.starts_with("HTTP/1.1 431") || read.is_err(), "{answer}");
    }
    assert!(server.ask("GET", "/healthz").starts_with("HTTP/1.1 200"));
}

#[cfg(unix)]
#[test]
fn a_request_under_way_is_answered_after_the_signal_to_stop() {
    let (mut server, _directory) = production("").serve_and_keep();
    let mut stream = server.connect();
    let body = "csrfToken=none";
    write!(
        stream,
        "POST /api/auth/signout HTTP/1.1\r\nhost: x\r\nexpect: 100-continue\r\n\
         content-type: application/x-www-form-urlencoded\r\ncontent-length: {}\r\n\r\n",
        body.len()
    )
    .unwrap();
    // The server asks for the body: the request is under way.
    let mut asked = [0; 25];
    stream.read_exact(&mut asked).unwrap();
    assert_eq!(&asked, b"HTTP/1.1 100 Continue\r\n\r\n");
    server.terminate();
    // Nobody is let in any more: the signal has arrived.
    while TcpStream::connect(&server.address).is_ok() {}
    stream.write_all(body.as_bytes()).unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).unwrap();
    assert!(answer.starts_with("HTTP/1.1 302 ") || answer.starts_with("HTTP/1.1 200 "), "{answer}");
    assert!(server.child.wait().unwrap().success());
    assert!(server.rest_of_the_log().contains("answered every request"));
}

#[test]
fn what_cannot_be_understood_is_refused_before_anything_is_made() {
    for (file, told) in [
        ("lisen = \"x\"", "did you mean `listen`?"),
        ("", "`url` is missing"),
        ("url = \"https://a.example\"\nsecret = \"short\"", "`hallpass secret`"),
        ("url = \"http://a.example\"", "https://"),
    ] {
        let directory = Directory::with_file(file);
        let output = directory.run(&["serve"]);
        assert_eq!(output.status.code(), Some(2), "{file}");
        assert!(errors(&output).contains(told), "{file}: {}", errors(&output));
        assert_eq!(std::fs::read_dir(&directory.0).unwrap().count(), 1, "{file}");
    }
    let directory = Directory::new();
    let output = directory.command(&["serve"]).env("HALLPASS_LISTNE", "x").output().unwrap();
    assert!(errors(&output).contains("did you mean HALLPASS_LISTEN?"), "{}", errors(&output));
}

#[test]
fn a_database_that_cannot_be_opened_is_told_with_the_way_out() {
    let directory = production("database = \"sqlite:missing/hallpass.db\"");
    let output = directory.run(&["serve", "--listen", "127.0.0.1:0"]);
    assert_eq!(output.status.code(), Some(1));
    assert!(errors(&output).contains("does not exist"), "{}", errors(&output));
    std::fs::write(directory.0.join("text.db"), "this is no database, it is a text of some length").unwrap();
    let output = directory.run(&["serve", "--listen", "127.0.0.1:0", "--database", "sqlite:text.db"]);
    assert!(errors(&output).contains("text.db"), "{}", errors(&output));
}

#[test]
fn a_port_in_use_is_told_with_another() {
    let taken = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let address = taken.local_addr().unwrap().to_string();
    let output = Directory::new().run(&["serve", "--listen", &address]);
    assert!(errors(&output).contains("another program") && errors(&output).contains("--listen"));
}

#[test]
fn check_tells_what_counts_and_whether_it_can_be_used() {
    let good = production("").run(&["check"]);
    let said = String::from_utf8(good.stdout).unwrap();
    assert_eq!(good.status.code(), Some(0), "{said}");
    assert!(
        said.contains("production mode") && said.contains("hallpass.toml:1") && !said.contains(SECRET),
        "{said}"
    );
    let bad = production("base_path = \"no slash\"").run(&["check"]);
    assert_eq!(bad.status.code(), Some(2));
    assert!(String::from_utf8(bad.stdout).unwrap().contains("base path"));
    let directory = Directory::new();
    assert_eq!(directory.run(&["check"]).status.code(), Some(0));
    assert_eq!(std::fs::read_dir(&directory.0).unwrap().count(), 0, "check makes nothing");
    let keys = directory.run(&["check", "--keys"]).stdout;
    assert!(String::from_utf8(keys).unwrap().contains("| `session.max_age` |"));
}

#[test]
fn the_command_line_is_told_to_editors_shells_and_man() {
    let directory = Directory::new();
    let printed = |words: &[&str]| String::from_utf8(directory.run(words).stdout).unwrap();
    assert!(printed(&["config", "schema"]) == include_str!("../../../book/hallpass.schema.json"));
    let mut bash = Command::new("bash").arg("-n").stdin(Stdio::piped()).spawn().unwrap();
    bash.stdin.take().unwrap().write_all(printed(&["completions", "bash"]).as_bytes()).unwrap();
    assert!(bash.wait().unwrap().success(), "bash cannot read its completions");
    for shell in ["bash", "zsh", "fish"] {
        assert!(printed(&["completions", shell]).contains("migrate"), "{shell}");
    }
    let page = printed(&["man"]);
    for told in
        [".TH hallpass 1", "hallpass users add", "hallpass config schema", "\\-\\-listen", "\\-\\-keys"]
    {
        assert!(page.contains(told), "{told}: {page}");
    }
    let unknown = directory.run(&["completions", "tcsh"]);
    assert_eq!(unknown.status.code(), Some(2));
    assert!(errors(&unknown).contains("bash"), "{}", errors(&unknown));
    assert_eq!(std::fs::read_dir(&directory.0).unwrap().count(), 0, "printing makes nothing");
}

#[test]
fn a_printed_secret_can_be_used() {
    let secret = String::from_utf8(Directory::new().run(&["secret"]).stdout).unwrap();
    let directory = Directory::with_file("url = \"https://app.example.com\"\n[password]\nenabled = true\n");
    std::fs::write(directory.0.join("secret"), &secret).unwrap();
    let checked = directory.command(&["check"]).env("HALLPASS_SECRET_FILE", "secret").output().unwrap();
    assert!(checked.status.success(), "{}", String::from_utf8_lossy(&checked.stdout));
}

#[test]
fn users_are_added_once_and_their_passwords_set() {
    let directory = production("");
    std::fs::write(directory.0.join("password"), "correct horse battery\n").unwrap();
    let with_file = |words: &[&str]| directory.run(&[words, &["--password-file", "password"]].concat());
    assert!(directory.run(&["migrate"]).status.success());
    assert!(errors(&with_file(&["users", "password", "ada@example.com"])).contains("users add"));
    let added = with_file(&["users", "add", "Ada@example.com", "--name", "Ada"]);
    assert!(added.status.success(), "{}", errors(&added));
    let again = with_file(&["users", "add", "ada@EXAMPLE.com"]);
    assert_eq!(again.status.code(), Some(1));
    assert!(errors(&again).contains("users password"), "{}", errors(&again));
    assert!(with_file(&["users", "password", "ada@example.com"]).status.success());
    std::fs::write(directory.0.join("password"), "short\n").unwrap();
    assert!(!with_file(&["users", "password", "ada@example.com"]).status.success());
    assert!(!directory.run(&["users", "add", "bob@example.com"]).status.success(), "no password at all");
}

#[test]
fn whoever_looks_in_the_wrong_place_is_told_so_and_nothing_is_made_there() {
    for directory in [production(""), Directory::new()] {
        for words in [
            &["users", "list"][..],
            &["users", "disable", "ada@example.com", "--yes"],
            &["users", "enable", "ada@example.com"],
            &["sessions", "list"],
            &["sessions", "revoke", "--all", "--yes"],
        ] {
            let told = directory.run(words);
            assert_eq!(told.status.code(), Some(1), "{words:?}");
            let said = errors(&told);
            assert!(said.contains("there is no database at /") && said.contains("--config"), "{said}");
            assert!(!directory.0.join("hallpass.db").exists() && !directory.0.join(".hallpass").exists());
        }
    }
}

#[test]
fn a_listing_of_nothing_is_no_listing() {
    let directory = production("");
    assert!(directory.run(&["migrate"]).status.success());
    let told = directory.run(&["users", "list", "--limit", "0"]);
    assert!(errors(&told).contains("say 1 or more"), "{}", errors(&told));
}

#[test]
fn migrate_makes_the_database() {
    let directory = production("");
    assert!(directory.run(&["migrate"]).status.success());
    assert!(directory.0.join("hallpass.db").exists());
    assert!(directory.run(&["migrate"]).status.success());
}

#[cfg(not(feature = "otel"))]
#[test]
fn a_collector_without_the_feature_is_an_error_with_the_way_out() {
    let directory = Directory::with_file(&format!(
        "url = \"https://app.example.com\"\nsecret = \"{SECRET}\"\npassword.enabled = true\n\
         otel.endpoint = \"http://127.0.0.1:4318\"\n"
    ));
    let told = directory.run(&["serve"]);
    let said = String::from_utf8_lossy(&told.stderr);
    assert_eq!(told.status.code(), Some(2), "{said}");
    assert!(said.contains("otel.endpoint") && said.contains("--features otel"), "{said}");
}
