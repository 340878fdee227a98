//! The promise, under random tasks, crashes, stops and clocks: every due time leaves one row, no attempt is made twice, and what was
//! interrupted is seen and not repeated.

#![allow(clippy::disallowed_methods, reason = "people say by variables what is repeated")]
#![allow(clippy::print_stdout, reason = "a failed test shows its seed")]

use std::cell::RefCell;
use std::collections::{BTreeMap, BTreeSet};
use std::rc::Rc;

use rand_chacha::ChaCha8Rng;
use rand_chacha::rand_core::{Rng, SeedableRng};

use super::*;
use crate::check::headers::{
    Group, History, Missed, MissedRuns, Overlap, Pause, Retry, TaskHeaders,
};
use crate::engine::policy::runs_at_once;
use crate::store::{Decision, RunState, Settlement, Trigger};

const START: &str = "2026-03-28T00:00:00Z";

/// A week that holds a change of the clocks in Berlin. `SEED=…` repeats one, `ROUNDS=…` lives through so many times more of them.
#[test]
fn every_due_time_leaves_one_row_whatever_happens() {
    let seeds = match number_in("SEED") {
        Some(seed) => seed..seed + 1,
        None => 0..4 * number_in("ROUNDS").unwrap_or(1),
    };
    let weeks = seeds.end - seeds.start;
    for seed in seeds {
        let tells = TellsSeed(seed);
        Ordeal::new(seed).pass();
        drop(tells);
    }
    println!("{weeks} weeks of four tasks, {} simulated hours", weeks * 7 * 24);
}

fn number_in(variable: &str) -> Option<u64> {
    std::env::var(variable).ok()?.parse().ok()
}

/// Whoever reads of a failure learns how to repeat it.
struct TellsSeed(u64);

impl Drop for TellsSeed {
    fn drop(&mut self) {
        if std::thread::panicking() {
            println!("again: SEED={} cargo test --lib engine::simulation", self.0);
        }
    }
}

struct Ordeal {
    seed: u64,
    dice: Dice,
    sim: Simulation,
    tasks: BTreeMap<TaskName, TaskHeaders>,
}

/// Shared with the closures that decide on crashes and on what workers do.
#[derive(Clone)]
struct Dice(Rc<RefCell<ChaCha8Rng>>);

impl Dice {
    /// A number below `sides`.
    fn roll(&self, sides: u64) -> u64 {
        self.0.borrow_mut().next_u64() % sides
    }

    fn minutes(&self, most: u64) -> Duration {
        Duration(Duration::SECOND.0 * i64::try_from(self.roll(most * 60)).unwrap())
    }

    fn pick<T: Clone>(&self, of: &[T]) -> T {
        of[usize::try_from(self.roll(of.len() as u64)).unwrap()].clone()
    }
}

impl Ordeal {
    fn new(seed: u64) -> Self {
        let dice = Dice(Rc::new(RefCell::new(ChaCha8Rng::seed_from_u64(seed))));
        let worker = dice.clone();
        let mut sim = Simulation::new(START).script(move |it| {
            let turn = match worker.roll(16) {
                0..4 => Turn::Ends(EndState::Failed),
                4 if it.headers.durable => Turn::InDoubt,
                5..8 if it.headers.durable => Turn::Sleeps(worker.minutes(100)),
                _ => Turn::Ends(EndState::Succeeded),
            };
            (worker.minutes(40), turn)
        });
        sim.workers = usize::try_from(dice.roll(4)).unwrap() + 1;
        let mut tasks = BTreeMap::new();
        for name in ["a", "b", "c", "d"] {
            let headers = headers(&dice);
            tasks.insert(TaskName::new(name), headers.clone());
            sim.add(name, headers);
        }
        Self { seed, dice, sim, tasks }
    }

    fn pass(mut self) {
        self.sim.start();
        let crash = self.dice.clone();
        self.sim.crashes = Box::new(move || match crash.roll(60) {
            0 => Some(Crash::BeforeCommit),
            1 => Some(Crash::AfterCommit),
            _ => None,
        });
        let end = instant(START).plus(hours(7 * 24));
        while self.sim.now < end {
            self.live_a_little();
        }
        self.come_to_rest();
        self.check_rows();
        self.check_attempts();
    }

    fn live_a_little(&mut self) {
        let until = self.sim.now.plus(self.dice.minutes(90));
        while self.sim.now < until && self.sim.dispatcher.is_some() {
            self.sim.run_until(until.min(self.sim.now.plus(minutes(1))));
            self.check_limits();
        }
        match self.dice.roll(12) {
            0 => self.sim.set_clock(self.sim.now.plus(self.dice.minutes(300))),
            1 => self.sim.set_clock(self.sim.now.minus(self.dice.minutes(120))),
            2 => self.sim.send(Event::Stop),
            3 => self.sim.kill(),
            4..7 => self.settle(),
            _ => {}
        }
        if self.sim.dispatcher.is_none() || self.sim.stopped {
            self.sim.kill();
            self.sim.now = self.sim.now.plus(self.dice.minutes(200));
            self.sim.start();
        }
    }

    /// A person looks after what is in doubt.
    fn settle(&mut self) {
        let stalled: Vec<RunId> = (self.sim.rows().iter())
            .filter_map(|row| row.run.as_ref())
            .filter(|run| run.state == RunState::InDoubt)
            .map(|run| run.id)
            .collect();
        for run in stalled {
            let how = [Settlement::Retry, Settlement::Accept, Settlement::Fail];
            let settlement = self.dice.pick(&how);
            self.sim.send(Event::Command(AskId(1), Command::Settle { run, settlement }));
        }
    }

