//! Work on many things that know nothing of one another, on several threads.

use std::sync::{Mutex, PoisonError};

/// The stack of a thread that checks or compiles: what is nested as deeply as the parser lets it be fits many times.
pub(super) const STACK_BYTES: usize = 64 << 20;

/// On how many threads work in so many parts is done, at least one. How many there may be takes a dozen files of the system's to find out, so
/// one part does not ask.
#[must_use]
pub fn threads_for(parts: usize) -> usize {
    match parts {
        0 | 1 => 1,
        many => std::thread::available_parallelism().map_or(1, std::num::NonZero::get).min(many),
    }
}

/// What the work makes of each item, in their order. Whoever is free takes the next one; the caller's thread is one of them.
///
/// # Panics
/// Where the work does.
pub fn on_threads<T: Send, R: Send>(
    items: Vec<T>,
    threads: usize,
    work: impl Fn(T) -> R + Sync,
) -> Vec<R> {
    if threads <= 1 {
        return items.into_iter().map(work).collect();
    }
    let queue = Mutex::new(items.into_iter().enumerate());
    let share = || {
        let mut done = Vec::new();
        loop {
            let next = queue.lock().unwrap_or_else(PoisonError::into_inner).next();
            let Some((at, item)) = next else { return done };
            done.push((at, work(item)));
        }
    };
    let mut done: Vec<(usize, R)> = std::thread::scope(|scope| {
        let others: Vec<_> = (1..threads)
            .map(|_| {
                let builder = std::thread::Builder::new().stack_size(STACK_BYTES);
                builder.spawn_scoped(scope, share).expect("a thread can be started")
            })
            .collect();
        let own = share();
        let others = others.into_iter().map(|it| match it.join() {
            Ok(done) => done,
            Err(panic) => std::panic::resume_unwind(panic),
        });
        others.chain([own]).flatten().collect()
    });
    done.sort_unstable_by_key(|(at, _)| *at);
    done.into_iter().map(|(_, made)| made).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_made_stands_in_the_order_of_what_it_was_made_of() {
        for threads in [0, 1, 2, 7] {
            let made = on_threads((0..100).collect(), threads, |n| n * n);
            assert_eq!(made, (0..100).map(|n| n * n).collect::<Vec<_>>(), "{threads}");
        }
    }

    #[test]
    fn one_part_needs_one_thread() {
        assert_eq!(threads_for(0), 1);
        assert_eq!(threads_for(1), 1);
        assert!(threads_for(2) <= 2);
    }
}
