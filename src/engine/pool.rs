//! Threads for attempts: reused, and woken no faster than there are processors for them.
//!
//! An attempt keeps its thread to its end, because a machine stays where it is. What is scarce is turns to compute, one for each processor:
//! an attempt that waits for the world gives its turn to the next in the queue, and takes one again without asking when it is
//! answered. A thousand attempts that are due at once and soon at their end are carried out by a handful of threads. Who has stood first in
//! the queue for [`PATIENCE`] gets a turn more than there are processors, so that attempts that compute for long hold nobody up.

use std::collections::VecDeque;
use std::future::poll_fn;
use std::io;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::pin::pin;
use std::sync::{Arc, Mutex, MutexGuard};
use std::thread::{self, Thread};
use std::time::Duration;

use tokio::runtime;

/// How long somebody waits for a turn, at most.
const PATIENCE: Duration = Duration::from_millis(2);

/// How long a thread waits for another attempt.
const IDLE: Duration = Duration::from_secs(10);

/// What a thread is to do on its turn; it hears the error where there is no thread for it.
type Job = Box<dyn FnOnce(Result<&Turn, io::Error>) + Send>;

/// Hands jobs to threads. Those that are under way when it is dropped go on.
pub(super) struct Pool {
    shared: Arc<Shared>,
    /// Looks after those who wait.
    runtime: runtime::Handle,
}

struct Shared {
    processors: usize,
    state: Mutex<State>,
}

#[derive(Default)]
struct State {
    queue: VecDeque<Job>,
    /// How many jobs were taken from the queue.
    taken: u64,
    /// Threads without a job, the one that has waited longest first. Who takes a thread out of here has called it.
    idle: Vec<Thread>,
    /// How many threads have a turn: they compute, or were called.
    turns: usize,
    /// How many of them were called and have taken no job yet.
    coming: usize,
    /// Whether somebody looks after those who wait.
    is_watched: bool,
    is_closed: bool,
}

/// The right to compute. Whoever has it and waits gives it away, see [`Turn::lend_while_waiting`].
pub(super) struct Turn {
    shared: Arc<Shared>,
}

impl Pool {
    pub(super) fn new(runtime: runtime::Handle) -> Self {
        let processors = thread::available_parallelism().map_or(1, usize::from);
        Self::with_processors(processors, runtime)
    }

    fn with_processors(processors: usize, runtime: runtime::Handle) -> Self {
        let shared = Shared { processors, state: Mutex::default() };
        Self { shared: Arc::new(shared), runtime }
    }

    /// Has a job done on a thread of its own as soon as it is its turn.
    pub(super) fn submit(&self, job: impl FnOnce(Result<&Turn, io::Error>) + Send + 'static) {
        let mut state = self.shared.state();
        state.queue.push_back(Box::new(job));
        let call = state.call_next(self.shared.processors);
        let begins_to_watch = call.is_none() && !state.is_watched;
        state.is_watched |= begins_to_watch;
        drop(state);
        self.shared.make(call);
        if begins_to_watch {
            self.runtime.spawn(watch(self.shared.clone()));
        }
    }
}

impl Drop for Pool {
    fn drop(&mut self) {
        let mut state = self.shared.state();
        state.is_closed = true;
        for thread in state.idle.drain(..) {
            thread.unpark();
        }
    }
}

/// How a thread comes to a turn.
enum Call {
    Wake(Thread),
    Start,
}

impl State {
    /// Gives the next in the queue a turn if there is one left.
    fn call_next(&mut self, processors: usize) -> Option<Call> {
        (self.turns < processors).then(|| self.call()).flatten()
    }

    /// Gives the next in the queue a turn, however many there are.
    fn call(&mut self) -> Option<Call> {
        if self.queue.len() <= self.coming {
            return None;
        }
        self.turns += 1;
        self.coming += 1;
        Some(self.idle.pop().map_or(Call::Start, Call::Wake))
    }

    fn take(&mut self) -> Option<Job> {
        let job = self.queue.pop_front()?;
        self.taken += 1;
        Some(job)
    }
}

impl Shared {
    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().expect("nothing panics that holds this")
    }

    /// Makes a call. Where the machine has no thread for it, a job hears of that.
    fn make(self: &Arc<Self>, call: Option<Call>) {
        match call {
            None => {}
            Some(Call::Wake(thread)) => thread.unpark(),
            Some(Call::Start) => {
                let shared = self.clone();
                let started =
                    thread::Builder::new().name("attempts".to_owned()).spawn(|| shared.work());
                if let Err(error) = started {
                    let mut state = self.state();
                    state.turns -= 1;
                    state.coming -= 1;
                    let job = state.take();
                    drop(state);
                    if let Some(job) = job {
                        job(Err(error));
                    }
                }
            }
        }
    }

    /// The life of a thread, which begins with a turn.
    fn work(self: Arc<Self>) {
        let turn = Turn { shared: self.clone() };
        loop {
            let mut state = self.state();
            state.coming -= 1;
            while let Some(job) = state.take() {
                drop(state);
                // A job says itself what has become of it; a panic that it lets through ends nothing but the job.
                let _ = catch_unwind(AssertUnwindSafe(|| job(Ok(&turn))));
                state = self.state();
                if state.turns > self.processors {
                    break;
                }
            }
            state.turns -= 1;
            if !self.wait(state) {
                return;
            }
        }
    }

    /// Waits until the thread is called; false where it is not needed any more.
    fn wait(&self, mut state: MutexGuard<'_, State>) -> bool {
        if state.is_closed {
            return false;
        }
        let me = thread::current();
        let id = me.id();
        state.idle.push(me);
        drop(state);
        thread::park_timeout(IDLE);
        let mut state = self.state();
        let place = state.idle.iter().position(|it| it.id() == id);
        // Still among the idle, it woke by itself.
        place.map(|it| state.idle.remove(it)).is_none() && !state.is_closed
    }
}

