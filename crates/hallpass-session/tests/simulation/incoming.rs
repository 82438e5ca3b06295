//! What reaches a tab.

use hallpass_session::{Input, Message};

use crate::server::{Verb, Word};

#[derive(Clone, Debug)]
pub(crate) enum Incoming {
    /// What a person or the browser does.
    Just(Input),
    /// The timer of this number fired.
    Timer(u64),
    /// Another tab's machine says this.
    Said(Message),
    /// The request of this number was answered, or failed.
    Reply { verb: Verb, number: u32, word: Option<Word>, leave: bool },
}
