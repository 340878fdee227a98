//! What every store does, one case each. A case begins with an empty store and may open it again, as after a crash.

use std::sync::Arc;

use super::*;
use crate::schedule::Duration;

/// Opens the same store again and again.
pub(super) trait Subject {
    fn store(&self) -> Box<dyn Store>;
    fn ledger(&self) -> Box<dyn Ledger>;
}

/// All cases, each with a store of its own.
pub(super) fn check<S: Subject>(new: impl Fn() -> S) {
    for case in CASES {
        case(&new());
    }
}

const CASES: &[fn(&dyn Subject)] = &[
    an_empty_store_has_nothing,
    a_due_time_is_decided_once,
    a_batch_is_written_whole_or_not_at_all,
    queued_occurrences_are_decided_once,
    what_has_ended_is_reopened_and_what_waits_stays,
    a_run_goes_from_attempt_to_attempt,
    contradictions_about_runs_are_refused,
    open_ends_survive,
    the_heartbeat_counts_for_the_tasks_that_are_served,
    the_last_timetable_is_kept,
    success_replaces_what_was_kept,
    lines_keep_their_order,
    only_the_last_steps_are_kept,
    programs_live_as_long_as_something_refers_to_them,
    a_clock_that_is_set_back_unmisses,
    trimming_keeps_the_newest_and_the_open,
    run_numbers_are_never_used_again,
    the_ledger_filters,
    pauses_last,
    a_store_keeps_its_name,
    a_journal_keeps_its_order_until_the_run_ends,
    calls_are_forgotten_from_a_place_on,
    a_run_sleeps_and_wakes,
    a_run_in_doubt_is_settled,
];

fn task() -> TaskName {
    TaskName::new("late")
}

fn program() -> Hash {
    Hash::of(b"program")
}

fn registered(served_until: i64) -> Write {
    due_by(b"", served_until)
}

fn due_by(timetable: &[u8], served_until: i64) -> Write {
    let served_until = Instant(served_until);
    Write::Task { task: task(), program: program(), timetable: timetable.into(), served_until }
}

fn occurrence(due: i64, decision: Decision, run: Option<u64>) -> Write {
    Write::Occurrence(Occurrence {
        task: task(),
        due: Instant(due),
        trigger: Trigger::Schedule,
        decision,
        reason: Some("because".to_owned()),
        run: run.map(RunId),
        not_before: Instant(due),
        missed: 0,
        decided: Instant(due + 1),
    })
}

fn starts(run: u64, due: i64) -> Write {
    Write::RunStarts(new_run(run, due))
}

fn new_run(run: u64, due: i64) -> NewRun {
    NewRun {
        id: RunId(run),
        task: task(),
        due: Instant(due),
        trigger: Trigger::Schedule,
        missed: 2,
        program: program(),
        terms: Arc::from(*b"terms"),
        started: Instant(due + 1),
    }
}

fn ends(run: u64, end: EndState, then: Then, at: i64) -> Write {
    Write::AttemptEnds { run: RunId(run), outcome: outcome(end), then, at: Instant(at) }
}

fn outcome(end: EndState) -> Outcome {
    let error = RunError {
        code: "timeout".to_owned(),
        message: "took \"too\" long".to_owned(),
        data: Some("{\"n\":1}".to_owned()),
        at: None,
    };
    Outcome { end, error: (end != EndState::Succeeded).then_some(error) }
}

/// A run that ended well, with its occurrence.
fn whole_run(run: u64, due: i64) -> [Write; 3] {
    [
        occurrence(due, Decision::Ran, Some(run)),
        starts(run, due),
        ends(run, EndState::Succeeded, Then::Ends, due + 5),
    ]
}

fn dues(subject: &dyn Subject) -> Vec<i64> {
    subject
        .ledger()
        .rows(&Filter::default())
        .unwrap()
        .iter()
        .map(|it| it.occurrence.due.0)
        .collect()
}

fn conflict(result: &Result<()>) {
    assert!(matches!(result, Err(Error::Conflict(_))), "{result:?}");
}

