//! Work on many things that know nothing of one another, on several threads.

use std::collections::VecDeque;
use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};

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
    let fill = |line: &Line<T>, start_another: &mut dyn FnMut()| {
        items.into_iter().enumerate().for_each(|item| line.push(item));
        (1..threads).for_each(|_| start_another());
    };
    shared_out(fill, work)
}

/// The same for items that are still being made: `make` hands each on with how heavy it is. Where all together weigh as much as `per_thread`
/// several times, other threads begin with those that are there; the caller's thread joins them when it has made the last.
///
/// # Panics
/// Where `make` or the work does.
pub fn on_threads_as_made<T: Send, R: Send>(
    per_thread: usize,
    make: impl FnOnce(&mut dyn FnMut(usize, T)),
    work: impl Fn(T) -> R + Sync,
) -> Vec<R> {
    let fill = |line: &Line<T>, start_another: &mut dyn FnMut()| {
        let (mut others, mut others_max) = (0, None);
        let (mut at, mut weight) = (0, 0);
        make(&mut |own_weight, item| {
            line.push((at, item));
            at += 1;
            weight += own_weight;
            if weight / per_thread > others
                && others < *others_max.get_or_insert_with(|| threads_for(usize::MAX) - 1)
            {
                others += 1;
                start_another();
            }
        });
    };
    shared_out(fill, work)
}

/// What the work makes of each item that `fill` puts into the line, by their numbers, on the threads that it starts and its own.
fn shared_out<T: Send, R: Send>(
    fill: impl FnOnce(&Line<T>, &mut dyn FnMut()),
    work: impl Fn(T) -> R + Sync,
) -> Vec<R> {
    let line = Line::default();
    let share = || {
        let mut done = Vec::new();
        while let Some((at, item)) = line.next() {
            done.push((at, work(item)));
        }
        done
    };
    let mut done: Vec<(usize, R)> = std::thread::scope(|scope| {
        // Whatever happens here, nobody is left waiting.
        let closes = Closes(&line);
        let mut others = Vec::new();
        fill(&line, &mut || {
            let builder = std::thread::Builder::new().stack_size(STACK_BYTES);
            others.push(builder.spawn_scoped(scope, share).expect("a thread can be started"));
        });
        drop(closes);
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

/// Items that wait for a thread.
struct Line<T> {
    waiting: Mutex<Waiting<T>>,
    changed: Condvar,
}

struct Waiting<T> {
    items: VecDeque<(usize, T)>,
    /// No more items will come.
    is_closed: bool,
}

impl<T> Default for Line<T> {
    fn default() -> Self {
        let waiting = Waiting { items: VecDeque::new(), is_closed: false };
        Self { waiting: Mutex::new(waiting), changed: Condvar::new() }
    }
}

impl<T> Line<T> {
    fn lock(&self) -> MutexGuard<'_, Waiting<T>> {
        self.waiting.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn push(&self, item: (usize, T)) {
        self.lock().items.push_back(item);
        self.changed.notify_one();
    }

    /// The next item, as soon as there is one; nothing where no more will come.
    fn next(&self) -> Option<(usize, T)> {
        let is_open = |it: &mut Waiting<T>| it.items.is_empty() && !it.is_closed;
        let waiting = self.changed.wait_while(self.lock(), is_open);
        waiting.unwrap_or_else(PoisonError::into_inner).items.pop_front()
    }
}

/// Closes a line when it is dropped.
struct Closes<'a, T>(&'a Line<T>);

impl<T> Drop for Closes<'_, T> {
    fn drop(&mut self) {
        self.0.lock().is_closed = true;
        self.0.changed.notify_all();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_made_while_others_work_stands_in_its_order() {
        for per_thread in [1, 10, 1000] {
            let make = |hand_on: &mut dyn FnMut(usize, u32)| (0..100).for_each(|n| hand_on(1, n));
            let made = on_threads_as_made(per_thread, make, |n| n * n);
            assert_eq!(made, (0..100).map(|n| n * n).collect::<Vec<_>>(), "{per_thread}");
        }
        assert_eq!(on_threads_as_made(1, |_| {}, |n: u32| n), [0; 0]);
    }

    #[test]
    fn a_panic_while_making_leaves_nobody_waiting() {
        let make = |hand_on: &mut dyn FnMut(usize, u32)| {
            (0..9).for_each(|n| hand_on(9, n));
            panic!("half made");
        };
        let made = std::panic::catch_unwind(|| on_threads_as_made(1, make, |n| n));
        assert!(made.is_err());
    }

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
