//! `taskc run`: one run now, in the foreground.

use std::process::ExitCode;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use futures_util::future::BoxFuture;
use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};
use tokio::sync::watch;

use super::args::{Color, Run};
use super::compiled::{self, Compiled, Refused};
use super::output::{line, note};
use super::settings::Unusable;
use super::{moment, world};
use crate::bytecode::run_field::RunField;
use crate::engine::attempt::{self, Attempt, Ended, Failure, Listener, Order};
use crate::engine::cuts::Cuts;
use crate::engine::journal::Recorder;
use crate::engine::memory::Memory;
use crate::engine::pause_after;
use crate::host::Host;
use crate::schedule::{Duration as Time, Instant};
use crate::stdlib::effect::{Level, Output};
use crate::store::{Forget, TaskName};
use crate::value::{Value, json};
use crate::vm::Trace;

/// Runs a task to its end. Exit code 1 where it failed, 130 where it was interrupted.
pub fn run(args: &Run, color: Color) -> Result<ExitCode, Unusable> {
    let compiled = match compiled::load(&args.file, color) {
        Ok(compiled) => compiled,
        Err(Refused::Shown) => return Ok(ExitCode::from(1)),
        Err(Refused::Unusable(unusable)) => return Err(unusable),
    };
    let data = world::data_folder(&compiled.root, args.data.as_deref());
    std::fs::create_dir_all(&data)
        .map_err(|error| Unusable(format!("{}: {error}", data.display())))?;
    let host = world::host(&compiled.root, &data)?;
    let due = match &args.at {
        Some(text) => moment(text)?,
        None => host.clock.now_us(),
    };
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .map_err(|error| Unusable(format!("the run cannot start: {error}")))?;
    let (cancel, order) = watch::channel(Order::GoOn);
    let kept = kept(&compiled, &args.set)?;
    let asked = Asked { compiled: &compiled, host, due, kept, order };
    let ended = runtime.block_on(async {
        tokio::spawn(async move {
            if tokio::signal::ctrl_c().await.is_ok() {
                cancel.send_replace(Order::Cancel);
            }
            // As long as it could be cancelled, somebody holds this.
            cancel.closed().await;
        });
        asked.attempts().await
    });
    Ok(match ended {
        Ended::Done(_) => ExitCode::SUCCESS,
        Ended::Failed(failed) => {
            note(&failure(&compiled, &failed.trace));
            ExitCode::from(1)
        }
        Ended::Stalled(stall) => {
            note(&format!("error[{}]: {}", stall.error.code, stall.error.message));
            ExitCode::from(1)
        }
        // Sleeps are waited for below.
        Ended::Cancelled | Ended::Sleeps { .. } => {
            note("interrupted");
            ExitCode::from(130)
        }
    })
}

/// What the kept variables hold at the beginning: what was asked for, else nothing.
fn kept(compiled: &Compiled, set: &[String]) -> Result<Vec<Option<Value>>, Unusable> {
    let program = compiled.program.program();
    let mut kept = vec![None; program.kept.len()];
    for setting in set {
        let (name, value) = setting
            .strip_prefix("keep.")
            .and_then(|it| it.split_once('='))
            .ok_or_else(|| Unusable(format!("`--set {setting}`: write `--set keep.NAME=VALUE`")))?;
        let at = program.kept.iter().position(|it| it.name == name);
        let at =
            at.ok_or_else(|| Unusable(format!("the task keeps no variable called `{name}`")))?;
        let types = crate::value::Types::new(&program.descriptors)
            .map_err(|error| Unusable(error.to_string()))?;
        let value = json::parse_as(value, &types, program.kept[at].ty)
            .map_err(|fault| Unusable(format!("`--set {setting}`: {}", fault.message)))?;
        kept[at] = Some(value);
    }
    Ok(kept)
}

/// Where a run begins, or goes on.
struct Stay {
    id: String,
    /// Of the attempt, from 1.
    number: u32,
    /// How much of the timeout was used up before.
    used: Time,
    /// The machine's state when it went to sleep.
    snapshot: Option<Vec<u8>>,
}

/// A run that is asked for.
struct Asked<'a> {
    compiled: &'a Compiled,
    host: Host,
    due: i64,
    kept: Vec<Option<Value>>,
    order: watch::Receiver<Order>,
}