fn an_empty_store_has_nothing(subject: &dyn Subject) {
    let mut store = subject.store();
    assert_eq!(store.restore().unwrap(), Saved::default());
    assert_eq!(store.decided_after(&task(), Instant(0)).unwrap(), []);
    assert_eq!(store.kept(&task()).unwrap(), []);
    assert_eq!(store.program(&program()).unwrap(), None);
    store.apply(&[]).unwrap();
    assert_eq!(dues(subject), [0; 0]);
    assert_eq!(subject.ledger().run(RunId(1)).unwrap(), None);
}

fn a_due_time_is_decided_once(subject: &dyn Subject) {
    let mut store = subject.store();
    store
        .apply(&[occurrence(10, Decision::Skipped, None), occurrence(20, Decision::Missed, None)])
        .unwrap();
    conflict(&store.apply(&[occurrence(10, Decision::Ran, Some(1))]));
    assert_eq!(store.decided_after(&task(), Instant(9)).unwrap(), [10, 20].map(Instant));
    assert_eq!(store.decided_after(&task(), Instant(10)).unwrap(), [Instant(20)]);
    assert_eq!(store.decided_after(&TaskName::new("other"), Instant(0)).unwrap(), []);
}

fn a_batch_is_written_whole_or_not_at_all(subject: &dyn Subject) {
    let mut store = subject.store();
    store.apply(&[occurrence(10, Decision::Skipped, None)]).unwrap();
    conflict(&store.apply(&[
        occurrence(20, Decision::Skipped, None),
        occurrence(10, Decision::Skipped, None),
    ]));
    assert_eq!(dues(subject), [10]);
    drop(store);
    assert_eq!(
        subject.store().decided_after(&task(), Instant(0)).unwrap(),
        [Instant(10)],
        "written when apply returned"
    );
}

fn a_store_keeps_its_name(subject: &dyn Subject) {
    let name = subject.store().name().unwrap();
    assert_eq!(name.len(), 16, "{name}");
    assert_eq!(subject.store().name().unwrap(), name);
}

fn entry(n: u64, call: &str, noted: Noted) -> Entry {
    Entry { n, call: call.to_owned(), attempt: 1, mark: vec![1, 2], noted }
}

fn learns(entries: &[Entry]) -> Write {
    Write::Journal { run: RunId(1), entries: entries.to_vec() }
}

fn a_journal_keeps_its_order_until_the_run_ends(subject: &dyn Subject) {
    let entries = [
        entry(1, "began", Noted::Began(vec![7])),
        entry(2, "0", Noted::Intends),
        entry(3, "0", Noted::Gave(vec![8, 9])),
        entry(4, "1", Noted::Sleeps(Instant(5))),
        entry(5, "failed", Noted::Failed(vec![])),
    ];
    let mut store = subject.store();
    store.apply(&[starts(1, 10), learns(&entries[..2])]).unwrap();
    store.apply(&[learns(&entries[2..])]).unwrap();
    conflict(&store.apply(&[learns(&entries[..1])]));
    assert_eq!(subject.store().journal(RunId(1)).unwrap(), entries);
    assert_eq!(subject.ledger().journal(RunId(1)).unwrap(), entries);
    assert_eq!(subject.ledger().open_runs().unwrap().len(), 1);
    store.apply(&[ends(1, EndState::Succeeded, Then::Ends, 20)]).unwrap();
    assert_eq!(store.journal(RunId(1)).unwrap(), []);
    assert_eq!(subject.ledger().open_runs().unwrap(), []);
}

fn calls_are_forgotten_from_a_place_on(subject: &dyn Subject) {
    let mut store = subject.store();
    let calls = ["0", "1", "1.0/0", "1.1/0", "1.1/1"];
    let entries: Vec<_> =
        calls.iter().zip(1..).map(|(call, n)| entry(n, call, Noted::Intends)).collect();
    store.apply(&[starts(1, 10), learns(&entries)]).unwrap();
    let mut left = |what| {
        store.apply(&[Write::Forget { run: RunId(1), what }]).unwrap();
        let left = store.journal(RunId(1)).unwrap();
        left.into_iter().map(|it| it.call).collect::<Vec<_>>()
    };
    let from = |n, prefix: &str| Forget::From { n, prefix: prefix.to_owned() };
    assert_eq!(left(from(5, "1.1/")), ["0", "1", "1.0/0", "1.1/0"]);
    assert_eq!(left(from(2, "1.1/")), ["0", "1", "1.0/0"]);
    assert_eq!(left(from(2, "")), ["0"]);
    assert_eq!(left(Forget::All), [""; 0]);
}

