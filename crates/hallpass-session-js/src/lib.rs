//! The session machine's border for JavaScript: numbers in, numbers out.
//!
//! One machine, made by [`start`]. [`handle`] takes an input as its number and up to four numbers that belong to it, and
//! answers with bits; what does not fit into bits is read by [`read`]. `packages/hallpass/src/machine.ts` is the other
//! side of this border and gives the numbers their names.
//!
//! Built for `wasm32v1-none` and translated into plain JavaScript by `packages/hallpass/build/machine.mjs`. On every
//! other target this crate is empty, so that the workspace builds.
#![cfg(target_arch = "wasm32")]
#![no_std]
#![allow(unsafe_code, unreachable_pub, reason = "exported functions need a name that nothing mangles")]

mod cell;
mod inputs;
mod navigation;
mod outputs;

use hallpass_session::{Machine, Millis};

use cell::Cell;

static TAB: Cell<Tab> = Cell::empty();

struct Tab {
    machine: Machine,
    numbers: [f64; outputs::COUNT],
}

/// Makes the machine anew. `seed` is any number that differs between tabs, `now` the wall clock.
#[unsafe(no_mangle)]
pub extern "C" fn start(seed: u32, now: Millis) {
    TAB.fill(Tab {
        machine: Machine::new(hallpass_session::Options::default(), seed, now),
        numbers: [0.0; outputs::COUNT],
    });
}

/// Takes the input of this number, and answers with bits.
#[unsafe(no_mangle)]
pub extern "C" fn handle(kind: u32, bits: u32, version: u32, a: f64, b: f64, now: Millis) -> u32 {
    let Some(input) = inputs::read(kind, bits, version, a, b) else { return 0 };
    TAB.with(|tab| {
        let out = tab.machine.handle(input, now);
        outputs::write(&out, tab.machine.view(), &mut tab.numbers)
    })
}

/// A number that belongs to the last answer of [`handle`].
#[unsafe(no_mangle)]
pub extern "C" fn read(which: u32) -> f64 {
    TAB.with(|tab| tab.numbers.get(which as usize).copied().unwrap_or(0.0))
}

#[panic_handler]
fn stop(_: &core::panic::PanicInfo<'_>) -> ! {
    core::arch::wasm32::unreachable()
}
