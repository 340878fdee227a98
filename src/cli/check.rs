//! `taskc check`: what is wrong with tasks.

use std::io::IsTerminal;
use std::path::PathBuf;
use std::process::ExitCode;

use super::args::{Check, CheckFormat, Color};
use super::output::{colored, line, note};
use super::project::{self, Loaded};
use super::settings::Unusable;
use super::watch::Changes;
use super::{deployed, files, history, moment, now};
use crate::check::checked::Checked;
use crate::check::library::Library;
use crate::check::{self};
use crate::diagnostics::render::{Face, Style, render, summary};
use crate::diagnostics::{Applicability, Diagnostic, Severity, fix};
use crate::source::Sources;
use crate::stdlib;

/// Checks, mends where asked to, prints.
pub fn run(args: &Check, color: Color) -> Result<ExitCode, Unusable> {
    if args.deployed {
        return deployed::run(args, color);
    }
    if args.watch {
        return watch(args, color);
    }
    once(args, color)
}

fn once(args: &Check, color: Color) -> Result<ExitCode, Unusable> {
    let paths = files::tasks(&args.paths).map_err(Unusable)?;
    let now = Some(args.now.as_deref().map_or_else(|| Ok(now()), moment)?);
    let library = Library::new(stdlib::declarations());
    let mut loaded = project::load(&paths, now)?;
    if args.fix || args.unsafe_fixes {
        loaded = mended(args, &paths, now, loaded, &library)?;
    }
    let mut errors = false;
    let mut all = Vec::new();
    for loaded in &mut loaded {
        loaded.project.settings.run_times = history::run_times(loaded);
        let checked = check::check(&loaded.project, &library);
        errors |= checked.diagnostics.iter().any(|it| it.severity == Severity::Error);
        all.extend(checked.diagnostics.iter().cloned());
        let quiet = checked.diagnostics.is_empty();
        let sources = if quiet { Sources::default() } else { loaded.sources() };
        let text = render(&checked.diagnostics, &sources, face(args.format, color));
        if !text.is_empty() {
            line(text.trim_end());
        }
        if !args.watch {
            // The process is about to end: taking tables apart would be work for nothing.
            std::mem::forget(checked);
        }
    }
    if !args.watch {
        std::mem::forget(loaded);
    }
    if face(args.format, color) != Face::Json
        && let Some(summary) = summary(&all)
    {
        note(&summary);
    }
    Ok(if errors { ExitCode::from(1) } else { ExitCode::SUCCESS })
}

/// Mends until nothing is left to mend, and writes the files.
fn mended(
    args: &Check,
    paths: &[PathBuf],
    now: Option<i64>,
    mut loaded: Vec<Loaded>,
    library: &Library,
) -> Result<Vec<Loaded>, Unusable> {
    /// One mend can bring another to light; more rounds than this would be a mend that undoes itself.
    const ROUNDS_MAX: usize = 10;
    let surety = if args.unsafe_fixes { Applicability::Maybe } else { Applicability::Safe };
    for _ in 0..ROUNDS_MAX {
        let mut changed = false;
        for loaded in &loaded {
            let checked = check::check(&loaded.project, library);
            let mends = fix::mend(&checked.diagnostics, &loaded.sources(), surety);
            for (file, text) in mends.texts {
                let path = &loaded.paths[file.0 as usize];
                std::fs::write(path, text).map_err(|error| {
                    Unusable(format!("{} cannot be written: {error}", path.display()))
                })?;
                changed = true;
            }
        }
        if !changed {
            break;
        }
        loaded = project::load(paths, now)?;
    }
    Ok(loaded)
}

/// Checks again whenever a task changes, until interrupted.
fn watch(args: &Check, color: Color) -> Result<ExitCode, Unusable> {
    let here = [PathBuf::from(".")];
    let watched = if args.paths.is_empty() { &here[..] } else { &args.paths };
    let changes = Changes::of(watched.iter().map(PathBuf::as_path), files::is_task)?;
    loop {
        once(args, color)?;
        note("watching for changes; ctrl-c ends");
        changes.wait();
    }
}

/// How findings are shown: for people on a terminal, else a line each.
pub fn face(format: Option<CheckFormat>, color: Color) -> Face {
    let terminal = std::io::stdout().is_terminal();
    match format {
        None if terminal => Face::Pretty(style(color)),
        None | Some(CheckFormat::Concise) => Face::Concise,
        Some(CheckFormat::Pretty) => Face::Pretty(style(color)),
        Some(CheckFormat::Json) => Face::Json,
        Some(CheckFormat::Sarif) => Face::Sarif,
        Some(CheckFormat::Github) => Face::Github,
    }
}

/// What the terminal can show.
pub fn style(color: Color) -> Style {
    let width = std::env::var("COLUMNS").ok().and_then(|it| it.parse().ok()).filter(|it| *it >= 40);
    Style { color: colored(color), unicode: true, width: width.unwrap_or(100) }
}

/// Shows what refuses a task; gives whether there was anything.
pub fn refused(loaded: &Loaded, checked: &Checked, color: Color) -> bool {
    let errors = errors(loaded, checked, color);
    errors.iter().for_each(|it| note(it));
    errors.is_some()
}

/// The errors, for people; nothing where there are none.
pub fn errors(loaded: &Loaded, checked: &Checked, color: Color) -> Option<String> {
    let errors: Vec<Diagnostic> =
        checked.diagnostics.iter().filter(|it| it.severity == Severity::Error).cloned().collect();
    let face = Face::Pretty(style(color));
    let text = (!errors.is_empty()).then(|| render(&errors, &loaded.sources(), face))?;
    Some(text.trim_end().to_owned())
}