fn a_run_sleeps_and_wakes(subject: &dyn Subject) {
    let mut store = subject.store();
    let run = RunId(1);
    let sleeps = |snapshot: Option<&[u8]>| Write::Sleeps {
        run,
        until: Instant(90),
        used: Duration(3),
        snapshot: snapshot.map(Arc::from),
    };
    store.apply(&[starts(1, 10), sleeps(Some(&[4]))]).unwrap();
    conflict(&store.apply(&[sleeps(None)]));
    let asleep = subject.store().restore().unwrap().open_runs.remove(0);
    assert_eq!((asleep.state, asleep.next_attempt), (RunState::Sleeping, Some(Instant(90))));
    assert_eq!(asleep.used, Duration(3));
    assert_eq!(store.snapshot(run).unwrap(), Some(vec![4]));
    store.apply(&[Write::Resumes { run }]).unwrap();
    conflict(&store.apply(&[Write::Resumes { run }]));
    store.apply(&[sleeps(None)]).unwrap();
    assert_eq!(store.snapshot(run).unwrap(), None, "one of a sleep before is of no use");
    let cancelled = outcome(EndState::Cancelled);
    store.apply(&[Write::RunEnds { run, outcome: cancelled, at: Instant(95) }]).unwrap();
    let attempts = subject.ledger().attempts(run).unwrap();
    assert_eq!((attempts.len(), attempts[0].ended), (1, Some(Instant(95))));
}

fn a_run_in_doubt_is_settled(subject: &dyn Subject) {
    let mut store = subject.store();
    let run = RunId(1);
    let error = outcome(EndState::Failed).error.unwrap();
    let stall = Stall { state: RunState::InDoubt, call: Some("3".to_owned()), error };
    let settles = Write::Settles { run, call: "3".to_owned(), settlement: Settlement::Accept };
    store.apply(&[starts(1, 10), learns(&[entry(4, "3", Noted::Intends)])]).unwrap();
    conflict(&store.apply(std::slice::from_ref(&settles)));
    store.apply(&[Write::Stalls { run, stall }]).unwrap();
    let stalled = subject.store().restore().unwrap().open_runs.remove(0);
    assert_eq!((stalled.state, stalled.doubt.as_deref()), (RunState::InDoubt, Some("3")));
    store.apply(&[settles, Write::Resumes { run }]).unwrap();
    let last = store.journal(run).unwrap().pop().unwrap();
    assert_eq!((last.n, last.noted), (5, Noted::Settled(Settlement::Accept)));
    let running = subject.ledger().run(run).unwrap().unwrap();
    assert_eq!((running.state, running.doubt, running.error), (RunState::Running, None, None));
}

fn queued_occurrences_are_decided_once(subject: &dyn Subject) {
    let mut store = subject.store();
    let decide = |decision, run| {
        let (due, at) = (Instant(10), Instant(30));
        Write::Decide(Decided { task: task(), due, decision, reason: None, run, at })
    };
    store.apply(&[occurrence(10, Decision::Queued, None)]).unwrap();
    assert_eq!(store.restore().unwrap().queued[0].not_before, Instant(10));
    store.apply(&[decide(Decision::Ran, Some(RunId(1))), starts(1, 10)]).unwrap();
    assert_eq!(store.restore().unwrap().queued, []);
    conflict(&store.apply(&[decide(Decision::Expired, None)]));
    let row = subject.ledger().rows(&Filter::default()).unwrap().remove(0);
    assert_eq!((row.occurrence.decision, row.occurrence.decided), (Decision::Ran, Instant(30)));
    assert_eq!(row.run.unwrap().id, RunId(1));
}

