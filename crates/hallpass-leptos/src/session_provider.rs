//! The component that the others stand in.

use std::time::Duration;

use hallpass_browser::{ClientOptions, Rendered, set_options, subscribe};
use leptos::prelude::*;

/// What is to be shown.
#[derive(Clone)]
pub(crate) enum Moment {
    /// What the page was rendered with, until it has been taken over from the server.
    Rendered(Rendered),
    /// What the store knows.
    Live,
}

impl Moment {
    fn first(given: Rendered) -> Self {
        // An island that comes later is taken over as it was written: it learns the rest after that.
        let first = if cfg!(feature = "islands") {
            Some(given.or_else(handed))
        } else {
            Rendered::first(given, handed)
        };
        first.map_or(Self::Live, Self::Rendered)
    }
}

/// What the server handed over: within it by a context, to the page by its text.
fn handed() -> Rendered {
    use_context::<Rendered>().unwrap_or_else(Rendered::in_page)
}

/// How the components below learn of another moment.
#[derive(Clone, Copy)]
pub(crate) struct Moments(pub RwSignal<Moment>);

/// Keeps the session up to date for the components in it: the one that an application has around its pages. Several share the store of
/// the page, so they ask once and are in step. They share its options too: those of the last one that was given any others hold, with what it
/// does not name at its default; only the base path stays where it names none.
#[component]
pub fn SessionProvider(
    /// The session as the server knows it; without one, what `server::provide` handed over, or what stands in the page's text. Only
    /// where none knows anything the server is asked.
    #[prop(optional)]
    session: Rendered,
    /// Where hallpass answers below this site: `/api/auth` unless set.
    #[prop(optional, into)]
    base_path: Option<String>,
    /// How old a session may be before it is read anew. Zero, as without it: never by age alone.
    #[prop(optional)]
    client_max_age: Duration,
    /// How often one tab of the browser reads the session. Zero, as without it: never.
    #[prop(optional)]
    keep_alive: Duration,
    /// Whether focus and visibility of the window read the session. They do unless set.
    #[prop(default = true)]
    refetch_on_window_focus: bool,
    /// Whether reading by `keep_alive` and `client_max_age` goes on while the browser is offline. It does unless set.
    #[prop(default = true)]
    refetch_when_offline: bool,
    /// Changes of focus this close together share one request: two seconds unless set. Zero: each asks.
    #[prop(optional)]
    focus_window: Option<Duration>,
    /// What is shown.
    children: Children,
) -> impl IntoView {
    let usual = ClientOptions::default();
    // While it renders, and not after it: what is below may ask at once.
    set_options(&ClientOptions {
        base_path,
        client_max_age,
        keep_alive,
        refetch_on_window_focus,
        refetch_when_offline,
        focus_window: focus_window.unwrap_or(usual.focus_window),
    });
    let first = Moment::first(session.clone());
    let rendered = match &first {
        Moment::Rendered(rendered) => rendered.clone(),
        Moment::Live => session,
    };
    let moment = RwSignal::new(first);
    provide_context(Moments(moment));
    keep(moment, rendered);
    children()
}

/// Subscribes to the store once the page has been taken over, for as long as the provider is there. A server has no effects, and may end
/// a page on another thread than it began on: what may not change threads is made within the effect.
fn keep(moment: RwSignal<Moment>, rendered: Rendered) {
    Effect::new(move |_| {
        // A listener may be told while its provider goes.
        let tell = move || drop(moment.try_set(Moment::Live));
        StoredValue::new_local(subscribe(tell, rendered.clone()));
        tell();
    });
}
