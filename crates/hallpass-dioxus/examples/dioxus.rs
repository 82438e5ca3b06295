//! The test page of `hallpass-browser` with its session shown by Dioxus, so that the same scenarios play on it.
#![cfg(all(target_arch = "wasm32", target_os = "unknown"))]
#![allow(missing_docs, unreachable_pub, reason = "its functions are those of the crate")]

#[path = "../../hallpass-browser/examples/page.rs"]
mod page;
#[path = "../../hallpass-browser/examples/page/plan.rs"]
mod plan;

use std::cell::RefCell;

use dioxus::prelude::*;
use hallpass_dioxus::{
    ClientOptions, Known, Rendered, RequireSession, Session, SessionProvider, Status, use_session,
};
use js_sys::Function;
use wasm_bindgen::prelude::*;

use plan::{Plan, Shape};

thread_local! {
    /// What is mounted, if there is anything; Dioxus itself never ends.
    static PLAN: RefCell<Option<Signal<Option<Plan>>>> = const { RefCell::new(None) };
}

#[derive(Clone, PartialEq, Props)]
struct Given {
    plan: Plan,
    /// Called with its number after every rendering of a component that shows the session.
    shown: Function,
    /// Called for whoever a guard would lead to the sign-in page.
    led: Function,
}

#[allow(non_snake_case, reason = "a component")]
fn App(Given { plan, shown, led }: Given) -> Element {
    let plan = use_signal(|| Some(plan));
    PLAN.set(Some(plan));
    let Some(Plan { session, options, shape, count, guarded, leads }) = plan() else { return rsx! {} };
    let (other, others, shown_too) = (session.clone(), options.clone(), shown.clone());
    match shape {
        Shape::One => rsx! {
            Around { session, options,
                People { from: 0, count, shown }
                if guarded {
                    Guarded { led }
                }
                if leads {
                    RequireSession { p { id: "guarded", "For members" } }
                }
            }
        },
        Shape::Two => rsx! {
            Around { session, options, People { from: 0, count, shown } }
            Around { session: other, options: others, People { from: count, count, shown: shown_too } }
        },
        Shape::Nested => rsx! {
            Around {
                session,
                options,
                People { from: 0, count, shown }
                Around { session: other, options: others, People { from: count, count, shown: shown_too } }
            }
        },
        Shape::Bare => rsx! {
            People { from: 0, count, shown }
        },
        Shape::Empty => rsx! {
            p { id: "nothing", "nothing" }
        },
    }
}

/// What keeps the session up to date.
#[component]
fn Around(session: Rendered, options: ClientOptions, children: Element) -> Element {
    let ClientOptions {
        base_path,
        client_max_age,
        keep_alive,
        refetch_on_window_focus,
        refetch_when_offline,
        focus_window,
    } = options;
    rsx! {
        SessionProvider {
            session,
            base_path,
            client_max_age,
            keep_alive,
            refetch_on_window_focus,
            refetch_when_offline,
            focus_window,
            {children}
        }
    }
}

/// What is for members only.
#[component]
fn Guarded(led: Function) -> Element {
    rsx! {
        RequireSession { on_unauthenticated: move |()| drop(led.call0(&JsValue::UNDEFINED)),
            p { id: "guarded", "For members" }
        }
    }
}

#[component]
fn People(from: usize, count: usize, shown: Function) -> Element {
    rsx! {
        for n in from..from + count {
            Who { key: "{n}", n, shown: shown.clone() }
        }
    }
}

/// Shows what the pages in JavaScript show: a user's address, `null` for nobody, `undefined` while nothing is known.
#[component]
fn Who(n: usize, shown: Function) -> Element {
    let session = use_session::<Session>();
    let Known { status, .. } = session();
    let (status, text) = match status {
        Status::Loading => ("loading", "undefined".to_owned()),
        Status::Unauthenticated => ("unauthenticated", "null".to_owned()),
        Status::Authenticated(session) => ("authenticated", session.user.email.unwrap_or_default()),
        Status::Misfit(misfit) => ("authenticated", misfit.to_string()),
    };
    use_effect(move || {
        session.read();
        drop(shown.call1(&JsValue::UNDEFINED, &n.into()));
    });
    rsx! { p { id: "who-{n}", "data-status": status, "{text}" } }
}

/// `plan`: see [`Plan::read`]. `led`: called for whoever a guard would lead to the sign-in page.
#[wasm_bindgen]
pub fn mount(root: web_sys::Element, plan: &str, shown: Function, led: Function) {
    let given = Given { plan: Plan::read(plan), shown, led };
    let config = dioxus_web::Config::new().rootelement(root);
    dioxus_web::launch::launch_virtual_dom(VirtualDom::new_with_props(App, given), config);
}

/// Another plan for what is mounted.
#[wasm_bindgen]
pub fn render(plan: &str) {
    if let Some(mut mounted) = PLAN.with_borrow(|mounted| *mounted) {
        mounted.set(Some(Plan::read(plan)));
    }
}

#[wasm_bindgen]
pub fn unmount() {
    if let Some(mut mounted) = PLAN.take() {
        mounted.set(None);
    }
}
