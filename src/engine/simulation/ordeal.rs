//! The promise, under random tasks, crashes, stops, clocks and peers: every due time leaves one row, no attempt is made twice, what was
//! interrupted is seen and not repeated, and the world holds what the history says.
//!
//! Ten thousand weeks: `ROUNDS=2500 cargo test --release --lib engine::simulation -- --nocapture`.

#![allow(clippy::disallowed_methods, reason = "people say by variables what is repeated")]
#![allow(clippy::print_stdout, reason = "a failed test shows its seed")]

use std::cell::Cell;
use std::collections::{BTreeMap, BTreeSet};
use std::fmt;
use std::num::NonZero;
use std::rc::Rc;
use std::sync::Mutex;
use std::sync::atomic::{AtomicU64, Ordering};

use super::machines::Machines;
use super::peers::{Dice, Peers};
use super::programs::{Done, PROGRAMS, Program};
use super::*;
use crate::check::headers::{
    Group, History, Missed, MissedRuns, Overlap, Pause, Retry, TaskHeaders,
};
use crate::engine::policy::runs_at_once;
use crate::store::{Decision, Run, RunState, Settlement, Trigger};

const START: &str = "2026-03-28T00:00:00Z";

/// A week that holds a change of the clocks in Berlin. `SEED=…` repeats one, `ROUNDS=…` lives through so many times more of them.
#[test]
fn every_due_time_leaves_one_row_whatever_happens() {
    let seeds = match number_in("SEED") {
        Some(seed) => seed..seed + 1,
        None => 0..4 * number_in("ROUNDS").unwrap_or(1),
    };
    let weeks = seeds.end - seeds.start;
    let (next, total) = (AtomicU64::new(seeds.start), Mutex::new(Tally::default()));
    let threads = std::thread::available_parallelism().map_or(1, NonZero::get);
    std::thread::scope(|scope| {
        for _ in 0..threads {
            scope.spawn(|| {
                loop {
                    let seed = next.fetch_add(1, Ordering::Relaxed);
                    if seed >= seeds.end {
                        break;
                    }
                    let tells = TellsSeed { seed, next: &next };
                    let tally = Ordeal::new(seed).pass();
                    drop(tells);
                    total.lock().unwrap().add(&tally);
                }
            });
        }
    });
    println!("{weeks} weeks of four tasks, {} simulated hours", weeks * 7 * 24);
    println!("{}", total.into_inner().unwrap());
}

fn number_in(variable: &str) -> Option<u64> {
    std::env::var(variable).ok()?.parse().ok()
}

/// Whoever reads of a failure learns how to repeat it, and soon.
struct TellsSeed<'a> {
    seed: u64,
    next: &'a AtomicU64,
}

impl Drop for TellsSeed<'_> {
    fn drop(&mut self) {
        if std::thread::panicking() {
            println!("again: SEED={} cargo test --lib engine::simulation", self.seed);
            self.next.store(u64::MAX / 2, Ordering::Relaxed);
        }
    }
}

/// What there was in some weeks.
#[derive(Clone, Debug, Default)]
struct Tally {
    attempts: usize,
    /// Of real programs: those that succeeded, and all others.
    succeeded: usize,
    failed: usize,
    effects: usize,
    /// How often a person said what had become of a call.
    settled: usize,
    /// How often a process died.
    deaths: usize,
}

impl Tally {
    fn add(&mut self, other: &Self) {
        self.attempts += other.attempts;
        self.succeeded += other.succeeded;
        self.failed += other.failed;
        self.effects += other.effects;
        self.settled += other.settled;
        self.deaths += other.deaths;
    }
}

impl fmt::Display for Tally {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { attempts, succeeded, failed, effects, settled, deaths } = self;
        write!(
            f,
            "{attempts} attempts; of real programs {succeeded} runs succeeded and {failed} did not, with {effects} effects; \
             {settled} calls in doubt settled; {deaths} deaths"
        )
    }
}

struct Ordeal {
    seed: u64,
    dice: Dice,
    sim: Simulation,
    tasks: BTreeMap<TaskName, TaskHeaders>,
    /// What real tasks run.
    programs: BTreeMap<TaskName, &'static Program>,
    /// From now on scripted attempts succeed.
    is_calm: Rc<Cell<bool>>,
    tally: Tally,
}