fn what_has_ended_is_reopened_and_what_waits_stays(subject: &dyn Subject) {
    let mut store = subject.store();
    let reopen = |due| {
        let Write::Occurrence(it) = occurrence(due, Decision::Queued, None) else { unreachable!() };
        Write::Reopen(Occurrence { trigger: Trigger::Manual, not_before: Instant(90), ..it })
    };
    store.apply(&[occurrence(10, Decision::Missed, None), reopen(10), reopen(20)]).unwrap();
    let queued = |store: &mut dyn Store| -> Vec<_> {
        let queued = store.restore().unwrap().queued;
        queued.iter().map(|it| (it.due, it.trigger, it.not_before)).collect()
    };
    let both = [10, 20].map(|due| (Instant(due), Trigger::Manual, Instant(90)));
    assert_eq!(queued(&mut *store), both);
    store.apply(&[occurrence(30, Decision::Queued, None), reopen(30)]).unwrap();
    assert_eq!(queued(&mut *store)[2], (Instant(30), Trigger::Schedule, Instant(30)));
    let ran = Decided {
        task: task(),
        due: Instant(10),
        decision: Decision::Ran,
        reason: None,
        run: Some(RunId(1)),
        at: Instant(91),
    };
    store.apply(&[Write::Decide(ran), starts(1, 10)]).unwrap();
    assert_eq!(queued(&mut *store).len(), 2);
    let line = Line { at: Instant(92), level: Level::Info, text: "once".to_owned(), fields: None };
    store.apply(&[Write::Lines { run: RunId(1), lines: vec![line] }]).unwrap();
    store.apply(&[ends(1, EndState::Failed, Then::Ends, 93), reopen(10)]).unwrap();
    let mut ledger = subject.ledger();
    assert_eq!(ledger.run(RunId(1)).unwrap(), None, "nothing leads to it any more");
    assert_eq!(ledger.attempts(RunId(1)).unwrap(), []);
    assert_eq!(ledger.lines(RunId(1), 0, 9).unwrap(), []);
}

fn the_last_timetable_is_kept(subject: &dyn Subject) {
    let mut store = subject.store();
    store.apply(&[due_by(b"hourly", 5), due_by(b"daily", 6)]).unwrap();
    let row = store.restore().unwrap().tasks.remove(0);
    assert_eq!((row.timetable.as_ref(), row.served_until), (b"daily".as_slice(), Instant(6)));
}

fn a_run_goes_from_attempt_to_attempt(subject: &dyn Subject) {
    let mut store = subject.store();
    store.apply(&[occurrence(10, Decision::Ran, Some(1)), starts(1, 10)]).unwrap();
    store.apply(&[ends(1, EndState::Failed, Then::RetriesAt(Instant(50)), 20)]).unwrap();
    let run = subject.ledger().run(RunId(1)).unwrap().unwrap();
    assert_eq!(
        (run.state, run.next_attempt, run.ended),
        (RunState::Retrying, Some(Instant(50)), None)
    );
    assert_eq!(run.error, outcome(EndState::Failed).error);

    store.apply(&[Write::AttemptStarts { run: RunId(1), attempt: 2, at: Instant(51) }]).unwrap();
    store.apply(&[ends(1, EndState::Succeeded, Then::Ends, 60)]).unwrap();
    let run = subject.ledger().run(RunId(1)).unwrap().unwrap();
    let expected = Run {
        id: RunId(1),
        task: task(),
        due: Instant(10),
        trigger: Trigger::Schedule,
        state: RunState::Succeeded,
        attempt: 2,
        missed: 2,
        program: program(),
        started: Instant(11),
        ended: Some(Instant(60)),
        next_attempt: None,
        terms: Arc::from(*b"terms"),
        used: Duration(0),
        doubt: None,
        error: None,
    };
    assert_eq!(run, expected);
    let attempts = subject.ledger().attempts(RunId(1)).unwrap();
    let ends: Vec<_> =
        attempts.iter().map(|it| (it.attempt, it.started.0, it.ended.unwrap().0, it.end)).collect();
    assert_eq!(ends, [(1, 11, 20, Some(EndState::Failed)), (2, 51, 60, Some(EndState::Succeeded))]);
}

