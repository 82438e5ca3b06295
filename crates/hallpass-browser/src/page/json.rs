//! JSON as the browser has it. A session is hashed in the form in which the npm package does it, so that tabs of both know it for the
//! same.

use hallpass_session::Session;
use hallpass_wire::ProviderBody;
use js_sys::{Array, Date, JSON, Object, Reflect};
use wasm_bindgen::{JsCast, JsValue};

use super::Payload;
use crate::driver::Given;

pub(super) fn parse(text: &str) -> Option<JsValue> {
    JSON::parse(text).ok()
}

pub(super) fn written(value: &JsValue) -> Option<String> {
    JSON::stringify(value).ok().and_then(|text| text.as_string())
}

/// A property; `undefined` of what has none.
pub(super) fn get(value: &JsValue, name: &str) -> JsValue {
    Reflect::get(value, &name.into()).unwrap_or(JsValue::UNDEFINED)
}

/// A property that is text, and not the empty one.
pub(super) fn text(value: &JsValue, name: &str) -> Option<String> {
    get(value, name).as_string().filter(|text| !text.is_empty())
}

/// Its own properties, in order; none of what is no value.
fn entries(value: &JsValue) -> Array {
    if value.is_truthy() { Object::entries(value.unchecked_ref()) } else { Array::new() }
}

/// Somebody's session; nobody's is `null`, or an object without anything in it.
pub(super) fn somebody(value: &JsValue) -> bool {
    entries(value).length() > 0
}

/// An answer that is a session has an end; `{}`, or `null`, is nobody.
pub(super) fn is_session(value: &JsValue) -> bool {
    !somebody(value) || get(value, "expires").is_truthy()
}

/// A number that stands for a session, whatever its end. FNV-1a of its JSON.
pub(super) fn version(value: &JsValue) -> Option<u32> {
    let endless = entries(value);
    endless.push(&Array::of2(&"expires".into(), &0.into()));
    let text = written(Object::from_entries(&endless).ok()?.as_ref())?;
    Some(text.chars().fold(0x811c_9dc5, |hash, letter| (hash ^ u32::from(letter)).wrapping_mul(0x0100_0193)))
}

/// A session as the machine wants it, and as it is kept: the text of the value. `looked`: when the server looked, by its own clock.
pub(super) fn session(
    value: &JsValue,
    text: String,
    looked: f64,
) -> (Option<Session>, Option<Given<Payload>>) {
    let Some(version) = somebody(value).then(|| version(value)).flatten() else { return (None, None) };
    let ends = get(value, "expires").as_string().map_or(f64::NAN, |ends| Date::parse(&ends));
    let session = Session { version, lives: ends - looked };
    (Some(session), Some(Given { version, payload: text }))
}

/// The entries of a list of providers that are such.
pub(super) fn providers(list: &JsValue) -> Vec<ProviderBody> {
    let read = |entry: JsValue| serde_json::from_str(&written(&entry.unchecked_ref::<Array>().get(1))?).ok();
    entries(list).iter().filter_map(read).collect()
}

/// The entry of a list that has this id as its own.
pub(super) fn own(list: &JsValue, id: &str) -> Option<JsValue> {
    let found = entries(list).iter().find(|entry| entry.unchecked_ref::<Array>().get(0) == id)?;
    Some(found.unchecked_ref::<Array>().get(1)).filter(JsValue::is_truthy)
}
