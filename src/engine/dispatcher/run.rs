//! What runs say, and what follows from their end.

use super::{Activity, Dispatcher};
use crate::engine::event::{Action, Note, Reply, RunEnd, RunEvent};
use crate::engine::policy;
use crate::schedule::Instant;
use crate::store::{EndState, Outcome, RunError, RunId, Then, Write};

impl Dispatcher {
    /// A worker speaks. What comes from a run that has ended is late and means nothing.
    pub(super) fn hear_of_run(&mut self, id: RunId, event: RunEvent) {
        let Some(run) = self.runs.get_mut(&id) else { return };
        match event {
            RunEvent::Lines(lines) => {
                let task = run.task.clone();
                self.batch.writes.push(Write::Lines { run: id, lines: lines.clone() });
                self.note(Note::Said { run: id, task, lines });
            }
            RunEvent::Progress { done, total } => run.progress = Some((done, total)),
            RunEvent::Ended(end) => self.end_attempt(id, end),
        }
    }

    fn end_attempt(&mut self, id: RunId, end: RunEnd) {
        let run = self.runs.get_mut(&id).expect("checked by the caller");
        let outcome = match &run.state {
            // What succeeds while it is told to stop has succeeded.
            Activity::Cancelling(reason) if end.outcome.end != EndState::Succeeded => {
                cancelled(reason)
            }
            Activity::Running | Activity::Cancelling(_) => end.outcome,
            Activity::RetryAt(_) => return,
        };
        let retries = outcome.end == EndState::Failed
            && end.retryable
            && run.attempt <= run.headers.retry.times;
        let retry_at = retries
            .then(|| self.now.plus(policy::pause_after(run.headers.retry.pause, run.attempt)));
        if let Some(at) = retry_at {
            run.state = Activity::RetryAt(at);
            run.progress = None;
        }
        let (task, due) = (run.task.clone(), run.due);
        let then = retry_at.map_or(Then::Ends, Then::RetriesAt);
        self.batch.writes.push(Write::AttemptEnds {
            run: id,
            outcome: outcome.clone(),
            then,
            at: self.now,
        });
        self.note(Note::Ended { run: id, task: task.clone(), outcome: outcome.clone(), retry_at });
        if outcome.end == EndState::Succeeded {
            // A due time that was made up for later does not set it back.
            let previous = self.tasks.get(&task).and_then(|it| it.served.previous);
            let due = previous.map_or(due, |it| it.max(due));
            if let Some(task) = self.tasks.get_mut(&task) {
                task.served.previous = Some(due);
            }
            self.batch.writes.push(Write::Success { task, due, kept: end.kept });
        }
        if retry_at.is_none() {
            self.forget(id, &outcome);
        }
        self.stop_if_idle();
    }

    /// Ends a run that waits for its next attempt.
    pub(super) fn end_without_attempt(&mut self, id: RunId, reason: &str) {
        let outcome = cancelled(reason);
        self.batch.writes.push(Write::RunEnds { run: id, outcome: outcome.clone(), at: self.now });
        let task = self.runs[&id].task.clone();
        self.note(Note::Ended { run: id, task, outcome: outcome.clone(), retry_at: None });
        self.forget(id, &outcome);
    }

    /// The server goes down without waiting for what is running.
    pub(super) fn interrupt_runs(&mut self) {
        let running =
            self.runs.iter().filter(|(_, run)| !matches!(run.state, Activity::RetryAt(_)));
        for id in running.map(|(id, _)| *id).collect::<Vec<_>>() {
            let run = &self.runs[&id];
            let then = after_interruption(run.headers.durable, self.now);
            let outcome = interrupted();
            self.batch.actions.push(Action::Cancel(id));
            self.note(Note::Ended {
                run: id,
                task: run.task.clone(),
                outcome: outcome.clone(),
                retry_at: None,
            });
            self.batch.writes.push(Write::AttemptEnds {
                run: id,
                outcome: outcome.clone(),
                then,
                at: self.now,
            });
            self.forget(id, &outcome);
        }
    }

    /// A run has ended for good.
    fn forget(&mut self, id: RunId, outcome: &Outcome) {
        let Some(run) = self.runs.remove(&id) else { return };
        for ask in run.asks {
            self.reply(ask, Reply::Ended(id, outcome.clone()));
        }
        self.count_ended(&run.task, 1);
    }
}

/// What a run that was interrupted comes to: one that may start over does so, as a new attempt.
pub(super) fn after_interruption(durable: bool, now: Instant) -> Then {
    if durable { Then::Ends } else { Then::RetriesAt(now) }
}

pub(super) fn interrupted() -> Outcome {
    end(EndState::Interrupted, "interrupted", "the server went down while it was running")
}

pub(super) fn cancelled(reason: &str) -> Outcome {
    end(EndState::Cancelled, "cancelled", reason)
}

fn end(end: EndState, code: &str, message: &str) -> Outcome {
    let error =
        RunError { code: code.to_owned(), message: message.to_owned(), data: None, at: None };
    Outcome { end, error: Some(error) }
}