fn contradictions_about_runs_are_refused(subject: &dyn Subject) {
    let mut store = subject.store();
    let again = |attempt| Write::AttemptStarts { run: RunId(1), attempt, at: Instant(40) };
    store.apply(&[starts(1, 10)]).unwrap();
    conflict(&store.apply(&[starts(1, 20)]));
    conflict(&store.apply(&[again(2)]));
    conflict(&store.apply(&[Write::RunEnds {
        run: RunId(1),
        outcome: outcome(EndState::Cancelled),
        at: Instant(20),
    }]));
    store.apply(&[ends(1, EndState::Failed, Then::RetriesAt(Instant(50)), 20)]).unwrap();
    conflict(&store.apply(&[again(3)]));
    conflict(&store.apply(&[ends(1, EndState::Succeeded, Then::Ends, 20)]));
    store
        .apply(&[Write::RunEnds {
            run: RunId(1),
            outcome: outcome(EndState::Cancelled),
            at: Instant(30),
        }])
        .unwrap();
    conflict(&store.apply(&[ends(1, EndState::Succeeded, Then::Ends, 40)]));
    conflict(&store.apply(&[again(2)]));
    conflict(&store.apply(&[ends(2, EndState::Succeeded, Then::Ends, 40)]));
}

fn open_ends_survive(subject: &dyn Subject) {
    let mut store = subject.store();
    store
        .apply(&[
            starts(1, 10),
            starts(2, 20),
            starts(3, 30),
            occurrence(40, Decision::Queued, None),
        ])
        .unwrap();
    store
        .apply(&[
            ends(2, EndState::Failed, Then::RetriesAt(Instant(99)), 25),
            ends(3, EndState::Failed, Then::Ends, 35),
        ])
        .unwrap();
    drop(store);
    let saved = subject.store().restore().unwrap();
    let open: Vec<_> =
        saved.open_runs.iter().map(|it| (it.id.0, it.state, it.next_attempt)).collect();
    assert_eq!(open, [(1, RunState::Running, None), (2, RunState::Retrying, Some(Instant(99)))]);
    assert_eq!(saved.queued.iter().map(|it| it.due.0).collect::<Vec<_>>(), [40]);
    assert_eq!(saved.last_run, RunId(3));
}

fn the_heartbeat_counts_for_the_tasks_that_are_served(subject: &dyn Subject) {
    let mut store = subject.store();
    let other = TaskName::new("other");
    let leave = |task, presence, at| Write::Leave { task, presence, served_until: Instant(at) };
    let other_task = Write::Task {
        task: other,
        program: program(),
        timetable: Vec::new().into(),
        served_until: Instant(70),
    };
    let mut served = |writes: &[Write]| {
        store.apply(writes).unwrap();
        store.restore().unwrap().tasks.iter().map(|it| it.served_until.0).collect::<Vec<_>>()
    };
    let beat = |at| Write::Heartbeat { at: Instant(at) };
    assert_eq!(served(&[registered(10), other_task]), [10, 70]);
    assert_eq!(served(&[beat(50)]), [50, 70]);
    assert_eq!(served(&[leave(task(), Presence::Refused, 60), beat(90)]), [60, 90]);
    assert_eq!(served(&[leave(task(), Presence::Removed, 65), beat(95)]), [65, 95]);
    assert_eq!(store_presence(subject), Presence::Removed);
    assert_eq!(served(&[registered(96)]), [96, 95]);
    assert_eq!(store_presence(subject), Presence::Serving);
    conflict(&subject.store().apply(&[leave(TaskName::new("unknown"), Presence::Removed, 0)]));
}

fn store_presence(subject: &dyn Subject) -> Presence {
    subject.ledger().tasks().unwrap()[0].presence
}

fn success_replaces_what_was_kept(subject: &dyn Subject) {
    let mut store = subject.store();
    let kept = |name: &str, value: u8| Kept { name: name.to_owned(), value: vec![value] };
    store.apply(&[registered(0)]).unwrap();
    let success = |due, kept| Write::Success { task: task(), due: Instant(due), kept };
    store.apply(&[success(10, vec![kept("a", 1), kept("b", 2)])]).unwrap();
    store.apply(&[success(20, vec![kept("b", 3)])]).unwrap();
    assert_eq!(store.kept(&task()).unwrap(), [kept("b", 3)]);
    assert_eq!(store.restore().unwrap().tasks[0].previous, Some(Instant(20)));
    store.apply(&[registered(30)]).unwrap();
    assert_eq!(
        store.restore().unwrap().tasks[0].previous,
        Some(Instant(20)),
        "a new version keeps it"
    );
}

