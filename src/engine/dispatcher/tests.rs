//! The policies, one situation each.

mod begins;
mod clocks;
mod edits;

use super::super::simulation::*;
use super::super::*;
use crate::check::headers::{
    Group, History, Missed, MissedRuns, Overlap, Pause, Priority, Retry, TaskHeaders,
};
use crate::schedule::{Duration, Schedules};
use crate::store::{Decision, EndState, Presence, RunId, RunState, Settlement, TaskName};

const MIDNIGHT: &str = "2026-01-05T00:00:00Z";

fn hourly() -> TaskHeaders {
    every(hours(1))
}

/// Every run takes so long and succeeds.
fn taking(time: Duration) -> impl FnMut(&StartRun) -> (Duration, EndState) {
    move |_| (time, EndState::Succeeded)
}

#[test]
fn every_due_time_has_a_run() {
    let mut sim = Simulation::serving(MIDNIGHT, hourly());
    sim.run_for(minutes(150));
    assert_eq!(sim.ledger(), ["01:00 ran succeeded", "02:00 ran succeeded"]);
    assert_eq!(sim.started[1].previous, Some(instant("2026-01-05T01:00:00Z")));
    assert!(!sim.started[1].late && sim.started[1].last_attempt);
}

#[test]
fn several_schedules_are_one_and_none_is_never() {
    let mut headers = hourly();
    headers.schedules.0.extend(every(minutes(30)).schedules.0);
    let mut sim = Simulation::serving(MIDNIGHT, headers);
    sim.change("by_hand", TaskHeaders::default());
    sim.run_for(minutes(61));
    assert_eq!(sim.ledger(), ["00:30 ran succeeded", "01:00 ran succeeded"]);
}

#[test]
fn an_inactive_task_runs_by_hand_only() {
    let mut sim = Simulation::serving(MIDNIGHT, TaskHeaders { active: false, ..hourly() });
    sim.run_for(hours(3));
    assert_eq!(sim.ledger(), [""; 0]);
    sim.send(Event::Command(AskId(1), Command::Trigger { task: TaskName::new("t"), wait: false }));
    sim.change("t", hourly());
    sim.run_for(hours(1));
    assert_eq!(
        sim.ledger().len(),
        2,
        "what was due while it was inactive is not made up for: {:?}",
        sim.ledger()
    );
}

#[test]
fn overlap_skip() {
    let mut sim = Simulation::serving(MIDNIGHT, hourly()).script(taking(minutes(90)));
    sim.run_for(hours(4));
    assert_eq!(
        sim.ledger(),
        ["01:00 ran succeeded", "02:00 skipped", "03:00 ran running", "04:00 skipped"]
    );
    assert_eq!(sim.rows()[1].occurrence.reason.as_deref(), Some("run 1 has not ended"));
}

#[test]
fn overlap_queue() {
    let headers = TaskHeaders { overlap: Overlap::Queue(1), ..hourly() };
    let mut sim = Simulation::serving(MIDNIGHT, headers).script(taking(minutes(150)));
    sim.run_for(minutes(181));
    assert_eq!(sim.ledger(), ["01:00 ran running", "02:00 queued", "03:00 skipped"]);
    assert_eq!(
        sim.rows()[2].occurrence.reason.as_deref(),
        Some("all 1 places in the queue are taken")
    );
    sim.run_for(minutes(30));
    assert_eq!(sim.ledger()[..2], ["01:00 ran succeeded", "02:00 ran running"]);
    assert!(sim.started[1].late);
}

#[test]
fn overlap_replace() {
    let headers = TaskHeaders { overlap: Overlap::Replace, ..hourly() };
    let mut sim = Simulation::serving(MIDNIGHT, headers).script(taking(minutes(90)));
    sim.run_for(minutes(181));
    assert_eq!(sim.ledger(), ["01:00 ran cancelled", "02:00 ran cancelled", "03:00 ran running"]);
    let error = sim.rows()[0].run.clone().unwrap().error.unwrap();
    assert_eq!(error.message, "replaced by the run due 2026-01-05T02:00:00Z");
}

