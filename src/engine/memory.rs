//! What a run says and learns, kept in memory: for runs that no server looks after, and for rehearsals. It ends with the process.

use std::sync::{Arc, Mutex, MutexGuard};

use futures_util::future::BoxFuture;

use super::attempt::Listener;
use super::journal::{Past, Recorder};
use super::lines::{self, Before};
use crate::schedule::Instant;
use crate::stdlib::effect::{Level, Output};
use crate::store::{self, Entry, Forget, Line};

/// Keeps what a run learns, and hands on what it says; what a replay says again is left out.
pub struct Memory {
    listener: Arc<dyn Listener>,
    learned: Mutex<Learned>,
}

#[derive(Default)]
struct Learned {
    entries: Vec<Entry>,
    lines: Vec<Line>,
    before: Before,
}

impl Memory {
    /// Nothing was said or learned yet.
    #[must_use]
    pub fn new(listener: Arc<dyn Listener>) -> Self {
        Self { listener, learned: Mutex::default() }
    }

    /// What the next attempt goes on from. `name` names the run among all runs everywhere.
    #[must_use]
    pub fn past(&self, name: &str, snapshot: Option<Vec<u8>>) -> Past {
        let mut learned = self.learned();
        learned.before = Before::new(learned.lines.clone());
        Past { name: name.to_owned(), entries: learned.entries.clone(), snapshot }
    }

    /// What the next attempt does again.
    pub fn forget(&self, what: &[Forget]) {
        let mut learned = self.learned();
        for forget in what {
            learned.entries.retain(|it| match forget {
                Forget::All => false,
                Forget::From { n, prefix } => it.n < *n || !it.call.starts_with(prefix),
            });
        }
    }

    fn learned(&self) -> MutexGuard<'_, Learned> {
        self.learned.lock().expect("gathering does not panic")
    }

    /// Whether a line is news.
    fn is_new(&self, level: store::Level, text: &str, fields: Option<&str>) -> bool {
        let mut learned = self.learned();
        if learned.before.had(level, text, fields) {
            return false;
        }
        let (text, fields) = (text.to_owned(), fields.map(str::to_owned));
        learned.lines.push(Line { at: Instant(0), level, text, fields });
        true
    }
}

impl Output for Memory {
    fn line_bytes_max(&self) -> usize {
        self.listener.line_bytes_max()
    }

    fn print(&self, text: &str) {
        if self.is_new(store::Level::Output, text, None) {
            self.listener.print(text);
        }
    }

    fn log(&self, level: Level, text: &str, fields: Option<&str>) {
        if self.is_new(lines::level(level), text, fields) {
            self.listener.log(level, text, fields);
        }
    }

    fn progress(&self, done: i64, total: i64) {
        self.listener.progress(done, total);
    }
}

impl Listener for Memory {
    fn is_full(&self) -> bool {
        self.listener.is_full()
    }

    fn hand_on(&self) -> BoxFuture<'_, ()> {
        self.listener.hand_on()
    }
}

impl Recorder for Memory {
    fn note(&self, entry: Entry) {
        self.learned().entries.push(entry);
    }

    fn keep(&self) -> BoxFuture<'_, bool> {
        Box::pin(async { true })
    }

    fn push(&self) -> BoxFuture<'_, ()> {
        Box::pin(async {})
    }

    fn let_go(&self) {}

    fn lines_said(&self) -> u64 {
        self.learned().lines.len() as u64
    }

    fn skip_lines(&self, count: u64) {
        self.learned().before.skip(count);
    }
}