    /// No more harm, and time for everything that waits.
    fn come_to_rest(&mut self) {
        self.sim.crashes = Box::new(|| None);
        self.sim.kill();
        self.sim.start();
        for _ in 0..8 {
            self.settle();
            self.sim.run_for(hours(3));
        }
        self.sim.run_for(hours(10));
        self.settle();
        self.sim.run_for(hours(6));
    }

    fn check_limits(&self) {
        assert!(
            self.sim.busy() <= self.sim.workers,
            "seed {}: more attempts than workers",
            self.seed
        );
        for (task, headers) in &self.tasks {
            let busy = self.sim.busy_with(task);
            assert!(
                busy <= runs_at_once(headers.overlap),
                "seed {}: {busy} runs of {task} at once",
                self.seed
            );
        }
    }

    /// The rows of a task are its due times; none is missing, none too many.
    fn check_rows(&mut self) {
        let rows = self.sim.rows();
        let (from, now) = (instant(START).plus(Duration(1)), self.sim.now);
        for (task, headers) in &self.tasks {
            let own = rows.iter().map(|it| &it.occurrence).filter(|it| it.task == *task);
            let found: Vec<_> =
                own.filter(|it| it.due >= from && it.due <= now).map(|it| it.due).collect();
            let expected: Vec<_> = headers.schedules.between(from, now.plus(Duration(1))).collect();
            let (found_set, expected_set) =
                (BTreeSet::from_iter(&found), BTreeSet::from_iter(&expected));
            let missing: Vec<_> = expected_set.difference(&found_set).collect();
            let strange: Vec<_> = found_set.difference(&expected_set).collect();
            assert!(
                missing.is_empty() && strange.is_empty(),
                "seed {}: {task} {missing:?} {strange:?}",
                self.seed
            );
            assert_eq!(
                found.len(),
                expected.len(),
                "seed {}: {task} has due times twice",
                self.seed
            );
        }
        for it in rows.iter().map(|it| &it.occurrence) {
            let ran = it.decision == Decision::Ran;
            assert_eq!(ran, it.run.is_some(), "seed {}: {it:?}", self.seed);
            assert!(ran || it.reason.is_some(), "seed {}: no reason in {it:?}", self.seed);
        }
    }

    /// No attempt begins twice, no due time has two runs, and what was interrupted goes on: from its journal, or as a new attempt.
    fn check_attempts(&mut self) {
        let mut attempts = BTreeSet::new();
        let mut runs = BTreeMap::new();
        for it in &self.sim.started {
            let is_new = attempts.insert((it.run, it.attempt));
            assert!(is_new || it.goes_on, "seed {}: {it:?} twice", self.seed);
            let run = *runs.entry((it.task.clone(), it.due)).or_insert(it.run);
            assert_eq!(run, it.run, "seed {}: two runs for {it:?}", self.seed);
        }
        for row in self.sim.rows() {
            let Some(run) = row.run else { continue };
            let headers = &self.tasks[&run.task];
            let ends: Vec<_> = self
                .sim
                .store
                .ledger()
                .attempts(run.id)
                .unwrap()
                .into_iter()
                .map(|it| it.end)
                .collect();
            let (last, before) = ends.split_last().unwrap();
            let repeatable = |end: &Option<EndState>| {
                *end == Some(EndState::Failed)
                    || (!headers.durable && *end == Some(EndState::Interrupted))
            };
            assert!(
                before.iter().all(repeatable),
                "seed {}: run {} went on after {before:?}",
                self.seed,
                run.id
            );
            assert!(
                run.ended.is_none() || last.is_some(),
                "seed {}: run {} ended without its attempt",
                self.seed,
                run.id
            );
            assert!(row.occurrence.trigger != Trigger::Manual);
        }
    }
}

fn headers(dice: &Dice) -> TaskHeaders {
    let schedules = [
        every(minutes(7)),
        every(minutes(45)),
        cron("*/20 * * * *", "UTC"),
        cron("30 2,3,9 * * *", "Europe/Berlin"),
        cron("*/15 2 * * *", "Europe/Berlin"),
    ];
    let pauses = [Pause::Every(Duration::ZERO), Pause::Backoff(minutes(1), minutes(9))];
    let missed = [MissedRuns::None, MissedRuns::Once, MissedRuns::All(3)];
    TaskHeaders {
        schedules: dice.pick(&schedules).schedules,
        overlap: dice.pick(&[
            Overlap::Skip,
            Overlap::Queue(2),
            Overlap::Replace,
            Overlap::Allow(2),
        ]),
        missed: Missed { runs: dice.pick(&missed), within: dice.pick(&[None, Some(hours(3))]) },
        expire: dice.pick(&[None, Some(minutes(25))]),
        retry: Retry { times: u32::try_from(dice.roll(3)).unwrap(), pause: dice.pick(&pauses) },
        jitter: dice.pick(&[Duration::ZERO, minutes(3)]),
        history: History::Runs(1_000_000),
        concurrency: dice.pick(&[None, Some(Group { name: "g".into(), limit: 1 })]),
        durable: dice.roll(2) == 0,
        ..TaskHeaders::default()
    }
}
