//! What holds for a run to its end, whatever becomes of its task's file: written down when the run starts.

use std::sync::Arc;

use serde::{Deserialize, Serialize};

use crate::check::headers::{Group, Pause, Priority, Retry, TaskHeaders, Trace};
use crate::schedule::Duration;

/// The headers that a run needs when its task is gone. Times are microseconds.
#[derive(Serialize, Deserialize)]
struct Terms {
    timeout_us: i64,
    retries: u32,
    /// The pause between attempts, or its beginning and its longest.
    pause_us: (i64, Option<i64>),
    memory_bytes: u64,
    steps: u64,
    /// A place among [`PRIORITIES`].
    priority: usize,
    group: Option<(String, u32)>,
    durable: bool,
}

/// All of them; a place never changes its meaning.
const PRIORITIES: [Priority; 3] = [Priority::High, Priority::Normal, Priority::Low];

/// What is written down.
///
/// # Panics
/// Never: terms are plain data.
pub(super) fn write(headers: &TaskHeaders) -> Arc<[u8]> {
    /// Nearly all terms are shorter; a row of them is written for each run.
    const SHORT: usize = 128;
    let terms = Terms {
        timeout_us: headers.timeout.0,
        retries: headers.retry.times,
        pause_us: match headers.retry.pause {
            Pause::Every(time) => (time.0, None),
            Pause::Backoff(first, longest) => (first.0, Some(longest.0)),
        },
        memory_bytes: headers.memory_bytes,
        steps: headers.steps,
        priority: PRIORITIES.iter().position(|it| *it == headers.priority).unwrap_or_default(),
        group: headers.concurrency.as_ref().map(|it| (it.name.to_string(), it.limit)),
        durable: headers.durable,
    };
    let trace = match headers.trace {
        Trace::Off => Some(0),
        Trace::Statements(count) => Some(count),
        Trace::All => None,
    };
    let plain = (terms, trace);
    match postcard::to_slice(&plain, &mut [0; SHORT]) {
        Ok(bytes) => (&*bytes).into(),
        Err(_) => postcard::to_stdvec(&plain).expect("plain data can be written out").into(),
    }
}

/// What was written down; nothing where another version wrote it.
pub(super) fn read(bytes: &[u8]) -> Option<TaskHeaders> {
    let (terms, behind): (Terms, &[u8]) = postcard::take_from_bytes(bytes).ok()?;
    // The version before this one wrote nothing behind.
    let trace = match behind {
        [] => TaskHeaders::default().trace,
        behind => match postcard::from_bytes(behind).ok()? {
            Some(0) => Trace::Off,
            Some(count) => Trace::Statements(count),
            None => Trace::All,
        },
    };
    let pause = match terms.pause_us {
        (time, None) => Pause::Every(Duration(time)),
        (first, Some(longest)) => Pause::Backoff(Duration(first), Duration(longest)),
    };
    Some(TaskHeaders {
        timeout: Duration(terms.timeout_us),
        retry: Retry { times: terms.retries, pause },
        memory_bytes: terms.memory_bytes,
        steps: terms.steps,
        priority: *PRIORITIES.get(terms.priority)?,
        concurrency: terms.group.map(|(name, limit)| Group { name: name.into(), limit }),
        durable: terms.durable,
        trace,
        ..TaskHeaders::default()
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn terms_read_back() {
        let headers = TaskHeaders {
            timeout: Duration(7),
            retry: Retry { times: 3, pause: Pause::Backoff(Duration(1), Duration(2)) },
            memory_bytes: 5,
            steps: 6,
            priority: Priority::Low,
            concurrency: Some(Group { name: "db".into(), limit: 2 }),
            durable: false,
            ..TaskHeaders::default()
        };
        for trace in [Trace::Off, Trace::Statements(7), Trace::All] {
            let headers = TaskHeaders { trace, ..headers.clone() };
            assert_eq!(read(&write(&headers)), Some(headers));
        }
        let group = Some(Group { name: "of a long name ".repeat(20).into(), limit: 2 });
        let long = TaskHeaders { concurrency: group, ..headers.clone() };
        assert_eq!(read(&write(&long)), Some(long));
        let older = write(&headers);
        assert_eq!(
            read(&older[..older.len() - 2]),
            Some(headers),
            "as it was written before there was a trace"
        );
        assert_eq!(read(&[]), None);
    }
}
