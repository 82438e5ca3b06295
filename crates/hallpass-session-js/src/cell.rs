//! A place for the one machine.

#![allow(unsafe_code, reason = "a static that changes; see the reasons at each place")]

use core::cell::UnsafeCell;
use core::mem::MaybeUninit;

/// Holds nothing, until it is filled. All zeros at the start, so that the built module has no data.
pub(crate) struct Cell<T> {
    full: UnsafeCell<bool>,
    value: UnsafeCell<MaybeUninit<T>>,
}

// Safety: there are no threads in this module, neither as WebAssembly (it has no atomics) nor as JavaScript.
unsafe impl<T> Sync for Cell<T> {}

impl<T> Cell<T> {
    pub(crate) const fn empty() -> Self {
        Self { full: UnsafeCell::new(false), value: UnsafeCell::new(MaybeUninit::zeroed()) }
    }

    pub(crate) fn fill(&self, value: T) {
        // Safety: nothing else runs, and no reference that `with` gave out is alive: it hands them to closures of this
        // crate only, and none of these fills the cell.
        unsafe {
            (*self.value.get()).write(value);
            *self.full.get() = true;
        }
    }

    /// Zero, if nothing is there yet.
    pub(crate) fn with<R: Default>(&self, act: impl FnOnce(&mut T) -> R) -> R {
        // Safety: as above; and the value is read only after it was written.
        unsafe { if *self.full.get() { act((*self.value.get()).assume_init_mut()) } else { R::default() } }
    }
}