#[test]
fn overlap_allow() {
    let headers = TaskHeaders { overlap: Overlap::Allow(2), ..hourly() };
    let mut sim = Simulation::serving(MIDNIGHT, headers).script(taking(minutes(150)));
    sim.run_for(minutes(215));
    assert_eq!(sim.ledger(), ["01:00 ran succeeded", "02:00 ran running", "03:00 skipped"]);
    assert_eq!(sim.rows()[2].occurrence.reason.as_deref(), Some("runs 1, 2 have not ended"));
}

#[test]
fn a_run_that_waits_for_its_next_attempt_has_not_ended() {
    let headers =
        TaskHeaders { retry: Retry { times: 1, pause: Pause::Every(minutes(70)) }, ..hourly() };
    let mut sim = Simulation::serving(MIDNIGHT, headers).script(|it| {
        (
            minutes(1),
            match it.attempt {
                1 => EndState::Failed,
                _ => EndState::Succeeded,
            },
        )
    });
    sim.run_for(minutes(180));
    assert_eq!(sim.ledger(), ["01:00 ran succeeded", "02:00 skipped", "03:00 ran running"]);
    assert_eq!(
        sim.starts(),
        [("01:00".to_owned(), 1), ("01:00".to_owned(), 2), ("03:00".to_owned(), 1)]
    );
}

#[test]
fn retries_end_with_the_last_attempt() {
    let backoff = Pause::Backoff(minutes(1), minutes(3));
    let headers =
        TaskHeaders { retry: Retry { times: 3, pause: backoff }, ..cron("0 1 * * *", "UTC") };
    let mut sim =
        Simulation::serving(MIDNIGHT, headers).script(|_| (Duration::ZERO, EndState::Failed));
    sim.run_for(hours(2));
    assert_eq!(sim.ledger(), ["01:00 ran failed"]);
    let run = sim.rows()[0].run.clone().unwrap();
    assert_eq!(run.attempt, 4);
    let after = run.ended.unwrap().since(instant("2026-01-05T01:00:00Z"));
    assert!(after > minutes(4) && after < minutes(7), "after about 1, 2 and 3 minutes: {after}");
    let last: Vec<_> = sim.started.iter().map(|it| it.last_attempt).collect();
    assert_eq!(last, [false, false, false, true]);
}

#[test]
fn what_must_not_be_repeated_is_not_retried() {
    let headers =
        TaskHeaders { retry: Retry { times: 3, pause: Pause::Every(Duration::ZERO) }, ..hourly() };
    let mut sim = Simulation::serving(MIDNIGHT, headers).script(taking(minutes(10)));
    sim.run_for(minutes(61));
    let end = RunEnd { retryable: false, ..run_end(EndState::Failed) };
    sim.send(Event::Run(RunId(1), RunEvent::Ended(end)));
    assert_eq!(sim.ledger(), ["01:00 ran failed"]);
}

#[test]
fn expire_turns_away_what_waits_too_long() {
    let headers = TaskHeaders { overlap: Overlap::Queue(9), expire: Some(minutes(30)), ..hourly() };
    let mut sim = Simulation::serving(MIDNIGHT, headers).script(taking(minutes(100)));
    sim.run_for(minutes(181));
    assert_eq!(sim.ledger(), ["01:00 ran succeeded", "02:00 expired", "03:00 ran running"]);
    let row = sim.rows().remove(1).occurrence;
    assert_eq!(row.reason.as_deref(), Some("could not start within 30m"));
    assert_eq!(row.decided, instant("2026-01-05T02:30:00.000001Z"));
}

#[test]
fn jitter_starts_later_and_before_the_next_due_time() {
    let mut sim = Simulation::serving(MIDNIGHT, TaskHeaders { jitter: minutes(10), ..hourly() })
        .script(taking(minutes(1)));
    sim.run_for(minutes(60));
    assert_eq!(sim.ledger(), ["01:00 queued"]);
    sim.run_for(minutes(190));
    let starts: Vec<_> = sim
        .rows()
        .iter()
        .map(|row| row.run.as_ref().unwrap().started.since(row.occurrence.due))
        .collect();
    assert_eq!(starts.len(), 4);
    assert!(starts.iter().all(|it| *it >= Duration::ZERO && *it < minutes(10)), "{starts:?}");
    assert!(starts.windows(2).any(|it| it[0] != it[1]), "{starts:?}");
}

