//! What people have filled in.

use dioxus::html::FormValue;
use dioxus::prelude::*;

/// Keeps a form from being posted by the browser, for it is sent from here; and reads these fields of it. Both before anything is waited
/// for: afterwards the browser has posted it.
pub(crate) fn taken_over<const N: usize>(event: &FormEvent, names: [&str; N]) -> [String; N] {
    event.prevent_default();
    names.map(|name| match event.get_first(name) {
        Some(FormValue::Text(text)) => text,
        _ => String::new(),
    })
}
