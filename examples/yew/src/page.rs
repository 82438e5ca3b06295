//! What the server tells a page beside the session, and what the address bar does.

use hallpass_yew::ProviderBody;
use serde::{Deserialize, Serialize};
use yew::prelude::*;
use yew_router::hooks::use_location;

/// The `id` of the script element that carries a [`Page`].
pub const PAGE_ID: &str = "page";

/// What the server knows and a page needs, beside the session.
#[derive(Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Page {
    /// The scheme, host and port of this site.
    pub origin: String,
    /// The token against forgery, for forms that post to hallpass without JavaScript.
    pub csrf_token: String,
    /// The ways to sign in.
    pub providers: Vec<ProviderBody>,
    /// The note of whoever is signed in, on the page that shows it.
    pub note: Option<String>,
}

impl Page {
    /// From the script element in the document.
    #[cfg(target_arch = "wasm32")]
    pub(crate) fn in_document() -> Self {
        let document = web_sys::window().and_then(|window| window.document());
        let element = document.and_then(|document| document.get_element_by_id(PAGE_ID));
        let text = element.and_then(|element| element.text_content());
        text.and_then(|text| serde_json::from_str(&text).ok()).unwrap_or_default()
    }

    /// The fields of a form that posts to hallpass.
    pub(crate) fn fields(&self, callback_url: &str) -> Html {
        html! {
            <>
                <input type="hidden" name="csrfToken" value={self.csrf_token.clone()} />
                <input type="hidden" name="callbackUrl" value={callback_url.to_owned()} />
            </>
        }
    }
}

/// What stands in a page's address.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub struct Asked {
    /// Where to go after the sign-in.
    pub callback_url: Option<String>,
    /// Why a sign-in failed.
    pub error: Option<String>,
    /// What a form of this app's own came to, that was sent without JavaScript.
    pub told: Option<String>,
}

/// What a form of this app's own came to, for a script.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Told {
    /// A code for what there is to say, if there is something.
    pub told: Option<String>,
}

#[hook]
pub(crate) fn use_page() -> Page {
    use_context().unwrap_or_default()
}

#[hook]
pub(crate) fn use_asked() -> Asked {
    use_location().and_then(|location| location.query::<Asked>().ok()).unwrap_or_default()
}
