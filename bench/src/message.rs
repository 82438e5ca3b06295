//! HTTP/1.1 answers, as they come over a connection that stays open.

use std::io::Read;

use crate::Failure;

/// No answer that is asked for here is larger.
const LONGEST: usize = 256 * 1024;

/// An answer, read.
pub(crate) struct Answer {
    pub(crate) status: u16,
    /// In the order in which they came; names in lower case.
    pub(crate) headers: Vec<(String, String)>,
    pub(crate) body: Vec<u8>,
    /// All of it, as it came.
    pub(crate) bytes: Vec<u8>,
}

impl Answer {
    /// Reads one answer whose length is given by `Content-Length`.
    pub(crate) fn read(from: &mut impl Read) -> Result<Self, Failure> {
        let mut bytes = Vec::new();
        let mut piece = [0; 4096];
        loop {
            if let Some(answer) = Self::parse(&bytes)? {
                return Ok(answer);
            }
            let count = from.read(&mut piece).map_err(|error| format!("an answer broke off: {error}"))?;
            if count == 0 || bytes.len() > LONGEST {
                return Err("an answer has no end".to_owned());
            }
            bytes.extend_from_slice(&piece[..count]);
        }
    }

    fn parse(bytes: &[u8]) -> Result<Option<Self>, Failure> {
        let Some(end) = bytes.windows(4).position(|four| four == b"\r\n\r\n") else { return Ok(None) };
        let head = std::str::from_utf8(&bytes[..end]).map_err(|_| "an answer's head is no text")?;
        let mut lines = head.split("\r\n");
        let status = lines.next().and_then(|line| line.split(' ').nth(1)?.parse().ok());
        let status = status.ok_or("an answer has no status")?;
        let headers: Vec<(String, String)> = lines
            .filter_map(|line| line.split_once(':'))
            .map(|(name, value)| (name.to_ascii_lowercase(), value.trim().to_owned()))
            .collect();
        let length = headers.iter().find(|(name, _)| name == "content-length");
        let length: usize =
            length.and_then(|(_, value)| value.parse().ok()).ok_or("an answer does not say its length")?;
        let whole = end + 4 + length;
        let Some(body) = bytes.get(end + 4..whole) else { return Ok(None) };
        Ok(Some(Self { status, headers, body: body.to_vec(), bytes: bytes[..whole].to_vec() }))
    }

    /// The values of a header.
    pub(crate) fn all<'a>(&'a self, name: &'a str) -> impl Iterator<Item = &'a str> {
        self.headers.iter().filter(move |(known, _)| known == name).map(|(_, value)| value.as_str())
    }
}
