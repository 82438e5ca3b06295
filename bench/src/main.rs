//! What a request costs hallpass: CPU time of the server process, beside an axum server that sends the same bytes
//! without thinking. Run it as `cargo xtask bench`.
//!
//! Everything happens in one run, on the loopback, in turns: a round asks hallpass and then its peer (the next round
//! the other way round) for every case, so that whatever else the machine does meets both alike. A figure is the
//! median over the rounds. It is no test: no figure makes it fail.
//!
//! It does not measure latency, many cores, TLS or a database larger than the cache.
#![allow(clippy::disallowed_methods, reason = "a benchmark reads the real clock and the real processes")]
#![allow(clippy::print_stdout, clippy::print_stderr, reason = "it talks to a person")]

mod arguments;
mod browser;
mod case;
mod figures;
mod fixed_answer;
mod hallpass;
mod load;
mod machine;
mod message;
mod process;
mod rounds;
mod start;

use std::process::ExitCode;

use arguments::{Arguments, Role};

/// Why a figure could not be taken, in one sentence for a person.
type Failure = String;

fn main() -> ExitCode {
    let done = match arguments::read(std::env::args().skip(1)) {
        Ok(Role::FixedAnswer(file)) => fixed_answer::serve(&file),
        Ok(Role::Measure(arguments)) => measure(&arguments),
        Err(failure) => Err(failure),
    };
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(failure) => {
            eprintln!("bench: {failure}");
            ExitCode::FAILURE
        }
    }
}

fn measure(arguments: &Arguments) -> Result<(), Failure> {
    let busy = machine::load();
    let folder = process::Folder::new()?;
    let kit = hallpass::Kit::new(&arguments.hallpass, &folder)?;
    eprintln!("start and memory …");
    let start = start::measure(&kit)?;
    let costs = rounds::measure(&kit, arguments)?;
    let figures = figures::Figures { plan: arguments.plan, start, costs, busy, build: &arguments.build };
    println!("{}", figures.table());
    match &arguments.figures {
        Some(file) => {
            std::fs::write(file, figures.page()).map_err(|error| format!("{}: {error}", file.display()))
        }
        None => Ok(()),
    }
}
