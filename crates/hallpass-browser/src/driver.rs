//! What stands between the session machine and the world: a [`Driver`] of seven named lines, and the [`Store`] that drives it.
//!
//! ```
//! use std::cell::Cell;
//! use hallpass_browser::driver::{Driver, Given, Store};
//! use hallpass_session::{Input, Message, Millis, Session, Status};
//!
//! #[derive(Default)]
//! struct Counting { requests: Cell<u32>, renders: Cell<u32> }
//!
//! impl Driver for Counting {
//!     type Payload = &'static str;
//!     fn sleep(&self, _: Millis) {}
//!     fn abort(&self) {}
//!     fn fetch(&self, _: u32) { self.requests.set(self.requests.get() + 1) }
//!     fn tell(&self, _: Message, _: Option<&'static str>) {}
//!     fn tell_old_clients(&self, _: bool) {}
//!     fn settle(&self) {}
//!     fn render(&self) { self.renders.set(self.renders.get() + 1) }
//! }
//!
//! let store = Store::new(Counting::default(), 7, 0.0);
//! store.handle(Input::Mounted(None), None, 0.0);
//! assert_eq!(store.driver().requests.get(), 1);
//! let session = Session { version: 41, lives: 3_600_000.0 };
//! let given = Given { version: 41, payload: "ada" };
//! store.handle(Input::Answered { request: 1, session: Some(session) }, Some(given), 80.0);
//! assert_eq!((store.view().status, store.payload()), (Status::Authenticated, Some("ada")));
//! assert_eq!(store.driver().renders.get(), 1);
//! ```
//!
//! It decides nothing: whether to ask, tell or render is the machine's word. It holds the payload, which the machine does not
//! want to see.

use std::cell::RefCell;

use hallpass_session::{Input, Machine, Message, Millis, Options, Outputs, Status, View};

/// What the machine has done in the world. Each is called when the [`Store`] can be used again, also from inside.
pub trait Driver {
    /// A session's content.
    type Payload: Clone;

    /// Sets the one timer to this many milliseconds, in place of the one before; infinite: no timer. When it fires, the store
    /// is to hear [`Input::Woke`].
    fn sleep(&self, after: Millis);
    /// Gives up the request that is on its way.
    fn abort(&self);
    /// Asks the server for the session, under this number: the store is to hear [`Input::Answered`] or [`Input::Failed`].
    fn fetch(&self, request: u32);
    /// Tells the other tabs, with the payload where the message is about somebody's session.
    fn tell(&self, message: Message, payload: Option<Self::Payload>);
    /// Tells the tabs that run a client of NextAuth.js, and whether somebody is signed in.
    fn tell_old_clients(&self, signed_in: bool);
    /// Whoever waits for the end of a read hears what is known.
    fn settle(&self);
    /// What [`Store::view`] and [`Store::payload`] give has changed.
    fn render(&self);
}

/// A payload that came with an input.
#[derive(Clone, Debug)]
pub struct Given<P> {
    /// The version that the input names.
    pub version: u32,
    /// The session itself.
    pub payload: P,
}

/// The machine, the payload that belongs to what it knows, and the driver.
#[derive(Debug)]
pub struct Store<D: Driver> {
    machine: RefCell<Machine>,
    /// `None`: nothing was ever known. `Some(None)`: nobody is signed in.
    known: RefCell<Option<Option<Given<D::Payload>>>>,
    driver: D,
}

impl<D: Driver> Store<D> {
    /// A store that knows nothing, with the usual options. `seed` is any number that differs between tabs, `now` the wall clock
    /// in milliseconds since 1970.
    pub fn new(driver: D, seed: u32, now: Millis) -> Self {
        let machine = RefCell::new(Machine::new(Options::USUAL, seed, now));
        Self { machine, known: RefCell::new(None), driver }
    }

    /// The driver.
    pub fn driver(&self) -> &D {
        &self.driver
    }

    /// What to show.
    pub fn view(&self) -> View {
        self.machine.borrow().view()
    }

    /// The session's content, while somebody is signed in.
    pub fn payload(&self) -> Option<D::Payload> {
        let known = self.known.borrow();
        known.as_ref().and_then(Option::as_ref).map(|given| given.payload.clone())
    }

    /// Tells the machine what happened at `now`, with the payload that came along, and has done what it says.
    pub fn handle(&self, input: Input, given: Option<Given<D::Payload>>, now: Millis) {
        let (outputs, view) = {
            let mut machine = self.machine.borrow_mut();
            (machine.handle(input, now), machine.view())
        };
        self.driver.sleep(outputs.wake);
        if outputs.abort {
            self.driver.abort();
        }
        if let Some(request) = outputs.fetch {
            self.driver.fetch(request);
        }
        self.keep(outputs.take, given, view.status);
        self.say(&outputs);
    }

    /// Not announced as something to keep: what the page was rendered with, and what is the same with another end.
    fn keep(&self, take: bool, given: Option<Given<D::Payload>>, status: Status) {
        let mut known = self.known.borrow_mut();
        let same = match (&given, known.as_ref()) {
            (given, None) => given.is_some(),
            (Some(given), Some(Some(kept))) => given.version == kept.version,
            _ => false,
        };
        if take || same {
            *known = Some(given);
        }
        match status {
            Status::Authenticated => {}
            Status::Unauthenticated => *known = Some(None),
            Status::Loading => *known = None,
        }
    }

    fn say(&self, outputs: &Outputs) {
        let payload = self.payload();
        if let Some(message) = outputs.tell {
            let known = matches!(message, Message::Known { .. });
            self.driver.tell(message, payload.clone().filter(|_| known));
        }
        if outputs.tell_old_clients {
            self.driver.tell_old_clients(payload.is_some());
        }
        if outputs.settled.is_some() {
            self.driver.settle();
        }
        if outputs.render {
            self.driver.render();
        }
    }
}

#[cfg(test)]
mod tests;
