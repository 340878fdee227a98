//! `taskc backfill`, and what `taskc resume --catch-up` makes up for: due times that have passed run on the server.

use std::collections::HashMap;
use std::path::Path;
use std::process::ExitCode;
use std::sync::Arc;

use super::args::Backfill;
use super::control::send;
use super::ledger;
use super::output::{line, note};
use super::settings::Unusable;
use super::{moment, now, project};
use crate::check;
use crate::check::headers::{MissedRuns, TaskHeaders};
use crate::check::library::Library;
use crate::engine::PAUSED;
use crate::engine::control::Request;
use crate::schedule::Instant;
use crate::stdlib;
use crate::store::{Decision, Filter, Ledger, LedgerRow, RunState, TaskName, Trigger};

/// More due times than this are a mistake in the range, or several backfills.
const DUE_MAX: usize = 10_000;

/// Shows what becomes of every due time of the range, and has the server run those that are to.
pub fn run(args: &Backfill) -> Result<ExitCode, Unusable> {
    let headers = headers(&args.task)?;
    if headers.schedules.0.is_empty() {
        return Err(Unusable(format!("`{}` has no schedule: `taskc trigger` runs it", args.task)));
    }
    let from = Instant(moment(&args.from)?);
    let to = args.to.as_deref().map(moment).transpose()?.unwrap_or_else(now).min(now());
    let due: Vec<Instant> =
        headers.schedules.between(from, Instant(to)).take(DUE_MAX + 1).collect();
    if due.len() > DUE_MAX {
        return Err(Unusable(format!(
            "more than {DUE_MAX} due times lie between --from and --to; take a shorter time"
        )));
    }
    let rows = rows(&args.task, args.data.as_deref(), Some(from))?;
    let by_due: HashMap<Instant, &LedgerRow> =
        rows.iter().map(|it| (it.occurrence.due, it)).collect();
    let zone = headers.schedules.zone();
    let mut chosen = Vec::new();
    for due in due {
        let (runs, why) = verdict(by_due.get(&due).copied(), args.force);
        let word = if runs { "runs" } else { "stays" };
        line(&format!("{}  {word:5}  {why}", zone.local(due)));
        if runs {
            chosen.push(due);
        }
    }
    if chosen.is_empty() {
        note("nothing is to be made up for between these times");
        return Ok(ExitCode::SUCCESS);
    }
    if args.dry_run {
        let runs = if chosen.len() == 1 { "run" } else { "runs" };
        note(&format!("{} {runs}; nothing was started (--dry-run)", chosen.len()));
        return Ok(ExitCode::SUCCESS);
    }
    ask_for(&args.task, &chosen, false, args.data.as_deref())
}

/// What was skipped in the latest pause of a task and is made up for: as many due times as `missed all N` says, else the latest.
pub(super) fn skipped_in_pause(task: &str, data: Option<&Path>) -> Result<Vec<Instant>, Unusable> {
    let most = match headers(task)?.missed.runs {
        MissedRuns::All(most) => most as usize,
        MissedRuns::Once | MissedRuns::None => 1,
    };
    // The latest first.
    let rows = rows(task, data, None)?;
    let scheduled = rows.iter().filter(|it| it.occurrence.trigger == Trigger::Schedule);
    let is_paused = |it: &&LedgerRow| {
        it.occurrence.decision == Decision::Skipped
            && it.occurrence.reason.as_deref() == Some(PAUSED)
    };
    let skipped = scheduled.take_while(is_paused).take(most);
    let mut due: Vec<Instant> = skipped.map(|it| it.occurrence.due).collect();
    due.reverse();
    Ok(due)
}

/// Asks the server to run a task for these due times.
pub(super) fn ask_for(
    task: &str,
    due: &[Instant],
    catch_up: bool,
    data: Option<&Path>,
) -> Result<ExitCode, Unusable> {
    let due_us = due.iter().map(|it| it.0).collect();
    send(data, &Request::Backfill { task: task.to_owned(), due_us, catch_up })
}

/// Whether a due time is to run, and why.
fn verdict(row: Option<&LedgerRow>, force: bool) -> (bool, String) {
    let Some(row) = row else { return (true, "has no row".to_owned()) };
    match &row.run {
        Some(run) => match run.state {
            RunState::Running | RunState::Retrying => {
                (false, format!("run {} has not ended", run.id))
            }
            RunState::Succeeded if force => (true, format!("run {} succeeded (--force)", run.id)),
            RunState::Succeeded => (false, format!("run {} succeeded", run.id)),
            state => (true, format!("run {} {}", run.id, state.as_str())),
        },
        None => match row.occurrence.decision {
            Decision::Queued => (false, "waits for its turn".to_owned()),
            decision => (true, format!("was {}", decision.as_str())),
        },
    }
}

/// The rows of a task, the latest due first; none where nothing was served yet.
fn rows(
    task: &str,
    data: Option<&Path>,
    since: Option<Instant>,
) -> Result<Vec<LedgerRow>, Unusable> {
    let Some(mut ledger) = ledger::open(data)? else { return Ok(Vec::new()) };
    let filter = Filter { task: Some(TaskName::new(task)), since, ..Filter::default() };
    ledger.rows(&filter).map_err(ledger::failed)
}

/// What the headers of a task of this folder say.
fn headers(task: &str) -> Result<Arc<TaskHeaders>, Unusable> {
    let loaded = project::load_folder(Path::new("."), None)?;
    let found = loaded.wanted.iter().find(|id| {
        let file = loaded.project.file(**id);
        file.stem() == task && file.is_task()
    });
    let id = found.ok_or_else(|| Unusable(format!("there is no task `{task}` in this folder")))?;
    let checked = check::check(&loaded.project, &Library::new(stdlib::declarations()));
    if checked.has_errors(&[*id]) {
        return Err(Unusable(format!("`{task}` has errors; see `taskc check`")));
    }
    Ok(Arc::clone(&checked.file(*id).headers))
}
