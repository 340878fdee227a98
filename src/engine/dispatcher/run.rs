//! What runs say, and what follows from their end.

use super::{Activity, Dispatcher};
use crate::engine::event::{Action, Note, Reply, RunEnd, RunEvent};
use crate::engine::{policy, trace};
use crate::schedule::Duration;
use crate::store::{
    EndState, Entry, Line, Outcome, RunError, RunId, RunState, Step, TaskName, Then, Write,
};

impl Dispatcher {
    /// A worker speaks. What comes from a run that has ended is late and means nothing.
    pub(super) fn hear_of_run(&mut self, id: RunId, event: RunEvent) {
        // Late, from an attempt that is over.
        if !self.runs.has_worker(id) {
            return;
        }
        let run = self.runs.get_mut(id).expect("a worker has it");
        match event {
            RunEvent::Said { lines, entries, steps } => {
                self.take_what_was_said(id, lines, entries);
                self.take_steps(id, steps);
            }
            RunEvent::Progress { done, total } => run.progress = Some((done, total)),
            RunEvent::Sleeps { until, used, snapshot } => {
                let write = Write::Sleeps { run: id, until, used, snapshot };
                let state = (Activity::SleepsUntil(until), used);
                self.leave_worker(id, write, state, |run, task| Note::Sleeps { run, task, until });
            }
            RunEvent::Stalled(mut stall) => {
                stall.error.message.push_str(&advice(id, stall.state));
                let write = Write::Stalls { run: id, stall: stall.clone() };
                let state = (Activity::Stalled(stall.call.clone()), run.used);
                self.leave_worker(id, write, state, |run, task| Note::Stalled { run, task, stall });
            }
            RunEvent::Ended(end) => self.end_attempt(id, end),
        }
    }

    fn take_what_was_said(&mut self, id: RunId, lines: Vec<Line>, entries: Vec<Entry>) {
        let run = self.runs.get_mut(id).expect("checked by the caller");
        if !entries.is_empty() {
            run.goes_on = true;
            self.batch.writes.push(Write::Journal { run: id, entries });
        }
        if !lines.is_empty() {
            let task = run.task.clone();
            self.batch.writes.push(Write::Lines { run: id, lines: lines.clone() });
            self.note(Note::Said { run: id, task, lines });
        }
    }

    fn take_steps(&mut self, id: RunId, steps: Vec<Step>) {
        let keep = trace::kept(self.runs[&id].headers.trace);
        if !steps.is_empty() {
            self.batch.writes.push(Write::Steps { run: id, steps, keep });
        }
    }

    /// A run gives its worker back without having ended. One that was told to stop meanwhile has.
    fn leave_worker(
        &mut self,
        id: RunId,
        write: Write,
        (state, used): (Activity, Duration),
        note: impl FnOnce(RunId, TaskName) -> Note,
    ) {
        if let Some(Activity::Cancelling(reason)) = self.runs.state(id) {
            let outcome = cancelled(reason);
            let end = RunEnd { outcome, kept: Vec::new(), retryable: false, forget: Vec::new() };
            return self.end_attempt(id, end);
        }
        self.runs.turn(id, state);
        let run = self.runs.get_mut(id).expect("checked by the caller");
        (run.used, run.goes_on, run.progress) = (used, true, None);
        let note = note(id, run.task.clone());
        self.batch.writes.push(write);
        self.note(note);
        self.stop_if_idle();
    }

