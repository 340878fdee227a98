//! What earlier runs say of a project's tasks, for the findings that depend on it.

use ecow::EcoString;
use rustc_hash::FxHashMap;

use super::project::Loaded;
use super::world;
use crate::check::project::RunTimes;
use crate::store::{Filter, Ledger, LedgerRow, RunState, SqliteLedger, TaskName};

/// How many runs of a task are looked at.
const RUNS: u64 = 200;

/// How long the runs of a project's tasks took of late. Nothing where no server ever ran, or where its store cannot be read:
/// that is for those to say who ask for runs.
pub fn run_times(loaded: &Loaded) -> FxHashMap<EcoString, RunTimes> {
    let data = world::data_folder(&loaded.root, None);
    let store = world::store_file(&loaded.root, &data).ok().filter(|it| it.is_file());
    let ledger = store.and_then(|it| SqliteLedger::open(&it).ok());
    let Some(mut ledger) = ledger else { return FxHashMap::default() };
    let tasks = loaded.project.files().iter().filter(|it| it.is_task());
    let mut of_task = |stem: &str| {
        let filter = Filter {
            task: Some(TaskName::new(stem)),
            state: Some(RunState::Succeeded),
            limit: Some(RUNS),
            ..Filter::default()
        };
        let rows = ledger.rows(&filter).ok()?;
        RunTimes::of(rows.iter().filter_map(taken).collect())
    };
    tasks.filter_map(|it| Some((it.stem().into(), of_task(it.stem())?))).collect()
}

/// How long a run took.
fn taken(row: &LedgerRow) -> Option<crate::schedule::Duration> {
    let run = row.run.as_ref()?;
    Some(run.ended?.since(run.started))
}
