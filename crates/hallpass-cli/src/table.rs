//! Rows for people and lines for machines.

use std::fmt::Write;

use hallpass_store::Timestamp;
use time::OffsetDateTime;
use time::macros::format_description;

/// Rows under headings, each column as wide as its widest cell. Nothing but the headings where there are no rows.
pub(crate) fn table<const N: usize>(headings: [&str; N], rows: &[[String; N]]) -> String {
    let headings = headings.map(str::to_owned);
    let rows: Vec<[String; N]> = std::iter::once(headings)
        .chain(rows.iter().map(|row| row.clone().map(|cell| shown(&cell))))
        .collect();
    let width = |column: usize| rows.iter().map(|row| row[column].chars().count()).max().unwrap_or(0);
    let widths: Vec<usize> = (0..N).map(width).collect();
    let mut text = String::new();
    for row in &rows {
        let mut line = String::new();
        for (cell, width) in row.iter().zip(&widths) {
            let _ = write!(line, "{cell:<width$}  ");
        }
        text.push_str(line.trim_end());
        text.push('\n');
    }
    text
}

/// One JSON value a line.
pub(crate) fn lines(values: &[serde_json::Value]) -> String {
    values.iter().map(|value| format!("{value}\n")).collect()
}

/// What somebody wrote as their name must not move the cursor of a terminal (attack case A90).
pub(crate) fn shown(text: &str) -> String {
    text.chars().map(|letter| if letter.is_control() { '�' } else { letter }).collect()
}

/// `2026-11-23T23:48:25Z`; `-` for what lies too far away for a calendar.
pub(crate) fn moment(at: Timestamp) -> String {
    let format = format_description!("[year]-[month]-[day]T[hour]:[minute]:[second]Z");
    i64::try_from(at.secs())
        .ok()
        .and_then(|secs| OffsetDateTime::from_unix_timestamp(secs).ok())
        .and_then(|at| at.format(format).ok())
        .unwrap_or_else(|| "-".to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns_are_as_wide_as_their_widest_cell_and_control_nothing() {
        let rows = [["1".to_owned(), "ä\u{1b}[2J".to_owned()], ["100".to_owned(), String::new()]];
        assert_eq!(table(["ID", "NAME"], &rows), "ID   NAME\n1    ä�[2J\n100\n");
        assert_eq!(table(["ID"], &[]), "ID\n");
    }

    #[test]
    fn a_moment_is_utc_to_the_second() {
        assert_eq!(moment(Timestamp::from_secs(1_798_023_071)), "2026-12-23T10:51:11Z");
        assert_eq!(moment(Timestamp::from_millis(u64::MAX)), "-");
    }
}
