//! The component that the others stand in.

use std::cell::Cell;
use std::rc::Rc;
use std::time::Duration;

use hallpass_browser::{ClientOptions, Rendered, set_options, subscribe};
use yew::prelude::*;

/// What is to be shown.
#[derive(Clone, PartialEq)]
pub(crate) enum Moment {
    /// What the page was rendered with, until it has been taken over from the server.
    Rendered(Rendered),
    /// What the store knows, after so many changes.
    Live(u32),
}

impl Moment {
    /// `handed`: what the server handed over within it; to the page it does by the page's text.
    fn first(given: Rendered, handed: Rendered) -> Self {
        Rendered::first(given, || handed.or_else(Rendered::in_page)).map_or(Self::Live(0), Self::Rendered)
    }
}

/// What a [`SessionProvider`] takes.
#[derive(Clone, Debug, PartialEq, Properties)]
pub struct SessionProviderProps {
    /// The session as the server knows it; without one, that of a `ContextProvider<Rendered>` around the application, or what stands in the
    /// page's text. Only where none knows anything the server is asked.
    #[prop_or_default]
    pub session: Rendered,
    /// Where hallpass answers below this site: `/api/auth` unless set.
    #[prop_or_default]
    pub base_path: Option<AttrValue>,
    /// How old a session may be before it is read anew. Zero, as without it: never by age alone.
    #[prop_or_default]
    pub client_max_age: Duration,
    /// How often one tab of the browser reads the session. Zero, as without it: never.
    #[prop_or_default]
    pub keep_alive: Duration,
    /// Whether focus and visibility of the window read the session. They do unless set.
    #[prop_or(true)]
    pub refetch_on_window_focus: bool,
    /// Whether reading by `keep_alive` and `client_max_age` goes on while the browser is offline. It does unless set.
    #[prop_or(true)]
    pub refetch_when_offline: bool,
    /// Changes of focus this close together share one request: two seconds unless set. Zero: each asks.
    #[prop_or_default]
    pub focus_window: Option<Duration>,
    /// What is shown.
    #[prop_or_default]
    pub children: Html,
}

impl SessionProviderProps {
    fn options(&self) -> ClientOptions {
        let usual = ClientOptions::default();
        ClientOptions {
            base_path: self.base_path.as_ref().map(ToString::to_string),
            client_max_age: self.client_max_age,
            keep_alive: self.keep_alive,
            refetch_on_window_focus: self.refetch_on_window_focus,
            refetch_when_offline: self.refetch_when_offline,
            focus_window: self.focus_window.unwrap_or(usual.focus_window),
        }
    }
}

/// Keeps the session up to date for the components in it: the one that an application has around its pages. Several share the store of
/// the page, so they ask once and are in step. They share its options too: those of the last one that was given any others hold, with what it
/// does not name at its default; only the base path stays where it names none.
#[component]
pub fn SessionProvider(props: &SessionProviderProps) -> Html {
    // While it renders, and not after it: what is below may ask at once.
    use_memo(props.options(), set_options);
    let handed = use_context::<Rendered>().unwrap_or_default();
    let moment = use_state(|| Moment::first(props.session.clone(), handed));
    let rendered = match &*moment {
        Moment::Rendered(rendered) => rendered.clone(),
        Moment::Live(_) => props.session.clone(),
    };
    let setter = moment.setter();
    use_effect_with((), move |()| {
        let count = Cell::new(0_u32);
        let tell = Rc::new(move || {
            count.set(count.get().wrapping_add(1));
            setter.set(Moment::Live(count.get()));
        });
        let listener = Rc::clone(&tell);
        let subscription = subscribe(move || listener(), rendered);
        // The page has been taken over, and the store may have changed since the components were rendered.
        tell();
        move || drop(subscription)
    });
    html! { <ContextProvider<Moment> context={(*moment).clone()}>{ props.children.clone() }</ContextProvider<Moment>> }
}
