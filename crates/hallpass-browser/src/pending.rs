//! An answer that is on its way.

use std::fmt;
use std::future::Future;
use std::pin::Pin;
use std::task::{Context, Poll};

/// An answer that is on its way, whether or not somebody waits for it: like a promise of JavaScript, and unlike most futures.
/// Dropping it stops nothing and leaves nothing half done.
pub struct Pending<T> {
    answer: Pin<Box<dyn Future<Output = T>>>,
}

impl<T> fmt::Debug for Pending<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Pending").finish_non_exhaustive()
    }
}

impl<T: 'static> Pending<T> {
    pub(crate) fn new(answer: impl Future<Output = T> + 'static) -> Self {
        Self { answer: Box::pin(answer) }
    }

    /// With the answer turned into something else.
    pub(crate) fn map<U: 'static>(self, turn: impl FnOnce(T) -> U + 'static) -> Pending<U> {
        Pending::new(async move { turn(self.await) })
    }
}

impl<T> Future for Pending<T> {
    type Output = T;

    fn poll(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<T> {
        self.answer.as_mut().poll(context)
    }
}
