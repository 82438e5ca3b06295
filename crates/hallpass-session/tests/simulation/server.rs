//! A server that knows sessions by their cookie.

use hallpass_session::Session;

/// What the cookie holds.
pub(crate) type Cookie = u32;

struct Row {
    cookie: Cookie,
    /// Every version that this session's payload ever had; the last is the one it has.
    versions: Vec<u32>,
    expires: f64,
}

/// What a request does.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum Verb {
    Read,
    SignIn,
    SignOut,
    Update,
}

/// What the server says, and when it looked.
#[derive(Clone, Debug)]
pub(crate) struct Word {
    pub(crate) read_at: f64,
    pub(crate) session: Option<Session>,
    pub(crate) expires: f64,
    /// The cookie that the answer sets.
    pub(crate) cookie: Option<Option<Cookie>>,
    /// The versions that a sign-out ended.
    pub(crate) ended: Vec<u32>,
}

pub(crate) struct Server {
    rows: Vec<Row>,
    made: u32,
    /// How long a session lives.
    pub(crate) life: f64,
    /// Whether a read prolongs it.
    pub(crate) sliding: bool,
}

impl Server {
    pub(crate) fn new(life: f64, sliding: bool) -> Self {
        Self { rows: Vec::new(), made: 0, life, sliding }
    }

    pub(crate) fn answer(&mut self, verb: Verb, cookie: Option<Cookie>, now: f64) -> Word {
        self.rows.retain(|row| row.expires > now);
        let mut word =
            Word { read_at: now, session: None, expires: f64::INFINITY, cookie: None, ended: Vec::new() };
        match verb {
            Verb::SignIn => {
                word.ended = self.end(cookie);
                self.made += 1;
                let row = Row { cookie: self.made, versions: vec![self.made], expires: now + self.life };
                word.cookie = Some(Some(row.cookie));
                self.rows.push(row);
            }
            Verb::SignOut => {
                word.ended = self.end(cookie);
                word.cookie = Some(None);
                return word;
            }
            Verb::Update => {
                self.made += 1;
                let version = self.made;
                if let Some(row) = self.row(cookie) {
                    row.versions.push(version);
                }
            }
            Verb::Read => {}
        }
        let (life, sliding) = (self.life, self.sliding);
        if let Some(row) = self.row(word.cookie.unwrap_or(cookie)) {
            if sliding {
                row.expires = now + life;
            }
            word.expires = row.expires;
            let version = row.versions.last().copied().unwrap_or_default();
            word.session = Some(Session { version, lives: row.expires - now });
        }
        word
    }

    /// Who is signed in with this cookie, and until when, without asking for it.
    pub(crate) fn peek(&self, cookie: Option<Cookie>, now: f64) -> Option<(u32, f64)> {
        let row = self.rows.iter().find(|row| Some(row.cookie) == cookie && row.expires > now)?;
        row.versions.last().map(|version| (*version, row.expires))
    }

    /// Somebody ends a session from elsewhere.
    pub(crate) fn revoke(&mut self, cookie: Option<Cookie>) {
        self.end(cookie);
    }

    fn row(&mut self, cookie: Option<Cookie>) -> Option<&mut Row> {
        self.rows.iter_mut().find(|row| Some(row.cookie) == cookie)
    }

    fn end(&mut self, cookie: Option<Cookie>) -> Vec<u32> {
        let ended = self.row(cookie).map(|row| row.versions.clone()).unwrap_or_default();
        self.rows.retain(|row| Some(row.cookie) != cookie);
        ended
    }
}