fn lines_keep_their_order(subject: &dyn Subject) {
    let mut store = subject.store();
    let line =
        |text: &str, level| Line { at: Instant(1), level, text: text.to_owned(), fields: None };
    let logged = Line { fields: Some("{\"n\":1}".to_owned()), ..line("c", Level::Warn) };
    let lines = |run, lines| Write::Lines { run: RunId(run), lines };
    store.apply(&[lines(1, vec![line("a", Level::Output), line("b\nb", Level::Output)])]).unwrap();
    store
        .apply(&[lines(2, vec![line("x", Level::Output)]), lines(1, vec![logged.clone()])])
        .unwrap();
    let mut ledger = subject.ledger();
    assert_eq!(ledger.lines(RunId(1), 1, 9).unwrap(), [line("b\nb", Level::Output), logged]);
    assert_eq!(ledger.lines(RunId(1), 0, 1).unwrap(), [line("a", Level::Output)]);
    assert_eq!(ledger.lines(RunId(1), 3, 9).unwrap(), []);
}

fn only_the_last_steps_are_kept(subject: &dyn Subject) {
    let mut store = subject.store();
    let step = |n: i64| Step {
        at: Instant(n),
        took: Duration(5),
        attempt: 2,
        place: (n > 1).then(|| "a.task:1:2".to_owned()),
        what: "http.get".to_owned(),
        args: "url: \"x\"".to_owned(),
        error: (n > 2).then(|| "timeout".to_owned()),
    };
    let steps = |of: &[i64], keep| Write::Steps {
        run: RunId(1),
        steps: of.iter().map(|n| step(*n)).collect(),
        keep,
    };
    store.apply(&[steps(&[1, 2], 3)]).unwrap();
    assert_eq!(subject.ledger().steps(RunId(1)).unwrap(), [1, 2].map(step));
    store.apply(&[steps(&[3, 4], 3)]).unwrap();
    assert_eq!(subject.ledger().steps(RunId(1)).unwrap(), [2, 3, 4].map(step));
    store.apply(&[steps(&[5], u32::MAX)]).unwrap();
    assert_eq!(subject.ledger().steps(RunId(1)).unwrap(), [2, 3, 4, 5].map(step));
    assert_eq!(subject.ledger().steps(RunId(2)).unwrap(), []);
}

fn programs_live_as_long_as_something_refers_to_them(subject: &dyn Subject) {
    let mut store = subject.store();
    let stored = |text: &str| Write::Program {
        hash: Hash::of(text.as_bytes()),
        bytes: text.as_bytes().into(),
    };
    store.apply(&[stored("program"), stored("program"), stored("unused"), registered(0)]).unwrap();
    assert_eq!(store.program(&Hash::of(b"unused")).unwrap().as_deref(), Some(b"unused".as_slice()));
    store.restore().unwrap();
    assert_eq!(store.program(&program()).unwrap().as_deref(), Some(b"program".as_slice()));
    assert_eq!(store.program(&Hash::of(b"unused")).unwrap(), None);
    assert_eq!(
        subject.ledger().program(&program()).unwrap().as_deref(),
        Some(b"program".as_slice())
    );
    let of_a_run = Write::RunStarts(NewRun { program: Hash::of(b"before"), ..new_run(1, 10) });
    let mut is_kept = |writes: &[Write]| {
        store.apply(writes).unwrap();
        store.restore().unwrap();
        store.program(&Hash::of(b"before")).unwrap().is_some()
    };
    assert!(is_kept(&[stored("before"), of_a_run]), "its run goes on with it");
    assert!(!is_kept(&[ends(1, EndState::Succeeded, Then::Ends, 20)]));
}

fn a_clock_that_is_set_back_unmisses(subject: &dyn Subject) {
    let mut store = subject.store();
    store.apply(&[registered(100)]).unwrap();
    store
        .apply(&[occurrence(10, Decision::Missed, None), occurrence(20, Decision::Missed, None)])
        .unwrap();
    store.apply(&[occurrence(30, Decision::Queued, None)]).unwrap();
    store.apply(&whole_run(1, 40)).unwrap();
    store.apply(&[Write::Unmiss { task: task(), after: Instant(15) }]).unwrap();
    assert_eq!(store.decided_after(&task(), Instant(0)).unwrap(), [10, 30, 40].map(Instant));
    assert_eq!(store.restore().unwrap().tasks[0].served_until, Instant(15));
}

