//! The test page of `hallpass-browser` with its session shown by Yew, so that the same scenarios play on it.
#![cfg(all(target_arch = "wasm32", target_os = "unknown"))]
#![allow(missing_docs, unreachable_pub, reason = "its functions are those of the crate")]

#[path = "../../hallpass-browser/examples/page.rs"]
mod page;
#[path = "../../hallpass-browser/examples/page/plan.rs"]
mod plan;
#[path = "yew/who.rs"]
mod who;

use std::cell::RefCell;

use hallpass_yew::{Rendered, RequireSession};
use js_sys::Function;
use wasm_bindgen::prelude::*;
use web_sys::Element;
use yew::prelude::*;
use yew::{AppHandle, Renderer};

use plan::{Plan, Shape};
use who::{App, Around, Given, Who};

thread_local! {
    static MOUNTED: RefCell<Option<(AppHandle<Tree>, Planned)>> = const { RefCell::new(None) };
    static TAKEN_OVER: RefCell<Option<AppHandle<App>>> = const { RefCell::new(None) };
}

#[derive(Clone, PartialEq, Properties)]
struct Guard {
    led: Callback<()>,
}

/// What is for members only.
#[component]
fn Guarded(Guard { led }: &Guard) -> Html {
    html! { <RequireSession on_unauthenticated={led.clone()}><p id="guarded">{ "For members" }</p></RequireSession> }
}

#[derive(Clone, PartialEq, Properties)]
struct Planned {
    plan: Plan,
    shown: Callback<usize>,
    led: Callback<()>,
}

/// What a plan says.
#[component]
fn Tree(Planned { plan, shown, led }: &Planned) -> Html {
    let Plan { session, options, shape, count, guarded, leads } = plan;
    let people = |from: usize| -> Html {
        (from..from + count).map(|n| html! { <Who key={n} {n} shown={shown.clone()} /> }).collect()
    };
    let around = |children: Html| html! { <Around session={session.clone()} options={options.clone()}>{ children }</Around> };
    let guard = || guarded.then(|| html! { <Guarded led={led.clone()} /> });
    let leading =
        || leads.then(|| html! { <RequireSession><p id="guarded">{ "For members" }</p></RequireSession> });
    match shape {
        Shape::One => around(html! { <>{ people(0) }{ guard() }{ leading() }</> }),
        Shape::Two => html! { <>{ around(people(0)) }{ around(people(*count)) }</> },
        Shape::Nested => around(html! { <>{ people(0) }{ around(people(*count)) }</> }),
        Shape::Bare => people(0),
        Shape::Empty => html! { <p id="nothing">{ "nothing" }</p> },
    }
}

fn telling(shown: Function) -> Callback<usize> {
    Callback::from(move |n: usize| drop(shown.call1(&JsValue::UNDEFINED, &n.into())))
}

/// `plan`: see [`Plan::read`]. `led`: called for whoever a guard would lead to the sign-in page.
#[wasm_bindgen]
pub fn mount(root: Element, plan: &str, shown: Function, led: Function) {
    let led = telling(led).reform(|()| 0);
    let planned = Planned { plan: Plan::read(plan), shown: telling(shown), led };
    let tree = Renderer::<Tree>::with_root_and_props(root, planned.clone()).render();
    MOUNTED.set(Some((tree, planned)));
}

/// Another plan for what is mounted.
#[wasm_bindgen]
pub fn render(plan: &str) {
    MOUNTED.with_borrow_mut(|mounted| {
        if let Some((tree, planned)) = mounted {
            tree.update(Planned { plan: Plan::read(plan), ..planned.clone() });
        }
    });
}

/// Takes over what `yew_rendered` has written.
#[wasm_bindgen]
pub fn hydrate(root: Element, options: &str, shown: Function) {
    let given = Given { session: Rendered::Unknown, options: page::options(options), shown: telling(shown) };
    TAKEN_OVER.set(Some(Renderer::<App>::with_root_and_props(root, given).hydrate()));
}

#[wasm_bindgen]
pub fn unmount() {
    if let Some((tree, _)) = MOUNTED.take() {
        tree.destroy();
    }
    if let Some(app) = TAKEN_OVER.take() {
        app.destroy();
    }
}