#[test]
fn workers_are_given_to_the_urgent_first() {
    let mut sim = Simulation::new(MIDNIGHT).script(taking(minutes(5)));
    sim.workers = 1;
    for (name, priority) in [("a", Priority::Low), ("b", Priority::Normal), ("c", Priority::High)] {
        sim.add(name, TaskHeaders { priority, ..hourly() });
    }
    sim.start();
    sim.run_for(minutes(74));
    let order: Vec<_> = sim.started.iter().map(|it| it.task.as_str()).collect();
    assert_eq!(order, ["c", "b", "a"]);
    assert_eq!(sim.ledger(), ["01:00 ran succeeded", "01:00 ran succeeded", "01:00 ran running"]);
}

#[test]
fn a_group_is_shared() {
    let mut sim = Simulation::new(MIDNIGHT).script(taking(minutes(20)));
    for name in ["a", "b", "c"] {
        sim.add(
            name,
            TaskHeaders { concurrency: Some(Group { name: "db".into(), limit: 2 }), ..hourly() },
        );
    }
    sim.add("free", hourly());
    sim.start();
    sim.run_for(minutes(61));
    assert_eq!(sim.started.len(), 3);
    let waiting =
        sim.rows().into_iter().find(|it| it.occurrence.decision == Decision::Queued).unwrap();
    assert_eq!(waiting.occurrence.reason.as_deref(), Some("the group \"db\" is full"));
    sim.run_for(minutes(30));
    assert_eq!(sim.started.len(), 4);
}

#[test]
fn by_hand() {
    let trigger = |sim: &mut Simulation, ask, wait| {
        sim.send(Event::Command(AskId(ask), Command::Trigger { task: TaskName::new("t"), wait }));
    };
    let mut sim = Simulation::serving("2026-01-05T00:59:00Z", hourly()).script(taking(minutes(2)));
    trigger(&mut sim, 1, true);
    trigger(&mut sim, 2, false);
    assert_eq!(sim.replies, [(AskId(2), Reply::Refused("run 1 has not ended".to_owned()))]);
    sim.run_for(minutes(3));
    assert_eq!(
        sim.replies[1],
        (AskId(1), Reply::Ended(RunId(1), run_end(EndState::Succeeded).outcome))
    );
    assert_eq!(sim.ledger(), ["00:59 ran succeeded", "00:59:00.000001 skipped", "01:00 skipped"]);
    trigger(&mut sim, 3, false);
    assert_eq!(sim.replies[2], (AskId(3), Reply::Started(RunId(2))));
    sim.send(Event::Command(
        AskId(4),
        Command::Trigger { task: TaskName::new("unknown"), wait: false },
    ));
    assert_eq!(sim.replies[3], (AskId(4), Reply::Refused("there is no task `unknown`".to_owned())));
}

#[test]
fn a_run_by_hand_does_not_take_the_place_of_a_due_time() {
    let mut sim =
        Simulation::serving(MIDNIGHT, TaskHeaders { overlap: Overlap::Allow(9), ..hourly() });
    sim.run_for(hours(1));
    sim.send(Event::Command(AskId(1), Command::Trigger { task: TaskName::new("t"), wait: false }));
    sim.run_for(minutes(1));
    assert_eq!(sim.ledger(), ["01:00 ran succeeded", "01:00:00.000001 ran succeeded"]);
}

#[test]
fn cancel() {
    let headers =
        TaskHeaders { retry: Retry { times: 5, pause: Pause::Every(minutes(10)) }, ..hourly() };
    let mut sim = Simulation::serving(MIDNIGHT, headers)
        .script(|it| (minutes(if it.attempt == 1 { 5 } else { 50 }), EndState::Failed));
    let cancel = |sim: &mut Simulation, run| {
        sim.send(Event::Command(AskId(run), Command::Cancel(RunId(run))));
    };
    sim.run_for(minutes(66));
    cancel(&mut sim, 1);
    assert_eq!(sim.ledger(), ["01:00 ran cancelled"], "while it waited for its next attempt");
    sim.run_for(minutes(55));
    cancel(&mut sim, 2);
    sim.run_for(minutes(1));
    assert_eq!(sim.ledger()[1], "02:00 ran cancelled", "no further attempt");
    cancel(&mut sim, 7);
    assert_eq!(sim.replies[2].1, Reply::Refused("run 7 is not running".to_owned()));
}

