//! `taskc check --deployed`: whether edited tasks could take over the runs of a server that have not ended.

use std::collections::BTreeMap;
use std::path::Path;
use std::process::ExitCode;
use std::sync::Arc;

use serde_json::json;

use super::args::{Check, CheckFormat, Color};
use super::compiled::compile;
use super::ledger::{failed, open_below};
use super::output::{line, note};
use super::project::{self, Loaded};
use super::settings::{Root, Unusable};
use super::{files, moment_shown, now, world};
use crate::bytecode::{self, Verified};
use crate::check;
use crate::check::library::Library;
use crate::engine::TaskVersion;
use crate::engine::rehearsal::{Behind, Verdict, rehearse};
use crate::host::Host;
use crate::schedule::Instant;
use crate::stdlib;
use crate::store::{Hash, Ledger, Run, SqliteLedger, TaskName};

/// Says it of each run; exit code 1 where an edit could not take one over.
pub fn run(args: &Check, color: Color) -> Result<ExitCode, Unusable> {
    let paths = files::tasks(&args.paths).map_err(Unusable)?;
    let loaded = project::load(&paths, None)?;
    let Some(versions) = versions(&loaded, color)? else { return Ok(ExitCode::from(1)) };
    let start = args.paths.first().map_or(Path::new("."), |it| it.as_path());
    let root = Root::find(start)?;
    let Some(ledger) = open_below(&root, args.data.as_deref())? else {
        return Ok(ExitCode::SUCCESS);
    };
    let host = world::host(&root, &world::data_folder(&root, args.data.as_deref()))?;
    let mut look = Look { ledger, versions, host, now: Instant(now()) };
    let only_named = args.paths.iter().any(|it| it.is_file());
    let mut runs = look.ledger.open_runs().map_err(failed)?;
    runs.retain(|it| !only_named || look.versions.contains_key(&it.task));
    let mut unsafe_runs = 0;
    for run in &runs {
        let found = look.at(run)?;
        unsafe_runs += usize::from(found.verdict != Verdict::Alike);
        let is_json = args.format == Some(CheckFormat::Json);
        line(&if is_json { found.as_json(run) } else { found.as_text(run) });
    }
    note(&match (runs.len(), unsafe_runs) {
        (0, _) => "no run is under way".to_owned(),
        (all, 0) => format!("runs: {all}, all go on alike"),
        (all, some) => format!(
            "runs: {all}, of which {some} would come another way; runs keep the version that they began with"
        ),
    });
    Ok(if unsafe_runs > 0 { ExitCode::from(1) } else { ExitCode::SUCCESS })
}

/// A task as it is now.
struct Version {
    program: Arc<Verified>,
    hash: Hash,
}

/// The tasks without errors; nothing where some have errors, which were shown.
fn versions(
    loaded: &[Loaded],
    color: Color,
) -> Result<Option<BTreeMap<TaskName, Version>>, Unusable> {
    let library = Library::new(stdlib::declarations());
    let mut versions = BTreeMap::new();
    for loaded in loaded {
        let checked = check::check(&loaded.project, &library);
        if super::check::refused(loaded, &checked, color) {
            return Ok(None);
        }
        for id in &loaded.wanted {
            let file = loaded.project.file(*id);
            let valid = checked.valid(&loaded.project, &library, *id).filter(|_| file.is_task());
            let Some(valid) = valid else { continue };
            let program = compile(valid)?;
            let headers = Arc::clone(&checked.file(*id).headers);
            let TaskVersion { task, program: hash, .. } =
                TaskVersion::new(file.stem(), headers, &program);
            versions.insert(task, Version { program, hash });
        }
    }
    Ok(Some(versions))
}

/// What is compared with what.
struct Look {
    ledger: SqliteLedger,
    versions: BTreeMap<TaskName, Version>,
    host: Host,
    now: Instant,
}

/// What was found out of a run.
struct Found {
    verdict: Verdict,
    /// Whether the task is another version than the run's.
    changed: bool,
}

impl Look {
    fn at(&mut self, run: &Run) -> Result<Found, Unusable> {
        let unlike = |why: String| Verdict::Another { at: None, why };
        let Some(version) = self.versions.get(&run.task) else {
            let why = format!("there is no task called `{}` any more", run.task.as_str());
            return Ok(Found { verdict: unlike(why), changed: true });
        };
        let changed = version.hash != run.program;
        let bytes = self.ledger.program(&run.program).map_err(failed)?;
        let entries = self.ledger.journal(run.id).map_err(failed)?;
        let program = bytes
            .ok_or_else(|| "it is not in the store".to_owned())
            .and_then(|it| bytecode::read(&it));
        let verdict = match &program {
            Ok(program) => rehearse(
                &Behind { program, entries: &entries, now: self.now },
                &version.program,
                &self.host,
            ),
            Err(why) => unlike(format!("its own version cannot be read: {why}")),
        };
        Ok(Found { verdict, changed })
    }
}

impl Found {
    fn as_json(&self, run: &Run) -> String {
        let mut object = json!({
            "run": run.id.0,
            "task": run.task.as_str(),
            "due": moment_shown(run.due.0),
            "state": run.state.as_str(),
            "changed": self.changed,
            "safe": self.verdict == Verdict::Alike,
        });
        if let Verdict::Another { at, why } = &self.verdict {
            if let Some(at) = at {
                object["at"] = at.as_str().into();
            }
            object["why"] = why.as_str().into();
        }
        object.to_string()
    }

    fn as_text(&self, run: &Run) -> String {
        let head = format!("run {} of `{}` ({})", run.id, run.task.as_str(), run.state.as_str());
        match &self.verdict {
            Verdict::Alike if self.changed => format!("{head}: goes on alike"),
            Verdict::Alike => format!("{head}: goes on alike; its task was not edited"),
            Verdict::Another { at: Some(at), why } => {
                format!("{head}: would come another way at {at}: {why}")
            }
            Verdict::Another { at: None, why } => format!("{head}: would come another way: {why}"),
        }
    }
}