impl Turn {
    /// Carries out a future of this thread; whenever it waits, others have its turn.
    pub(super) async fn lend_while_waiting<T>(&self, future: impl Future<Output = T>) -> T {
        let mut future = pin!(future);
        let mut is_lent = false;
        poll_fn(|context| {
            if is_lent {
                self.shared.state().turns += 1;
            }
            let polled = future.as_mut().poll(context);
            is_lent = polled.is_pending();
            if is_lent {
                let call = {
                    let mut state = self.shared.state();
                    state.turns -= 1;
                    state.call_next(self.shared.processors)
                };
                self.shared.make(call);
            }
            polled
        })
        .await
    }
}

/// Gives the first in the queue a turn when nobody was taken from there for too long, until there is nobody.
async fn watch(shared: Arc<Shared>) {
    let mut taken = shared.state().taken;
    loop {
        tokio::time::sleep(PATIENCE).await;
        let call = {
            let mut state = shared.state();
            if state.queue.len() <= state.coming {
                state.is_watched = false;
                return;
            }
            let is_stuck = state.taken == taken;
            taken = state.taken;
            is_stuck.then(|| state.call()).flatten()
        };
        shared.make(call);
    }
}

#[cfg(test)]
mod tests {
    use std::sync::mpsc;
    use std::thread::ThreadId;

    use tokio::sync::oneshot;

    use super::*;

    /// One processor, and what its jobs say.
    struct Place {
        pool: Pool,
        runtime: runtime::Runtime,
        say: mpsc::Sender<(&'static str, ThreadId)>,
        heard: mpsc::Receiver<(&'static str, ThreadId)>,
    }

    impl Place {
        fn new() -> Self {
            let runtime = runtime::Builder::new_multi_thread()
                .worker_threads(1)
                .enable_time()
                .build()
                .unwrap();
            let pool = Pool::with_processors(1, runtime.handle().clone());
            let (say, heard) = mpsc::channel();
            Self { pool, runtime, say, heard }
        }

        fn says(&self, word: &'static str) {
            let say = self.say.clone();
            self.pool.submit(move |_| say.send((word, thread::current().id())).unwrap());
        }

        fn hears(&self) -> (&'static str, ThreadId) {
            self.heard.recv_timeout(Duration::from_mins(1)).unwrap()
        }
    }

    #[test]
    fn jobs_go_in_order_and_threads_are_used_again() {
        let place = Place::new();
        let (go, gone) = mpsc::channel::<()>();
        place.pool.submit(move |_| gone.recv().unwrap());
        place.says("first");
        place.says("second");
        go.send(()).unwrap();
        let (first, second) = (place.hears(), place.hears());
        assert_eq!((first.0, second.0), ("first", "second"));
        place.says("third");
        let threads = [first.1, second.1, place.hears().1];
        assert!(threads[0] == threads[1] || threads[1] == threads[2], "{threads:?}");
    }

    #[test]
    fn who_waits_lends_its_turn() {
        let place = Place::new();
        let (answer, answered) = oneshot::channel();
        let (say, handle) = (place.say.clone(), place.runtime.handle().clone());
        place.pool.submit(move |turn| {
            let word = handle.block_on(turn.unwrap().lend_while_waiting(answered)).unwrap();
            say.send((word, thread::current().id())).unwrap();
        });
        place.says("meanwhile");
        let meanwhile = place.hears();
        assert_eq!(meanwhile.0, "meanwhile");
        answer.send("answered").unwrap();
        let answered = place.hears();
        assert_eq!(answered.0, "answered");
        assert_ne!(answered.1, meanwhile.1);
        place.says("afterwards");
        place.hears();
        let is_free = || {
            let state = place.pool.shared.state();
            state.turns == 0 && state.coming == 0
        };
        let given_back = (0..60_000).any(|_| {
            thread::sleep(Duration::from_millis(1));
            is_free()
        });
        assert!(given_back, "every turn is given back");
    }

    #[test]
    fn who_computes_for_long_holds_nobody_up() {
        let place = Place::new();
        let (go, gone) = mpsc::channel::<()>();
        let gone = Arc::new(Mutex::new(gone));
        for _ in 0..3 {
            let gone = gone.clone();
            place.pool.submit(move |_| {
                let _ = gone.lock().unwrap().recv();
            });
        }
        place.says("all the same");
        assert_eq!(place.hears().0, "all the same");
        drop(go);
    }

    #[test]
    fn a_panic_ends_the_job_alone() {
        let place = Place::new();
        place.pool.submit(|_| std::panic::resume_unwind(Box::new("a fault of ours")));
        place.says("next");
        assert_eq!(place.hears().0, "next");
    }

    #[test]
    fn threads_end_when_nobody_calls_them_any_more() {
        let place = Place::new();
        place.says("done");
        place.hears();
        let shared = Arc::downgrade(&place.pool.shared);
        drop(place.pool);
        drop(place.runtime);
        while shared.strong_count() > 0 {
            thread::yield_now();
        }
    }
}
