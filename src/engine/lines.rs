//! What a run says, on its way to the server: gathered, so that a talkative run costs few messages, and cut off where it never ends.

use std::mem;
use std::sync::{Arc, Mutex, MutexGuard};

use futures_util::future::BoxFuture;

use super::attempt::Listener;
use super::event::RunEvent;
use super::server::Handle;
use crate::host::Clock;
use crate::schedule::Instant;
use crate::stdlib::effect;
use crate::store::{Level, Line, RunId};

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
}

/// So much is gathered before it is handed on.
const LINES_MAX: usize = 256;
const BYTES_MAX: usize = 64 << 10;

/// So much of an attempt is kept.
const TOTAL_BYTES_MAX: usize = 16 << 20;

impl Lines {
    pub(super) fn new(run: RunId, server: Handle, clock: Arc<dyn Clock>) -> Self {
        Self { run, server, clock, gathered: Mutex::default() }
    }

    fn gathered(&self) -> MutexGuard<'_, Gathered> {
        self.gathered.lock().expect("gathering does not panic")
    }

    fn add(&self, level: Level, text: &str, fields: Option<&str>) {
        let at = Instant(self.clock.now_us());
        let bytes = text.len() + fields.map_or(0, str::len);
        let mut gathered = self.gathered();
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
        gathered.lines.push(line);
    }
}

impl effect::Output for Lines {
    fn print(&self, text: &str) {
        self.add(Level::Output, text, None);
    }

    fn log(&self, level: effect::Level, text: &str, fields: Option<&str>) {
        let level = match level {
            effect::Level::Debug => Level::Debug,
            effect::Level::Info => Level::Info,
            effect::Level::Warn => Level::Warn,
            effect::Level::Error => Level::Error,
        };
        self.add(level, text, fields);
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

    fn hand_on(&self) -> BoxFuture<'_, ()> {
        let (lines, progress) = {
            let mut gathered = self.gathered();
            gathered.bytes = 0;
            (mem::take(&mut gathered.lines), gathered.progress.take())
        };
        let lines = (!lines.is_empty()).then_some(RunEvent::Lines(lines));
        let progress = progress.map(|(done, total)| RunEvent::Progress { done, total });
        Box::pin(async move {
            for event in lines.into_iter().chain(progress) {
                // Without a server nobody needs to know.
                let _ = self.server.say(self.run, event).await;
            }
        })
    }
}
