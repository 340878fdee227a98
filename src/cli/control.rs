//! `taskc trigger`, `cancel`, `settle`, `pause`, `resume`: asked of the server that uses the data folder.

use std::path::Path;
use std::process::ExitCode;

use super::args::{Cancel, Names, Resume, Settle, Settlement, Trigger};
use super::backfill;
use super::output::{line, note};
use super::settings::{Root, Unusable};
use super::world;
use crate::engine::control::{Request, Response, ask};
use crate::host::real::DataPaths;

/// Runs a task now, on the server. With `--wait`, exit code 1 where it did not succeed.
pub fn trigger(args: &Trigger) -> Result<ExitCode, Unusable> {
    let request = Request::Trigger { task: args.task.clone(), wait: args.wait };
    send(args.data.as_deref(), &request)
}

/// Stops a run.
pub fn cancel(args: &Cancel) -> Result<ExitCode, Unusable> {
    send(args.data.as_deref(), &Request::Cancel { run: args.run })
}

/// Says how a run goes on that cannot go on by itself.
pub fn settle(args: &Settle) -> Result<ExitCode, Unusable> {
    let how = match args.how {
        Settlement::Retry => "retry",
        Settlement::Accept => "accept",
        Settlement::Fail => "fail",
    };
    send(args.data.as_deref(), &Request::Settle { run: args.run, how: how.to_owned() })
}

/// Skips what is due, until `resume`.
pub fn pause(args: &Names) -> Result<ExitCode, Unusable> {
    each(args, |task| Request::Pause { task })
}

/// Due times count again, from now on; with `--catch-up` what was skipped before that is made up for.
pub fn resume(args: &Resume) -> Result<ExitCode, Unusable> {
    let data = args.names.data.as_deref();
    // Looked up before due times count again.
    let mut skipped = Vec::new();
    for task in args.names.tasks.iter().filter(|_| args.catch_up) {
        skipped.push((task, backfill::skipped_in_pause(task, data)?));
    }
    let mut code = each(&args.names, |task| Request::Resume { task })?;
    for (task, due) in skipped {
        if code != ExitCode::SUCCESS {
            break;
        }
        if due.is_empty() {
            note(&format!("{task}: nothing was skipped during the pause"));
        } else {
            code = backfill::ask_for(task, &due, true, data)?;
        }
    }
    Ok(code)
}

fn each(args: &Names, request: impl Fn(String) -> Request) -> Result<ExitCode, Unusable> {
    let mut code = ExitCode::SUCCESS;
    for task in &args.tasks {
        let one = send(args.data.as_deref(), &request(task.clone()))?;
        if one != ExitCode::SUCCESS {
            code = one;
        }
    }
    Ok(code)
}

pub(super) fn send(data: Option<&Path>, request: &Request) -> Result<ExitCode, Unusable> {
    let root = Root::find(Path::new("."))?;
    let data = world::data_folder(&root, data);
    let answer = ask(&DataPaths::below(&data).socket, request)
        .map_err(|error| Unusable(format!("{}: {error}", data.display())))?;
    Ok(show(answer))
}

fn show(answer: Response) -> ExitCode {
    match answer {
        Response::Done | Response::Status { .. } => ExitCode::SUCCESS,
        Response::Started { run } => {
            line(&format!("run {run} started"));
            ExitCode::SUCCESS
        }
        Response::Queued { reason } => {
            line(&format!("queued: {reason}"));
            ExitCode::SUCCESS
        }
        Response::Ended { run, state, error } => {
            line(&format!("run {run} {state}"));
            if let Some(error) = error {
                let at = error.at.map_or(String::new(), |at| format!(" ({at})"));
                note(&format!("error[{}]: {}{at}", error.code, error.message));
            }
            if state == "succeeded" { ExitCode::SUCCESS } else { ExitCode::from(1) }
        }
        Response::Refused { reason } => {
            note(&format!("error: {reason}"));
            ExitCode::from(1)
        }
    }
}
