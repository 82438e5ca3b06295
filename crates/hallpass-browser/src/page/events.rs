//! What happens in a page: focus, visibility, network, going and coming back.

use hallpass_session::Input;
use wasm_bindgen::JsCast;
use wasm_bindgen::closure::Closure;
use web_sys::{Event, EventTarget, PageTransitionEvent, StorageEvent};

use super::{Page, drive, page};

/// Where an event is caught: those of the document on their way down; of the focus, only the window's own.
#[derive(Clone, Copy)]
enum Caught {
    AtWindow,
    OnTheWayDown,
}

/// Listens for as long as the page lives.
pub(super) fn listen(page: &Page) {
    page.world().tabs.open();
    on(page, "storage", Caught::AtWindow, |event| {
        if let (Some(page), Some(event)) = (super::page(), event.dyn_ref::<StorageEvent>()) {
            page.hear_storage(event);
        }
    });
    on(page, "focus", Caught::AtWindow, |_| drive(Input::Focused, None));
    on(page, "blur", Caught::AtWindow, |_| drive(Input::Blurred, None));
    on(page, "resume", Caught::OnTheWayDown, |_| drive(Input::Resumed, None));
    on(page, "online", Caught::OnTheWayDown, |_| drive(Input::Online, None));
    on(page, "offline", Caught::OnTheWayDown, |_| drive(Input::Offline, None));
    on(page, "visibilitychange", Caught::OnTheWayDown, |_| seen());
    on(page, "pagehide", Caught::AtWindow, |_| left());
    on(page, "pageshow", Caught::AtWindow, |event| {
        back(event.dyn_ref().is_some_and(PageTransitionEvent::persisted));
    });
    seen();
    if !page.window.navigator().on_line() {
        drive(Input::Offline, None);
    }
}

fn seen() {
    let Some(document) = page().and_then(|page| page.window.document()) else { return };
    drive(if document.hidden() { Input::Hidden } else { Input::Visible }, None);
}

/// A page that is left ends its requests, which is no fault.
fn left() {
    if let Some(page) = page() {
        page.world().ask.leave(true);
        page.world().tabs.close();
    }
}

fn back(persisted: bool) {
    let Some(page) = page() else { return };
    page.world().ask.leave(false);
    if persisted {
        page.world().tabs.open();
        drive(Input::Resumed, None);
    }
}

fn on(page: &Page, name: &str, caught: Caught, act: impl Fn(Event) + 'static) {
    let target: &EventTarget = page.window.as_ref();
    // What happens may have a listener of the application's make it happen again, within.
    let act = Closure::<dyn Fn(Event)>::new(act).into_js_value();
    let down = matches!(caught, Caught::OnTheWayDown);
    // Refused for no name, and each of these is one.
    let _refused = target.add_event_listener_with_callback_and_bool(name, act.unchecked_ref(), down);
}
