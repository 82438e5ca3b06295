//! The one timer of the machine, and the patience of a request.

use std::cell::Cell;

use hallpass_session::Millis;
use js_sys::Function;
use wasm_bindgen::closure::Closure;
use wasm_bindgen::{JsCast, JsValue};
use web_sys::Window;

use super::json;

/// A timer that can be set anew, and is over when it is dropped.
pub(super) struct Timer {
    window: Window,
    rings: Closure<dyn FnMut()>,
    /// As the browser gave it: tools that turn the clock give numbers that are no `i32`, and one that was replaced must not ring.
    set: Cell<Option<JsValue>>,
}

impl Timer {
    pub(super) fn new(window: Window, rings: impl FnMut() + 'static) -> Self {
        Self { window, rings: Closure::new(rings), set: Cell::new(None) }
    }

    /// In so many milliseconds, in place of what was set before; infinite: not at all.
    pub(super) fn set(&self, after: Millis) {
        self.clear();
        if after < Millis::INFINITY {
            // Rounded up: a timer that rings too early would have to be set again. And no longer than a browser can count.
            let after = after.ceil().min(f64::from(i32::MAX));
            self.set.set(self.call("setTimeout", &[self.rings.as_ref(), &after.into()]));
        }
    }

    fn clear(&self) {
        if let Some(set) = self.set.take() {
            self.call("clearTimeout", &[&set]);
        }
    }

    fn call(&self, name: &str, words: &[&JsValue]) -> Option<JsValue> {
        let function: Function = json::get(&self.window, name).dyn_into().ok()?;
        let words = words.iter().copied().collect::<js_sys::Array>();
        function.apply(&self.window, &words).ok()
    }
}

impl Drop for Timer {
    fn drop(&mut self) {
        self.clear();
    }
}
