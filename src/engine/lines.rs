//! What a run says and learns, on its way to the server: gathered, so that a talkative run costs few messages, and cut off where it
//! never ends.
//!
//! INVARIANT: lines reach the disk together with what the run had learned when it wrote them. So a replay writes the same lines, and
//! leaves out those that are there.

use std::collections::{HashMap, VecDeque};
use std::mem;
use std::sync::{Arc, Mutex, MutexGuard};

use futures_util::future::BoxFuture;

use super::attempt::Listener;
use super::event::RunEvent;
use super::journal::Recorder;
use super::server::Handle;
use crate::host::Clock;
use crate::schedule::Instant;
use crate::stdlib::effect;
use crate::store::{Entry, Level, Line, Noted, RunId, Step};

/// Gathers a run's lines and hands them to the server.
pub(super) struct Lines {
    run: RunId,
    server: Handle,
    clock: Arc<dyn Clock>,
    gathered: Mutex<Gathered>,
}

#[derive(Default)]
struct Gathered {
    lines: Vec<Line>,
    bytes: usize,
    /// How much the attempt has said in all.
    total_bytes: usize,
    progress: Option<(i64, i64)>,
    entries: Vec<Entry>,
    entry_bytes: usize,
    /// The last calls that were made since something was handed on.
    steps: VecDeque<Step>,
    /// How often something was handed on, and how often it was when what is known to be on disk was.
    handed_on: u64,
    on_disk: u64,
    /// How many lines the run has written, in all of its attempts.
    lines_said: u64,
    before: Before,
}

/// The lines that a run wrote before: a replay comes by them again, and they are not written twice. In bodies that run in parallel
/// they may come in another order.
#[derive(Default)]
pub(super) struct Before {
    lines: Vec<Text>,
    /// How often each is still to come.
    to_come: HashMap<Text, usize>,
}

/// A line without its time.
type Text = (Level, String, Option<String>);

impl Before {
    pub(super) fn new(lines: Vec<Line>) -> Self {
        let lines = lines.into_iter().map(|it| (it.level, it.text, it.fields)).collect();
        Self { lines, to_come: HashMap::new() }
    }

    /// The replay does not come by the first so many.
    pub(super) fn skip(&mut self, count: u64) {
        self.to_come.clear();
        let count = usize::try_from(count).unwrap_or(usize::MAX);
        for line in self.lines.iter().skip(count) {
            *self.to_come.entry(line.clone()).or_default() += 1;
        }
    }

    /// Whether a line was written before; it is then expected once less.
    pub(super) fn had(&mut self, level: Level, text: &str, fields: Option<&str>) -> bool {
        if self.to_come.is_empty() {
            return false;
        }
        let line = (level, text.to_owned(), fields.map(str::to_owned));
        let Some(count) = self.to_come.get_mut(&line) else { return false };
        *count -= 1;
        if *count == 0 {
            self.to_come.remove(&line);
        }
        true
    }
}

/// So much is gathered before it is handed on.
const LINES_MAX: usize = 256;
const BYTES_MAX: usize = 64 << 10;

/// Steps wait for a line until they are so many.
const STEPS_MAX: usize = 256;

/// With a call that others depend on they go when they are so many.
const STEPS_TOGETHER: usize = 16;

/// Entries wait for a line, or for a call that depends on them, until they are so many bytes.
const ENTRY_BYTES_MAX: usize = 1 << 20;

/// So much of an attempt is kept.
const TOTAL_BYTES_MAX: usize = 16 << 20;

impl Lines {
    /// `before` is what the run has written already.
    pub(super) fn new(
        run: RunId,
        server: Handle,
        clock: Arc<dyn Clock>,
        before: Vec<Line>,
    ) -> Self {
        let lines_said = before.len() as u64;
        let gathered = Gathered { before: Before::new(before), lines_said, ..Gathered::default() };
        Self { run, server, clock, gathered: Mutex::new(gathered) }
    }

    fn gathered(&self) -> MutexGuard<'_, Gathered> {
        self.gathered.lock().expect("gathering does not panic")
    }

    fn add(&self, level: Level, text: &str, fields: Option<&str>) {
        let at = Instant(self.clock.now_us());
        let bytes = text.len() + fields.map_or(0, str::len);
        let mut gathered = self.gathered();
        if gathered.before.had(level, text, fields) {
            return;
        }
        let is_cut_off = gathered.total_bytes > TOTAL_BYTES_MAX;
        gathered.total_bytes = gathered.total_bytes.saturating_add(bytes);
        let line = match gathered.total_bytes > TOTAL_BYTES_MAX {
            _ if is_cut_off => return,
            true => {
                let text = format!(
                    "what follows is not kept: the run has said more than {TOTAL_BYTES_MAX} bytes"
                );
                Line { at, level: Level::Warn, text, fields: None }
            }
            false => Line { at, level, text: text.to_owned(), fields: fields.map(str::to_owned) },
        };
        gathered.bytes += bytes;
        gathered.lines_said += 1;
        gathered.lines.push(line);
    }
}

impl Gathered {
    /// Everything that is to be handed on, but the progress.
    fn take(&mut self) -> RunEvent {
        (self.bytes, self.entry_bytes) = (0, 0);
        self.handed_on += 1;
        let (lines, entries) = (mem::take(&mut self.lines), mem::take(&mut self.entries));
        let steps = mem::take(&mut self.steps).into();
        RunEvent::Said { lines, entries, steps }
    }

