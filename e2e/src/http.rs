//! HTTP/1.1, one request a connection, nothing hidden.

use std::io::{Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::time::Duration;

/// How long an answer may take before the test fails. Deadlines that are promised are shorter and asserted.
const PATIENCE: Duration = Duration::from_secs(60);

/// A request as it will be written, header by header.
#[derive(Clone, Debug)]
pub struct Request {
    /// The method, as it is written.
    pub method: String,
    /// The request target, as it is written: nothing is escaped.
    pub target: String,
    /// In this order; `Host` and `Content-Length` are added unless they are here.
    pub headers: Vec<(String, Vec<u8>)>,
    /// The body.
    pub body: Vec<u8>,
}

impl Request {
    /// Without headers and body.
    pub fn new(method: &str, target: &str) -> Self {
        Self { method: method.to_owned(), target: target.to_owned(), headers: Vec::new(), body: Vec::new() }
    }

    /// `GET`.
    pub fn get(target: &str) -> Self {
        Self::new("GET", target)
    }

    /// `POST` of a form.
    pub fn post(target: &str, fields: &[(&str, &str)]) -> Self {
        Self::new("POST", target).body("application/x-www-form-urlencoded", form(fields))
    }

    /// Adds a header.
    #[must_use]
    pub fn header(mut self, name: &str, value: impl AsRef<[u8]>) -> Self {
        self.headers.push((name.to_owned(), value.as_ref().to_vec()));
        self
    }

    /// Sets the body; an empty type sends no `Content-Type`.
    #[must_use]
    pub fn body(mut self, content_type: &str, body: impl Into<Vec<u8>>) -> Self {
        self.body = body.into();
        if content_type.is_empty() { self } else { self.header("Content-Type", content_type) }
    }

    fn has(&self, name: &str) -> bool {
        self.headers.iter().any(|(known, _)| known.eq_ignore_ascii_case(name))
    }

    fn bytes(&self, host: &str) -> Vec<u8> {
        let mut out = format!("{} {} HTTP/1.1\r\n", self.method, self.target).into_bytes();
        let mut line = |name: &str, value: &[u8]| {
            out.extend_from_slice(name.as_bytes());
            out.extend_from_slice(b": ");
            out.extend_from_slice(value);
            out.extend_from_slice(b"\r\n");
        };
        if !self.has("Host") {
            line("Host", host.as_bytes());
        }
        for (name, value) in &self.headers {
            line(name, value);
        }
        let bodied = !self.body.is_empty() || matches!(self.method.as_str(), "POST" | "PUT" | "PATCH");
        if bodied && !self.has("Content-Length") && !self.has("Transfer-Encoding") {
            line("Content-Length", self.body.len().to_string().as_bytes());
        }
        line("Connection", b"close");
        out.extend_from_slice(b"\r\n");
        out.extend_from_slice(&self.body);
        out
    }

    /// Sends it and waits for the whole answer.
    pub fn send(&self, to: SocketAddr, host: &str) -> Response {
        self.try_send(to, host).unwrap_or_else(|error| panic!("{} {}: {error}", self.method, self.target))
    }

    /// As [`Request::send`]; a connection that fails is an error.
    pub fn try_send(&self, to: SocketAddr, host: &str) -> Result<Response, String> {
        let bytes = exchange(to, &self.bytes(host)).map_err(|error| error.to_string())?;
        Response::parse(&bytes, self.method == "HEAD")
    }
}

/// Writes these bytes and reads until the other side closes.
fn exchange(to: SocketAddr, bytes: &[u8]) -> std::io::Result<Vec<u8>> {
    let mut stream = TcpStream::connect_timeout(&to, PATIENCE)?;
    stream.set_read_timeout(Some(PATIENCE))?;
    stream.set_write_timeout(Some(PATIENCE))?;
    // A server that has heard enough answers and closes while we still write; its answer counts.
    let written = stream.write_all(bytes);
    let mut answer = Vec::new();
    match stream.read_to_end(&mut answer) {
        Ok(_) => {}
        Err(_) if !answer.is_empty() => {}
        Err(error) => return written.and(Err(error)),
    }
    Ok(answer)
}

/// An answer as it came.
#[derive(Clone, Debug)]
pub struct Response {
    /// The status.
    pub status: u16,
    /// In the order they came, names in lower case.
    pub headers: Vec<(String, String)>,
    /// The body, without its transfer encoding.
    pub body: Vec<u8>,
}

impl Response {
    fn parse(bytes: &[u8], head: bool) -> Result<Self, String> {
        let mut space = [httparse::EMPTY_HEADER; 128];
        let mut parsed = httparse::Response::new(&mut space);
        let httparse::Status::Complete(start) = parsed.parse(bytes).map_err(|error| error.to_string())?
        else {
            return Err(format!("the connection closed after {} bytes", bytes.len()));
        };
        let headers: Vec<(String, String)> = parsed
            .headers
            .iter()
            .map(|h| (h.name.to_ascii_lowercase(), String::from_utf8_lossy(h.value).into_owned()))
            .collect();
        let mut response =
            Self { status: parsed.code.unwrap_or_default(), headers, body: bytes[start..].to_vec() };
        if response.header("transfer-encoding") == Some("chunked") && !head {
            response.body = unchunked(&response.body)?;
        }
        Ok(response)
    }

    /// The first header of this name.
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.iter().find(|(known, _)| known == name).map(|(_, value)| value.as_str())
    }

    /// All headers of this name.
    pub fn all<'a>(&'a self, name: &'a str) -> impl Iterator<Item = &'a str> {
        self.headers.iter().filter(move |(known, _)| known == name).map(|(_, value)| value.as_str())
    }

    /// Where it redirects to.
    pub fn location(&self) -> &str {
        self.header("location").unwrap_or_else(|| panic!("no Location in a {}: {}", self.status, self.text()))
    }

    /// The body as text.
    pub fn text(&self) -> String {
        String::from_utf8_lossy(&self.body).into_owned()
    }

    /// The body as JSON.
    pub fn json(&self) -> serde_json::Value {
        serde_json::from_slice(&self.body)
            .unwrap_or_else(|error| panic!("{error} in a {}: {}", self.status, self.text()))
    }

    /// The `url` of a "redirect as JSON".
    pub fn url(&self) -> String {
        self.json()["url"].as_str().unwrap_or_else(|| panic!("no url in {}", self.text())).to_owned()
    }

    /// The value of a hidden field of the page.
    pub fn field(&self, name: &str) -> Option<String> {
        let text = self.text();
        let tag = text.split("<input").find(|tag| tag.contains(&format!("name=\"{name}\"")))?;
        let value = tag.split("value=\"").nth(1)?.split('"').next()?;
        Some(unescaped(value))
    }
}

