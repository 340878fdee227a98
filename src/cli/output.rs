//! Where commands write: results to standard output, everything else to standard error.
//!
//! A reader that goes away (`taskc runs | head -1`) ends the output, not the command with an error.

use std::io::{IsTerminal, Write};

use super::args::{Color, Format};

/// Writes results. Once standard output is closed, it writes nothing more.
pub fn result(text: &str) {
    let mut out = std::io::stdout().lock();
    // A closed pipe is the reader's choice; there is nobody left to tell.
    let _ = out.write_all(text.as_bytes()).and_then(|()| out.flush());
}

/// Writes a line of results.
pub fn line(text: &str) {
    result(&format!("{text}\n"));
}

/// Writes a line to standard error: progress, logs, what went wrong.
pub fn note(text: &str) {
    let _ = writeln!(std::io::stderr().lock(), "{text}");
}

/// Whether to colour what goes to standard output.
pub fn colored(color: Color) -> bool {
    decide(color, std::io::stdout().is_terminal())
}

fn decide(color: Color, terminal: bool) -> bool {
    match color {
        Color::Always => true,
        Color::Never => false,
        Color::Auto => terminal && std::env::var_os("NO_COLOR").is_none_or(|it| it.is_empty()),
    }
}

/// What was asked for, or what suits the reader: `pretty` on a terminal and `json` never unasked.
pub fn format(asked: Option<Format>) -> Format {
    asked.unwrap_or(Format::Pretty)
}
