//! `taskc next`: when tasks are due.

use std::path::{Path, PathBuf};
use std::process::ExitCode;

use super::args::{Color, Format, Next};
use super::output::{self, line, note};
use super::project;
use super::settings::Unusable;
use super::{files, moment, now};
use crate::check::headers::TaskHeaders;
use crate::check::library::Library;
use crate::check::{self};
use crate::schedule::{Instant, describe_note};
use crate::stdlib;
use crate::value::Value;

/// Prints due times, soonest first for each task.
pub fn run(args: &Next, color: Color) -> Result<ExitCode, Unusable> {
    let from = args.from.as_deref().map(moment).transpose()?.unwrap_or_else(now);
    let until = args.until.as_deref().map(moment).transpose()?.unwrap_or(i64::MAX);
    let paths = files::tasks(&paths(&args.tasks)?).map_err(Unusable)?;
    let library = Library::new(stdlib::declarations());
    let mut well = true;
    for loaded in project::load(&paths, None)? {
        let checked = check::check(&loaded.project, &library);
        for id in &loaded.wanted {
            let file = loaded.project.file(*id);
            if !file.is_task() {
                continue;
            }
            if checked.has_errors(&[*id]) {
                well = false;
                note(&format!(
                    "{}: has errors; see `taskc check {}`",
                    file.stem(),
                    file.source.path
                ));
                continue;
            }
            let headers = &checked.file(*id).headers;
            show(file.stem(), headers, (from, until), args);
        }
    }
    let _ = color;
    Ok(if well { ExitCode::SUCCESS } else { ExitCode::from(1) })
}

/// Files as they are; a name stands for the task's file in this folder.
fn paths(tasks: &[String]) -> Result<Vec<PathBuf>, Unusable> {
    tasks
        .iter()
        .map(|task| {
            let path = Path::new(task);
            let named = PathBuf::from(format!("{task}.task"));
            match (path.exists(), named.exists()) {
                (true, _) => Ok(path.to_owned()),
                (false, true) => Ok(named),
                (false, false) => {
                    Err(Unusable(format!("there is no task or file called `{task}`")))
                }
            }
        })
        .collect()
}

fn show(task: &str, headers: &TaskHeaders, (from, until): (i64, i64), args: &Next) {
    let format = output::format(args.format);
    if headers.schedules.0.is_empty() || !headers.active {
        if format == Format::Pretty {
            let why = if headers.active {
                "has no schedule: it runs by hand only"
            } else {
                "is not active"
            };
            line(&format!("{task} {why}"));
        }
        return;
    }
    let zone = headers.schedules.zone();
    let due = headers.schedules.between(Instant(from), Instant(until)).take(args.count);
    for at in due {
        let note = headers.schedules.note(at).map(|it| describe_note(it, &zone));
        let (utc, local) = (Value::Time(at.0).to_string(), zone.local(at));
        match format {
            Format::Json => {
                let mut object = serde_json::json!({ "task": task, "due": utc, "local": local });
                if let Some(note) = note {
                    object["note"] = note.into();
                }
                line(&object.to_string());
            }
            Format::Pretty => {
                let note = note.map_or(String::new(), |note| format!("  {note}"));
                line(&format!("{task:24} {local}  {utc}{note}"));
            }
        }
    }
}
