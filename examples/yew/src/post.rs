//! This app's own forms: the server takes them with and without a script.

use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::JsFuture;
use web_sys::{FormData, Headers, HtmlFormElement, RequestInit, Response, UrlSearchParams};
use yew::platform::spawn_local;
use yew::prelude::*;

use crate::page::Told;

/// What a form came to, and whether it is on its way.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Posted {
    pub(crate) told: Option<String>,
    pub(crate) busy: bool,
}

/// A form's `onsubmit`, which posts it to its `action`. `first` is what it came to when it was sent without JavaScript; `after` is called
/// when the server has done it.
#[hook]
pub(crate) fn use_post(first: Option<String>, after: fn()) -> (Posted, Callback<SubmitEvent>) {
    let posted = use_state(|| Posted { told: first, busy: false });
    let setter = posted.setter();
    let onsubmit = move |event: SubmitEvent| {
        event.prevent_default();
        let Some(form) = form_of(&event) else { return };
        setter.set(Posted { told: None, busy: true });
        let setter = setter.clone();
        spawn_local(async move {
            let told = match post(&form).await {
                Some(Told { told }) => told,
                None => Some("FetchError".to_owned()),
            };
            if told.is_none() {
                form.reset();
                after();
            }
            setter.set(Posted { told, busy: false });
        });
    };
    ((*posted).clone(), Callback::from(onsubmit))
}

pub(crate) fn form_of(event: &SubmitEvent) -> Option<HtmlFormElement> {
    event.target()?.dyn_into().ok()
}

/// A field of a form.
pub(crate) fn field(form: &HtmlFormElement, name: &str) -> Option<String> {
    FormData::new_with_form(form).ok()?.get(name).as_string()
}

async fn post(form: &HtmlFormElement) -> Option<Told> {
    let fields = FormData::new_with_form(form).ok()?;
    let init = RequestInit::new();
    init.set_method("POST");
    let body = UrlSearchParams::new_with_str_sequence_sequence(&fields).ok()?;
    init.set_body(&body);
    serde_json::from_str(&ask(&form.get_attribute("action")?, &init).await.ok()?).ok()
}

/// What the server tells a script. An answer that is no JSON, such as a proxy's, is none.
pub(crate) async fn ask(path: &str, init: &RequestInit) -> Result<String, JsValue> {
    let headers = Headers::new()?;
    headers.set("accept", "application/json")?;
    init.set_headers(&headers);
    let window = web_sys::window().ok_or(JsValue::UNDEFINED)?;
    let response: Response = JsFuture::from(window.fetch_with_str_and_init(path, init)).await?.dyn_into()?;
    let text = JsFuture::from(response.text()?).await?;
    text.as_string().filter(|_| response.ok()).ok_or(text)
}
