//! Events on their way: sent in the background, and again while nobody takes them.

use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use serde_json::{Value, json};
use tokio::sync::Semaphore;

use super::{EVENTS, Place};

/// More than this many of one kind on their way, and further ones are dropped. Each kind has room of its own: reads are many,
/// and a sign-out that nobody hears of matters.
const MOST: usize = 1000;

/// How long one attempt may take.
const ATTEMPT: Duration = Duration::from_secs(10);

/// The pauses between attempts: eleven minutes in all, so that a deployment of the application loses nothing.
const PAUSES: [Duration; 6] = [
    Duration::from_secs(1),
    Duration::from_secs(4),
    Duration::from_secs(15),
    Duration::from_secs(60),
    Duration::from_secs(180),
    Duration::from_secs(400),
];

pub(super) struct Events {
    place: Place,
    rooms: [Arc<Semaphore>; EVENTS.len()],
}

impl Events {
    pub(super) fn new(place: Place) -> Self {
        Self { place, rooms: std::array::from_fn(|_| Arc::new(Semaphore::new(MOST))) }
    }

    /// Sends, and does not wait for it.
    pub(super) fn tell(&self, event: &'static str, data: &Value) {
        let room = EVENTS.iter().zip(&self.rooms).find(|(name, _)| **name == event).map(|(_, room)| room);
        let room = room.and_then(|room| Arc::clone(room).try_acquire_owned().ok());
        let (Some(room), Ok(id)) = (room, self.place.id()) else {
            tracing::error!(event, "an event was dropped: too many are on their way to the webhook");
            return;
        };
        let body = Bytes::from(json!({ "type": format!("events.{event}"), "data": data }).to_string());
        let place = self.place.clone();
        tokio::spawn(async move {
            let mut undelivered = Undelivered(Some((event, &id)));
            deliver(&place, event, &id, &body).await;
            undelivered.0 = None;
            drop(room);
        });
    }
}

/// Says what is lost where hallpass ends before an event is taken.
struct Undelivered<'a>(Option<(&'static str, &'a str)>);

impl Drop for Undelivered<'_> {
    fn drop(&mut self) {
        if let Some((event, id)) = self.0 {
            tracing::error!(event, id, "an event was lost: hallpass ends before the webhook took it");
        }
    }
}

async fn deliver(place: &Place, event: &'static str, id: &str, body: &Bytes) {
    let mut pauses = PAUSES.into_iter();
    loop {
        let cause = match place.post(id, body, ATTEMPT).await {
            Ok(response) if response.status().is_success() => return,
            Ok(response) => format!("the webhook answered {}", response.status().as_u16()),
            Err(error) => error.0,
        };
        let Some(pause) = pauses.next() else {
            tracing::error!(event, id, cause, "an event was given up");
            return;
        };
        tracing::warn!(event, id, cause, again_in_secs = pause.as_secs(), "an event was not taken");
        tokio::time::sleep(pause).await;
    }
}
