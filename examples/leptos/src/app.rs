//! The application: one for the server and for the page.

use hallpass_leptos::SessionProvider;
use leptos::prelude::*;
use leptos_router::components::{Route, Router, Routes};
use leptos_router::path;

use crate::header::Header;
use crate::pages::home::Home;
use crate::pages::no_such_page::NoSuchPage;
use crate::pages::protected::Protected;
use crate::pages::server::Server;
use crate::pages::sign_in::SignIn;
use crate::visit::Visit;

/// Everything within the body.
#[component]
pub fn App() -> impl IntoView {
    Visit::hand_over();
    view! {
        <SessionProvider>
            <Router>
                <Header />
                <main>
                    <Routes fallback=NoSuchPage>
                        <Route path=path!("/") view=Home />
                        <Route path=path!("/sign-in") view=SignIn />
                        <Route path=path!("/protected") view=Protected />
                        <Route path=path!("/server") view=Server />
                    </Routes>
                </main>
            </Router>
        </SessionProvider>
    }
}
