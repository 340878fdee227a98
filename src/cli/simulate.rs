//! `taskc simulate`: the ledger that a time would bring.

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::process::ExitCode;
use std::sync::Arc;

use super::args::{Color, Format, Simulate};
use super::output::{self, note, result};
use super::settings::Unusable;
use super::{check as checking, ledger, moment, now, project};
use crate::check;
use crate::check::headers::TaskHeaders;
use crate::check::library::Library;
use crate::engine::forecast::{Plan, forecast};
use crate::schedule::{Duration, Instant, Zone};
use crate::stdlib;
use crate::store::{Decision, LedgerRow, RunState, TaskName};
use crate::value::calendar::parse_duration;

/// Prints every row, then how often each task ran and did not.
pub fn run(args: &Simulate, color: Color) -> Result<ExitCode, Unusable> {
    let (tasks, workers, is_well) = tasks(args, color)?;
    let plan = plan(args, tasks, workers)?;
    let zones: BTreeMap<TaskName, Zone> =
        plan.tasks.iter().map(|(name, headers)| (name.clone(), headers.schedules.zone())).collect();
    let names = plan.tasks.iter().map(|(name, _)| (name.clone(), Counts::default()));
    let mut counts: BTreeMap<TaskName, Counts> = names.collect();
    let mut page = Page { text: String::new() };
    let format = output::format(args.format);
    forecast(&plan, &mut |row| {
        let task = &row.occurrence.task;
        counts.entry(task.clone()).or_default().count(row);
        if !args.summary {
            let local = zones.get(task).map_or(String::new(), |it| it.local(row.occurrence.due));
            page.line(&match format {
                Format::Pretty => as_text(row, &local),
                Format::Json => as_json(row, local),
            });
        }
    });
    if format == Format::Pretty && !args.summary && !page.text.is_empty() {
        page.line("");
    }
    for (task, counts) in &counts {
        page.line(&match format {
            Format::Pretty => counts.as_text(task),
            Format::Json => counts.as_json(task),
        });
    }
    page.end();
    Ok(if is_well { ExitCode::SUCCESS } else { ExitCode::from(1) })
}

type Tasks = Vec<(TaskName, Arc<TaskHeaders>)>;

/// The tasks without errors, how many workers the server has, and whether all tasks are without errors.
fn tasks(args: &Simulate, color: Color) -> Result<(Tasks, usize, bool), Unusable> {
    let dir = args.dir.clone().unwrap_or_else(|| PathBuf::from("."));
    if !dir.is_dir() {
        return Err(Unusable(format!("there is no folder called `{}`", dir.display())));
    }
    let loaded = project::load_folder(&dir, None)?;
    let checked = check::check(&loaded.project, &Library::new(stdlib::declarations()));
    let is_refused = checking::refused(&loaded, &checked, color);
    let mut tasks = Tasks::new();
    for id in &loaded.wanted {
        let file = loaded.project.file(*id);
        if file.is_task() && !checked.has_errors(&[*id]) {
            tasks.push((TaskName::new(file.stem()), Arc::clone(&checked.file(*id).headers)));
        }
    }
    if tasks.is_empty() && !is_refused {
        note(&format!("there are no tasks in {}", dir.display()));
    }
    let workers = loaded.root.settings.server.workers.max(1) as usize;
    Ok((tasks, workers, !is_refused))
}

fn plan(args: &Simulate, tasks: Tasks, workers: usize) -> Result<Plan, Unusable> {
    let from = args.from.as_deref().map(moment).transpose()?.unwrap_or_else(now);
    let from = Instant(from);
    let to = args.to.as_deref().map(moment).transpose()?.map(Instant);
    let to = to.unwrap_or_else(|| from.plus(Duration::DAY));
    if to <= from {
        return Err(Unusable(format!("--to {to} is not behind --from {from}")));
    }
    let mut took = BTreeMap::new();
    let mut took_otherwise = Duration::SECOND;
    for asked in &args.took {
        match asked.split_once('=') {
            None => took_otherwise = duration(asked, asked)?,
            Some((task, time)) => {
                let name = TaskName::new(task.trim_end_matches(".task"));
                if !tasks.iter().any(|(it, _)| *it == name) {
                    return Err(Unusable(format!("--took {asked}: there is no task `{name}`")));
                }
                took.insert(name, duration(time, asked)?);
            }
        }
    }
    let mut down = args.down.iter().map(|it| gap(it)).collect::<Result<Vec<_>, _>>()?;
    down.sort_unstable();
    if let Some(pair) = down.windows(2).find(|pair| pair[1].0 <= pair[0].1) {
        return Err(Unusable(format!("--down: from {} on it is down twice", pair[1].0)));
    }
    Ok(Plan { tasks, from, to, took, took_otherwise, down, workers })
}

