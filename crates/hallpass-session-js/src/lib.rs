//! The session machine's border for JavaScript: numbers in, numbers out.
//!
//! One machine, made by `start`. `handle` takes an input as its number and up to four numbers that belong to it, and
//! answers with bits; what does not fit into bits is in variables of their own. `packages/hallpass/src/machine.d.ts` is the other
//! side of this border and gives the numbers their names.
//!
//! Built for `wasm32v1-none` and translated into plain JavaScript by `packages/hallpass/build/machine.mjs`. On every
//! other target this crate is empty, so that the workspace builds. Without the compiler's built-in functions, because
//! setting numbers with `memset` would keep them from becoming variables.
#![cfg(target_arch = "wasm32")]
#![no_std]
#![no_builtins]
#![allow(unsafe_code, unreachable_pub, reason = "exported functions need a name that nothing mangles")]

mod cell;
mod navigation;

use hallpass_session::{Millis, Numbers};

use cell::Cell;

static MACHINE: Cell = Cell::empty();

/// Makes the machine anew. `seed` is any number that differs between tabs, `now` the wall clock.
#[unsafe(no_mangle)]
pub extern "C" fn start(seed: u32, now: Millis) {
    MACHINE.with(|machine| machine.restart(seed, now));
}

/// Takes the input of this number, and answers with bits.
#[unsafe(no_mangle)]
pub extern "C" fn handle(kind: u32, bits: u32, version: u32, a: f64, b: f64, now: Millis) -> u32 {
    MACHINE.with(|machine| {
        machine.handle_numbers(Numbers { kind, bits, version, a, b }, now);
        machine.bits()
    })
}

/// How long to sleep.
#[unsafe(no_mangle)]
pub extern "C" fn wake() -> f64 {
    MACHINE.with(|machine| machine.rest().wake)
}

/// The number of the request to make.
#[unsafe(no_mangle)]
pub extern "C" fn request() -> f64 {
    MACHINE.with(|machine| machine.rest().request)
}

/// The stamp of the message to tell.
#[unsafe(no_mangle)]
pub extern "C" fn stamp() -> f64 {
    MACHINE.with(|machine| machine.rest().stamp)
}

/// The time span of the message to tell.
#[unsafe(no_mangle)]
pub extern "C" fn span() -> f64 {
    MACHINE.with(|machine| machine.rest().span)
}

/// The version that the message to tell names.
#[unsafe(no_mangle)]
pub extern "C" fn version() -> f64 {
    MACHINE.with(|machine| machine.rest().version)
}

#[panic_handler]
fn stop(_: &core::panic::PanicInfo<'_>) -> ! {
    core::arch::wasm32::unreachable()
}
