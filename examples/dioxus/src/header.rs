//! Who is signed in, on every page; and a notice while nobody can be asked.

use dioxus::prelude::*;
use hallpass_dioxus::{Session, SignOutOptions, Status, sign_out_with, use_session};

use crate::app::Ground;
use crate::fields::taken_over;

#[component]
pub(crate) fn Header() -> Element {
    let session = use_session::<Session>();
    rsx! {
        header {
            Link { class: "mark", to: "/",
                img { src: "/icon.svg", alt: "", width: "28", height: "28" }
                "Dioxus example"
            }
            nav {
                Link { to: "/protected", "Protected" }
                Link { to: "/server", "Server" }
                match session().status {
                    Status::Authenticated(session) => rsx! {
                        span { class: "who", {called(&session)} }
                        SignOut {}
                    },
                    Status::Unauthenticated => rsx! { Link { to: "/sign-in", "Sign in" } },
                    Status::Loading => rsx! {},
                    Status::Misfit(misfit) => rsx! { "{misfit}" },
                }
            }
        }
        if session().stale {
            p { class: "notice", role: "status",
                "The server cannot be reached. What you see may be out of date."
            }
        }
    }
}

/// A form, which the browser posts by itself where no script runs.
#[component]
fn SignOut() -> Element {
    let Ground { csrf_token, .. } = use_context();
    let leave = |event: FormEvent| {
        let [] = taken_over(&event, []);
        drop(sign_out_with(SignOutOptions::new().stay()));
    };
    rsx! {
        form { method: "post", action: "/api/auth/signout", onsubmit: leave,
            input { r#type: "hidden", name: "csrfToken", value: csrf_token }
            input { r#type: "hidden", name: "callbackUrl", value: "/" }
            button { class: "quiet small", "Sign out" }
        }
    }
}

/// What to call whoever is signed in.
pub(crate) fn called(session: &Session) -> String {
    session.user.name.clone().or_else(|| session.user.email.clone()).unwrap_or_default()
}
