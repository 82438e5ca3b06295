//! Browsers with tabs, a server, and bad luck: whole afternoons in milliseconds, from one number each.
//!
//! `HALLPASS_SEED=17` runs one world and prints its diary; `HALLPASS_WORLDS=100000` runs more than the usual number.
#![allow(
    clippy::disallowed_methods,
    reason = "a test that is replayed by its seed reads it from the environment"
)]

mod acts;
mod browser;
mod chance;
mod incoming;
mod laws;
mod server;
mod shell;
mod world;

use std::sync::atomic::{AtomicU64, Ordering};

use world::World;

const WORLDS: u64 = 10_000;

fn number(name: &str) -> Option<u64> {
    std::env::var(name).ok()?.parse().ok()
}

#[test]
fn the_laws_hold_in_every_world() {
    if let Some(seed) = number("HALLPASS_SEED") {
        let mut world = World::new(seed, true);
        let end = world.run();
        println!("{}", world.diary.unwrap_or_default().join("\n"));
        assert_eq!(end, Ok(()));
        return;
    }
    let worlds = number("HALLPASS_WORLDS").unwrap_or(WORLDS);
    let (next, inputs, requests) = (AtomicU64::new(0), AtomicU64::new(0), AtomicU64::new(0));
    let work = || {
        loop {
            let seed = next.fetch_add(1, Ordering::Relaxed);
            if seed >= worlds {
                return None;
            }
            let mut world = World::new(seed, false);
            if let Err(broken) = world.run() {
                next.store(worlds, Ordering::Relaxed);
                return Some((seed, broken));
            }
            inputs.fetch_add(world.inputs, Ordering::Relaxed);
            let reads: usize = world.browsers.iter().map(|browser| browser.record.reads.len()).sum();
            requests.fetch_add(reads as u64, Ordering::Relaxed);
        }
    };
    let threads = std::thread::available_parallelism().map_or(1, usize::from);
    let broken = std::thread::scope(|scope| {
        let running: Vec<_> = (0..threads).map(|_| scope.spawn(work)).collect();
        running.into_iter().filter_map(|thread| thread.join().expect("a thread that ends")).min()
    });
    if let Some((seed, broken)) = broken {
        panic!(
            "{broken}\nreplay: HALLPASS_SEED={seed} cargo test -p hallpass-session --test simulation -- --nocapture"
        );
    }
    println!("{worlds} worlds, {inputs:?} inputs, {requests:?} requests");
}
