//! The figures, for the terminal and for the repository.

use std::fmt::Write;
use std::time::Duration;

use crate::arguments::Plan;
use crate::case::Aim;
use crate::machine;
use crate::rounds::{Cost, Costs};
use crate::start::Start;

const FIRST_ANSWER: Duration = Duration::from_millis(50);
const RESIDENT: f64 = 20.0;

pub(crate) struct Figures<'a> {
    pub(crate) plan: Plan,
    pub(crate) start: Start,
    pub(crate) costs: Vec<Costs>,
    /// What else the machine had to do.
    pub(crate) busy: String,
    /// How the binaries were built.
    pub(crate) build: &'a str,
}

impl Figures<'_> {
    /// The tables, as Markdown that a terminal can show.
    pub(crate) fn table(&self) -> String {
        let head = [
            "Request",
            "CPU hallpass",
            "CPU peer",
            "Ratio (lowest–highest)",
            "hallpass /s",
            "peer /s",
            "Aim",
        ];
        let costs = table(&head, &self.costs.iter().map(row).collect::<Vec<_>>());
        let whole = table(&["Process", "Measured", "Aim"], &self.process());
        format!("{costs}\n{whole}")
    }

    /// The page that stands in the repository.
    pub(crate) fn page(&self) -> String {
        let Plan { rounds, requests, connections } = self.plan;
        format!(
            "# What a request costs\n\n\
             Written by `cargo xtask bench` on {date}. Machine: {machine}, {busy} before the run. \
             Build: {build}.\n\n{table}\n\
             ## How it was measured\n\n\
             - **CPU** is the time on a processor, user and kernel, of the server process for one request: the sum over \
             its threads of the kernel's count in nanoseconds. It is the median of {rounds} rounds after one of warm-up.\n\
             - **The peer** is an axum server on tokio, as many worker threads, one route, one handler that returns the \
             bytes which hallpass had answered: status, headers, body. A ratio is taken within a round; the middle one \
             is given, with the lowest and the highest, so it need not be the quotient of the two columns before it.\n\
             - **A round** asks both servers in every case, {requests} requests over {connections} connections that stay \
             open, without pipelining, over the loopback; who is first alternates. Other work on the machine so meets \
             both alike.\n\
             - **A request** has the headers and cookies of Chromium with next-auth's client. Signed out: the \
             anti-forgery and callback URL cookies, no session.\n\
             - **Requests per second** were made by a load generator on the same cores, which costs about as much as the \
             server: compare them with each other, not with another machine's.\n\
             - **hallpass** is the binary as shipped, in production mode behind an https URL, SQLite in a file that \
             holds two users, one of whom has signed out.\n\
             - **With hooks**: an application behind a webhook adds claims at the sign-in, allows an origin to go to, and is \
             told events. A read asks it nothing, but the session is longer by the claims.\n\
             - **First answer**: from starting the process to 200 from `/api/auth/session`, median of 10, with the \
             database in place. **Resident**: `VmRSS` a second after the last request; the sign-ins come from 4 \
             browsers at once.\n\n\
             It does not measure latency, TLS, more cores, or a database larger than its cache.\n",
            date = machine::today(),
            machine = machine::in_words(),
            busy = self.busy,
            build = self.build,
            table = self.table(),
        )
    }

    fn process(&self) -> Vec<Vec<String>> {
        let start = &self.start;
        let first = start.first_answers.get(start.first_answers.len() / 2).copied().unwrap_or_default();
        let resident = |name: &str, bytes: u64| {
            let megabytes = bytes as f64 / 1e6;
            vec![name.to_owned(), format!("{megabytes:.1} MB"), verdict("< 20 MB", megabytes < RESIDENT)]
        };
        let plain = |name: &str, value: String| vec![name.to_owned(), value, String::new()];
        vec![
            vec![
                "first answer after start".to_owned(),
                millis(first),
                verdict("< 50 ms", first < FIRST_ANSWER),
            ],
            plain("first answer, making the database", millis(start.with_fresh_database)),
            resident("resident, idle", start.idle),
            resident("resident after 100 password sign-ins", start.after_sign_ins),
            plain("most resident while hashing", format!("{:.1} MB", start.peak as f64 / 1e6)),
        ]
    }
}

