//! What a server wrote while it ran, and what may not stand in it.

use std::collections::BTreeSet;
use std::io::{BufRead, BufReader, Read};
use std::sync::{Arc, Condvar, Mutex, PoisonError};
use std::thread;
use std::time::Duration;

/// How long a line that is promised may take from the process to us.
const PATIENCE: Duration = Duration::from_secs(10);

/// Shorter values say nothing: they stand in any text by chance.
const SHORTEST: usize = 6;

/// The lines of standard output and error of one process, and the secrets that its test knows.
#[derive(Clone, Debug, Default)]
pub struct Log {
    lines: Arc<(Mutex<Vec<String>>, Condvar)>,
    secrets: Arc<Mutex<BTreeSet<String>>>,
}

impl Log {
    /// Reads a pipe to its end on a thread of its own.
    pub(crate) fn read_from(&self, pipe: impl Read + Send + 'static) -> thread::JoinHandle<()> {
        let log = self.clone();
        thread::spawn(move || {
            for line in BufReader::new(pipe).split(b'\n').map_while(Result::ok) {
                log.push(String::from_utf8_lossy(&line).into_owned());
            }
        })
    }

    fn push(&self, line: String) {
        self.lines.0.lock().unwrap_or_else(PoisonError::into_inner).push(line);
        self.lines.1.notify_all();
    }

    /// Every line so far.
    pub fn lines(&self) -> Vec<String> {
        self.lines.0.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// How many lines there are: a mark from which [`Log::told_since`] reads.
    pub fn mark(&self) -> usize {
        self.lines().len()
    }

    /// Waits for a line after the mark that holds all of these words; fails if none comes.
    pub fn told_since(&self, mark: usize, words: &[&str]) -> String {
        let found = |lines: &[String]| {
            let holds = |line: &&String| words.iter().all(|word| line.contains(word));
            lines.get(mark..).unwrap_or_default().iter().find(holds).cloned()
        };
        let lines = self.lines.0.lock().unwrap_or_else(PoisonError::into_inner);
        let waited = self.lines.1.wait_timeout_while(lines, PATIENCE, |lines| found(lines).is_none());
        let (lines, _) = waited.unwrap_or_else(PoisonError::into_inner);
        found(&lines).unwrap_or_else(|| {
            panic!(
                "no line of the log holds {words:?}:\n{}",
                lines.get(mark..).unwrap_or_default().join("\n")
            )
        })
    }

    /// As [`Log::told_since`], from the beginning.
    pub fn told(&self, words: &[&str]) -> String {
        self.told_since(0, words)
    }

    /// Remembers a value that may not be logged, as it is and as it stands in a URL.
    pub fn secret(&self, value: &str) {
        if value.len() < SHORTEST {
            return;
        }
        let mut secrets = self.secrets.lock().unwrap_or_else(PoisonError::into_inner);
        secrets.insert(value.to_owned());
        secrets.insert(crate::percent_encoded(value));
    }

    /// The secrets that stand in a text.
    pub(crate) fn secrets_in(&self, text: &str) -> Vec<String> {
        let secrets = self.secrets.lock().unwrap_or_else(PoisonError::into_inner);
        secrets.iter().filter(|secret| text.contains(secret.as_str())).cloned().collect()
    }

    /// The lines that hold a secret.
    pub(crate) fn leaks(&self) -> Vec<String> {
        self.lines().into_iter().filter(|line| !self.secrets_in(line).is_empty()).collect()
    }

    /// The lines that tell of a panic.
    pub(crate) fn panics(&self) -> Vec<String> {
        self.lines().into_iter().filter(|line| line.contains("panicked at")).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_secret_is_found_as_it_is_and_as_it_stands_in_a_url() {
        let log = Log::default();
        log.secret("ada@example.com");
        log.secret("ab");
        log.push("ab cd".to_owned());
        assert!(log.leaks().is_empty());
        log.push("to=ada@example.com".to_owned());
        log.push("GET /?email=ada%40example.com".to_owned());
        assert_eq!(log.leaks().len(), 2);
    }
}