    /// An attempt ends that a worker has.
    fn end_attempt(&mut self, id: RunId, end: RunEnd) {
        let outcome = match self.runs.state(id) {
            // What succeeds while it is told to stop has succeeded.
            Some(Activity::Cancelling(reason)) if end.outcome.end != EndState::Succeeded => {
                cancelled(reason)
            }
            _ => end.outcome,
        };
        let run = self.runs.get_mut(id).expect("a worker has it");
        let retries = outcome.end == EndState::Failed
            && end.retryable
            && run.attempt <= run.headers.retry.times;
        let pause =
            || policy::pause_after(run.headers.retry.pause, &run.task, run.due, run.attempt);
        let retry_at = retries.then(|| self.now.plus(pause()));
        let (task, due) = (run.task.clone(), run.due);
        if let Some(at) = retry_at {
            run.progress = None;
            run.goes_on = run.headers.durable;
            self.runs.turn(id, Activity::RetryAt(at));
        }
        let then = retry_at.map_or(Then::Ends, Then::RetriesAt);
        self.batch.writes.push(Write::AttemptEnds {
            run: id,
            outcome: outcome.clone(),
            then,
            at: self.now,
        });
        if retry_at.is_some() {
            let forget = end.forget.into_iter().map(|what| Write::Forget { run: id, what });
            self.batch.writes.extend(forget);
        }
        self.note(Note::Ended { run: id, task: task.clone(), outcome: outcome.clone(), retry_at });
        if outcome.end == EndState::Succeeded {
            // A due time that was made up for later does not set it back.
            let previous = self.tasks.get(&task).and_then(|it| it.served.previous);
            let due = previous.map_or(due, |it| it.max(due));
            if let Some(task) = self.tasks.get_mut(&task) {
                task.served.previous = Some(due);
            }
            self.unwritten.insert(task.clone());
            self.batch.writes.push(Write::Success { task, due, kept: end.kept });
        }
        if retry_at.is_none() {
            self.forget(id, &outcome);
        }
        self.stop_if_idle();
    }

    /// Ends a run that no worker has.
    pub(super) fn end_without_worker(&mut self, id: RunId, outcome: Outcome) {
        let (task, at) = (self.runs[&id].task.clone(), self.now);
        let write = match self.runs.state(id) {
            Some(Activity::GoesOn(true)) => {
                Write::AttemptEnds { run: id, outcome: outcome.clone(), then: Then::Ends, at }
            }
            _ => Write::RunEnds { run: id, outcome: outcome.clone(), at },
        };
        self.batch.writes.push(write);
        self.note(Note::Ended { run: id, task, outcome: outcome.clone(), retry_at: None });
        self.forget(id, &outcome);
    }

    /// The server goes down without waiting for what is running. What is durable goes on with the next one.
    pub(super) fn interrupt_runs(&mut self) {
        for id in self.runs.with_worker().collect::<Vec<_>>() {
            let run = &self.runs[&id];
            self.batch.actions.push(Action::Cancel(id));
            if run.headers.durable && self.runs.is_running(id) {
                self.send_away(id);
                self.runs.remove(id);
                continue;
            }
            let (outcome, then) = match self.runs.state(id) {
                Some(Activity::Cancelling(reason)) => (cancelled(reason), Then::Ends),
                _ => (interrupted(), Then::RetriesAt(self.now)),
            };
            let task = run.task.clone();
            self.note(Note::Ended { run: id, task, outcome: outcome.clone(), retry_at: None });
            let (outcome_written, at) = (outcome.clone(), self.now);
            self.batch.writes.push(Write::AttemptEnds {
                run: id,
                outcome: outcome_written,
                then,
                at,
            });
            self.forget(id, &outcome);
        }
    }

    /// Whoever waits for the end of a run waits in vain: it comes with another server.
    pub(super) fn send_away(&mut self, id: RunId) {
        let asks = self.runs.get_mut(id).map(|it| std::mem::take(&mut it.asks));
        for ask in asks.unwrap_or_default() {
            let reason = format!("run {id} goes on when a server serves again");
            self.reply(ask, Reply::Refused(reason));
        }
    }

    /// A run has ended for good.
    fn forget(&mut self, id: RunId, outcome: &Outcome) {
        let Some(run) = self.runs.remove(id) else { return };
        for ask in run.asks {
            self.reply(ask, Reply::Ended(id, outcome.clone()));
        }
        self.count_ended(&run.task, 1);
    }
}

/// What a person can do about a run that cannot go on by itself.
fn advice(run: RunId, state: RunState) -> String {
    if state == RunState::InDoubt {
        format!("; find out, and say `taskc settle {run} retry`, `accept` or `fail`")
    } else {
        format!(
            "; with a taskc that replays it, say `taskc settle {run} retry`, or `fail` to give it up"
        )
    }
}

pub(super) fn interrupted() -> Outcome {
    end(EndState::Interrupted, "interrupted", "the server went down while it was running")
}

pub(super) fn cancelled(reason: &str) -> Outcome {
    end(EndState::Cancelled, "cancelled", reason)
}

pub(super) fn end(end: EndState, code: &str, message: &str) -> Outcome {
    let error =
        RunError { code: code.to_owned(), message: message.to_owned(), data: None, at: None };
    Outcome { end, error: Some(error) }
}
