//! In place of the page, where there is none: on a server that renders with the same components.

use hallpass_wire::ProviderBody;
use serde_json::Value;

use crate::options::ClientOptions;
use crate::pending::Pending;
use crate::session::{Known, Rendered, Unread};
use crate::signing::{SignInOptions, SignInResponse, SignOutOptions, SignOutResponse};

#[derive(Debug)]
pub(crate) struct Subscribed;

pub(crate) fn subscribe(_: Box<dyn Fn()>, _: Rendered) -> Subscribed {
    Subscribed
}

pub(crate) fn current() -> Known<String> {
    Known::default()
}

pub(crate) fn script_text() -> Option<String> {
    None
}

/// Whether JSON is a session, and not nobody's, who has nothing in it; `None` of what is no JSON.
pub(crate) fn is_somebodys(text: &str) -> Option<bool> {
    Some(match serde_json::from_str(text).ok()? {
        Value::Object(members) => !members.is_empty(),
        Value::Array(members) => !members.is_empty(),
        Value::String(text) => !text.is_empty(),
        Value::Null | Value::Bool(_) | Value::Number(_) => false,
    })
}

pub(crate) fn set_options(_: &ClientOptions) {}

pub(crate) fn get_session() -> Pending<Result<Option<String>, Unread>> {
    Pending::new(async { Err(Unread::NoPage) })
}

pub(crate) fn update(_: String) -> Pending<Result<Option<String>, Unread>> {
    get_session()
}

pub(crate) fn get_csrf_token() -> Pending<Option<String>> {
    Pending::new(async { None })
}

pub(crate) fn get_providers() -> Pending<Option<Vec<ProviderBody>>> {
    Pending::new(async { None })
}

pub(crate) fn sign_in(_: String, _: SignInOptions) -> Pending<Option<SignInResponse>> {
    Pending::new(async { Some(SignInResponse::unreachable()) })
}

pub(crate) fn lead_to_sign_in() {}

pub(crate) fn sign_out(_: SignOutOptions) -> Pending<Option<SignOutResponse>> {
    Pending::new(async { Some(SignOutResponse { url: None }) })
}

#[cfg(test)]
mod tests {
    use std::future::Future;
    use std::pin::pin;
    use std::task::{Context, Poll, Waker};

    use super::*;
    use crate::Session;

    fn at_once<T>(pending: Pending<T>) -> T {
        let Poll::Ready(answer) = pin!(pending).poll(&mut Context::from_waker(Waker::noop())) else {
            panic!("a server would wait for ever");
        };
        answer
    }

    #[test]
    fn a_server_that_renders_waits_for_nothing_and_is_told_that_it_has_no_page() {
        assert_eq!(at_once(crate::get_session::<Session>()), Err(Unread::NoPage));
        assert_eq!(at_once(crate::update::<Session, _>(&())), Err(Unread::NoPage));
        assert_eq!(at_once(crate::get_csrf_token()), None);
        assert!(at_once(crate::get_providers()).is_none());
        assert!(!at_once(crate::sign_in("google")).is_some_and(|told| told.ok));
        assert_eq!(at_once(crate::sign_out()), Some(SignOutResponse { url: None }));
    }

    #[test]
    fn data_that_is_no_json_is_told_before_anything_is_sent() {
        let keys = std::collections::BTreeMap::from([((1, 2), 3)]);
        assert!(matches!(at_once(crate::update::<Session, _>(&keys)), Err(Unread::Data(_))));
    }
}