#[test]
fn paused_tasks_skip_what_is_due() {
    let mut sim = Simulation::serving(MIDNIGHT, hourly());
    sim.send(Event::Command(AskId(1), Command::Pause(TaskName::new("t"))));
    sim.run_for(minutes(61));
    sim.kill();
    sim.run_for(hours(1));
    sim.start();
    sim.run_for(minutes(60));
    sim.send(Event::Command(AskId(2), Command::Resume(TaskName::new("t"))));
    sim.run_for(hours(1));
    assert_eq!(
        sim.ledger(),
        ["01:00 skipped", "02:00 skipped", "03:00 skipped", "04:00 ran succeeded"]
    );
}

#[test]
fn a_restart_makes_up_once_for_what_was_missed() {
    let mut sim = Simulation::serving(MIDNIGHT, hourly());
    sim.run_for(minutes(90));
    sim.kill();
    sim.run_for(hours(3));
    sim.start();
    sim.run_for(minutes(1));
    assert_eq!(
        sim.ledger(),
        ["01:00 ran succeeded", "02:00 missed", "03:00 missed", "04:00 ran succeeded"]
    );
    let made_up = sim.started.last().unwrap();
    assert_eq!((made_up.missed, made_up.late, made_up.trigger.as_str()), (2, true, "missed"));
    let reason = sim.rows()[1].occurrence.reason.clone().unwrap();
    assert_eq!(reason, "nothing served then; the run due 2026-01-05T04:00:00Z stands for it");
}

#[test]
fn a_restart_makes_up_as_the_policy_says() {
    let made_up = |runs, within| {
        let missed = Missed { runs, within };
        let mut sim = Simulation::serving(MIDNIGHT, TaskHeaders { missed, ..hourly() })
            .script(taking(minutes(1)));
        sim.kill();
        sim.run_for(minutes(330));
        sim.start();
        sim.run_for(minutes(10));
        sim.ledger()
    };
    let none = ["01:00 missed", "02:00 missed", "03:00 missed", "04:00 missed", "05:00 missed"];
    assert_eq!(made_up(MissedRuns::None, None), none);
    assert_eq!(made_up(MissedRuns::Once, Some(minutes(20))), none);
    assert_eq!(
        made_up(MissedRuns::All(2), Some(hours(24)))[2..],
        ["03:00 missed", "04:00 ran succeeded", "05:00 ran succeeded"]
    );
}

#[test]
fn after_a_long_time_the_newest_are_written_down() {
    let mut sim = Simulation::serving(MIDNIGHT, every(minutes(1)));
    sim.kill();
    sim.run_for(hours(24 * 365));
    sim.run_for(Duration::SECOND);
    sim.start();
    let rows = sim.rows();
    assert_eq!(rows.len(), 1000);
    let oldest = rows[0].occurrence.reason.as_deref();
    assert_eq!(oldest, Some("nothing served then, nor before, at more due times than are kept"));
    assert_eq!(rows[999].occurrence.decision, Decision::Ran);
}

#[test]
fn a_quick_restart_is_nothing_that_was_missed() {
    let missed = Missed { runs: MissedRuns::None, within: None };
    let mut sim = Simulation::serving(MIDNIGHT, TaskHeaders { missed, ..hourly() });
    sim.run_for(minutes(59));
    sim.kill();
    sim.run_for(Duration::SECOND.times(70));
    sim.start();
    sim.run_for(minutes(1));
    assert_eq!(sim.ledger(), ["01:00 ran succeeded"]);
    assert_eq!(sim.started[0].trigger.as_str(), "schedule");
}

#[test]
fn suspended_machines_make_up_too() {
    let mut sim = Simulation::serving(MIDNIGHT, hourly());
    sim.run_for(minutes(90));
    sim.set_clock(instant("2026-01-05T07:10:00Z"));
    sim.run_for(minutes(1));
    assert_eq!(sim.ledger()[5..], ["06:00 missed", "07:00 ran succeeded"]);
    assert_eq!(sim.started[1].missed, 5);
}

