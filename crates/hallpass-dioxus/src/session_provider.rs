//! The component that the others stand in.

use std::cell::RefCell;
use std::rc::Rc;
use std::time::Duration;

use dioxus::prelude::*;
use hallpass_browser::{ClientOptions, Rendered, set_options, subscribe};

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
        Rendered::first(given, handed).map_or(Self::Live, Self::Rendered)
    }
}

/// What the server handed over: within it by a context, to the page by its text.
fn handed() -> Rendered {
    try_consume_context::<Rendered>().unwrap_or_else(Rendered::in_page)
}

/// How the components below learn of another moment.
#[derive(Clone, Copy)]
pub(crate) struct Moments(pub(crate) Signal<Moment>);

/// Keeps the session up to date for the components in it: the one that an application has around its pages. Several share the store of
/// the page, so they ask once and are in step. They share its options too: those of the last one that was given any others hold, with what it
/// does not name at its default; only the base path stays where it names none.
#[component]
pub fn SessionProvider(
    /// The session as the server knows it; without one, the root context that a server has set, or what stands in the page's text. Only
    /// where none knows anything the server is asked.
    #[props(default)]
    session: Rendered,
    /// Where hallpass answers below this site: `/api/auth` unless set.
    base_path: Option<String>,
    /// How old a session may be before it is read anew. Zero, as without it: never by age alone.
    #[props(default)]
    client_max_age: Duration,
    /// How often one tab of the browser reads the session. Zero, as without it: never.
    #[props(default)]
    keep_alive: Duration,
    /// Whether focus and visibility of the window read the session. They do unless set.
    #[props(default = true)]
    refetch_on_window_focus: bool,
    /// Whether reading by `keep_alive` and `client_max_age` goes on while the browser is offline. It does unless set.
    #[props(default = true)]
    refetch_when_offline: bool,
    /// Changes of focus this close together share one request: two seconds unless set. Zero: each asks.
    focus_window: Option<Duration>,
    /// What is shown.
    children: Element,
) -> Element {
    let usual = ClientOptions::default();
    use_options(ClientOptions {
        base_path,
        client_max_age,
        keep_alive,
        refetch_on_window_focus,
        refetch_when_offline,
        focus_window: focus_window.unwrap_or(usual.focus_window),
    });
    let Moments(moment) = use_context_provider(|| Moments(Signal::new(Moment::first(session.clone()))));
    let rendered = use_hook(|| match &*moment.peek() {
        Moment::Rendered(rendered) => rendered.clone(),
        Moment::Live => session,
    });
    use_store(moment, rendered);
    children
}

/// Sets the options while it renders, and not after it: what is below may ask at once.
fn use_options(options: ClientOptions) {
    let set = use_hook(|| Rc::new(RefCell::new(None)));
    if set.borrow().as_ref() != Some(&options) {
        set_options(&options);
        set.replace(Some(options));
    }
}

/// Subscribes to the store once the page has been taken over, for as long as the provider is there. A server has no effects.
fn use_store(moment: Signal<Moment>, rendered: Rendered) {
    let subscription = use_hook(|| Rc::new(RefCell::new(None)));
    use_effect(move || {
        // A listener may be told while its provider goes.
        let tell = move || {
            let mut moment = moment;
            if let Ok(mut moment) = moment.try_write() {
                *moment = Moment::Live;
            }
        };
        subscription.replace(Some(subscribe(tell, rendered.clone())));
        tell();
    });
}
