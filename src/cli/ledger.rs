//! `taskc runs` and `taskc logs`: what was kept, read from the store, whether a server runs or not.

use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::time::Duration;

use serde_json::{Map, Value as Json, json};

use super::args::{Format, Logs, Runs};
use super::output::{self, line};
use super::settings::{Root, Unusable};
use super::{moment, moment_for_people, moment_shown, world};
use crate::schedule::Instant;
use crate::store::{
    Decision, Filter, Ledger, LedgerRow, Level, Line, Run, RunId, RunState, SqliteLedger, Step,
    TaskName,
};

/// Prints the ledger, the latest due time last, as a log is read.
pub fn runs(args: &Runs) -> Result<ExitCode, Unusable> {
    let Some(mut ledger) = open(args.data.as_deref())? else {
        return Ok(ExitCode::SUCCESS);
    };
    let mut rows = ledger.rows(&filter(args)?).map_err(failed)?;
    if let Some(task) = &args.task
        && rows.is_empty()
        && !ledger.tasks().map_err(failed)?.iter().any(|it| it.task.as_str() == task)
    {
        return Err(Unusable(format!("no task called `{task}` was ever served from here")));
    }
    rows.reverse();
    for row in &rows {
        match output::format(args.format) {
            Format::Json => line(&as_json(row).to_string()),
            Format::Pretty => line(&as_text(row)),
        }
    }
    Ok(ExitCode::SUCCESS)
}

/// Prints what a run wrote; with `follow` until it has ended.
pub fn logs(args: &Logs) -> Result<ExitCode, Unusable> {
    /// Lines read at once.
    const PAGE: u64 = 1000;
    const UNTIL_NEXT_LOOK: Duration = Duration::from_millis(200);
    let unknown = || Unusable(format!("there is no run {}; see `taskc runs`", args.run));
    let mut ledger = open(args.data.as_deref())?.ok_or_else(unknown)?;
    let id = RunId(args.run);
    if args.trace {
        return logs_with_steps(args, &mut ledger, id);
    }
    let mut seen = 0;
    loop {
        // Asked before the lines, so that an end is seen only when all its lines can be.
        let run = ledger.run(id).map_err(failed)?.ok_or_else(unknown)?;
        loop {
            let lines = ledger.lines(id, seen, PAGE).map_err(failed)?;
            seen += lines.len() as u64;
            for line in &lines {
                print(args, line);
            }
            if (lines.len() as u64) < PAGE {
                break;
            }
        }
        if run.ended.is_some() || !args.follow {
            return Ok(ExitCode::SUCCESS);
        }
        std::thread::sleep(UNTIL_NEXT_LOOK);
    }
}

/// Prints lines and steps in the order of their times. Of a line and a step at the same time, the line came of an earlier one.
fn logs_with_steps(
    args: &Logs,
    ledger: &mut SqliteLedger,
    id: RunId,
) -> Result<ExitCode, Unusable> {
    let run = ledger.run(id).map_err(failed)?;
    run.ok_or_else(|| Unusable(format!("there is no run {id}; see `taskc runs`")))?;
    let steps = ledger.steps(id).map_err(failed)?;
    if steps.is_empty() {
        output::note("no calls were recorded: the run made none, or its task says `trace off`");
    }
    let lines = ledger.lines(id, 0, u64::MAX).map_err(failed)?;
    let mut steps = steps.iter().peekable();
    for line in &lines {
        while let Some(step) = steps.next_if(|it| it.at < line.at) {
            print_step(args, step);
        }
        print(args, line);
    }
    steps.for_each(|it| print_step(args, it));
    Ok(ExitCode::SUCCESS)
}

fn print_step(args: &Logs, it: &Step) {
    let text = format!("{}({})", it.what, it.args);
    match output::format(args.format) {
        Format::Json => {
            let fields = json!({
                "place": it.place, "took_us": it.took.0, "attempt": it.attempt, "error": it.error,
            });
            let at = moment_shown(it.at.0);
            line(&json!({ "run": args.run, "at": at, "level": "trace", "text": text, "fields": fields }).to_string());
        }
        Format::Pretty => {
            let took = Duration::from_micros(u64::try_from(it.took.0).unwrap_or(0));
            let place = it.place.as_ref().map_or(String::new(), |it| format!("  {it}"));
            let failed =
                it.error.as_ref().map_or(String::new(), |code| format!(" failed with {code},"));
            line(&format!("{}  trace: {text}{failed} {took:?}{place}", moment_for_people(it.at.0)));
        }
    }
}

/// The store that a server of this folder writes; nothing where none ever did.
pub(super) fn open(data: Option<&Path>) -> Result<Option<SqliteLedger>, Unusable> {
    open_below(&Root::find(&PathBuf::from("."))?, data)
}

