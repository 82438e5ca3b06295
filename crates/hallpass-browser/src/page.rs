//! The page: hands the machine what happens in it, and does what the machine says. No rule about sessions stands here.

mod ask;
mod events;
mod json;
mod leaving;
mod signing;
mod tabs;
mod timer;

use std::cell::{Cell, RefCell};
use std::rc::Rc;

use futures_channel::oneshot;
use hallpass_session::{Input, Message, Millis, Status};
use hallpass_wire::{Action, CSRF_FIELD, DEFAULT_BASE_PATH, ProviderBody};
use js_sys::{Date, Math};
use wasm_bindgen_futures::spawn_local;
use web_sys::{AbortController, Window};

use crate::driver::{Driver, Given, Store};
use crate::options::ClientOptions;
use crate::pending::Pending;
use crate::rendered::SCRIPT_ID;
use crate::session::{Known, Rendered, Unread};
use ask::{Answer, Ask, Body};
use timer::Timer;

pub(crate) use leaving::lead_to_sign_in;
pub(crate) use signing::{sign_in, sign_out};

/// A session's content, as the JSON that it was written in: a value of JavaScript would not hold every integer in it.
type Payload = String;
type Listener = Rc<dyn Fn()>;
type Settled = oneshot::Sender<Option<Payload>>;

thread_local! {
    /// One for all who ask: components that know nothing of each other show the same.
    static PAGE: RefCell<Option<Rc<Page>>> = const { RefCell::new(None) };
}

/// What this page has of the world.
struct Page {
    window: Window,
    store: Store<World>,
}

/// What the machine's driver needs.
struct World {
    base: RefCell<String>,
    ask: Ask,
    tabs: tabs::Tabs,
    timer: Timer,
    leaving: leaving::Leaving,
    control: RefCell<Option<AbortController>>,
    waiting: RefCell<Vec<Settled>>,
    listeners: RefCell<Vec<(u32, Listener)>>,
    subscribed: Cell<u32>,
    readers: Cell<u32>,
}

/// The page, made at its first use; `None` on a server or in a worker.
fn page() -> Option<Rc<Page>> {
    if let Some(page) = PAGE.with_borrow(Clone::clone) {
        return Some(page);
    }
    let window = web_sys::window()?;
    let seed = (Math::random() * 4_294_967_296.0) as u32;
    let world = World {
        base: RefCell::new(DEFAULT_BASE_PATH.to_owned()),
        ask: Ask::new(window.clone()),
        tabs: tabs::Tabs::default(),
        timer: Timer::new(window.clone(), || drive(Input::Woke, None)),
        leaving: leaving::Leaving::new(),
        control: RefCell::new(None),
        waiting: RefCell::default(),
        listeners: RefCell::default(),
        subscribed: Cell::new(0),
        readers: Cell::new(0),
    };
    let page = Rc::new(Page { window, store: Store::new(world, seed, Date::now()) });
    PAGE.set(Some(Rc::clone(&page)));
    events::listen(&page);
    Some(page)
}

/// Tells the machine what happened, and has done what it says.
fn drive(input: Input, given: Option<Given<Payload>>) {
    if let Some(page) = page() {
        page.store.handle(input, given, Date::now());
    }
}

impl Page {
    fn world(&self) -> &World {
        self.store.driver()
    }

    fn base(&self) -> String {
        self.world().base.borrow().clone()
    }

    /// Tells the machine of a session that an answer brought.
    fn drive_with(&self, answer: Answer, input: impl FnOnce(Option<hallpass_session::Session>) -> Input) {
        let now = Date::now();
        let (session, given) = json::session(&answer.data, answer.text, answer.date.unwrap_or(now));
        self.store.handle(input(session), given, now);
    }

    async fn load(self: Rc<Self>, request: u32, control: AbortController) {
        let url = self.base() + &Action::Session.path();
        match self.world().ask.session(&url, Body::Nothing, &control).await {
            Ok(answer) => {
                self.drive_with(answer, |session| Input::Answered { request, session });
            }
            Err(_) => self.store.handle(Input::Failed { request }, None, Date::now()),
        }
    }

    /// The token against forgery, or `None` if the server could not be asked.
    async fn csrf_token(&self) -> Option<String> {
        let url = self.base() + &Action::Csrf.path();
        let answer = self.world().ask.usual(&url, Body::Nothing).await?;
        json::text(&answer.data, CSRF_FIELD)
    }
}

impl World {
    fn take_listener(&self, id: u32) -> Option<(u32, Listener)> {
        let mut listeners = self.listeners.borrow_mut();
        let at = listeners.iter().position(|(its, _)| *its == id)?;
        Some(listeners.remove(at))
    }
}

impl Driver for World {
    type Payload = Payload;

    fn sleep(&self, after: Millis) {
        self.timer.set(after);
    }

    fn abort(&self) {
        if let Some(control) = self.control.take() {
            control.abort();
        }
    }

    fn fetch(&self, request: u32) {
        let Ok(control) = AbortController::new() else { return };
        *self.control.borrow_mut() = Some(control.clone());
        spawn_local(async move {
            if let Some(page) = page() {
                page.load(request, control).await;
            }
        });
    }

    fn tell(&self, message: Message, payload: Option<Payload>) {
        self.tabs.tell(message, payload, &self.base.borrow());
    }

    fn tell_old_clients(&self, signed_in: bool) {
        tabs::tell_old(signed_in);
    }