#[test]
fn clocks_that_change_for_summer_and_winter() {
    let due = |start: &str, headers| {
        let mut sim = Simulation::serving(start, headers);
        sim.run_for(hours(30));
        sim.rows().iter().map(|it| it.occurrence.due.to_string()).collect::<Vec<_>>()
    };
    let spring = "2026-03-28T12:00:00Z";
    assert_eq!(
        due(spring, cron("30 2 * * *", "Europe/Berlin")),
        ["2026-03-29T01:00:00Z"],
        "in the gap: right after it"
    );
    assert_eq!(due(spring, cron("0 * * * *", "Europe/Berlin")).len(), 30, "every hour is an hour");
    let autumn = "2026-10-24T12:00:00Z";
    assert_eq!(
        due(autumn, cron("30 2 * * *", "Europe/Berlin")),
        ["2026-10-25T00:30:00Z"],
        "the first of two"
    );
    assert_eq!(due(autumn, cron("*/30 2 * * *", "Europe/Berlin")).len(), 4, "both passes");
}

#[test]
fn what_was_running_goes_on_with_the_next_server() {
    let mut sim = Simulation::serving(MIDNIGHT, hourly()).script(taking(minutes(30)));
    sim.run_for(minutes(70));
    sim.kill();
    sim.run_for(minutes(5));
    sim.start();
    assert_eq!(sim.ledger(), ["01:00 ran running"]);
    sim.run_for(minutes(90));
    assert_eq!(sim.ledger(), ["01:00 ran succeeded", "02:00 ran succeeded"]);
    let goes_on: Vec<_> = sim.started.iter().map(|it| (it.run, it.attempt, it.goes_on)).collect();
    assert_eq!(goes_on, [(RunId(1), 1, false), (RunId(1), 1, true), (RunId(2), 1, false)]);
}

#[test]
fn a_run_whose_task_changes_or_goes_away_keeps_what_it_began_with() {
    let headers = TaskHeaders { timeout: hours(7), ..hourly() };
    let mut sim = Simulation::serving(MIDNIGHT, headers).script(taking(minutes(30)));
    sim.run_for(minutes(70));
    let program = sim.started[0].program;
    sim.kill();
    sim.tasks.clear();
    sim.start();
    sim.run_for(minutes(90));
    assert_eq!(sim.ledger(), ["01:00 ran succeeded"]);
    let again = &sim.started[1];
    assert_eq!((again.program, again.headers.timeout), (program, hours(7)));
}

/// The first run sleeps for so long, whatever comes later ends at once.
fn sleeping(time: Duration) -> impl FnMut(&StartRun) -> (Duration, Turn) {
    move |it| {
        let turn = if it.run == RunId(1) && !it.goes_on {
            Turn::Sleeps(time)
        } else {
            Turn::Ends(EndState::Succeeded)
        };
        (minutes(1), turn)
    }
}

#[test]
fn a_run_that_sleeps_needs_no_worker_and_holds_its_place() {
    let mut sim = Simulation::new(MIDNIGHT).script(sleeping(minutes(90)));
    sim.workers = 1;
    sim.add("t", hourly());
    sim.add("u", cron("30 1 * * *", "UTC"));
    sim.start();
    sim.run_for(minutes(61));
    assert_eq!(sim.ledger(), ["01:00 ran sleeping"]);
    sim.run_for(minutes(60));
    assert_eq!(sim.ledger(), ["01:00 ran sleeping", "01:30 ran succeeded", "02:00 skipped"]);
    sim.kill();
    sim.run_for(minutes(10));
    sim.start();
    sim.run_for(minutes(30));
    assert_eq!(sim.ledger()[0], "01:00 ran succeeded");
    let woken = sim.started.iter().find(|it| it.goes_on).unwrap();
    assert_eq!((woken.run, woken.attempt), (RunId(1), 1));
}

#[test]
fn a_run_that_sleeps_can_be_cancelled() {
    let mut sim = Simulation::serving(MIDNIGHT, hourly()).script(sleeping(hours(9)));
    sim.run_for(minutes(70));
    sim.send(Event::Command(AskId(1), Command::Cancel(RunId(1))));
    assert_eq!(sim.ledger(), ["01:00 ran cancelled"]);
    sim.run_for(hours(10));
    assert_eq!(sim.started.iter().filter(|it| it.run == RunId(1)).count(), 1);
}

