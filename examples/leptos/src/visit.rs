//! What a page is told by its server, beside the session.

use hallpass_leptos::ProviderBody;
use leptos::prelude::*;
use serde::{Deserialize, Serialize};

/// What the forms of a page need that do without JavaScript.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub struct Visit {
    /// The address of this site, without a path.
    pub site: String,
    /// The token against forgery.
    pub csrf_token: String,
    /// The ways to sign in.
    pub providers: Vec<ProviderBody>,
}

impl Visit {
    /// What stands for this request.
    #[cfg(not(target_arch = "wasm32"))]
    pub fn of(auth: &hallpass::Auth, visitor: &hallpass::Visitor) -> Self {
        Self {
            site: auth.url().to_owned(),
            csrf_token: visitor.csrf_token().to_owned(),
            providers: auth.providers().to_vec(),
        }
    }

    /// Hands it from the server over to the page, for every component of it. Once, around all of them.
    pub fn hand_over() {
        provide_context(SharedValue::new(Self::current).into_inner());
    }

    /// That of this page.
    pub fn current() -> Self {
        use_context().unwrap_or_default()
    }
}