impl Ordeal {
    fn new(seed: u64) -> Self {
        let dice = Dice::new(seed);
        let (worker, is_calm) = (dice.clone(), Rc::new(Cell::new(false)));
        let calm = is_calm.clone();
        let mut sim = Simulation::new(START).script(move |it| {
            let turn = match worker.roll(16) {
                _ if calm.get() => Turn::Ends(EndState::Succeeded),
                0..4 => Turn::Ends(EndState::Failed),
                4 if it.headers.durable => Turn::InDoubt,
                5..8 if it.headers.durable => Turn::Sleeps(worker.minutes(100)),
                _ => Turn::Ends(EndState::Succeeded),
            };
            // At the end everything that has piled up gets its turn.
            let time = if calm.get() { Duration::SECOND } else { worker.minutes(40) };
            (time, turn)
        });
        sim.workers = usize::try_from(dice.roll(4)).unwrap() + 1;
        let (mut tasks, mut programs) = (BTreeMap::new(), BTreeMap::new());
        for name in ["a", "b"] {
            let headers = headers(&dice);
            tasks.insert(TaskName::new(name), headers.clone());
            sim.add(name, headers);
        }
        let mut machines = Machines::new(seed, &dice, sim.now);
        for name in ["real", "real too"] {
            let timeout = dice.pick(&[hours(1), minutes(6)]);
            let headers = TaskHeaders { durable: true, timeout, ..headers(&dice) };
            let task = TaskName::new(name);
            let program = &PROGRAMS[usize::try_from(dice.roll(PROGRAMS.len() as u64)).unwrap()];
            tasks.insert(task.clone(), headers.clone());
            programs.insert(task.clone(), program);
            machines.tasks.insert(task);
            sim.add_version(program.version(name, headers));
        }
        sim.machines = Some(machines);
        Self { seed, dice, sim, tasks, programs, is_calm, tally: Tally::default() }
    }

    fn pass(mut self) -> Tally {
        self.sim.start();
        let (crash, one_in) = (self.dice.clone(), self.dice.pick(&[60, 400, 2000]));
        self.sim.crashes = Box::new(move || match crash.roll(one_in) {
            0 => Some(Crash::BeforeCommit),
            1 => Some(Crash::AfterCommit),
            _ => None,
        });
        let (put_off, one_in) = (self.dice.clone(), self.dice.pick(&[2, 4, 40]));
        self.sim.puts_off = Box::new(move || put_off.roll(one_in) > 0);
        let end = instant(START).plus(hours(7 * 24));
        while self.sim.now < end {
            self.live_a_little();
        }
        self.come_to_rest();
        self.check_rows();
        self.check_attempts();
        self.check_effects();
        self.tally.attempts = self.sim.started.len();
        self.tally
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
            2 => {
                self.sim.send(Event::Stop);
                if self.dice.roll(2) == 0 {
                    self.sim.send(Event::Park);
                }
            }
            3 => self.sim.kill(),
            4..7 => self.settle(),
            _ => {}
        }
        if self.sim.dispatcher.is_none() || self.sim.stopped {
            self.tally.deaths += 1;
            self.sim.kill();
            self.sim.now = self.sim.now.plus(self.dice.minutes(200));
            self.sim.start();
        }
    }

    /// A person looks after what is in doubt: of real runs by what the peers say, unless it is given up.
    fn settle(&mut self) {
        let stalled: Vec<Run> = (self.sim.rows().into_iter())
            .filter_map(|row| row.run)
            .filter(|run| run.state == RunState::InDoubt)
            .collect();
        for run in stalled {
            let settlement = match self.programs.get(&run.task) {
                Some(_) if self.dice.roll(4) == 0 => Settlement::Fail,
                Some(program) => program.truth(&run, &self.peers().ledger()),
                None => self.dice.pick(&[Settlement::Retry, Settlement::Accept, Settlement::Fail]),
            };
            self.tally.settled += 1;
            self.sim.send(Event::Command(AskId(1), Command::Settle { run: run.id, settlement }));
        }
    }

    fn peers(&self) -> &Peers {
        &self.sim.machines.as_ref().unwrap().peers
    }

    /// No more harm, and time for everything that waits.
    fn come_to_rest(&mut self) {
        self.sim.crashes = Box::new(|| None);
        self.sim.puts_off = Box::new(|| false);
        self.is_calm.set(true);
        self.peers().calm_down();
        self.sim.kill();
        self.sim.start();
        // What was missed is made up for one by one, which may take days.
        for round in 0..80 {
            if round >= 8 && self.left_open().is_none() {
                break;
            }
            self.settle();
            self.sim.run_for(hours(3));
        }
    }

    /// Something that was due long ago and has not come to its end.
    fn left_open(&mut self) -> Option<LedgerRow> {
        let old = self.sim.now.minus(hours(20));
        self.sim.rows().into_iter().find(|row| {
            let is_open = match &row.run {
                Some(run) => run.ended.is_none(),
                None => row.occurrence.decision == Decision::Queued,
            };
            is_open && row.occurrence.due < old
        })
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

    /// What peers have done is what the runs are said to have done: nothing twice, nothing that nobody knows of, and of what succeeded
    /// everything. No run is left without an end.
    fn check_effects(&mut self) {
        let open = self.left_open();
        assert!(open.is_none(), "seed {}: {open:?} has no end", self.seed);
        let done = Done::read(self.peers());
        let mut known = BTreeSet::new();
        for run in self.sim.rows().into_iter().filter_map(|it| it.run) {
            let Some(program) = self.programs.get(&run.task) else { continue };
            known.extend(program.check(&run, &done));
            match run.state {
                RunState::Succeeded => self.tally.succeeded += 1,
                _ => self.tally.failed += 1,
            }
        }
        for name in done.names() {
            self.tally.effects += 1;
            assert!(known.contains(name), "seed {}: nobody did `{name}`", self.seed);
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
