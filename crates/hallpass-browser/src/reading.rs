//! Who is signed in: as it is known, and as the server says.
//!
//! ```
//! use hallpass_browser::{Session, Unread, get_session};
//!
//! let pending = get_session::<Session>();
//! // In a page: `pending.await?` is the session, or `None`.
//! # let _: Option<Result<Option<Session>, Unread>> = None;
//! drop(pending);
//! ```

use serde::Serialize;
use serde::de::DeserializeOwned;

use crate::options::ClientOptions;
use crate::page;
use crate::pending::Pending;
use crate::session::{Known, Rendered, Unread, read};
use hallpass_wire::ProviderBody;

/// Hears of changes until it is dropped.
#[derive(Debug)]
#[must_use = "dropping it ends it"]
pub struct Subscription {
    _inside: page::Subscribed,
}

/// Calls `listener` whenever [`current`] gives something else, until the answer is dropped. The first subscription of a page
/// starts the requests: one, or none if `rendered` is what the page was rendered with. The last one that ends stops them.
pub fn subscribe(listener: impl Fn() + 'static, rendered: Rendered) -> Subscription {
    Subscription { _inside: page::subscribe(Box::new(listener), rendered) }
}

/// What is known, without asking: read from the text that the server wrote. Of a session that a tab in JavaScript told, integers beyond
/// 2^53 are rounded.
pub fn current<S: DeserializeOwned>() -> Known<S> {
    let Known { status, stale } = page::current();
    Known { status: status.read(), stale }
}

/// Sets the options of the page, those that are not given to their defaults; the base path stays where none is given.
pub fn set_options(options: &ClientOptions) {
    page::set_options(options);
}

/// Reads the session anew, and gives what is known then; a read that is on its way is shared, and every reader and every tab
/// learns of it. If the server could not be asked, that is what was known before.
///
/// # Errors
/// Once it is there: [`Unread::Misfit`] of a session that is none of `S`, [`Unread::NoPage`] where there is no page.
pub fn get_session<S: DeserializeOwned + 'static>() -> Pending<Result<Option<S>, Unread>> {
    page::get_session().map(typed)
}

/// [`get_session`] for who wants no answer: subscriptions have it.
pub fn refresh() {
    drop(page::get_session());
}

/// Has the server read its user anew, handing `data` to the application's callbacks there; `&()` is no data. Gives the session
/// as it is then.
///
/// # Errors
/// As [`get_session`]; [`Unread::Data`] at once if `data` cannot be written as JSON; [`Unread::Refused`] and [`Unread::Unreachable`] where
/// the server did not take it, or nobody knows whether it did. The session that is shown is read again then.
pub fn update<S, D>(data: &D) -> Pending<Result<Option<S>, Unread>>
where
    S: DeserializeOwned + 'static,
    D: Serialize + ?Sized,
{
    match serde_json::to_string(data) {
        Ok(data) => page::update(data).map(typed),
        Err(error) => {
            let unsent = Unread::Data(error.to_string());
            Pending::new(async { Err(unsent) })
        }
    }
}

/// The token against forgery, for forms of the application's own; `None` if the server could not be asked.
pub fn get_csrf_token() -> Pending<Option<String>> {
    page::get_csrf_token()
}

/// The ways to sign in, in the order of the configuration; `None` if the server could not be asked.
pub fn get_providers() -> Pending<Option<Vec<ProviderBody>>> {
    page::get_providers()
}

fn typed<S: DeserializeOwned>(text: Result<Option<String>, Unread>) -> Result<Option<S>, Unread> {
    Ok(text?.map(|text| read(&text)).transpose()?)
}
