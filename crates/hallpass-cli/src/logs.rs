//! The log: one line an event, on standard error, as text or JSON.
//!
//! What a stranger sends may reach a field of an event. A control character in it could begin another line or move
//! the terminal's cursor (attack case A90), so none is written as it is. Other crates' events are kept only from
//! `warn` on: what they say below that may hold a header or a body.

use std::io::{self, Write};

use tracing::level_filters::LevelFilter;
use tracing_subscriber::filter::Targets;
use tracing_subscriber::fmt::MakeWriter;
use tracing_subscriber::prelude::*;

use crate::config::{LogFormat, LogOptions};

/// Starts logging. Does nothing if a log was started before.
pub(crate) fn start(options: &LogOptions) {
    let layer = tracing_subscriber::fmt::layer().with_writer(StandardError).with_ansi(false);
    let log = tracing_subscriber::registry().with(filter(&options.level));
    let _ = match options.format {
        LogFormat::Text => log.with(layer).try_init(),
        LogFormat::Json => log.with(layer.json().flatten_event(true)).try_init(),
    };
}

/// Ours at this level, everything else from `warn` on.
fn filter(level: &str) -> Targets {
    let ours: LevelFilter = level.parse().unwrap_or(LevelFilter::INFO);
    Targets::new().with_target("hallpass", ours).with_default(ours.min(LevelFilter::WARN))
}

struct StandardError;

impl<'a> MakeWriter<'a> for StandardError {
    type Writer = Inert<io::StderrLock<'a>>;

    fn make_writer(&'a self) -> Self::Writer {
        Inert(io::stderr().lock())
    }
}

/// Writes one event a call, with every control character but the last line break made visible.
struct Inert<W>(W);

impl<W: Write> Write for Inert<W> {
    fn write(&mut self, event: &[u8]) -> io::Result<usize> {
        self.0.write_all(inert(&String::from_utf8_lossy(event)).as_bytes())?;
        Ok(event.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        self.0.flush()
    }
}

fn inert(event: &str) -> String {
    let (line, end) = event.strip_suffix('\n').map_or((event, ""), |line| (line, "\n"));
    let mut out = String::with_capacity(event.len());
    for c in line.chars() {
        // U+2028 and U+2029 end a line for some readers.
        if c.is_control() || matches!(c, '\u{2028}' | '\u{2029}') {
            out.extend(c.escape_unicode());
        } else {
            out.push(c);
        }
    }
    out + end
}

#[cfg(test)]
mod tests {
    use std::sync::{Arc, Mutex};

    use super::*;

    #[derive(Clone, Default)]
    struct Kept(Arc<Mutex<Vec<u8>>>);

    impl Write for Kept {
        fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
            self.0.lock().unwrap().extend_from_slice(bytes);
            Ok(bytes.len())
        }

        fn flush(&mut self) -> io::Result<()> {
            Ok(())
        }
    }

    const HOSTILE: &str = "a\r\nb\x1b[2Jc\u{9b}31md\u{2028}e\0\"f";

    fn logged(format: LogFormat) -> String {
        let kept = Kept::default();
        let writer = kept.clone();
        let layer =
            tracing_subscriber::fmt::layer().with_writer(move || Inert(writer.clone())).with_ansi(false);
        let event = || tracing::info!(target: "hallpass", field = %HOSTILE, other = ?HOSTILE, "{HOSTILE}");
        match format {
            LogFormat::Text => {
                tracing::subscriber::with_default(tracing_subscriber::registry().with(layer), event)
            }
            LogFormat::Json => {
                tracing::subscriber::with_default(tracing_subscriber::registry().with(layer.json()), event);
            }
        }
        let bytes = kept.0.lock().unwrap().clone();
        String::from_utf8(bytes).unwrap()
    }

    #[test]
    fn an_event_is_one_line_without_control_characters() {
        for format in [LogFormat::Text, LogFormat::Json] {
            let text = logged(format);
            let line = text.strip_suffix('\n').unwrap();
            assert!(!line.contains(|c: char| c.is_control() || c == '\u{2028}'), "{line:?}");
            assert!(line.contains("INFO"), "{line}");
        }
    }

    #[test]
    fn a_json_event_stays_json() {
        let text = logged(LogFormat::Json);
        assert!(text.starts_with('{') && text.ends_with("}\n"));
        assert!(text.contains("\\\"f"), "{text}");
    }

    #[test]
    fn other_crates_are_heard_from_warn_on() {
        use tracing::Level;
        let trace = filter("trace");
        assert!(trace.would_enable("hallpass_oauth::jws", &Level::TRACE));
        assert!(trace.would_enable("hyper", &Level::WARN));
        assert!(!trace.would_enable("hyper", &Level::DEBUG) && !trace.would_enable("h2", &Level::INFO));
        let error = filter("error");
        assert!(!error.would_enable("hallpass", &Level::WARN) && !error.would_enable("hyper", &Level::WARN));
    }
}
