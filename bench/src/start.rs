//! How soon hallpass answers after its start, and how much memory it holds.

use std::thread;
use std::time::Duration;

use crate::Failure;
use crate::browser::Browser;
use crate::hallpass::{Hallpass, Kit, Strategy};

const STARTS: usize = 10;
const SIGN_INS: usize = 100;
/// How many browsers sign in at once.
const AT_ONCE: usize = 4;
/// Until a server counts as idle.
const REST: Duration = Duration::from_secs(1);

/// The figures of the process as a whole.
pub(crate) struct Start {
    /// From start to first answer with a database that exists, shortest first.
    pub(crate) first_answers: Vec<Duration>,
    /// The very first start, which makes the database.
    pub(crate) with_fresh_database: Duration,
    /// Resident, in bytes.
    pub(crate) idle: u64,
    /// The same after 100 sign-ins with a password.
    pub(crate) after_sign_ins: u64,
    /// The most at any moment: while passwords are hashed.
    pub(crate) peak: u64,
}

pub(crate) fn measure(kit: &Kit<'_>) -> Result<Start, Failure> {
    let with_fresh_database = kit.start("start", Strategy::Jwt)?.first_answer;
    let mut first_answers = Vec::new();
    for _ in 0..STARTS {
        first_answers.push(kit.start("start", Strategy::Jwt)?.first_answer);
    }
    first_answers.sort();
    let hallpass = kit.start("start", Strategy::Jwt)?;
    thread::sleep(REST);
    let idle = hallpass.process.memory("VmRSS")?;
    sign_in(&hallpass)?;
    thread::sleep(REST);
    let after_sign_ins = hallpass.process.memory("VmRSS")?;
    let peak = hallpass.process.memory("VmHWM")?;
    Ok(Start { first_answers, with_fresh_database, idle, after_sign_ins, peak })
}

fn sign_in(hallpass: &Hallpass) -> Result<(), Failure> {
    let address = hallpass.address;
    Browser::new(address).sign_up("ada@example.com")?;
    let share =
        move || (0..SIGN_INS / AT_ONCE).try_for_each(|_| Browser::new(address).sign_in("ada@example.com"));
    let threads: Vec<_> = (0..AT_ONCE).map(|_| thread::spawn(share)).collect();
    threads.into_iter().try_for_each(|thread| thread.join().map_err(|_| "a browser broke".to_owned())?)
}