    /// The same where a call depends on it. Steps that are alone wait for some company, so that each call does not take two more rows.
    fn take_for_a_call(&mut self) -> RunEvent {
        let wait = self.lines.is_empty() && self.steps.len() < STEPS_TOGETHER;
        let steps = if wait { mem::take(&mut self.steps) } else { VecDeque::new() };
        let said = self.take();
        self.steps.extend(steps);
        said
    }
}

/// The level of a log line, as it is stored.
pub(super) fn level(level: effect::Level) -> Level {
    match level {
        effect::Level::Debug => Level::Debug,
        effect::Level::Info => Level::Info,
        effect::Level::Warn => Level::Warn,
        effect::Level::Error => Level::Error,
    }
}

impl effect::Output for Lines {
    fn print(&self, text: &str) {
        self.add(Level::Output, text, None);
    }

    fn log(&self, level: effect::Level, text: &str, fields: Option<&str>) {
        self.add(self::level(level), text, fields);
    }

    fn progress(&self, done: i64, total: i64) {
        self.gathered().progress = Some((done, total));
    }
}

impl Listener for Lines {
    fn is_full(&self) -> bool {
        let gathered = self.gathered();
        gathered.lines.len() >= LINES_MAX || gathered.bytes >= BYTES_MAX
    }

    fn trace(&self, step: Step, keep: u32) {
        let mut gathered = self.gathered();
        if gathered.steps.len() >= keep as usize {
            gathered.steps.pop_front();
        }
        gathered.steps.push_back(step);
    }

    fn hand_over(&self) -> BoxFuture<'_, ()> {
        let has_steps = !self.gathered().steps.is_empty();
        Box::pin(async move {
            if has_steps {
                let said = self.gathered().take();
                // Without a server nobody needs to know.
                let _ = self.server.say(self.run, said).await;
            }
            self.hand_on().await;
        })
    }

    fn hand_on(&self) -> BoxFuture<'_, ()> {
        let (said, progress) = {
            let mut gathered = self.gathered();
            let is_due = !gathered.lines.is_empty()
                || gathered.entry_bytes > ENTRY_BYTES_MAX
                || gathered.steps.len() >= STEPS_MAX;
            let said = is_due.then(|| gathered.take());
            (said, gathered.progress.take())
        };
        let progress = progress.map(|(done, total)| RunEvent::Progress { done, total });
        Box::pin(async move {
            for event in said.into_iter().chain(progress) {
                // Without a server nobody needs to know.
                let _ = self.server.say(self.run, event).await;
            }
        })
    }
}

impl Recorder for Lines {
    fn note(&self, entry: Entry) {
        let bytes = entry.call.len()
            + match &entry.noted {
                Noted::Began(data) | Noted::Gave(data) | Noted::Failed(data) => data.len(),
                Noted::Intends | Noted::Sleeps(_) | Noted::Settled(_) => 0,
            };
        let mut gathered = self.gathered();
        gathered.entry_bytes += bytes;
        gathered.entries.push(entry);
    }

    fn keep(&self) -> BoxFuture<'_, bool> {
        let (said, place) = {
            let mut gathered = self.gathered();
            let is_news = !gathered.lines.is_empty() || !gathered.entries.is_empty();
            // Another fiber may have handed it on and wait itself.
            let is_on_its_way = gathered.on_disk < gathered.handed_on;
            let said = (is_news || is_on_its_way).then(|| gathered.take_for_a_call());
            (said, gathered.handed_on)
        };
        Box::pin(async move {
            let Some(said) = said else { return true };
            let is_ours = self.server.keep(self.run, said).await.unwrap_or(false);
            if is_ours {
                // What was handed on before is there as well.
                let mut gathered = self.gathered();
                gathered.on_disk = gathered.on_disk.max(place);
            }
            is_ours
        })
    }

    fn push(&self) -> BoxFuture<'_, ()> {
        let said = self.gathered().take_for_a_call();
        Box::pin(async move {
            // Without a server nobody needs to know.
            let _ = self.server.say(self.run, said).await;
        })
    }

    fn let_go(&self) {
        let mut gathered = self.gathered();
        gathered.entries.clear();
        gathered.entry_bytes = 0;
    }

    fn lines_said(&self) -> u64 {
        self.gathered().lines_said
    }

    fn skip_lines(&self, count: u64) {
        self.gathered().before.skip(count);
    }
}

#[cfg(test)]
mod tests {
    use futures_util::FutureExt;

    use super::*;
    use crate::engine::server::Message;
    use crate::host::sim;

    #[test]
    fn whoever_keeps_waits_for_what_another_fiber_has_handed_on() {
        let (server, mut incoming) = Handle::new();
        let lines = Lines::new(RunId(1), server, Arc::new(sim::Clock::new(0)), Vec::new());
        let (call, mark) = ("0".to_owned(), Vec::new());
        lines.note(Entry { n: 1, call, attempt: 1, mark, noted: Noted::Intends });
        let (mut first, mut second) = (lines.keep(), lines.keep());
        assert_eq!((&mut first).now_or_never(), None);
        assert_eq!((&mut second).now_or_never(), None, "the entry is not on disk yet");
        for _ in 0..2 {
            let Ok(Message::Keep(_, _, answer)) = incoming.try_recv() else { panic!() };
            answer.send(true).unwrap();
        }
        assert_eq!((first.now_or_never(), second.now_or_never()), (Some(true), Some(true)));
        assert_eq!(lines.keep().now_or_never(), Some(true), "there is nothing to wait for");
    }
}