impl Asked<'_> {
    /// Attempts until one ends well, or nothing more is to be tried. A run keeps its id, and goes on from the call that failed.
    async fn attempts(mut self) -> Ended {
        let mut id = [0; 8];
        self.host.entropy.fill(&mut id);
        let headers = &self.compiled.headers;
        // Who never tries again needs to remember nothing.
        let remembers = headers.durable && headers.retry.times > 0;
        let memory = remembers.then(|| Arc::new(Memory::new(Arc::new(Terminal::default()))));
        let mut stay = Stay { id: hex::encode(id), number: 1, used: Time::ZERO, snapshot: None };
        loop {
            let ended = attempt::run(self.attempt(&mut stay, memory.as_ref())).await;
            let wait = match ended {
                Ended::Sleeps { until, used, snapshot } => {
                    (stay.used, stay.snapshot) = (used, snapshot);
                    until.since(Instant(self.host.clock.now_us()))
                }
                Ended::Failed(failed)
                    if stay.number <= self.compiled.headers.retry.times && failed.retryable =>
                {
                    memory.iter().for_each(|it| it.forget(&failed.forget));
                    let pause = self.tell_of_failure(&failed, stay.number);
                    stay =
                        Stay { number: stay.number + 1, used: Time::ZERO, snapshot: None, ..stay };
                    pause
                }
                ended => return ended,
            };
            if !self.wait(wait).await {
                return Ended::Cancelled;
            }
        }
    }

    /// Says what went wrong and what happens next. Gives how long it is until then.
    fn tell_of_failure(&self, failed: &Failure, number: u32) -> Time {
        let retry = self.compiled.headers.retry;
        let task = TaskName::new(&self.compiled.program.program().task);
        let pause = pause_after(retry.pause, &task, Instant(self.due), number);
        let starts_over = !self.compiled.headers.durable || failed.forget.contains(&Forget::All);
        let how = if starts_over { "from the beginning" } else { "from the call that failed" };
        note(&failure(self.compiled, &failed.trace));
        note(&format!(
            "attempt {number} of {} failed; the next one in {pause}, {how}",
            retry.times + 1
        ));
        pause
    }

    /// False where somebody stopped the run meanwhile.
    async fn wait(&mut self, time: Time) -> bool {
        let time = Duration::from_micros(u64::try_from(time.0).unwrap_or(0));
        let order = &mut self.order;
        tokio::select! {
            biased;
            _ = order.wait_for(|it| *it == Order::Cancel) => false,
            () = self.host.clock.sleep(time) => true,
        }
    }

    fn attempt(&self, stay: &mut Stay, memory: Option<&Arc<Memory>>) -> Attempt {
        let field = |field: &RunField| self.known(*field, stay.number, &stay.id);
        let run = RunField::ALL.iter().map(field).collect();
        let journal = memory.map(|it| {
            let past = it.past(&format!("by-hand.{}", stay.id), stay.snapshot.take());
            (past, Arc::clone(it) as Arc<dyn Recorder>)
        });
        let listener: Arc<dyn Listener> = match memory {
            Some(memory) => Arc::clone(memory) as _,
            None => Arc::new(Terminal::default()),
        };
        Attempt {
            program: Arc::clone(&self.compiled.program),
            headers: Arc::clone(&self.compiled.headers),
            kept: self.kept.clone(),
            run,
            is_last: stay.number > self.compiled.headers.retry.times,
            host: self.host.clone(),
            known: Arc::default(),
            number: stay.number,
            used: stay.used,
            journal,
            cuts: Cuts::default(),
            listener,
            order: self.order.clone(),
        }
    }

    /// What a run by hand knows of itself.
    fn known(&self, field: RunField, attempt: u32, id: &str) -> Value {
        match field {
            RunField::Id => Value::text(id),
            RunField::Due => Value::Time(self.due),
            RunField::Previous => Value::Null,
            RunField::Late => Value::Bool(false),
            RunField::Missed => Value::Int(0),
            RunField::Attempt => Value::Int(attempt.into()),
            RunField::Trigger => Value::text(if attempt > 1 { "retry" } else { "manual" }),
            RunField::Task => Value::text(&self.compiled.program.program().task),
        }
    }
}

/// What went wrong, and where.
fn failure(compiled: &Compiled, trace: &Trace) -> String {
    let mut text = format!("error[{}]: {}", trace.fault.code, trace.fault.message);
    if let Some(data) = &trace.fault.data
        && let Ok(data) = json::write(data, json::Layout::Compact, 4096)
    {
        text.push_str("\n  data: ");
        text.push_str(&data);
    }
    let files = &compiled.program.program().files;
    for frame in trace.frames.iter().filter(|frame| frame.at.line > 0).take(20) {
        let file = files.get(frame.at.file as usize).map_or("", String::as_str);
        text.push_str(&format!(
            "\n  at {} ({file}:{}:{})",
            frame.function, frame.at.line, frame.at.column
        ));
    }
    text
}

/// Output on standard output, logs on standard error, a bar where there is a terminal.
#[derive(Default)]
struct Terminal {
    bar: Mutex<Option<ProgressBar>>,
}

impl Terminal {
    /// Writes beside the bar, if there is one.
    fn beside(&self, write: impl FnOnce()) {
        match self.bar.lock().map(|bar| bar.clone()) {
            Ok(Some(bar)) => bar.suspend(write),
            _ => write(),
        }
    }
}

impl Listener for Terminal {
    fn is_full(&self) -> bool {
        false
    }

    fn hand_on(&self) -> BoxFuture<'_, ()> {
        Box::pin(async {})
    }
}

impl Output for Terminal {
    /// Whoever pipes a result into a file wants all of it: as much as a text may hold.
    fn line_bytes_max(&self) -> usize {
        64 << 20
    }

    fn print(&self, text: &str) {
        self.beside(|| line(text));
    }

    fn log(&self, level: Level, text: &str, fields: Option<&str>) {
        let fields = fields.map_or(String::new(), |it| format!(" {it}"));
        self.beside(|| note(&format!("{:5} {text}{fields}", level.as_str())));
    }

    fn progress(&self, done: i64, total: i64) {
        let size = |n: i64| u64::try_from(n).unwrap_or(0);
        let Ok(mut bar) = self.bar.lock() else { return };
        let bar = bar.get_or_insert_with(|| {
            let bar =
                ProgressBar::with_draw_target(Some(size(total)), ProgressDrawTarget::stderr());
            if let Ok(style) = ProgressStyle::with_template("{bar:40} {pos}/{len} {eta}") {
                bar.set_style(style);
            }
            bar
        });
        bar.set_length(size(total));
        bar.set_position(size(done));
        if done >= total {
            bar.finish_and_clear();
        }
    }
}
