//! What the examples use of hallpass, without hallpass: the same types, nobody is ever signed in, and nothing is ever asked. The compiler
//! is kept from seeing that, or it would leave out what the examples show to whoever is signed in.

use std::future::{Ready, ready};
use std::hint::black_box;

pub use hallpass_browser::{
    Known, Misfit, ProviderBody, Rendered, Session, SignInOptions, SignInResponse, SignOutOptions,
    SignOutResponse, Status, Unread, User,
};

pub(crate) fn nobody<S>() -> Known<S> {
    Known { status: black_box(Status::Unauthenticated), stale: black_box(false) }
}

pub(crate) fn is_signed_in() -> bool {
    black_box(false)
}

pub fn sign_in_with(provider: &str, options: SignInOptions) -> Ready<Option<SignInResponse>> {
    black_box((provider, options));
    ready(black_box(None))
}

pub fn sign_out_with(options: SignOutOptions) -> Ready<Option<SignOutResponse>> {
    black_box(options);
    ready(black_box(None))
}

pub fn update<S, D: ?Sized>(data: &D) -> Ready<Result<Option<S>, Unread>> {
    black_box(data);
    ready(Ok(black_box(None)))
}

pub fn refresh() {}
