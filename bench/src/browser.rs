//! A browser as far as it is needed to come into the situation that is measured: it keeps cookies, signs up, signs in.

use std::io::Write;
use std::net::{SocketAddr, TcpStream};
use std::time::Duration;

use crate::Failure;
use crate::hallpass::SITE;
use crate::message::Answer;

const PATIENCE: Duration = Duration::from_secs(30);
const PASSWORD: &str = "correct-horse-battery";

/// What Chromium sends with the `fetch` of next-auth's client, the cookies apart.
const HEADERS: &str = "\
Host: app.example.com\r\n\
Connection: keep-alive\r\n\
sec-ch-ua-platform: \"Linux\"\r\n\
User-Agent: Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/146.0.0.0 Safari/537.36\r\n\
sec-ch-ua: \"Chromium\";v=\"146\", \"Not-A.Brand\";v=\"24\"\r\n\
sec-ch-ua-mobile: ?0\r\n\
Accept: */*\r\n\
Sec-Fetch-Site: same-origin\r\n\
Sec-Fetch-Mode: cors\r\n\
Sec-Fetch-Dest: empty\r\n\
Referer: https://app.example.com/\r\n\
Accept-Encoding: gzip, deflate, br, zstd\r\n\
Accept-Language: en-GB,en;q=0.9\r\n";

/// Cookies, and the server that they are of.
pub(crate) struct Browser {
    server: SocketAddr,
    cookies: Vec<(String, String)>,
}

impl Browser {
    pub(crate) fn new(server: SocketAddr) -> Self {
        Self { server, cookies: Vec::new() }
    }

    /// Reads a path below the base path. `Err` also where nobody listens yet.
    pub(crate) fn get(&mut self, path: &str) -> Result<Answer, Failure> {
        let request = self.request(path, &self.cookie_line());
        self.exchange(&request)
    }

    /// The request for a path as this browser would send it, with the cookies that it has.
    pub(crate) fn bytes(&self, path: &str) -> Vec<u8> {
        self.request(path, &self.cookie_line())
    }

    /// The same browser without the session: the cookies that everybody has stay.
    pub(crate) fn signed_out(&self) -> Self {
        let cookies =
            self.cookies.iter().filter(|(name, _)| !name.contains("session-token")).cloned().collect();
        Self { server: self.server, cookies }
    }

    /// Makes a user and signs them in.
    pub(crate) fn sign_up(&mut self, email: &str) -> Result<(), Failure> {
        self.enter("/signup", &format!("name=Ada+Lovelace&email={email}&password={PASSWORD}"))
    }

    /// Signs a user in who exists.
    pub(crate) fn sign_in(&mut self, email: &str) -> Result<(), Failure> {
        self.enter("/callback/credentials", &format!("email={email}&password={PASSWORD}"))
    }

    /// Signs out.
    pub(crate) fn sign_out(&mut self) -> Result<(), Failure> {
        let answer = self.post("/signout", "")?;
        if answer.status == 200 { Ok(()) } else { Err(format!("/signout answered {}", answer.status)) }
    }

    fn enter(&mut self, path: &str, fields: &str) -> Result<(), Failure> {
        let answer = self.post(path, fields)?;
        if self.cookies.iter().any(|(name, _)| name.contains("session-token")) {
            return Ok(());
        }
        Err(format!("{path} answered {} and set no session", answer.status))
    }

    fn post(&mut self, path: &str, fields: &str) -> Result<Answer, Failure> {
        let csrf = self.get("/csrf")?;
        let body = String::from_utf8_lossy(&csrf.body).into_owned();
        let token = body.split('"').nth(3).ok_or("there is no anti-forgery token")?;
        let form = format!(
            "{fields}&csrfToken={token}&callbackUrl=https%3A%2F%2Fapp.example.com%2Fdashboard&json=true"
        );
        let cookies = self.cookie_line();
        let request = format!(
            "POST /api/auth{path} HTTP/1.1\r\n{HEADERS}{cookies}Origin: {SITE}\r\n\
             Content-Type: application/x-www-form-urlencoded\r\nContent-Length: {}\r\n\r\n{form}",
            form.len()
        );
        self.exchange(request.as_bytes())
    }

    fn request(&self, path: &str, cookies: &str) -> Vec<u8> {
        let kind = "Content-Type: application/json\r\n";
        format!("GET /api/auth{path} HTTP/1.1\r\n{HEADERS}{kind}{cookies}\r\n").into_bytes()
    }

    fn cookie_line(&self) -> String {
        if self.cookies.is_empty() {
            return String::new();
        }
        let pairs: Vec<String> = self.cookies.iter().map(|(name, value)| format!("{name}={value}")).collect();
        format!("Cookie: {}\r\n", pairs.join("; "))
    }

    fn exchange(&mut self, request: &[u8]) -> Result<Answer, Failure> {
        let answer = exchange(self.server, request)?;
        for line in answer.all("set-cookie") {
            let pair = line.split(';').next().unwrap_or_default();
            let Some((name, value)) = pair.split_once('=') else { continue };
            self.cookies.retain(|(known, _)| known != name);
            self.cookies.push((name.to_owned(), value.to_owned()));
        }
        Ok(answer)
    }
}

/// One request on a connection of its own.
pub(crate) fn exchange(server: SocketAddr, request: &[u8]) -> Result<Answer, Failure> {
    let broken = |error: std::io::Error| format!("the server cannot be asked: {error}");
    let mut stream = TcpStream::connect(server).map_err(broken)?;
    stream.set_read_timeout(Some(PATIENCE)).map_err(broken)?;
    stream.write_all(request).map_err(broken)?;
    Answer::read(&mut stream)
}