#[test]
fn a_run_in_doubt_waits_for_a_person_and_nobody_waits_for_it() {
    let mut sim = Simulation::serving(MIDNIGHT, hourly()).script(|it| {
        let in_doubt = it.run == RunId(1) && !it.goes_on;
        (minutes(1), if in_doubt { Turn::InDoubt } else { Turn::Ends(EndState::Succeeded) })
    });
    sim.run_for(minutes(130));
    assert_eq!(sim.ledger(), ["01:00 ran in-doubt", "02:00 ran succeeded"]);
    sim.kill();
    sim.start();
    let settle = |run, settlement| Event::Command(AskId(1), Command::Settle { run, settlement });
    sim.send(settle(RunId(2), Settlement::Retry));
    assert!(matches!(&sim.replies[0].1, Reply::Refused(why) if why.contains("has ended")));
    sim.send(settle(RunId(1), Settlement::Accept));
    assert_eq!(sim.replies[1].1, Reply::Done);
    sim.run_for(minutes(2));
    assert_eq!(sim.ledger()[0], "01:00 ran succeeded");
    let again = sim.started.iter().filter(|it| it.run == RunId(1));
    assert_eq!(again.map(|it| it.attempt).collect::<Vec<_>>(), [1, 1]);
}

#[test]
fn what_is_not_durable_starts_over() {
    let mut sim = Simulation::serving(MIDNIGHT, TaskHeaders { durable: false, ..hourly() })
        .script(taking(minutes(20)));
    sim.run_for(minutes(70));
    sim.kill();
    sim.start();
    sim.run_for(minutes(30));
    assert_eq!(sim.ledger(), ["01:00 ran succeeded"]);
    assert_eq!(sim.starts(), [("01:00".to_owned(), 1), ("01:00".to_owned(), 2)]);
}

#[test]
fn queues_and_retries_survive() {
    let retry = Retry { times: 1, pause: Pause::Every(minutes(100)) };
    let headers = TaskHeaders { overlap: Overlap::Queue(5), retry, ..hourly() };
    let mut sim = Simulation::serving(MIDNIGHT, headers).script(|it| {
        (
            minutes(1),
            match it.attempt {
                1 => EndState::Failed,
                _ => EndState::Succeeded,
            },
        )
    });
    sim.run_for(minutes(130));
    assert_eq!(sim.ledger(), ["01:00 ran retrying", "02:00 queued"]);
    sim.kill();
    sim.start();
    sim.run_for(minutes(33));
    assert_eq!(sim.ledger(), ["01:00 ran succeeded", "02:00 ran retrying"]);
}

#[test]
fn stopping_waits_for_what_is_running() {
    let mut sim = Simulation::serving(MIDNIGHT, hourly()).script(taking(minutes(90)));
    sim.run_for(minutes(61));
    sim.send(Event::Stop);
    assert!(!sim.stopped);
    sim.run_for(minutes(120));
    assert!(sim.stopped);
    assert_eq!(sim.ledger(), ["01:00 ran succeeded"]);
    sim.kill();
    sim.start();
    sim.run_for(minutes(1));
    assert_eq!(
        sim.ledger()[1..],
        ["02:00 missed", "03:00 ran running"],
        "what was due while it stopped was missed"
    );
}

#[test]
fn stopping_now_interrupts_what_is_not_durable() {
    let stopped = |durable| {
        let headers = TaskHeaders { durable, ..hourly() };
        let mut sim = Simulation::serving(MIDNIGHT, headers).script(taking(minutes(90)));
        sim.run_for(minutes(61));
        sim.send(Event::Stop);
        sim.send(Event::StopNow);
        assert!(sim.stopped);
        sim.ledger()
    };
    assert_eq!(stopped(false), ["01:00 ran retrying"]);
    assert_eq!(stopped(true), ["01:00 ran running"], "the next server goes on with it");
}

#[test]
fn histories_are_trimmed() {
    let rows = |history| {
        let mut sim = Simulation::serving(MIDNIGHT, TaskHeaders { history, ..hourly() });
        sim.run_for(hours(40));
        sim.rows().len()
    };
    assert!((10..=12).contains(&rows(History::Runs(10))));
    assert!((10..=40).contains(&rows(History::For(hours(10)))));
    assert!(rows(History::Off) <= 1);
}

