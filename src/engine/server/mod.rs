//! The loop: waits, lets the dispatcher decide, writes it down, and does it.
//!
//! It runs on a thread of its own, because commits block. Everything else talks to it through a [`Handle`].

use std::collections::HashMap;
use std::sync::Arc;
use std::thread;
use std::time::Duration as StdDuration;

use futures_util::FutureExt;
use tokio::sync::{mpsc, oneshot};

use super::clock_watch::ClockWatch;
use super::dispatcher::{Dispatcher, HEARTBEAT, Options, Restored};
use super::event::{Action, AskId, Command, Event, Note, Reply, RunEvent, TaskUpdate};
use super::runner::Runner;
use crate::host::Clock;
use crate::host::clock::LATE;
use crate::schedule::{Duration, Instant};
use crate::store::{self, RunId, Store, Write};

/// What a server is made of.
pub struct Parts {
    /// How it is set up.
    pub options: Options,
    /// Where everything is written down.
    pub store: Box<dyn Store>,
    /// What time it is.
    pub clock: Arc<dyn Clock>,
    /// Makes the workers. They send what they have to say to the handle.
    pub runner: Box<dyn FnOnce(Handle) -> Box<dyn Runner> + Send>,
    /// All tasks that there are now.
    pub tasks: Vec<TaskUpdate>,
    /// Hears what happens.
    pub log: Box<dyn FnMut(LogEntry) + Send>,
}

/// What the log hears.
#[derive(Debug)]
pub enum LogEntry {
    /// Something that the dispatcher decided or was told.
    Note(Note),
    /// A batch could not be written. Nothing that depends on it is done; it is tried again.
    CannotWrite(store::Error),
}

/// Messages to the loop.
#[derive(Debug)]
pub(super) enum Message {
    Event(Event),
    Ask(Command, oneshot::Sender<Reply>),
    /// What a run says, which waits until it is on disk.
    Keep(RunId, RunEvent, oneshot::Sender<bool>),
    /// Stop, at the latest when so much time has passed.
    StopWithin(StdDuration),
}

/// Talks to a server. Cheap to clone.
#[derive(Clone, Debug)]
pub struct Handle {
    messages: mpsc::Sender<Message>,
}

/// The server is not there any more.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Gone;

impl Handle {
    /// A handle, and what comes through it.
    pub(super) fn new() -> (Self, mpsc::Receiver<Message>) {
        /// How far workers may be ahead of the loop.
        const MESSAGES_MAX: usize = 4096;
        let (messages, incoming) = mpsc::channel(MESSAGES_MAX);
        (Self { messages }, incoming)
    }

    /// Asks for something and waits for the answer.
    pub async fn ask(&self, command: Command) -> Result<Reply, Gone> {
        let (answer, answered) = oneshot::channel();
        self.messages.send(Message::Ask(command, answer)).await.map_err(|_| Gone)?;
        answered.await.map_err(|_| Gone)
    }

    /// The set of tasks has changed.
    pub async fn update(&self, tasks: Vec<TaskUpdate>) -> Result<(), Gone> {
        self.messages.send(Message::Event(Event::Tasks(tasks))).await.map_err(|_| Gone)
    }

    /// Starts nothing any more, waits for what is running, and interrupts it when so much time has passed.
    pub async fn stop_within(&self, grace: StdDuration) -> Result<(), Gone> {
        self.messages.send(Message::StopWithin(grace)).await.map_err(|_| Gone)
    }

    /// What a run has to say. Waits while the loop is behind, so that a talkative run cannot flood it.
    pub async fn say(&self, run: RunId, event: RunEvent) -> Result<(), Gone> {
        self.messages.send(Message::Event(Event::Run(run, event))).await.map_err(|_| Gone)
    }

    /// The same, and waits until it is on disk. False where the run is not this attempt's any more.
    pub async fn keep(&self, run: RunId, event: RunEvent) -> Result<bool, Gone> {
        let (answer, answered) = oneshot::channel();
        self.messages.send(Message::Keep(run, event, answer)).await.map_err(|_| Gone)?;
        answered.await.map_err(|_| Gone)
    }

    /// What a run has to say, from a thread outside the runtime. Waits while the loop is behind.
    pub fn tell(&self, run: RunId, event: RunEvent) -> Result<(), Gone> {
        self.messages.blocking_send(Message::Event(Event::Run(run, event))).map_err(|_| Gone)
    }

    /// Completes when the server is not there any more.
    pub async fn gone(&self) {
        self.messages.closed().await;
    }
}

/// A server that runs.
pub struct Server {
    /// Talks to it.
    pub handle: Handle,
    thread: thread::JoinHandle<Result<(), store::Error>>,
}

