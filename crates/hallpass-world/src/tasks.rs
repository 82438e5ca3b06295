//! Work in the background, on the runtime of tokio that asks for it.

use std::time::Duration;

use hallpass::world::{Pending, Tasks};

pub(crate) struct TokioTasks;

impl Tasks for TokioTasks {
    fn spawn(&self, work: Pending<'static, ()>) {
        tokio::spawn(work);
    }

    fn sleep(&self, duration: Duration) -> Pending<'static, ()> {
        Box::pin(tokio::time::sleep(duration))
    }
}
