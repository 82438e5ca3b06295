use super::*;
use hallpass_session::Session;

/// Writes down what it is told to do, and can do something in turn when something is rendered.
#[derive(Default)]
struct Diary {
    lines: RefCell<Vec<String>>,
    at_render: RefCell<Option<Box<dyn Fn()>>>,
}

impl Diary {
    fn note(&self, line: impl Into<String>) {
        self.lines.borrow_mut().push(line.into());
    }

    fn taken(&self) -> Vec<String> {
        std::mem::take(&mut self.lines.borrow_mut())
    }
}

impl Driver for Diary {
    type Payload = &'static str;

    fn sleep(&self, after: Millis) {
        if after < Millis::INFINITY {
            self.note("sleep");
        }
    }

    fn abort(&self) {
        self.note("abort");
    }

    fn fetch(&self, request: u32) {
        self.note(format!("fetch {request}"));
    }

    fn tell(&self, message: Message, payload: Option<&'static str>) {
        let message = format!("{message:?}");
        let name = message.split_whitespace().next().unwrap_or_default();
        self.note(format!("tell {name} {payload:?}"));
    }

    fn tell_old_clients(&self, signed_in: bool) {
        self.note(format!("tell old clients {signed_in}"));
    }

    fn settle(&self) {
        self.note("settle");
    }

    fn render(&self) {
        self.note("render");
        if let Some(act) = self.at_render.borrow_mut().take() {
            act();
        }
    }
}

const HOUR: Millis = 3_600_000.0;

fn store() -> Store<Diary> {
    Store::new(Diary::default(), 7, 0.0)
}

fn session(version: u32) -> Option<Session> {
    Some(Session { version, lives: HOUR })
}

fn given(version: u32, payload: &'static str) -> Option<Given<&'static str>> {
    Some(Given { version, payload })
}

/// With Ada signed in, and nothing noted.
fn adas() -> Store<Diary> {
    let store = store();
    store.handle(Input::Mounted(None), None, 0.0);
    store.handle(Input::Answered { request: 1, session: session(1) }, given(1, "ada"), 50.0);
    assert_eq!(store.payload(), Some("ada"));
    store.driver().taken();
    store
}

#[test]
fn what_there_is_to_do_is_done_in_the_machines_order() {
    let store = store();
    store.handle(Input::Mounted(None), None, 0.0);
    assert_eq!(store.driver().taken(), ["sleep", "fetch 1", "tell Asking None"]);
    store.handle(Input::Refresh, None, 10.0);
    store.driver().taken();
    store.handle(Input::Answered { request: 1, session: session(1) }, given(1, "ada"), 50.0);
    let told = store.driver().taken();
    assert_eq!(told, ["sleep", "tell Known Some(\"ada\")", "tell old clients true", "settle", "render"]);
}

#[test]
fn a_sign_out_forgets_the_payload_before_anybody_is_told() {
    let store = adas();
    store.handle(Input::Changing, None, 100.0);
    store.driver().taken();
    store.handle(Input::SignedOut, None, 200.0);
    assert_eq!(store.driver().taken(), ["tell SignedOut None", "tell old clients false", "render"]);
    assert_eq!((store.payload(), store.view().status), (None, Status::Unauthenticated));
}

#[test]
fn a_payload_that_the_machine_did_not_take_is_dropped() {
    let store = adas();
    // The answer to a request that nobody made.
    store.handle(Input::Answered { request: 9, session: session(2) }, given(2, "grace"), 100.0);
    assert_eq!(store.payload(), Some("ada"));
    // The same session with another end.
    store.handle(Input::Refresh, None, 5_000.0);
    store.handle(Input::Answered { request: 2, session: session(1) }, given(1, "ada, later"), 5_050.0);
    assert_eq!(store.payload(), Some("ada, later"));
}

#[test]
fn a_failure_keeps_what_is_known_and_says_that_it_is_stale() {
    let store = adas();
    store.handle(Input::Refresh, None, 5_000.0);
    store.handle(Input::Failed { request: 2 }, None, 5_050.0);
    assert_eq!((store.payload(), store.view().stale), (Some("ada"), true));
    assert!(store.driver().taken().contains(&"settle".to_owned()));
}

#[test]
fn a_listener_may_use_the_store_while_it_is_told() {
    let store = std::rc::Rc::new(store());
    let inside = std::rc::Rc::clone(&store);
    *store.driver().at_render.borrow_mut() = Some(Box::new(move || {
        assert_eq!(inside.payload(), Some("ada"));
        inside.handle(Input::Refresh, None, 60.0);
    }));
    store.handle(Input::Mounted(None), None, 0.0);
    store.handle(Input::Answered { request: 1, session: session(1) }, given(1, "ada"), 50.0);
    assert!(store.driver().taken().contains(&"fetch 2".to_owned()));
}

#[test]
fn a_page_that_was_rendered_with_a_session_asks_nobody() {
    let store = store();
    store.handle(Input::Mounted(Some(session(1))), given(1, "ada"), 0.0);
    assert_eq!((store.payload(), store.view().status), (Some("ada"), Status::Authenticated));
    assert!(!store.driver().taken().iter().any(|line| line.starts_with("fetch")));
}