impl Server {
    /// Takes up where the store says that the server before stopped. Call it in a runtime.
    pub fn start(parts: Parts) -> Result<Self, store::Error> {
        let (handle, incoming) = Handle::new();
        let runtime = tokio::runtime::Handle::current();
        let (mut store, clock) = (parts.store, parts.clock);
        let now = Instant(clock.now_us());
        let restored = Restored::read(&mut *store, now)?;
        let dispatcher = Dispatcher::restore(parts.options, restored, parts.tasks, now);
        let watch = clock.boot_us().map(|boot_us| ClockWatch::new(now, boot_us));
        let (to_runner, make_runner, log) = (handle.clone(), parts.runner, parts.log);
        let work = move || {
            let runner = make_runner(to_runner);
            let asks = HashMap::new();
            let main = Loop {
                dispatcher,
                store,
                clock,
                watch,
                runner,
                incoming,
                asks,
                last_ask: 0,
                kept: Vec::new(),
                log,
                deadline_us: None,
                is_parking: false,
                put_off_until_us: None,
            };
            main.run(&runtime)
        };
        let thread = thread::Builder::new()
            .name("engine".to_owned())
            .spawn(work)
            .expect("a process may have a second thread");
        Ok(Self { handle, thread })
    }

    /// Waits for its end.
    pub fn join(self) -> Result<(), store::Error> {
        self.thread.join().expect("the loop does not panic")
    }
}

struct Loop {
    dispatcher: Dispatcher,
    store: Box<dyn Store>,
    clock: Arc<dyn Clock>,
    /// Nothing where the machine does not say how long it is up.
    watch: Option<ClockWatch>,
    runner: Box<dyn Runner>,
    incoming: mpsc::Receiver<Message>,
    /// Who waits for an answer.
    asks: HashMap<AskId, oneshot::Sender<Reply>>,
    last_ask: u64,
    /// Who waits until what they said is on disk, and whether their runs are theirs.
    kept: Vec<(oneshot::Sender<bool>, bool)>,
    log: Box<dyn FnMut(LogEntry) + Send>,
    /// On the monotonic clock: when runs are parked, and then interrupted.
    deadline_us: Option<u64>,
    is_parking: bool,
    /// On the monotonic clock: when what was decided is written, at the latest. Nothing where nothing was put off.
    put_off_until_us: Option<u64>,
}

/// Clocks are adjusted by less than this all the time; that is not setting them back.
const SET_BACK: Duration = Duration(2 * Duration::SECOND.0);

impl Loop {
    fn run(mut self, runtime: &tokio::runtime::Handle) -> Result<(), store::Error> {
        self.begin();
        let mut stopped = self.commit(runtime)?;
        while !stopped {
            let messages = runtime.block_on(self.wait());
            let now = self.read_clock(runtime)?;
            // What ended before now makes room for what is due now.
            let (from_runs, others): (Vec<_>, Vec<_>) = messages
                .into_iter()
                .partition(|it| matches!(it, Message::Event(Event::Run(..)) | Message::Keep(..)));
            for message in from_runs {
                self.hear(now, message);
            }
            self.dispatcher.tick(now);
            for message in others {
                self.hear(now, message);
            }
            self.stop_in_time(now);
            self.begin();
            if !self.puts_off() {
                stopped = self.commit(runtime)?;
            }
        }
        Ok(())
    }

    /// Sleeps until something happens or is due, but never so long that a clock that was set goes unnoticed.
    async fn wait(&mut self) -> Vec<Message> {
        const TAKEN_AT_ONCE: usize = 4096;
        let mut messages = Vec::new();
        let pause = self.pause();
        let put_off = self
            .put_off_until_us
            .map(|at| StdDuration::from_micros(at.saturating_sub(self.clock.monotonic_us())));
        if pause <= LATE && put_off.is_none() {
            self.wait_exactly(pause);
            let _taken = self.incoming.recv_many(&mut messages, TAKEN_AT_ONCE).now_or_never();
            return messages;
        }
        let shortly_before = pause.saturating_sub(LATE);
        let until_shortly_before =
            self.clock.sleep(put_off.map_or(shortly_before, |it| it.min(shortly_before)));
        tokio::select! {
            biased;
            taken = self.incoming.recv_many(&mut messages, TAKEN_AT_ONCE) => {
                debug_assert!(taken > 0, "the loop holds a sender itself, by its runner");
            }
            () = until_shortly_before => {}
        }
        messages
    }

    /// Waits out the last moments before something is due, unless something happens.
    fn wait_exactly(&self, time: StdDuration) {
        const AT_ONCE_US: u64 = 500;
        let us = u64::try_from(time.as_micros()).unwrap_or(u64::MAX);
        let until_us = self.clock.monotonic_us().saturating_add(us);
        while self.incoming.is_empty() {
            let left_us = until_us.saturating_sub(self.clock.monotonic_us());
            if left_us == 0 {
                return;
            }
            self.clock.block(StdDuration::from_micros(left_us.min(AT_ONCE_US)));
        }
    }

