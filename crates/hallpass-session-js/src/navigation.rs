//! Where sign-in and sign-out go, as numbers.

use hallpass_session::sign_in::{self, Api, Lookup, Next, Redirect, Start, Way};
use hallpass_session::sign_out::{self, Answer};

fn api(number: u32) -> Api {
    match number {
        3 => Api::V3,
        5 => Api::V5,
        _ => Api::V4,
    }
}

fn way(number: u32) -> Way {
    match number {
        1 => Way::Email,
        2 => Way::Credentials,
        _ => Way::OAuth,
    }
}

fn redirect(number: u32) -> Redirect {
    if number == 0 { Redirect::No } else { Redirect::Yes }
}

fn number(next: Next) -> u32 {
    match next {
        Next::Tell => 0,
        Next::Replace => 1,
        Next::Assign => 2,
        Next::Fail => 3,
    }
}

/// 0 the list cannot be had, 1 the provider is unknown, from 2 on the way; answers 0 error page, 1 sign-in page, 2 `/signin/`, 3 `/callback/`.
#[unsafe(no_mangle)]
pub extern "C" fn sign_in_start(lookup: u32) -> u32 {
    let lookup = match lookup {
        0 => Lookup::Unreachable,
        1 => Lookup::Unknown,
        listed => Lookup::Listed(way(listed - 2)),
    };
    match sign_in::start(lookup) {
        Start::ErrorPage => 0,
        Start::SignInPage => 1,
        Start::PostToSignIn => 2,
        Start::PostToCallback => 3,
    }
}

/// 0 tell the caller, 1 replace, 2 assign.
#[unsafe(no_mangle)]
pub extern "C" fn sign_in_after(generation: u32, listed: u32, asked: u32) -> u32 {
    number(sign_in::after(api(generation), way(listed), redirect(asked)))
}

/// 0 tell, 1 replace, 2 assign, 3 fail.
#[unsafe(no_mangle)]
pub extern "C" fn sign_out_then(generation: u32, answer: u32, asked: u32) -> u32 {
    let answer = match answer {
        1 => Answer::Unconfirmed,
        2 => Answer::Lost,
        _ => Answer::SignedOut,
    };
    number(sign_out::then(api(generation), answer, redirect(asked)))
}
