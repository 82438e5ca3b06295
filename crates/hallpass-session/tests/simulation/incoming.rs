//! What reaches a tab.

use hallpass_session::{Input, Message};

use crate::server::{Verb, Word};

/// A request.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Asked {
    pub(crate) verb: Verb,
    pub(crate) number: u32,
    /// Whether the page goes when it is answered.
    pub(crate) leave: bool,
}

#[derive(Clone, Debug)]
pub(crate) enum Incoming {
    /// What a person or the browser does.
    Just(Input),
    /// The timer of this number fired.
    Timer(u64),
    /// Another tab's machine says this.
    Said(Message),
    /// The request of this number was answered, or failed.
    Reply { asked: Asked, word: Option<Word> },
}