    fn pause(&self) -> StdDuration {
        let wall = Instant(self.clock.now_us());
        let now = match (&self.watch, self.clock.boot_us()) {
            (Some(watch), Some(boot_us)) => watch.peek(wall, boot_us),
            _ => wall,
        };
        let until_due =
            self.dispatcher.next_wake().map_or(HEARTBEAT, |at| at.since(now).min(HEARTBEAT));
        let until_due = u64::try_from(until_due.0).unwrap_or(0);
        let until_deadline =
            self.deadline_us.map(|at| at.saturating_sub(self.clock.monotonic_us()));
        StdDuration::from_micros(until_deadline.map_or(until_due, |it| it.min(until_due)))
    }

    fn read_clock(&mut self, runtime: &tokio::runtime::Handle) -> Result<Instant, store::Error> {
        let wall = Instant(self.clock.now_us());
        let (now, note) = match (&mut self.watch, self.clock.boot_us()) {
            (Some(watch), Some(boot_us)) => watch.read(wall, boot_us),
            _ => (wall, None),
        };
        if let Some(note) = note {
            (self.log)(LogEntry::Note(note));
        }
        if self.dispatcher.now().since(now) > SET_BACK {
            // The store is asked what has its row.
            if self.put_off_until_us.is_some() {
                self.commit(runtime)?;
            }
            self.dispatcher.set_back(&mut *self.store, now)?;
        }
        Ok(now)
    }

    /// When the grace is over, runs are parked; those that cannot be are interrupted soon after.
    fn stop_in_time(&mut self, now: Instant) {
        const PARKS_WITHIN_US: u64 = 1_000_000;
        let now_us = self.clock.monotonic_us();
        if self.deadline_us.is_none_or(|at| at > now_us) {
            return;
        }
        let event = if self.is_parking { Event::StopNow } else { Event::Park };
        self.is_parking = true;
        self.deadline_us = Some(now_us.saturating_add(PARKS_WITHIN_US));
        self.dispatcher.handle(now, event);
    }

    fn hear(&mut self, now: Instant, message: Message) {
        let event = match message {
            Message::Event(event) => event,
            Message::Ask(command, answer) => {
                self.last_ask += 1;
                self.asks.insert(AskId(self.last_ask), answer);
                Event::Command(AskId(self.last_ask), command)
            }
            Message::Keep(run, event, answer) => {
                self.kept.push((answer, self.dispatcher.is_running(run)));
                Event::Run(run, event)
            }
            Message::StopWithin(grace) => {
                let grace_us = u64::try_from(grace.as_micros()).unwrap_or(u64::MAX);
                self.deadline_us = Some(self.clock.monotonic_us().saturating_add(grace_us));
                Event::Stop
            }
        };
        self.dispatcher.handle(now, event);
    }

    /// Lets begin what may before it is written down.
    fn begin(&mut self) {
        let (runner, store) = (&mut *self.runner, &mut *self.store);
        self.dispatcher.begin(&mut |start| runner.start(start, store));
    }

    /// Whether what was decided is not written yet. While more is due than there are workers, those that end make room for others within
    /// moments, and one commit does for many of them.
    fn puts_off(&mut self) -> bool {
        const AT_MOST_US: u64 = 5_000;
        if !self.kept.is_empty() || !self.dispatcher.may_put_off() {
            return false;
        }
        let now_us = self.clock.monotonic_us();
        now_us < *self.put_off_until_us.get_or_insert(now_us.saturating_add(AT_MOST_US))
    }

    /// Writes down what was decided, then does it. Says whether everything has come to its end.
    fn commit(&mut self, runtime: &tokio::runtime::Handle) -> Result<bool, store::Error> {
        self.put_off_until_us = None;
        let batch = self.dispatcher.take();
        self.write(&batch.writes, runtime)?;
        for (answer, is_theirs) in self.kept.drain(..) {
            // A run that was stopped does not wait any more.
            let _ = answer.send(is_theirs);
        }
        let mut stopped = false;
        for action in batch.actions {
            match action {
                Action::Start(start) => self.runner.start(start, &mut *self.store),
                Action::Cancel(run) => self.runner.cancel(run),
                Action::Park(run) => self.runner.park(run),
                Action::Reply(ask, reply) => {
                    // Whoever asked may be gone.
                    let _ = self.asks.remove(&ask).map(|it| it.send(reply));
                }
                Action::Note(note) => (self.log)(LogEntry::Note(note)),
                Action::Stopped => stopped = true,
            }
        }
        Ok(stopped)
    }

    /// Tries until it is written: a full disk may be emptied. After any other failure of the disk nobody knows what is on it: the
    /// server stops, and the next one goes on from what is there.
    fn write(
        &mut self,
        writes: &[Write],
        runtime: &tokio::runtime::Handle,
    ) -> Result<(), store::Error> {
        const UNTIL_NEXT_TRY: StdDuration = StdDuration::from_secs(5);
        loop {
            match self.store.apply(writes) {
                Ok(()) => return Ok(()),
                Err(error) if error.may_pass() => {
                    (self.log)(LogEntry::CannotWrite(error));
                    runtime.block_on(self.clock.sleep(UNTIL_NEXT_TRY));
                }
                Err(error) => return Err(error),
            }
        }
    }
}

#[cfg(test)]
mod failing_disk;
#[cfg(test)]
mod tests;