    fn settle(&self) {
        let payload = page().and_then(|page| page.store.payload());
        for waiting in self.waiting.take() {
            // Whoever dropped their future waits no more.
            let _gone = waiting.send(payload.clone());
        }
    }

    fn render(&self) {
        // Not borrowed while they run: a listener may subscribe or end a subscription.
        let listeners: Vec<u32> = self.listeners.borrow().iter().map(|(id, _)| *id).collect();
        for id in listeners {
            let found = self
                .listeners
                .borrow()
                .iter()
                .find(|(its, _)| *its == id)
                .map(|(_, listener)| Rc::clone(listener));
            if let Some(listener) = found {
                listener();
            }
        }
    }
}

/// A listener, and a reader of the session.
#[derive(Debug)]
pub(crate) struct Subscribed {
    id: u32,
}

pub(crate) fn subscribe(listener: Box<dyn Fn()>, rendered: Rendered) -> Subscribed {
    let Some(page) = page() else { return Subscribed { id: 0 } };
    let world = page.world();
    let id = world.subscribed.get() + 1;
    world.subscribed.set(id);
    world.listeners.borrow_mut().push((id, Rc::from(listener)));
    // Counted before anybody is told: a listener may subscribe and end that within, and would be taken for the last reader.
    let readers = world.readers.get();
    world.readers.set(readers + 1);
    let now = Date::now();
    match rendered {
        Rendered::Unknown if readers > 0 => {}
        Rendered::Unknown => page.store.handle(Input::Mounted(None), None, now),
        Rendered::Nobody => page.store.handle(Input::Mounted(Some(None)), None, now),
        Rendered::Session(text) => {
            // What is no JSON was not written by a server that looked.
            let read = json::parse(&text).map(|data| json::session(&data, text, now));
            let (session, given) = read.map_or((None, None), |(session, given)| (Some(session), given));
            page.store.handle(Input::Mounted(session), given, now);
        }
    }
    Subscribed { id }
}

impl Drop for Subscribed {
    fn drop(&mut self) {
        let Some(page) = page().filter(|_| self.id > 0) else { return };
        let world = page.world();
        let left = world.take_listener(self.id);
        world.readers.set(world.readers.get() - 1);
        if world.readers.get() == 0 {
            page.store.handle(Input::Unmounted, None, Date::now());
        }
        // What it owns ends with it, and that may be another subscription: not before the list can be used again.
        drop(left);
    }
}

pub(crate) fn current() -> Known<String> {
    let Some(page) = page() else { return Known::default() };
    let view = page.store.view();
    let status = match view.status {
        Status::Loading => crate::Status::Loading,
        Status::Unauthenticated => crate::Status::Unauthenticated,
        Status::Authenticated => crate::Status::Authenticated(page.store.payload().unwrap_or_default()),
    };
    Known { status, stale: view.stale }
}

/// What stands in the script that carries the session to the page.
pub(crate) fn script_text() -> Option<String> {
    page()?.window.document()?.get_element_by_id(SCRIPT_ID)?.text_content()
}

/// Whether JSON is a session, and not nobody's; `None` of what is no JSON.
pub(crate) fn is_somebodys(text: &str) -> Option<bool> {
    json::parse(text).map(|data| json::somebody(&data))
}

pub(crate) fn set_options(options: &ClientOptions) {
    let Some(page) = page() else { return };
    if let Some(base) = options.base() {
        page.world().base.replace(base);
    }
    drive(Input::Configured(options.machine()), None);
}

pub(crate) fn get_session() -> Pending<Result<Option<String>, Unread>> {
    let Some(page) = page() else { return Pending::new(async { Err(Unread::NoPage) }) };
    let (sender, receiver) = oneshot::channel();
    page.world().waiting.borrow_mut().push(sender);
    drive(Input::Refresh, None);
    // The sender goes with the page, and then nobody waits.
    Pending::new(async move { Ok(receiver.await.ok().flatten()) })
}

pub(crate) fn update(data: String) -> Pending<Result<Option<String>, Unread>> {
    let Some(page) = page() else { return Pending::new(async { Err(Unread::NoPage) }) };
    begun(Err(Unread::NoPage), async move {
        match page.change_json(&Action::Session.path(), &data).await {
            Ok(answer) => page.drive_with(answer, Input::Updated),
            Err(unread) => {
                drive(Input::Changed, None);
                return Err(unread);
            }
        }
        if page.store.view().stale {
            return get_session().await;
        }
        Ok(page.store.payload())
    })
}

pub(crate) fn get_csrf_token() -> Pending<Option<String>> {
    let Some(page) = page() else { return Pending::new(async { None }) };
    begun(None, async move { page.csrf_token().await })
}

pub(crate) fn get_providers() -> Pending<Option<Vec<ProviderBody>>> {
    let Some(page) = page() else { return Pending::new(async { None }) };
    begun(None, async move { Some(json::providers(&page.providers().await?)) })
}

/// Runs to its end, whether or not somebody waits for it. `lost` is the answer of a page that is gone.
fn begun<T: 'static>(lost: T, work: impl Future<Output = T> + 'static) -> Pending<T> {
    let (sender, receiver) = oneshot::channel();
    spawn_local(async move {
        let _gone = sender.send(work.await);
    });
    Pending::new(async move { receiver.await.unwrap_or(lost) })
}
