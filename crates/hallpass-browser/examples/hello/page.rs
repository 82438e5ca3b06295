//! A line of text and buttons.

use wasm_bindgen::JsCast;
use wasm_bindgen::closure::Closure;
use web_sys::Element;

fn element(id: &str) -> Option<Element> {
    web_sys::window()?.document()?.get_element_by_id(id)
}

pub(crate) fn show(text: &str) {
    if let Some(element) = element("who") {
        element.set_text_content(Some(text));
    }
}

pub(crate) fn clicked(id: &str, act: impl FnMut() + 'static) {
    if let Some(element) = element(id) {
        let act = Closure::<dyn FnMut()>::new(act).into_js_value();
        let _refused = element.add_event_listener_with_callback("click", act.unchecked_ref());
    }
}
