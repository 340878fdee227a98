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
use crate::engine::attempt::{self, Attempt, Ended, Listener};
use crate::engine::cuts::Cuts;
use crate::engine::pause_after;
use crate::host::Host;
use crate::schedule::{Duration as Time, Instant};
use crate::stdlib::effect::{Level, Output};
use crate::store::TaskName;
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
    let (cancel, cancelled) = watch::channel(false);
    let kept = kept(&compiled, &args.set)?;
    let asked = Asked { compiled: &compiled, host, due, kept, cancelled };
    let ended = runtime.block_on(async {
        tokio::spawn(async move {
            if tokio::signal::ctrl_c().await.is_ok() {
                cancel.send_replace(true);
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
        // What has no journal neither leaves its worker nor stalls.
        Ended::Cancelled | Ended::Sleeps { .. } | Ended::Stalled(_) => {
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

/// A run that is asked for.
struct Asked<'a> {
    compiled: &'a Compiled,
    host: Host,
    due: i64,
    kept: Vec<Option<Value>>,
    cancelled: watch::Receiver<bool>,
}

impl Asked<'_> {
    /// Attempts until one ends well, or nothing more is to be tried. A run keeps its id.
    async fn attempts(mut self) -> Ended {
        let retry = self.compiled.headers.retry;
        let task = TaskName::new(&self.compiled.program.program().task);
        let mut id = [0; 8];
        self.host.entropy.fill(&mut id);
        let id = hex::encode(id);
        let mut number = 1;
        loop {
            let ended = attempt::run(self.attempt(number, &id)).await;
            let Ended::Failed(failed) = &ended else { return ended };
            if number > retry.times || !failed.retryable {
                return ended;
            }
            let pause = pause_after(retry.pause, &task, Instant(self.due), number);
            note(&failure(self.compiled, &failed.trace));
            note(&format!(
                "attempt {number} of {} failed; the next one in {pause}",
                retry.times + 1
            ));
            let pause = Duration::from_micros(pause.0.unsigned_abs());
            let cancelled = &mut self.cancelled;
            tokio::select! {
                biased;
                _ = cancelled.wait_for(|it| *it) => return Ended::Cancelled,
                () = self.host.clock.sleep(pause) => {}
            }
            number += 1;
        }
    }

    fn attempt(&self, number: u32, id: &str) -> Attempt {
        let field = |field: &RunField| self.known(*field, number, id);
        Attempt {
            program: Arc::clone(&self.compiled.program),
            headers: Arc::clone(&self.compiled.headers),
            kept: self.kept.clone(),
            run: RunField::ALL.iter().map(field).collect(),
            is_last: number > self.compiled.headers.retry.times,
            host: self.host.clone(),
            known: Arc::default(),
            number,
            used: Time::ZERO,
            journal: None,
            cuts: Cuts::default(),
            listener: Arc::new(Terminal::default()),
            cancelled: self.cancelled.clone(),
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
