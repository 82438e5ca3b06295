//! What this tab says to the others of its browser, and hears from them: the channel and the form of the npm package, so that
//! tabs of both understand each other. Of the session nothing is stored: what an older client finds in the storage is whether somebody
//! is signed in.

use std::cell::RefCell;

use hallpass_session::{Input, Message, Payload as Came};
use js_sys::{Array, Date};
use wasm_bindgen::closure::Closure;
use wasm_bindgen::{JsCast, JsValue};
use web_sys::{BroadcastChannel, MessageEvent, StorageEvent};

use super::{Page, Payload, drive, json};
use crate::driver::Given;

/// The key and the form that the clients of next-auth 3 and 4 use.
const OLD_KEY: &str = "nextauth.message";

/// The channel's name; also what tells our own messages in the storage.
const US: &str = "hallpass";

type Heard = Closure<dyn FnMut(MessageEvent)>;

/// The channel, while it is open, and who listens to it.
#[derive(Default)]
pub(super) struct Tabs {
    open: RefCell<Option<(BroadcastChannel, Heard)>>,
}

impl Tabs {
    /// Listens; also called when a page is back, which had let go of its channel. Without a channel tabs have the storage, and
    /// ask the server instead of each other.
    pub(super) fn open(&self) {
        self.close();
        let Ok(channel) = BroadcastChannel::new(US) else { return };
        let heard = Heard::new(|event: MessageEvent| {
            if let Some(page) = super::page() {
                page.hear(&event.data());
            }
        });
        channel.set_onmessage(Some(heard.as_ref().unchecked_ref()));
        *self.open.borrow_mut() = Some((channel, heard));
    }

    /// Lets go of the channel: a page that holds one may not be kept for going back.
    pub(super) fn close(&self) {
        if let Some((channel, _)) = self.open.take() {
            channel.set_onmessage(None);
            channel.close();
        }
    }

    /// Tells the other tabs: five numbers, the payload as a value, and the base path, because another one of this site is another
    /// application. The payload's text is for tabs in Rust: others take the value.
    pub(super) fn tell(&self, message: Message, payload: Option<Payload>, base: &str) {
        if let Some((channel, _)) = &*self.open.borrow() {
            let said: Array = message.numbers().into_iter().map(JsValue::from_f64).collect();
            let text = payload.as_deref();
            said.push(&text.and_then(json::parse).unwrap_or(JsValue::FALSE));
            said.push(&base.into());
            if let Some(text) = text {
                said.push(&text.into());
            }
            // Only what cannot be copied is refused, and JSON can.
            let _refused = channel.post_message(&said);
        }
    }

    fn is_open(&self) -> bool {
        self.open.borrow().is_some()
    }
}

impl Page {
    fn hear(&self, data: &JsValue) {
        let Some(said) = data.dyn_ref::<Array>() else { return };
        if said.get(6).as_string() != Some(self.base()) {
            return;
        }
        let number = |at: u32| said.get(at).as_f64().unwrap_or(f64::NAN);
        let numbers = [number(0), number(1), number(2), number(3), number(4)];
        let Some(message) = Message::from_numbers(numbers) else { return };
        // A payload that does not belong to its version was not sent by us.
        let version = (number(4) as i32).cast_unsigned();
        let belongs = |value: &JsValue| value.is_truthy() && json::version(value) == Some(version);
        let value = Some(said.get(5)).filter(belongs);
        // A tab in JavaScript sends no text.
        let text = said.get(7).as_string().filter(|text| json::parse(text).as_ref().is_some_and(belongs));
        let text = value.and_then(|value| text.or_else(|| json::written(&value)));
        let here = if text.is_some() { Came::Here } else { Came::Absent };
        let given = text.map(|text| Given { version, payload: text });
        drive(Input::Heard(message, here), given);
    }

    /// What an older client wrote to the storage; tabs that run this one have the channel.
    pub(super) fn hear_storage(&self, event: &StorageEvent) {
        let old = event.key().is_some_and(|key| key == OLD_KEY);
        let Some(message) = event.new_value().filter(|_| old).and_then(|text| json::parse(&text)) else {
            return;
        };
        let says = |name: &str, word: &str| json::text(&message, name).is_some_and(|text| text == word);
        let ours = self.world().tabs.is_open() && says("clientId", US);
        if says("event", "session") && !ours {
            drive(Input::HeardOldClient, None);
        }
    }
}

/// Tells tabs that run the client of next-auth. Parts of a second keep two messages different.
pub(super) fn tell_old(signed_in: bool) {
    let trigger = if signed_in { "getSession" } else { "signout" };
    let seconds = json::written(&(Date::now() / 1000.0).into()).unwrap_or_default();
    let message = format!(
        r#"{{"event":"session","data":{{"trigger":"{trigger}"}},"clientId":"{US}","timestamp":{seconds}}}"#
    );
    let storage = web_sys::window().and_then(|window| window.local_storage().ok().flatten());
    // Full or forbidden: these tabs find out when they ask.
    let _forbidden = storage.map(|storage| storage.set_item(OLD_KEY, &message));
}
