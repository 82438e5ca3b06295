//! The test page of `hallpass-browser` with its session shown by Leptos, so that the same scenarios play on it.
#![cfg(all(target_arch = "wasm32", target_os = "unknown"))]
#![allow(missing_docs, unreachable_pub, reason = "its functions are those of the crate")]

#[path = "../../hallpass-browser/examples/page.rs"]
mod page;
#[path = "../../hallpass-browser/examples/page/plan.rs"]
mod plan;
#[path = "leptos/who.rs"]
mod who;

use std::any::Any;
use std::cell::RefCell;

use hallpass_leptos::RequireSession;
use js_sys::Function;
use leptos::mount::{hydrate_from, mount_to};
use leptos::prelude::*;
use wasm_bindgen::prelude::*;
use web_sys::HtmlElement;

use plan::{Plan, Shape};
use who::{App, Around, Who};

thread_local! {
    static MOUNTED: RefCell<Option<Box<dyn Any>>> = const { RefCell::new(None) };
    static PLAN: RefCell<Option<ArcRwSignal<Plan>>> = const { RefCell::new(None) };
}

fn telling(shown: Function) -> UnsyncCallback<usize> {
    UnsyncCallback::new(move |n: usize| drop(shown.call1(&JsValue::UNDEFINED, &n.into())))
}

/// What is for members only.
#[component]
fn Guarded(led: Callback<()>) -> impl IntoView {
    view! { <RequireSession on_unauthenticated=led><p id="guarded">"For members"</p></RequireSession> }
}

/// What a plan says.
#[component]
fn Tree(plan: ArcRwSignal<Plan>, shown: UnsyncCallback<usize>, led: Callback<()>) -> impl IntoView {
    move || {
        let Plan { session, options, shape, count, guarded, leads } = plan.get();
        let (other, others) = (session.clone(), options.clone());
        let people = move |from| (from..from + count).map(|n| view! { <Who n shown /> }).collect::<Vec<_>>();
        match shape {
            Shape::One => view! {
                <Around session options>
                    {people(0)} {guarded.then(|| view! { <Guarded led /> })}
                    {leads.then(|| view! { <RequireSession><p id="guarded">"For members"</p></RequireSession> })}
                </Around>
            }
            .into_any(),
            Shape::Two => view! {
                <Around session options>{people(0)}</Around>
                <Around session=other options=others>{people(count)}</Around>
            }
            .into_any(),
            Shape::Nested => view! {
                <Around session options>
                    {people(0)} <Around session=other options=others>{people(count)}</Around>
                </Around>
            }
            .into_any(),
            Shape::Bare => people(0).into_any(),
            Shape::Empty => view! { <p id="nothing">"nothing"</p> }.into_any(),
        }
    }
}

/// `plan`: see [`Plan::read`]. `led`: called for whoever a guard would lead to the sign-in page.
#[wasm_bindgen]
pub fn mount(root: HtmlElement, plan: &str, shown: Function, led: Function) {
    let plan = ArcRwSignal::new(Plan::read(plan));
    PLAN.set(Some(plan.clone()));
    let app = move || {
        let led = telling(led);
        view! { <Tree plan shown=telling(shown) led=Callback::new(move |()| led.run(0)) /> }
    };
    MOUNTED.set(Some(Box::new(mount_to(root, app))));
}

/// Another plan for what is mounted.
#[wasm_bindgen]
pub fn render(plan: &str) {
    if let Some(mounted) = PLAN.with_borrow(Clone::clone) {
        mounted.set(Plan::read(plan));
    }
}

/// Takes over what `leptos_rendered` has written.
#[wasm_bindgen]
pub fn hydrate(root: HtmlElement, options: &str, shown: Function) {
    let options = page::options(options);
    let app = move || view! { <App options shown=telling(shown) /> };
    MOUNTED.set(Some(Box::new(hydrate_from(root, app))));
}

#[wasm_bindgen]
pub fn unmount() {
    drop(MOUNTED.take());
    PLAN.set(None);
}