/// The character references that a page of ours writes.
fn unescaped(html: &str) -> String {
    let mut text = html.to_owned();
    for (reference, plain) in
        [("&lt;", "<"), ("&gt;", ">"), ("&quot;", "\""), ("&#34;", "\""), ("&#39;", "'"), ("&#x27;", "'")]
    {
        text = text.replace(reference, plain);
    }
    text.replace("&#60;", "<").replace("&#62;", ">").replace("&#38;", "&").replace("&amp;", "&")
}

fn unchunked(mut bytes: &[u8]) -> Result<Vec<u8>, String> {
    let mut body = Vec::new();
    loop {
        let line = bytes.windows(2).position(|two| two == b"\r\n").ok_or("a chunk without a length")?;
        let length = String::from_utf8_lossy(&bytes[..line]);
        let length = usize::from_str_radix(length.split(';').next().unwrap_or_default().trim(), 16)
            .map_err(|error| error.to_string())?;
        let chunk = bytes.get(line + 2..line + 2 + length).ok_or("a chunk was cut short")?;
        if length == 0 {
            return Ok(body);
        }
        body.extend_from_slice(chunk);
        bytes = bytes.get(line + 4 + length..).ok_or("a chunk was cut short")?;
    }
}

/// `application/x-www-form-urlencoded`.
pub fn form(fields: &[(&str, &str)]) -> String {
    url::form_urlencoded::Serializer::new(String::new()).extend_pairs(fields).finish()
}

/// As a browser writes it in a query.
pub fn percent_encoded(text: &str) -> String {
    url::form_urlencoded::byte_serialize(text.as_bytes()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_chunked_answer_is_put_together_and_a_torn_one_is_an_error() {
        let head = "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n";
        let whole = Response::parse(format!("{head}3\r\nabc\r\n2\r\nde\r\n0\r\n\r\n").as_bytes(), false);
        assert_eq!(whole.map(|answer| answer.text()), Ok("abcde".to_owned()));
        assert!(Response::parse(format!("{head}3\r\nab").as_bytes(), false).is_err());
        assert!(Response::parse(b"HTTP/1.1 200", false).is_err());
    }

    #[test]
    fn a_hidden_field_is_read_from_a_page() {
        let page = Response {
            status: 200,
            headers: Vec::new(),
            body: br#"<input type="hidden" name="csrfToken" value="a&#38;b">"#.to_vec(),
        };
        assert_eq!(page.field("csrfToken").as_deref(), Some("a&b"));
        assert_eq!(page.field("other"), None);
    }
}