#[test]
fn status_tells_how_it_is() {
    let headers =
        TaskHeaders { overlap: Overlap::Queue(2), description: Some("Reports".into()), ..hourly() };
    let mut sim = Simulation::serving(MIDNIGHT, headers).script(taking(minutes(90)));
    sim.run_for(minutes(121));
    sim.send(Event::Run(RunId(1), RunEvent::Progress { done: 3, total: 10 }));
    sim.send(Event::Command(AskId(1), Command::Status));
    let Reply::Status(status) = sim.replies[0].1.clone() else { panic!("{:?}", sim.replies) };
    let expected = TaskStatus {
        task: TaskName::new("t"),
        description: Some("Reports".to_owned()),
        next: Some(instant("2026-01-05T03:00:00Z")),
        inactive: false,
        paused: false,
        outdated: false,
        running: vec![(RunId(1), Some((3, 10)))],
        waiting: vec![instant("2026-01-05T02:00:00Z")],
    };
    assert_eq!(status, [expected]);
}

#[test]
fn a_task_without_schedules_needs_no_ticks() {
    let sim = Simulation::serving(
        MIDNIGHT,
        TaskHeaders { schedules: Schedules::default(), ..TaskHeaders::default() },
    );
    assert_eq!(sim.dispatcher.unwrap().next_wake(), None);
}

#[test]
fn late_words_of_runs_that_ended_mean_nothing() {
    let mut sim = Simulation::serving(MIDNIGHT, hourly());
    sim.run_for(minutes(61));
    sim.send(Event::Run(RunId(1), RunEvent::Ended(run_end(EndState::Failed))));
    sim.send(Event::Run(
        RunId(9),
        RunEvent::Said { lines: Vec::new(), entries: Vec::new(), steps: Vec::new() },
    ));
    assert_eq!(sim.rows()[0].run.as_ref().unwrap().state, RunState::Succeeded);
}

#[test]
fn due_times_that_have_passed_run_again_one_after_the_other() {
    let headers = TaskHeaders { expire: Some(minutes(30)), ..hourly() };
    let mut sim = Simulation::serving(MIDNIGHT, headers).script(taking(minutes(3)));
    sim.run_for(minutes(130));
    let at = |time: &str| instant(&format!("2026-01-0{time}:00Z"));
    let due = vec![at("5T02:00"), at("4T22:00"), at("4T23:00"), at("5T23:00")];
    let task = TaskName::new("t");
    sim.send(Event::Command(AskId(1), Command::Backfill { task, due, catch_up: false }));
    assert_eq!(sim.replies, [(AskId(1), Reply::Queued("3 due times of t".to_owned()))]);
    assert_eq!(sim.busy(), 1);
    sim.run_for(minutes(20));
    let again = [
        "22:00 ran succeeded",
        "23:00 ran succeeded",
        "01:00 ran succeeded",
        "02:00 ran succeeded",
    ];
    assert_eq!(sim.ledger(), again);
    assert_eq!(
        sim.started[2..].iter().map(|it| it.due).collect::<Vec<_>>(),
        [at("4T22:00"), at("4T23:00"), at("5T02:00")]
    );
    sim.run_for(minutes(60));
    assert_eq!(sim.started.last().unwrap().previous, Some(at("5T02:00")), "it does not go back");
}

#[test]
fn a_backfill_survives_and_leaves_alone_what_is_under_way() {
    let mut sim = Simulation::serving(MIDNIGHT, hourly()).script(taking(minutes(50)));
    sim.run_for(minutes(70));
    let due = vec![instant("2026-01-04T23:00:00Z"), instant("2026-01-05T01:00:00Z")];
    let task = TaskName::new("t");
    sim.send(Event::Command(AskId(1), Command::Backfill { task, due, catch_up: true }));
    assert_eq!(sim.replies, [(AskId(1), Reply::Queued("1 due time of t".to_owned()))]);
    assert_eq!(sim.ledger(), ["23:00 queued", "01:00 ran running"]);
    sim.kill();
    sim.start();
    assert_eq!(sim.ledger(), ["23:00 queued", "01:00 ran running"]);
    let nobody = Command::Backfill { task: TaskName::new("u"), due: Vec::new(), catch_up: false };
    sim.send(Event::Command(AskId(2), nobody));
    assert!(matches!(sim.replies.last(), Some((AskId(2), Reply::Refused(_)))));
}
