//! Real attempts in simulated time: the workers' own preparation, machine, journal and lines, without their threads. Each attempt is a
//! future that is polled when time has passed or somebody has spoken.

use std::collections::{BTreeMap, BTreeSet};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;
use std::task::{Context, Poll, Waker};

use futures_util::future::LocalBoxFuture;
use tokio::sync::{mpsc, oneshot};

use super::clock::Clock;
use super::peers::{Dice, Peers};
use crate::engine::cuts::Cuts;
use crate::engine::event::{Event, RunEvent};
use crate::engine::runner::{Runner, StartRun};
use crate::engine::server::{Handle, Message};
use crate::engine::workers::Workers;
use crate::host::{Host, sim};
use crate::schedule::Instant;
use crate::store::{RunId, Store, TaskName};

/// The machines of one process after the other.
pub(super) struct Machines {
    pub(super) clock: Clock,
    pub(super) peers: Peers,
    /// The tasks whose runs are real.
    pub(super) tasks: BTreeSet<TaskName>,
    host: Host,
    cuts: Cuts,
    /// Only for its handle: nobody runs on it.
    runtime: tokio::runtime::Runtime,
    life: Life,
}

/// What dies with the process.
struct Life {
    incoming: mpsc::Receiver<Message>,
    workers: Workers,
    attempts: BTreeMap<RunId, Attempt>,
    /// The attempts that have ended, and nobody has heard of it.
    ended: Vec<(RunId, RunEvent)>,
}

struct Attempt {
    task: TaskName,
    future: LocalBoxFuture<'static, RunEvent>,
}

/// Something that a run has said, and who waits until it is on disk.
pub(super) type Heard = (RunId, RunEvent, Option<oneshot::Sender<bool>>);

/// The process was killed.
pub(super) struct Killed;

/// How the stack is left at a cut.
struct CutOff;

impl Machines {
    /// Nobody runs yet. In a calm world nothing is cut off.
    pub(super) fn new(seed: u64, dice: &Dice, now: Instant) -> Self {
        let clock = Clock::new(now);
        let peers = Peers::new(dice.clone(), clock.clone());
        let shared = Arc::new(peers.clone());
        let host = Host {
            clock: Arc::new(clock.clone()),
            databases: shared.clone(),
            http: shared.clone(),
            mail: shared.clone(),
            ..sim::World::new(seed, now.0).host()
        };
        let cuts = Cuts::calling(move |_| {
            if shared.kills() {
                // Not a panic that prints: it happens all the time.
                std::panic::resume_unwind(Box::new(CutOff));
            }
        });
        let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
        let life = Life::new(&host, &runtime, &cuts);
        Self { clock, peers, tasks: BTreeSet::new(), host, cuts, runtime, life }
    }

    /// The process dies, and another one knows nothing of it.
    pub(super) fn kill(&mut self) {
        self.life = Life::new(&self.host, &self.runtime, &self.cuts);
    }

    pub(super) fn start(&mut self, start: StartRun, store: &mut dyn Store) {
        let (run, task) = (start.run, start.task.clone());
        let job = self.life.workers.prepare(start, store).unwrap();
        let future = Box::pin(job.attempt());
        let before = self.life.attempts.insert(run, Attempt { task, future });
        assert!(before.is_none(), "two attempts of run {run} at once");
    }

    pub(super) fn cancel(&mut self, run: RunId) {
        self.life.workers.cancel(run);
    }

    pub(super) fn park(&mut self, run: RunId) {
        self.life.workers.park(run);
    }

    /// Lets all attempts go on until they wait for something.
    pub(super) fn poll(&mut self) -> Result<(), Killed> {
        let (life, cuts) = (&mut self.life, &self.cuts);
        let work = AssertUnwindSafe(|| {
            let ended = &mut life.ended;
            life.attempts.retain(|run, attempt| {
                let mut context = Context::from_waker(Waker::noop());
                let Poll::Ready(event) = attempt.future.as_mut().poll(&mut context) else {
                    return true;
                };
                if let RunEvent::Sleeps { .. } = &event {
                    cuts.at("after-park");
                }
                ended.push((*run, event));
                false
            });
        });
        match catch_unwind(work) {
            Ok(()) => Ok(()),
            Err(cut) if cut.is::<CutOff>() => Err(Killed),
            Err(panic) => std::panic::resume_unwind(panic),
        }
    }

    /// What was said since, in order.
    pub(super) fn hear(&mut self) -> Vec<Heard> {
        let mut heard = Vec::new();
        while let Ok(message) = self.life.incoming.try_recv() {
            match message {
                Message::Event(Event::Run(run, event)) => heard.push((run, event, None)),
                Message::Keep(run, event, answer) => heard.push((run, event, Some(answer))),
                other => panic!("a run says {other:?}"),
            }
        }
        heard.extend(self.life.ended.drain(..).map(|(run, event)| (run, event, None)));
        heard
    }

    /// The tasks of the attempts that are running.
    pub(super) fn busy(&self) -> impl Iterator<Item = &TaskName> {
        self.life.attempts.values().map(|it| &it.task)
    }
}

impl Life {
    fn new(host: &Host, runtime: &tokio::runtime::Runtime, cuts: &Cuts) -> Self {
        let (handle, incoming) = Handle::new();
        let workers = Workers::new(handle, host.clone(), runtime.handle().clone(), cuts.clone());
        Self { incoming, workers, attempts: BTreeMap::new(), ended: Vec::new() }
    }
}