fn row(costs: &Costs) -> Vec<String> {
    let mut ratios: Vec<f64> =
        costs.hallpass.iter().zip(&costs.peer).map(|(ours, theirs)| ours.micros / theirs.micros).collect();
    ratios.sort_by(f64::total_cmp);
    let ratio = median(ratios.iter().copied());
    let (lowest, highest) =
        (ratios.first().copied().unwrap_or(ratio), ratios.last().copied().unwrap_or(ratio));
    let micros = |costs: &[Cost]| format!("{:.2} µs", median(costs.iter().map(|cost| cost.micros)));
    let per_second = |costs: &[Cost]| format!("{:.0}", median(costs.iter().map(|cost| cost.per_second)));
    vec![
        costs.case.name.to_owned(),
        micros(&costs.hallpass),
        micros(&costs.peer),
        format!("{ratio:.2} ({lowest:.2}–{highest:.2})"),
        per_second(&costs.hallpass),
        per_second(&costs.peer),
        costs.case.aim.map(|aim| aimed(aim, ratio)).unwrap_or_default(),
    ]
}

fn aimed(aim: Aim, ratio: f64) -> String {
    let hope = if ratio <= aim.hope { "met" } else { "not met" };
    format!("{}; hope {}: {hope}", verdict(&format!("≤ {}", aim.at_most), ratio <= aim.at_most), aim.hope)
}

fn verdict(aim: &str, holds: bool) -> String {
    format!("{aim}: {}", if holds { "met" } else { "MISSED" })
}

fn median(values: impl Iterator<Item = f64>) -> f64 {
    let mut values: Vec<f64> = values.collect();
    values.sort_by(f64::total_cmp);
    let middle = values.len() / 2;
    let upper = values.get(middle).copied().unwrap_or(f64::NAN);
    if values.len().is_multiple_of(2) {
        values.get(middle.wrapping_sub(1)).map_or(upper, |lower| (lower + upper) / 2.0)
    } else {
        upper
    }
}

fn millis(duration: Duration) -> String {
    format!("{:.1} ms", duration.as_secs_f64() * 1e3)
}

/// A Markdown table with even columns.
fn table(head: &[&str], rows: &[Vec<String>]) -> String {
    let width = |column: usize| {
        let cells = rows
            .iter()
            .filter_map(|row| row.get(column))
            .map(String::as_str)
            .chain(head.get(column).copied());
        cells.map(|cell| cell.chars().count()).max().unwrap_or_default()
    };
    let mut text = String::new();
    let mut line = |cells: Vec<&str>, fill: char| {
        for (column, cell) in cells.iter().enumerate() {
            let padding: String = std::iter::repeat_n(fill, width(column) - cell.chars().count()).collect();
            let _ = write!(text, "|{fill}{cell}{padding}{fill}");
        }
        text.push_str("|\n");
    };
    line(head.to_vec(), ' ');
    line(vec![""; head.len()], '-');
    rows.iter().for_each(|row| line(row.iter().map(String::as_str).collect(), ' '));
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_median_of_an_even_number_lies_between_the_two_in_the_middle() {
        assert_eq!(median([4.0, 1.0, 3.0, 2.0].into_iter()), 2.5);
        assert_eq!(median([9.0, 1.0, 2.0].into_iter()), 2.0);
        assert!(median(std::iter::empty()).is_nan());
    }

    #[test]
    fn an_aim_is_met_at_its_limit_and_missed_above() {
        let aim = Aim { at_most: 1.6, hope: 1.35 };
        assert_eq!(aimed(aim, 1.35), "≤ 1.6: met; hope 1.35: met");
        assert_eq!(aimed(aim, 1.6), "≤ 1.6: met; hope 1.35: not met");
        assert_eq!(aimed(aim, 1.61), "≤ 1.6: MISSED; hope 1.35: not met");
    }

    #[test]
    fn a_table_has_even_columns() {
        let rows = [vec!["µ".to_owned(), "long".to_owned()]];
        assert_eq!(table(&["ab", "c"], &rows), "| ab | c    |\n|----|------|\n| µ  | long |\n");
    }
}