fn trimming_keeps_the_newest_and_the_open(subject: &dyn Subject) {
    let mut store = subject.store();
    let trim = |keep, before| Write::Trim { task: task(), keep, before };
    let line = Line { at: Instant(1), level: Level::Output, text: "x".to_owned(), fields: None };
    store
        .apply(&[
            occurrence(1, Decision::Ran, Some(1)),
            starts(1, 1),
            occurrence(2, Decision::Queued, None),
        ])
        .unwrap();
    for run in 2..6 {
        store.apply(&whole_run(run, i64::try_from(run).unwrap() * 10)).unwrap();
        store.apply(&[Write::Lines { run: RunId(run), lines: vec![line.clone()] }]).unwrap();
    }
    store
        .apply(&[occurrence(5, Decision::Skipped, None), occurrence(15, Decision::Missed, None)])
        .unwrap();
    store.apply(&[trim(9, None)]).unwrap();
    assert_eq!(dues(subject), [50, 40, 30, 20, 15, 5, 2, 1], "all of them fit");
    store.apply(&[trim(1, None)]).unwrap();
    assert_eq!(dues(subject), [50, 15, 2, 1]);
    let mut ledger = subject.ledger();
    assert_eq!((ledger.run(RunId(4)).unwrap(), ledger.attempts(RunId(4)).unwrap()), (None, vec![]));
    assert_eq!(
        (ledger.lines(RunId(4), 0, 9).unwrap(), ledger.lines(RunId(5), 0, 9).unwrap()),
        (vec![], vec![line])
    );
    store.apply(&[trim(9, Some(Instant(50)))]).unwrap();
    assert_eq!(dues(subject), [50, 2, 1]);
    store.apply(&[trim(0, None)]).unwrap();
    assert_eq!(dues(subject), [2, 1]);
}

fn run_numbers_are_never_used_again(subject: &dyn Subject) {
    let mut store = subject.store();
    store.apply(&whole_run(7, 10)).unwrap();
    store.apply(&[Write::Trim { task: task(), keep: 0, before: None }]).unwrap();
    assert_eq!(store.restore().unwrap().last_run, RunId(7));
}

fn the_ledger_filters(subject: &dyn Subject) {
    let mut store = subject.store();
    store.apply(&whole_run(1, 10)).unwrap();
    store
        .apply(&[
            occurrence(20, Decision::Ran, Some(2)),
            starts(2, 20),
            occurrence(30, Decision::Skipped, None),
        ])
        .unwrap();
    let mut ledger = subject.ledger();
    let mut found = |filter: Filter| {
        ledger.rows(&filter).unwrap().iter().map(|it| it.occurrence.due.0).collect::<Vec<_>>()
    };
    let all = Filter::default;
    assert_eq!(found(all()), [30, 20, 10]);
    assert_eq!(found(Filter { limit: Some(2), ..all() }), [30, 20]);
    assert_eq!(found(Filter { since: Some(Instant(20)), ..all() }), [30, 20]);
    assert_eq!(found(Filter { decision: Some(Decision::Skipped), ..all() }), [30]);
    assert_eq!(found(Filter { state: Some(RunState::Running), ..all() }), [20]);
    assert_eq!(found(Filter { task: Some(TaskName::new("other")), ..all() }), [0; 0]);
}

fn pauses_last(subject: &dyn Subject) {
    let mut store = subject.store();
    let pause = |paused| Write::Pause { task: task(), paused };
    conflict(&store.apply(&[pause(true)]));
    store.apply(&[registered(0), pause(true)]).unwrap();
    store.apply(&[registered(10)]).unwrap();
    assert!(store.restore().unwrap().tasks[0].paused, "a new version stays paused");
    store.apply(&[pause(false)]).unwrap();
    assert!(!subject.ledger().tasks().unwrap()[0].paused);
}
