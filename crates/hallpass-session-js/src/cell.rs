//! A place for the one machine.

#![allow(unsafe_code, reason = "a static that changes; see the reasons at each place")]

use core::cell::UnsafeCell;
use core::mem::MaybeUninit;

use hallpass_session::Machine;

/// The machine; all zeros at the start, so that the built module has no data.
pub(crate) struct Cell(UnsafeCell<MaybeUninit<Machine>>);

// Safety: there are no threads in this module, neither as WebAssembly (it has no atomics) nor as JavaScript.
unsafe impl Sync for Cell {}

impl Cell {
    pub(crate) const fn empty() -> Self {
        Self(UnsafeCell::new(MaybeUninit::zeroed()))
    }

    pub(crate) fn with<R>(&self, act: impl FnOnce(&mut Machine) -> R) -> R {
        // Safety: a machine is numbers and flags, of which zeros are some. Nothing else runs, and no reference that this
        // gave out is alive: it hands them to closures of this crate only, none of which comes back here.
        unsafe { act((*self.0.get()).assume_init_mut()) }
    }
}