fn duration(text: &str, asked: &str) -> Result<Duration, Unusable> {
    let parsed = parse_duration(text).filter(|it| *it >= 0).map(Duration);
    parsed.ok_or_else(|| {
        Unusable(format!(
            "`--took {asked}`: write a duration such as 30s, 5m or 1h30m, or TASK=30m"
        ))
    })
}

fn gap(text: &str) -> Result<(Instant, Instant), Unusable> {
    let (from, to) = text
        .split_once("..")
        .ok_or_else(|| Unusable(format!("`--down {text}`: write FROM..TO, two times")))?;
    let (from, to) = (Instant(moment(from)?), Instant(moment(to)?));
    if to <= from {
        return Err(Unusable(format!("`--down {text}`: it ends before it begins")));
    }
    Ok((from, to))
}

fn as_text(row: &LedgerRow, local: &str) -> String {
    let occurrence = &row.occurrence;
    let mut text = format!("{local}  {:24} {}", occurrence.task.as_str(), ledger::word(row));
    if let Some(run) = &row.run {
        let late = run.started.since(occurrence.due);
        if late >= Duration::SECOND {
            text.push_str(&format!(", started {} later", whole(late)));
        }
        if run.attempt > 1 {
            text.push_str(&format!(", attempt {}", run.attempt));
        }
        if run.missed > 0 {
            text.push_str(&format!(", stands for {} more", run.missed));
        }
        if let Some(error) = &run.error {
            text.push_str(&format!(": {}", error.message));
        }
    }
    if let Some(reason) = &occurrence.reason {
        text.push_str(&format!(": {reason}"));
    }
    text
}

/// In seconds, which are enough for people.
fn whole(time: Duration) -> Duration {
    Duration(time.0 - time.0 % Duration::SECOND.0)
}

/// The row as `taskc runs` writes it, with the time in the task's zone.
fn as_json(row: &LedgerRow, local: String) -> String {
    let mut object = ledger::as_json(row);
    object["local"] = local.into();
    if let Some(run) = &row.run {
        object["missed"] = run.missed.into();
    }
    object.to_string()
}

/// What became of a task's due times.
#[derive(Default)]
struct Counts {
    due: u64,
    by_word: BTreeMap<&'static str, u64>,
    latest_start: Duration,
    working: Duration,
}

impl Counts {
    fn count(&mut self, row: &LedgerRow) {
        self.due += 1;
        *self.by_word.entry(ledger::word(row)).or_default() += 1;
        if let Some(run) = &row.run {
            self.latest_start = self.latest_start.max(run.started.since(run.due));
            let ended = run.ended.map_or(Duration::ZERO, |it| it.since(run.started));
            self.working = Duration(self.working.0.saturating_add(ended.0));
        }
    }

    /// `report   52 due: 50 succeeded, 2 skipped; started at most 3m later`
    fn as_text(&self, task: &TaskName) -> String {
        if self.due == 0 {
            return format!("{:24} never due", task.as_str());
        }
        let words = RunState::ALL.iter().map(|it| it.as_str());
        let words = words.chain(Decision::ALL.iter().map(|it| it.as_str()));
        let mut seen = Vec::new();
        for word in words {
            if let Some(count) = self.by_word.get(word)
                && !seen.iter().any(|(it, _)| *it == word)
            {
                seen.push((word, *count));
            }
        }
        let parts: Vec<_> = seen.iter().map(|(word, count)| format!("{count} {word}")).collect();
        let late = match self.latest_start >= Duration::SECOND {
            true => format!("; the latest start was {} after its time", whole(self.latest_start)),
            false => String::new(),
        };
        format!("{:24} {} due: {}{late}", task.as_str(), self.due, parts.join(", "))
    }

    fn as_json(&self, task: &TaskName) -> String {
        serde_json::json!({
            "summary": task.as_str(),
            "due": self.due,
            "states": self.by_word,
            "latest_start_s": self.latest_start.0 / Duration::SECOND.0,
            "working_s": self.working.0 / Duration::SECOND.0,
        })
        .to_string()
    }
}

/// Gathers lines, so that a year of them is not written one by one.
struct Page {
    text: String,
}

impl Page {
    fn line(&mut self, line: &str) {
        const BYTES: usize = 64 << 10;
        self.text.push_str(line);
        self.text.push('\n');
        if self.text.len() > BYTES {
            result(&std::mem::take(&mut self.text));
        }
    }

    fn end(self) {
        result(&self.text);
    }
}
