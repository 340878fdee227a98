//! `taskc fmt`: tasks in the one style.
//!
//! Standard output gets the names of the files that are or would be changed, or the formatted text of standard input.

use std::io::Read;
use std::path::Path;
use std::process::ExitCode;

use super::args::{Color, Fmt};
use super::check::style;
use super::files;
use super::output::{line, note, result};
use super::project::encoding_finding;
use super::settings::Unusable;
use crate::diagnostics::render::{Face, render};
use crate::source::{FileId, Sources};
use crate::syntax;

/// Formats what is named. A file with syntax errors is left alone, its errors are shown, and the others are formatted.
pub fn run(args: &Fmt, color: Color) -> Result<ExitCode, Unusable> {
    if args.stdin {
        return stdin(args.check, color);
    }
    let (mut formatted, mut total, mut broken) = (0, 0, 0);
    for path in files::tasks(&args.paths).map_err(Unusable)? {
        total += 1;
        match file(&path, args.check, color)? {
            Outcome::Same => {}
            Outcome::Other => formatted += 1,
            Outcome::Broken => broken += 1,
        }
    }
    note(&summary(args.check, total, formatted, broken));
    let is_well = broken == 0 && !(args.check && formatted > 0);
    Ok(if is_well { ExitCode::SUCCESS } else { ExitCode::from(1) })
}

/// What became of a text.
enum Outcome {
    /// It is in the style.
    Same,
    /// It was in another one.
    Other,
    /// It has syntax errors or is no text, which has been shown.
    Broken,
}

fn file(path: &Path, only_check: bool, color: Color) -> Result<Outcome, Unusable> {
    let name = path.display().to_string();
    let bytes =
        std::fs::read(path).map_err(|error| Unusable(format!("{name} cannot be read: {error}")))?;
    let Some(text) = utf8(&name, bytes, color) else { return Ok(Outcome::Broken) };
    let Some(formatted) = formatted(&name, &text, color) else { return Ok(Outcome::Broken) };
    if formatted == text {
        return Ok(Outcome::Same);
    }
    if !only_check {
        std::fs::write(path, formatted)
            .map_err(|error| Unusable(format!("{name} cannot be written: {error}")))?;
    }
    line(&name);
    Ok(Outcome::Other)
}

fn stdin(only_check: bool, color: Color) -> Result<ExitCode, Unusable> {
    let mut bytes = Vec::new();
    std::io::stdin()
        .read_to_end(&mut bytes)
        .map_err(|error| Unusable(format!("standard input cannot be read: {error}")))?;
    let Some(text) = utf8("standard input", bytes, color) else { return Ok(ExitCode::from(1)) };
    let Some(formatted) = formatted("standard input", &text, color) else {
        return Ok(ExitCode::from(1));
    };
    if only_check {
        return Ok(if formatted == text { ExitCode::SUCCESS } else { ExitCode::from(1) });
    }
    result(&formatted);
    Ok(ExitCode::SUCCESS)
}

/// The text; nothing where it is in another encoding, which is said.
fn utf8(name: &str, bytes: Vec<u8>, color: Color) -> Option<String> {
    String::from_utf8(bytes)
        .map_err(|error| {
            let mut sources = Sources::default();
            let (text, found) = encoding_finding(&error, FileId(0));
            sources.add(name, &text);
            note(render(&[found], &sources, Face::Pretty(style(color))).trim_end());
        })
        .ok()
}

/// The text in the one style; nothing where it has syntax errors, which are shown.
fn formatted(name: &str, text: &str, color: Color) -> Option<String> {
    let mut sources = Sources::default();
    let id = sources.add(name, text);
    syntax::format(id, text)
        .map_err(|found| note(render(&found, &sources, Face::Pretty(style(color))).trim_end()))
        .ok()
}

fn summary(only_check: bool, total: usize, formatted: usize, broken: usize) -> String {
    let files = |n: usize| if n == 1 { "1 file".to_owned() } else { format!("{n} files") };
    let done = if only_check { "not in the style" } else { "formatted" };
    let mut summary = format!("{} of {} {done}", formatted, files(total));
    if broken > 0 {
        summary.push_str(&format!(", {} with errors left alone", files(broken)));
    }
    summary
}
