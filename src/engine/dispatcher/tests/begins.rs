//! Which runs begin before their rows are on disk.

use super::*;
use crate::check::headers::{Group, Priority};
use crate::schedule::Instant;

/// A dispatcher that has written down that it serves these tasks, at midnight.
fn serving(tasks: &[(&str, TaskHeaders)]) -> Dispatcher {
    let tasks = tasks.iter().map(|(name, headers)| update(name, headers.clone())).collect();
    let options = Options { workers: 9 };
    let mut dispatcher = Dispatcher::restore(options, Restored::default(), tasks, at("00:00"));
    assert_eq!(starts(&mut dispatcher), Starts::default());
    dispatcher
}

fn update(name: &str, headers: TaskHeaders) -> TaskUpdate {
    TaskUpdate::Changed(version(name, headers))
}

fn at(time: &str) -> Instant {
    instant(&format!("2026-01-05T{time}:00Z"))
}

/// The tasks of the runs that start, by when they may.
#[derive(Debug, Default, PartialEq, Eq)]
struct Starts {
    at_once: Vec<String>,
    when_written: Vec<String>,
}

fn starts(dispatcher: &mut Dispatcher) -> Starts {
    let mut starts = Starts::default();
    dispatcher.begin(&mut |it| starts.at_once.push(it.task.to_string()));
    let batch = dispatcher.take();
    for action in batch.actions {
        if let Action::Start(it) = action {
            starts.when_written.push(it.task.to_string());
        }
    }
    starts
}

fn at_once(task: &str) -> Starts {
    Starts { at_once: vec![task.to_owned()], ..Starts::default() }
}

fn when_written(task: &str) -> Starts {
    Starts { when_written: vec![task.to_owned()], ..Starts::default() }
}

#[test]
fn whose_calls_wait_for_entries_need_not_wait_for_its_row() {
    let hourly = || every(hours(1));
    let mut dispatcher =
        serving(&[("a", hourly()), ("b", TaskHeaders { durable: false, ..hourly() })]);
    dispatcher.tick(at("01:00"));
    let expected = Starts { at_once: vec!["a".to_owned()], when_written: vec!["b".to_owned()] };
    assert_eq!(starts(&mut dispatcher), expected);
}

#[test]
fn what_is_read_at_the_start_is_written_before() {
    let mut dispatcher = serving(&[("t", every(hours(1)))]);
    dispatcher.tick(at("01:00"));
    assert_eq!(starts(&mut dispatcher), at_once("t"));
    // The run before leaves its variables in the same batch.
    let ended = RunEvent::Ended(run_end(EndState::Succeeded));
    dispatcher.handle(at("02:00"), Event::Run(RunId(1), ended));
    dispatcher.tick(at("02:00"));
    assert_eq!(starts(&mut dispatcher), when_written("t"));
    let ended = RunEvent::Ended(run_end(EndState::Succeeded));
    dispatcher.handle(at("02:30"), Event::Run(RunId(2), ended));
    assert_eq!(starts(&mut dispatcher), Starts::default());
    // The program is new in the same batch.
    let trigger = Command::Trigger { task: TaskName::new("t"), wait: false };
    dispatcher.handle(at("02:40"), Event::Tasks(vec![update("t", every(hours(2)))]));
    dispatcher.handle(at("02:40"), Event::Command(AskId(1), trigger));
    assert_eq!(starts(&mut dispatcher), when_written("t"));
}

#[test]
fn what_goes_on_from_a_journal_waits_for_what_is_written_of_it() {
    let retry = Retry { times: 1, pause: Pause::Every(minutes(5)) };
    let mut dispatcher = serving(&[("t", TaskHeaders { retry, ..every(hours(1)) })]);
    dispatcher.tick(at("01:00"));
    assert_eq!(starts(&mut dispatcher), at_once("t"));
    let ended = RunEvent::Ended(run_end(EndState::Failed));
    dispatcher.handle(at("01:01"), Event::Run(RunId(1), ended));
    dispatcher.tick(at("01:06"));
    assert_eq!(starts(&mut dispatcher), when_written("t"));
}

/// The first to start of a hundred tasks that are due at once, all of which are less urgent than the last one.
fn first_of_many(workers: usize, group: Option<Group>) -> (String, usize) {
    let many = (0..100).map(|n| (format!("a{n:02}"), Priority::Normal));
    let tasks = many.chain([("z".to_owned(), Priority::High)]).map(|(name, priority)| {
        let concurrency = group.clone().filter(|_| name == "a00" || name == "z");
        update(&name, TaskHeaders { priority, concurrency, ..every(hours(1)) })
    });
    let tasks = tasks.collect();
    let mut dispatcher =
        Dispatcher::restore(Options { workers }, Restored::default(), tasks, at("00:00"));
    assert_eq!(starts(&mut dispatcher), Starts::default());
    dispatcher.tick(at("01:00"));
    let started = starts(&mut dispatcher).at_once;
    let first = started.iter().find(|it| *it == "a00" || *it == "z").unwrap();
    (first.clone(), started.len())
}

#[test]
fn who_is_urgent_goes_first_wherever_not_all_can_go() {
    assert_eq!(first_of_many(1, None), ("z".to_owned(), 1));
    assert_eq!(first_of_many(100, None), ("z".to_owned(), 100));
    // Otherwise nobody waits until it is decided who else goes.
    assert_eq!(first_of_many(101, None), ("a00".to_owned(), 101));
    let group = Group { name: "mail".into(), limit: 1 };
    assert_eq!(first_of_many(101, Some(group)), ("z".to_owned(), 100));
}