/// The same for a project.
pub(super) fn open_below(
    root: &Root,
    data: Option<&Path>,
) -> Result<Option<SqliteLedger>, Unusable> {
    let data = world::data_folder(root, data);
    let store = world::store_file(root, &data)?;
    if !store.is_file() {
        output::note(&format!(
            "nothing was served from here yet: {} does not exist",
            store.display()
        ));
        return Ok(None);
    }
    SqliteLedger::open(&store).map(Some).map_err(failed)
}

pub(super) fn failed(error: crate::store::Error) -> Unusable {
    Unusable(error.to_string())
}

fn filter(args: &Runs) -> Result<Filter, Unusable> {
    let since = args.since.as_deref().map(moment).transpose()?.map(Instant);
    let mut filter = Filter {
        task: args.task.as_deref().map(TaskName::new),
        since,
        limit: Some(args.last),
        ..Filter::default()
    };
    if let Some(word) = &args.state {
        filter.state = RunState::parse(word);
        filter.decision = Decision::parse(word);
        if filter.state.is_none() && filter.decision.is_none() {
            let states = RunState::ALL.iter().map(|it| it.as_str());
            let decisions = Decision::ALL.iter().map(|it| it.as_str());
            let all: Vec<_> = states.chain(decisions).collect();
            return Err(Unusable(format!("`--state {word}`: write one of {}", all.join(", "))));
        }
    }
    Ok(filter)
}

/// A row as JSON.
pub(super) fn as_json(row: &LedgerRow) -> Json {
    let occurrence = &row.occurrence;
    let mut object = Map::new();
    object.insert("task".into(), occurrence.task.as_str().into());
    object.insert("due".into(), moment_shown(occurrence.due.0).into());
    object.insert("decision".into(), occurrence.decision.as_str().into());
    if let Some(reason) = &occurrence.reason {
        object.insert("reason".into(), reason.as_str().into());
    }
    object.insert("trigger".into(), occurrence.trigger.as_str().into());
    if let Some(run) = &row.run {
        object.insert("run".into(), run.id.0.into());
        object.insert("state".into(), run.state.as_str().into());
        object.insert("attempt".into(), run.attempt.into());
        object.insert("started".into(), moment_shown(run.started.0).into());
        if let Some(ended) = run.ended {
            object.insert("ended".into(), moment_shown(ended.0).into());
        }
        if let Some(error) = &run.error {
            let mut shown = json!({ "code": error.code, "message": error.message });
            if let Some(at) = &error.at {
                shown["at"] = at.as_str().into();
            }
            object.insert("error".into(), shown);
        }
    }
    Json::Object(object)
}

/// What became of a due time, in one word.
pub(super) fn word(row: &LedgerRow) -> &'static str {
    match &row.run {
        Some(run) => run.state.as_str(),
        None => row.occurrence.decision.as_str(),
    }
}

fn as_text(row: &LedgerRow) -> String {
    let occurrence = &row.occurrence;
    let due = moment_for_people(occurrence.due.0);
    let task = occurrence.task.as_str();
    let (word, details) = (word(row), row.run.as_ref().map(run_details).unwrap_or_default());
    let reason = occurrence.reason.as_ref().map_or(String::new(), |it| format!("  {it}"));
    format!("{due}  {task:24} {word:12}{details}{reason}").trim_end().to_owned()
}

fn run_details(run: &Run) -> String {
    let mut parts = vec![format!("run {}", run.id)];
    if run.attempt > 1 {
        parts.push(format!("attempt {}", run.attempt));
    }
    if let Some(ended) = run.ended {
        parts.push(format!("took {}", ended.since(run.started)));
    }
    let error = run.error.as_ref().map_or(String::new(), |error| {
        let at = error.at.as_ref().map_or(String::new(), |at| format!(" ({at})"));
        format!("  {}: {}{at}", error.code, error.message)
    });
    parts.join(", ") + &error
}

fn print(args: &Logs, it: &Line) {
    match output::format(args.format) {
        Format::Json => {
            let mut object = json!({
                "run": args.run,
                "at": moment_shown(it.at.0),
                "level": it.level.as_str(),
                "text": it.text,
            });
            if let Some(fields) = &it.fields {
                object["fields"] =
                    serde_json::from_str(fields).unwrap_or_else(|_| Json::from(fields.as_str()));
            }
            line(&object.to_string());
        }
        Format::Pretty => {
            let at = moment_for_people(it.at.0);
            let fields = it.fields.as_ref().map_or(String::new(), |it| format!(" {it}"));
            match it.level {
                Level::Output => line(&format!("{at}  {}{fields}", it.text)),
                level => line(&format!("{at}  {}: {}{fields}", level.as_str(), it.text)),
            }
        }
    }
}
